"""Small PDFs for tests, put together byte by byte and without the product's own code."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from PIL import Image


def pdf(
    attached: Mapping[str, bytes] | None = None,
    pages: Sequence[Image.Image | None] = (None,),
    *,
    size: tuple[float, float] = (612, 792),
    trailer: str = "",
    extra: Sequence[bytes] = (),
) -> bytes:
    """A PDF 1.7 with files in its name tree, and a picture, or nothing, on each page.

    Args:
        attached: Name to content.
        pages: A grey picture for each page, 72 dots wide for each inch of 2.54 cm, or None.
        size: Of a page, in points.
        trailer: What stands in the trailer besides.
        extra: More objects, from the number that follows.
    """
    objects: list[bytes] = [b"", b""]

    def add(content: bytes) -> int:
        objects.append(content)
        return len(objects)

    names = b""
    for name, content in (attached or {}).items():
        packed = zlib.compress(content)
        stream = add(_stream(b"/Type /EmbeddedFile /Filter /FlateDecode", packed))
        spec = add(
            f"<< /Type /Filespec /F ({name}) /UF ({name}) /EF << /F {stream} 0 R >> >>".encode("latin-1")
        )
        names += f"({name}) {spec} 0 R ".encode("latin-1")
    kids = []
    for picture in pages:
        contents, resources = b"", b""
        if picture is not None:
            image = add(
                _stream(
                    b"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 "
                    b"/Filter /FlateDecode /Width %d /Height %d" % picture.size,
                    zlib.compress(picture.convert("L").tobytes()),
                )
            )
            contents = b"q 108 0 0 108 72 600 cm /P Do Q"
            resources = b"/XObject << /P %d 0 R >>" % image
        drawn = add(_stream(b"", contents))
        kids.append(
            add(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Contents %d 0 R /Resources << %s >> >>"
                % (*size, drawn, resources)
            )
        )
    for one in extra:
        add(one)
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [%s] >> >> >>" % names
    refs = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), refs)
    return _file(objects, trailer)


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    return out + end.encode("latin-1")


def locked_pdf() -> bytes:
    """A PDF for which nobody here has the password: its key is 128 bits, and its check value is of none."""
    key = "".join(f"{byte:02x}" for byte in range(32))
    return pdf(
        trailer=f"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{key}> /U <{key}> >> "
        "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
    )

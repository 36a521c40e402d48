"""Hostile files that are opened before any badge is seen: photos, PDFs, packed files, lists.

The judge puts a file before `verifier.intake.read_all` with the product's own decoder, in a process of its
own, and answers with the first thing that is not a badge, or a link or code for one (IMG-01 to IMG-06,
UPL-01, UPL-02, UPL-03, WEB-08). For an input whose ending is `name` the file is packed under that name, and
the judge says whether the name that is shown is the name itself, or was `stripped` (UPL-01).
"""

from __future__ import annotations

import functools
import json
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image

from credential.baking.png import bake_png
from credential.qr import code_url, new_code, new_token, share_url
from tests.attacks.framework import Case, Recipe
from tests.pdfs import locked_pdf, pdf
from tests.photos import on_paper, square, written
from tests.pictures import chunk, header, png, svg, svg_badge
from tests.zips import Packed, plain_zip, zip_of
from verifier.decoding.decoder import MAX_MEMORY, MAX_SEEN, MODULE, SECONDS_FOR_A_FILE, Decoder
from verifier.decoding.pages import MAX_ATTACHMENT, MOST_ATTACHMENTS, MOST_PAGES
from verifier.decoding.pictures import MOST_CODES, MOST_PIXELS
from verifier.evidence import PresentedKind
from verifier.intake import MAX_UPLOAD, MOST_ITEMS, read_all
from verifier.intake.packed import MAX_ENTRY, MOST_ENTRIES
from verifier.workers import Workers

AREA = "opened"
BADGE = b'{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"]}'
SHARE = share_url("check.example.org", "RIVER", new_token(bytes(range(20))))
PRINTED = code_url("check.example.org", "RIVER", new_code(bytes(range(7))))
NAME = b"NAME "


@functools.cache
def decoder() -> Decoder:
    """One for all the inputs: it must survive each of them."""
    return Decoder(
        Workers(MODULE, most=1, seconds=SECONDS_FOR_A_FILE, memory=MAX_MEMORY, max_answer=MAX_SEEN)
    )


def judge(data: bytes, suffix: str) -> str:
    if suffix == "name" or data.startswith(NAME):
        name = data.removeprefix(NAME)
        (item,) = read_all(zip_of(Packed(name, BADGE)))
        return "ok" if item.name == name.decode("utf-8", "replace") else "stripped"
    for item in read_all(data, decode=decoder().for_upload(5.0)):
        if item.presented.kind is PresentedKind.UNREADABLE:
            return item.presented.code
    return "ok"


# recipes: pictures and PDFs are not the same octets with every version of the libraries that write them


def photo(text: str = SHARE, kind: str = "JPEG", cut: int = 0) -> bytes:
    """A photo of a square."""
    whole = written(square(text, box=5), kind)
    return whole[: len(whole) - cut] if cut else whole


def photo_of_many(count: int) -> bytes:
    """So many squares on one sheet."""
    return written(on_paper(*(square(f"{SHARE[:-4]}{1000 + n}", box=3) for n in range(count))))


def wide_picture(kind: str, width: int, height: int) -> bytes:
    """A picture that says that it is so large, and holds next to nothing."""
    match kind:
        case "PNG":
            return png(head=header(width, height))
        case "GIF":
            screen = struct.pack("<HHBBB", width, height, 0, 0, 0)
            frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\0"
            return b"GIF89a" + screen + frame + b";"
        case "BMP":
            head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
            return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head
        case _:
            body = (
                struct.pack("<I", 0)[:4]
                + struct.pack("<I", width - 1)[:3]
                + struct.pack("<I", height - 1)[:3]
            )
            chunks = b"VP8X" + struct.pack("<I", len(body)) + body
            return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def grey_png(side: int) -> bytes:
    """A white picture of so many pixels a side, packed to next to nothing, with a square in its corner."""
    picture = Image.new("L", (side, side), 255)
    picture.paste(square(SHARE), (40, 40))
    return written(picture, "PNG")


def animation(frames: int) -> bytes:
    """A GIF of so many frames; the square is in the first."""
    others = [Image.new("L", (8, 8), n % 256) for n in range(frames - 1)]
    return written(square(SHARE), "GIF", save_all=True, append_images=others)


def png_text_bomb(size: int) -> bytes:
    """A PNG with a packed text of so many bytes."""
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(size)))
    return png(text) if size > 1_000_000 else bake_png(png(text), BADGE.decode())


def pdf_with(files: int = 0, size: int = 10, pages: int = 0, badge: bool = True) -> bytes:  # noqa: FBT001, FBT002 - JSON parameters
    """A PDF with so many attached files of so many bytes, and pages before one with a square."""
    attached = {f"{n}.bin": bytes(size) for n in range(files)}
    if badge:
        attached = {"badge.json": BADGE} | attached
    return pdf(attached, [None] * pages + [square(PRINTED, box=4)])


def pdf_of_forms(levels: int, times: int) -> bytes:
    """A page that draws a form so many times, which draws another as many times, and so on."""
    plain = pdf(pages=[square(PRINTED, box=4)])
    count = plain.count(b" obj\n")
    first = count + 1
    forms = []
    for level in range(levels):
        inner = b"0 0 .01 .01 re f " if level == levels - 1 else b"/F Do " * times
        inside = (
            b"/Resources << /XObject << /F %d 0 R >> >>" % (first + level + 1) if level < levels - 1 else b""
        )
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 99 99] %s /Length %d >>" % (inside, len(inner))
        forms.append(head + b"\nstream\n" + inner + b"\nendstream")
    made = pdf(pages=[square(PRINTED, box=4)], extra=forms)
    return made.replace(b"/P Do Q", b"/P Do " + b"/F Do " * times + b"Q").replace(
        b"/XObject << /P ", b"/XObject << /F %d 0 R /P " % first
    )


def pdf_kids_of_themselves() -> bytes:
    """A PDF whose page is its own parent and child."""
    return pdf().replace(b"/Kids [", b"/Kids [2 0 R ", 1)


def cut_pdf(part: float) -> bytes:
    """The first part of a PDF."""
    whole = pdf({"badge.json": BADGE})
    return whole[: int(len(whole) * part)]


def locked() -> bytes:
    """A PDF with a password."""
    return locked_pdf()


def packed(count: int = 1, size: int = 10) -> bytes:
    """A ZIP file of so many badges, padded to so many bytes."""
    return plain_zip([(f"{n}.json", BADGE.replace(b"2", str(n).encode()).ljust(size)) for n in range(count)])


def empties(count: int) -> bytes:
    """A ZIP file of a badge and so many folders."""
    return zip_of(Packed(b"a.json", BADGE), *[Packed(b"f/", b"", method=0)] * count)


def bomb(size: int, says: int) -> bytes:
    """A ZIP file whose one entry unpacks to so many bytes, and says another number."""
    return zip_of(Packed(b"a.json", BADGE.ljust(size), says_size=says))


def overlapping(count: int) -> bytes:
    """So many lines of the list, all for one content."""
    return zip_of(*[Packed(f"{n}".encode(), BADGE) for n in range(count)], same_place=count > 1)


def nested(levels: int) -> bytes:
    """A badge packed so many times."""
    data = BADGE
    for _ in range(levels):
        data = plain_zip([("inside", data)])
    return data


def links(count: int) -> bytes:
    """A list of so many links."""
    return "\n".join(f"https://badges.example.edu/{n}.json" for n in range(count)).encode()


def array(count: int) -> bytes:
    """A JSON array of so many badges."""
    return b"[" + b",".join(BADGE.replace(b"v2", b"v%d" % n) for n in range(count)) + b"]"


def padded(size: int) -> bytes:
    """A photo with white space behind it."""
    return photo().ljust(size)


RECIPES: dict[str, Callable[..., bytes]] = {
    made.__name__: made
    for made in (
        photo,
        photo_of_many,
        wide_picture,
        grey_png,
        animation,
        png_text_bomb,
        pdf_with,
        pdf_of_forms,
        pdf_kids_of_themselves,
        cut_pdf,
        locked,
        packed,
        empties,
        bomb,
        overlapping,
        nested,
        links,
        array,
        padded,
    )
}


def cases() -> Iterator[Case]:
    yield from of_squares()
    yield from of_pictures()
    yield from of_pdfs()
    yield from of_packages()
    yield from of_lists()
    yield from of_names()


def bad(id: str, name: str, parameters: dict[str, object], expect: str, twin: Recipe) -> Case:  # noqa: A002 - the manifest's own word
    """An attack that a recipe makes."""
    return Case(id, Recipe(name, parameters), "bin", expect, twin)


def of_squares() -> Iterator[Case]:
    good = Recipe("photo", {})
    for name, text in (
        ("other-site", "https://evil.example/badge.json"),
        ("cloud-metadata", "http://169.254.169.254/latest/meta-data/"),
        ("loopback", "http://127.0.0.1:6379/"),
        ("javascript", "javascript://check.example.org/%0aalert(1)"),
        ("data", "data:text/html,<script>alert(1)</script>"),
        ("file", "file:///etc/passwd"),
        ("wifi", "WIFI:S:school;P:secret;;"),
        ("telephone", "tel:+15550100"),
        ("bitcoin", "bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        ("other-page-of-ours", "HTTPS://CHECK.EXAMPLE.ORG/RECEIPT/1"),
        ("line-break", SHARE + "\r\nHost: evil.example"),
        ("user-in-link", SHARE.replace("HTTPS://", "HTTPS://A@")),
        ("question", SHARE + "?NEXT=HTTPS://EVIL.EXAMPLE"),
        ("right-to-left", "https://check.example.org/\u202es/"),
        ("words", "this badge is valid"),
        ("markup", "<script>alert(1)</script>"),
    ):
        yield bad(f"WEB-08-square-{name}", "photo", {"text": text}, "qr_not_a_badge", good)
    mistyped = PRINTED[:-1] + ("0" if PRINTED[-1] != "0" else "1")
    yield bad(
        "WEB-08-square-mistyped", "photo", {"text": mistyped}, "code_typo", Recipe("photo", {"text": PRINTED})
    )
    yield bad(
        "WEB-08-squares-more-than-are-read",
        "photo_of_many",
        {"count": MOST_CODES + 1},
        "too_many_items",
        Recipe("photo_of_many", {"count": MOST_CODES}),
    )


def of_pictures() -> Iterator[Case]:
    for kind, width, height in (
        ("PNG", 60_000, 60_000),
        ("PNG", 2**31 - 1, 1),
        ("GIF", 65_535, 65_535),
        ("BMP", 60_000, 60_000),
        ("BMP", 2**31 - 1, 1),
        ("WEBP", 16_384, 16_384),
    ):
        expect = "too_many_pixels" if kind == "PNG" else "picture_too_large"
        yield bad(
            f"IMG-05-{kind.lower()}-{width}-by-{height}",
            "wide_picture",
            {"kind": kind, "width": width, "height": height},
            expect,
            Recipe("photo", {"kind": kind}),
        )
    side = int(MOST_PIXELS**0.5)
    yield bad(
        "IMG-05-more-pixels-than-a-badge",
        "grey_png",
        {"side": side},
        "too_many_pixels",
        Recipe("grey_png", {"side": 4_096}),
    )
    yield bad(
        "IMG-04-text-of-200-megabytes",
        "png_text_bomb",
        {"size": 200 * 1024 * 1024},
        "picture_broken",
        Recipe("png_text_bomb", {"size": 1_000}),
    )
    for kind in ("JPEG", "WEBP", "GIF", "BMP"):
        yield bad(
            f"IMG-03-{kind.lower()}-cut-short",
            "photo",
            {"kind": kind, "cut": 700},
            "picture_broken",
            Recipe("photo", {"kind": kind}),
        )
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    good = bake_png(png(), BADGE.decode())
    for name, data, expect in (
        ("gif-of-a-badge", b"GIF89a" + good, "picture_too_large"),
        ("jpeg-of-a-badge", b"\xff\xd8\xff\xe0" + good, "picture_broken"),
        ("bitmap-of-a-badge", b"BM" + good, "picture_broken"),
        ("webp-of-a-badge", b"RIFF\0\0\0\0WEBP" + good, "picture_broken"),
        ("pdf-of-a-badge", b"%PDF-1.7\n" + good, "pdf_broken"),
        ("zip-of-a-badge", b"PK\3\4" + good, "zip_broken"),
        ("heic", heic + good, "unsupported_heic"),
        ("avif", heic.replace(b"heic", b"avif").replace(b"mif1", b"avif"), "unsupported_file"),
        ("tiff", b"II*\0" + good, "unsupported_file"),
        ("rar", b"Rar!\x1a\x07\0" + good, "unsupported_file"),
        ("7z", b"7z\xbc\xaf\x27\x1c" + good, "unsupported_file"),
        ("gzip", b"\x1f\x8b\x08" + good, "unsupported_file"),
        ("office", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + good, "unsupported_file"),
        ("riff-of-sound", b"RIFF\x24\0\0\0WAVEfmt " + bytes(32), "picture_broken"),
    ):
        yield Case(f"IMG-06-{name}", data, "bin", expect, good)
    drawn = svg(svg_badge(BADGE.decode()))
    for name, data in (
        ("script", drawn.replace(b"<circle", b"<script>alert(1)</script><circle")),
        ("link-inside", drawn.replace(b"<circle", b'<image href="http://169.254.169.254/"/><circle')),
    ):
        # No part of a picture is shown: it may hold what it likes. What counts is whether a badge is in it.
        bare = data.replace(svg_badge(BADGE.decode()).encode(), b"")
        yield Case(f"SVG-02-{name}-without-a-badge", bare, "svg", "no_badge_in_picture", data)


def of_pdfs() -> Iterator[Case]:
    good = Recipe("pdf_with", {})
    paper = Recipe("pdf_with", {"badge": False})
    yield bad(
        "UPL-02-pdf-one-file-too-many",
        "pdf_with",
        {"files": MOST_ATTACHMENTS},
        "too_many_items",
        Recipe("pdf_with", {"files": MOST_ATTACHMENTS - 1}),
    )
    yield bad(
        "UPL-02-pdf-file-too-large",
        "pdf_with",
        {"files": 1, "size": MAX_ATTACHMENT + 1},
        "too_many_items",
        Recipe("pdf_with", {"files": 1, "size": MAX_ATTACHMENT}),
    )
    yield bad(
        "UPL-02-pdf-file-of-300-megabytes",
        "pdf_with",
        {"files": 1, "size": 300 * 1024 * 1024},
        "too_many_items",
        good,
    )
    yield bad(
        "UPL-02-pdf-one-page-too-many",
        "pdf_with",
        {"pages": MOST_PAGES, "badge": False},
        "too_many_items",
        Recipe("pdf_with", {"pages": MOST_PAGES - 1, "badge": False}),
    )
    yield bad(
        "UPL-02-pdf-forms-in-forms",
        "pdf_of_forms",
        {"levels": 12, "times": 12},
        "decoding_stopped",
        Recipe("pdf_of_forms", {"levels": 2, "times": 3}),
    )
    yield bad("UPL-02-pdf-page-of-itself", "pdf_kids_of_themselves", {}, "no_badge_in_pdf", paper)
    yield bad("UPL-02-pdf-locked", "locked", {}, "pdf_encrypted", good)
    for part in (0.1, 0.3):
        yield bad(
            f"UPL-02-pdf-cut-at-{part}",
            "cut_pdf",
            {"part": part},
            "pdf_broken",
            Recipe("cut_pdf", {"part": 1.0}),
        )
    for name, data in (
        ("empty", b"%PDF-1.7"),
        ("of-nothing", b"%PDF-1.7\n%%EOF\n"),
        ("of-noise", b"%PDF-1.7" + bytes(range(256))),
    ):
        yield Case(f"UPL-02-pdf-{name}", data, "pdf", "pdf_broken", good)


def of_packages() -> Iterator[Case]:
    good = zip_of(Packed(b"a.json", BADGE))
    for name, data, expect in (
        ("something-in-front", b"PK\3\4" + good, "zip_broken"),
        ("something-behind", good + b"x", "zip_broken"),
        ("cut-short", good[:-1], "zip_broken"),
        ("one-more-than-is-there", zip_of(Packed(b"a.json", BADGE), count=2), "zip_broken"),
        ("one-hidden", zip_of(Packed(b"a.json", BADGE), Packed(b"b.json", BADGE), count=1), "zip_broken"),
        ("two-names", zip_of(Packed(b"a.json", BADGE, local_name=b"b.json")), "zip_broken"),
        ("checksum", zip_of(Packed(b"a.json", BADGE, says_checksum=1)), "zip_broken"),
        ("size-too-small", zip_of(Packed(b"a.json", BADGE, says_size=1)), "zip_broken"),
        ("size-too-large", zip_of(Packed(b"a.json", BADGE, says_size=9_999)), "zip_broken"),
        ("noise-for-content", zip_of(Packed(b"a.json", BADGE, raw=b"\xff" * 40)), "zip_broken"),
        ("method-of-another-kind", zip_of(Packed(b"a.json", BADGE, method=14)), "zip_broken"),
        ("password", zip_of(Packed(b"a.json", BADGE, flags=1)), "zip_encrypted"),
        ("password-for-the-list", zip_of(Packed(b"a.json", BADGE, flags=0x2000)), "zip_encrypted"),
        (
            "only-a-link",
            zip_of(Packed(b"a", b"/etc/passwd", method=0, made_by=3, outer=0o120777 << 16)),
            "zip_empty",
        ),
        ("only-a-folder", zip_of(Packed(b"a/", b"", method=0)), "zip_empty"),
        ("document", zip_of(Packed(b"[Content_Types].xml", b"<Types/>")), "unsupported_file"),
        ("program", zip_of(Packed(b"a.exe", b"MZ\x90\0" + bytes(60))), "not_a_badge"),
        ("page", zip_of(Packed(b"a.html", b"<html><script>alert(1)</script></html>")), "not_a_badge"),
        (
            "photo-that-is-none",
            zip_of(Packed(b"a.json", BADGE), Packed(b"a.jpg", b"\xff\xd8\xff")),
            "picture_broken",
        ),
    ):
        yield Case(f"UPL-02-zip-{name}", data, "zip", expect, good)
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    yield Case("UPL-03-zip-eicar", zip_of(Packed(b"a.com", eicar[::-1])), "zip", "not_a_badge", good)
    whole = Recipe("packed", {})
    for name, recipe, parameters, expect, twin in (
        (
            "one-entry-too-many",
            "empties",
            {"count": MOST_ENTRIES},
            "zip_too_many",
            Recipe("empties", {"count": MOST_ENTRIES - 1}),
        ),
        ("60000-entries", "empties", {"count": 60_000}, "zip_too_many", whole),
        ("bomb", "bomb", {"size": 200 * 1024 * 1024, "says": 200 * 1024 * 1024}, "zip_too_large", whole),
        ("bomb-that-lies", "bomb", {"size": 200 * 1024 * 1024, "says": 100}, "zip_broken", whole),
        ("entry-too-large", "bomb", {"size": MAX_ENTRY + 1, "says": MAX_ENTRY + 1}, "zip_too_large", whole),
        (
            "overlapping-files",
            "overlapping",
            {"count": 500},
            "zip_broken",
            Recipe("overlapping", {"count": 1}),
        ),
        ("in-a-zip", "nested", {"levels": 2}, "zip_nested", Recipe("nested", {"levels": 1})),
        ("in-forty-zips", "nested", {"levels": 40}, "zip_nested", Recipe("nested", {"levels": 1})),
        (
            "one-badge-too-many",
            "packed",
            {"count": MOST_ITEMS + 1},
            "too_many_items",
            Recipe("packed", {"count": MOST_ITEMS}),
        ),
    ):
        yield bad(f"UPL-02-zip-{name}", recipe, dict(parameters), expect, twin)
    yield bad(
        "IMG-04-photo-one-byte-too-many",
        "padded",
        {"size": MAX_UPLOAD + 1},
        "too_large",
        Recipe("padded", {"size": MAX_UPLOAD}),
    )


def of_lists() -> Iterator[Case]:
    good = f"name,link\nA,{SHARE}\nB,{PRINTED}\n".encode()
    for name, data, expect in (
        ("javascript", good.replace(PRINTED.encode(), b"javascript://x/%0aalert(1)"), "link_malformed"),
        ("row-without-a-link", good.replace(PRINTED.encode(), b""), "no_link_in_row"),
        (
            "mistyped-code",
            good.replace(PRINTED.encode(), new_code(bytes(7))[:-1].encode() + b"7"),
            "code_typo",
        ),
        ("link-with-a-space", good.replace(PRINTED.encode(), b"https://evil.example/ x"), "link_malformed"),
        ("formula", good.replace(PRINTED.encode(), b"=HYPERLINK(1)"), "code_malformed"),
    ):
        yield Case(f"WEB-08-list-{name}", data, "csv", expect, good)
    members = b"[" + BADGE + b"," + json.dumps(SHARE).encode() + b"]"
    for name, data, expect in (
        ("null", b"[null]", "not_a_badge"),
        ("array", b"[[" + BADGE + b"]]", "not_a_badge"),
        ("number", b"[" + BADGE + b",1]", "not_a_badge"),
        ("file", b'["file:///etc/passwd"]', "link_malformed"),
        ("key-twice", b'[{"a":1,"a":2}]', "not_a_badge"),
        ("none", b"[]", "empty"),
        ("deep", b"[" * 60 + b"]" * 60, "not_a_badge"),
        ("half", members[:-1], "not_a_badge"),
    ):
        yield Case(f"WEB-16-array-of-{name}", data, "json", expect, members)
    yield bad(
        "WEB-16-list-one-link-too-many",
        "links",
        {"count": MOST_ITEMS + 1},
        "too_many_items",
        Recipe("links", {"count": MOST_ITEMS}),
    )
    yield bad(
        "WEB-16-array-one-badge-too-many",
        "array",
        {"count": MOST_ITEMS + 1},
        "too_many_items",
        Recipe("array", {"count": MOST_ITEMS}),
    )
    yield bad(
        "WEB-16-array-of-a-hundred-thousand",
        "array",
        {"count": 60_000},
        "too_large",
        Recipe("array", {"count": 3}),
    )


def of_names() -> Iterator[Case]:
    good = NAME + "Insignia de Maya é.json".encode()
    for name, data in (
        ("above", b"../../etc/passwd"),
        ("drive", b"C:\\Windows\\x.json"),
        ("nul", b"a\0.json"),
        ("line-break", b"a\r\nSet-Cookie: x"),
        ("right-to-left", "a\u202egnp.exe".encode()),
        ("escape", b"a\x1b[2Kvalid"),
        ("long", b"x" * 4_000),
    ):
        yield Case(f"UPL-01-name-{name}", NAME + data, "name", "stripped", good)

"""Whether a PDF is nothing but something to read. Pure, bounded, and no PDF reader.

It is looked at from outside: how it begins and ends, and which names stand in it, also where they are spelled
with `#` escapes or packed into object streams (ISO 32000-2, 7.3.5, 7.5.7). What cannot be looked into is
refused. Nothing of it is run or drawn, and the file goes on as it is.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from issuer.evidence.errors import EvidenceRefused

MOST_STREAMS: Final = 5_000
"""Streams in one PDF."""

MOST_UNPACKED: Final = 32 * 1024 * 1024
"""Octets of all its streams together, packed and unpacked: what is read of them, not what they say."""

MOST_NAMES: Final = 1_000_000
"""Names that are looked at in all, some of them more than once."""

_ACTIVE: Final = {
    "JavaScript": "a program",
    "Launch": "a call of another program",
    "OpenAction": "something that happens when it is opened",
    "EmbeddedFile": "a file inside it",
    "EmbeddedFiles": "a file inside it",
    "RichMedia": "a film or a game",
    "SubmitForm": "a form that is sent somewhere",
    "ImportData": "a form that is filled from elsewhere",
    "GoToR": "a jump into another file",
    "GoToE": "a jump into a file inside it",
    "Rendition": "a film or a sound",
    "Movie": "a film",
    "XFA": "a form that is a program",
}
"""Names of what a page to read does not need, and what they are."""

_HEAD: Final = re.compile(rb"%PDF-[12]\.[0-9][\r\n \t%]")
_TAIL: Final = re.compile(rb"%%EOF[\x00\t\n\f\r ]*\Z")
_NAME: Final = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]{1,127})")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_PAGE: Final = re.compile(rb"<(?:!doctype|html|script|svg|iframe)[\s>/]", re.IGNORECASE)
_ZIP: Final = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06")
_LONGEST_HEADER: Final = 4_096
_PIECE: Final = 16_384
_AGAIN = "print it to a new PDF, or send a picture of it"


def check_pdf(data: bytes) -> None:
    """Look at a PDF.

    Args:
        data: The whole file, whose size somebody has looked at.

    Raises:
        EvidenceRefused: `pdf_broken`, `pdf_active`, `pdf_hidden`.
    """
    if not _HEAD.match(data) or not _TAIL.search(data[-1_024:]) or b"startxref" not in data:
        raise EvidenceRefused("pdf_broken", f"the PDF does not begin and end as one does: {_AGAIN}")
    if _PAGE.search(data) or all(mark in data for mark in _ZIP):
        raise EvidenceRefused("pdf_active", f"the PDF is a file of another kind as well: {_AGAIN}")
    look = _Look()
    names = look.names(data)
    if "Encrypt" in names:
        raise EvidenceRefused("pdf_hidden", f"the PDF is locked: take its password off, or {_AGAIN}")
    _check_names(set(names))
    _check_streams(data, names, look)


class _Look:
    """One look at one PDF, with a bound on how many names it takes in."""

    def __init__(self) -> None:
        self._left = MOST_NAMES

    def names(self, data: bytes) -> dict[str, int]:
        """The names that matter, their escapes resolved, and how often each stands there.

        Raises:
            EvidenceRefused: `pdf_hidden` where there are more than anybody needs.
        """
        found: dict[str, int] = {}
        for name in _NAME.finditer(data):
            self._left -= 1
            if self._left < 0:
                raise EvidenceRefused("pdf_hidden", f"the PDF has more than {MOST_NAMES:,} names: {_AGAIN}")
            raw = _ESCAPE.sub(lambda one: bytes([int(one[1], 16)]), name[1]) if b"#" in name[1] else name[1]
            text = raw.decode("latin-1")
            if text in _ACTIVE or text in _COUNTED or text in _FILTERS:
                found[text] = found.get(text, 0) + 1
        return found


_COUNTED: Final = frozenset({"Encrypt", "ObjStm", "Predictor"})
_FILTERS: Final = frozenset(
    {
        "FlateDecode", "Fl", "LZWDecode", "LZW", "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85",
        "RunLengthDecode", "RL", "Crypt",
    }
)  # fmt: skip


def _check_names(names: set[str]) -> None:
    for name, what in _ACTIVE.items():
        if name in names:
            raise EvidenceRefused("pdf_active", f"the PDF has {what} (/{name}): {_AGAIN}")


def _check_streams(data: bytes, names: dict[str, int], look: _Look) -> None:
    """Unpack each stream and look at the names in it; a packed object must be one that we can read."""
    packed = predicted = 0
    left = MOST_UNPACKED
    for count, stream in enumerate(_STREAM.finditer(data), start=1):
        if count > MOST_STREAMS:
            raise EvidenceRefused("pdf_hidden", f"the PDF has more than {MOST_STREAMS} parts: {_AGAIN}")
        header = look.names(_header(data, stream.start()))
        is_packed = "ObjStm" in header
        packed += header.get("ObjStm", 0)
        predicted += 0 if is_packed else header.get("Predictor", 0)
        inside, read = _unpacked(data, stream.end(), left)
        left -= read
        if left <= 0:
            raise EvidenceRefused("pdf_hidden", f"the PDF unpacks to more than is read: {_AGAIN}")
        filters = {name: header[name] for name in header if name in _FILTERS}
        if is_packed and (inside is None or filters not in ({"FlateDecode": 1}, {"Fl": 1})):
            raise EvidenceRefused("pdf_hidden", f"parts of the PDF are packed in an unusual way: {_AGAIN}")
        if inside is not None:
            _check_names(set(look.names(inside)))
    # A packed object, or a way of packing, that stands in no header we saw is one that somebody hid.
    if names.get("ObjStm", 0) != packed or (packed and names.get("Predictor", 0) != predicted):
        raise EvidenceRefused("pdf_hidden", f"parts of the PDF are packed in an unusual way: {_AGAIN}")


def _header(data: bytes, end: int) -> bytes:
    """The dictionary before a stream."""
    before = data[max(0, end - _LONGEST_HEADER) : end]
    return before[before.rfind(b"obj") + 3 :] if b"obj" in before else before


def _unpacked(data: bytes, start: int, most: int) -> tuple[bytes | None, int]:
    """A stream's octets, unpacked where it is packed by deflate, else None; and how many were read for that.

    Where it ends, its own packing says, and never the word `endstream`, which may stand in it.
    """
    unpacker, out, read = zlib.decompressobj(), bytearray(), 0
    while not unpacker.eof and start + read < len(data) and read + len(out) < most:
        piece = data[start + read : start + read + _PIECE]
        try:
            out += unpacker.decompress(piece, most - read - len(out))
        except zlib.error:
            return None, read + len(out) + 1
        if unpacker.unconsumed_tail:
            return bytes(out), most
        read += len(piece) - len(unpacker.unused_data)
    return bytes(out), read + len(out)

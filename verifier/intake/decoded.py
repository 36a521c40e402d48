"""What was seen in a picture or a PDF, as plain values. Who looks, and where, is the edge's affair.

A picture's pixels and a PDF's pages are read by native code, and whoever sends them may mean harm. So the
pure part never touches them: it is given a `Decode`, asks it for a file, and judges what comes back like any
text that somebody typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

FAULTS: Final = frozenset(
    {
        "picture_broken",
        "picture_too_large",
        "pdf_broken",
        "pdf_encrypted",
        "pdf_too_large",
        "decoding_stopped",
        "decoding_busy",
        "not_decoded",
    }
)
"""Why nothing was seen. `decoding_stopped`: it took too long or too much, or the reader broke on it."""


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A QR code that was seen.

    Args:
        page: On which page, from 1; 0 in a picture.
        text: What it says.
    """

    page: int
    text: str


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that a PDF carries.

    Args:
        name: As the PDF calls it.
        data: Its bytes.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was seen in one file.

    Args:
        codes: The QR codes, in the order of the pages.
        files: The attached files.
        fault: One of `FAULTS` where nothing could be seen, else "".
        whole: False where a bound was met, and the rest was not looked at.
    """

    codes: tuple[SeenCode, ...] = ()
    files: tuple[AttachedFile, ...] = ()
    fault: str = ""
    whole: bool = True


Decode: TypeAlias = Callable[[bytes], Decoded]
"""Look at a picture or a PDF. Never raises for what is in it."""


def undecoded(_data: bytes) -> Decoded:
    """Look at nothing: where no pixel is to be read."""
    return Decoded(fault="not_decoded")

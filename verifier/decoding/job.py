"""What a worker does with one file: look at its pixels or its pages, and say what was seen."""

from __future__ import annotations

from verifier.decoding.pages import look_at_pdf
from verifier.decoding.pictures import look_at_picture
from verifier.decoding.wire import write_decoded
from verifier.intake.decoded import Decoded
from verifier.intake.kinds import PICTURES, FileKind, kind_of


def answer(data: bytes) -> bytes:
    """See what is in a picture or a PDF.

    Args:
        data: The file. What it is, its content says, here too.
    """
    return write_decoded(look_at(data))


def look_at(data: bytes) -> Decoded:
    """See what is in a picture or a PDF, in this process."""
    kind = kind_of(data)
    if kind is FileKind.PDF:
        return look_at_pdf(data)
    if kind in PICTURES:
        return look_at_picture(data, kind)
    return Decoded(fault="not_decoded")

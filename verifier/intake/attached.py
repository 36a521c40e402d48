"""Which of the files that a PDF carries is a badge."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from verifier.evidence import Presented, PresentedKind
from verifier.intake.bounds import MAX_BYTES
from verifier.intake.kinds import FileKind, kind_of
from verifier.intake.single import read

BADGES: Final = frozenset({PresentedKind.DOCUMENT, PresentedKind.JWT, PresentedKind.PRESENTATION})
NAMED: Final = frozenset({"bad_envelope", "older_open_badges", "unsupported_sd_jwt"})
"""Refusals of what is a badge, of a kind that we do not read."""

_KINDS: Final = (FileKind.PNG, FileKind.SVG, FileKind.TEXT)


def attached_badge(data: bytes) -> Presented | None:
    """An attached file as a badge; None for an invoice, a table or a picture, which are none of ours.

    No link is taken from an attached file: nobody who reads the PDF has seen it.
    """
    kind = kind_of(data)
    if kind not in _KINDS or len(data) > MAX_BYTES:
        return None
    found = read(data)
    if found.kind is PresentedKind.DOCUMENT and kind is FileKind.TEXT and b'"@context"' not in data:
        return None
    if found.kind in BADGES:
        return replace(found, source="pdf")
    return found if found.code in NAMED else None

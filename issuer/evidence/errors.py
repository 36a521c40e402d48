"""Why evidence is not taken, each with a stable code and a sentence that says what to do."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError

CODES: Final = MappingProxyType(
    {
        # Of any file
        "evidence_empty": "there is nothing in it",
        "evidence_too_large": "it is larger than is taken",
        "evidence_kind": "it is a file of a kind that is not taken",
        "evidence_text": "a name or text has characters that nobody can see, or is too long",
        "evidence_private": "it says what must stay in the school's records",
        # Pictures and PDFs
        "picture_broken": "the picture cannot be read whole",
        "picture_too_large": "the picture has more pixels than are read",
        "pdf_active": "the PDF does more than be read: a program, an action, a file inside",
        "pdf_broken": "the PDF is not put together as its specification demands",
        "pdf_hidden": "parts of the PDF cannot be looked into",
        # Links
        "link_address": "the address is none that anybody can open later",
        "link_digest": "the digest is missing or is none",
        # Badges
        "badge_unreadable": "it is no badge",
        "badge_refused": "the check says no",
        "badge_unchecked": "the check could not be finished",
        "badge_nested": "the badge carries another badge in it",
        "holder_differs": "the badge names somebody else than the award",
        # The award
        "evidence_closed": "the award's badge has been prepared: its evidence stands",
        "evidence_full": "the award has as much evidence as a badge carries",
        "evidence_twice": "the award has this evidence already",
        "evidence_quota": "the district's room for evidence is used up",
    }
)
"""Code to what it means."""


class EvidenceRefused(IssuerError):  # noqa: N818 - it says what happened; callers read `except EvidenceRefused`
    """Evidence was not taken; nothing of it was kept.

    Args:
        code: One of `CODES`.
        message: One sentence that says what is wrong and what to do.
    """

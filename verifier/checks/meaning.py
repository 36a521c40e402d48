"""Does every word mean something, so that what is read is what was signed? VC Data Integrity 1.0, 2.4.3."""

from __future__ import annotations

from contexts.canonical import canonical_quads, undefined_terms
from contexts.document import Document, without
from contexts.errors import DocumentError
from verifier.evidence import Check, CheckOutcome, Finding


def check_meaning(document: Document) -> Finding:
    """For a document whose proof signs its meaning: nothing in it may be without one.

    A word that no pinned context defines would be shown and not be signed. So it decides.

    Args:
        document: The credential with its proofs.

    Raises:
        DocumentError: Any code of `canonical_quads`.
    """
    canonical_quads(without(document, "proof"))
    return Finding(Check.MEANING, CheckOutcome.YES, "all_defined")


def note_meaning(document: Document) -> Finding:
    """For a document of which every byte is signed (a token): words without a meaning are worth a note."""
    try:
        unknown = undefined_terms(without(document, "proof"))
    except DocumentError as fault:
        return Finding(
            Check.MEANING, CheckOutcome.YES, "every_byte_signed", str(fault), notes=("meaning_not_clear",)
        )
    if unknown:
        detail = "no context defines " + ", ".join(unknown)
        return Finding(
            Check.MEANING, CheckOutcome.YES, "every_byte_signed", detail, notes=("undefined_terms",)
        )
    return Finding(Check.MEANING, CheckOutcome.YES, "all_defined")

"""Is the person who shows the badge the one who earned it? Open Badges 3.0, 9.1, step 5."""

from __future__ import annotations

from verifier.evidence import Check, CheckOutcome, Finding


def check_recipient() -> Finding:
    """Say that a badge cannot answer this: whoever looks at it compares the name with a photo ID.

    A badge is a file; anybody can hold somebody else's. The answer is never *yes*, and it stands in nobody's
    way.
    """
    return Finding(Check.RECIPIENT, CheckOutcome.COULD_NOT_CHECK, "ask_for_photo_id")

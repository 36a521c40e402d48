"""Whether a kind of award is an industry certification: the one place that says no."""

from __future__ import annotations

from issuer.catalog.entry import Counts, Kind
from issuer.errors import IssuerError


def check_counts_as_certification(kind: Kind, *, decided: bool) -> None:
    """Refuse a kind of award that is no industry certification.

    Args:
        kind: What it is.
        decided: Whether the district decided, for this very credential, that a completed training counts. No
            decision makes a college certificate count, or anything else that the law sets apart.

    Raises:
        IssuerError: `not_a_certification` where it never is one; `needs_decision` where the district could
            decide so and has not.
    """
    if kind.counts is Counts.YES or (kind.counts is Counts.BY_DECISION and decided):
        return
    why = f" {kind.why}" if kind.why else ""
    if kind.counts is Counts.BY_DECISION:
        raise IssuerError(
            "needs_decision",
            f"{kind.title} counts as an industry certification only where the district decided so.{why}",
        )
    raise IssuerError("not_a_certification", f"{kind.title} is not an industry certification.{why}")

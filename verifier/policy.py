"""What this verifier accepts: whom it trusts, how exact clocks must be, how much work a badge may cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from verifier.trust import NOBODY, Trust


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that a verdict rests on besides the evidence and the time.

    Args:
        trust: Who is recognised, for what, until when.
        skew: How far two honest clocks may differ.
        retrieval: Tag of a share link -> origin to ask, beside those of the trust list, which come first.
        loopback: "host:port" pairs on this machine that stand for an issuer in a demonstration; they are
            asked over plain http. Empty everywhere else.
        max_status_entries: How many status entries a badge may have.
        linked_evidence: Whether linked evidence is fetched, where the badge gives its digest. Off by default:
            it would tell the other side that somebody is checking this badge.
        refresh: Whether a recognised issuer's own service is asked for a newer edition of a badge that offers
            one. Off by default: it would tell the other side that somebody is checking this badge.
        status_by: Issuer -> who else may sign its status lists: a service that keeps them for it. An issuer's
            lists are believed from the issuer alone where nothing is said here.
        at: The moment in the past that is asked about, aware; None for now. One that has not come yet is
            refused (`verifier.moment`).
        max_fetches: How many things may be fetched for one badge.
        max_gathered_bytes: How much may be fetched for one badge.
        max_gathering: How long gathering for one badge may take.
    """

    trust: Trust = NOBODY
    skew: timedelta = timedelta(seconds=60)
    retrieval: Mapping[str, str] = field(default_factory=dict)
    loopback: frozenset[str] = frozenset()
    max_status_entries: int = 8
    linked_evidence: bool = False
    refresh: bool = False
    status_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    at: datetime | None = None
    max_fetches: int = 24
    max_gathered_bytes: int = 8 * 1024 * 1024
    max_gathering: timedelta = timedelta(seconds=20)

    def origin(self, tag: str) -> str | None:
        """The origin to ask for what a link or code with this tag stands for; None where nobody named it."""
        entry = self.trust.tagged(tag)
        return entry.retrieval if entry else self.retrieval.get(tag)

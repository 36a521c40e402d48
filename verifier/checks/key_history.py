"""Which keys did the issuer have at a moment in the past? CID 1.0, 2.2, `expires` and `revoked`.

A document of keys is its own history: retired keys stay in it with the time at which they were retired, and
what they signed before stays good. Two things it cannot say. A key that is not in it at all may have been in
it once, so at a moment in the past that is no proof of forgery. And a document that was kept before the
moment cannot know what became of its keys in between.
"""

from __future__ import annotations

from datetime import datetime

from keys.errors import KeyRefused
from verifier.checks.issuer import IssuerKeys
from verifier.evidence import Asking, Check, CheckOutcome, Failure, Fetched, Finding
from verifier.policy import Policy


def with_time(walk: Asking[IssuerKeys | Failure]) -> Asking[tuple[IssuerKeys | Failure, datetime | None]]:
    """What a search for keys finds, and when an archive kept it; None where it was asked for now."""
    kept: datetime | None = None
    try:
        need = next(walk)
        while True:
            answer = yield need
            if isinstance(answer, Fetched) and answer.archived:
                kept = min(kept or answer.at, answer.at)
            need = walk.send(answer)
    except StopIteration as end:
        found: IssuerKeys | Failure = end.value
        return found, kept


def keys_kept_too_early(kept: datetime | None, policy: Policy) -> Finding | None:
    """What to say of keys that were kept before the moment that is asked about; None where they were not."""
    if kept is None or policy.at is None or policy.at - kept <= policy.skew:
        return None
    return _unknown("keys_kept_before", kept)


def unknown_key_then(fault: Exception, policy: Policy) -> Finding | None:
    """What to say of a key that today's document does not list, where a moment in the past is asked about."""
    missing = isinstance(fault, KeyRefused) and fault.code == "key_not_in_document"
    return _unknown("key_not_kept", policy.at) if missing and policy.at is not None else None


def _unknown(code: str, at: datetime) -> Finding:
    facts = {"date": at.date().isoformat()}
    return Finding(Check.ISSUER, CheckOutcome.COULD_NOT_CHECK, code, at.isoformat(), facts)

"""Is it in date? Verifiable Credentials Data Model 2.0, 4.9; VC Data Integrity 1.0, 2.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from credential.dates import validity_period
from credential.proof.verified import JwtClaim, ProofClaim, Verified
from verifier.evidence import Check, CheckOutcome, Finding


def check_period(verified: Verified, now: datetime, skew: timedelta) -> Finding:
    """Compare the badge's dates, and its proofs', with the time.

    Args:
        verified: The badge, whose proof has passed: a date that nobody signed says nothing.
        now: The time, aware.
        skew: How far two honest clocks may differ; exactly so far is still in date.

    Raises:
        CredentialError: `bad_date`, `valid_period`.
    """
    period = validity_period(verified.document.value)
    begin = period.begin.instant
    end = period.end.instant if period.end else None
    if wrong := check_claims(verified.claims, now, skew):
        return wrong
    if begin - now > skew:
        return _no("not_yet_valid", begin)
    if end is not None and now - end > skew:
        return _no("expired", end)
    assumed = period.begin.assumed_utc or (period.end is not None and period.end.assumed_utc)
    notes = ("zone_assumed_utc",) if assumed else ()
    if end is None:
        return Finding(Check.PERIOD, CheckOutcome.YES, "no_end", notes=notes)
    return Finding(Check.PERIOD, CheckOutcome.YES, "in_date", facts={"date": _day(end)}, notes=notes)


def check_claims(claims: Sequence[ProofClaim | JwtClaim], now: datetime, skew: timedelta) -> Finding | None:
    """Compare with the time what proofs and tokens say of themselves; None where nothing speaks against
    them.
    """
    # Differences, never sums: a year 9999 is no reason to leave the calendar.
    for claim in claims:
        made = claim.created if isinstance(claim, ProofClaim) else claim.issued_at
        if made is not None and made - now > skew:
            return _no("signed_in_future", made)
        if claim.expires is not None and now - claim.expires > skew:
            return _no("proof_expired" if isinstance(claim, ProofClaim) else "expired", claim.expires)
    return None


def _no(code: str, at: datetime) -> Finding:
    return Finding(Check.PERIOD, CheckOutcome.NO, code, at.isoformat(), {"date": _day(at)})


def _day(at: datetime) -> str:
    return at.date().isoformat()

"""How often signing in may fail: per account, per address and per both together, backing off, never for ever.

The counts are in the database, so that every worker counts together. An attempt is counted before it is
tried: a hundred tries at once are a hundred. Whoever fails at one account from one address soon waits; the
account's real owner, at another address, is held up by a stranger for a minute at most.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.access.errors import AccessError
from issuer.store import audit, people
from issuer.store.access_tables import SignInRate
from issuer.store.session import Session, Store


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may fail before anybody waits, and how long the waits become.

    Args:
        free: Failures without a wait.
        first: The wait after one more; each further failure doubles it.
        longest: No wait is longer.
        forgotten: Without an attempt for so long, everything is forgotten.
    """

    free: int
    first: timedelta
    longest: timedelta
    forgotten: timedelta


_HOUR: Final = timedelta(hours=1)
ALLOWANCES: Final[Mapping[str, Allowance]] = {
    "pair": Allowance(5, timedelta(seconds=5), timedelta(minutes=15), _HOUR),
    "account": Allowance(20, timedelta(seconds=1), timedelta(seconds=60), _HOUR),
    # A school is behind one address.
    "address": Allowance(100, timedelta(seconds=1), timedelta(minutes=15), _HOUR),
    # Coming back from single sign-on, which asks the provider: by address, for nobody is named before.
    "sign-on": Allowance(50, timedelta(seconds=1), timedelta(minutes=5), _HOUR),
}
KEPT: Final = timedelta(days=1)
SKEW: Final = timedelta(minutes=1)
"""How far workers' clocks may differ. What was counted further in the future, a wrong clock counted."""


def buckets(email: str, address: str) -> dict[str, str]:
    """The names under which an attempt is counted, by kind. Hashes: the table says neither who nor where."""
    network = _network(address)
    texts = {"pair": f"{email} {network}", "account": email, "address": network}
    return {
        kind: f"{kind}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}"
        for kind, text in texts.items()
    }


def take(store: Store, district_id: str, email: str, address: str, *, now: datetime) -> None:
    """Count an attempt as failed, before it is tried; `succeeded` takes that back.

    Raises:
        AccessError: `sign_in_slowed`, saying how long to wait; nothing was counted then.
    """
    _take(store, district_id, buckets(email, address), now)


def take_sign_on(store: Store, district_id: str, address: str, *, now: datetime) -> None:
    """Count that somebody came back from single sign-on as failed; `sign_on_settled` takes that back.

    Raises:
        AccessError: `sign_in_slowed`.
    """
    _take(store, district_id, _sign_on_bucket(address), now)


def sign_on_settled(store: Store, district_id: str, address: str) -> None:
    """Take back what `take_sign_on` counted: it succeeded, or it was not theirs that it did not."""
    (name,) = _sign_on_bucket(address).values()
    with store.of(district_id).transaction() as session:
        row = people.rates(session, district_id, [name])[name]
        row.failures, row.free_at = max(0, row.failures - 1), row.last
        session.flush()


def _sign_on_bucket(address: str) -> dict[str, str]:
    return {"sign-on": buckets("", address)["address"].replace("address:", "sign-on:", 1)}


def _take(store: Store, district_id: str, names: Mapping[str, str], now: datetime) -> None:
    with store.of(district_id).transaction() as session:
        people.forget_rates(session, district_id, now - KEPT)
        rows = people.rates(session, district_id, names.values())
        for kind, name in names.items():
            since = now - rows[name].last
            if not -SKEW <= since < ALLOWANCES[kind].forgotten:
                rows[name].failures = 0
        waits = [_wait(rows[name], ALLOWANCES[kind], now) for kind, name in names.items()]
        longest = max(waits)
        if longest <= timedelta(0):
            for kind, name in names.items():
                _count(session, rows[name], kind, now)
    if longest > timedelta(0):
        seconds = int(longest.total_seconds()) + 1
        said = f"{seconds} seconds" if seconds < 120 else f"{seconds // 60 + 1} minutes"  # noqa: PLR2004 - two minutes
        raise AccessError("sign_in_slowed", f"too many attempts failed: wait {said}, then try again")


def succeeded(session: Session, district_id: str, email: str, address: str) -> None:
    """Take back what `take` counted, and forget what this account failed from this address."""
    names = buckets(email, address)
    rows = people.rates(session, district_id, names.values())
    for kind, name in names.items():
        row = rows[name]
        row.failures = 0 if kind == "pair" else max(0, row.failures - 1)
        row.free_at = row.last
    session.flush()


def _wait(row: SignInRate, allowance: Allowance, now: datetime) -> timedelta:
    """How long this bucket asks to wait."""
    return row.free_at - now if row.failures >= allowance.free else timedelta(0)


def _count(session: Session, row: SignInRate, kind: str, now: datetime) -> None:
    allowance = ALLOWANCES[kind]
    row.failures, row.last = row.failures + 1, now
    over = min(row.failures - allowance.free, 20)
    row.free_at = now + min(allowance.first * 2**over, allowance.longest) if over >= 0 else now
    session.flush()
    if row.failures == allowance.free:
        audit.record(
            session,
            row.district_id,
            at=now,
            actor="sign-in",
            action="sign-in.slowed",
            subject=row.bucket,
            facts={"failures": row.failures},
        )


def _network(address: str) -> str:
    """One IPv4 address, or one IPv6 /64: whoever has one of those has all its addresses."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)

"""What was its status at a moment in the past? Bitstring Status List 1.0, 3.2, `timestamp`.

Only a list that says itself, under its issuer's signature, that it held at that moment can answer. The list
of today is looked at first: it may reach back far enough, and asking for it tells nobody which moment is
meant. Else the list's address is asked with `?timestamp=`. Where neither covers the moment, it could not be
checked: that a badge is not withdrawn today is told beside it, and is no answer.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from contexts.errors import DocumentError
from credential.dates import format_date_time
from credential.errors import CredentialError
from credential.status import StatusEntry, read_status
from verifier.checks.issuer import IssuerKeys
from verifier.checks.status_list import Listed, get_list, out_of_date, unclear
from verifier.checks.withdrawal import ask_why
from verifier.evidence import Asking, Finding
from verifier.policy import Policy

WITHDRAWING = frozenset({"revocation", "suspension"})


def dated_url(list_url: str, moment: datetime) -> str:
    """Where a list's edition of a moment is asked for (3.2, `timestamp`)."""
    return f"{list_url}{'&' if '?' in list_url else '?'}timestamp={format_date_time(moment)}"


def get_list_then(
    entry: StatusEntry, keys: IssuerKeys, policy: Policy, moment: datetime
) -> Asking[tuple[Listed | None, Listed | Finding]]:
    """Get the list that held at a moment.

    Returns:
        It, or None where there is none; and today's list, or why there is none.
    """
    today = yield from get_list(entry.list_url, keys, policy)
    if isinstance(today, Listed) and today.covers(moment) and _knows(today, entry, moment):
        return today, today
    dated = yield from get_list(dated_url(entry.list_url, moment), keys, policy)
    if isinstance(dated, Listed) and dated.covers(moment) and _knows(dated, entry, moment):
        return dated, today
    return None, today


def _knows(listed: Listed, entry: StatusEntry, moment: datetime) -> bool:
    """Whether a list can tell what held at a moment that it covers.

    A withdrawal is for good, so a later list knows of it. A pause ends, and a message changes: a list that
    was signed after the moment says nothing of them, whatever `validFrom` it repeats. So it is for a dated
    list too: who passes over `?timestamp=` gives the list of today. Only one that had ended before it was
    signed is what it says, the list of an earlier time.
    """
    if entry.purpose == "revocation":
        return True
    if listed.signed is None:
        return False
    return listed.signed <= moment or (listed.ends is not None and listed.ends < listed.signed)


def unknown_then(
    entry: StatusEntry, today: Listed | Finding, keys: IssuerKeys, policy: Policy, now: datetime
) -> Asking[Finding]:
    """What can be said where no list of the moment was to be had: what holds today, and no more.

    One thing follows for certain: what is withdrawn today, and was withdrawn before the moment by its
    issuer's signed note, was withdrawn then. A withdrawal is for good (2.1).
    """
    status = _today(entry, today, policy, now)
    if entry.purpose not in WITHDRAWING or status is None:
        return unclear("then_unknown", "")
    if status == 0:
        return unclear("then_unknown_good_now", "")
    if entry.purpose == "suspension":
        return unclear("then_unknown_paused_now", "")
    why = yield from ask_why(entry, keys)
    noted = why.facts.get("date")
    if noted is not None and policy.at is not None and _over(date.fromisoformat(noted)) <= policy.at:
        return why
    if noted is not None:
        return unclear("then_unknown_withdrawn_since", "", {"date": noted})
    return unclear("then_unknown_withdrawn_now", "")


def _over(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


def _today(entry: StatusEntry, today: Listed | Finding, policy: Policy, now: datetime) -> int | None:
    """The status by the list of today, None where it says nothing that can be relied on."""
    if isinstance(today, Finding) or today.archived:
        return None
    try:
        return None if out_of_date(today, entry, policy, now) else read_status(today.document, entry)
    except (CredentialError, DocumentError):
        return None

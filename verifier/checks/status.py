"""Was it withdrawn or paused? Open Badges 3.0, 9.1, step 4; Bitstring Status List 1.0, 3.2.

Asked only of a badge whose proof has passed. A list is believed only if the badge's own issuer signed it, and
only while it is in date; everything else is *could not check*, which is never *valid*. Lists are not asked
for their own status: one question deep, and no further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from credential.errors import CredentialError
from credential.proof.verified import Verified
from credential.status import RevocationListEntry, StatusEntry, read_entry, read_status
from verifier.checks.issuer import IssuerKeys
from verifier.checks.status_list import Listed, get_list, out_of_date, unclear
from verifier.checks.status_names import ask_names
from verifier.checks.status_then import get_list_then, unknown_then
from verifier.checks.withdrawal import ask_why
from verifier.evidence import Asking, Check, CheckOutcome, Finding, Seen
from verifier.policy import Policy

REVOCATION, SUSPENSION, REFRESH, MESSAGE = "revocation", "suspension", "refresh", "message"
PURPOSES = frozenset({REVOCATION, SUSPENSION, REFRESH, MESSAGE})
"""The purposes of 2.1. Of any other nobody here knows what a bit would mean, so it is named and not read."""

NEWER_OFFERED = "newer_offered"
"""The note where a list for `refresh` says that a newer edition of the badge is to be had."""

_WEIGHT = {
    CheckOutcome.NOT_APPLICABLE: 0,
    CheckOutcome.YES: 1,
    CheckOutcome.COULD_NOT_CHECK: 2,
    CheckOutcome.NO: 3,
}
_WORST_FIRST = ("revoked", "replaced", "suspended")


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What the lists say.

    Args:
        finding: The worst that any of them says.
        seen: The copies that were accepted.
    """

    finding: Finding
    seen: tuple[Seen, ...] = ()


def check_status(
    verified: Verified, keys: IssuerKeys, known: Sequence[Seen], policy: Policy, now: datetime
) -> Asking[StatusAnswer]:
    """Ask every status list that a badge names.

    Args:
        verified: The badge.
        keys: Its issuer's.
        known: The newest copies of lists that were accepted before.
        policy: For the skew, the number of entries, and the moment that is asked about.
        now: The time, aware.
    """
    value = verified.document.value.get("credentialStatus")
    if value is None:
        return StatusAnswer(_no_list())
    entries = value if isinstance(value, list) else [value]
    if not 1 <= len(entries) <= policy.max_status_entries:
        return StatusAnswer(
            unclear(
                "status_malformed",
                f"{len(entries)} status entries; 1 to {policy.max_status_entries} are read",
            )
        )
    findings: list[Finding] = []
    seen: list[Seen] = []
    withdrawal = False
    for entry in entries:
        try:
            read = read_entry(entry)
            if isinstance(read, RevocationListEntry):
                withdrawal = True
                findings.append((yield from ask_names(read, verified, keys, policy)))
            else:
                withdrawal |= read.purpose == REVOCATION
                finding, copy = yield from _ask(read, keys, known, policy, now)
                findings.append(finding)
                seen.extend([copy] if copy else [])
        except CredentialError as fault:
            findings.append(unclear(fault.code, fault.message))
    worst = max(findings, key=_weight)
    if worst.outcome is CheckOutcome.YES and not withdrawal:
        worst = replace(worst, code={"not_withdrawn": "not_paused"}.get(worst.code, "not_paused_then"))
    return StatusAnswer(worst.with_notes_of(findings), tuple(seen))


def _weight(finding: Finding) -> tuple[int, int]:
    named = _WORST_FIRST.index(finding.code) if finding.code in _WORST_FIRST else len(_WORST_FIRST)
    return _WEIGHT[finding.outcome], -named


def _ask(
    entry: StatusEntry, keys: IssuerKeys, known: Sequence[Seen], policy: Policy, now: datetime
) -> Asking[tuple[Finding, Seen | None]]:
    """Ask one list."""
    if entry.purpose not in PURPOSES:
        return unclear(
            "status_purpose_unknown", f"nobody here knows the purpose {entry.purpose[:80]!r}"
        ), None
    if entry.purpose == REFRESH:
        return (_no_list() if policy.at else (yield from _offered(entry, keys, policy, now))), None
    if policy.at is not None:
        return (yield from _ask_then(entry, keys, known, policy, now)), None
    listed = yield from get_list(entry.list_url, keys, policy)
    if isinstance(listed, Finding):
        return listed, None
    wrong = out_of_date(listed, entry, policy, now) or _rolled_back(listed, entry, known)
    if wrong:
        return wrong, None
    status = read_status(listed.document, entry)
    copy = Seen(entry.list_url, listed.begins) if listed.begins is not None else None
    facts = {"at": listed.at.isoformat(timespec="seconds")}
    good = Finding(Check.STATUS, CheckOutcome.YES, "not_withdrawn", facts=facts)
    return (yield from _said(entry, status, keys, good)), copy


def _ask_then(
    entry: StatusEntry, keys: IssuerKeys, known: Sequence[Seen], policy: Policy, now: datetime
) -> Asking[Finding]:
    """Ask what one list said at the moment in the past that the policy names."""
    moment = policy.at or now
    held, today = yield from get_list_then(entry, keys, policy, moment)
    if held is None:
        return (yield from unknown_then(entry, today, keys, policy, now))
    # A newer list that had begun by then is what held then: an older one, played again, is not.
    if older := _rolled_back(held, entry, [copy for copy in known if copy.valid_from <= moment]):
        return older
    facts = {"date": moment.date().isoformat()}
    good = Finding(Check.STATUS, CheckOutcome.YES, "not_withdrawn_then", facts=facts)
    return (yield from _said(entry, read_status(held.document, entry), keys, good))


def _said(entry: StatusEntry, status: int, keys: IssuerKeys, good: Finding) -> Asking[Finding]:
    """What a status means for the badge (2.1, 3.2)."""
    if status == 0:
        return _no_list() if entry.purpose == MESSAGE else good
    if entry.purpose == MESSAGE:
        # What a message comes to is for a person to say, so the badge is neither refused nor passed.
        told = entry.message(status)
        return unclear("status_message", f"{status:#x}: {told}"[:300], {"message": told[:200]})
    if entry.purpose == SUSPENSION:
        return Finding(Check.STATUS, CheckOutcome.NO, "suspended")
    return (yield from ask_why(entry, keys))


def _offered(entry: StatusEntry, keys: IssuerKeys, policy: Policy, now: datetime) -> Asking[Finding]:
    """Whether a newer edition is to be had. Whatever comes of it stands in nobody's way (2.1)."""
    listed = yield from get_list(entry.list_url, keys, policy)
    try:
        offered = (
            isinstance(listed, Listed)
            and not out_of_date(listed, entry, policy, now)
            and read_status(listed.document, entry)
        )
    except CredentialError:
        offered = False
    return replace(_no_list(), notes=(NEWER_OFFERED,) if offered else ())


def _no_list() -> Finding:
    return Finding(Check.STATUS, CheckOutcome.NOT_APPLICABLE, "no_status")


def _rolled_back(listed: Listed, entry: StatusEntry, known: Sequence[Seen]) -> Finding | None:
    """Whether a newer copy of a list has been accepted before."""
    newest = max((s.valid_from for s in known if s.url == entry.list_url), default=None)
    if newest is None or listed.archived or (listed.begins is not None and listed.begins >= newest):
        return None
    return unclear("status_rolled_back", f"a copy of {newest.isoformat()} is known")

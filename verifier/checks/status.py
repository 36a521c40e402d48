"""Was it withdrawn or paused? Open Badges 3.0, 9.1, step 4; Bitstring Status List 1.0, 3.2.

Asked only of a badge whose proof has passed. A list is believed only if the badge's own issuer signed it, and
only while it is in date; everything else is *could not check*, which is never *valid*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from contexts.document import STATUS_LIST_LIMITS, Document, parse
from contexts.errors import DocumentError
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.verified import Verified
from credential.status import (
    RevocationListEntry,
    StatusEntry,
    read_entry,
    read_status,
    withdrawn_in_revocation_list,
)
from keys.errors import KeyRefused
from keys.public import PublicKey
from verifier.checks.issuer import IssuerKeys, find_keys
from verifier.checks.proof import Secured, check_proof, read_secured
from verifier.checks.withdrawal import ask_why
from verifier.evidence import Asking, Check, CheckOutcome, Failure, Fetched, Finding, Need, NeedKind, Seen
from verifier.policy import Policy

MOST_LISTS = 16
"""Lists that are kept as they were read and checked: a megabyte each at most, the least used goes first."""

HARMLESS = frozenset({"refresh", "message"})
"""Purposes that never invalidate a credential (2.2 and 3.2): not asked for."""

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
        policy: For the skew and the number of entries.
        now: The time, aware.
    """
    value = verified.document.value.get("credentialStatus")
    if value is None:
        return StatusAnswer(Finding(Check.STATUS, CheckOutcome.NOT_APPLICABLE, "no_status"))
    entries = value if isinstance(value, list) else [value]
    if not 1 <= len(entries) <= policy.max_status_entries:
        return StatusAnswer(
            _unclear(
                "status_malformed",
                f"{len(entries)} status entries; 1 to {policy.max_status_entries} are read",
            )
        )
    findings: list[Finding] = []
    seen: list[Seen] = []
    for entry in entries:
        try:
            read = read_entry(entry)
            if isinstance(read, RevocationListEntry):
                findings.append((yield from _ask_names(read, verified)))
            elif read.purpose in HARMLESS:
                findings.append(Finding(Check.STATUS, CheckOutcome.NOT_APPLICABLE, "no_status"))
            else:
                finding, copy = yield from _ask_list(read, keys, known, policy, now)
                findings.append(finding)
                seen.extend([copy] if copy else [])
        except CredentialError as fault:
            findings.append(_unclear(fault.code, fault.message))
    return StatusAnswer(max(findings, key=_weight), tuple(seen))


def _weight(finding: Finding) -> tuple[int, int]:
    named = _WORST_FIRST.index(finding.code) if finding.code in _WORST_FIRST else len(_WORST_FIRST)
    return _WEIGHT[finding.outcome], -named


def _ask_list(
    entry: StatusEntry, keys: IssuerKeys, known: Sequence[Seen], policy: Policy, now: datetime
) -> Asking[tuple[Finding, Seen | None]]:
    answer = yield Need(NeedKind.STATUS_LIST, entry.list_url, subject=keys.issuer_id)
    if isinstance(answer, Failure):
        return _unclear("status_unreachable", answer.code), None
    keys = yield from _keys_of_list(answer, keys)
    listed = _read_list(answer, keys, entry.list_url)
    if isinstance(listed, Finding):
        return listed, None
    begins, ends = _moment(listed, "validFrom"), _moment(listed, "validUntil")
    # An archive's list was in date when it was kept; the report says as of when.
    at = answer.at if answer.archived else now
    if begins is not None and begins - at > policy.skew:
        return _unclear("status_not_yet_valid", begins.isoformat()), None
    if ends is not None and at - ends > policy.skew:
        return _unclear("status_stale", ends.isoformat(), {"date": ends.date().isoformat()}), None
    newest = max((s.valid_from for s in known if s.url == entry.list_url), default=None)
    if newest is not None and not answer.archived and (begins is None or begins < newest):
        return _unclear("status_rolled_back", f"a copy of {newest.isoformat()} is known"), None
    status = read_status(listed, entry)
    copy = Seen(entry.list_url, begins) if begins is not None else None
    if status == 0:
        checked = {"at": answer.at.isoformat(timespec="seconds")}
        return Finding(Check.STATUS, CheckOutcome.YES, "not_withdrawn", facts=checked), copy
    if entry.purpose == "suspension":
        return Finding(Check.STATUS, CheckOutcome.NO, "suspended"), copy
    if entry.purpose == "revocation":
        return (yield from ask_why(entry, keys)), copy
    return _unclear("status_purpose_unknown", f"the list says {status} for {entry.purpose[:40]}"), copy


def _keys_of_list(answer: Fetched, keys: IssuerKeys) -> Asking[IssuerKeys]:
    """An https issuer has the keys of tokens in one place and those of proofs in another: a badge in the one
    form may have its list in the other.
    """
    if not keys.issuer_id.startswith("https://"):
        return keys
    try:
        secured = _read(answer.data)
        if secured.issuer_id != keys.issuer_id:
            return keys
        found = yield from find_keys(keys.issuer_id, keys.claimed, secured.claims)
    except (CredentialError, DocumentError, KeyRefused):
        return keys  # whoever reads the list says what is wrong with it
    return keys if isinstance(found, Failure) else found


def _read_list(answer: Fetched, keys: IssuerKeys, url: str) -> Document | Finding:
    """The list, if the badge's issuer signed it; else why it says nothing."""
    try:
        secured = _read(answer.data)
        if secured.issuer_id != keys.issuer_id:
            return _unclear("status_issuer_mismatch", f"{url} is by {secured.issuer_id[:200]}")
        # A token need not say when it was signed. It was not before the list begins, whenever the badge did.
        begins = _moment(secured.document, "validFrom")
        then = replace(keys, claimed=begins or keys.claimed)
        return _signed(answer.data, tuple(then.key_for(claim) for claim in secured.claims))
    except DocumentError as fault:
        return _unclear("status_malformed", str(fault))
    except (CredentialError, KeyRefused) as fault:
        return _unclear("status_proof_failed", str(fault))


@lru_cache(maxsize=MOST_LISTS)
def _read(data: bytes) -> Secured:
    return read_secured(data, STATUS_LIST_LIMITS)


@lru_cache(maxsize=MOST_LISTS)
def _signed(data: bytes, keys: tuple[PublicKey, ...]) -> Document:
    """A list whose proofs pass under these keys, one for each of its claims.

    That follows from the bytes and the keys alone, so it is worked out once for a list that every badge of
    its issuer asks for. Whose keys they are, whether they could be used then, and whether the list is in
    date, is asked each time; a refusal is an exception, and never kept.
    """
    secured = _read(data)
    verified = check_proof(secured, dict(zip(secured.claims, keys, strict=True)).__getitem__)
    if verified.partial:
        raise CredentialError("status_malformed", "a status list is shown whole, with its end")
    return verified.document


def _ask_names(entry: RevocationListEntry, verified: Verified) -> Asking[Finding]:
    """A `1EdTechRevocationList` names credentials; it is unsigned, so its address vouches for it."""
    name = verified.document.value.get("id")
    answer = yield Need(NeedKind.STATUS_LIST, entry.list_url)
    if isinstance(answer, Failure):
        return _unclear("status_unreachable", answer.code)
    try:
        reason = withdrawn_in_revocation_list(parse(answer.data, STATUS_LIST_LIMITS), entry, str(name))
    except DocumentError as fault:
        return _unclear("status_malformed", str(fault))
    if reason is None:
        checked = {"at": answer.at.isoformat(timespec="seconds")}
        return Finding(Check.STATUS, CheckOutcome.YES, "not_withdrawn", facts=checked)
    return Finding(Check.STATUS, CheckOutcome.NO, "revoked", reason[:200])


def _moment(listed: Document, member: str) -> datetime | None:
    return parse_date_time(listed.value[member], f"/{member}").instant if member in listed.value else None


def _unclear(code: str, detail: str, facts: dict[str, str] | None = None) -> Finding:
    return Finding(Check.STATUS, CheckOutcome.COULD_NOT_CHECK, code, detail, facts or {})

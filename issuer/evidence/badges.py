"""The certifying body's own badge as evidence: checked by the verifier, then carried as it is.

This is the issuer's door to the verifier. The network is a parameter: `Gathering` is whoever gets the answers
that a check needs, `over_network` makes the one that asks the guarded fetcher.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from contexts.document import parse
from contexts.errors import DocumentError
from credential.embedded import CREDENTIAL, CREDENTIAL_JWT, ONE
from credential.errors import CredentialError
from credential.types import CredentialKind
from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import MOST_BYTES, Attached, EvidenceItem, EvidenceKind, Place, Words, sri
from issuer.house_rules import is_forbidden_member
from issuer.text import fault_in
from verifier import intake
from verifier.archive import ArchiveError, open_archive
from verifier.badge import badge_of
from verifier.checks.proof import read_token
from verifier.evidence import Check, CheckOutcome, Code, Evidence, Outcome, Presented, PresentedKind, Verdict
from verifier.gather import Source, gather
from verifier.policy import Policy
from verifier.report import explain
from verifier.trust import TrustListError, accept_list, parse_trust_list, pinned
from verifier.trust.signed import looks_signed
from verifier.verify import verify

Gathering = Callable[[Presented], Evidence]
"""Gets everything that the check of one presented badge needs."""

_HELD: Final = frozenset({PresentedKind.DOCUMENT, PresentedKind.JWT})
_OPEN: Final = frozenset({Code.INCOMPLETE, Code.ISSUER_UNKNOWN})
"""Ends of a check that speak for nothing and against nothing."""

_REFUSED: Final = {
    Code.TAMPERED: "it was changed after it was signed, or somebody else signed it",
    Code.REVOKED: "its issuer has withdrawn it",
    Code.REPLACED: "its issuer has replaced it: ask for the new one",
    Code.SUSPENDED: "its issuer has paused it",
    Code.EXPIRED: "it has expired: ask for the one that holds now",
    Code.NOT_YET_VALID: "it is not valid yet",
}
_OTHER_KINDS: Final = {
    CredentialKind.ENDORSEMENT: "an endorsement",
    CredentialKind.RECORD: "a learner record with several badges",
}
_MOST_STEPS: Final = 20_000
_MOST_NAME: Final = 300


def over_network(policy: Policy, now: datetime) -> Gathering:
    """Ask the issuers themselves, through the verifier's guarded fetcher: public addresses only."""
    from verifier.network import open_network  # noqa: PLC0415 - an archive is asked with no network in reach

    return from_source(open_network(policy), policy, now)


def from_archive(folder: Path, policy: Policy, now: datetime) -> Gathering:
    """Ask a folder in which an issuer's documents were kept.

    Raises:
        EvidenceRefused: `badge_unchecked` where it is no archive.
    """
    try:
        return from_source(open_archive(folder), policy, now)
    except ArchiveError as fault:
        raise EvidenceRefused("badge_unchecked", f"the archive cannot be used: {fault}") from fault


def from_source(source: Source, policy: Policy, now: datetime) -> Gathering:
    """Ask whatever answers needs; the caller waits."""

    def gathering(presented: Presented) -> Evidence:
        return asyncio.run(gather(presented, policy, source, now))

    return gathering


def trusting(trust_list: bytes | None, key: str = "", *, now: datetime) -> Policy:
    """What the check accepts: a trust list, or nobody; then an issuer is known by its web address at most.

    Args:
        trust_list: A signed list, or a plain one, which is taken because whoever runs this names the file.
        key: The publisher's key or keys, without which no signed list is taken.
        now: The time, aware.

    Raises:
        EvidenceRefused: `badge_unchecked` where the list cannot be used.
    """
    if trust_list is None:
        return Policy()
    try:
        if key:
            return Policy(trust=accept_list(trust_list, pinned(key), now))
        if looks_signed(trust_list):
            raise EvidenceRefused(
                "badge_unchecked", "the trust list is signed: name its publisher's key with --trust-key"
            )
        return Policy(trust=parse_trust_list(trust_list))
    except TrustListError as fault:
        raise EvidenceRefused("badge_unchecked", f"the trust list cannot be used: {fault}") from fault


def badge_item(
    data: bytes,
    words: Words | None = None,
    *,
    gathering: Gathering,
    policy: Policy,
    now: datetime,
    accept_unchecked: str = "",
    same_person: str = "",
    keep: bool = False,
    address: str = "",
) -> Attached:
    """Check a badge and take the credential in it, byte for byte.

    Args:
        data: A JSON or JWT file, or a PNG or SVG picture that carries one. The picture itself is not kept.
        words: What is said of it.
        gathering: Gets what the check needs.
        policy: What the check accepts.
        now: The time of the check, aware.
        accept_unchecked: Why a badge is taken whose check could not be finished, or "". A check that says no
            is never overruled.
        same_person: Why a badge is taken that names its holder otherwise than the award, or "".
        keep: Whether the district keeps it, and our badge carries the digest alone.
        address: Where it is then said to be; also needed by one that is too large to embed.

    Raises:
        EvidenceRefused: `badge_unreadable`, `badge_refused`, `badge_unchecked`, `badge_nested`,
            `evidence_private`, `evidence_too_large`, `evidence_text`.
    """
    checked = (words or Words()).checked()
    presented = _presented(data)
    verdict = verify(gathering(presented), policy, now)
    _check_verdict(verdict, accept_unchecked)
    is_jwt = presented.kind is PresentedKind.JWT
    value = _value(presented)
    kept = keep or len(presented.data) > ONE.max_bytes
    if kept and not address:
        raise EvidenceRefused(
            "evidence_too_large", f"the badge is larger than the {ONE.max_bytes >> 10} KB that fit"
        )
    if not kept:
        _check_inside(value)
    found = _found(verdict, accept_unchecked, same_person)
    return Attached(
        EvidenceItem(
            kind=EvidenceKind.BADGE,
            place=Place.KEPT if kept else Place.EMBEDDED,
            name=checked.name or _named(found),
            media_type=CREDENTIAL_JWT if is_jwt else CREDENTIAL,
            sha256=hashlib.sha256(presented.data).hexdigest(),
            sri=sri(presented.data),
            size=len(presented.data),
            url=address if kept else "",
            words=checked.unnamed(),
            found=found,
        ),
        presented.data,
    )


def _presented(data: bytes) -> Presented:
    if len(data) > MOST_BYTES:
        raise EvidenceRefused(
            "evidence_too_large", f"the badge is larger than {MOST_BYTES >> 20} MB: no badge is"
        )
    presented = intake.read(data)
    if presented.kind is PresentedKind.UNREADABLE:
        raise EvidenceRefused("badge_unreadable", f"the badge cannot be read: {presented.detail}")
    if presented.kind is PresentedKind.PRESENTATION:
        raise EvidenceRefused(
            "badge_unreadable", "this holds up several badges together: add each badge by itself"
        )
    if presented.kind not in _HELD:
        raise EvidenceRefused(
            "badge_unreadable",
            "this is a link or a code: download the badge itself from there, and add the file",
        )
    return presented


def _check_verdict(verdict: Verdict, accept_unchecked: str) -> None:
    """Only what the check calls valid; what it left open only with a reason.

    Raises:
        EvidenceRefused: `badge_unreadable`, `badge_refused`, `badge_unchecked`.
    """
    if verdict.kind is not CredentialKind.BADGE:
        raise EvidenceRefused(
            "badge_refused",
            f"the badge is not taken: it is {_OTHER_KINDS[verdict.kind]}, and no award to one person",
        )
    if verdict.outcome is Outcome.VALID:
        return
    if verdict.code is Code.UNREADABLE or not _is_whole(verdict):
        if verdict.code in _REFUSED:
            raise EvidenceRefused("badge_refused", f"the badge is not taken: {_REFUSED[verdict.code]}")
        raise EvidenceRefused(
            "badge_unreadable", "this is no badge that can be checked: ask for the original file"
        )
    if verdict.outcome is Outcome.INVALID or verdict.code not in _OPEN:
        why = _REFUSED.get(verdict.code, explain(verdict, "en").headline)
        raise EvidenceRefused("badge_refused", f"the badge is not taken: {why}")
    if not accept_unchecked.strip():
        left_open = ", ".join(
            f"{one.check.value} ({one.code})"
            for one in verdict.findings
            if one.outcome is CheckOutcome.COULD_NOT_CHECK and one.check is not Check.RECIPIENT
        )
        raise EvidenceRefused(
            "badge_unchecked",
            f"the check of the badge could not be finished: {left_open}; try again later, name its issuer "
            "in a trust list (--trust), or take it with --accept-unchecked and a reason",
        )
    if fault := fault_in(accept_unchecked.strip()):
        raise EvidenceRefused("evidence_text", f"the reason has {fault}: type it again")


def _is_whole(verdict: Verdict) -> bool:
    """Whether it is at least a well-formed badge whose words all have a meaning."""
    return all(verdict.finding(one).outcome is CheckOutcome.YES for one in (Check.SHAPE, Check.MEANING))


def _value(presented: Presented) -> dict[str, Any]:
    try:
        if presented.kind is PresentedKind.JWT:
            return read_token(presented.data).document.value
        return parse(presented.data).value
    except (CredentialError, DocumentError) as fault:
        raise EvidenceRefused("badge_unreadable", f"the badge cannot be read: {fault}") from fault


def _check_inside(value: dict[str, Any]) -> None:
    """What may stand in a credential may stand in one inside it, and nothing else.

    Raises:
        EvidenceRefused: `badge_nested`, `evidence_private`.
    """
    for name, member in _members(value):
        if is_forbidden_member(name):
            raise EvidenceRefused(
                "evidence_private", f"the badge says its holder's {name}: let the district keep it (--keep)"
            )
        is_badge = isinstance(member, str) and member.startswith(
            ("data:application/vc", "data:application/jwt")
        )
        if is_badge or (
            name in ("endorsement", "verifiableCredential") and isinstance(member, list | dict) and member
        ):
            raise EvidenceRefused(
                "badge_nested",
                "the badge carries another credential in it: let the district keep it (--keep)",
            )


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member at any depth; texts in a list go by the list's name."""
    left: list[tuple[str, Any]] = [("", value)]
    for _ in range(_MOST_STEPS):
        if not left:
            return
        name, one = left.pop()
        yield name, one
        if isinstance(one, dict):
            left.extend(one.items())
        elif isinstance(one, list):
            left.extend((name, member) for member in one)
    raise EvidenceRefused("badge_unreadable", "the badge has more members than any badge needs")


def _found(verdict: Verdict, accept_unchecked: str, same_person: str) -> dict[str, str]:
    """What the check found, for the record."""
    badge = badge_of(verdict)
    found = {
        "verdict": verdict.code.value,
        "issuer": verdict.issuer_id or "",
        "issuer_name": verdict.issuer_name or (badge.issuer_calls_itself if badge else ""),
        "level": verdict.issuer_level.value,
        "checked_at": verdict.checked_at.isoformat(timespec="seconds"),
        "as_of": verdict.as_of.isoformat(timespec="seconds") if verdict.as_of else "",
        "holder": badge.awarded_to if badge else "",
        "achievement": badge.name if badge else "",
        "unchecked": accept_unchecked.strip() if verdict.outcome is not Outcome.VALID else "",
        "same_person": same_person.strip(),
    }
    return {name: text for name, text in found.items() if text}


def _named(found: dict[str, str]) -> str:
    """What our badge calls it where nobody named it."""
    name = f"Badge: {found['achievement']}" if found.get("achievement") else "Badge of the certifying body"
    return name if len(name) <= _MOST_NAME and not fault_in(name) else "Badge of the certifying body"

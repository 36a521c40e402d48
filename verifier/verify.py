"""Decide: what is still needed, and what follows from what is there. Pure, and the only place that decides.

`examine` is the whole check, read from top to bottom. `next_need` runs it until something is missing;
`verify` runs it to its end, and what is missing then counts as not answered. So both always agree on what is
asked and
when: a status list is never asked for before the proof has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from contexts.document import parse
from contexts.errors import CODES as DOCUMENT_CODES
from contexts.errors import DocumentError
from credential.dates import validity_period
from credential.errors import CredentialError
from credential.proof.enveloped import enveloped_token
from credential.proof.verified import ProofClaim, Verified
from credential.types import CredentialKind, kind_of
from keys.errors import KeyRefused
from verifier.checks.evidence import Opening
from verifier.checks.inside import Inside, Openings, check_inside
from verifier.checks.issuer import ACHIEVEMENT_TYPE, check_issuer, check_names, find_keys
from verifier.checks.key_history import keys_kept_too_early, unknown_key_then, with_time
from verifier.checks.meaning import check_meaning, note_meaning
from verifier.checks.period import check_period
from verifier.checks.proof import check_proof, read_embedded, read_token, unless_hidden
from verifier.checks.recipient import check_recipient
from verifier.checks.refresh import refreshed
from verifier.checks.shape import check_as_signed, check_shape
from verifier.checks.status import check_status
from verifier.evidence import (
    Asking,
    Check,
    CheckOutcome,
    Evidence,
    Failure,
    Fetched,
    Finding,
    IssuerLevel,
    Need,
    Presented,
    PresentedKind,
    Seen,
    Verdict,
)
from verifier.obtain import obtain
from verifier.outcome import conclude
from verifier.policy import Policy
from verifier.trust import TrustEntry

Fault = (CredentialError, DocumentError, KeyRefused)

INCONCLUSIVE = frozenset(
    {
        "canonicalization_budget",
        "document_mismatch",
        "malformed_document",
        "unsupported_context",
        "unsupported_cryptosuite",
        "base_proof",
        "unsupported_did_method",
        "unsupported_envelope",
        "unsupported_key",
    }
)
"""Refusals that say nothing against the badge: the check could not be made."""

_QUESTIONS = frozenset(Check)
_UNREAD = frozenset(DOCUMENT_CODES) | {"envelope_malformed", "malformed_jwt", "not_a_credential"}
"""Refusals of bytes in which no credential can be seen at all."""

_BY_CODE = {
    "bad_member": Check.SHAPE,
    "bad_date": Check.PERIOD,
    "valid_period": Check.PERIOD,
    "issuer_key_mismatch": Check.ISSUER,
    "key_not_bound_to_issuer": Check.ISSUER,
}


class Level(Enum):
    """How deep inside something a credential stands, which decides what in it is opened."""

    ALONE = 0
    """Presented by itself: everything in it is opened."""
    MEMBER = 1
    """In a learner record: its evidence and its endorsements are opened, and no further record."""
    INSIDE = 2
    """Evidence of a badge, or an endorsement: nothing in it is opened."""


def next_need(evidence: Evidence, policy: Policy, now: datetime) -> Need | None:
    """The one thing that the check needs next, or None where it can be finished.

    Args:
        evidence: What is there already.
        policy: What this verifier accepts.
        now: The time, aware.
    """
    walk = examine(evidence.presented, evidence.seen, policy, now)
    try:
        need = next(walk)
        while (answer := evidence.answer(need)) is not None:
            need = walk.send(answer)
    except StopIteration:
        return None
    return need


def verify(evidence: Evidence, policy: Policy, now: datetime) -> Verdict:
    """Decide. Whatever is missing from the evidence counts as not answered; nothing raises.

    Args:
        evidence: As gathered or saved.
        policy: What this verifier accepts.
        now: The time, aware.
    """
    walk = examine(evidence.presented, evidence.seen, policy, now)
    try:
        need = next(walk)
        while True:
            missing = Failure(need, "not_gathered", "nobody asked for it", now)
            need = walk.send(evidence.answer(need) or missing)
    except StopIteration as end:
        verdict: Verdict = end.value
        return verdict


def stopped(policy: Policy, now: datetime, why: str) -> Verdict:
    """The verdict on what takes more work than is allowed for one check: nothing is known of it.

    Args:
        policy: What this verifier accepts.
        now: The time, aware.
        why: For technical details.
    """
    late = Finding(Check.SHAPE, CheckOutcome.COULD_NOT_CHECK, "check_stopped", why)
    return replace(_Case().adding(late).close(now), as_of=policy.at, asked_about=policy.at)


def examine(presented: Presented, known: Sequence[Seen], policy: Policy, now: datetime) -> Asking[Verdict]:
    """The whole check, and as of when it holds: the moment that was asked about, or that of an archive.

    Args:
        presented: What is to be checked.
        known: The newest copies of status lists that were accepted before.
        policy: What this verifier accepts.
        now: The time, aware.
    """
    if policy.at is not None and policy.at > now:
        ahead = Finding(Check.SHAPE, CheckOutcome.COULD_NOT_CHECK, "moment_not_come", policy.at.isoformat())
        return replace(_Case().adding(ahead).close(now), as_of=policy.at, asked_about=policy.at)
    walk = _newest(presented, known, policy, now)
    as_of: datetime | None = None
    try:
        need = next(walk)
        while True:
            answer = yield need
            if isinstance(answer, Fetched) and answer.archived:
                as_of = min(as_of or answer.at, answer.at)
            need = walk.send(answer)
    except StopIteration as end:
        verdict: Verdict = end.value
        moment, asked = policy.at or as_of, policy.at
        if moment is None:
            return verdict
        members = tuple(replace(one, as_of=moment, asked_about=asked) for one in verdict.members)
        return replace(verdict, members=members, as_of=moment, asked_about=asked)


def _newest(presented: Presented, known: Sequence[Seen], policy: Policy, now: datetime) -> Asking[Verdict]:
    """The check of what is presented, or of its newer edition where the policy asks for one."""

    def again(newer: Presented) -> Asking[Verdict]:
        return (yield from _examine(newer, known, policy, now))

    return (yield from refreshed((yield from _examine(presented, known, policy, now)), policy, again))


def _examine(
    presented: Presented, known: Sequence[Seen], policy: Policy, now: datetime, level: Level = Level.ALONE
) -> Asking[Verdict]:
    """Cheap before dear, nothing fetched for what is malformed, status last but for what is inside."""
    case = _Case()
    moment = policy.at or now
    held = yield from obtain(presented, policy)
    if isinstance(held, Finding):
        return case.adding(held).close(now)
    try:
        token = read_token(held.data) if held.kind is PresentedKind.JWT else None
        document = token.document if token else parse(held.data)
        if token is None and (inside := enveloped_token(document.value)) is not None:
            token = read_token(inside)
            document = token.document
    except Fault as fault:
        return case.adding(_finding(fault, Check.SHAPE if fault.code in _UNREAD else None)).close(now)
    try:
        case.kind = kind_of(document.value)
        case.adding(check_shape(document))
    except Fault as fault:
        case.adding(_finding(fault, Check.SHAPE))
    try:
        secured = token or read_embedded(document)
        case.issuer_id = secured.issuer_id
        check_names(secured.issuer_id, secured.claims)
        case.adding(note_meaning(document) if secured.signs_bytes else check_meaning(document))
        begins = validity_period(document.value).begin.instant
        keys, kept = yield from with_time(find_keys(secured.issuer_id, begins, secured.claims))
        if isinstance(keys, Failure):
            unreachable = Finding(Check.ISSUER, CheckOutcome.COULD_NOT_CHECK, "issuer_unreachable", keys.code)
            return case.adding(unreachable).close(now)
        case.verified = verified = check_proof(secured, keys.key_for)
        check_as_signed(document, verified)
        case.adding(Finding(Check.PROOF, CheckOutcome.YES, "signature_good", "; ".join(verified.notes)))
        if early := keys_kept_too_early(kept, policy):
            case.adding(early)
        finding, case.level, case.listed = check_issuer(
            verified, secured.issuer_id, policy.trust, moment, keys.key_for, today=now
        )
        since = ("recognition_since_ended",) if case.listed and _ended(case.listed, now) else ()
        noted = replace(finding, notes=(*finding.notes, *since)) if since else finding
        case.adding(unless_hidden(noted, verified, *ACHIEVEMENT_TYPE))
        case.adding(unless_hidden(check_period(verified, moment, policy.skew), verified, "validUntil"))
        answer = yield from check_status(verified, keys, known, policy, now)
        case.adding(unless_hidden(answer.finding, verified, "credentialStatus"))
        case.seen = answer.seen
        openings = _openings(known, policy, now, level)
        case.inside = yield from check_inside(verified, secured.issuer_id, policy, openings)
        case.adding(case.inside.finding)
    except Fault as fault:
        case.adding(unknown_key_then(fault, policy) or _finding(fault))
    return case.close(now)


def _ended(listed: TrustEntry, now: datetime) -> bool:
    """Whether a recognition that held at the moment that is asked about holds no more."""
    withdrawn = listed.listed.withdrawn if listed.listed else None
    return not listed.covers(now) or (withdrawn is not None and withdrawn.on <= now.date())


def _openings(known: Sequence[Seen], policy: Policy, now: datetime, level: Level) -> Openings:
    """How what is inside is checked: with every question, and no further inward than each kind of thing
    needs.
    """

    def opening(inner: Level) -> Opening:
        def checked(presented: Presented) -> Asking[Verdict]:
            return (yield from _examine(presented, known, policy, now, inner))

        return checked

    if level is Level.INSIDE:
        return Openings()
    members = opening(Level.MEMBER) if level is Level.ALONE else None
    return Openings(opening(Level.INSIDE), members, opening(Level.INSIDE))


@dataclass
class _Case:
    """What one check has found so far."""

    findings: list[Finding] = field(default_factory=list)
    verified: Verified | None = None
    kind: CredentialKind = CredentialKind.BADGE
    issuer_id: str | None = None
    listed: TrustEntry | None = None
    level: IssuerLevel = IssuerLevel.UNKNOWN
    seen: tuple[Seen, ...] = ()
    inside: Inside | None = None

    def adding(self, finding: Finding) -> _Case:
        """Take a finding; the first for each check is the one that counts."""
        self.findings.append(finding)
        return self

    def close(self, checked_at: datetime) -> Verdict:
        """The verdict. What was signed is in it only if it is a well-formed badge whose proof has passed."""
        self.adding(check_recipient())
        answered = {finding.check for finding in self.findings}
        for check in _QUESTIONS - answered:
            self.adding(Finding(check, CheckOutcome.COULD_NOT_CHECK, "not_reached"))
        outcome, code, findings = conclude(self.findings)
        decisive = (Check.SHAPE, Check.MEANING, Check.PROOF)
        passed = all(f.outcome is CheckOutcome.YES for f in findings if f.check in decisive)
        if self.verified is None or not passed:
            return Verdict(outcome, code, findings, checked_at, kind=self.kind)
        claim = self.verified.claims[0]
        named = (
            (claim.verification_method, claim.cryptosuite)
            if isinstance(claim, ProofClaim)
            else (claim.kid, claim.algorithm)
        )
        return Verdict(
            outcome=outcome,
            code=code,
            findings=findings,
            checked_at=checked_at,
            credential=self.verified.document,
            issuer_id=self.issuer_id,
            issuer_name=self.listed.name if self.listed else None,
            listed=self.listed,
            issuer_level=self.level,
            key_id=named[0],
            suite=named[1],
            seen=self.seen + (self.inside.seen if self.inside else ()),
            evidence=self.inside.evidence.items if self.inside else (),
            rule=self.inside.evidence.rule if self.inside else None,
            partial=self.verified.partial,
            kind=self.kind,
            members=self.inside.members.verdicts if self.inside else (),
            associations=self.inside.members.associations if self.inside else (),
            endorsements=self.inside.endorsements.items if self.inside else (),
        )


def _finding(fault: CredentialError | DocumentError | KeyRefused, check: Check | None = None) -> Finding:
    """What a refusal by the format's own packages means: the one place where their errors become findings."""
    if check is None and isinstance(fault, KeyRefused):
        check = Check.ISSUER
    elif check is None and isinstance(fault, DocumentError):
        check = Check.MEANING
    outcome = CheckOutcome.COULD_NOT_CHECK if fault.code in INCONCLUSIVE else CheckOutcome.NO
    return Finding(check or _BY_CODE.get(fault.code, Check.PROOF), outcome, fault.code, str(fault))

"""What the verifier holds: what was presented, what was gathered, what was found, what follows.

All of it is frozen and none of it does anything. What was presented and gathered is in `verifier.gathered`,
and has its names here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from contexts.document import Document
from credential.record import Association
from credential.types import CredentialKind
from verifier.gathered import (
    Asking,
    Evidence,
    EvidenceError,
    Failure,
    Fetched,
    Need,
    NeedKind,
    Presented,
    PresentedKind,
    Seen,
)
from verifier.grounds import EndorsementItem, EvidenceItem, RuleFinding
from verifier.trust.model import TrustEntry

__all__ = [
    "Asking",
    "Check",
    "CheckOutcome",
    "Code",
    "Evidence",
    "EvidenceError",
    "Failure",
    "Fetched",
    "Finding",
    "IssuerLevel",
    "Need",
    "NeedKind",
    "Outcome",
    "Presented",
    "PresentedKind",
    "Refresh",
    "RefreshCode",
    "Seen",
    "Verdict",
]


class Check(StrEnum):
    """The questions, in the order in which they are asked. Closed: a verdict needs a finding for each."""

    SHAPE = "shape"
    MEANING = "meaning"
    ISSUER = "issuer"
    PROOF = "proof"
    PERIOD = "period"
    STATUS = "status"
    EVIDENCE = "evidence"
    RECIPIENT = "recipient"


class CheckOutcome(StrEnum):
    """The answer to one question."""

    YES = "yes"
    NO = "no"
    COULD_NOT_CHECK = "could_not_check"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question, and why.

    Args:
        check: The question.
        outcome: The answer.
        code: Why, from the closed vocabulary that `verifier.report` can put into words.
        detail: For technical details, in English.
        facts: Values for the words, such as {"date": "2027-06-30"}; text only.
        notes: Codes of things worth knowing that change nothing.
    """

    check: Check
    outcome: CheckOutcome
    code: str
    detail: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def with_notes_of(self, others: Iterable[Finding]) -> Finding:
        """The same answer, with all that the others are worth a note for, each note once."""
        notes = tuple(dict.fromkeys([note for finding in others for note in finding.notes]))
        return self if notes == self.notes else replace(self, notes=notes)


class Outcome(StrEnum):
    """The three ends. *Unknown* is never shown as valid."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Code(StrEnum):
    """Why, in the words of the result page."""

    UNREADABLE = "unreadable"
    TAMPERED = "tampered"
    REVOKED = "revoked"
    REPLACED = "replaced"
    EVIDENCE_FAILS = "evidence_fails"
    SUSPENDED = "suspended"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    INCOMPLETE = "incomplete"
    ISSUER_UNKNOWN = "issuer_unknown"
    VALID = "valid"
    NOT_SHARED = "not_shared"
    SHARE_ENDED = "share_ended"
    NOT_FOUND = "not_found"


class IssuerLevel(StrEnum):
    """How well the issuer is known."""

    TRUSTED = "trusted"
    """On the trust list, for this kind of achievement, at this time."""
    DOMAIN = "domain"
    """Proven to control a web address, and no more."""
    UNKNOWN = "unknown"


class RefreshCode(StrEnum):
    """What came of a credential's own offer of a newer edition."""

    NOT_ASKED = "not_asked"
    """This verifier does not ask, or the issuer is on none of its lists."""
    UNKNOWN_KIND = "unknown_kind"
    """The offer is of a kind that is not known here."""
    NEWER = "newer"
    """There is a newer edition, and the verdict is about that one."""
    NOTHING_NEWER = "nothing_newer"
    """The service gave the same edition, or an older one."""
    FAILED = "failed"
    """The service did not answer, or not with a credential that could be checked."""
    ANOTHER = "another"
    """The service gave another credential: of another issuer, number, person or achievement."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """What came of a credential's `refreshService`.

    Args:
        code: What came of it.
        detail: For technical details, in English.
        presented_from: Where the verdict is about a newer edition: since when the presented one holds.
    """

    code: RefreshCode
    detail: str = ""
    presented_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the evidence.

    Args:
        outcome: One of three.
        code: Why.
        findings: One for each `Check`, in their order.
        checked_at: The time at which all was judged, aware, UTC.
        credential: What was signed, without its proof; None unless the proof passed and the document is a
            well-formed badge. Nothing else of a presented file may be shown.
        issuer_id: The issuer's identifier, None until the proof has passed.
        issuer_name: The issuer's name by the trust list, never by the badge; None where it is not listed.
        issuer_level: How well the issuer is known.
        as_of: The moment for which the verdict holds, where that is not `checked_at`: the one that was asked
            about, else the time at which archived answers were retrieved.
        key_id: The verification method that signed, None until the proof has passed.
        suite: The cryptosuite, or the JWS algorithm.
        seen: The status lists that were accepted on the way, for the verifier to remember.
        evidence: What the badge rests on, empty until the proof has passed.
        rule: What came of its rule, where it carries one.
        asked_about: The moment in the past that was asked about, None for now.
        refresh: What came of the offer of a newer edition, None where the credential makes none.
        listed: What the trust list says of the issuer, where it recognises it for this badge.
        partial: Whether the holder may have left parts of it out (selective disclosure).
        kind: What kind of credential it is; BADGE also where nothing could be read.
        members: One verdict for each credential in a learner record, in its order.
        associations: How their achievements belong together, by the record's word.
        endorsements: Who endorses what in it, as far as it was opened.
    """

    outcome: Outcome
    code: Code
    findings: tuple[Finding, ...]
    checked_at: datetime
    credential: Document | None = None
    issuer_id: str | None = None
    issuer_name: str | None = None
    issuer_level: IssuerLevel = IssuerLevel.UNKNOWN
    as_of: datetime | None = None
    key_id: str | None = None
    suite: str | None = None
    seen: tuple[Seen, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    rule: RuleFinding | None = None
    asked_about: datetime | None = None
    refresh: Refresh | None = None
    listed: TrustEntry | None = None
    kind: CredentialKind = CredentialKind.BADGE
    partial: bool = False
    members: tuple[Verdict, ...] = ()
    associations: tuple[Association, ...] = ()
    endorsements: tuple[EndorsementItem, ...] = ()

    def finding(self, check: Check) -> Finding:
        """The answer to one question."""
        return next(f for f in self.findings if f.check is check)

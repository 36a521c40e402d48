"""Do the credentials in a learner record stand by themselves? Comprehensive Learner Record 2.0.

Asked only of a record whose proof has passed. Each credential in it is checked like any that somebody
presents, with all its own questions; a record inside a record is not opened. The record is good only if all
of them are, as far as
anybody can say: whoever reads "this record is valid" reads no further (docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contexts.document import compose
from contexts.errors import DocumentError
from credential.proof.issuer import issuer_id
from credential.proof.verified import Verified
from credential.recipient import in_clear, told_apart
from credential.record import Association, associations_of, check_record, members_of
from credential.terms import listed
from credential.types import CredentialKind, kind_of
from verifier.checks.evidence import UNKNOWN_ISSUER, Opening, outcome_of
from verifier.evidence import Asking, Check, CheckOutcome, Finding, Presented, PresentedKind, Seen, Verdict
from verifier.grounds import EvidenceOutcome

MOST_MEMBERS: Final = 64
"""How many credentials of one record are checked; where there are more, none is."""

_AGAINST: Final = {
    EvidenceOutcome.ALTERED: (CheckOutcome.NO, "member_altered"),
    EvidenceOutcome.WITHDRAWN: (CheckOutcome.NO, "member_withdrawn"),
    EvidenceOutcome.NOT_CHECKABLE: (CheckOutcome.COULD_NOT_CHECK, "member_not_checkable"),
}
_GRAVEST: Final = ("member_altered", "member_withdrawn")


@dataclass(frozen=True, slots=True)
class Members:
    """What a record holds.

    Args:
        finding: Whether it stands in the record's way; None for what is no record.
        verdicts: One for each credential in it, in its order.
        associations: How their achievements belong together, by the record's word.
        seen: Status lists that were accepted on the way.
    """

    finding: Finding | None = None
    verdicts: tuple[Verdict, ...] = ()
    associations: tuple[Association, ...] = ()
    seen: tuple[Seen, ...] = ()


def check_members(verified: Verified, opening: Opening | None) -> Asking[Members]:
    """Check every credential in a record, and say how they belong together.

    Args:
        verified: The record, or any other credential.
        opening: Checks one; None where the record is itself inside something.
    """
    value = verified.document.value
    if kind_of(value) is not CredentialKind.RECORD:
        return Members()
    held = members_of(value)
    if opening is None:
        return Members(_finding(CheckOutcome.COULD_NOT_CHECK, "nested_record"))
    if len(held) > MOST_MEMBERS:
        detail = f"{len(held)} credentials; at most {MOST_MEMBERS} are checked"
        return Members(_finding(CheckOutcome.COULD_NOT_CHECK, "too_many_members", detail))
    verdicts: list[Verdict] = []
    for one in held:
        try:
            data = compose(one).raw
        except DocumentError as fault:
            return Members(_finding(CheckOutcome.COULD_NOT_CHECK, "member_not_checkable", str(fault)))
        verdicts.append((yield from opening(Presented(PresentedKind.DOCUMENT, data, source="json"))))
    finding = _conclude(verdicts, value)
    seen = tuple(copy for verdict in verdicts for copy in verdict.seen)
    # Where the record breaks its own rules, that is the finding; what it joins cannot be read then.
    joined = () if check_record(value) else associations_of(value)
    return Members(finding, tuple(verdicts), joined, seen)


def _conclude(verdicts: list[Verdict], record: Mapping[str, Any]) -> Finding:
    """Whether all of them stand; the gravest that speaks against one is the answer."""
    against = [one for verdict in verdicts for one in _against(verdict, record)]
    notes = tuple(dict.fromkeys(code for verdict in verdicts for code in _notes(verdict)))
    for code in _GRAVEST:
        if (CheckOutcome.NO, code) in against:
            return _finding(CheckOutcome.NO, code, notes=notes)
    if against:
        return _finding(*against[0], notes=notes)
    return _finding(CheckOutcome.YES, "members_intact", notes=notes)


def _against(verdict: Verdict, record: Mapping[str, Any]) -> Iterator[tuple[CheckOutcome, str]]:
    if verdict.finding(Check.PROOF).code == "proof_missing":
        # A record may take up what another system never signed; it is then the record's word alone (CLR 2.0).
        yield CheckOutcome.COULD_NOT_CHECK, "member_unsigned"
        return
    if verdict.finding(Check.EVIDENCE).outcome is CheckOutcome.NO:
        yield _AGAINST[EvidenceOutcome.ALTERED]
    outcome, _, _ = outcome_of(verdict)
    if outcome in _AGAINST:
        yield _AGAINST[outcome]
    if verdict.finding(Check.ISSUER).code in UNKNOWN_ISSUER:
        yield CheckOutcome.COULD_NOT_CHECK, "member_issuer_not_known"
    if verdict.credential is not None and not _same_person(verdict.credential.value, record):
        yield CheckOutcome.COULD_NOT_CHECK, "member_of_another"


def _notes(verdict: Verdict) -> Iterator[str]:
    _, code, _ = outcome_of(verdict)
    if code == "lapsed":
        yield "member_lapsed"


def _same_person(member: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether nothing says that a credential is somebody else's than the record (OB 3.0, AchievementSubject).

    Either the identifiers are the same, or a name or number in clear is; where one of them gives nothing
    that could be compared, it is the record's word whose it is. Numbers of one kind, by one issuer, that
    differ tell two people of one name apart.
    """
    if "EndorsementCredential" in listed(member.get("type")):
        return True
    one, other = member.get("credentialSubject"), record.get("credentialSubject")
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    if one.get("id") is not None and one.get("id") == other.get("id"):
        return True
    ours, theirs = _named(one), _named(other)
    if issuer_id(member) == issuer_id(record) and told_apart(ours, theirs):
        return False
    comparable = ours.keys() & theirs.keys()
    if comparable:
        return any(ours[kind] & theirs[kind] for kind in comparable)
    return "id" not in one or "id" not in other


def _named(subject: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """What a subject gives in clear, whatever its case."""
    return {kind: frozenset(map(str.casefold, values)) for kind, values in in_clear(subject).items()}


def _finding(outcome: CheckOutcome, code: str, detail: str = "", notes: tuple[str, ...] = ()) -> Finding:
    return Finding(Check.EVIDENCE, outcome, code, detail, notes=notes)

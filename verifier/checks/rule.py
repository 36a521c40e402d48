"""Does the rule of a determination hold, by what the embedded credentials say themselves?

The rule's own list of inputs is the district's word. A certification in it counts only if an embedded
credential bears it out: intact when it was judged, of that code and that day, by the same issuer, for
somebody of the same name. What nobody can compare is counted, and named as resting on the district's word
alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contexts.document import Document
from contexts.errors import DocumentError
from credential.dates import day_written
from credential.errors import CredentialError
from credential.readiness import COUNTING_TYPES, Subject, subject_of
from credential.recipient import in_clear, told_apart
from credential.rule import (
    CertificationInput,
    Doubts,
    Input,
    Judgement,
    Reason,
    RuleDocument,
    judge,
    parse_rule,
)
from verifier.evidence import IssuerLevel
from verifier.grounds import EvidenceItem, EvidenceOutcome, RuleFinding, RuleOutcome


@dataclass(frozen=True, slots=True)
class EmbeddedBadge:
    """An embedded credential and what became of it.

    Args:
        item: What is told of it.
        document: What was signed, None unless its proof passed.
        issuer_id: Who signed it, "" unless its proof passed.
        level: How well they are known.
        partial: Whether parts of it may have been left out.
    """

    item: EvidenceItem
    document: Document | None
    issuer_id: str
    level: IssuerLevel
    partial: bool = False


@dataclass(frozen=True, slots=True)
class EmbeddedBadges:
    """What a determination holds.

    Args:
        by_digest: The embedded credentials, by the digest of their bytes.
        linked: Digests of evidence that is named and not embedded.
        unopened: Whether there is one more that could not be opened, so that nobody knows its digest.
    """

    by_digest: Mapping[str, EmbeddedBadge]
    linked: frozenset[str] = frozenset()
    unopened: bool = False


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What can be said of the certifications of a rule.

    Args:
        refused: Those that do not count, and why.
        unclear: Those of them that might count if their credential could be checked.
        worded: Those that count on the district's word alone.
    """

    refused: Mapping[CertificationInput, Reason]
    unclear: frozenset[CertificationInput]
    worded: frozenset[CertificationInput]


def check_rule(
    badge: Document, issuer_id: str, data: bytes | None, held: EmbeddedBadges, *, unread: str = ""
) -> RuleFinding:
    """Apply the rule of a determination again.

    Args:
        badge: The determination, whose proof has passed.
        issuer_id: Its issuer.
        data: The rule document, or None where there is none.
        held: What else it embeds and links.
        unread: Why the evidence was not read at all, or "".
    """
    if unread or data is None:
        return RuleFinding(RuleOutcome.NOT_CHECKABLE, unread or "no_rule")
    try:
        document = parse_rule(data)
        claimed = _claimed(badge.value)
        weighed = _weigh(document, badge.value, issuer_id, held)
        judgements = judge(document, Doubts(weighed.refused, weighed.worded))
        hoped = {one: why for one, why in weighed.refused.items() if one not in weighed.unclear}
        at_best = judge(document, Doubts(hoped, weighed.worded))
    except (CredentialError, DocumentError) as fault:
        return RuleFinding(RuleOutcome.NOT_CHECKABLE, fault.code, fault.message)
    outcome, code = _outcome(badge.value, document, claimed, judgements, at_best)
    told = {subject: judgements[subject] for subject in claimed if subject in judgements}
    return RuleFinding(
        outcome=outcome,
        code=code,
        version=document.version,
        judged_on=document.judged_on,
        judgements=told,
        decisions=document.decisions,
        on_word=_once(one for judgement in told.values() for one in judgement.on_word),
    )


def _outcome(
    value: Mapping[str, Any],
    document: RuleDocument,
    claimed: tuple[Subject, ...],
    judgements: Mapping[Subject, Judgement],
    at_best: Mapping[Subject, Judgement],
) -> tuple[RuleOutcome, str]:
    if not claimed:
        return RuleOutcome.NOT_CHECKABLE, "nothing_claimed"
    if _day(value.get("awardedDate")) != document.judged_on:
        return RuleOutcome.DOES_NOT_HOLD, "judged_on_another_day"
    begins = _day(value.get("validFrom") or value.get("issuanceDate"))
    if begins is None or begins < document.judged_on:
        return RuleOutcome.DOES_NOT_HOLD, "judged_ahead"
    if not set(claimed) <= set(judgements):
        return RuleOutcome.DOES_NOT_HOLD, "no_rule_for_subject"
    if all(judgements[subject].met for subject in claimed):
        return RuleOutcome.HOLDS, "met"
    if all(at_best[subject].met for subject in claimed):
        return RuleOutcome.NOT_CHECKABLE, "evidence_not_checkable"
    return RuleOutcome.DOES_NOT_HOLD, "not_met"


def _claimed(value: Mapping[str, Any]) -> tuple[Subject, ...]:
    """The subjects in which the badge says that readiness was shown.

    Raises:
        CredentialError: `result_status` where it has a result that is no such claim.
    """
    listed = _object(value.get("credentialSubject")).get("result")
    claimed = set()
    for one in listed if isinstance(listed, list) else [listed] if listed is not None else []:
        result = _object(one)
        subject = subject_of(str(result.get("resultDescription")))
        if subject is None or result.get("status") != "Completed":
            raise CredentialError("result_status", "it has a result that is no completed subject")
        claimed.add(subject)
    return tuple(subject for subject in Subject if subject in claimed)


def _weigh(
    document: RuleDocument, value: Mapping[str, Any], issuer_id: str, held: EmbeddedBadges
) -> _Weighed:
    """Hold every certification of the rule against the credential that it names."""
    refused: dict[CertificationInput, Reason] = {}
    unclear: set[CertificationInput] = set()
    worded: set[CertificationInput] = set()
    for one in document.inputs:
        if not isinstance(one, CertificationInput):
            continue
        badge = held.by_digest.get(one.evidence)
        if badge is None and one.evidence in held.linked:
            worded.add(one)
            continue
        code = _against(one, badge, value, issuer_id, document.judged_on)
        if code:
            refused[one] = Reason(code, {"code": one.code, "date": one.earned.isoformat()})
        if code == "evidence_not_checkable" or (code == "not_embedded" and held.unopened):
            unclear.add(one)
        if not code and badge is not None and badge.document and not _holders(badge.document.value, value):
            worded.add(one)
    return _Weighed(refused, frozenset(unclear), frozenset(worded))


def _against(
    one: CertificationInput,
    badge: EmbeddedBadge | None,
    value: Mapping[str, Any],
    issuer_id: str,
    judged_on: date,
) -> str:
    """What speaks against a certification, as a code; "" where its credential bears it out."""
    if badge is None:
        return "not_embedded"
    if badge.item.outcome is EvidenceOutcome.ALTERED:
        return "evidence_altered"
    if badge.document is None or badge.item.outcome is EvidenceOutcome.NOT_CHECKABLE:
        return "evidence_not_checkable"
    if badge.item.outcome is EvidenceOutcome.WITHDRAWN and "date" not in badge.item.facts:
        # The notes did not come, or it is paused, and no note dates that: it may have been so before.
        return "evidence_not_checkable"
    said = badge.document.value
    if not _by_whom_it_should(one, badge, issuer_id):
        return "issuer_differs"
    if _holders(said, value) is False:
        return "holder_differs"
    if code := _differs(one, said) or _not_in_force(badge, said, judged_on):
        return code
    # How it went may be what was left out: a result that says "Failed" is a member like any other.
    return "evidence_not_checkable" if badge.partial else ""


def _by_whom_it_should(one: CertificationInput, badge: EmbeddedBadge, issuer_id: str) -> bool:
    """By the determination's own issuer; or by another that the rule names and the trust list knows."""
    if one.issuer in {"", issuer_id}:
        return badge.issuer_id == issuer_id
    return badge.issuer_id == one.issuer and badge.level is IssuerLevel.TRUSTED


def _differs(one: CertificationInput, said: Mapping[str, Any]) -> str:
    """In what the credential says something else than the rule's list."""
    subject = _object(said.get("credentialSubject"))
    achievement = _object(subject.get("achievement"))
    kind = achievement.get("achievementType")
    if kind == "Certificate":
        return "college_certificate"
    if kind not in COUNTING_TYPES:
        return "kind_does_not_count"
    if achievement.get("humanCode") != one.code:
        return "code_differs"
    if _day(said.get("awardedDate")) != one.earned:
        return "date_differs"
    listed = subject.get("result")
    results = listed if isinstance(listed, list) else [listed]
    stands = {_object(result).get("status") for result in results}
    if not stands <= {None, "Completed"}:
        return "provisional" if stands <= {None, "Completed", "Provisional"} else "not_completed"
    return ""


def _not_in_force(badge: EmbeddedBadge, said: Mapping[str, Any], judged_on: date) -> str:
    """Whether it had ended before it was judged. What ended later does not undo a dated decision."""
    ends = _day(said.get("validUntil") or said.get("expirationDate"))
    if ends is not None and ends < judged_on:
        return "lapsed"
    withdrawn = badge.item.facts.get("date") if badge.item.outcome is EvidenceOutcome.WITHDRAWN else None
    if withdrawn is not None and date.fromisoformat(withdrawn) < judged_on:
        return "withdrawn"
    return ""


def _holders(said: Mapping[str, Any], value: Mapping[str, Any]) -> bool | None:
    """Whether two credentials name the same holder; None where one of them names nobody in clear.

    A name is all that joins them: each credential has a fresh identifier of its holder. Numbers of one kind
    that differ tell two people of one name apart, where one issuer gave both.
    """
    mine, theirs = (in_clear(_object(one.get("credentialSubject"))) for one in (value, said))
    own, other = (_object(one.get("credentialSubject")).get("id") for one in (value, said))
    if own is not None and own == other:
        return True
    if _issuer(value) == _issuer(said) and told_apart(mine, theirs):
        return False
    names, others = (set(map(_composed, one.get("name", ()))) for one in (mine, theirs))
    return names == others if names and others else None


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _issuer(value: Mapping[str, Any]) -> Any:
    issuer = value.get("issuer")
    return issuer.get("id") if isinstance(issuer, Mapping) else issuer


def _day(text: Any) -> date | None:
    return None if text is None else day_written(text)


def _once(inputs: Any) -> tuple[Input, ...]:
    return tuple(dict.fromkeys(inputs))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

"""Has a student shown readiness in English, and in math? By which option, under which version, and why.

Pure: what the student has, what the district decided and the rules of the day go in; a judgement with its
reasons comes out. It runs on the evaluator that verifiers use, so what is signed is what they will find.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from credential.readiness import COUNTING_TYPES, Subject
from credential.rule import (
    AttestedInput,
    CertificationInput,
    CountedDecision,
    Doubts,
    Facts,
    Input,
    Judgement,
    Node,
    Reason,
    RuleDocument,
    ScoreInput,
    evaluate,
    judge,
)
from credential.rule.document import facts_for
from issuer.decisions.decision import Decision


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The menu's rules as one district has them on one day.

    Args:
        version: Of the rule set; it goes into every determination.
        subjects: The rule for each subject.
    """

    version: str
    subjects: Mapping[Subject, Node]


@dataclass(frozen=True, slots=True)
class RecordedCertification:
    """A certification badge that the district has signed for a student.

    Args:
        credential_id: Its `urn:uuid`.
        code: The catalogue's code.
        achievement_type: What Open Badges calls its kind.
        earned: The day.
        digest: Of the signed bytes, as `credential.embedded.digest_of` gives it.
        recipient_name: The name on it, or None.
        last_day: The last day on which it holds, or None.
        provisional: Whether the body has still to confirm it.
        withdrawn: Whether the district has withdrawn it.
    """

    credential_id: str
    code: str
    achievement_type: str
    earned: date
    digest: str
    recipient_name: str | None = None
    last_day: date | None = None
    provisional: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class StudentRecord:
    """All that a judgement may look at of one student."""

    certifications: tuple[RecordedCertification, ...] = ()
    scores: tuple[ScoreInput, ...] = ()
    attested: tuple[AttestedInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found for one student on one day. It stays in the house: `disclosed` is what leaves it.

    Args:
        judgements: For each subject of the rule set.
        document: Everything that was looked at.
        used: The certifications that were looked at.
        uncounted: For each subject, why certifications do not count; also where no rule asks for them, as a
            menu asks only for what some decision makes count.
    """

    judgements: Mapping[Subject, Judgement]
    document: RuleDocument
    used: tuple[RecordedCertification, ...]
    uncounted: Mapping[Subject, tuple[Reason, ...]]

    @property
    def met(self) -> tuple[Subject, ...]:
        """The subjects in which readiness is shown, in their order."""
        return tuple(subject for subject in Subject if (j := self.judgements.get(subject)) and j.met)


def judge_readiness(
    record: StudentRecord, decisions: Sequence[Decision], rules: RuleSet, day: date
) -> Readiness:
    """Judge one student.

    A certification counts only if it is of a kind that can (never a college certificate), is confirmed, in
    force and not withdrawn, and if a decision that is active on the day makes it count for the subject.

    Args:
        record: What the student has.
        decisions: The district's, active or not.
        rules: Of the day.
        day: For which it is judged.

    Raises:
        CredentialError: `rule_too_large`.
    """
    inputs: list[Input] = [*record.scores, *record.attested]
    refused: dict[CertificationInput, Reason] = {}
    for one in record.certifications:
        by = [decision for decision in decisions if decision.credential_code == one.code]
        for decision_id in sorted(decision.id for decision in by) or [""]:
            given = CertificationInput(one.code, one.earned, one.digest, decision_id)
            inputs.append(given)
            if why := _does_not_count(one, day):
                refused[given] = why
    counted = tuple(_counted(decision) for decision in sorted(decisions, key=lambda one: one.id))
    document = RuleDocument(rules.version, dict(rules.subjects), tuple(dict.fromkeys(inputs)), counted, day)
    doubts = Doubts(refused)
    uncounted = {s: tuple(facts_for(document, s, doubts).refused.values()) for s in Subject}
    return Readiness(judge(document, doubts), document, record.certifications, uncounted)


def disclosed(readiness: Readiness, subjects: Iterable[Subject]) -> RuleDocument:
    """What a determination for these subjects says of its grounds: nothing that it does not rest on.

    A score that was too low and a certification that did not count are left out: a badge never says what
    somebody did not achieve.

    Args:
        readiness: As judged.
        subjects: Some of those that are met.

    Raises:
        ValueError: One of them is not met.
    """
    chosen = tuple(subject for subject in Subject if subject in set(subjects))
    judgements = [readiness.judgements[subject] for subject in chosen]
    if not judgements or not all(judgement.met for judgement in judgements):
        raise ValueError("only readiness that is shown can be determined")
    resting = {one for judgement in judgements for one in judgement.rests_on}
    inputs = tuple(one for one in readiness.document.inputs if one in resting)
    by = {one.decision for one in inputs if isinstance(one, CertificationInput)}
    return RuleDocument(
        version=readiness.document.version,
        subjects={subject: readiness.document.subjects[subject] for subject in chosen},
        inputs=inputs,
        decisions=tuple(one for one in readiness.document.decisions if one.id in by),
        judged_on=readiness.document.judged_on,
    )


def embedded_in(readiness: Readiness, document: RuleDocument) -> tuple[RecordedCertification, ...]:
    """The certifications that a disclosed document rests on, in an order of ours."""
    named = {one.evidence for one in document.inputs if isinstance(one, CertificationInput)}
    found = {one.digest: one for one in readiness.used if one.digest in named}
    return tuple(sorted(found.values(), key=lambda one: (one.earned, one.code, one.credential_id)))


def judge_rule(record: StudentRecord, rule: Node, day: date) -> Judgement:
    """Judge a rule that no decision stands behind: an endorsement of a diploma, a goal on a pathway.

    A certification counts where its kind can, it is confirmed, in force and not withdrawn.

    Args:
        record: What the student has.
        rule: As `credential.rule.parse_node` read it.
        day: For which it is judged.

    Raises:
        CredentialError: `rule_too_large`.
    """
    inputs: list[Input] = [*record.scores, *record.attested]
    refused: dict[str, Reason] = {}
    for one in record.certifications:
        if why := _does_not_count(one, day):
            refused[one.code] = why
        else:
            inputs.append(CertificationInput(one.code, one.earned, one.digest, ""))
    return evaluate(rule, Facts(tuple(dict.fromkeys(inputs)), refused))


def _does_not_count(one: RecordedCertification, day: date) -> Reason | None:
    """Why a recorded certification can show nothing, whatever was decided; None where it can."""
    facts = {"code": one.code, "date": one.earned.isoformat()}
    if one.achievement_type == "Certificate":
        return Reason("college_certificate", facts)
    if one.achievement_type not in COUNTING_TYPES:
        return Reason("kind_does_not_count", facts | {"kind": one.achievement_type})
    if one.withdrawn:
        return Reason("withdrawn", facts)
    if one.provisional:
        return Reason("provisional", facts)
    if one.last_day is not None and one.last_day < day:
        return Reason("lapsed", facts | {"ended": one.last_day.isoformat()})
    return None


def _counted(decision: Decision) -> CountedDecision:
    return CountedDecision(
        id=decision.id,
        code=decision.credential_code,
        subjects=decision.subjects,
        starts=decision.effective_from,
        ends=decision.effective_until,
        decided_on=decision.decided_on,
    )

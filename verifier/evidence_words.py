"""What a badge rests on, in plain words, and as JSON for programs. Pure.

Only what was under a signature that has passed is told; a reason is data, and here it is put into words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from credential.readiness import Subject
from credential.rule import (
    Attested,
    AttestedInput,
    CertificationInput,
    Holds,
    Input,
    Judgement,
    Level,
    Score,
    input_json,
)
from verifier.evidence import Code, Verdict
from verifier.grounds import EvidenceItem, EvidenceOutcome, RuleFinding, RuleOutcome
from verifier.words import spell_day

Words = Mapping[str, str]

SUBJECT_ANSWERS: Mapping[RuleOutcome, str] = {
    RuleOutcome.HOLDS: "yes",
    RuleOutcome.DOES_NOT_HOLD: "no",
    RuleOutcome.NOT_CHECKABLE: "unclear",
}


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence in words.

    Args:
        item: The piece.
        kind: What it is.
        title: What it is called: by its own signed words, else by the badge that holds it.
        answer: What became of it.
        sentence: The same in a sentence, or two.
        earned: The day on which what it is for was earned, in words, or "".
    """

    item: EvidenceItem
    kind: str
    title: str
    answer: str
    sentence: str
    earned: str


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """What the badge shows in one subject.

    Args:
        subject: Which.
        name: In words.
        claimed: Whether the badge says so at all.
        answer: "yes", "no" or "unclear".
        said: The answer in words.
        sentences: By what, or why not.
    """

    subject: Subject
    name: str
    claimed: bool
    answer: str
    said: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One line of the reasons: how deep, whether met, and a sentence."""

    depth: int
    met: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule in words.

    Args:
        finding: What came of it.
        answer: The outcome in words.
        sentence: One sentence.
        subjects: Every subject, also those that the badge does not claim.
        decisions: The district's decisions, a sentence each.
        on_word: What rests on the district's word alone, a sentence each.
        reasons: How each claimed subject was judged.
    """

    finding: RuleFinding
    answer: str
    sentence: str
    subjects: tuple[SubjectLine, ...]
    decisions: tuple[str, ...]
    on_word: tuple[str, ...]
    reasons: tuple[ReasonLine, ...]


def evidence_lines(verdict: Verdict, words: Words) -> tuple[EvidenceLine, ...]:
    """Every piece of evidence in words."""
    return tuple(_line(item, words) for item in verdict.evidence)


def _line(item: EvidenceItem, words: Words) -> EvidenceLine:
    blanks = {"date": _spell(item.facts.get("date", ""), words)}
    blanks["reason"] = words.get(f"reason.{item.facts.get('reason')}", "")
    key = f"evidence.{item.code}"
    dated = f"{key}.dated" if blanks["date"] else ""
    sentence = words.get(dated) or words.get(f"{key}.{item.kind}") or words.get(key, "")
    said = [sentence.format(**blanks)] + [words[f"evidence.{note}"] for note in item.notes]
    return EvidenceLine(
        item=item,
        kind=words[f"evidence.kind.{item.kind}"],
        title=item.facts.get("title") or item.name,
        answer=words[f"evidence.outcome.{item.outcome}"],
        sentence=" ".join(one for one in said if one),
        earned=_spell(item.facts.get("earned", ""), words),
    )


def standing(verdict: Verdict, words: Words) -> str:
    """That a determination stands although what it rests on has ended since; "" where there is no need."""
    rule = verdict.rule
    if verdict.code is not Code.VALID or rule is None or rule.judged_on is None:
        return ""
    said = []
    for item in verdict.evidence:
        kind = "withdrawn" if item.outcome is EvidenceOutcome.WITHDRAWN else item.code
        if kind not in {"withdrawn", "lapsed"}:
            continue
        key = f"stands.{kind}" if "date" in item.facts else "stands.withdrawn.undated"
        day = _spell(item.facts.get("date", ""), words)
        said.append(words[key].format(date=day, judged=spell_day(rule.judged_on, words)))
    return " ".join(dict.fromkeys(said))


def rule_told(verdict: Verdict, words: Words) -> RuleTold | None:
    """The rule of a badge in words; None where it has none."""
    rule = verdict.rule
    if rule is None:
        return None
    judged = spell_day(rule.judged_on, words) if rule.judged_on else ""
    sentence = words.get(f"rule.{rule.code}") or words["rule.unread"]
    return RuleTold(
        finding=rule,
        answer=words[f"rule.outcome.{rule.outcome}"],
        sentence=sentence.format(judged=judged),
        subjects=tuple(_subject(subject, verdict, rule, words) for subject in Subject),
        decisions=tuple(_decisions(rule, words)),
        on_word=tuple(_on_word(one, words) for one in rule.on_word),
        reasons=tuple(
            line
            for subject, judgement in rule.judgements.items()
            for line in _reasons(judgement, words, words[f"subject.{subject}"], 0)
        ),
    )


def _subject(subject: Subject, verdict: Verdict, rule: RuleFinding, words: Words) -> SubjectLine:
    judgement = rule.judgements.get(subject)
    name = words[f"subject.{subject}"]
    if judgement is None:
        # Where the rule could not be read, nobody knows what the badge may claim.
        answer = "no" if rule.judgements else "unclear"
        sentence = words["subject.not_claimed" if rule.judgements else "subject.could_not"]
        return SubjectLine(subject, name, False, answer, words[f"subject.{answer}"], (sentence,))
    answer = SUBJECT_ANSWERS[rule.outcome]
    if rule.outcome is RuleOutcome.DOES_NOT_HOLD:
        sentences: tuple[str, ...] = (words["subject.not_shown"],)
    elif rule.outcome is RuleOutcome.NOT_CHECKABLE:
        sentences = (words["subject.could_not"],)
    else:
        sentences = tuple(_by(one, verdict, rule, words) for one in judgement.rests_on)
    return SubjectLine(subject, name, True, answer, words[f"subject.{answer}"], sentences)


def _by(one: Input, verdict: Verdict, rule: RuleFinding, words: Words) -> str:
    if isinstance(one, CertificationInput):
        titles = [item.facts.get("title", "") for item in verdict.evidence if _is_of(item, one)]
        decided = next((by.decided_on for by in rule.decisions if by.id == one.decision), None)
        return words["by.certification"].format(
            title=next((title for title in titles if title), one.code),
            earned=spell_day(one.earned, words),
            decided=spell_day(decided, words) if decided else "",
            decision=one.decision.removeprefix("urn:uuid:")[:8],
        )
    day = spell_day(one.on, words)
    if isinstance(one, AttestedInput):
        return words["by.attested"].format(what=one.what, date=day)
    return words["by.score"].format(assessment=_named(one.assessment, one.part), value=one.value, date=day)


def _is_of(item: EvidenceItem, one: CertificationInput) -> bool:
    return item.facts.get("digest") == one.evidence


def _on_word(one: Input, words: Words) -> str:
    day = spell_day(one.day, words)
    if isinstance(one, CertificationInput):
        return words["on_word.certification"].format(code=one.code, date=day)
    if isinstance(one, AttestedInput):
        return words["on_word.attested"].format(what=one.what, date=day)
    named = _named(one.assessment, one.part)
    return words["on_word.score"].format(assessment=named, value=one.value, date=day)


def _decisions(rule: RuleFinding, words: Words) -> Iterator[str]:
    for one in rule.decisions:
        key = "decision.said.until" if one.ends else "decision.said"
        named = [words[f"subject.{subject}"] for subject in Subject if subject in one.subjects]
        yield words[key].format(
            code=one.code,
            subjects=", ".join(named) or words["decision.nothing"],
            start=spell_day(one.starts, words),
            end=spell_day(one.ends, words) if one.ends else "",
            decided=spell_day(one.decided_on, words),
        )


def _reasons(judgement: Judgement, words: Words, title: str, depth: int) -> Iterator[ReasonLine]:
    """A met rule is told by what met it; one that is not, by everything that it asks for."""
    said = why(judgement, words)
    label = title or judgement.node.label
    yield ReasonLine(depth, judgement.met, f"{label}: {said}" if label else said)
    for index, part in enumerate(judgement.parts):
        if not judgement.met or index in judgement.counted:
            yield from _reasons(part, words, "", depth + 1)


def why(judgement: Judgement, words: Words) -> str:
    """The reason of a judgement as a sentence."""
    node, facts = judgement.node, dict(judgement.reason.facts)
    if isinstance(node, Score | Level):
        facts["assessment"] = _named(node.assessment, node.part)
    elif isinstance(node, Holds):
        facts.setdefault("code", node.code)
    elif isinstance(node, Attested):
        facts.setdefault("says", node.says)
    if "date" in facts:
        facts["date"] = _spell(facts["date"], words)
    return words[f"why.{judgement.reason.code}"].format(**facts)


def _named(assessment: str, part: str) -> str:
    return f"{assessment}, {part}" if part else assessment


def _spell(day: str, words: Words) -> str:
    return spell_day(date.fromisoformat(day), words) if day else ""


def evidence_json(verdict: Verdict, words: Words) -> list[dict[str, Any]]:
    """Every piece for programs: `{"outcome", "kind", "code", "name", "what", "facts", "notes"}`."""
    return [
        {
            "outcome": str(line.item.outcome),
            "kind": str(line.item.kind),
            "code": line.item.code,
            "name": line.item.name,
            "what": line.sentence,
            "facts": dict(line.item.facts),
            "notes": list(line.item.notes),
        }
        for line in evidence_lines(verdict, words)
    ]


def rule_json(verdict: Verdict, words: Words) -> dict[str, Any] | None:
    """The rule for programs.

    Returns:
        None, or {"outcome", "code", "what", "version", "judged_on",
        "subjects": [{"subject", "claimed", "answer", "sentences", "reasons": None or a tree}],
        "decisions": [{"id", "code", "subjects", "from", "until", "decided_on"}],
        "on_word": [an input as the rule has it]}; a tree is {"met", "code", "facts", "label", "sentence",
        "counted", "rests_on", "parts"}.
    """
    told = rule_told(verdict, words)
    if told is None:
        return None
    rule = told.finding
    return {
        "outcome": str(rule.outcome),
        "code": rule.code,
        "what": told.sentence,
        "version": rule.version or None,
        "judged_on": rule.judged_on.isoformat() if rule.judged_on else None,
        "subjects": [
            {
                "subject": str(line.subject),
                "claimed": line.claimed,
                "answer": line.answer,
                "sentences": list(line.sentences),
                "reasons": _tree(rule.judgements[line.subject], words) if line.claimed else None,
            }
            for line in told.subjects
        ],
        "decisions": [
            {
                "id": one.id,
                "code": one.code,
                "subjects": sorted(str(subject) for subject in one.subjects),
                "from": one.starts.isoformat(),
                "until": one.ends.isoformat() if one.ends else None,
                "decided_on": one.decided_on.isoformat(),
            }
            for one in rule.decisions
        ],
        "on_word": [input_json(one) for one in rule.on_word],
    }


def _tree(judgement: Judgement, words: Words) -> dict[str, Any]:
    return {
        "met": judgement.met,
        "code": judgement.reason.code,
        "facts": dict(judgement.reason.facts),
        "label": judgement.node.label,
        "sentence": why(judgement, words),
        "counted": list(judgement.counted),
        "rests_on": [input_json(one) for one in judgement.rests_on],
        "parts": [_tree(part, words) for part in judgement.parts],
    }

"""The rule that a determination was judged by, as the document that is embedded in it.

    {"language": "cairn-rule/1", "version": ..., "subjects": {"ENG": rule}, "inputs": [...],
     "decisions": [{"id", "code", "subjects", "from", "until", "decidedOn"}], "judgedOn": "2026-06-01"}

It says what was asked, what was looked at, and by which decisions a certification counted. Whoever reads it
later judges again, and by what the embedded credentials say themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from contexts.document import Limits, compose, parse
from contexts.errors import pointer
from credential.errors import CredentialError
from credential.readiness import Subject
from credential.rule.inputs import (
    MOST_INPUTS,
    AttestedInput,
    CertificationInput,
    Facts,
    Input,
    Reason,
    ScoreInput,
)
from credential.rule.judging import Judgement, evaluate
from credential.rule.nodes import Node
from credential.rule.reading import members_of, node_json, parse_node, text_of

LANGUAGE: Final = "cairn-rule/1"
RULE_MEDIA_TYPE: Final = "application/json"
"""Under which a rule document is embedded."""
LIMITS: Final = Limits(max_bytes=24_576, max_depth=64, max_nodes=5_000, max_string=2_000)
"""A rule document as text; the depth is that of its JSON, of which a rule of twelve takes three dozen."""

MOST_DECISIONS: Final = 100
"""How many decisions a rule document may name."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_URN: Final = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST: Final = re.compile(r"sha256-[A-Za-z0-9+/]{43}=")

_MEMBERS: Final = {"language", "version", "subjects", "inputs", "decisions", "judgedOn"}
_OF_A_DECISION: Final = {"id", "code", "subjects", "from", "until", "decidedOn"}


@dataclass(frozen=True, slots=True)
class CountedDecision:
    """A decision by which a certification counts, as far as a judgement needs it.

    Args:
        id: Its `urn:uuid`.
        code: The certification's code.
        subjects: What it shows readiness in.
        starts: The first day on which it counts.
        ends: The last, or None.
        decided_on: The day of the vote.
    """

    id: str
    code: str
    subjects: frozenset[Subject]
    starts: date
    ends: date | None
    decided_on: date

    def is_active_on(self, day: date) -> bool:
        """Whether it counts on a day; never before it was taken."""
        return max(self.starts, self.decided_on) <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """A menu's rules for one district on one day, with what was held against them.

    Args:
        version: Of the rule set.
        subjects: The rule for each subject.
        inputs: What was looked at, nothing twice.
        decisions: By which certifications counted.
        judged_on: The day for which all was judged.
    """

    version: str
    subjects: Mapping[Subject, Node]
    inputs: tuple[Input, ...]
    decisions: tuple[CountedDecision, ...]
    judged_on: date


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a reader knows against the certifications of a document, or cannot know of them.

    Args:
        refused: A certification that does not count, and why.
        worded: Certifications that count on the district's word alone.
    """

    refused: Mapping[CertificationInput, Reason] = field(default_factory=lambda: MappingProxyType({}))
    worded: frozenset[CertificationInput] = frozenset()


def judge(document: RuleDocument, doubts: Doubts | None = None) -> dict[Subject, Judgement]:
    """Hold each subject's rule against the document's inputs, as of the day for which it was judged.

    Args:
        document: The rules and the inputs.
        doubts: What is known against them; None where nobody looked.

    Raises:
        CredentialError: `rule_too_large`.
    """
    known = doubts or Doubts()
    return {
        subject: evaluate(node, facts_for(document, subject, known))
        for subject, node in document.subjects.items()
    }


def facts_for(document: RuleDocument, subject: Subject, doubts: Doubts) -> Facts:
    """What counts for one subject: a certification only through an active decision that names the subject."""
    decided = {decision.id: decision for decision in document.decisions}
    counting: list[Input] = []
    refused: dict[str, Reason] = {}
    for one in document.inputs:
        if not isinstance(one, CertificationInput):
            if one.on <= document.judged_on:
                counting.append(one)
            continue
        why = doubts.refused.get(one) or _undecided(one, decided.get(one.decision), subject, document)
        if why is None:
            counting.append(one)
        else:
            refused.setdefault(one.code, why)
    return Facts(tuple(counting), refused, doubts.worded)


def _undecided(
    one: CertificationInput, decision: CountedDecision | None, subject: Subject, document: RuleDocument
) -> Reason | None:
    """Why no decision makes a certification count for a subject; None where one does."""
    facts = {"code": one.code, "date": one.earned.isoformat()}
    if one.earned > document.judged_on:
        return Reason("earned_later", facts)
    if decision is None or decision.code != one.code:
        return Reason("no_decision", facts)
    if subject not in decision.subjects:
        return Reason("decided_for_another_subject", facts | {"decision": decision.id})
    if not decision.is_active_on(document.judged_on):
        return Reason("decision_not_active", facts | {"decision": decision.id})
    return None


def compose_rule(document: RuleDocument) -> bytes:
    """Write a rule document; the same document always as the same bytes.

    Raises:
        CredentialError: `bad_rule` or `rule_too_large` where it could not be read again.
        contexts.errors.DocumentError: It is larger than a rule document may be.
    """
    value = {
        "language": LANGUAGE,
        "version": document.version,
        "subjects": {
            str(subject): node_json(document.subjects[subject]) for subject in sorted(document.subjects)
        },
        "inputs": [input_json(one) for one in document.inputs],
        "decisions": [_decision_json(one) for one in document.decisions],
        "judgedOn": document.judged_on.isoformat(),
    }
    raw = compose(value, LIMITS).raw
    parse_rule(raw)
    return raw


def parse_rule(data: bytes) -> RuleDocument:
    """Read a rule document.

    Raises:
        CredentialError: `bad_rule`, `rule_too_large`.
        contexts.errors.DocumentError: It is no strict JSON, or larger than a rule document may be.
    """
    value = parse(data, LIMITS).value
    members_of(value, _MEMBERS, ())
    if value["language"] != LANGUAGE:
        raise CredentialError("bad_rule", f"the language is not {LANGUAGE}", "/language")
    subjects = value["subjects"]
    if not isinstance(subjects, Mapping) or not subjects or not set(subjects) <= set(Subject):
        named = ", ".join(Subject)
        raise CredentialError("bad_rule", f"subjects names one or both of {named}", "/subjects")
    return RuleDocument(
        version=text_of(value, "version", ()),
        subjects={Subject(name): parse_node(subjects[name], ("subjects", name)) for name in sorted(subjects)},
        inputs=_inputs(value["inputs"]),
        decisions=_decisions(value["decisions"]),
        judged_on=_day(value, "judgedOn", ()),
    )


def input_json(one: Input) -> dict[str, Any]:
    """An input as a rule document writes it."""
    if isinstance(one, CertificationInput):
        made = {"kind": "certification", "code": one.code, "earned": one.earned.isoformat()}
        made |= {"evidence": one.evidence, "decision": one.decision}
        return made | {"issuer": one.issuer} if one.issuer else made
    if isinstance(one, ScoreInput):
        part = {"part": one.part} if one.part else {}
        made = {"kind": "score", "assessment": one.assessment, **part, "value": one.value}
    else:
        made = {"kind": "attested", "what": one.what}
    return made | {"on": one.on.isoformat(), "word": "district"}


def _inputs(value: Any) -> tuple[Input, ...]:
    if not isinstance(value, list) or len(value) > MOST_INPUTS:
        raise CredentialError("bad_rule", f"inputs is a list of at most {MOST_INPUTS}", "/inputs")
    read = tuple(_input(one, ("inputs", index)) for index, one in enumerate(value))
    if len(set(read)) != len(read):
        raise CredentialError("bad_rule", "an input stands twice", "/inputs")
    return read


def _input(value: Any, at: tuple[str | int, ...]) -> Input:
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if kind == "certification":
        members_of(value, {"kind", "code", "earned", "evidence", "decision"}, at, {"issuer"})
        return CertificationInput(
            text_of(value, "code", at),
            _day(value, "earned", at),
            _matching(value, "evidence", _DIGEST, at),
            _matching(value, "decision", _URN, at),
            text_of(value, "issuer", at) if "issuer" in value else "",
        )
    if kind == "score":
        members_of(value, {"kind", "assessment", "value", "on", "word"}, at, {"part"})
        _word(value, at)
        part = text_of(value, "part", at) if "part" in value else ""
        return ScoreInput(
            text_of(value, "assessment", at), text_of(value, "value", at), _day(value, "on", at), part
        )
    if kind == "attested":
        members_of(value, {"kind", "what", "on", "word"}, at)
        _word(value, at)
        return AttestedInput(text_of(value, "what", at), _day(value, "on", at))
    message = "an input is a certification, a score or attested"
    raise CredentialError("bad_rule", message, pointer(*at))


def _word(value: Mapping[str, Any], at: tuple[str | int, ...]) -> None:
    if value["word"] != "district":
        raise CredentialError("bad_rule", "word is district", pointer(*at, "word"))


def _decision_json(one: CountedDecision) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "subjects": sorted(str(subject) for subject in one.subjects),
        "from": one.starts.isoformat(),
        "until": one.ends.isoformat() if one.ends else None,
        "decidedOn": one.decided_on.isoformat(),
    }


def _decisions(value: Any) -> tuple[CountedDecision, ...]:
    if not isinstance(value, list) or len(value) > MOST_DECISIONS:
        raise CredentialError("bad_rule", f"decisions is a list of at most {MOST_DECISIONS}", "/decisions")
    read = []
    for index, one in enumerate(value):
        at = ("decisions", index)
        members_of(one, _OF_A_DECISION, at)
        named = one["subjects"]
        if (
            not isinstance(named, list)
            or not all(isinstance(name, str) and name in set(Subject) for name in named)
            or len(set(named)) != len(named)
        ):
            message = "subjects lists what the certification shows readiness in"
            raise CredentialError("bad_rule", message, pointer(*at, "subjects"))
        read.append(
            CountedDecision(
                id=_matching(one, "id", _URN, at),
                code=text_of(one, "code", at),
                subjects=frozenset(Subject(name) for name in named),
                starts=_day(one, "from", at),
                ends=None if one["until"] is None else _day(one, "until", at),
                decided_on=_day(one, "decidedOn", at),
            )
        )
    if len({one.id for one in read}) != len(read):
        raise CredentialError("bad_rule", "a decision stands twice", "/decisions")
    return tuple(read)


def _day(value: Mapping[str, Any], name: str, at: tuple[str | int, ...]) -> date:
    text = value[name]
    if isinstance(text, str) and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # such as February 30: said below
    raise CredentialError("bad_rule", f"{name} is a day such as 2026-06-01", pointer(*at, name))


def _matching(value: Mapping[str, Any], name: str, form: re.Pattern[str], at: tuple[str | int, ...]) -> str:
    text = text_of(value, name, at)
    if not form.fullmatch(text):
        raise CredentialError("bad_rule", f"{name} is not written as it must be", pointer(*at, name))
    return text

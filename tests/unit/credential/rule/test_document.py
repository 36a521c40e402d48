"""The rule as it is embedded: read strictly, judged by its decisions, written the same every time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.readiness import Subject
from credential.rule import (
    CertificationInput,
    CountedDecision,
    Doubts,
    Reason,
    RuleDocument,
    compose_rule,
    judge,
    parse_node,
    parse_rule,
)
from credential.rule.document import LIMITS, MOST_DECISIONS
from credential.rule.inputs import MOST_INPUTS
from tests.rules import DECISION, EARNED, JUDGED
from tests.unit.credential.rule.rules import asks, asks_score, cert, score, word

BOTH = frozenset({Subject.ENGLISH, Subject.MATH})


def decision(**changes: Any) -> CountedDecision:
    made = CountedDecision(
        DECISION, "CO-CNA", frozenset({Subject.ENGLISH}), date(2025, 8, 1), None, date(2025, 6, 2)
    )
    return replace(made, **changes)


def document(**changes: Any) -> RuleDocument:
    rule = parse_node({"any_of": [asks_score("SAT", "500", "Math"), asks("CO-CNA")]})
    made = RuleDocument(
        "state-menu-2021+/EXVL-2026-08-01",
        {Subject.ENGLISH: rule, Subject.MATH: rule},
        (cert("CO-CNA"),),
        (decision(),),
        JUDGED,
    )
    return replace(made, **changes)


def judged(doubts: Doubts | None = None, **changes: Any) -> dict[Subject, bool]:
    return {subject: one.met for subject, one in judge(document(**changes), doubts).items()}


def why(subject: Subject, doubts: Doubts | None = None, **changes: Any) -> str:
    return judge(document(**changes), doubts)[subject].parts[1].reason.code


def test_a_certification_counts_for_the_subjects_of_its_decision_alone() -> None:
    assert judged() == {Subject.ENGLISH: True, Subject.MATH: False}
    assert why(Subject.MATH) == "decided_for_another_subject"
    assert judged(decisions=(decision(subjects=BOTH),)) == {Subject.ENGLISH: True, Subject.MATH: True}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"decisions": ()}, "no_decision"),
        ({"decisions": (decision(code="OTHER"),)}, "no_decision"),
        ({"decisions": (decision(starts=date(2026, 6, 2)),)}, "decision_not_active"),
        ({"decisions": (decision(ends=date(2026, 5, 31)),)}, "decision_not_active"),
        ({"decisions": (decision(decided_on=date(2026, 6, 2)),)}, "decision_not_active"),
        ({"decisions": (decision(subjects=frozenset()),)}, "decided_for_another_subject"),
        ({"inputs": (cert("CO-CNA", date(2026, 6, 2)),)}, "earned_later"),
        ({"inputs": ()}, "not_held"),
    ],
)
def test_without_a_decision_that_counts_it_is_not_met(changes: dict[str, Any], code: str) -> None:
    assert judged(**changes)[Subject.ENGLISH] is False
    assert why(Subject.ENGLISH, **changes) == code


@pytest.mark.parametrize(
    "changes",
    [
        {"decisions": (decision(starts=JUDGED),)},
        {"decisions": (decision(ends=JUDGED),)},
        {"decisions": (decision(decided_on=JUDGED),)},
        {"inputs": (cert("CO-CNA", JUDGED),)},
        {"inputs": (score("SAT", "500", "Math", JUDGED),)},
    ],
)
def test_both_ends_are_included(changes: dict[str, Any]) -> None:
    assert judged(**changes)[Subject.ENGLISH] is True


def test_a_score_of_a_later_day_does_not_count() -> None:
    assert judged(inputs=(score("SAT", "500", "Math", date(2026, 6, 2)),))[Subject.ENGLISH] is False


def test_what_a_reader_knows_against_an_input_decides() -> None:
    doubts = Doubts(refused={cert("CO-CNA"): Reason("not_embedded")})
    assert judged(doubts)[Subject.ENGLISH] is False
    assert why(Subject.ENGLISH, doubts) == "not_embedded"
    worded = Doubts(worded=frozenset({cert("CO-CNA")}))
    assert judge(document(), worded)[Subject.ENGLISH].on_word == (cert("CO-CNA"),)


def full() -> RuleDocument:
    other = CertificationInput("B", EARNED, cert("B").evidence, DECISION, "did:web:body.example")
    inputs = (cert("CO-CNA"), other, score("SAT", "520", "Math"), score("GPA", "3.5"), word("capstone"))
    return document(inputs=inputs, decisions=(decision(ends=date(2030, 7, 31)),))


def test_what_is_written_is_read_again_and_always_the_same() -> None:
    for one in (document(), full()):
        raw = compose_rule(one)
        assert parse_rule(raw) == one
        assert compose_rule(parse_rule(raw)) == raw
    reordered = replace(document(), subjects=dict(reversed(list(document().subjects.items()))))
    assert compose_rule(reordered) == compose_rule(document())


def refusal(change: Callable[[dict[str, Any]], Any]) -> str:
    value = json.loads(compose_rule(full()))
    change(value)
    with pytest.raises(CredentialError) as caught:
        parse_rule(json.dumps(value).encode())
    return caught.value.code


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.update(language="cairn-rule/2"),
        lambda v: v.update(extra=1),
        lambda v: v.pop("judgedOn"),
        lambda v: v.update(judgedOn="2026-02-30"),
        lambda v: v.update(judgedOn="20260601"),
        lambda v: v.update(judgedOn=20260601),
        lambda v: v.update(subjects={}),
        lambda v: v.update(subjects=[]),
        lambda v: v["subjects"].update(ART=asks("X")),
        lambda v: v["inputs"].append(dict(v["inputs"][0])),
        lambda v: v["inputs"].append({"kind": "rumour"}),
        lambda v: v["inputs"].append("certification"),
        lambda v: v.update(inputs={}),
        lambda v: v["inputs"][0].update(evidence="sha256-AAAA"),
        lambda v: v["inputs"][0].update(decision="urn:uuid:7"),
        lambda v: v["inputs"][0].update(word="body"),
        lambda v: v["inputs"][2].update(word="body"),
        lambda v: v["inputs"][2].pop("word"),
        lambda v: v["inputs"][2].update(value=520),
        lambda v: v["decisions"].append(dict(v["decisions"][0])),
        lambda v: v["decisions"][0].update(subjects=["ENG", "ENG"]),
        lambda v: v["decisions"][0].update(subjects=["ART"]),
        lambda v: v["decisions"][0].update(subjects=[["ENG"]]),
        lambda v: v["decisions"][0].pop("until"),
        lambda v: v.update(decisions={}),
    ],
)
def test_what_a_rule_document_does_not_have_is_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    assert refusal(change) == "bad_rule"


def test_the_most_inputs_and_decisions() -> None:
    def inputs(count: int) -> dict[str, Any]:
        value = json.loads(compose_rule(document()))
        value["inputs"] = [
            {"kind": "attested", "what": f"w{n}", "on": "2026-01-01", "word": "district"}
            for n in range(count)
        ]
        return dict(value)

    def decisions(count: int) -> dict[str, Any]:
        value = json.loads(compose_rule(document()))
        one = value["decisions"][0]
        value["decisions"] = [one | {"id": f"{DECISION[:-4]}{n:04d}"} for n in range(count)]
        return dict(value)

    for make, most in ((inputs, MOST_INPUTS), (decisions, MOST_DECISIONS)):
        parse_rule(json.dumps(make(most)).encode())
        with pytest.raises(CredentialError):
            parse_rule(json.dumps(make(most + 1)).encode())


def test_the_longest_document() -> None:
    raw = compose_rule(document())
    parse_rule(raw + b" " * (LIMITS.max_bytes - len(raw)))
    with pytest.raises(DocumentError) as caught:
        parse_rule(raw + b" " * (LIMITS.max_bytes - len(raw) + 1))
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"language":"cairn-rule/1","language":"cairn-rule/1"}', b"\xff", b"{"]
)
def test_what_is_no_strict_json_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        parse_rule(data)

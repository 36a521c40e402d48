"""Plain words for every outcome of evidence and rule, in both languages; and JSON that says the same."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from credential.withdrawal import Reason
from tests.determinations import CERTIFICATION, CODE, Story, both_subjects, evidence_of
from tests.rules import DECISION
from tests.world import World
from verifier.evidence import Outcome, Verdict
from verifier.grounds import EvidenceKind, EvidenceOutcome, RuleOutcome
from verifier.report import as_json, explain
from verifier.words import LOCALES

ROOT = Path(__file__).parents[3]


def check(story: Story) -> Verdict:
    return story.world.check(story.signed())


def withdrawn(reason: Reason | None = Reason.NO_LONGER_VALID) -> Verdict:
    story = Story()
    story.world.revoke(CERTIFICATION, reason, date(2026, 5, 20))
    return check(story)


def lapsed() -> Verdict:
    return check(Story(certification=lambda made: made.update(validUntil="2026-05-15T23:59:59Z")))


def altered() -> Verdict:
    return check(Story(inside=lambda data: data.replace(b"Workplace", b"Workshop")))


def with_math(rule: dict[str, Any]) -> None:
    rule["subjects"]["MTH"] = {
        "all_of": [
            {"score": {"assessment": "SAT", "part": "Math", "at_least": "500"}},
            {"attested": {"what": "capstone", "says": "District capstone"}},
        ]
    }
    rule["inputs"] += [
        {
            "kind": "score",
            "assessment": "SAT",
            "part": "Math",
            "value": "520",
            "on": "2026-03-01",
            "word": "district",
        },
        {"kind": "attested", "what": "capstone", "on": "2026-04-02", "word": "district"},
    ]


def on_word() -> Verdict:
    return check(Story(rule=with_math, badge=both_subjects))


def unread() -> Verdict:
    story = Story()
    return story.world.check(story.signed_with(("application/json", b'{"language":"cairn-rule/1"}')))


def files() -> Verdict:
    world = World()
    entries = [
        evidence_of("application/pdf", b"%PDF-"),
        evidence_of("application/pdf", b"<html>"),
        {"id": "https://badges.riverbend.example/e/7", "type": ["Evidence"], "name": "Log"},
    ]
    world.edit["badge"] = lambda made: made.update(evidence=entries)
    return world.check(world.badge())


MADE: list[Callable[[], Verdict]] = [
    lambda: check(Story()),
    withdrawn,
    lambda: withdrawn(None),
    lambda: withdrawn(Reason.CORRECTED),
    lapsed,
    altered,
    on_word,
    unread,
    files,
]


@pytest.mark.parametrize(("make", "locale"), list(product(MADE, LOCALES)))
def test_everything_can_be_said_without_a_blank_left_open(make: Callable[[], Verdict], locale: str) -> None:
    report = explain(make(), locale)
    told = [report.what_to_do, *(line.sentence for line in report.evidence)]
    told += [line.answer for line in report.evidence] + [line.title or line.kind for line in report.evidence]
    if report.rule:
        told += [report.rule.sentence, report.rule.answer, *report.rule.decisions, *report.rule.on_word]
        told += [line.sentence for line in report.rule.reasons]
        told += [
            sentence for subject in report.rule.subjects for sentence in (subject.said, *subject.sentences)
        ]
    assert all(told)
    assert not any("{" in sentence or "  " in sentence for sentence in told), told


def codes(path: str, *calls: str) -> set[str]:
    """Every code that a file writes out in the call of one of these names, as the argument that has it."""
    place = {"Reason": 0, "_not_checkable": 1, "EvidenceItem": 2}
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls:
            at = place[node.func.id]
            if len(node.args) > at and isinstance(node.args[at], ast.Constant):
                found.add(str(node.args[at].value))  # type: ignore[attr-defined]  # a constant has a value
    return found


def returned(path: str, *functions: str) -> set[str]:
    """Every word that these functions of a file return, as far as it is written out."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    inside = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name in functions]
    assert len(inside) == len(functions)
    return {
        one.value.value
        for function in inside
        for one in ast.walk(function)
        if isinstance(one, ast.Return)
        and isinstance(one.value, ast.Constant)
        and isinstance(one.value.value, str)
        and one.value.value
    }


def test_every_reason_has_words() -> None:
    reasons = codes("credential/rule/judging.py", "Reason") | codes("credential/rule/document.py", "Reason")
    against = returned("verifier/checks/rule.py", "_against", "_differs", "_not_in_force")
    assert len(reasons) > 8
    assert len(against) > 8
    for code in (
        reasons | against | {"all_met", "one_met", "enough_met", "part_missing", "none_met", "too_few"}
    ):
        assert f"why.{code}" in LOCALES["en"], code


def test_every_piece_has_words() -> None:
    told = codes("verifier/checks/evidence.py", "_not_checkable", "EvidenceItem")
    told |= {"intact", "lapsed", "withdrawn", "replaced", "paused", "altered", "not_a_badge", "not_checked"}
    told |= {
        "not_yet_valid",
        "media_type_lies",
        "media_type_unknown",
        "too_many_embedded",
        "embedded_too_much",
    }
    told |= {"embedded_too_large", "embedded_malformed", "digest_fits", "digest_differs", "unavailable"}
    for code in told:
        assert f"evidence.{code}" in LOCALES["en"], code
    for outcome in EvidenceOutcome:
        assert f"evidence.outcome.{outcome}" in LOCALES["en"]
    for kind in EvidenceKind:
        assert f"evidence.kind.{kind}" in LOCALES["en"]
    for outcome_ in RuleOutcome:
        assert f"rule.outcome.{outcome_}" in LOCALES["en"]


def test_it_counts_for_english_and_not_for_math() -> None:
    rule = explain(check(Story())).rule
    assert rule is not None
    assert [(line.name, line.said) for line in rule.subjects] == [("English", "Yes"), ("Math", "No")]
    (by,) = rule.subjects[0].sentences
    assert by.startswith("By Workplace Safety, 10 hours, earned on April 18, 2026, under the district's ")
    assert by.endswith("decision of June 2, 2025 (3f1d7c52).")
    assert rule.subjects[1].sentences == ("This badge decides nothing about it.",)
    assert rule.decisions == ("CO-CNA counts for English from August 1, 2025. Decided on June 2, 2025.",)


def test_what_rests_on_the_districts_word_alone_is_named() -> None:
    rule = explain(on_word()).rule
    assert rule is not None
    assert rule.on_word == ("SAT, Math: 520 on March 1, 2026.", "capstone (April 2, 2026).")
    told = as_json(on_word())["rule"]
    assert [one["kind"] for one in told["on_word"]] == ["score", "attested"]


def test_that_a_determination_stands_is_said_in_the_first_lines() -> None:
    assert explain(withdrawn()).what_to_do.endswith(
        "A certification that it rests on was withdrawn on May 20, 2026. "
        "The determination stands: it was decided for May 1, 2026."
    )
    assert explain(withdrawn(None)).outcome is Outcome.UNKNOWN
    assert "ended on May 15, 2026. The determination stands" in explain(lapsed()).what_to_do
    assert "stands" not in explain(check(Story())).what_to_do
    assert "stands" not in explain(altered()).what_to_do


def test_the_json_has_exactly_its_documented_members() -> None:
    told = json.loads(json.dumps(as_json(check(Story()))))
    assert [sorted(one) for one in told["evidence"]] == [
        ["code", "facts", "kind", "name", "notes", "outcome", "what"]
    ] * 2
    assert {one["outcome"] for one in told["evidence"]} == {"intact"}
    rule = told["rule"]
    assert sorted(rule) == sorted(
        ["outcome", "code", "what", "version", "judged_on", "subjects", "decisions", "on_word"]
    )
    assert rule["outcome"] == "holds"
    assert rule["judged_on"] == "2026-05-01"
    english, math = rule["subjects"]
    assert (english["subject"], english["claimed"], english["answer"]) == ("ENG", True, "yes")
    assert (math["subject"], math["claimed"], math["answer"], math["reasons"]) == ("MTH", False, "no", None)
    assert english["reasons"]["met"] is True
    assert english["reasons"]["counted"] == [1]
    assert english["reasons"]["rests_on"][0]["code"] == CODE
    assert rule["decisions"] == [
        {
            "id": DECISION,
            "code": CODE,
            "subjects": ["ENG"],
            "from": "2025-08-01",
            "until": None,
            "decided_on": "2025-06-02",
        }
    ]


def test_nothing_of_an_altered_badge_inside_is_told() -> None:
    told = json.dumps(as_json(altered()))
    assert "Workshop" not in told
    assert "NA-000123" not in told


def test_a_met_rule_is_told_by_what_met_it() -> None:
    rule = explain(check(Story())).rule
    assert rule is not None
    assert [line.sentence for line in rule.reasons] == [
        "English: One of the options is met.",
        "Industry certification: CO-CNA, earned on April 18, 2026.",
    ]
    failed = explain(altered()).rule
    assert failed is not None
    assert [line.met for line in failed.reasons] == [False] * 3

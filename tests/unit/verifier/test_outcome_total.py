"""*Valid* has one door: every combination of answers, of a badge and of a presentation, through each case.

The tables are written again here, on purpose: what may stand in a valid verdict. Everything else must not.
"""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import verifier
from contexts.document import parse
from credential.proof.verified import Verified
from tests.world import NOW, World
from verifier.checks.issuer import find_keys
from verifier.checks.proof import check_proof, read_embedded
from verifier.evidence import Check, CheckOutcome, Code, Finding, Outcome, Verdict
from verifier.listing import WORST_FIRST, worst
from verifier.outcome import (
    _CODES,
    PASSES,
    PRESENTATION_PASSES,
    conclude,
    conclude_presentation,
)
from verifier.policy import Policy
from verifier.presentation import stopped_presentation
from verifier.presented import PresentationCheck, PresentationCode, PresentationFinding
from verifier.report import as_json, explain, family_of
from verifier.verify import _Case, stopped

ROOM = Path(verifier.__file__).parent
YES, NO = CheckOutcome.YES, CheckOutcome.NO
OPEN, NOT_APPLICABLE = CheckOutcome.COULD_NOT_CHECK, CheckOutcome.NOT_APPLICABLE
STATES: tuple[CheckOutcome | None, ...] = (*CheckOutcome, None)
DECISIVE = (Check.SHAPE, Check.MEANING, Check.PROOF)

MAY_STAND = {
    Check.SHAPE: {YES},
    Check.MEANING: {YES},
    Check.ISSUER: {YES},
    Check.PROOF: {YES},
    Check.PERIOD: {YES},
    Check.STATUS: {YES, NOT_APPLICABLE},
    Check.EVIDENCE: {YES, NOT_APPLICABLE},
    Check.RECIPIENT: {YES, OPEN},
}
PRESENTATION_MAY_STAND = {
    PresentationCheck.SHAPE: {YES},
    PresentationCheck.PROOF: {YES, NOT_APPLICABLE},
    PresentationCheck.CHALLENGE: {YES, NOT_APPLICABLE},
    PresentationCheck.CREDENTIALS: {YES, NOT_APPLICABLE},
    PresentationCheck.BINDING: {YES, OPEN},
}


def verified() -> Verified:
    """What a proof that has passed has signed."""
    world = World()
    secured = read_embedded(parse(world.badge()))
    walk = find_keys(secured.issuer_id, NOW, secured.claims)
    try:
        need = next(walk)
        while True:
            need = walk.send(world.fetch(need))
    except StopIteration as end:
        return check_proof(secured, end.value.key_for)


def test_no_code_makes_an_answer_stand_that_may_not() -> None:
    """Codes with a meaning of their own choose a headline, and never *valid*: each with each answer."""
    assert dict(PASSES) == MAY_STAND
    for (check, code), headline in _CODES.items():
        assert headline is not Code.VALID
        for answer in CheckOutcome:
            others = [Finding(other, YES, "fine") for other in Check if other is not check]
            outcome, told, _ = conclude([*others, Finding(check, answer, code)])
            assert (outcome is Outcome.VALID) == (told is Code.VALID) == (answer in MAY_STAND[check])


def test_two_codes_at_once_are_never_valid() -> None:
    named = list(_CODES)
    for first, second in product(named, named):
        if first[0] is second[0]:
            continue
        for answers in product((NO, OPEN), repeat=2):
            against = [Finding(*one[:1], a, one[1]) for one, a in zip((first, second), answers, strict=True)]
            rest = [Finding(c, YES, "fine") for c in Check if c not in (first[0], second[0])]
            assert conclude([*rest, *against])[0] is not Outcome.VALID


def test_a_case_is_valid_and_shows_what_was_signed_only_by_every_combination_that_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`_Case.close`, which makes every verdict: over all answers to all questions, with and without a
    proof that has passed.
    """
    monkeypatch.setattr("verifier.verify.check_recipient", lambda: Finding(Check.RECIPIENT, OPEN, "ask"))
    signed = verified()
    checks: list[Check] = [check for check in Check if check is not Check.RECIPIENT]
    valid = shown = 0
    for states in product(STATES, repeat=len(checks)):
        given = dict(zip(checks, states, strict=True))
        for proven in (None, signed):
            case = _Case(verified=proven, issuer_id="did:web:example.org")
            for check, state in given.items():
                if state is not None:
                    case.adding(Finding(check, state, "some_code"))
            verdict = case.close(NOW)
            good = all(state in MAY_STAND[check] for check, state in given.items())
            passed = proven is not None and all(given[check] is YES for check in DECISIVE)
            assert (verdict.outcome is Outcome.VALID) == good
            assert (verdict.credential is not None) == passed
            if not passed:
                assert verdict == Verdict(verdict.outcome, verdict.code, verdict.findings, NOW)
            valid += good
            shown += passed
    assert (valid, shown) == (8, 5**4)


def test_a_presentation_is_valid_by_every_combination_that_may_and_no_other() -> None:
    assert dict(PRESENTATION_PASSES) == PRESENTATION_MAY_STAND
    valid = 0
    for states in product(STATES, repeat=len(PresentationCheck)):
        given = dict(zip(PresentationCheck, states, strict=True))
        found = [PresentationFinding(c, s, "some_code") for c, s in given.items() if s is not None]
        outcome, code, complete = conclude_presentation(found)
        good = all(state in PRESENTATION_MAY_STAND[check] for check, state in given.items())
        assert (outcome is Outcome.VALID) == (code is PresentationCode.VALID) == good
        assert [f.check for f in complete] == list(PresentationCheck)
        valid += good
    assert valid == 2 * 2 * 2 * 2


def test_the_worst_of_several_is_valid_only_if_each_is() -> None:
    assert set(WORST_FIRST) == set(Code)
    for pair in product(Code, repeat=2):
        assert (worst(pair) is Code.VALID) == (set(pair) == {Code.VALID})


def test_what_is_told_says_valid_only_of_what_is() -> None:
    """In words and as JSON, in both languages: no other code has the words or the look."""
    accepted = {locale: explain(_verdict(Code.VALID), locale).headline for locale in ("en", "es")}
    for code in Code:
        verdict = _verdict(code)
        for locale, headline in accepted.items():
            told = as_json(verdict, locale)
            assert (told["outcome"] == "valid") == (told["code"] == "valid") == (code is Code.VALID)
            assert (explain(verdict, locale).headline == headline) == (code is Code.VALID)
        assert (family_of(code, past=False) == "accept") == (code is Code.VALID)
        assert family_of(code, past=True) != "accept"


def _verdict(code: Code) -> Verdict:
    outcome = Outcome.VALID if code is Code.VALID else Outcome.UNKNOWN
    answer = YES if code is Code.VALID else OPEN
    return Verdict(outcome, code, tuple(Finding(check, answer, "some_code") for check in Check), NOW)


def test_what_was_stopped_is_unknown_in_every_question() -> None:
    badge, shown = stopped(Policy(), NOW, "late"), stopped_presentation(NOW, "late")
    assert badge.outcome is shown.outcome is Outcome.UNKNOWN
    assert {f.outcome for f in badge.findings} == {f.outcome for f in shown.findings} == {OPEN}


def test_only_the_conclusion_says_valid() -> None:
    """Nothing else in the verifier makes the outcome *valid*: it may be compared with, and never given."""
    found = sorted(
        f"{path.relative_to(ROOM)}:{node.lineno}"
        for path in ROOM.rglob("*.py")
        for node in _given(ast.parse(path.read_text("utf-8")))
    )
    assert {one.partition(":")[0] for one in found} == {"outcome.py"}, found
    assert len(found) == 4


def test_only_two_places_make_a_verdict() -> None:
    makers = {
        str(path.relative_to(ROOM))
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Verdict", "PresentationVerdict"}
    }
    assert makers == {"verify.py", "presentation.py"}


_COMPARED = (ast.Compare, ast.Dict, ast.Set, ast.List)


def _given(tree: ast.AST) -> list[Any]:
    """Where `Outcome.VALID` or `Code.VALID` stands and is not compared with or a key of a table."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    names = {"Outcome", "Code", "PresentationCode"}
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "VALID"
        and isinstance(node.value, ast.Name)
        and node.value.id in names
        and not _stands_in_a_comparison(node, parents)
    ]


def _stands_in_a_comparison(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents[node]
    if isinstance(parent, ast.Tuple):  # an order of codes, and not what is returned
        return isinstance(parents[parent], ast.Assign | ast.AnnAssign)
    return isinstance(parent, _COMPARED)

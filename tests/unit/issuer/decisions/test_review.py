"""What is due, and what a committee should ask about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.decisions.decision import Decision
from issuer.decisions.proposal import Proposal
from issuer.decisions.reading import parse_proposal, with_reviews
from issuer.decisions.review import Due, DueCode, Outcomes, due, health
from tests.committee import ENGLISH_ROW, MATH_ROW, MENU, MINUTES, PROPOSAL, data, proposal, sections

DAY = date(2026, 6, 1)
DECISION = Decision(
    "urn:uuid:1",
    "CO-CNA",
    frozenset({Subject.ENGLISH}),
    DAY,
    DAY,
    None,
    MENU,
    MINUTES,
    date(2027, 6, 1),
)


def made(value: dict[str, Any] | None = None) -> Proposal:
    return parse_proposal(data(proposal() if value is None else value))


def what_is_due(day: date, decision: Decision = DECISION, value: Proposal | None = None) -> tuple[Due, ...]:
    return due([(decision, value or made())], day)


def test_nothing_is_due_until_it_is_near() -> None:
    assert what_is_due(date(2027, 3, 1)) == ()  # 61 days before the rows of the first of May
    near = what_is_due(date(2027, 3, 2))
    assert [one.code for one in near] == [DueCode.ALIGNMENT_REVIEW] * 3
    assert not any(one.overdue for one in near)
    assert not any(one.overdue for one in what_is_due(date(2027, 5, 1)))
    late = what_is_due(date(2027, 5, 2))
    assert [one.overdue for one in late] == [True, True, True, False]
    assert late[-1].code is DueCode.DECISION_REVIEW


def test_a_review_takes_its_row_off_the_list() -> None:
    looked = with_reviews(made(), {1: (date(2030, 1, 1), None)})
    assert len(what_is_due(date(2027, 5, 2), value=looked)) == 3


def test_a_standard_that_ends_is_said_once_and_before_its_review() -> None:
    ends = made(sections(standards={"alignments": [ENGLISH_ROW | {"item_ended": "2026-07-31"}, MATH_ROW]}))
    (one,) = what_is_due(DAY, value=ends)
    assert (one.code, one.on) == (DueCode.ITEM_ENDED, date(2026, 7, 31))
    assert what_is_due(date(2026, 5, 31), value=ends) == ()


def test_an_end_that_comes_near_is_said() -> None:
    short = replace(DECISION, effective_until=DAY + timedelta(days=60))
    assert [one.code for one in what_is_due(DAY, short)] == [DueCode.DECISION_ENDS]
    assert what_is_due(DAY - timedelta(days=1), short) == ()


@pytest.mark.parametrize(
    "changes",
    [{"subjects": frozenset()}, {"effective_until": date(2027, 5, 1)}],
    ids=["a no", "one that has ended"],
)
def test_nobody_looks_after(changes: dict[str, Any]) -> None:
    assert what_is_due(date(2027, 5, 2), replace(DECISION, **changes)) == ()


def test_a_row_that_says_nothing_fits_is_never_due() -> None:
    rows = [ENGLISH_ROW | {"strength": "none"}, MATH_ROW]
    found = what_is_due(date(2027, 5, 2), value=made(sections(standards={"alignments": rows})))
    assert len(found) == 3


def codes(value: Proposal, *, day: date = DAY, decision: Decision | None = None, **counts: int) -> list[str]:
    outcomes = Outcomes(**counts) if counts else None
    return [one.code for one in health(value, decision, day, outcomes)]


def need(**changes: Any) -> dict[str, Any]:
    row = PROPOSAL["sections"]["industry_need"]["demand"][0] | changes
    return sections(industry_need={"demand": [row]})


def test_health_asks_only_where_something_is_to_be_asked() -> None:
    assert codes(made()) == []
    assert codes(made(), sat=20, passed=10) == []
    assert codes(made(), sat=20, passed=9) == ["pass_rate_low"]
    assert codes(made(need(year=2024))) == []
    assert codes(made(need(year=2023))) == ["demand_old"]
    assert codes(made(need(openings=0))) == ["demand_none"]
    assert codes(made(sections(industry_need={"waived": "No."}))) == ["demand_none"]
    assert codes(made(sections(postsecondary={"waived": "None here."}))) == ["no_articulation"]
    assert codes(made(sections(postsecondary=None))) == ["no_articulation"]
    assert codes(made(), decision=replace(DECISION, effective_until=DAY)) == ["sunset"]
    assert codes(made(), decision=DECISION) == []

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.verifier.batch.colleges import AWARD, LINE, TODAY, crosswalk
from verifier.batch.crosswalk import Advice, Basis, Crosswalk, Line, Within, advise
from verifier.batch.table import suggested
from verifier.batch.words import say


def advice(award: Any = AWARD, *lines: Line, basis: Basis = Basis.EARNED, today: date = TODAY) -> Advice:
    return advise(award, Crosswalk(lines or (LINE,), basis), today)


def courses(told: Advice) -> list[str]:
    return [one.line.course for one in told.suggestions]


def why_not(told: Advice) -> list[str]:
    return [one.code for one in told.why_not]


def test_a_row_that_fits_suggests_its_course_and_says_why() -> None:
    line = replace(LINE, within=Within(36, "3 years"), starts=date(2026, 1, 1), title="Computing")
    (one,) = advice(AWARD, line).suggestions
    assert suggested(one, "en") == (
        "Suggested: CNG 1021 (Computing), 4 credits, because row 2 of your crosswalk is for EXA-A+; "
        "that row was in force on April 18, 2026; it was earned on April 18, 2026, within 3 years; "
        "score 82 ≥ 75."
    )


@pytest.mark.parametrize(("score", "fits"), [("75", True), ("74.9", False), ("75.1", True), ("9", False)])
def test_the_minimum_score_itself_is_enough_and_less_is_not(score: str, *, fits: bool) -> None:
    told = advice(replace(AWARD, scores=(Decimal(score),)))
    assert courses(told) == (["CNG 1021"] if fits else [])
    assert why_not(told) == ([] if fits else ["not.score"])


@pytest.mark.parametrize(
    ("scores", "code"), [((), "not.no_score"), ((Decimal(80), Decimal(90)), "not.several_scores")]
)
def test_where_a_score_is_asked_for_none_and_several_are_no_score(
    scores: tuple[Decimal, ...], code: str
) -> None:
    assert why_not(advice(replace(AWARD, scores=scores))) == [code]
    free = replace(LINE, minimum=None)
    assert courses(advice(replace(AWARD, scores=scores), free)) == ["CNG 1021"]


@pytest.mark.parametrize(
    ("today", "fits"), [(date(2029, 4, 18), True), (date(2029, 4, 19), False), (date(2026, 4, 18), True)]
)
def test_it_is_recent_enough_up_to_the_same_day_some_years_on(today: date, *, fits: bool) -> None:
    line = replace(LINE, within=Within(36, "3 years"))
    told = advice(AWARD, line, today=today)
    assert bool(told.suggestions) is fits
    assert why_not(told) == ([] if fits else ["not.recent"])


def test_the_last_day_of_a_shorter_month_ends_the_time() -> None:
    assert Within(1, "1 month").last_day(date(2026, 1, 31)) == date(2026, 2, 28)
    assert Within(12, "1 year").last_day(date(2028, 2, 29)) == date(2029, 2, 28)
    assert Within(600, "50 years").last_day(date(9990, 1, 1)) == date(9999, 1, 1)


def test_what_was_earned_ahead_of_today_suggests_nothing() -> None:
    line = replace(LINE, within=Within(36, "3 years"))
    assert why_not(advice(AWARD, line, today=date(2026, 4, 17))) == ["not.earned_ahead"]
    assert why_not(advice(AWARD, LINE, today=date(2026, 4, 17))) == ["not.earned_ahead"]


@pytest.mark.parametrize("changes", [{"within": Within(36, "3 years")}, {"starts": date(2026, 1, 1)}])
def test_a_day_that_the_badge_does_not_say_is_never_guessed(changes: dict[str, Any]) -> None:
    assert why_not(advice(replace(AWARD, earned=None), replace(LINE, **changes))) == ["not.day_unknown"]
    assert courses(advice(replace(AWARD, earned=None))) == ["CNG 1021"]


@pytest.mark.parametrize(
    ("starts", "ends", "basis", "fits"),
    [
        (date(2026, 4, 18), date(2026, 4, 18), Basis.EARNED, True),
        (date(2026, 4, 19), None, Basis.EARNED, False),
        (None, date(2026, 4, 17), Basis.EARNED, False),
        (date(2026, 6, 1), date(2026, 6, 1), Basis.TODAY, True),
        (date(2026, 6, 2), None, Basis.TODAY, False),
        (None, date(2026, 5, 31), Basis.TODAY, False),
    ],
)
def test_a_row_holds_from_its_first_day_to_its_last_on_the_day_that_the_college_chose(
    starts: date | None, ends: date | None, basis: Basis, *, fits: bool
) -> None:
    told = advice(AWARD, replace(LINE, starts=starts, ends=ends), basis=basis)
    assert bool(told.suggestions) is fits
    assert why_not(told) == ([] if fits else ["not.in_force"])


def test_a_college_certificate_is_refused_with_the_sentence_crosswalk_or_none() -> None:
    certificate = replace(AWARD, kind="Certificate")
    for listed in (crosswalk(), None):
        told = advise(certificate, listed, TODAY)
        assert told.refused
        assert not told.suggestions
        assert "The two are not the same." in say(told.why_not[0], "en")
        assert "No son lo mismo." in say(told.why_not[0], "es")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("ext:ReadinessDetermination", "not.determination"),
        ("Badge", "not.a_certification"),
        ("Course", "not.a_certification"),
        ("", "not.a_certification"),
    ],
)
def test_another_kind_of_award_suggests_nothing(kind: str, code: str) -> None:
    told = advice(replace(AWARD, kind=kind))
    assert why_not(told) == [code]
    assert not told.refused


@pytest.mark.parametrize("kind", ["Certification", "License", "CertificateOfCompletion"])
def test_a_certification_a_licence_and_a_completed_training_can_be_suggested(kind: str) -> None:
    assert courses(advice(replace(AWARD, kind=kind))) == ["CNG 1021"]


@pytest.mark.parametrize(
    ("standing", "fits"), [("Provisional", False), ("Failed", False), ("Completed", True)]
)
def test_only_what_is_completed_is_suggested(standing: str, *, fits: bool) -> None:
    told = advice(replace(AWARD, standings=(standing,)))
    assert bool(told.suggestions) is fits
    assert why_not(told) == ([] if fits else ["not.completed"])


def test_codes_are_compared_without_case_and_marks_but_never_without_plus() -> None:
    for code in ("exa-a+", "EXA A+", " Exa_A+ "):
        assert courses(advice(replace(AWARD, codes=(code,)))) == ["CNG 1021"]
    assert why_not(advice(replace(AWARD, codes=("EXA-A",)))) == ["not.listed"]


def test_a_row_by_name_asks_for_a_second_look_and_gives_way_to_a_row_by_code() -> None:
    named = Line(row=3, code="", name="Example Computing, Basic", course="CIS 1000", credits=Decimal(1))
    (one,) = advice(AWARD, named).suggestions
    assert [said.code for said in one.cautions] == ["caution.by_name"]
    assert courses(advice(AWARD, LINE, named)) == ["CNG 1021"]


def test_two_courses_are_both_suggested_and_of_two_tiers_of_one_course_the_higher() -> None:
    second = replace(LINE, row=3, course="CNG 1022")
    better = replace(LINE, row=4, minimum=Decimal(80), credits=Decimal(5))
    best = replace(LINE, row=5, minimum=Decimal(90), credits=Decimal(6))
    told = advice(AWARD, LINE, second, better, best)
    assert [(one.line.row, one.line.course) for one in told.suggestions] == [(4, "CNG 1021"), (3, "CNG 1022")]


def test_what_the_college_wants_besides_and_what_it_calls_unverified_is_told() -> None:
    (one,) = advice(AWARD, replace(LINE, evidence="proof from the agency", unverified=True)).suggestions
    assert [say(said, "en") for said in one.cautions] == [
        "Your crosswalk calls row 2 unverified.",
        "Your crosswalk also asks for: proof from the agency.",
    ]


def test_without_a_crosswalk_there_is_no_advice() -> None:
    assert advise(AWARD, None, TODAY) == Advice()

from __future__ import annotations

from datetime import date

import pytest

from issuer.roster import Order, Outcome, RowReport, Student
from tests.awards import row

NURSE = {"credential_code": "CO-CNA", "number": "NA-1", "expires_on": "2028-01-31"}
PREFERRED = Student(
    "200000001", "Magdalena", "Farrow", preferred_given_name="Inés", birth_date=date(2008, 2, 29)
)
ROSTER = {"200000001": PREFERRED, "0200000009": Student("0200000009", "Bo", "Tern")}


def notes(report: RowReport) -> set[str]:
    return {note.code for note in report.notes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"external_id": ""}, "MISSING_STUDENT_ID"),
        ({"external_id": "2.0E+08"}, "DAMAGED_ID"),
        ({"number": "#N/A"}, "DAMAGED_ID"),
        ({"given_name": ""}, "MISSING_NAME"),
        ({"family_name": ""}, "MISSING_NAME"),
        ({"given_name": "=cmd|' /C calc'!A0"}, "FORMULA_INJECTION"),
        ({"family_name": "+Farrow"}, "FORMULA_INJECTION"),
        ({"given_name": "＝1"}, "FORMULA_INJECTION"),
        ({"evaluator": "@SUM(1)"}, "FORMULA_INJECTION"),
        ({"given_name": "Inés\u202e"}, "BAD_CHARACTERS"),
        ({"given_name": "I\u200bnés"}, "BAD_CHARACTERS"),
        ({"family_name": "F" * 101}, "TOO_LONG"),
        ({"school_code": "9999"}, "UNKNOWN_SCHOOL"),
        ({"school_code": ""}, "UNKNOWN_SCHOOL"),
        ({"credential_code": ""}, "MISSING_CODE"),
        ({"credential_code": "NO-SUCH"}, "UNKNOWN_CODE"),
        ({"credential_code": "CPT"}, "AMBIGUOUS_CODE"),
        ({"certifying_body": "Adobe"}, "BODY_DIFFERS"),
        ({"credential_name": "IT Specialist"}, "NAME_DIFFERS"),
        ({"date_earned": ""}, "MISSING_DATE"),
        ({"date_earned": "soon"}, "BAD_DATE"),
        ({"birth_date": "2008-02-30"}, "BAD_DATE"),
        ({"date_earned": "46130"}, "BAD_DATE"),
        ({"date_earned": "03/04/2026"}, "AMBIGUOUS_DATE"),
        ({"date_earned": "2026-06-02"}, "FUTURE_DATE"),
        ({"birth_date": "2099-01-01"}, "FUTURE_DATE"),
        ({"birth_date": "2020-01-01"}, "DATES_DISAGREE"),
        ({"birth_date": "1901-01-01"}, "DATES_DISAGREE"),
        ({"expires_on": "2026-04-17"}, "DATES_DISAGREE"),
        ({"expires_on": "2026-05-31"}, "ALREADY_EXPIRED"),
        ({"date_earned": "2023-05-31"}, "ALREADY_EXPIRED"),
        (NURSE | {"number": ""}, "MISSING_NUMBER"),
        (NURSE | {"expires_on": ""}, "MISSING_EXPIRY"),
        ({"credential_code": "CERTIPORT-MOS", "expires_on": "2027-01-01"}, "EXPIRY_NOT_ALLOWED"),
        ({"credential_code": "FAA-107", "expires_on": "2027-01-01"}, "EXPIRY_NOT_ALLOWED"),
        ({"evidence_url": "http://pinon-mesa.example/a"}, "BAD_LINK"),
        ({"evidence_url": "https://intranet/a"}, "BAD_LINK"),
        ({"evidence_url": "javascript:alert(1)"}, "BAD_LINK"),
    ],
)
def test_a_faulty_row_is_rejected_with_its_code(changes: dict[str, str], code: str) -> None:
    found = row(**changes)
    assert (found.outcome, found.code) == (Outcome.REJECT, code)
    assert found.award is None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"number": ""},
        {"birth_date": ""},
        {"given_name": "D’Artagnan-Bea", "family_name": "Nguyễn"},
        {"score": "-2"},
        {"score": "+1.5"},
        {"date_earned": "2026-06-01"},
        {"date_earned": "4/18/2026"},
        {"date_earned": "2026-04-18 00:00:00"},
        {"expires_on": "2026-06-01"},
        {"credential_code": "", "credential_name": "CompTIA A+"},
        {"credential_code": "comptia a+"},
        {"credential_name": "something that nobody knows"},
        {"evidence_url": "https://pinon-mesa.example/portfolio?id=7"},
        NURSE,
        {"credential_code": "EPA-608", "number": "608-1"},
        {"credential_code": "AWS-CW-D1.1", "expires_on": "2026-10-01"},
    ],
)
def test_the_nearest_good_row_is_ready(changes: dict[str, str]) -> None:
    assert (row(**changes).outcome, row(**changes).code) == (Outcome.READY, "")


def test_a_lost_zero_is_guessed_and_never_repaired_silently() -> None:
    assert "0187" in row(school_code="187").why
    assert "0200000009" in row({"roster": ROSTER}, external_id="200000009").why


def test_a_student_who_is_not_in_the_roster_is_rejected() -> None:
    assert row({"roster": ROSTER}, external_id="1").code == "STUDENT_NOT_FOUND"


def test_the_badge_shows_the_name_that_the_student_goes_by() -> None:
    legal = row({"roster": ROSTER}, given_name="Magdalena").award
    assert legal is not None
    assert legal.display_name == "Inés Farrow"
    assert "Magdalena Farrow" in legal.withheld


def test_a_name_that_the_roster_does_not_know_is_looked_at_twice() -> None:
    found = row({"roster": ROSTER}, given_name="Inez")
    assert (found.outcome, found.code) == (Outcome.READY, "WARN_NAME_DIFFERS")
    assert "Inés Farrow" in found.why


def test_two_warnings_are_both_told() -> None:
    found = row({"roster": ROSTER}, given_name="Inez", credential_code="OSHA 10")
    assert found.code == "WARN_ALIAS"
    assert "SECOND_WARNING" in notes(found)


def test_a_birth_date_that_the_roster_contradicts_is_rejected() -> None:
    assert row({"roster": ROSTER}, birth_date="2008-02-28").code == "DATES_DISAGREE"


def test_a_student_turns_eighteen_on_the_day() -> None:
    assert "MINOR" in notes(row({"run_date": date(2026, 6, 1)}, birth_date="2008-06-02"))
    assert "MINOR" not in notes(row({"run_date": date(2026, 6, 1)}, birth_date="2008-06-01"))


def test_who_has_no_birth_date_is_treated_as_a_minor() -> None:
    found = row(birth_date="")
    assert found.award is not None
    assert found.award.minor
    assert "BIRTH_DATE_UNKNOWN" in notes(found)


def test_a_confirmed_term_gives_the_last_day() -> None:
    award = row(date_earned="2026-04-18").award
    assert award is not None
    assert award.last_day == date(2029, 4, 17)


def test_a_term_that_nobody_confirmed_gives_none_and_says_so() -> None:
    found = row(credential_code="SERVSAFE-MGR")
    assert found.award is not None
    assert found.award.last_day is None
    assert "TERM_UNCONFIRMED" in notes(found)


def test_a_stated_last_day_wins_over_the_term() -> None:
    award = row(expires_on="2027-01-31").award
    assert award is not None
    assert award.last_day == date(2027, 1, 31)


def test_continuity_is_for_the_body_to_say() -> None:
    assert "ASK_THE_BODY" in notes(row(credential_code="AWS-CW-D1.1"))


def test_days_with_slashes_follow_the_order_that_was_chosen() -> None:
    for order, day in ((Order.MONTH_FIRST, date(2026, 3, 4)), (Order.DAY_FIRST, date(2026, 4, 3))):
        award = row({"date_order": order}, date_earned="03/04/2026").award
        assert award is not None
        assert award.date_earned == day


def test_accents_are_joined_before_they_are_kept() -> None:
    award = row(given_name="Ine\u0301s").award
    assert award is not None
    assert award.given_name == "Inés"


def test_what_stays_in_the_records_is_withheld() -> None:
    award = row().award
    assert award is not None
    assert set(award.withheld) == {"200000001", "2008-02-29"}

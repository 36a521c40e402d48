from __future__ import annotations

from datetime import date

import pytest

from issuer.roster import Known, Student
from issuer.roster.people import People, read_people
from tests.workbooks import xlsx

TODAY = date(2026, 6, 1)
HEADER = "Student ID,First Name,Last Name,Preferred First Name,DOB,School,Grade\r\n"


def read(text: str, **answers: str) -> People:
    known = Known({"0187": "Example High"}, {"1": Student("1", "Old", "Roster")})
    return read_people(text.encode(), today=TODAY, known=known, answers=answers)


def test_a_sheet_of_students_is_read_with_its_own_columns() -> None:
    found = read(HEADER + "0012,Odile,Hart,Dilly,2009-02-03,Example High,11\r\n")
    assert found.students == (Student("0012", "Odile", "Hart", "Dilly", "", date(2009, 2, 3), "0187", "11"),)
    assert found.says == {
        "given_name", "family_name", "preferred_given_name", "birth_date", "school_code", "grade", "active",
    }  # fmt: skip


def test_only_what_has_a_column_is_said() -> None:
    found = read('Matrícula,Nombre del estudiante\r\n0012,"Hart, Odile"\r\n')
    assert found.students == (Student("0012", "Odile", "Hart"),)
    assert found.says == {"given_name", "family_name", "active"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",Odile,Hart,,,,", "MISSING_STUDENT_ID"),
        ("12,,Hart,,,,", "MISSING_NAME"),
        ("12,=1+1,Hart,,,,", "BAD_CHARACTERS"),
        ("12,Odile,Ha\u202ert,,,,", "BAD_CHARACTERS"),
        ("12,Odile," + "H" * 101 + ",,,,", "BAD_CHARACTERS"),
        ("12,Odile,Hart,,2009-02-30,,", "BAD_DATE"),
        ("12,Odile,Hart,,3/4/2009,,", "AMBIGUOUS_DATE"),
        ("12,Odile,Hart,,2026-06-02,,", "FUTURE_DATE"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_the_next_is_taken(row: str, code: str) -> None:
    found = read(HEADER + row + "\r\n0013,Ansel,Fall,,,,\r\n")
    assert [(one.line, one.code) for one in found.refused] == [(2, code)]
    assert found.refused[0].words.text("es") != found.refused[0].words.text("en")
    assert [one.student_id for one in found.students] == ["0013"]


def test_one_number_for_two_people_is_refused_and_a_row_twice_is_not() -> None:
    found = read(HEADER + "12,Odile,Hart,,,,\r\n12,Odile,Hart,,,,\r\n12,Ansel,Fall,,,,\r\n")
    assert [one.line for one in found.refused] == [4]
    assert len(found.students) == 1


def test_an_answer_serves_here_too() -> None:
    assert read(HEADER + "12,Odile,Hart,,3/4/2009,,\r\n", dates="day-first").students[0].birth_date == date(
        2009, 4, 3
    )


def test_a_workbook_serves_here_too() -> None:
    data = xlsx({"S": [["ID", "Name", "Birthday"], [12, "Odile Hart", date(2009, 2, 3)]]})
    assert read_people(data, today=TODAY).students == (
        Student("12", "Odile", "Hart", birth_date=date(2009, 2, 3)),
    )


@pytest.mark.parametrize("name", ["Email", "E-mail", "Student Email", "Correo electrónico", "email_address"])
def test_a_column_of_addresses_is_read_beside_the_students(name: str) -> None:
    found = read(
        f"Student ID,First Name,Last Name,{name}\r\n12,Odile,Hart,odile@example.edu\r\n13,Maya,Oak,\r\n"
    )
    assert found.emails == {"12": "odile@example.edu"}
    assert found.students == (Student("12", "Odile", "Hart"), Student("13", "Maya", "Oak"))
    assert found.says == {"given_name", "family_name", "active"}
    assert not found.reading.questions


@pytest.mark.parametrize(
    "names",
    [
        "Parent Email",
        "Guardian E-mail Address",
        "Mother email",
        "Emai",
        "Contact email address",
        "Email,School email",
    ],
)
def test_an_address_that_may_be_somebody_elses_is_not_taken(names: str) -> None:
    cells = ",".join("home@example.com" for _ in names.split(","))
    found = read(f"Student ID,First Name,Last Name,{names}\r\n12,Odile,Hart,{cells}\r\n")
    assert found.emails == {}
    assert found.students == (Student("12", "Odile", "Hart"),)


def test_an_address_that_is_none_costs_no_student() -> None:
    for text in ("=1+1", "none", "a" * 300, "o\u202ed@example.edu"):
        found = read(f"Student ID,First Name,Last Name,Email\r\n12,Odile,Hart,{text}\r\n")
        assert found.students == (Student("12", "Odile", "Hart"),), text

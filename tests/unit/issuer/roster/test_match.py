from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from issuer.roster import Known, SheetError, SheetQuestion, Student, read_any
from issuer.roster.columns import AWARDS, COLUMNS, STUDENTS, SYNONYMS, folded
from issuer.roster.match import Match, match_columns

NOTHING: Mapping[str, str] = {}


def match(
    *names: str, known: Known | None = None, values: Mapping[str, list[str]] | None = None, **answers: str
) -> dict[str, Match]:
    found = match_columns(
        names,
        [list((values or {}).get(name, [])) for name in names],
        AWARDS,
        known or Known(),
        {f"column.{key}": value for key, value in answers.items()},
    )
    return {one.column: one for one in found}


def places(*names: str) -> dict[str, int]:
    return {column: one.place for column, one in match(*names).items()}


def test_our_own_names_match_in_any_order() -> None:
    assert places(*reversed(COLUMNS)) == {name: index for index, name in enumerate(reversed(COLUMNS))}


def test_names_of_districts_match_in_english_and_spanish() -> None:
    english = ("Student ID", "First Name", "Last Name", "School", "Certification", "Date Earned")
    spanish = ("Matrícula", "Nombre", "Apellidos", "Código de escuela", "Certificación", "Fecha de obtención")
    shouted = tuple(name.upper().replace(" ", "__") for name in english)
    assert places(*english) == places(*spanish) == places(*shouted)
    assert all(one.confidence == 1.0 for one in match(*english).values())


def test_no_name_means_two_columns() -> None:
    written = [name.replace("_", " ") for name in COLUMNS]
    assert all(SYNONYMS[name] == column for name, column in zip(written, COLUMNS, strict=True))
    for vocabulary in (AWARDS, STUDENTS):
        assert set(vocabulary.synonyms.values()) <= set(vocabulary.columns)
        assert all(folded(name) == name for name in vocabulary.synonyms)


def test_a_general_name_gives_way_to_a_name_of_its_own() -> None:
    found = match("ID", "Student ID", "Date", "Date Earned", "Certification", "Certification Code")
    assert {column: one.name for column, one in found.items()} == {
        "external_id": "Student ID",
        "date_earned": "Date Earned",
        "credential_code": "Certification Code",
        "credential_name": "Certification",
    }


def test_two_columns_of_one_meaning_are_asked_about_with_samples() -> None:
    with pytest.raises(SheetQuestion) as caught:
        match(*COLUMNS, "Last Name", values={"Last Name": ["Vale"], "family_name": ["Lark"]})
    assert caught.value.code == "DUPLICATE_COLUMNS"
    question = caught.value.question
    assert (question.key, [one.value for one in question.choices]) == ("column.family_name", ["C", "P"])
    assert question.choices[1].label == "P Last Name: Vale"
    answered = match(*COLUMNS, "Last Name", family_name="P")
    assert (answered["family_name"].place, answered["family_name"].by) == (15, "answer")


def test_a_name_that_is_nearly_one_is_taken_with_less_confidence() -> None:
    found = match("Studnet Number", "Date certification was earned by student", "Homeroom")
    assert (found["external_id"].by, found["external_id"].confidence) == ("nearly", 0.8)
    assert "Homeroom" not in {one.name for one in found.values()}


def test_content_recognises_what_no_name_does() -> None:
    roster = {"0012": Student("0012", "Odile", "Hart")}
    known = Known({"0187": "High"}, roster, lambda text: text == "CO-CNA")
    values = {
        "A1": ["0012", "0012"],
        "B1": ["0187"],
        "C1": ["CO-CNA", "?"],
        "D1": ["2026-04-18"],
        "E1": ["x"],
    }
    found = match("A1", "B1", "C1", "D1", "E1", known=known, values=values)
    assert {column: one.name for column, one in found.items()} == {
        "external_id": "A1",
        "school_code": "B1",
        "date_earned": "D1",
    }
    assert {one.by for one in found.values()} == {"content"}
    assert found["school_code"].samples == ("0187",)


def test_two_columns_of_like_content_are_not_guessed() -> None:
    values = {"D1": ["2026-04-18"], "D2": ["2026-04-19"]}
    assert match("D1", "D2", values=values) == {}


def test_what_somebody_chose_before_is_remembered() -> None:
    known = Known(remembered={"homeroom": "external_id", "nothing": "no_such_column"})
    assert match("Homeroom", known=known)["external_id"].by == "remembered"


def test_a_column_can_be_said_not_to_be_there() -> None:
    assert "number" not in match(*COLUMNS, number="none")
    with pytest.raises(SheetError) as caught:
        match(*COLUMNS, number="no such name")
    assert caught.value.code == "BAD_ANSWER"


def sheet(*names: str) -> bytes:
    return (",".join(names) + "\r\n" + ",".join("x" for _ in names) + "\r\n").encode()


def test_all_missing_columns_are_named_at_once_and_the_first_is_asked() -> None:
    names = [name for name in COLUMNS if name not in ("external_id", "date_earned")]
    with pytest.raises(SheetQuestion) as caught:
        read_any(sheet(*names))
    assert caught.value.code == "MISSING_COLUMNS"
    assert "external_id, date_earned" in caught.value.message
    assert caught.value.question.key == "column.external_id"


def test_either_code_or_name_of_the_credential_is_enough() -> None:
    for one in ("credential_code", "credential_name"):
        assert read_any(sheet(*(name for name in COLUMNS if name != one))).records
    with pytest.raises(SheetError, match="credential_code or credential_name"):
        read_any(sheet(*(name for name in COLUMNS if not name.startswith("credential_"))))


def test_a_value_for_all_rows_stands_for_a_column() -> None:
    names = [name for name in COLUMNS if not name.startswith("credential_")]
    reading = read_any(sheet(*names), answers={"credential_code": "CO-CNA"})
    assert reading.records[0].values["credential_code"] == "CO-CNA"


def test_with_a_roster_the_names_and_the_school_need_not_be_there() -> None:
    roster = {"x": Student("x", "Odile", "Hart", birth_date=date(2008, 1, 1))}
    names = ("external_id", "credential_code", "date_earned")
    assert read_any(sheet(*names), known=Known(roster=roster)).records
    with pytest.raises(SheetError, match="given_name, family_name, school_code"):
        read_any(sheet(*names))


def test_what_means_nothing_to_us_is_named() -> None:
    assert read_any(sheet(*COLUMNS, "Homeroom", "")).unknown == ("Homeroom",)

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from issuer.catalog import default_catalogue, example_district
from issuer.roster import (
    Fix,
    Fixes,
    Held,
    Known,
    Level,
    Limits,
    Menu,
    Outcome,
    Reading,
    SheetError,
    SheetReport,
    SheetRules,
    Student,
    alike,
    check,
    parse_fixes,
    read_any,
    recheck,
)
from issuer.roster import row as row_module
from issuer.roster import sheet as sheet_module
from issuer.roster.columns import COLUMNS
from issuer.roster.grid import How
from issuer.roster.tidy import as_number, split_name, tidied
from issuer.roster.words import LANGUAGES, WORDS, said
from tests.awards import GOOD_ROW, RUN_DATE, sheet
from tests.workbooks import xlsx

ODILE = Student("0200000001", "Odile", "Hart", "Dilly", "", date(2008, 2, 29), "0187", "12")
ANSEL = Student("0200000002", "Ansel", "O’Fallow", birth_date=date(2008, 5, 5), school_code="0242")
ROSTER = {one.student_id: one for one in (ODILE, ANSEL)}


def rules(**changes: Any) -> SheetRules:
    usual: dict[str, Any] = {
        "run_date": RUN_DATE,
        "catalogue": default_catalogue(),
        "schools": example_district().schools,
    }
    return SheetRules(**(usual | changes))


def read(data: bytes, against: SheetRules | None = None, answers: Mapping[str, str] | None = None) -> Reading:
    return read_any(data, known=(against or rules()).known(), answers=answers or {})


def report(
    data: bytes,
    against: SheetRules | None = None,
    fixes: Fixes | None = None,
    answers: Mapping[str, str] | None = None,
) -> SheetReport:
    given = against or rules()
    return check(read(data, given, answers), given, fixes).report


def test_each_text_knows_the_cell_that_it_came_from() -> None:
    reading = read(
        xlsx(
            {
                "Spring": [
                    ["title"],
                    [],
                    list(COLUMNS),
                    [*[GOOD_ROW.get(n, "") for n in COLUMNS[:8]], date(2026, 4, 18)],
                ]
            }
        )
    )
    assert reading.origin(4, "date_earned") == ("Spring!I4", How.DATE)
    assert reading.origin(4, "given_name") == ("Spring!B4", How.TYPED)


def test_rows_are_counted_below_the_names_exactly() -> None:
    data = b"title\r\n\r\n" + sheet(*(GOOD_ROW | {"award_ref": f"B-{n}"} for n in range(5)))
    assert len(read_any(data, limits=Limits(max_rows=5)).records) == 5
    with pytest.raises(SheetError) as caught:
        read_any(data, limits=Limits(max_rows=4))
    assert (caught.value.code, caught.value.line) == ("TOO_MANY_ROWS", 8)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        (" a  b ", "a b"),
        ("a\u00a0\u202fb", "a b"),
        ('="0012"', "0012"),
        ('="0012"&A1', '="0012"&A1'),
        ("=1+1", "=1+1"),
        ("Zoe\u0308", "Zoë"),
    ],
)
def test_cells_are_tidied(text: str, tidy: str) -> None:
    assert tidied(text) == tidy


def test_figures_that_name_lose_only_what_programs_put_around_them() -> None:
    assert [as_number(text, exact=False) for text in ("'0012", "“12”", "12.0", "12.50", "A-1")] == [
        "0012", "12", "12", "12.50", "A-1",
    ]  # fmt: skip
    assert as_number("12.0", exact=True) == "12.0"


def test_names_come_apart_where_that_is_clear() -> None:
    assert split_name("Hart, Odile Mae") == ("Odile Mae", "Hart")
    assert split_name("Odile Hart") == ("Odile", "Hart")
    assert [
        split_name(text) for text in ("María José García López", "Hart, Odile, Jr", "Odile", "Hart,")
    ] == [None] * 4


def test_a_full_name_that_is_not_clear_waits_or_is_the_rosters() -> None:
    data = b"Student ID,Student Name,School,Code,Date\r\n"
    data += b"0200000001,Odile Mae Hart,0187,COMPTIA-A+,2026-04-18\r\n"
    alone = report(data).rows[0]
    assert (alone.code, "Family, Given" in alone.why) == ("UNCLEAR_NAME", True)
    (award,) = report(data, rules(roster=ROSTER)).ready
    assert award.display_name == "Dilly Hart"


def test_the_roster_fills_what_the_sheet_does_not_say() -> None:
    data = b"Student ID,Certification,Date\r\n0200000002,COMPTIA-A+,2026-04-18\r\n"
    found = report(data, rules(roster=ROSTER))
    (award,) = found.ready
    assert (award.given_name, award.family_name, award.school_code) == ("Ansel", "O’Fallow", "0242")
    assert award.birth_date == ANSEL.birth_date
    assert found.rows[0].code == ""


def test_a_roster_that_changes_makes_no_other_award_of_a_row() -> None:
    data = b"Student ID,Certification,Date\r\n0200000002,COMPTIA-A+,2026-04-18\r\n"
    renamed = {"0200000002": Student("0200000002", "Ansel", "O’Fallow", "Anselma", school_code="0187")}
    before, after = (report(data, rules(roster=one)).ready[0] for one in (ROSTER, renamed))
    assert before.fingerprint == after.fingerprint
    assert before.display_name != after.display_name


def test_the_shape_of_an_apostrophe_is_no_other_name() -> None:
    row = GOOD_ROW | {
        "external_id": "0200000002",
        "given_name": "Ansel",
        "family_name": "O'Fallow",
        "birth_date": "",
    }
    found = report(sheet(row | {"school_code": "0242"}), rules(roster=ROSTER)).rows[0]
    assert (found.outcome, found.code) == (Outcome.READY, "")


def test_a_name_or_a_school_that_differs_is_looked_at_twice() -> None:
    row = GOOD_ROW | {
        "external_id": "0200000001",
        "given_name": "Odyle",
        "family_name": "Hart",
        "birth_date": "",
    }
    found = report(sheet(row | {"school_code": "0242"}), rules(roster=ROSTER)).rows[0]
    assert (found.code, found.level) == ("WARN_NAME_DIFFERS", Level.LOOK_TWICE)
    assert "Dilly Hart" in found.why
    assert "Odyle Hart" in found.in_words("es")
    assert any("0187" in note.text for note in found.notes if note.code == "SECOND_WARNING")


def test_a_lost_zero_is_offered_one_by_one_and_all_at_once() -> None:
    rows = [
        GOOD_ROW
        | {"external_id": number, "award_ref": f"B-{number}", "birth_date": "", "school_code": school}
        for number, school in (("200000001", "187"), ("200000002", "242"), ("999", "0187"))
    ]
    against = rules(roster=ROSTER)
    reading = read(sheet(*rows), against)
    assert [one.key for one in reading.questions] == ["student-zeros", "school-zeros"]
    checked = check(reading, against)
    assert [row.code for row in checked.report.rows] == ["STUDENT_NOT_FOUND"] * 3
    first = checked.report.rows[0]
    assert first.fixes == (Fix(2, "external_id", "0200000001"), Fix(2, "school_code", "0187"))
    assert "Use 0200000001 (Dilly Hart)?" in first.why
    assert "¿Excel borró un cero?" in first.in_words("es")
    offered = [fix for row in checked.report.rows for fix in row.fixes]
    once = recheck(checked, alike(offered, first.fixes[0]), against)
    assert [row.code for row in once.report.rows] == ["UNKNOWN_SCHOOL", "UNKNOWN_SCHOOL", "STUDENT_NOT_FOUND"]
    both = recheck(once, alike(offered, first.fixes[1]), against)
    assert [row.outcome for row in both.report.rows] == [Outcome.READY, Outcome.READY, Outcome.REJECT]
    answered = report(sheet(*rows), against, answers={"student-zeros": "yes", "school-zeros": "yes"})
    assert [award.fingerprint for award in answered.ready] == [
        award.fingerprint for award in both.report.ready
    ]


def test_a_zero_that_two_could_have_lost_is_not_offered() -> None:
    roster = {number: Student(number, "Odile", "Hart") for number in ("0012", "00012")}
    row = GOOD_ROW | {"external_id": "12"}
    found = report(sheet(row), rules(roster=roster))
    assert (found.rows[0].fixes, found.questions) == ((), ())


def test_only_the_corrected_rows_are_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [GOOD_ROW | {"award_ref": f"B-{n}", "external_id": f"20000000{n}"} for n in range(5)]
    against = rules()
    checked = check(read(sheet(*rows), against), against)
    lines = []
    real = row_module.check_row

    def spy(record: Any, *rest: Any) -> Any:
        lines.append(record.line)
        return real(record, *rest)

    monkeypatch.setattr(sheet_module, "check_row", spy)
    again = recheck(checked, Fixes((Fix(4, "given_name", ""),)), against)
    assert lines == [4]
    assert [row.code for row in again.report.rows] == ["", "", "MISSING_NAME", "", ""]
    assert again.reading == checked.reading


def test_a_correction_is_seen_beside_the_other_rows() -> None:
    rows = [GOOD_ROW, GOOD_ROW | {"award_ref": "B-2", "external_id": "200000002"}]
    against = rules_ = rules()
    checked = check(read(sheet(*rows), against), rules_)
    again = recheck(checked, Fixes((Fix(3, "external_id", "200000001"),)), against)
    assert [row.code for row in again.report.rows] == ["", "DUPLICATE_AWARD"]
    skipped = recheck(again, Fixes(skip=frozenset({2})), against)
    assert [(row.outcome, row.level) for row in skipped.report.rows] == [
        (Outcome.SKIP, Level.SKIPPED),
        (Outcome.READY, Level.OK),
    ]


def test_a_correction_cures_what_reading_found_in_its_cell() -> None:
    table = [list(COLUMNS), [GOOD_ROW.get(name, "") for name in COLUMNS]]
    table[1][0] = "=1+1"
    against = rules()
    checked = check(read(xlsx({"S": table}), against), against)
    assert checked.report.rows[0].code == "NOT_COMPUTED"
    assert (
        recheck(checked, Fixes((Fix(2, "external_id", "1"),)), against).report.rows[0].outcome
        is Outcome.READY
    )
    other = recheck(checked, Fixes((Fix(2, "number", "1"),)), against)
    assert other.report.rows[0].code == "NOT_COMPUTED"


def test_corrections_are_read_from_json() -> None:
    found = parse_fixes(b'{"fixes": [{"line": 5, "column": "external_id", "value": "0012345"}], "skip": [7]}')
    assert found == Fixes((Fix(5, "external_id", "0012345"),), frozenset({7}))
    assert parse_fixes(b"{}") == Fixes()


@pytest.mark.parametrize(
    "text",
    [
        b"[]", b"", b'{"fixes": {}}', b'{"more": 1}',
        b'{"fixes": [{"line": "5", "column": "a", "value": "b"}]}',
        b'{"fixes": [{"line": true, "column": "a", "value": "b"}]}', b'{"skip": ["7"]}', b'{"skip": [true]}',
        b'{"fixes": [{"line": 5, "column": "a"}]}',
    ],
)  # fmt: skip
def test_what_are_no_corrections_is_refused(text: bytes) -> None:
    with pytest.raises(SheetError) as caught:
        parse_fixes(text)
    assert caught.value.code == "BAD_FIXES"


@pytest.mark.parametrize(
    "fixes", [Fixes((Fix(9, "number", "1"),)), Fixes((Fix(2, "nonsense", "1"),)), Fixes(skip=frozenset({1}))]
)
def test_a_correction_of_what_is_not_there_is_refused(fixes: Fixes) -> None:
    with pytest.raises(SheetError) as caught:
        report(sheet(GOOD_ROW), fixes=fixes)
    assert caught.value.code == "BAD_FIXES"


def test_what_is_not_on_the_menu_is_refused_by_its_name() -> None:
    found = report(sheet(GOOD_ROW), rules(menu=Menu("2026-27", frozenset({"CO-CNA"})))).rows[0]
    assert (found.code, found.why) == (
        "NOT_APPROVED",
        "CompTIA A+ is not on the 2026-27 menu. Add it, or choose another.",
    )
    assert found.in_words("es").startswith("CompTIA A+ no está en el menú 2026-27")
    assert report(sheet(GOOD_ROW), rules(menu=Menu("2026-27", frozenset({"COMPTIA-A+"})))).ready


def test_what_a_student_has_already_is_skipped_or_is_a_renewal() -> None:
    key = ("200000001", "COMPTIA-A+")

    def found(day: date, ref: str = "A-9") -> Any:
        return report(sheet(GOOD_ROW), rules(held={key: (Held(day, "", ref),)})).rows[0]

    assert (found(date(2026, 4, 18)).outcome, found(date(2026, 4, 18)).code) == (Outcome.SKIP, "ALREADY_HAS")
    assert found(date(2026, 4, 18)).level is Level.DUPLICATE
    earlier = found(date(2023, 4, 18))
    assert (earlier.outcome, earlier.code) == (Outcome.READY, "WARN_ALREADY_HAS")
    assert "renewal" in earlier.why
    assert found(date(2026, 4, 18), "B-1").code == ""


def test_both_languages_say_everything_with_blanks_that_are_filled() -> None:
    import string

    blanks = {
        language: {
            key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for key, text in WORDS[language].items()
        }
        for language in LANGUAGES
    }
    assert blanks["en"].keys() == blanks["es"].keys()
    for key, names in blanks["es"].items():
        assert names <= blanks["en"][key] | {"text", "body", "code"}, key


def test_a_strangers_value_is_cut_in_a_sentence() -> None:
    assert len(said("day.none", text="x" * 10_000).text()) < 500


def test_hidden_rows_can_be_left_out() -> None:
    def hide(book: Any) -> None:
        book.active.row_dimensions[2].hidden = True

    data = xlsx({"S": [list(COLUMNS), [GOOD_ROW.get(name, "") for name in COLUMNS]]}, hide)
    assert report(data).rows[0].code == "HIDDEN_ROW"
    assert report(data, answers={"hidden-rows": "skip"}).rows[0].code == "LEFT_OUT"
    with pytest.raises(SheetError) as caught:
        report(data, answers={"hidden-rows": "perhaps"})
    assert caught.value.code == "BAD_ANSWER"


def test_days_of_one_column_help_those_of_another_unless_they_disagree() -> None:
    row = GOOD_ROW | {"birth_date": "2/25/2008", "date_earned": "3/4/2026"}
    found = report(sheet(row))
    assert found.ready[0].date_earned == date(2026, 3, 4)
    assert {one.key for one in found.remarks} == {"note.dates.month-first"}
    more = GOOD_ROW | {"birth_date": "25/2/2008", "date_earned": "3/4/2026", "award_ref": "B-2"}
    unclear = report(sheet(row, more))
    assert [one.code for one in unclear.rows] == ["AMBIGUOUS_DATE", "AMBIGUOUS_DATE"]
    assert [one.key for one in unclear.questions] == ["dates"]


def test_an_answer_never_bends_a_day_that_it_forbids() -> None:
    found = report(sheet(GOOD_ROW | {"date_earned": "4/18/2026"}), answers={"dates": "day-first"})
    assert found.rows[0].code == "BAD_DATE"


def test_a_letter_that_was_broken_is_mended_and_asked_about() -> None:
    data = sheet(GOOD_ROW | {"family_name": "NÃºÃ±ez"})
    found = report(data)
    assert found.ready[0].family_name == "Núñez"
    assert found.questions[0].taken == "yes"
    assert report(data, answers={"broken-letters": "no"}).ready[0].family_name == "NÃºÃ±ez"


def test_a_district_without_a_roster_is_not_asked_about_zeros() -> None:
    assert read_any(sheet(GOOD_ROW), known=Known()).questions == ()

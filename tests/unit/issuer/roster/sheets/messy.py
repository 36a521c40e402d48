"""Sheets as districts have them, each with what must come of it. The module `build` writes the files.

All of them tell of the same three awards of people who do not exist, so one expectation serves: whatever the
mess, the same names, numbers, schools, certifications and days come out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.old_workbooks import xls
from tests.workbooks import ods, part, restamped, xlsx

Award = tuple[str, str, str, str, str, str]

MARISOL: Award = ("400000001", "Marisol", "Quintanar", "0187", "COMPTIA-A+", "2026-04-18")
BEXLEY: Award = ("400000002", "Bexley", "Thornwood", "0242", "CERTIPORT-MOS", "2026-05-05")
TOMAS: Award = ("400000003", "Tomás", "Núñez-Ibarra", "0318", "SERVSAFE-MGR", "2026-03-07")
ALL = (MARISOL, BEXLEY, TOMAS)

ENGLISH = ("Student ID", "First Name", "Last Name", "School", "Certification", "Date Earned")
SPANISH = ("Matrícula", "Nombre", "Apellidos", "Escuela", "Certificación", "Fecha de obtención")


@dataclass(frozen=True, slots=True)
class Messy:
    """One sheet.

    Args:
        name: Of its file.
        data: Its bytes.
        awards: What is ready, in the sheet's order.
        lines: Where they stand.
        problems: Line and code of the rows that are not ready.
        notes: Keys of what is said about the sheet, at least.
        questions: Keys of what is asked, exactly.
        refused: The code that refuses the whole file, "" where it is read.
        answers: What a person answers in a second reading.
        then: What is ready after that.
    """

    name: str
    data: bytes
    awards: Sequence[Award] = ALL
    lines: Sequence[int] = (2, 3, 4)
    problems: Sequence[tuple[int, str]] = ()
    notes: Sequence[str] = ()
    questions: Sequence[str] = ()
    refused: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    then: Sequence[Award] = ALL


def rows(header: Sequence[Any] = ENGLISH, awards: Sequence[Sequence[Any]] = ALL) -> list[list[Any]]:
    return [list(header), *[list(one) for one in awards]]


def text(
    table: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(table)
    return out.getvalue().encode(encoding)


def with_days(write: Any) -> list[list[Any]]:
    """The table with its days written otherwise."""
    return rows(awards=[(*one[:5], write(date.fromisoformat(one[5]))) for one in ALL])


def messy() -> Iterator[Messy]:
    yield from _letters()
    yield from _layout()
    yield from _days()
    yield from _numbers()
    yield from _workbooks()
    yield from _refused()


def _letters() -> Iterator[Messy]:
    yield Messy("utf8-bom.csv", b"\xef\xbb\xbf" + text(rows()))
    yield Messy("utf16-tabs.txt", text(rows(), "\t", "utf-16"))
    yield Messy("utf16-no-mark.txt", text(rows(), "\t", "utf-16-le"))
    yield Messy(
        "windows-semicolons.csv",
        text(rows(SPANISH), ";", "cp1252"),
        notes=["note.encoding"],
        questions=["encoding"],
    )
    yield Messy(
        "mac-roman.csv",
        text(rows(SPANISH), ",", "mac_roman", "\r"),
        notes=["note.encoding"],
        questions=["encoding"],
        answers={"encoding": "mac_roman"},
    )
    broken = text(rows()).decode().encode("utf-8").decode("cp1252").encode("utf-8")
    yield Messy(
        "letters-broken-twice.csv", broken, questions=["broken-letters"], answers={"broken-letters": "yes"}
    )
    shouting = [name.upper().replace(" ", "_") for name in SPANISH]
    yield Messy("bars-and-capitals.txt", text(rows(shouting), "|"))


def _layout() -> Iterator[Messy]:
    titled = [
        ["Piñon Mesa Example School District"],
        ["CTE certifications, spring; printed 6/1/2026"],
        [],
        *[["", *row] for row in rows()],
        [],
        ["", "Total", "3"],
        ["Prepared by the CTE office"],
    ]
    yield Messy(
        "titles-blank-column-totals.csv", text(titled), lines=(5, 6, 7), notes=["note.head", "note.left_out"]
    )
    two = [
        ["Student", "", "", "", "Certification", ""],
        ["ID", "First Name", "Last Name", "School", "Code", "Date"],
        *map(list, ALL),
    ]
    yield Messy("two-header-rows.csv", text(two), lines=(3, 4, 5))
    groups = [
        ["Student", "", "", "", "Certification", ""],
        ["Number", "First", "Last", "School", "Name", "Date"],
    ]
    names = [
        (*one[:4], name, one[5])
        for one, name in zip(
            ALL,
            ("CompTIA A+", "Microsoft Office Specialist", "ServSafe Food Protection Manager"),
            strict=True,
        )
    ]
    yield Messy(
        "grouped-names.csv", text([*groups, *map(list, names)]), lines=(3, 4, 5), notes=["note.head.two"]
    )
    both = [list(ENGLISH), list(SPANISH), *map(list, ALL)]
    yield Messy("both-languages.csv", text(both), lines=(3, 4, 5), notes=["note.left_out"])
    paged = [list(ENGLISH), list(MARISOL), ["Page 2"], list(ENGLISH), list(BEXLEY), [], list(TOMAS)]
    yield Messy("printed-pages.csv", text(paged), lines=(2, 5, 7), notes=["note.left_out"])
    order = [5, 4, 2, 1, 0, 3]
    mixed = [[row[at] for at in order] + ["x"] for row in rows()]
    mixed[0] = [
        " date  earned ",
        "CERTIFICATION",
        "Last_Name",
        "first-name",
        "Student #",
        "School Name",
        "Homeroom",
    ]
    for row, school in zip(
        mixed[1:],
        ("Piñon Mesa High School", "two rivers technical campus", "Lantern Hill Early College"),
        strict=True,
    ):
        row[5] = school
    yield Messy("any-order-school-names.csv", text(mixed), notes=["note.schools"])
    whole = [[one[0], f"{one[2]}, {one[1]}", *one[3:]] for one in ALL]
    yield Messy("family-comma-given.csv", text([["ID", "Student Name", *ENGLISH[3:]], *whole]))
    curly = [[f"“{one[0]}”", f" {one[1]}\u00a0 ", one[2], f"'{one[3]}", *one[4:]] for one in ALL]
    yield Messy("curly-quotes-hard-spaces.csv", text([list(ENGLISH), *curly]))
    unknown = (
        "Learner local ID no",
        "First Name",
        "Last Name",
        "School",
        "Prog",
        "Date of certification award",
    )
    yield Messy("unknown-names.csv", text(rows(unknown)), notes=["note.match.nearly", "note.match.content"])
    unlike = ("Nr", "First Name", "Last Name", "School", "Certification", "Date Earned")
    yield Messy(
        "no-number-column.csv",
        text(rows(unlike)),
        refused="MISSING_COLUMNS",
        answers={"column.external_id": "Nr"},
    )
    doubled = [[*row, row[5]] for row in rows()]
    doubled[0][6] = "Completion Date"
    yield Messy(
        "two-date-columns.csv",
        text(doubled),
        refused="DUPLICATE_COLUMNS",
        answers={"column.date_earned": "Completion Date"},
    )
    bare = [row[:4] + row[5:] for row in rows()]
    yield Messy(
        "one-certification.csv",
        text(bare),
        refused="MISSING_COLUMNS",
        answers={"credential_code": "COMPTIA-A+"},
        then=[(*one[:4], "COMPTIA-A+", one[5]) for one in ALL],
    )


def _days() -> Iterator[Messy]:
    yield Messy("days-in-words.csv", text(with_days(lambda day: f"{day:%B} {day.day}, {day.year}")))
    months = ("enero", "febrero", "marzo", "abril", "mayo", "junio")
    spanish = with_days(lambda day: f"{day.day} de {months[day.month - 1]} de {day.year}")
    yield Messy("dias-en-palabras.csv", text([list(SPANISH), *spanish[1:]]))
    yield Messy("days-short.csv", text(with_days(lambda day: f"{day:%d-%b-%y}")))
    yield Messy(
        "month-first-by-evidence.csv",
        text(with_days(lambda day: f"{day.month}/{day.day}/{day.year}")),
        notes=["note.dates.month-first"],
    )
    yield Messy(
        "day-first-by-evidence.csv",
        text(with_days(lambda day: f"{day:%d/%m/%Y}"), ";"),
        notes=["note.dates.day-first"],
    )
    unclear = rows(awards=[(*TOMAS[:5], "3/7/2026"), (*BEXLEY[:5], "5/5/2026")])
    yield Messy(
        "days-unclear.csv",
        text(unclear),
        awards=[BEXLEY],
        lines=[3],
        problems=[(2, "AMBIGUOUS_DATE")],
        questions=["dates"],
        answers={"dates": "month-first"},
        then=[TOMAS, BEXLEY],
    )
    yield Messy(
        "day-and-time.csv", text(with_days(lambda day: f"{day.month}/{day.day}/{day.year} 11:59:00 PM"))
    )
    serials = with_days(lambda day: str((day - date(1899, 12, 30)).days))
    yield Messy(
        "serials-in-text.csv",
        text(serials),
        awards=[],
        lines=[],
        problems=[(2, "BAD_DATE"), (3, "BAD_DATE"), (4, "BAD_DATE")],
        questions=["serials"],
        answers={"serials": "1900"},
    )


def _numbers() -> Iterator[Messy]:
    short = [(*one[:3], one[3].lstrip("0"), *one[4:]) for one in ALL]
    yield Messy(
        "school-zeros-lost.csv",
        text(rows(awards=short)),
        awards=[],
        lines=[],
        problems=[(2, "UNKNOWN_SCHOOL"), (3, "UNKNOWN_SCHOOL"), (4, "UNKNOWN_SCHOOL")],
        questions=["school-zeros"],
        answers={"school-zeros": "yes"},
    )
    floats = [(f"{one[0]}.0", *one[1:]) for one in ALL]
    yield Messy("numbers-with-point.csv", text(rows(awards=floats)))
    kept = [(f'="{one[0]}"', *one[1:3], f'="{one[3]}"', *one[4:]) for one in ALL]
    yield Messy("kept-as-text.csv", text(rows(awards=kept)))
    powers = [("4.00E+08", *MARISOL[1:]), BEXLEY, TOMAS]
    yield Messy(
        "powers-of-ten.csv",
        text(rows(awards=powers)),
        awards=[BEXLEY, TOMAS],
        lines=[3, 4],
        problems=[(2, "DAMAGED_ID")],
        then=[BEXLEY, TOMAS],
    )


def _real(one: Award) -> list[Any]:
    return [int(one[0]), *one[1:5], date.fromisoformat(one[5])]


def _workbooks() -> Iterator[Messy]:
    real = rows(awards=[_real(one) for one in ALL])
    yield Messy("real-days.xlsx", xlsx({"Sheet1": real}))
    yield Messy("real-days.ods", ods({"Sheet1": real}))
    yield Messy("real-days.xls", xls({"Sheet1": real}))
    yield Messy("counted-from-1904.xls", xls({"Sheet1": real}, epoch=1904))

    def from_1904(book: Any) -> None:
        book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - an epoch is a day

    yield Messy("counted-from-1904.xlsx", xlsx({"Sheet1": real}, from_1904))
    numbers = [[*row[:5], (date.fromisoformat(row[5]) - date(1899, 12, 30)).days] for row in map(list, ALL)]
    yield Messy("days-as-numbers.xlsx", xlsx({"Sheet1": rows(awards=numbers)}), notes=["note.serials"])

    def zeros(book: Any) -> None:
        for line in range(2, 5):
            book.active.cell(line, 4).number_format = "0000"

    shown = [[*_real(one)[:3], int(one[3]), *_real(one)[4:]] for one in ALL]
    yield Messy("zeros-by-format.xlsx", xlsx({"Sheet1": rows(awards=shown)}, zeros))

    def merge(book: Any) -> None:
        book.active.merge_cells("A1:F1")
        book.active.merge_cells("D3:D4")

    merged = [["Certifications"], *map(list, real)]
    merged[2][3], merged[3][3] = "0187", ""
    same = [MARISOL, (*BEXLEY[:3], "0187", *BEXLEY[4:]), TOMAS]
    yield Messy(
        "merged-cells.xlsx",
        xlsx({"Spring": merged}, merge),
        same,
        (3, 4, 5),
        notes=["note.merged"],
        then=same,
    )
    yield Messy("formulas.xlsx", _computed(), notes=["note.computed"])
    bare = [[*row[:4], row[4], row[5]] for row in real]
    bare[1][0] = "=400000000+1"
    yield Messy(
        "formulas-never-saved.xlsx",
        xlsx({"Sheet1": bare}),
        awards=[BEXLEY, TOMAS],
        lines=[3, 4],
        problems=[(2, "NOT_COMPUTED")],
        then=[BEXLEY, TOMAS],
    )

    def hide(book: Any) -> None:
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["D"].hidden = True

    yield Messy(
        "hidden-row-and-column.xlsx",
        xlsx({"Sheet1": real}, hide),
        awards=[MARISOL, TOMAS],
        lines=[2, 4],
        problems=[(3, "HIDDEN_ROW")],
        notes=["note.hidden_columns"],
        questions=["hidden-rows"],
        answers={"hidden-rows": "include"},
    )
    notes = [["How to use this workbook"], ["Fill in the next sheet"]]
    yield Messy("several-sheets.xlsx", xlsx({"Read me": notes, "Awards": real}), notes=["note.sheet"])
    yield Messy(
        "two-sheets-fit.xlsx",
        xlsx({"Fall": real[:2], "Spring": real}),
        refused="ASK_SHEET",
        answers={"sheet": "spring"},
    )
    yield Messy(
        "day-first-taken-month-first.xlsx",
        # 07/03/2026 became 3 July on the way; 18/04/2026 stayed a text.
        xlsx({"Sheet1": rows(awards=[(*MARISOL[:5], "18/04/2026"), (*TOMAS[:5], date(2026, 7, 3))])}),
        awards=[MARISOL],
        lines=[2],
        problems=[(3, "AMBIGUOUS_DATE")],
        questions=["dates"],
        answers={"dates": "day-first"},
        then=[MARISOL, TOMAS],
    )


def _computed() -> bytes:
    """A formula with its value saved beside it, as Excel writes it; openpyxl cannot."""
    table = rows(awards=[_real(one) for one in ALL])
    table[1][0] = "=400000000+1"
    made = xlsx({"Sheet1": table})
    name = "xl/worksheets/sheet1.xml"
    sheet = part(made, name).replace(b"<f>400000000+1</f><v />", b"<f>400000000+1</f><v>400000001</v>")
    sheet = sheet.replace(b"<f>400000000+1</f><v></v>", b"<f>400000000+1</f><v>400000001</v>")
    return restamped(
        made, {name: sheet.replace(b"<f>400000000+1</f><v/>", b"<f>400000000+1</f><v>400000001</v>")}
    )


def _refused() -> Iterator[Messy]:
    yield Messy(
        "really-a-web-page.xls",
        b"<html><table><tr><td>Student ID</td></tr></table></html>",
        refused="NOT_A_SHEET",
    )
    yield Messy("names-only.xlsx", xlsx({"Sheet1": [list(ENGLISH)]}), refused="HEADER_ONLY")

"""`cairn students` and `cairn issue` with a roster, with any sheet, with answers and corrections."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from issuer.errors import IssuerError
from tests.rosters import BORN, STATES, USER, USERS, roster
from tests.unit.issuer.test_cli import Desk, rows
from tests.workbooks import xlsx

EARNED = datetime.now(UTC).date() - timedelta(days=40)
ORGS = (
    b"sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n"
    b"org-1,,,Lakeside High,school,0187,\r\n"
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    return made


def archive(**changes: bytes) -> bytes:
    return roster(**({"manifest.csv": STATES + b"file.orgs,bulk\r\n", "orgs.csv": ORGS} | changes))


def awards(*lines: str, header: str = "Student ID,Certification,Date Earned,Certificate Number") -> bytes:
    return "\r\n".join([header, *lines]).encode()


def test_an_archive_is_taken_and_the_same_again_changes_nothing(desk: Desk) -> None:
    first = desk.json("students", "import", "-", data=archive())
    assert (first["new"], first["changed"], first["left"], first["same"]) == (1, 0, 0, 0)
    again = desk.json("students", "import", "-", data=archive())
    assert (again["new"], again["changed"], again["left"], again["same"]) == (0, 0, 0, 1)
    audited = desk.json("audit")
    desk.json("students", "import", "-", data=archive())
    assert desk.json("audit") == audited
    shown = desk.json("students", "show", "500000001")
    assert (shown["name"], shown["birth_date"], shown["school_code"]) == ("Odile Hart", "2009-02-03", "0187")


def test_the_addresses_of_an_archive_and_a_sheet_are_where_mails_go(desk: Desk) -> None:
    user = USERS + USER.replace(b"500000001,,", b"500000001,odile@example.edu,")
    tried = desk.run("students", "import", "-", "--dry-run", data=archive(**{"users.csv": user}))
    assert "1 e-mail addresses would be taken, 0 refused" in tried.stdout
    assert desk.json("students", "import", "-", data=archive(**{"users.csv": user}))["addresses"] == 1
    assert desk.json("students", "import", "-", data=archive(**{"users.csv": user}))["addresses"] == 0
    assert desk.json("students", "import", "-", data=archive())["addresses"] == 0
    sheet = b"Student ID,First,Last,Email\n500000001,Odile,Hart,new@example.edu\n500000002,Sam,Vale,none\n"
    found = desk.json("students", "import", "-", data=sheet)
    assert (found["addresses"], found["addresses_refused"]) == (1, 1)


def test_trying_an_archive_says_what_would_change(desk: Desk) -> None:
    tried = desk.run("students", "import", "-", "--dry-run", data=archive())
    assert "1 would be new" in tried.stdout
    assert desk.json("students", "list") == []


def test_a_delta_lets_a_student_leave(desk: Desk) -> None:
    desk.json("students", "import", "-", data=archive())
    gone = USERS + USER.replace(b"u-1,,", b"u-1,tobedeleted,2026-05-01")
    states = STATES.replace(b"bulk", b"delta")
    left = desk.json(
        "students",
        "import",
        "-",
        data=roster(
            **{"manifest.csv": states, "users.csv": gone, "demographics.csv": BORN + b"u-1,,,2009-02-03\r\n"}
        ),
    )
    assert left["left"] == 1
    assert desk.json("students", "list") == []
    assert [one["student_id"] for one in desk.json("students", "list", "--all")] == ["500000001"]


def test_a_sheet_of_students_is_taken_but_for_the_rows_that_need_a_person(desk: Desk) -> None:
    data = b"Student ID,First Name,Last Name,School\r\n0012,Odile,Hart,Lakeside High\r\n0013,,Fall,0187\r\n"
    taken = desk.json("students", "import", "-", data=data, code=4)
    assert (taken["new"], [(one["line"], one["code"]) for one in taken["refused"]]) == (
        1,
        [(3, "MISSING_NAME")],
    )
    assert desk.json("students", "list", "--school", "0187")[0]["student_id"] == "0012"
    assert desk.json("students", "list", "--school", "9999") == []


def test_a_number_without_its_zeros_is_told_the_whole_one(desk: Desk) -> None:
    desk.run("students", "import", "-", data=b"Student ID,First Name,Last Name\r\n0012,Odile,Hart\r\n")
    refused = desk.run("students", "show", "12")
    assert isinstance(refused.exception, IssuerError)
    assert "did you mean 0012" in refused.exception.message


def test_what_is_no_roster_is_a_wrong_command(desk: Desk) -> None:
    assert desk.run("students", "import", "-", data=b"%PDF").exit_code == 2


def test_awards_are_checked_against_the_roster(desk: Desk) -> None:
    minor = BORN + f"u-1,,,{EARNED.year - 15}-02-03\r\n".encode()
    desk.json("students", "import", "-", data=archive(**{"demographics.csv": minor}))
    data = awards(f"500000001,WCA-SAWBLADE,{EARNED},", f"500000002,WCA-SAWBLADE,{EARNED},")
    found = desk.json("issue", "-", data=data, code=4)
    assert rows(found, "outcome", "code") == [("ready", ""), ("reject", "STUDENT_NOT_FOUND")]
    assert "MINOR" in {note["code"] for note in found["rows"][0]["notes"]}
    again = desk.json("issue", "-", data=data, code=4)
    assert rows(again, "outcome", "code")[0] == ("skip", "ALREADY_ISSUED")
    other = awards(
        f"500000001,WCA-SAWBLADE,{EARNED},,X-1",
        header="Student ID,Certification,Date Earned,Certificate Number,Reference",
    )
    assert rows(desk.json("issue", "-", data=other), "code") == [("ALREADY_HAS",)]


def test_a_workbook_is_issued_and_asks_what_only_a_person_can_say(desk: Desk) -> None:
    desk.run(
        "students", "import", "-", data=b"Student ID,First Name,Last Name,School\r\n0012,Odile,Hart,0187\r\n"
    )
    table: list[list[Any]] = [["Student ID", "Certification", "Date Earned"], [12, "WCA-SAWBLADE", EARNED]]
    data = xlsx({"S": table})
    asked = desk.run("issue", "-", data=data)
    assert asked.exit_code == 4
    assert "--answer student-zeros=yes" in asked.stderr
    done = desk.run("issue", "-", "--answer", "student-zeros=yes", data=data)
    assert (done.exit_code, "1 badge is issued" in done.stderr) == (0, True)
    assert "--answer student-zeros" not in done.stderr


def test_a_question_about_the_whole_file_is_asked_before_anything_is_taken(desk: Desk) -> None:
    table: list[list[Any]] = [
        ["Student ID", "First Name", "Last Name", "School", "Certification", "Date Earned"],
        ["12", "Odile", "Hart", "0187", "WCA-SAWBLADE", EARNED],
    ]
    refused = desk.run("issue", "-", data=xlsx({"Fall": table, "Spring": table}))
    assert refused.exit_code == 2
    assert "--answer sheet=Spring" in refused.stderr
    assert (
        desk.run(
            "issue", "-", "--answer", "sheet=Spring", data=xlsx({"Fall": table, "Spring": table})
        ).exit_code
        == 0
    )


def test_an_answer_is_a_key_and_a_value(desk: Desk) -> None:
    refused = desk.run("issue", "-", "--answer", "month-first", data=b"a")
    assert isinstance(refused.exception, IssuerError)
    assert refused.exception.code == "bad_setting"


def test_which_column_is_which_is_remembered(desk: Desk) -> None:
    data = awards(
        f"12,Odile,Hart,0187,WCA-SAWBLADE,{EARNED}",
        header="Nr,First Name,Last Name,School,Certification,Date Earned",
    )
    assert desk.run("issue", "-", data=data).exit_code == 2
    assert desk.run("issue", "-", "--answer", "column.external_id=Nr", data=data).exit_code == 0
    assert rows(desk.json("issue", "-", data=data), "code") == [("ALREADY_ISSUED",)]


def test_rows_are_mended_without_a_change_to_the_file(desk: Desk, tmp_path: Path) -> None:
    header = "Student ID,First Name,Last Name,School,Certification,Date Earned"
    data = awards(
        f"12,Odile,Hart,187,WCA-SAWBLADE,{EARNED}", f"13,=1+1,Fall,0187,WCA-SAWBLADE,{EARNED}", header=header
    )
    problems = tmp_path / "problems.xlsx"
    found = desk.json("issue", "-", "--problems", str(problems), data=data, code=4)
    assert rows(found, "code") == [("UNKNOWN_SCHOOL",), ("FORMULA_INJECTION",)]
    written = list(openpyxl.load_workbook(problems).active.iter_rows(values_only=True))
    assert written[0][:3] == ("What to fix", "Row", "Student ID")
    assert [row[1] for row in written[1:]] == ["2", "3"]
    assert written[2][3] == "=1+1"
    fixes = tmp_path / "fixes.json"
    fixes.write_text(
        json.dumps({"fixes": [{"line": 2, "column": "school_code", "value": "0187"}], "skip": [3]})
    )
    mended = desk.json("issue", "-", "--fixes", str(fixes), data=data)
    assert rows(mended, "outcome", "code") == [("ready", ""), ("skip", "LEFT_OUT")]

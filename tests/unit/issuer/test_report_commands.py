"""`cairn report` and `cairn outcomes`, as a person and as a script use them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from issuer.errors import IssuerError
from issuer.reports.facts import school_year
from tests.unit.issuer.test_cli import Desk, sheet

STUDENTS = 17
EARNED = (datetime.now(UTC) - timedelta(days=40)).date()
YEAR = school_year(EARNED)
LAST_CDIP = 2026
PAYS = ("CDIP", YEAR) if YEAR <= LAST_CDIP else ("PWR_SUSTAIN", YEAR + 1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    """A district that has certified seventeen students at one of its two schools."""
    made = Desk(tmp_path, monkeypatch, database)
    made.init("--school", "0242=Two Rivers Technical Campus")
    rows = [{"external_id": f"30000{n:04}", "award_ref": f"R-{n}"} for n in range(1, STUDENTS + 1)]
    result = made.run("issue", "-", data=sheet(*rows))
    assert result.exit_code == 0, result.output
    return made


def refusal(desk: Desk, *arguments: str) -> IssuerError:
    fault = desk.run(*arguments).exception
    assert isinstance(fault, IssuerError)
    return fault


def roster(desk: Desk, **changes: str) -> str:
    path = desk.folder / "roster.csv"
    lines = ["student_id,sasid,district_code,grade,frl"]
    for n in range(1, STUDENTS + 1):
        row = {"sasid": f"00{n:08}", "district": "0870", "grade": "12"} | changes
        lines.append(f"30000{n:04},{row['sasid']},{row['district']},{row['grade']},{'Y' if n == 1 else 'N'}")
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def test_a_report_counts_what_was_issued(desk: Desk) -> None:
    made = desk.json("report", "accountability", "--year", str(YEAR), "--students", "100")
    sections = {one["name"]: one for one in made["sections"]}
    assert sections["years"]["rows"][-1][1:] == [STUDENTS, STUDENTS]
    # Only two schools, one of them with nobody: which is which may not be told.
    assert sections["schools"]["rows"] == [["All schools", STUDENTS, STUDENTS]]
    assert sections["indicators"]["rows"][3][1:] == [STUDENTS, "100", "17.0%"]
    assert sections["indicators"]["rows"][0][1] == "no data recorded"


def test_a_withdrawal_brings_the_report_below_what_may_be_shown(desk: Desk) -> None:
    for number in (1, 2):
        assert desk.run("revoke", f"R-{number}", "--reason", "issued-in-error").exit_code == 0
    made = desk.json("report", "schools", "--year", str(YEAR))
    assert [row[1:] for one in made["sections"] for row in one["rows"]] == [[None, None]] * 5


def test_every_name_and_format(desk: Desk) -> None:
    for name in ("accountability", "schools", "kinds", "indicators", "outcomes"):
        for form in ("text", "csv", "json", "html"):
            result = desk.run("report", name, "--year", str(YEAR), "--format", form)
            assert result.exit_code == 0, result.output
            assert "Lakeside" in result.stdout
            assert "30000" not in result.stdout
    out = desk.folder / "report.html"
    said = desk.run("report", "kinds", "--format", "html", "--out", str(out))
    assert str(out) in said.stderr
    assert said.stdout == ""
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("year", ["26", "1999", "2101"])
def test_a_year_that_is_none_is_refused(desk: Desk, year: str) -> None:
    assert refusal(desk, "report", "schools", "--year", year).code == "bad_setting"


def test_outcomes_are_recorded_and_taken_back(desk: Desk) -> None:
    cluster = "Skilled Trades and Technical Sciences"
    words = ["--since", date.today().isoformat(), "--consent", "form 1", "--cluster", cluster]  # noqa: DTZ011 - the command's own day
    made = desk.json("outcomes", "add", "300000001", "--kind", "hired", *words)
    (row,) = desk.json("outcomes", "list")
    assert (row["student"], row["kind"], row["counted"]) == ("300000001", "hired", True)
    desk.json("outcomes", "withdraw", made["id"])
    assert desk.json("outcomes", "list")[0]["counted"] is False
    assert "consent withdrawn" in desk.run("outcomes", "list").stdout


def test_an_outcome_without_consent_is_refused(desk: Desk) -> None:
    words = ["outcomes", "add", "1", "--kind", "enrolled", "--since", "2026-01-31", "--consent"]
    assert refusal(desk, *words, " ").code == "no_consent"
    assert refusal(desk, *words, "form 1", "--since", "soon").code == "bad_time"


def test_the_state_s_file_names_students_and_says_so(desk: Desk) -> None:
    template = desk.folder / "header.csv"
    template.write_text(
        "SASID,LASID,DistrictCode,SchoolCode,SchoolYear,GuidelineType,CredentialCode,CredentialName,DateMet",
        "utf-8",
    )
    out = desk.folder / "state.csv"
    words = [
        "report", "state", "--year", str(YEAR), "--mapping", "colorado-guidelines", "--template",
        str(template), "--out", str(out),
    ]  # fmt: skip
    refused = refusal(desk, *words)
    assert refused.code == "not_filled"
    assert "column SASID: the student is not in the roster file" in refused.message
    assert not out.exists()
    done = desk.run(*words, "--roster", roster(desk))
    assert done.exit_code == 0, done.output
    assert "This file names students" in done.stderr
    assert "Not confirmed in this mapping: /columns" in done.stderr
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert len(rows) == STUDENTS
    assert (rows[0]["SASID"], rows[0]["SchoolCode"]) == ("0000000001", "0187")
    assert out.stat().st_mode & 0o077 == 0
    assert "is there already" in refusal(desk, *words, "--roster", roster(desk)).message
    assert desk.run("audit").exit_code == 0


def test_ed_fi_needs_no_template(desk: Desk) -> None:
    out = desk.folder / "edfi.csv"
    words = ["report", "state", "--year", str(YEAR), "--mapping", "ed-fi-diploma", "--out", str(out)]
    assert desk.json(*words)["lines"] == STUDENTS
    assert next(csv.reader(io.StringIO(out.read_text("utf-8"))))[0] == "StudentUniqueId"


def test_a_mapping_of_one_s_own(desk: Desk) -> None:
    ours = desk.folder / "ours.json"
    ours.write_text('{"mapping": {"name": "Ours"}}', "utf-8")
    out = desk.folder / "x.csv"
    fault = refusal(desk, "report", "state", "--year", str(YEAR), "--mapping", str(ours), "--out", str(out))
    assert "In ours.json" in fault.message
    assert not out.exists()


def worksheet(desk: Desk, programme: str, year: int) -> list[str]:
    out = str(desk.folder / "claim.csv")
    return ["report", "incentive", "--programme", programme, "--year", str(year), "--out", out]


def test_the_worksheet_of_a_programme(desk: Desk) -> None:
    words = worksheet(desk, *PAYS)
    done = desk.run(*words, "--roster", roster(desk), "--uplift-column", "frl")
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO((desk.folder / "claim.csv").read_text("utf-8"))))
    assert sum(row["outcome"] == "claimed" for row in rows) == STUDENTS
    assert "This file names students" in done.stderr


def test_a_programme_that_does_not_pay_in_that_year(desk: Desk) -> None:
    refused = refusal(desk, *worksheet(desk, "CDIP", LAST_CDIP + 1), "--roster", roster(desk))
    assert refused.code == "no_rule_set"


def test_a_roster_that_does_not_say_the_grade(desk: Desk) -> None:
    words = worksheet(desk, *PAYS)
    assert refusal(desk, *words, "--roster", roster(desk, grade="")).code == "not_filled"

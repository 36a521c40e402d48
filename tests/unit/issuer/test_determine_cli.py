"""`cairn determine` and `cairn scores import`, as a person and as a script use them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from credential.embedded import read_data_uri
from credential.readiness import Subject
from credential.rule import parse_node, parse_rule
from issuer import cli
from issuer.commands.determining import command
from issuer.decisions.decision import Decision
from issuer.readiness import RuleSet
from issuer.store.session import Session
from tests.command_line import CliRunner, Result
from tests.unit.issuer.test_cli import Desk, sheet
from tests.unit.issuer.test_readiness import decision

STUDENT = "200000001"
SCORES = "external_id,assessment,part,value,date\n200000001,SAT,Math,520,2026-03-01\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    return made


def judging(*decisions: Decision) -> typer.Typer:
    """The command line with one way of finding decisions and rules."""

    def judge(
        _session: Session, _district_id: str, _day: date, codes: Collection[str]
    ) -> tuple[Sequence[Decision], RuleSet]:
        held = [{"certification": {"code": code}} for code in sorted(codes)]
        score = {"score": {"assessment": "SAT", "part": "Math", "at_least": "500"}, "label": "SAT"}
        node = parse_node({"any_of": [score, *held]})
        return decisions, RuleSet("menu/1", {Subject.ENGLISH: node, Subject.MATH: node})

    app = typer.Typer()
    app.callback()(cli.desk)
    app.command("determine")(command(judge))
    return app


SAWBLADE = decision("WCA-SAWBLADE", Subject.ENGLISH)


def run(*arguments: str, app: typer.Typer | None = None, code: int = 0) -> Any:
    result: Result = CliRunner().invoke(app or judging(SAWBLADE), ["--json", "determine", *arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return json.loads(result.stdout) if result.stdout else None


def test_a_determination_is_issued_once_and_written_to_a_file(desk: Desk, tmp_path: Path) -> None:
    desk.json("issue", "-", data=sheet({"credential_code": "SERVSAFE-MGR"}), code=0)
    app = judging(decision("SERVSAFE-MGR", Subject.ENGLISH))
    (row,) = run("--all", "--out", str(tmp_path / "out"), app=app)["students"]
    assert (row["student"], row["outcome"], row["determined"]) == (STUDENT, "issued", ["ENG"])
    assert row["subjects"]["MTH"]["met"] is False
    assert row["subjects"]["MTH"]["why"][-1] == "  SERVSAFE-MGR: the decision is for another subject"
    (file,) = (tmp_path / "out").glob("*.json")
    evidence = json.loads(file.read_bytes())["evidence"]
    assert [read_data_uri(one["id"]).media_type for one in evidence] == ["application/vc", "application/json"]
    assert file.stem == row["credential_id"].removeprefix("urn:uuid:")
    (again,) = run("--all", app=app)["students"]
    assert again["outcome"] == "determined_before"
    # A report counts certifications: it does not look for a determination in the catalogue.
    assert "Not counted" not in desk.run("report", "accountability").stdout


def test_what_cannot_count_says_why(desk: Desk) -> None:
    desk.json("issue", "-", data=sheet({"credential_code": "WCA-PASSPORT"}))
    (row,) = run("--student", STUDENT)["students"]
    assert row["outcome"] == "not_ready"
    assert "this kind of award (Competency) cannot count" in " ".join(row["subjects"]["ENG"]["why"])
    told = CliRunner().invoke(judging(), ["determine", "--student", STUDENT])
    assert "not met" in told.stdout
    assert "none of 2 is met, and one is needed" in told.stdout
    assert "does not count: WCA-PASSPORT: this kind of award" in told.stdout


def test_a_dry_run_issues_nothing(desk: Desk) -> None:
    desk.json("issue", "-", data=sheet({"credential_code": "SERVSAFE-MGR"}))
    app = judging(decision("SERVSAFE-MGR", Subject.ENGLISH))
    (row,) = run("--all", "--dry-run", app=app)["students"]
    assert (row["outcome"], "credential_id" in row) == ("ready", False)
    (row,) = run("--all", app=app)["students"]
    assert row["outcome"] == "issued"


def test_what_a_crash_left_prepared_is_signed_before_anybody_is_judged_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.json("issue", "-", data=sheet({"credential_code": "SERVSAFE-MGR"}))
    app = judging(decision("SERVSAFE-MGR", Subject.ENGLISH))
    today = datetime.now(UTC).date()

    def stop(*_: object, **__: object) -> None:
        raise RuntimeError("the process is gone")

    with monkeypatch.context() as patch:
        patch.setattr("issuer.issuance.secure", stop)
        assert run("--all", "--on", str(today - timedelta(days=1)), app=app, code=1) is None
    (row,) = run("--all", app=app)["students"]
    assert row["outcome"] == "determined_before"


def test_a_student_without_a_name_needs_one(desk: Desk, tmp_path: Path) -> None:
    assert desk.json("scores", "import", "-", data=SCORES.encode())["recorded"] == 1
    (row,) = run("--student", STUDENT, code=4)["students"]
    assert (row["outcome"], row["code"]) == ("refused", "no_name")
    (row,) = run("--student", STUDENT, "--name", "Noor Haddad", "--out", str(tmp_path / "out"))["students"]
    assert row["determined"] == ["ENG", "MTH"]
    (file,) = (tmp_path / "out").glob("*.json")
    told = json.loads(file.read_bytes())
    assert told["credentialSubject"]["identifier"][0]["identityHash"] == "Noor Haddad"
    rule = parse_rule(read_data_uri(told["evidence"][-1]["id"]).data)
    assert rule.decisions == ()


@pytest.mark.parametrize(
    "arguments", [(), ("--all", "--student", "1"), ("--all", "--name", "N"), ("--all", "--on", "June 1")]
)
def test_a_wrong_call_is_refused(desk: Desk, arguments: tuple[str, ...]) -> None:
    desk.json("scores", "import", "-", data=SCORES.encode())
    result = CliRunner().invoke(judging(), ["determine", *arguments])
    assert result.exit_code
    assert result.exception is not None


def test_nothing_is_determined_for_a_day_to_come(desk: Desk) -> None:
    desk.json("scores", "import", "-", data=SCORES.encode())
    later = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    result = CliRunner().invoke(
        judging(), ["determine", "--student", STUDENT, "--name", "N H", "--on", later]
    )
    assert "has not come yet" in str(result.exception)


def test_nobody_is_judged_of_whom_nothing_is_recorded(desk: Desk) -> None:
    result = CliRunner().invoke(judging(), ["determine", "--student", "999"])
    assert "nothing is recorded of student 999" in str(result.exception)
    assert run("--all")["students"] == []


def test_scores_are_recorded_once_and_retracted(desk: Desk) -> None:
    sheet_ = (SCORES + "200000001,SAT,Math,high score,13/13/2026\n").encode()
    told = desk.json("scores", "import", "-", data=sheet_, code=4)
    assert told["recorded"] == 1
    assert [(one["line"], one["code"]) for one in told["rows"]] == [(3, "BAD_DATE")]
    assert desk.json("scores", "import", "-", data=SCORES.encode())["recorded"] == 0
    assert desk.json("scores", "import", "--retract", "-", data=SCORES.encode())["retracted"] == 1
    assert run("--all")["students"] == []
    desk.run("audit")
    nothing = desk.run("scores", "import", "-", data=b"a,b\n1,2\n")
    assert nothing.exit_code == 2
    assert "There is no column external_id" in nothing.stderr


def test_a_row_that_the_menu_does_not_know_is_recorded_only_with_confirm(desk: Desk) -> None:
    unknown = "200000001,STA,Math,520,2026-03-01\n200000001,SAT,Maths,520,2026-03-02\n"
    data = (SCORES + unknown).encode()
    told = desk.json("scores", "import", "-", data=data, code=4)
    assert told["recorded"] == 1
    assert [(one["line"], one["code"]) for one in told["rows"]] == [(3, "LOOK_TWICE"), (4, "LOOK_TWICE")]
    assert "knows no assessment 'STA'" in told["rows"][0]["why"]
    assert "It knows: Evidence-Based Reading and Writing, Math." in told["rows"][1]["why"]
    assert desk.json("scores", "import", "-", "--confirm", data=data)["recorded"] == 2
    assert desk.json("scores", "import", "-", "--retract", data=data)["retracted"] == 3

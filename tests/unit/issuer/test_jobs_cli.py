"""`cairn issue --background` and `cairn jobs`: a batch is asked for once, followed, stopped."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from issuer.cli import app
from issuer.store.jobs import JobRow
from issuer.store.session import Store
from tests import awards
from tests.command_line import CliRunner, Result


class Desk:
    """Commands at one issuer."""

    def __init__(self, folder: Path, database: str) -> None:
        (folder / "secret").write_bytes(secrets.token_bytes(32))
        self.folder, self.database = folder, database
        self._settings = {
            "CAIRN_DATA": str(folder / "data"),
            "CAIRN_DATABASE_URL": database,
            "CAIRN_KEY_FILE": str(folder / "secret"),
        }

    def __call__(self, *words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(app, ["--json", *words], env=self._settings)
        assert done.exit_code == code, done.output
        return done

    def told(self, *words: str) -> str:
        """What a person reads."""
        return CliRunner().invoke(app, list(words), env=self._settings).stdout

    def data(self, *words: str, code: int = 0) -> Any:
        return json.loads(self(*words, code=code).stdout)


@pytest.fixture
def desk(tmp_path: Path, database: str) -> Desk:
    made = Desk(tmp_path, database)
    words = ["--name", "Example Valley School District", "--tag", "EXVL", "--url", "https://example.edu"]
    made("init", *words, "--origin", "https://badges.example.edu", "--example-schools")
    (tmp_path / "awards.csv").write_bytes(awards.sheet(awards.GOOD_ROW))
    return made


def test_a_sheet_is_left_to_workers_once(desk: Desk) -> None:
    sheet = str(desk.folder / "awards.csv")
    first = desk.data("issue", sheet, "--background")
    assert (first["state"], first["total"], first["done"]) == ("queued", 1, 0)
    assert desk.data("issue", sheet, "--background")["id"] == first["id"]
    assert [one["id"] for one in desk.data("jobs", "list")] == [first["id"]]
    assert ", held until " in desk.told("jobs", "list")
    assert desk("jobs", "rows", first["id"]).stdout.splitlines()[1].split(",")[5] == "queued"


def test_a_batch_is_paused_resumed_stopped_and_withdrawn(desk: Desk) -> None:
    job = desk.data("issue", str(desk.folder / "awards.csv"), "--background")["id"]
    assert desk.data("jobs", "pause", job)["state"] == "pausing"
    desk("jobs", "resume", job, code=1)  # a worker has still to bring it to rest
    assert desk.data("jobs", "stop", job)["state"] == "stopping"
    undoing = desk.data("jobs", "withdraw", job, "--reason", "issued-in-error")
    assert (undoing["kind"], undoing["state"]) == ("withdraw", "queued")
    assert desk.data("jobs", "show", job)["state"] == "stopping"


def test_a_job_is_followed_until_it_is_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks on does no work: somebody else's is waited for."""
    job = desk.data("issue", str(desk.folder / "awards.csv"), "--background")["id"]
    looked = []

    def meanwhile(_seconds: float) -> None:
        looked.append(1)
        store = Store.open(desk.database)
        with store.transaction() as session:
            session.execute(update(JobRow).values(state="running" if len(looked) < 2 else "done"))
        store.close()

    monkeypatch.setattr("issuer.commands.jobs.time.sleep", meanwhile)
    assert desk.data("jobs", "show", job, "--follow")["state"] == "done"
    assert len(looked) == 2


def test_other_work_is_left_to_workers_too(desk: Desk) -> None:
    roster = desk.folder / "roster.csv"
    roster.write_text("student_id,given_name,family_name\n7,Robin,Vale\n", "utf-8")
    first = desk.data("jobs", "import", str(roster))
    assert (first["kind"], first["state"]) == ("import", "queued")
    assert desk.data("jobs", "import", str(roster))["id"] == first["id"], "the same file while it waits"
    assert desk.data("jobs", "import", str(roster), "--answer", "x=y")["id"] != first["id"]
    report = desk.data("jobs", "report", "accountability", "--key", "june")
    assert desk.data("jobs", "report", "accountability", "--key", "june")["id"] == report["id"]
    desk("jobs", "report", "schools", "--key", "june", code=1)
    desk("jobs", "report", "nothing", code=1)
    kinds = [desk.data("jobs", word)["kind"] for word in ("publish", "mail")]
    assert kinds == ["publish", "mail"]
    assert desk.data("jobs", "publish")["id"] != desk.data("jobs", "publish")["id"]


def test_what_goes_with_no_batch_is_refused(desk: Desk) -> None:
    sheet = str(desk.folder / "awards.csv")
    desk("issue", sheet, "--background", "--dry-run", code=1)
    desk("jobs", "show", "nowhere", code=1)

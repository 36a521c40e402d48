"""The storm, the judge and the planted mistakes, in brief; `make chaos` is the whole of it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import __main__ as command
from tests.chaos import result
from tests.chaos.judging import FAULTS, Found
from tests.chaos.ledger import ASKED, ISSUED, REVOKED, TRYING, Account, Ledger
from tests.chaos.mutants import ROOT, catch
from tests.chaos.plants import PLANTS, Plant
from tests.chaos.points import chosen
from tests.chaos.schedules import SCHEDULES

FIELDS = [
    "database",
    "issued",
    "worker_kills",
    "db_kills",
    "lost",
    "changed",
    "doubled",
    "index_collisions",
    "revocations",
    "revocations_lost",
    "revoke_to_visible_p99_s",
]
NONE = ("lost", "changed", "doubled", "index_collisions", "revocations_lost")


@pytest.mark.xdist_group("chaos")
def test_a_short_storm_over_the_embedded_database_loses_nothing() -> None:
    words = ["--seconds", "3", "--database", "sqlite", "--only", "storm", "--seed", "7", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (told,) = json.loads(done.stdout.splitlines()[-1])
    assert list(told) == FIELDS
    assert told["database"] == "sqlite"
    assert told["db_kills"] == 0
    assert [told[name] for name in NONE] == [0] * len(NONE)


@pytest.mark.xdist_group("chaos")
def test_a_planted_mistake_is_caught_by_its_schedule_which_holds_without_it() -> None:
    said: list[str] = []
    plants = [one for one in PLANTS if one.name == "publish without compare-and-swap"]
    assert catch(plants, said.append) == 1, said
    assert said[0].startswith("caught: publish without compare-and-swap: revocations_lost: ")


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_each_planted_mistake_has_a_guard_to_take_out(plant: Plant) -> None:
    assert plant.schedule in SCHEDULES
    assert bool(plant.module) != bool(plant.statements)
    if plant.module:
        spec = find_spec(plant.module)
        assert spec is not None
        assert spec.origin is not None
        assert Path(spec.origin).read_text("utf-8").count(plant.guard) == 1


def test_a_line_that_was_torn_by_a_crash_was_told_nobody(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    ledger = Ledger(file)
    ledger.note(TRYING, ref="R-1")
    ledger.note(TRYING, ref="R-2")
    ledger.note(ISSUED, ref="R-1", id="urn:uuid:1", sha256="00", place="list#1")
    ledger.note(REVOKED, id="urn:uuid:1", at=5.0)
    ledger.note(ASKED, key="batch", refs=["R-3"])
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"kind": "issued", "ref": "R-2"')
    account = Account.read([file])
    assert set(account.badges) == {"R-1"}
    assert account.revoked == {"urn:uuid:1": 5.0}
    assert account.asked == {"R-3"}
    assert account.open == {"a.ledger": ["R-2"]}


@pytest.mark.parametrize("what", FAULTS)
def test_any_fault_that_the_judge_notes_is_one(what: str) -> None:
    assert Found().holds
    found = Found()
    found.note(what, "R-1")
    assert not found.holds
    assert found.words == [f"{what}: R-1"]


def test_each_point_of_the_rarer_calls_is_tried_and_none_twice() -> None:
    counts, dice = Counter(pwrite64=50, fsync=4, unlink=1), random.Random(1)
    points = chosen(counts, 20, dice)
    assert len(points) == len(set(points)) == 20
    assert points[:5] == [("unlink", 1), *(("fsync", number) for number in range(1, 5))]
    assert len(chosen(counts, 100, dice)) == 55


def test_the_seconds_until_a_withdrawal_is_seen_are_of_those_that_were() -> None:
    account = Account(revoked={f"{number}": 100.0 for number in range(101)})
    seen = {f"{number}": 100.0 + number for number in range(100)}
    assert result.latest(account, seen) == 99.0
    assert result.latest(Account(), {}) is None


@pytest.mark.parametrize(
    ("faults", "code"), [([], 0), (["the storm did not come to its end: TimeoutError: jobs are left"], 1)]
)
def test_the_last_line_comes_in_every_case_and_the_exit_code_says_whether_all_is_well(
    faults: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def storm(kind: str, *_: Any) -> tuple[dict[str, Any], list[str]]:
        return {"database": kind, "lost": None if faults else 0}, faults

    monkeypatch.setattr(command, "storm_over", storm)
    assert command.main(["--only", "storm", "--database", "sqlite", "--json"]) == code
    said = capsys.readouterr().out.splitlines()
    assert json.loads(said[-1]) == [{"database": "sqlite", "lost": None if faults else 0}]
    assert said[1:-1] == [f"sqlite: {fault}" for fault in faults]


def test_a_storm_that_fails_is_judged_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        worker_kills, clerk_kills, db_kills = 3, 2, 0

        def __init__(self, *_: Any) -> None:
            self.seen: dict[str, float] = {}

        def rage(self, _seconds: float) -> None:
            raise TimeoutError("jobs are left")

        def account(self) -> Account:
            return Account(revoked={"urn:uuid:1": 5.0}, asked={"R-1"})

    monkeypatch.setattr(result, "Storm", Failing)
    line, faults = result.storm_over("sqlite", 1.0, 1, lambda _: None)
    assert list(line) == FIELDS
    assert (line["worker_kills"], line["lost"], line["revocations_lost"]) == (3, 1, 1)
    assert faults[0] == "the storm did not come to its end: TimeoutError: jobs are left"
    assert any("were not seen" in fault for fault in faults)

"""`cairn correct`, as a person and as a script use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from issuer import correction
from tests.unit.issuer.test_cli import Desk, sheet


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    made.json(
        "issue",
        "-",
        data=sheet({}, {"credential_code": "SERVSAFE-MGR", "number": "12345678", "expires_on": "2031-01-31"}),
    )
    return made


def test_a_badge_is_corrected_once(desk: Desk) -> None:
    assert desk.json("correct", "R-1", "--name", "Maya Lind", "--dry-run")["ready"] is True
    done = desk.json("correct", "R-1", "--name", "Maya Lind", "--note", "her own word")
    assert (done["award_ref"], done["first"]) == ("R-1~c1", True)
    again = desk.json("correct", "R-1", "--name", "Maya Lind")
    assert (again["credential_id"], again["first"]) == (done["credential_id"], False)
    told = desk.run("correct", "R-1", "--name", "Maya Lind")
    assert "was replaced before by" in told.stdout
    assert "credential.replaced" in desk.run("audit", "--action", "credential.replaced").stdout


def test_a_new_day_needs_its_last_day(desk: Desk) -> None:
    refused = desk.run("correct", "R-2", "--date", "2025-09-01")
    assert "say the right last day with --until" in str(refused.exception)
    done = desk.json("correct", "R-2", "--date", "2025-09-01", "--until", "2030-08-31")
    assert done["first"] is True


def test_what_broke_off_is_finished_without_options(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_arguments: Any, **_named: Any) -> bool:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(correction, "_withdraw", crash)
        assert desk.run("correct", "R-1", "--name", "Maya Lind").exit_code
    assert desk.json("correct", "R-1")["award_ref"] == "R-1~c1"


@pytest.mark.parametrize(
    "arguments",
    [
        ("R-1", "--dry-run"),
        ("R-1", "--date", "June 1"),
        ("R-9", "--name", "M"),
        ("R-1",),
        ("R-1", "--name", ""),
    ],
)
def test_a_wrong_call_is_refused(desk: Desk, arguments: tuple[str, ...]) -> None:
    result = desk.run("correct", *arguments)
    assert isinstance(result.exception, ValueError)

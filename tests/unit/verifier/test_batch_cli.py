from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook

from credential.qr import new_token, share_url
from tests.command_line import CliRunner, Result
from tests.presentations import presentation
from tests.unit.verifier.batch.colleges import APPLICANTS, CROSSWALK, certified
from tests.world import NOW, World, keep
from verifier.cli import app

runner = CliRunner()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of mixed badges, the archive of their district, its trust list and the college's lists."""
    for name in [name for name in os.environ if name.startswith("CAIRN_VERIFY_")]:
        monkeypatch.delenv(name)
    world = World()
    badges = tmp_path / "badges"
    (badges / "deeper").mkdir(parents=True)
    (badges / ".hidden").mkdir()
    (badges / "a.json").write_bytes(certified(world))
    (badges / "b.json").write_bytes(certified(world, 7, kind="Certificate"))
    (badges / "deeper" / "c.json").write_bytes(certified(world, 8, name="Sam Lark", score="60"))
    (badges / ".hidden" / "d.json").write_bytes(certified(world, 9))
    held = world.evidence(certified(world))
    keep(tmp_path / "archive", [(g.need.url, getattr(g, "data", b""), NOW) for g in held.gathered])
    entries = [
        {"id": e.id, "name": e.name, "tag": e.tag, "retrieval": e.retrieval} for e in world.trust.entries
    ]
    listed = {"version": 1, "name": "L", "entries": entries}
    (tmp_path / "trust.json").write_text(json.dumps(listed), "utf-8")
    (tmp_path / "crosswalk.csv").write_bytes(CROSSWALK)
    (tmp_path / "applicants.csv").write_bytes(APPLICANTS)
    return tmp_path


def run(folder: Path, *args: Any) -> Result:
    usual = [
        "batch", folder / "badges", "--archive", folder / "archive", "--trust", folder / "trust.json",
        "--crosswalk", folder / "crosswalk.csv", "--applicants", folder / "applicants.csv",
    ]  # fmt: skip
    return runner.invoke(app, [*map(str, usual), *map(str, args)])


def test_a_folder_becomes_a_sheet_a_workbook_and_paper(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_VERIFY_DATA", str(folder / "data"))
    out = {kind: folder / f"out.{kind}" for kind in ("csv", "xlsx", "pdf")}
    done = run(folder, "--csv", out["csv"], "--xlsx", out["xlsx"], "--pdf", out["pdf"])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(out["csv"].read_bytes().decode("utf-8-sig"), newline="")))
    assert [Path(row["What was sent"]).name for row in rows] == ["a.json", "b.json", "c.json"]
    assert [row["Course"] for row in rows] == ["CNG 1021", "", ""]
    assert [row["Applicant number"] for row in rows] == ["A-1", "A-1", "A-2"]
    assert "The two are not the same." in rows[1]["Suggestion and reason"]
    assert load_workbook(out["xlsx"]).active.max_row == 4
    assert pypdfium2.PdfDocument(out["pdf"].read_bytes()).count_attachments() == 3


def test_json_and_lines_say_the_same_in_both_languages(folder: Path) -> None:
    told = json.loads(run(folder, "--json", "--lang", "es").output)
    assert [one["suggestions"][0]["course"] if one["suggestions"] else None for one in told] == [
        "CNG 1021", None, None,
    ]  # fmt: skip
    assert told[1]["refused"]
    lines = run(folder, "--lang", "es").output.splitlines()
    assert len(lines) == 3
    assert "Sugerencia: CNG 1021" in lines[0]


def test_a_row_that_is_not_valid_is_told_by_the_exit_code(folder: Path) -> None:
    path = folder / "badges" / "a.json"
    path.write_bytes(path.read_bytes().replace(b"82", b"99"))
    assert run(folder).exit_code == 4


def test_a_number_beside_a_link_reaches_its_row(folder: Path) -> None:
    link = share_url("check.example.org", "RIVER", new_token(bytes(range(20))))
    (folder / "badges" / "z.csv").write_text(f"link,applicant\n{link},A-2\n", "utf-8")
    told = json.loads(run(folder, "--json").output)
    assert told[-1]["match"]["applicants"] == [{"number": "A-2", "name": "Sam Lark"}]


def test_the_day_that_decides_can_be_chosen(folder: Path) -> None:
    row = b"credential_code,course,credits,valid_from,valid_to\nEXA-A+,C,1,2026-04-01,2026-04-30\n"
    (folder / "crosswalk.csv").write_bytes(row)
    assert json.loads(run(folder, "--json").output)[0]["suggestions"]
    told = json.loads(run(folder, "--json", "--in-force", "today").output)[0]
    assert told["suggestions"] == []
    assert "was not in force" in told["why_not"][0]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("crosswalk.csv", b"credential_code,course,credits\nA,C,none\n", "Row 2, column “credits”"),
        ("applicants.csv", b"id,name\n,Sam\n", "Row 2, column “id”"),
    ],
)
def test_a_sheet_that_cannot_be_used_stops_the_command(
    folder: Path, name: str, data: bytes, said: str
) -> None:
    (folder / name).write_bytes(data)
    done = run(folder)
    assert done.exit_code == 2
    assert said in done.output


def test_what_is_not_there_is_a_wrong_call(folder: Path) -> None:
    assert run(folder, folder / "nothing").exit_code == 2
    assert run(folder, "--csv", folder / "no" / "such.csv").exit_code == 2
    assert run(folder, "--lang", "fr").exit_code == 2


def test_a_presentation_is_told_badge_by_badge(folder: Path) -> None:
    shown = presentation(*(json.loads(certified(World(), number)) for number in (5, 6)))
    (folder / "badges" / "shown.json").write_text(json.dumps(shown), "utf-8")
    rows = json.loads(run(folder, "--json").stdout)
    inside = [row for row in rows if row["row"].partition(".")[0] == rows[-1]["row"].partition(".")[0]]
    assert [row["code"] for row in inside] == ["valid"] * 3
    assert [bool(row["suggestions"]) for row in inside] == [False, True, True]
    assert inside[1]["same_as"] == rows[0]["row"]

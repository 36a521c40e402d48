"""The commands that the README shows are run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from issuer.catalog import default_catalogue
from issuer.roster import Outcome, read_sheet
from tests.demo.sheet import mixed_sheet
from tests.demo.story import today

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def shell_block(heading: str) -> str:
    """The commands under a heading of the README."""
    found = re.search(rf"^## {heading}\n.*?```sh\n(.*?)```", README, re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


@pytest.mark.network
def test_the_commands_by_hand_do_what_the_readme_says(tmp_path: Path) -> None:
    (tmp_path / "awards.csv").write_bytes(mixed_sheet(today()).replace(b"R-0", b"A-0"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    seen: dict[str, int] = {}
    script = "".join(f'{line}\necho "@ $?"\n' for line in shell_block("By hand").splitlines())
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )
    parts = re.split(r"^@ (\d+)\n", done.stdout, flags=re.MULTILINE)
    lines = shell_block("By hand").splitlines()
    seen = dict(zip(lines, (int(code) for code in parts[1::2]), strict=True))
    some_rows_wait = 4
    for line, code in seen.items():
        expected = some_rows_wait if line.startswith("cairn issue") else None
        if line.startswith("for badge"):
            continue
        assert code == (expected or 0), (line, done.stderr[-2000:])
    checked = parts[2 * (len(lines) - 1)]
    assert checked.count("Valid as of") == 8
    assert checked.count("Do not accept") == 1


def test_the_sheet_that_the_readme_shows_is_one() -> None:
    shown = re.search(r"```\n(external_id,.*?)```", README, re.DOTALL)
    assert shown
    checked = read_sheet(
        shown[1].encode(),
        run_date=date(2026, 6, 1),
        catalogue=default_catalogue(),
        schools={"0187": "Example High School"},
        issued={},
        date_order=None,
    )
    (row,) = checked.rows
    assert (row.outcome, row.award_ref) == (Outcome.READY, "A-0001"), row.why
    assert checked.unknown_columns == ()
    assert not any(note.code == "MINOR" for note in row.notes)


def test_every_file_that_the_readme_names_is_there() -> None:
    for name in re.findall(r"`([\w./-]+/[\w./-]*|[A-Z]+\.md)`", README):
        if not name.startswith((".venv", "cairn", "/")):
            assert (ROOT / name).exists(), name


def test_every_target_that_the_readme_names_can_be_made() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)$", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target

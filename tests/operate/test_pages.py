"""Each command in the pages for operators runs as it is written there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from issuer.roster.columns import COLUMNS

PAGES = Path(__file__).parents[2] / "docs" / "operate"
NAMES = ("install", "keys", "backup", "restore", "scale-out", "upgrade", "monitor", "incident")


def commands(page: str) -> str:
    """The shell blocks of a page, one after the other."""
    found = re.findall(
        r"^```sh\n(.*?)^```", (PAGES / f"{page}.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found, page
    return "".join(found)


def run(script: str, home: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    environ |= {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:{environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=environ,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    return done.stdout


SET = 'export CAIRN_DATA="$HOME/cairn-data" CAIRN_KEY_FILE="$HOME/cairn-key"\n'


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the page on installing was followed, and one badge was issued."""
    home = tmp_path_factory.mktemp("operator")
    assert "wrong" not in run(commands("install"), home)
    facts = {
        "external_id": "200000001", "given_name": "Maya", "family_name": "Okafor", "school_code": "0187",
        "credential_code": "WCA-SAWBLADE", "date_earned": "2026-05-01", "award_ref": "A-1",
    }  # fmt: skip
    row = ",".join(facts.get(name, "") for name in COLUMNS)
    (home / "sheet.csv").write_text(f"{','.join(COLUMNS)}\n{row}\n", "utf-8")
    run(SET + "cairn issue sheet.csv\ncairn publish", home)
    return home


def test_the_pages_are_all_there_and_installing_works(installed: Path) -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(NAMES)
    assert (installed / "cairn-data" / "cairn.db").exists()


@pytest.mark.parametrize("page", NAMES[1:])
def test_a_page_can_be_followed(page: str, installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(installed, home)
    run(SET + commands(page), home)

"""Each command in the pages for operators runs as it is written there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from string import Template

import pytest

from issuer.cli import app
from issuer.roster.columns import COLUMNS
from tests.command_line import CliRunner

PAGES = Path(__file__).parents[2] / "docs" / "operate"
NAMES = ("install", "keys", "backup", "restore", "scale-out", "upgrade", "monitor", "incident")


def commands(page: str) -> str:
    """The shell blocks of a page, one after the other."""
    found = re.findall(
        r"^```sh\n(.*?)^```", (PAGES / f"{page}.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found, page
    return "".join(found)


def run(script: str, home: Path, environ: dict[str, str]) -> str:
    """Run lines as a shell does: `cairn` in this process, which is far faster, all else in bash.

    What `export` sets stays set in `environ`.
    """
    said = ""
    for line in script.splitlines():
        words = (
            shlex.split(Template(line).substitute(environ)) if line.startswith(("cairn", "export")) else [""]
        )
        if words[0] == "export":
            environ |= dict(word.split("=", maxsplit=1) for word in words[1:])
        elif words[0] == "cairn":
            done = CliRunner().invoke(app, words[1:], env=dict.fromkeys(FROM_OUTSIDE) | environ)
            assert done.exit_code == 0, f"{line}\n{done.output[-2_000:]}{done.exception}"
            said += done.output
        else:
            subprocess.run(
                ["bash", "-euo", "pipefail", "-c", line], env=os.environ | environ, cwd=home, check=True
            )
    return said


FROM_OUTSIDE = [name for name in os.environ if name.startswith("CAIRN_")]


def at(home: Path) -> dict[str, str]:
    """The environment of an operator who has followed the page on installing."""
    return {
        "HOME": str(home),
        "CAIRN_DATA": str(home / "cairn-data"),
        "CAIRN_KEY_FILE": str(home / "cairn-key"),
    }


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the page on installing was followed, and one badge was issued."""
    home = tmp_path_factory.mktemp("operator")
    environ = {"HOME": str(home)}
    assert "wrong" not in run(commands("install"), home, environ)
    assert environ == at(home)
    facts = {
        "external_id": "200000001", "given_name": "Maya", "family_name": "Okafor", "school_code": "0187",
        "credential_code": "WCA-SAWBLADE", "date_earned": "2026-05-01", "award_ref": "A-1",
    }  # fmt: skip
    row = ",".join(facts.get(name, "") for name in COLUMNS)
    (home / "sheet.csv").write_text(f"{','.join(COLUMNS)}\n{row}\n", "utf-8")
    run(f"cairn issue {home / 'sheet.csv'}\ncairn publish", home, environ)
    return home


def test_the_pages_are_all_there_and_installing_works(installed: Path) -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(NAMES)
    assert (installed / "cairn-data" / "cairn.db").exists()


@pytest.mark.parametrize("page", NAMES[1:])
def test_a_page_can_be_followed(page: str, installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(installed, home)
    run(commands(page), home, at(home))

"""The demonstration holds, and leaves the files that it promises."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from credential.archive import parse_index

ROOT = Path(__file__).parents[2]


@pytest.mark.network
def test_the_story_holds_and_leaves_its_files(played_demo: Path) -> None:
    folder = played_demo
    badges = sorted((folder / "badges").glob("*.json"))
    assert len(badges) >= 8
    for badge in badges:
        assert all(badge.with_suffix(suffix).exists() for suffix in (".jwt", ".png", ".svg"))
    assert {path.name for path in (folder / "others").iterdir()} == {
        "changed.json",
        "foreign.json",
        "lapsed.json",
    }
    assert json.loads((folder / "trust.json").read_bytes())["entries"]
    kept = parse_index((folder / "archive" / "index.json").read_bytes())
    addresses = " ".join(kept)
    assert all(
        part in addresses for part in ("/.well-known/did.json", "/status/", "/notes", "/achievements/")
    )


@pytest.mark.network
def test_another_persons_folder_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "taxes.txt"
    kept.write_text("mine")
    words = [sys.executable, "-m", "tests.demo", "--once", "--data", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "name another folder" in done.stderr
    assert kept.read_text() == "mine"


@pytest.mark.network
def test_told_to_end_it_leaves_no_server_behind(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.demo", "--data", str(tmp_path / "data")]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as demo:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if "Stop with Ctrl-C" in line:
                break
        demo.terminate()
        assert demo.wait(timeout=60) == 0
    origins = set(re.findall(r"http://localhost:\d+", said))
    assert len(origins) == 2
    for origin in origins:
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(f"{origin}/healthz", timeout=5)

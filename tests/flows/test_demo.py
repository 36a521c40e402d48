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
from credential.embedded import CREDENTIAL, read_data_uri
from credential.rule import RULE_MEDIA_TYPE
from tests.conftest import demo_alone
from tests.demo.ledger import Ledger

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
        "changed-inside.json",
        "foreign.json",
        "lapsed.json",
        "lapsed-determination.json",
    }
    assert json.loads((folder / "trust.json").read_bytes())["entries"]
    kept = parse_index((folder / "archive" / "index.json").read_bytes())
    addresses = " ".join(kept)
    assert all(
        part in addresses for part in ("/.well-known/did.json", "/status/", "/notes", "/achievements/")
    )


ROWS = (
    ("a score below the state's, for the menu", "cut_lowered"),
    ("a score above the state's, for the menu", "Math 530 or more"),
    ("a college certificate, proposed", "no_certification"),
    ("a vote with two of three kinds of member", "no_quorum"),
    ("the vote on CO-CNA, for", "ENG"),
    ("determined: a nurse aide with a score below the district's", "issued ENG"),
    ("determined: again, after the certification has ended", "not_ready"),
    ("a determination, checked", "valid"),
    ("one byte of what is inside it changed", "tampered"),
    ("its certification withdrawn", "valid"),
    ("its certification lapsed", "valid"),
    ("from the archive alone: a determination", "valid, exit 0"),
    ("from the archive alone: its certification withdrawn", "valid, exit 0"),
    ("from the archive alone: its certification lapsed", "valid, exit 0"),
    ("from the archive alone: changed inside", "tampered, exit 14"),
    ("by a state's signed list", "valid, exit 0"),
    ("the same list under another key", "refused, exit 3"),
    ("by the next version", "issuer_unknown, exit 15"),
    ("the older version once more", "refused, exit 3"),
)


@pytest.mark.network
def test_the_table_tells_what_was_decided_and_determined(played_demo: Path) -> None:
    table = (played_demo / "table.txt").read_text("utf-8").splitlines()
    assert table
    for what, expected in ROWS:
        found = [line for line in table[1:] if re.match(rf"  ok  (  )?{re.escape(what)}  ", line)]
        assert found, what
        assert all(line.rstrip().endswith(f"  {expected}") for line in found), found
    for words in ("was withdrawn", "ended"):
        assert any(line.endswith(f"{words}: The determination stands") for line in table if "  ok  " in line)
    said = [line for line in table if "rule intact, credential withdrawn" in line]
    assert len(said) == 2  # through the verifier's HTTP interface, and from the archive


@pytest.mark.network
def test_determinations_embed_what_they_rest_on(played_demo: Path) -> None:
    embedded = []
    for file in sorted((played_demo / "determinations").glob("*.json")):
        value = json.loads(file.read_bytes())
        pieces = [read_data_uri(one["id"]) for one in value["evidence"]]
        assert [one.media_type for one in pieces].count(RULE_MEDIA_TYPE) == 1
        embedded += [one.data for one in pieces if one.media_type == CREDENTIAL]
    assert len(embedded) >= 2
    badges = {file.read_bytes() for file in (played_demo / "badges").glob("*.json")}
    assert set(embedded) <= badges  # byte for byte as they were signed
    achievement = json.loads(embedded[0])["credentialSubject"]["achievement"]
    assert achievement["humanCode"] == "CO-CNA"
    assert {one["targetType"] for one in achievement["alignment"]} == {
        "CFItem",
        "ceasn:Competency",
        "ext:ONET",
    }
    (endorsement,) = achievement["endorsement"]
    assert endorsement["issuer"].startswith("did:key:")


@pytest.mark.parametrize(
    ("seen", "held"), [((), False), (("valid",), True), (("valid", "tampered"), False), (("",), False)]
)
def test_a_table_holds_only_if_all_of_it_was_as_expected(seen: tuple[str, ...], *, held: bool) -> None:
    ledger = Ledger()
    for one in seen:
        ledger.note("checked", "valid", one)
    assert ledger.held is held


@pytest.mark.network
def test_another_persons_folder_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "taxes.txt"
    kept.write_text("mine")
    words = [sys.executable, "-m", "tests.demo", "--once", "--data", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 1
    assert "name another folder" in done.stderr
    assert kept.read_text() == "mine"


@pytest.mark.network
def test_told_to_end_it_leaves_no_server_behind(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.demo", "--data", str(tmp_path / "data")]
    with demo_alone():
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as demo:
            assert demo.stdout is not None
            said = ""
            for line in demo.stdout:
                said += line
                if "Stop with Ctrl-C" in line:
                    break
            demo.terminate()
            assert demo.wait(timeout=900) == 0
        origins = set(re.findall(r"http://localhost:\d+", said))
        assert len(origins) == 2
        for origin in origins:
            with pytest.raises(OSError, match="refused"):
                urllib.request.urlopen(f"{origin}/healthz", timeout=5)

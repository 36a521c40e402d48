"""`cairn catalog picture`: look first, then give it to later badges."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from issuer.errors import IssuerError
from tests.unit.issuer.test_cli import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    return made


def test_a_picture_is_looked_at_and_then_used(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "look"
    looked = desk.json("catalog", "picture", "CO-CNA", "--shape", "shield", "--out", str(out))
    assert not looked["used"]
    assert {one.name for one in out.iterdir()} == {
        "CO-CNA-64.png", "CO-CNA-180.png", "CO-CNA-600.png", "CO-CNA.svg",
    }  # fmt: skip
    assert desk.json("catalog", "picture", "CO-CNA")["shape"] != "sun"
    desk.json("catalog", "picture", "CO-CNA", "--shape", "sun", "--use")
    assert desk.json("catalog", "picture", "CO-CNA")["shape"] == "sun"


def test_a_file_needs_words(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "own.png"
    Image.new("RGB", (30, 30), "teal").save(file)
    with pytest.raises(IssuerError, match="no_alt"):
        raise desk.run("catalog", "picture", "CO-CNA", "--file", str(file), "--use").exception or KeyError
    assert desk.json("catalog", "picture", "CO-CNA", "--file", str(file), "--alt", "Teal", "--use")["used"]
    with pytest.raises(IssuerError, match="not_found"):
        raise desk.run("catalog", "picture", "NOBODY").exception or KeyError

"""`cairn badges`, as a registrar types it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp

from issuer.errors import IssuerError
from issuer.render.errors import DesignError
from tests.papers import Paper
from tests.unit.issuer.test_cli import Desk, sheet


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    """A district with two badges of two students: one of age, one of whom nobody knows it."""
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    made.run("issue", "-", data=sheet({}, {"birth_date": "", "given_name": "李"}))
    return made


def test_a_certificate_a_card_and_the_same_certificate_again(desk: Desk) -> None:
    first, second, card = (desk.folder / name for name in ("one.pdf", "two.pdf", "card.pdf"))
    said = desk.json("badges", "certificate", "R-1", "--out", str(first), "--lang", "es")
    assert said["code"].startswith("LAKE-")
    paper = Paper(first.read_bytes())
    assert "Se hace constar que" in paper.text
    assert said["code"] in paper.text
    (read,) = zxingcpp.read_barcodes(paper.raster(150))
    assert read.text == f"HTTPS://VERIFY.EXAMPLE/C/{said['code'][:5]}{said['code'][5:].replace('-', '')}"
    desk.json("badges", "certificate", "R-1", "--out", str(second), "--lang", "es", "--code", said["code"])
    assert second.read_bytes() == first.read_bytes()
    desk.json("badges", "card", "R-1", "--out", str(card))
    assert Paper(card.read_bytes()).inches == (3.375, 2.125)


def test_a_minors_certificate_and_a_name_without_a_font_say_what_to_do(desk: Desk) -> None:
    out = desk.folder / "x.pdf"
    missing = desk.run("badges", "certificate", "R-2", "--out", str(out), "--agreed")
    assert isinstance(missing.exception, DesignError)
    assert "李" in str(missing.exception)
    assert "CAIRN_FONTS" in str(missing.exception)
    desk.run("issue", "-", data=sheet({"birth_date": "", "external_id": "9", "award_ref": "R-9"}))
    waiting = desk.run("badges", "certificate", "R-9", "--out", str(out))
    assert isinstance(waiting.exception, IssuerError)
    assert waiting.exception.code == "not_agreed"
    assert not out.exists()
    desk.json("badges", "certificate", "R-9", "--out", str(out), "--agreed")
    assert out.exists()


def test_a_packet_by_badge_and_by_student(desk: Desk) -> None:
    out = desk.folder / "all.zip"
    desk.json("badges", "zip", "R-1", "R-2", "--out", str(out))
    assert len(zipfile.ZipFile(io.BytesIO(out.read_bytes())).namelist()) == 1 + 2 * 3
    desk.json("badges", "zip", "--student", "200000001", "--papers", "--out", str(out))
    names = {name.partition("/")[2] for name in zipfile.ZipFile(io.BytesIO(out.read_bytes())).namelist()}
    assert names == {"", "badge.json", "badge.png", "badge.svg", "certificate.pdf", "card.pdf"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "bad_setting"),
        (("R-1", "--student", "200000001"), "bad_setting"),
        (("--student", "nobody"), "not_found"),
        (("R-404",), "not_found"),
    ],
)
def test_a_packet_of_nothing_is_refused(desk: Desk, arguments: tuple[str, ...], code: str) -> None:
    refused = desk.run("badges", "zip", *arguments, "--out", str(desk.folder / "x.zip"))
    assert isinstance(refused.exception, IssuerError)
    assert refused.exception.code == code
    assert not (desk.folder / "x.zip").exists()


ROSTER = "student_id,given_name,family_name,birth_date,school_code\n{}\n"


def test_linkedin_is_for_who_is_known_to_be_sixteen(desk: Desk) -> None:
    unknown = desk.run("badges", "linkedin", "R-1")
    assert isinstance(unknown.exception, IssuerError)
    assert unknown.exception.code == "not_agreed"
    assert "birth date" in unknown.exception.message
    roster = desk.folder / "roster.csv"
    roster.write_text(ROSTER.format("200000001,Maya,Okafor,2006-03-02,0187"), "utf-8")
    taken = desk.run("students", "import", str(roster))
    assert taken.exit_code == 0, (taken.output, taken.exception)
    said = desk.json("badges", "linkedin", "R-1", "--organization", "206815")
    fields = parse_qs(urlsplit(said["linkedin"]).query)
    assert fields["certUrl"] == [said["link"]]
    assert fields["organizationId"] == ["206815"]
    assert "code" not in said


def test_colours_are_chosen_once(desk: Desk) -> None:
    out = desk.folder / "x.pdf"
    desk.json("badges", "colours", "#780040", "#c8c800")
    desk.json("badges", "certificate", "R-1", "--out", str(out))
    assert Paper(out.read_bytes()).colour_at(0.4, 4.25) == (0x78, 0, 0x40)
    refused = desk.run("badges", "colours", "red", "#c8c800")
    assert isinstance(refused.exception, DesignError)


def test_nothing_is_printed_that_cannot_be_checked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAIRN_VERIFIER_ORIGIN")
    for name in ("certificate", "card"):
        refused = desk.run("badges", name, "R-1", "--out", str(desk.folder / "x.pdf"))
        assert isinstance(refused.exception, IssuerError)
        assert refused.exception.code == "bad_setting"

"""`cairn evidence`, as a person and as a script use it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contexts.document import parse
from credential.embedded import read_data_uri
from issuer.commands.desk import Desk as Place
from issuer.errors import IssuerError
from issuer.evidence.errors import EvidenceRefused
from tests.evidence_files import PLAIN_PDF, photo
from tests.unit.issuer.test_cli import Desk, rows, sheet
from tests.world import NOW, World, keep
from verifier.evidence import Fetched

LINK = "https://work.lakeside.example/7.pdf"
DIGEST = hashlib.sha256(b"seven").hexdigest()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    return made


def refused(desk: Desk, *arguments: str) -> IssuerError:
    fault = desk.run("evidence", *arguments).exception
    assert isinstance(fault, IssuerError), fault
    return fault


def file(desk: Desk, data: bytes, name: str = "file") -> str:
    path = desk.folder / name
    path.write_bytes(data)
    return str(path)


def signed(desk: Desk, **row: str) -> dict[str, Any]:
    out = desk.folder / "out"
    made = desk.json("issue", "-", "--out", str(out), data=sheet(row))
    stem = made["rows"][0]["credential_id"].removeprefix("urn:uuid:")
    return parse((out / stem).with_suffix(".json").read_bytes()).value


def test_evidence_comes_first_and_the_sheet_after_it(desk: Desk) -> None:
    named = file(desk, photo(), "student 123-45-6789.exe")
    made = desk.json("evidence", "add", "R-1", named, "--name", "At the bench")
    assert (made["number"], made["media_type"], made["name"]) == (1, "image/jpeg", "At the bench")
    desk.json("evidence", "add", "R-1", file(desk, PLAIN_PDF))
    desk.json("evidence", "add", "R-1", "--link", LINK, "--digest", DIGEST)
    listed = desk.json("evidence", "list", "R-1")["evidence"]
    assert [(row["number"], row["place"]) for row in listed] == [
        (1, "embedded"),
        (2, "embedded"),
        (3, "elsewhere"),
    ]
    value = signed(desk)
    assert [one["name"] for one in value["evidence"]] == ["At the bench", "Document", "Evidence"]
    assert read_data_uri(value["evidence"][1]["id"]).data == PLAIN_PDF
    assert [one["id"] for one in value["relatedResource"]] == [LINK]
    assert "45-6789" not in str(value)  # fewer digits occur by chance in what is random there
    assert refused(desk, "add", "R-1", named).code == "evidence_twice"
    assert refused(desk, "add", "R-1", file(desk, b"another")).code == "evidence_closed"
    assert refused(desk, "remove", "R-1", "1").code == "evidence_closed"
    again = desk.json("issue", "-", data=sheet({}))
    assert rows(again, "outcome", "code") == [("skip", "ALREADY_ISSUED")]


def test_a_large_file_stays_here_and_can_be_handed_out(desk: Desk) -> None:
    words = b"A page of words. " * 3_000
    made = desk.json("evidence", "add", "R-1", file(desk, words), "--description", "The whole report")
    assert made["place"] == "kept"
    assert made["url"].startswith("https://badges.lakeside.example/evidence/")
    to = desk.folder / "again.txt"
    desk.json("evidence", "export", "R-1", "1", str(to))
    assert to.read_bytes() == words.strip()
    assert isinstance(desk.run("evidence", "export", "R-1", "1", str(to)).exception, FileExistsError)
    assert refused(desk, "export", "R-1", "2", str(desk.folder / "x")).code == "not_found"
    value = signed(desk)
    assert value["evidence"][0]["description"] == "The whole report"
    assert value["relatedResource"][0]["id"] == made["url"]


def test_a_slip_is_told_before_anything_is_kept(desk: Desk) -> None:
    named = file(desk, b"words")
    for words in ((), (named, "--link", LINK), ("--link", LINK, "--badge", named)):
        assert refused(desk, "add", "R-1", *words).code == "bad_setting"
    assert refused(desk, "add", "R-1", "--link", LINK).code == "link_digest"
    assert refused(desk, "add", "R-1", file(desk, b"<svg/>")).code == "evidence_kind"
    assert "R-1 has no evidence" in desk.run("evidence", "list", "R-1").stdout


def test_evidence_moves_on_to_the_award_that_takes_its_place(desk: Desk) -> None:
    desk.json("evidence", "add", "R-1", file(desk, b"words"))
    assert desk.json("evidence", "copy", "R-1", "R-9")["copied"] == 1
    desk.json("evidence", "remove", "R-9", "1")
    assert desk.json("evidence", "list", "R-9")["evidence"] == []
    assert len(desk.json("evidence", "list", "R-1")["evidence"]) == 1


@pytest.fixture
def board(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> World:
    """A certifying body, its archive, its badge and a trust list that names it."""
    world = World(host="badges.board.example", name="Example Safety Board")
    held = world.evidence(world.badge())
    keep(desk.folder / "kept", [(a.need.url, a.data, a.at) for a in held.gathered if isinstance(a, Fetched)])
    entry = f'{{"id": "{world.did}", "name": "{world.name}"}}'
    file(
        desk, f'{{"version": 1, "name": "L", "issued": "2026-01-01", "entries": [{entry}]}}'.encode(), "trust"
    )
    file(desk, world.badge(), "badge")
    monkeypatch.setattr(Place, "now", lambda _: NOW)
    return world


def with_badge(desk: Desk, *more: str) -> tuple[str, ...]:
    named = ("--badge", str(desk.folder / "badge"), "--archive", str(desk.folder / "kept"))
    return ("evidence", "add", "R-1", *named, *more)


def test_the_bodys_badge_is_checked_and_goes_into_ours_as_it_is(desk: Desk, board: World) -> None:
    trust = ("--trust", str(desk.folder / "trust"))
    look = refused(desk, *with_badge(desk, *trust, "--student", "Maya Okafor")[1:])
    assert (look.code, "look twice" in look.message) == ("holder_differs", True)
    made = desk.json(*with_badge(desk, *trust, "--student", "Jordan Rivera"))
    assert (made["found"]["verdict"], made["found"]["issuer"]) == ("valid", board.did)
    listed = desk.run("evidence", "list", "R-1").stdout
    assert f"checked as valid, issued by {board.did}, made out to Jordan Rivera" in listed
    earned = "2026-05-01"
    wrong = desk.json("issue", "-", data=sheet({"date_earned": earned}), code=4)
    assert rows(wrong, "outcome", "code") == [("reject", "HOLDER_DIFFERS")]
    right = {"given_name": "Jordan", "family_name": "Rivera", "date_earned": earned}
    value = signed(desk, **right)
    assert read_data_uri(value["evidence"][0]["id"]).data == board.badge()


def test_an_open_check_needs_a_reason_which_is_told_and_kept(desk: Desk, board: World) -> None:
    fault = refused(desk, *with_badge(desk)[1:])
    assert isinstance(fault, EvidenceRefused)
    assert fault.code == "badge_unchecked"
    done = desk.run(*with_badge(desk, "--accept-unchecked", "Seen on the board's own site"))
    assert "your reason is recorded" in done.stderr
    found = desk.json("evidence", "list", "R-1")["evidence"][0]["found"]
    assert (found["verdict"], found["unchecked"]) == ("issuer_unknown", "Seen on the board's own site")


def test_an_award_that_ends_is_renewed_with_its_evidence(desk: Desk) -> None:
    desk.json("evidence", "add", "R-1", file(desk, b"A work sample."))
    year = datetime.now(UTC).year
    row = {"credential_code": "CO-CNA", "number": "NA-1", "expires_on": f"{year + 1}-01-31"}
    until = f"{year + 3}-01-31"
    before = signed(desk, **row)
    made = desk.json("renew", "R-1", "--until", until)
    assert (made["award_ref"], made["first"]) == (f"R-1~{until}", True)
    assert desk.json("renew", "R-1", "--until", until)["first"] is False
    desk.run("export", str(desk.folder / "again"), made["credential_id"])
    stem = made["credential_id"].removeprefix("urn:uuid:")
    after = parse((desk.folder / "again" / stem).with_suffix(".json").read_bytes()).value
    assert after["evidence"] == before["evidence"]
    assert after["validUntil"] == f"{until}T23:59:59Z"
    for words, code in (
        (("R-1", "--until", "soon"), "bad_time"),
        (("R-7", "--until", until), "not_found"),
    ):
        fault = desk.run("renew", *words).exception
        assert isinstance(fault, IssuerError)
        assert fault.code == code
    skipped = desk.json("issue", "-", data=sheet(row))
    assert rows(skipped, "outcome", "code") == [("skip", "ALREADY_ISSUED")]


def test_a_folder_of_files_goes_to_the_awards_that_name_them(desk: Desk) -> None:
    folder = desk.folder / "files"
    folder.mkdir()
    for name, data in {
        "R-1.jpg": photo(),
        "R-1 report.PDF": PLAIN_PDF,
        "R-10.txt": b"Another award's.",
        "R-2.png": b"<svg/>",
        "unrelated.txt": b"words",
    }.items():
        (folder / name).write_bytes(data)
    (folder / "R-1.lnk").symlink_to(folder / "unrelated.txt")
    data = sheet({}, {})
    refusal = desk.run("issue", "-", "--dry-run", "--evidence", str(folder), data=data).exception
    assert isinstance(refusal, IssuerError)
    made = desk.json("issue", "-", "--evidence", str(folder), data=data, code=4)
    assert rows(made, "outcome", "code") == [("ready", ""), ("reject", "EVIDENCE_KIND")]
    assert made["rows"][1]["why"].startswith("R-2.png: the file is an SVG picture")
    listed = desk.json("evidence", "list", "R-1")["evidence"]
    assert [row["name"] for row in listed] == ["Document", "Picture"]
    (folder / "R-2.png").write_bytes(photo(form="PNG"))
    again = desk.json("issue", "-", "--evidence", str(folder), data=data)
    assert rows(again, "outcome", "code") == [("skip", "ALREADY_ISSUED"), ("ready", "")]
    assert desk.json("evidence", "list", "R-10")["evidence"] == []

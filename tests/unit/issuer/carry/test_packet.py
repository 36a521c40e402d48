"""Everything of somebody's badges in one ZIP that needs nobody to be read."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from credential.baking.png import extract_png
from credential.baking.svg import extract_svg
from credential.withdrawal import Reason
from issuer.carry.everything import Papers, badge_folder, pack_badges
from issuer.carry.facts import facts_of
from issuer.carry.packet import MOST_BADGES, Folder, check_count, packet, readme
from issuer.carry.paper import NO_PRINTING, Printing
from issuer.carry.words import LANGUAGES, WORDS
from issuer.errors import IssuerError
from issuer.issuance import Issued
from issuer.revocation import revoke
from issuer.store import dossier
from issuer.store.tables import State
from tests.determinations import Story
from tests.house import NOW, House
from tests.papers import Paper

ONE = Folder("Certified Nurse Aide", {"badge.json": b"{}", "badge.png": b"png"})


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def pack(*folders: Folder) -> bytes:
    return packet(folders, district="Riverbend School District", host="check.example.org")


def test_a_folder_for_each_badge_and_a_readme() -> None:
    files = opened(pack(ONE, Folder("Seguridad: nivel Ñ / 10", {"badge.json": b"[]"})))
    assert list(files) == [
        "README.txt",
        "01-certified-nurse-aide/badge.json",
        "01-certified-nurse-aide/badge.png",
        "02-seguridad-nivel-n-10/badge.json",
    ]
    assert files["01-certified-nurse-aide/badge.json"] == b"{}"


@pytest.mark.parametrize("title", ["../../etc/passwd", "C:\\x", "李小龙", "a" * 400, "..", "con\x00"])
def test_no_title_leads_out_of_its_folder(title: str) -> None:
    for name in list(opened(pack(Folder(title, {"badge.json": b"{}"}))))[1:]:
        folder, _, file = name.partition("/")
        assert file == "badge.json"
        assert folder.startswith("01")
        assert len(folder) <= 63
        assert set(folder) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_the_same_files_make_the_same_octets() -> None:
    assert pack(ONE) == pack(Folder(ONE.title, dict(reversed(list(ONE.files.items())))))


def test_the_readme_says_in_both_languages_that_the_files_keep_working() -> None:
    text = opened(pack(ONE))["README.txt"].decode("utf-8-sig")
    assert "This file keeps working even if the district changes systems" in text
    assert "Este archivo seguirá funcionando aunque el distrito cambie de sistemas" in text
    assert "Riverbend School District" in text
    assert "open check.example.org" in text


def test_the_readme_describes_what_is_there_and_nothing_else() -> None:
    text = readme([ONE], district="Riverbend", host="")
    assert "badge.png:" in text
    assert "badge.jwt:" not in text
    assert "certificate.pdf:" not in text
    assert WORDS["en"]["readme.check-anywhere"] in text
    whole = Folder("x", dict.fromkeys((f"badge.{kind}" for kind in ("json", "jwt", "png", "svg")), b"")
        | {"certificate.pdf": b"", "card.pdf": b""})  # fmt: skip
    text = readme([whole], district="Riverbend", host="")
    for language in LANGUAGES:
        for key in ("json", "jwt", "png", "svg", "certificate", "card"):
            assert WORDS[language][f"readme.{key}"] in text


def test_a_packet_takes_so_many_badges_and_not_one_more() -> None:
    check_count(MOST_BADGES)
    with pytest.raises(IssuerError) as caught:
        pack(*[Folder("x", {})] * (MOST_BADGES + 1))
    assert caught.value.code == "too_much_to_pack"


def test_a_packet_takes_so_many_octets_and_not_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.carry.packet.MOST_BYTES", 5)
    assert pack(Folder("x", {"a": b"123", "b": b"45"}))
    with pytest.raises(IssuerError) as caught:
        pack(Folder("x", {"a": b"123", "b": b"456"}))
    assert caught.value.code == "too_much_to_pack"


def everything(house: House, **changes: Any) -> dict[str, bytes]:
    with house.store.reading() as session:
        badges = dossier.badges_of(session, house.district.id, "100000001")
    options: dict[str, Any] = {
        "papers": Papers("en"),
        "now": house.time,
        "entropy": house.entropy,
        "actor": "test",
    } | changes
    printing = options.pop("printing", Printing("https://check.example.org"))
    return opened(pack_badges(house.store, house.district, badges, printing, **options))


def test_all_badges_of_a_student_in_every_form(house: House) -> None:
    first, second = house.issue("A-1"), house.issue("A-2", also_jwt=True)
    files = everything(house)
    names = [name.partition("/")[2] for name in files if name.startswith("02")]
    assert names == [
        "badge.json", "badge.jwt", "badge.png", "badge.svg", "card.pdf", "certificate.pdf"
    ]  # fmt: skip
    folder = {name.partition("/")[2]: data for name, data in files.items() if name.startswith("01")}
    assert folder["badge.json"] == first.document
    assert extract_png(folder["badge.png"]) == first.document.decode()
    assert extract_svg(folder["badge.svg"]) == first.document.decode()
    assert Paper(folder["certificate.pdf"]).attached == {"badge.json": first.document}
    assert "badge.jwt" not in folder
    assert second.jwt is not None
    other = {name.partition("/")[2]: data for name, data in files.items() if name.startswith("02")}
    assert other["badge.jwt"] == second.jwt.encode()
    assert house.row(first.credential_id).state == State.RELEASED


def test_without_papers_no_share_is_made_and_no_guardian_is_asked(house: House) -> None:
    issued = house.issue(adult_on=None)
    files = everything(house, papers=None, printing=NO_PRINTING)
    assert not any(name.endswith(".pdf") for name in files)
    with house.store.reading() as session:
        assert dossier.open_shares(session, house.district.id, issued.credential_id, house.time) == 0
    assert house.row(issued.credential_id).state == State.RELEASED


def test_a_withdrawn_badge_is_packed_without_papers(house: House) -> None:
    issued = house.issue()
    revoke(
        house.store,
        house.district.id,
        issued.credential_id,
        reason=Reason.REQUESTED,
        note="",
        now=house.time,
        actor="test",
    )
    files = everything(house)
    assert any(data == issued.document for data in files.values())
    assert not any(name.endswith(".pdf") for name in files)


def test_a_determination_has_pictures_that_carry_it() -> None:
    document = Story().signed()
    files = badge_folder(
        Issued("urn:uuid:x", "READY-1", document, None, NOW, first=True), facts_of(document), None
    )
    assert extract_png(files["badge.png"]) == document.decode()
    assert extract_svg(files["badge.svg"]) == document.decode()

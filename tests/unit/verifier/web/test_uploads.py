"""Whatever is sent with a form: photos, PDFs, packed files, lists, several at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from credential.qr import new_token, share_url
from tests.pdfs import pdf
from tests.photos import on_paper, square, written
from tests.site import ask, make_site, typed, upload
from tests.world import World
from tests.zips import plain_zip
from verifier.web.guard import Guard
from verifier.web.uploads import MOST_FILES, MOST_ITEMS

TOKENS = [new_token(bytes([n] * 20)) for n in range(MOST_ITEMS + 2)]
SHARES = [share_url("check.example.org", "RIVER", token) for token in TOKENS]
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def world() -> World:
    world = World()
    world.shares = {token: world.badge(n) for n, token in enumerate(TOKENS[:3])}
    return world


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def send(site: Guard, *files: tuple[str, bytes], **more: Any) -> httpx.Response:
    return ask(site, "/check", "POST", files=[("file", one) for one in files], data={"lang": "en"}, **more)


def headlines(text: str) -> list[str]:
    return re.findall(r'<h2><a href="#item-\d+">(.*?)</a></h2>', text)


def test_a_photo_of_a_square_is_checked_like_the_link_in_it(site: Guard) -> None:
    answer = upload(site, written(on_paper(square(SHARES[0]))), name="IMG_0001.JPG")
    assert '<h1 id="headline">This badge is valid</h1>' in answer.text


def test_a_pdf_is_checked_by_the_badge_that_it_carries_or_by_its_page(world: World, site: Guard) -> None:
    for data in (pdf({"badge.json": world.badge()}), pdf(pages=[square(SHARES[0])])):
        assert '<h1 id="headline">This badge is valid</h1>' in upload(site, data).text


def test_a_square_that_leads_elsewhere_is_not_followed(world: World, site: Guard) -> None:
    text = upload(site, written(square("https://evil.example/badge.json"))).text
    assert "We did not open what it says" in text
    assert "evil.example" not in text
    assert world.asked == []


def test_several_files_give_a_line_each_with_a_way_to_more(world: World, site: Guard) -> None:
    world.tamper["badge"] = lambda made: made.update(name="Forged words")
    forged = world.badge(9)
    world.tamper.clear()
    answer = send(site, ("a.json", world.badge()), ("b.json", forged), (f"{EVIL}.txt", b"hello there, you"))
    assert answer.status_code == 200
    assert headlines(answer.text) == [
        "This badge is valid",
        "Do not accept: this badge has been changed",
        "We couldn&#39;t read a badge here",
    ]
    for number in (1, 2, 3):
        assert f'id="item-{number}"' in answer.text
    assert "Forged words" not in answer.text
    assert "<script" not in answer.text
    assert "a.json" in answer.text


def test_a_zip_file_a_list_and_a_photo_with_two_squares_are_several(site: Guard) -> None:
    photo = written(on_paper(square(SHARES[0]), square(SHARES[1])))
    listed = "\n".join(SHARES[:2]).encode()
    packed = plain_zip([("1.txt", SHARES[0].encode()), ("2.txt", SHARES[1].encode())])
    for data in (photo, listed, packed):
        assert headlines(upload(site, data).text) == ["This badge is valid"] * 2
    assert headlines(typed(site, "\n".join(SHARES[:2])).text) == ["This badge is valid"] * 2


def test_the_same_badge_twice_is_checked_once_and_shown_as_one(world: World, site: Guard) -> None:
    same = send(site, ("a.json", world.badge()), ("b.json", world.badge()))
    assert '<h1 id="headline">This badge is valid</h1>' in same.text
    answer = send(site, *[(str(n), SHARES[n % 2].encode()) for n in range(4)])
    assert answer.text.count("This is the same badge as number") == 2
    assert sum(need.body.count(TOKENS[0].encode()) for need in world.asked) == 1


def test_programs_get_a_list(world: World, site: Guard) -> None:
    answer = send(site, ("a.json", world.badge()), ("n", b"?"), headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/json"
    assert [(one["name"], one["report"]["code"]) for one in answer.json()] == [
        ("a.json", "valid"),
        ("n", "unreadable"),
    ]
    one = send(site, ("a.json", world.badge()), headers={"Accept": "application/json"})
    assert [told["report"]["code"] for told in one.json()] == ["valid"]


def test_a_list_says_so_in_spanish_too(world: World, site: Guard) -> None:
    files = [("file", ("a", world.badge())), ("file", ("b", b"?"))]
    answer = ask(site, "/check", "POST", files=files, data={"lang": "es"})
    assert "Lo que usted envió" in answer.text
    assert headlines(answer.text)[0] == "Esta insignia es válida"


def test_so_many_files_and_badges_are_taken_and_it_says_what_was_not(world: World, site: Guard) -> None:
    badges = [(str(n), world.badge(n)) for n in range(MOST_FILES)]
    assert headlines(send(site, *badges).text) == ["This badge is valid"] * MOST_FILES
    assert send(site, *badges, ("more", b"x")).status_code == 400
    packed = plain_zip([(str(n), world.badge(n)) for n in range(MOST_ITEMS + 1)])
    text = upload(site, packed).text
    assert len(headlines(text)) == MOST_ITEMS + 1
    assert "Not everything was checked" in text


def test_a_list_cannot_look_up_more_than_one_by_one(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, codes_per_minute=2)
    text = upload(site, "\n".join(SHARES[:3]).encode()).text
    assert headlines(text)[:2] == ["This badge is valid"] * 2
    assert "too many look-ups from your network" in text
    assert len([need for need in world.asked if need.body]) == 2


def test_looking_at_pictures_is_counted_for_each_address(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, lookups_per_minute=2)
    photo = written(square("hello"))
    assert [upload(site, photo).status_code for _ in range(3)] == [200, 200, 429]
    assert upload(site, world.badge()).status_code == 200  # a badge's own file costs no process


def test_the_page_of_many_is_small(world: World, site: Guard) -> None:
    answer = send(site, *[(str(n), world.badge(n)) for n in range(MOST_FILES)])
    assert len(answer.content) < 120_000


def test_an_empty_field_for_files_is_nothing_sent(site: Guard) -> None:
    assert "Nothing was sent" in send(site, ("", b"")).text
    assert "Nothing was sent" in typed(site, "").text

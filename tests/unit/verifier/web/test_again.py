"""The answer to a form can be had in the other language, although nothing of it is kept."""

from __future__ import annotations

import html
import json
import re
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from credential.qr import new_code, new_token
from keys.multibase import base64url_encode
from tests.determinations import Story
from tests.presentations import presentation, signed
from tests.site import ask, make_site, typed, upload
from tests.world import World
from verifier.evidence import Presented, PresentedKind
from verifier.intake import Item, Where
from verifier.web.again import MOST_CARRIED, UNPACKED, pack, unpack
from verifier.web.guard import Guard
from verifier.web.uploads import MOST_ITEMS

CODE, TOKEN = new_code(bytes(range(7))), new_token(bytes(range(20)))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def switched(site: Guard, answer: httpx.Response) -> httpx.Response:
    """Press the button for the other language."""
    form = re.search(
        r'<nav class="language".*?<form method="post" action="([^"]+)">(.*?)</form>', answer.text, re.DOTALL
    )
    assert form, answer.text[:2_000]
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])
    return ask(site, form[1], "POST", data={name: html.unescape(value) for name, value in fields})


def test_a_result_is_had_in_the_other_language_and_back(world: World, site: Guard) -> None:
    first = upload(site, world.badge())
    spanish = switched(site, first)
    assert "Esta insignia es válida" in spanish.text
    assert '<html lang="es">' in spanish.text
    assert 'name="draft"' in spanish.text
    assert "This badge is valid" in switched(site, spanish).text


def test_a_determination_with_its_evidence_inside_is_carried_too(tmp_path: Path) -> None:
    story = Story()
    site = make_site(story.world, tmp_path)
    first = upload(site, story.signed())
    beside = sum(len(ask(site, f"/static/{name}").content) for name in ("app.css", "icon.svg"))
    assert len(first.content) + beside < 40_000
    assert "Cuenta para" in switched(site, first).text


def test_it_is_checked_again_and_not_believed(world: World, site: Guard) -> None:
    first = upload(site, world.badge())
    world.revoke()
    assert "la retiró" in switched(site, first).text


def test_what_could_not_be_checked_is_tried_again_with_one_button(world: World, site: Guard) -> None:
    world.fail[world.list_url] = "timeout"
    first = upload(site, world.badge())
    form = re.search(
        r'<form class="actions" method="post" action="/check">(.*?)</form>', first.text, re.DOTALL
    )
    assert form
    assert "Try again" in form[1]
    del world.fail[world.list_url]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[1]))
    second = ask(site, "/check", "POST", data=fields)
    assert "This badge is valid" in second.text
    assert "Try again" not in second.text


def test_a_code_that_was_typed_stays_out_of_the_address(world: World, site: Guard) -> None:
    world.shares[CODE] = world.badge()
    for text in (f"RIVER-{CODE}", CODE):
        answer = switched(site, typed(site, text))
        assert "Esta insignia es válida" in answer.text
        assert CODE not in str(answer.url)


def test_the_day_that_was_asked_about_is_carried(world: World, site: Guard) -> None:
    first = ask(
        site, "/check", "POST", data={"text": world.badge().decode(), "at": "2026-05-20", "lang": "en"}
    )
    assert "May 20, 2026" in first.text
    assert "20 de mayo de 2026" in switched(site, first).text


def test_several_keep_their_names_and_what_could_not_be_read(world: World, site: Guard) -> None:
    files = [
        ("file", ("a.json", world.badge())),
        ("file", ("b.txt", b"no badge")),
        ("file", ("c.json", world.badge())),
    ]
    spanish = switched(site, ask(site, "/check", "POST", files=files, data={"lang": "en"}))
    for said in ("a.json", "b.txt", "c.json", "Esta insignia es válida", "No pudimos leer una insignia"):
        assert said in spanish.text
    assert spanish.text.count('href="#item-1"') == 2


def test_a_presentation_and_a_receipt_too(world: World, site: Guard) -> None:
    shown = signed(presentation(json.loads(world.badge())))
    assert "Todo lo presentado es válido" in switched(site, upload(site, shown)).text
    draft = re.search(r'name="draft" value="([^"]+)"', upload(site, world.badge()).text)
    assert draft
    made = ask(site, "/receipt", "POST", data={"draft": draft[1], "photo_id": "yes", "lang": "en"})
    spanish = switched(site, made)
    assert "Su comprobante" in spanish.text
    assert "dice que revisó una identificación con foto" in spanish.text
    token = re.search(r'name="receipt" value="([^"]+)"', made.text)
    assert token
    genuine = ask(site, "/receipt/check", "POST", data={"text": token[1], "lang": "en"})
    assert "Este comprobante es auténtico" in switched(site, genuine).text


@pytest.mark.parametrize("path", ["/check", "/receipt", "/batch/x/delete"])
def test_where_nothing_can_be_carried_the_page_that_asks_is_offered(site: Guard, path: str) -> None:
    data = (
        {"draft": "x", "lang": "en"}
        if path == "/receipt"
        else {"at": "2099-01-01", "text": "x", "lang": "en"}
    )
    answer = ask(site, path, "POST", data=data if path != "/batch/x/delete" else {"lang": "en"})
    place = {"/batch/x/delete": "/batch"}.get(path, path)
    assert f'<a href="{place}?lang=es" lang="es"' in answer.text
    assert ask(site, f"{place}?lang=es").status_code == 200


def test_a_page_is_never_larger_for_what_it_carries(world: World, tmp_path: Path) -> None:
    def edit(made: dict[str, Any]) -> None:
        made["credentialSubject"]["achievement"]["criteria"]["narrative"] = "".join(
            map(chr, range(33, 12_000))
        )

    world.edit["badge"] = edit
    answer = upload(make_site(world, tmp_path), world.badge())
    assert "<nav class" in answer.text
    assert 'name="again"' not in answer.text
    assert '<a href="/check?lang=es"' in answer.text


def one(text: str = "x", name: str = "", where: str = "", number: Any = 0, same_as: Any = None) -> list[Any]:
    return [text, name, where, number, same_as]


def packed(items: Any) -> str:
    return base64url_encode(zlib.compress(json.dumps({"items": items}).encode()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "%%%",
        "AAAA",
        base64url_encode(zlib.compress(b"[]")),
        base64url_encode(zlib.compress(b" " * 9_000_000)),
        "A" * (MOST_CARRIED + 1),
        packed([]),
        packed([one()] * (MOST_ITEMS + 1)),
        packed(["x"]),
        packed([one(where="elsewhere")]),
        packed([one(same_as=0)]),
        packed([one(), one(same_as=-1)]),
        packed([one("https://a.example/1"), one("https://a.example/2", same_as=0)]),
        packed([one(number=True)]),
        packed([one(number=-1)]),
        packed([one(name="x" * 201)]),
        packed([[1, "", "", 0, None]]),
    ],
)
def test_what_is_no_such_text_is_nothing(text: str) -> None:
    assert unpack(text) == ()


def test_at_the_bounds_it_is_read() -> None:
    assert len(unpack(packed([one(name="x" * 200)] * MOST_ITEMS))) == MOST_ITEMS
    (said,) = unpack(packed([one("unreadable:picture_broken", "p.png", "page", 2)]))
    assert said == Item(Presented(PresentedKind.UNREADABLE, code="picture_broken"), "p.png", Where.PAGE, 2)
    (other,) = unpack(packed([one("unreadable:<b>")]))
    assert other.presented.code == "not_a_badge"


def test_what_is_larger_than_a_page_may_carry_is_not_even_packed() -> None:
    large = Presented(PresentedKind.DOCUMENT, b"1" * UNPACKED.max_bytes)
    assert pack([Item(large)]) == ""
    assert pack([Item(large), Item(large)]) == ""
    assert pack([Item(Presented(PresentedKind.DOCUMENT, b"1" * 300_000))])


def test_what_no_text_can_say_is_not_carried() -> None:
    assert pack([Item(Presented(PresentedKind.DOCUMENT, b"\xff"))]) == ""
    assert pack([]) == ""

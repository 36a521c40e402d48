from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from credential.baking.png import bake_png
from credential.baking.svg import bake_svg
from credential.qr import format_code, new_code, new_token
from credential.readiness import READINESS_TYPE
from credential.types import AchievementType, ResultStatusType
from credential.withdrawal import Reason
from tests.determinations import CERTIFICATION, Story
from tests.pictures import png, svg
from tests.site import ask, make_site, typed, upload
from tests.world import NOW, World, keep
from verifier.app import STATIC, create_app
from verifier.evidence import Fetched, NeedKind
from verifier.settings import Settings
from verifier.web.guard import Guard
from verifier.web.pages import PLACES
from verifier.web.problem import STATUSES
from verifier.web.words import PAGES

CODE, TOKEN = new_code(bytes(range(7))), new_token(bytes(range(20)))
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


class Elements(HTMLParser):
    """The elements of a page, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [
            value or "" for name, value in attrs if name in {"src", "href", "action", "srcset"}
        ]


def headline(text: str) -> str:
    found = re.search(r'<h1 id="headline">(.*?)</h1>', text)
    assert found
    return found[1]


def test_the_first_page_asks_in_three_ways_and_runs_nothing_but_our_own_script(site: Guard) -> None:
    answer = ask(site, "/")
    page = Elements(answer.text)
    assert page.tags.count("form") == 3
    assert page.tags.count("script") == 1
    assert '<script type="module" src="/static/scan.js"></script>' in answer.text
    assert all(address.startswith(("/", "?", "#")) for address in page.addresses)
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}


def test_pages_are_small(world: World, site: Guard, tmp_path: Path) -> None:
    beside = {name: len(ask(site, f"/static/{name}").content) for name in STATIC}
    story = Story()
    others = make_site(story.world, tmp_path)
    answers = [
        ask(site, path)
        for path in (
            "/",
            "/check",
            "/how",
            "/receipt",
            "/nowhere",
            "/R/AAAA",
            "/developers",
            "/problems/busy",
        )
    ]
    answers += [upload(site, world.badge()), upload(others, story.signed())]
    answers += [made(answers[-1].text, others)]
    for answer in answers:
        loaded = [size for name, size in beside.items() if f"/static/{name}" in answer.text]
        assert len(loaded) >= 2
        assert len(answer.content) + sum(loaded) < 40_000, answer.text[:400]


def made(result: str, site: Guard) -> httpx.Response:
    """The receipt of a result page, asked for as its form does."""
    draft = re.search(r'name="draft" value="([^"]+)"', result)
    assert draft
    return ask(site, "/receipt", "POST", data={"draft": draft[1], "photo_id": "yes", "lang": "en"})


def test_the_menu_offers_what_is_there_and_nothing_else(world: World, tmp_path: Path) -> None:
    for settings, expected in (
        ({}, {"/", "/receipt", "/how", "/developers"}),
        ({"data": None}, {"/", "/how"}),
    ):
        site = make_site(world, tmp_path, **settings)
        menu = ask(site, "/how?lang=es").text.partition("<footer>")[2]
        offered = set(re.findall(r'href="([^"?]+)\?lang=es"', menu))
        assert expected <= offered <= set(PLACES.values())
        assert all(ask(site, path).status_code == 200 for path in offered)


def test_every_page_says_in_which_language_it_is_and_offers_the_other(site: Guard) -> None:
    for path in ("/", "/check", "/how", "/receipt"):
        for locale, other in (("en", "es"), ("es", "en")):
            text = ask(site, f"{path}?lang={locale}").text
            assert f'<html lang="{locale}">' in text
            assert f'<a href="?lang={other}" lang="{other}" hreflang="{other}">' in text


def test_what_the_badge_calls_its_issuer_is_shown_as_that_and_nothing_more(tmp_path: Path) -> None:
    world = World(name="Ridgeway School District")
    world.edit["badge"] = lambda made: made["issuer"].update(name="Harvard")
    text = upload(make_site(world, tmp_path), world.badge()).text
    assert "<dd><bdi>Ridgeway School District</bdi>" in text
    assert "In the badge the issuer calls itself “<bdi>Harvard</bdi>”" in text
    same = World()
    assert "calls itself" not in upload(make_site(same, tmp_path), same.badge()).text


def test_what_was_valid_on_an_earlier_day_is_not_green(world: World, tmp_path: Path) -> None:
    held = world.evidence(world.badge())
    keep(tmp_path / "kept", [(a.need.url, a.data, NOW) for a in held.gathered if isinstance(a, Fetched)])
    make_site(world, tmp_path)
    settings = Settings(
        trust=tmp_path / "trust.json", archive=tmp_path / "kept", hosts=frozenset({"check.example.org"})
    )
    site = create_app(settings, clock=lambda: NOW + timedelta(days=90))
    text = upload(site, world.badge()).text
    assert headline(text) == "Valid as of June 1, 2026"
    assert 'class="band not_current"' in text
    assert "Check it again for today." in text
    assert headline(upload(site, world.badge(), lang="es").text) == "Válida al 1 de junio de 2026"


@pytest.mark.parametrize("how", ["json", "png", "svg", "pasted"])
def test_a_good_badge_is_valid_however_it_comes(world: World, site: Guard, how: str) -> None:
    badge = world.badge()
    data = {"png": bake_png(png(), badge.decode()), "svg": bake_svg(svg(), badge.decode())}.get(how, badge)
    answer = typed(site, badge.decode()) if how == "pasted" else upload(site, data, name="holiday.gif")
    assert answer.status_code == 200
    assert headline(answer.text) == "This badge is valid"
    assert 'class="band accept"' in answer.text
    assert '<bdi class="person">Jordan Rivera</bdi>' in answer.text
    assert "Riverbend School District" in answer.text


def test_a_token_is_valid_too(tmp_path: Path) -> None:
    world = World(form="jwt")
    assert headline(upload(make_site(world, tmp_path), world.badge()).text) == "This badge is valid"


def test_the_parts_of_a_result_stand_in_their_order(world: World, site: Guard) -> None:
    text = upload(site, world.badge()).text
    places = [
        text.index(mark)
        for mark in (
            'class="band',
            'id="badge-name"',
            'id="checks"',
            'id="meaning"',
            'class="actions"',
            "<details>",
        )
    ]
    assert places == sorted(places)
    assert "<details open" not in text
    assert text.count('<li class="') == 5


def determinations() -> dict[str, Story]:
    since, changed = Story(), Story(inside=lambda data: data.replace(b"Workplace", b"Workshop"))
    since.world.revoke(CERTIFICATION, Reason.NO_LONGER_VALID)
    return {"good": Story(), "withdrawn since": since, "changed inside": changed}


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("name", determinations())
def test_a_determination_says_what_it_counts_for_and_rests_on(tmp_path: Path, name: str, locale: str) -> None:
    story = determinations()[name]
    text = upload(make_site(story.world, tmp_path), story.signed(), lang=locale).text
    places = [text.index(mark) for mark in ('id="badge-name"', 'id="counts"', 'id="rests-on"', 'id="checks"')]
    assert places == sorted(places)
    page = Elements(text)
    assert "script" not in page.tags
    assert not {
        attribute for attribute in page.attributes if attribute.startswith("on") or attribute == "style"
    }
    assert "data:" not in text.partition("<pre")[0]
    assert "Workshop" not in text
    assert text.count('<li class="') >= 2 + 2 + 6


def test_hostile_words_inside_a_badge_inside_stay_words(tmp_path: Path) -> None:
    story = Story(certification=lambda made: made["credentialSubject"]["achievement"].update(name=EVIL))
    story.rule = lambda value: value["subjects"]["ENG"].update(label=EVIL)
    text = upload(make_site(story.world, tmp_path), story.signed()).text
    assert headline(text) == "This badge is valid"
    assert "<script" not in text
    assert "<img" not in text


def test_nothing_of_a_changed_badge_is_shown(world: World, site: Guard) -> None:
    world.edit["badge"] = lambda made: made["credentialSubject"]["achievement"].update(name="Secret words")
    world.tamper["badge"] = lambda made: made["credentialSubject"]["achievement"].update(
        description="Forged words"
    )
    text = upload(site, world.badge()).text
    assert headline(text).startswith("Do not accept")
    assert 'class="band refuse"' in text
    for said in (
        "Secret words",
        "Forged words",
        "Jordan Rivera",
        "Riverbend",
        "did:web",
        "urn:uuid",
        "safety-10",
    ):
        assert said not in text


def test_nothing_of_a_file_that_is_no_badge_is_shown(site: Guard) -> None:
    for data in (b'{"type":["' + EVIL.encode() + b'"]}', EVIL.encode(), b"https://" + EVIL.encode()):
        text = upload(site, data).text
        assert "alert(1)" not in text
        assert 'class="band cannot_tell"' in text


def test_a_withdrawn_badge_says_when_and_why(world: World, site: Guard) -> None:
    world.revoke(reason=Reason.ISSUED_IN_ERROR, on=date(2026, 5, 20))
    text = upload(site, world.badge()).text
    assert headline(text).startswith("Do not accept")
    assert "May 20, 2026" in text


def test_an_unknown_issuer_is_never_green_and_his_own_name_is_marked(tmp_path: Path) -> None:
    world = World(trusted=False)
    world.edit["badge"] = lambda made: made["issuer"].update(name="Springfield <b>School</b>")
    text = upload(make_site(world, tmp_path), world.badge()).text
    assert 'class="band cannot_tell"' in text
    assert "accept" not in text
    assert "calls its issuer “<bdi>Springfield &lt;b&gt;School&lt;/b&gt;</bdi>”" in text


def test_an_issuer_that_does_not_answer_leaves_it_open(world: World, site: Guard) -> None:
    world.fail[world.did_url] = "timeout"
    text = upload(site, world.badge()).text
    assert headline(text) == "We could not finish checking"
    assert "Jordan" not in text


def test_what_people_wrote_is_text_and_nothing_else(world: World, site: Guard) -> None:
    def edit(made: dict[str, object]) -> None:
        subject = made["credentialSubject"]
        assert isinstance(subject, dict)
        subject["identifier"][0]["identityHash"] = "Ana \u202e" + EVIL
        subject["achievement"]["name"] = EVIL
        subject["achievement"]["description"] = "[x](javascript:alert(1)) \u2066" + EVIL
        subject["achievement"]["criteria"]["narrative"] = "</bdi></dd></article>" + EVIL

    world.edit["badge"] = edit
    text = upload(site, world.badge()).text
    assert headline(text) == "This badge is valid"
    page = Elements(text)
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert page.tags.count("article") == 1
    assert not {name for name in page.attributes if name.startswith("on")}
    shown = text.split("<pre")[0]
    assert "\u202e" not in shown
    assert "\u2066" not in shown
    assert "\u202e" not in text


@pytest.mark.parametrize(
    "path", [f"/c/river-{CODE.lower()}", f"/C/RIVER-{CODE}", f"/C/RIVER-{format_code(CODE)}", f"/C/{CODE}"]
)
def test_a_code_is_looked_up_with_the_issuer_of_its_tag_alone(world: World, site: Guard, path: str) -> None:
    world.shares[CODE] = world.badge()
    text = ask(site, path).text
    assert headline(text) == "This badge is valid"
    first = world.asked[0]
    assert (first.kind, first.url) == (NeedKind.RETRIEVAL, "https://badges.riverbend.example/retrieve")
    assert json.loads(first.body) == {"code": CODE}
    assert CODE not in "".join(need.url for need in world.asked)


@pytest.mark.parametrize("path", [f"/s/river-{TOKEN.lower()}", f"/S/RIVER-{TOKEN}"])
def test_a_share_is_looked_up_likewise(world: World, site: Guard, path: str) -> None:
    world.shares[TOKEN] = world.badge()
    assert headline(ask(site, path).text) == "This badge is valid"
    assert json.loads(world.asked[0].body) == {"token": TOKEN}


@pytest.mark.parametrize(
    "text", [f"RIVER-{format_code(CODE)}", f"https://check.example.org/c/river-{CODE}", CODE]
)
def test_a_code_can_be_typed_too(world: World, site: Guard, text: str) -> None:
    world.shares[CODE] = world.badge()
    assert headline(typed(site, text).text) == "This badge is valid"


def test_a_code_of_nobody_is_not_found_and_asks_nobody(world: World, site: Guard) -> None:
    assert headline(ask(site, f"/c/OTHER-{CODE}").text) == "No badge has this code"
    assert world.asked == []


@pytest.mark.parametrize("code", ["not_found", "not_shared", "share_ended"])
def test_what_the_issuer_says_of_a_share_is_said(world: World, site: Guard, code: str) -> None:
    world.fail[f"{world.origin}/retrieve"] = code
    text = ask(site, f"/s/RIVER-{TOKEN}").text
    assert f"<code>{code}</code>" in text
    assert 'class="band cannot_tell"' in text
    assert TOKEN not in text


def test_a_typo_is_named_and_asks_nobody(world: World, site: Guard) -> None:
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    text = ask(site, f"/c/RIVER-{wrong}").text
    assert "has a typo" in text
    assert world.asked == []


def test_look_ups_are_counted_and_uploads_are_not(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, codes_per_minute=2, lookups_per_minute=1)
    answers = [ask(site, f"/c/RIVER-{CODE}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 20 <= int(answers[2].headers["retry-after"]) <= 30
    link = "https://badges.riverbend.example/x.json"
    assert [typed(site, link).status_code for _ in range(2)] == [200, 429]
    assert upload(site, world.badge()).status_code == 200
    assert ask(site, "/c/typo").status_code == 200


def test_a_network_of_addresses_counts_as_one(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, codes_per_minute=1)
    askers = [
        "2001:db8:1:2::1",
        "2001:db8:1:2:ffff::9",
        "2001:db8:1:3::1",
        "fe80::1%eth0",
        "192.0.2.1",
        "192.0.2.2",
    ]
    statuses = [ask(site, f"/c/RIVER-{CODE}", asker=asker).status_code for asker in askers]
    assert statuses == [200, 429, 200, 200, 200, 200]


@pytest.mark.parametrize("data", [b"", b" "])
def test_an_empty_form_says_what_to_do(site: Guard, data: bytes) -> None:
    assert "Nothing was sent" in upload(site, data).text
    assert "Nothing was sent" in ask(site, "/check", "POST").text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"--x", "multipart/form-data"),
        (b"--x\r\n" * 1_000, "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"y" * 600_000 + b"\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (
            b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nb\r\n' % n for n in range(9))
            + b"--x--",
            "multipart/form-data; boundary=x",
        ),
    ],
    ids=["no boundary", "broken", "a field too long", "too many fields"],
)
def test_a_form_that_is_none_is_a_bad_request(site: Guard, content: bytes, kind: str) -> None:
    answer = ask(site, "/check", "POST", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert headline(answer.text) == "That did not work"


@pytest.mark.parametrize(
    ("path", "header", "locale"),
    [
        ("/", "", "en"),
        ("/?lang=es", "en", "es"),
        ("/", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("/", "fr,en", "en"),
        ("/?lang=xx", "fr", "en"),
        ("/nowhere", "es", "es"),
    ],
)
def test_the_language_is_the_one_asked_for_or_the_browsers(
    site: Guard, path: str, header: str, locale: str
) -> None:
    answer = ask(site, path, headers={"Accept-Language": header})
    assert answer.headers["content-language"] == locale
    assert f'<html lang="{locale}">' in answer.text
    expected = PAGES[locale]["error.404"] if path == "/nowhere" else PAGES[locale]["lead"]
    assert expected in answer.text


def test_a_result_can_be_had_in_spanish(world: World, site: Guard) -> None:
    text = upload(
        site,
        world.badge(),
    ).text
    assert '<html lang="en">' in text
    assert (
        headline(ask(site, "/check", "POST", files={"file": ("b", world.badge())}, data={"lang": "es"}).text)
        == "Esta insignia es válida"
    )


def test_both_languages_have_the_same_words_and_no_more() -> None:
    assert PAGES["en"].keys() == PAGES["es"].keys()
    assert all(words.strip() for locale in PAGES for words in PAGES[locale].values())
    sources = [*Path("verifier/templates").glob("*.html"), *Path("verifier/web").glob("*.py")]
    text = "".join(file.read_text("utf-8") for file in sources)
    used = set(re.findall(r"words\[['\"]([a-z_.]+)['\"]\]", text))
    used |= {f"receipt.photo_{one}" for one in ("yes", "no")} | {"calls_itself", "issuer_calls_itself"}
    assert used <= PAGES["en"].keys()
    listed = ("unreadable.", "error.", "kind.", "status.", "nav.", "code.", "how.", "problem.", "batch.s")
    assert {key for key in PAGES["en"] if not key.startswith(listed)} <= used
    assert {f"nav.{place}" for place in PLACES} == {key for key in PAGES["en"] if key.startswith("nav.")}
    how = set(re.findall(r'"([a-z_]+)"', Path("verifier/templates/how.html").read_text("utf-8")))
    told = {f"problem.{code}.{part}" for code in STATUSES for part in ("title", "text")}
    problems = {key for key in PAGES["en"] if key.startswith("problem.")}
    assert problems == told | {"problem.code", "problem.for_programs"}
    steps = {key.removeprefix("how.").removesuffix("_text") for key in PAGES["en"] if key.startswith("how.")}
    assert steps - {"title", "lead", "picture", "five", "answers", "colours", "private"} <= how


def test_every_kind_of_achievement_has_words_in_every_language() -> None:
    for words in PAGES.values():
        assert {f"kind.{kind}" for kind in (*AchievementType, READINESS_TYPE)} == {
            key for key in words if key.startswith("kind.")
        }


def test_every_status_of_a_result_has_words_in_every_language() -> None:
    for words in PAGES.values():
        assert {f"status.{one}" for one in ResultStatusType} == {
            key for key in words if key.startswith("status.")
        }


def test_each_way_to_ask_has_a_field_for_a_day(site: Guard) -> None:
    text = ask(site, "/check").text
    assert text.count('name="at" type="date"') == 3
    for field in re.findall(r'id="([a-z]+-at)"', text):
        assert f'<label for="{field}">' in text

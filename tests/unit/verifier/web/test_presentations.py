"""A presentation that somebody sends to the page: who presents it, and each badge with its whole result."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from contexts.document import compose
from tests.endorsements import member
from tests.presentations import STUDENT, envelope, presentation, signed, token
from tests.seeded import did_key_signer
from tests.site import ask, make_site, typed, upload
from tests.world import World
from tests.zips import plain_zip
from verifier.presentation import MOST_PRESENTED
from verifier.web.guard import Guard
from verifier.web.site import presented_for_strangers
from verifier.web.words import PAGES


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def shown(world: World, *indices: int) -> bytes:
    return signed(presentation(*(member(world, index) for index in indices or (5, 6))))


def headline(text: str) -> str:
    found = re.search(r'<h1 id="headline">(.*?)</h1>', text)
    assert found, text[:600]
    return found[1]


class Ids(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.feed(text)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"aria-labelledby", "for"}:
                self.wanted += (value or "").split()
            if name == "href" and (value or "").startswith("#"):
                self.wanted.append((value or "")[1:])


def forms(world: World) -> list[bytes]:
    whole = presentation(member(world), member(world, 6))
    return [
        signed(whole),
        token(whole),
        json.dumps(envelope(token(whole), "Presentation")).encode(),
        compose(whole).raw,
    ]


def test_a_presentation_in_every_form_has_one_page_with_each_badge_in_full(world: World, site: Guard) -> None:
    for data in forms(world):
        for answer in (upload(site, data), typed(site, data.decode())):
            assert answer.status_code == 200
            assert headline(answer.text) == "Everything presented is valid"
            assert answer.text.count("Workplace Safety, 10 hours") >= 2
            for number in (1, 2):
                assert f'<a href="#badge-{number}">This badge is valid</a>' in answer.text
                assert f'id="checks-{number}"' in answer.text
            ids = Ids(answer.text)
            assert len(ids.ids) == len(set(ids.ids))
            assert set(ids.wanted) <= set(ids.ids)
            assert "<script" not in answer.text


def test_the_page_says_who_presents_and_that_nobody_has_signed_a_folder(world: World, site: Guard) -> None:
    proven = upload(site, shown(world)).text
    assert STUDENT.controller in proven
    assert "not the name of a person" in proven
    folder = upload(site, compose(presentation(member(world))).raw).text
    assert headline(folder) == "Everything presented is valid"
    assert STUDENT.controller not in folder
    assert "Nobody has signed it." in folder
    assert "Quién lo presenta" in upload(site, shown(world), lang="es").text


def test_one_withdrawn_badge_is_seen_before_all_that_is_good(world: World, site: Guard) -> None:
    world.revoke(6)
    text = upload(site, shown(world)).text
    assert headline(text) == "Do not accept: not everything presented is valid"
    assert re.findall(r'<a href="#badge-\d">(.*?)</a>', text) == [
        "This badge is valid",
        "Do not accept: the issuer withdrew this badge",
    ]


def test_a_changed_presentation_shows_nothing_of_what_is_in_it(world: World, site: Guard) -> None:
    made = json.loads(shown(world)) | {"holder": "did:example:1"}
    text = upload(site, compose(made).raw).text
    assert headline(text) == "Do not accept: whoever presents this did not sign it"
    for word in ("Workplace", "Jordan", STUDENT.controller, "did:example"):
        assert word not in text


def test_nothing_in_a_signed_presentation_is_no_good_news(site: Guard) -> None:
    text = upload(site, signed(presentation())).text
    assert headline(text) == "No badge was presented"
    assert 'class="band cannot_tell"' in text


def test_the_answer_for_an_earlier_day_is_not_given_as_one_for_today(world: World, site: Guard) -> None:
    sent: dict[str, Any] = {
        "files": {"file": ("a", shown(world))},
        "data": {"lang": "en", "at": "2026-05-30"},
    }
    text = ask(site, "/check", "POST", **sent).text
    assert 'class="band accept"' not in text
    assert headline(text) in {
        "On May 30, 2026 everything presented was valid",
        "We could not finish checking what was presented",
    }


def test_programs_get_the_presentations_own_report(world: World, site: Guard) -> None:
    headers = {"Accept": "application/json"}
    files = [("file", ("a.json", shown(world))), ("file", ("b.json", world.badge()))]
    one, two = ask(site, "/check", "POST", files=files, headers=headers).json()
    assert (one["report"]["kind"], one["report"]["code"]) == ("presentation", "valid")
    assert one["report"]["holder"] == STUDENT.controller
    assert [told["code"] for told in one["report"]["credentials"]] == ["valid", "valid"]
    assert two["report"]["kind"] == "badge"


def test_presentations_among_several_have_a_line_each(world: World, site: Guard) -> None:
    stranger = did_key_signer("a stranger")
    forged = signed(presentation(member(world, 7)), stranger)
    packed = plain_zip([("a.json", shown(world)), ("b.json", world.badge(9)), ("c.json", forged)])
    text = upload(site, packed).text
    assert re.findall(r'<h2><a href="#item-\d+">(.*?)</a></h2>', text) == [
        "Everything presented is valid",
        "This badge is valid",
        "Do not accept: whoever presents this did not sign it",
    ]
    ids = Ids(text)
    assert len(ids.ids) == len(set(ids.ids))
    assert set(ids.wanted) <= set(ids.ids)


def test_more_badges_than_are_checked_are_all_left_open(world: World, site: Guard) -> None:
    held = [{"type": ["VerifiableCredential"], "id": f"urn:x:{n}"} for n in range(MOST_PRESENTED + 1)]
    text = upload(site, compose(presentation(*held)).raw).text
    assert headline(text) == "We could not finish checking what was presented"
    assert "There are more badges than we check at once." in text


def test_strangers_do_not_learn_why_a_holders_address_did_not_answer(world: World, site: Guard) -> None:
    from datetime import UTC, datetime

    from verifier.evidence import CheckOutcome, Outcome
    from verifier.presented import (
        PresentationCheck,
        PresentationCode,
        PresentationFinding,
        PresentationVerdict,
    )

    found = PresentationFinding(
        PresentationCheck.PROOF, CheckOutcome.COULD_NOT_CHECK, "holder_unreachable", "private_address"
    )
    verdict = PresentationVerdict(
        Outcome.UNKNOWN, PresentationCode.INCOMPLETE, (found,), datetime(2026, 6, 1, tzinfo=UTC)
    )
    assert [one.detail for one in presented_for_strangers(verdict).findings] == [""]


def test_a_page_of_two_badges_is_small(world: World, site: Guard) -> None:
    assert len(upload(site, shown(world)).content) < 40_000


def test_every_word_of_the_page_is_there_in_both_languages() -> None:
    for words in PAGES.values():
        assert all(words[f"presentation.{key}"] for key in ("badges", "badges_hint", "who", "holder", "back"))

"""What a link that is over tells its holder: the day, and nothing of student, badge or district."""

from __future__ import annotations

from pathlib import Path

import pytest

from credential.qr import new_token
from tests.site import ask, make_site
from tests.world import NOW, World
from verifier.gathered import Failure, Fetched, Need, NeedKind

TOKEN = new_token(bytes(range(20)))
DAY = "2026-05-30"
DATED = {"en": "This link ended on May 30, 2026", "es": "Este enlace venció el 30 de mayo de 2026"}
BARE = {"en": "This link has ended", "es": "Este enlace venció"}


class Over(World):
    """A world in which every share is over."""

    code, last_day = "share_ended", DAY

    def fetch(self, need: Need) -> Fetched | Failure:
        if need.kind is NeedKind.RETRIEVAL:
            self.asked.append(need)
            return Failure(need, self.code, "gone", NOW, self.last_day)
        return super().fetch(need)


def told(world: World, folder: Path, locale: str) -> str:
    return ask(make_site(world, folder), f"/s/RIVER-{TOKEN}?lang={locale}").text


@pytest.mark.parametrize("locale", ["en", "es"])
def test_it_ended_on_a_day(tmp_path: Path, locale: str) -> None:
    assert f'<h1 id="headline">{DATED[locale]}</h1>' in told(Over(), tmp_path, locale)


@pytest.mark.parametrize("locale", ["en", "es"])
def test_without_a_day_it_has_ended(tmp_path: Path, locale: str) -> None:
    world = Over()
    world.last_day = ""
    assert f'<h1 id="headline">{BARE[locale]}</h1>' in told(world, tmp_path, locale)


@pytest.mark.parametrize("locale", ["en", "es"])
def test_one_that_was_stopped_says_no_day_though_the_server_sends_one(tmp_path: Path, locale: str) -> None:
    world = Over()
    world.code = "not_shared"
    text = told(world, tmp_path, locale)
    assert DATED[locale] not in text
    assert DAY not in text


@pytest.mark.parametrize("code", ["share_ended", "not_shared"])
@pytest.mark.parametrize("locale", ["en", "es"])
def test_nothing_of_student_badge_or_district_is_told(tmp_path: Path, code: str, locale: str) -> None:
    world = Over()
    world.code = code
    text = told(world, tmp_path, locale)
    for secret in ("Jordan", "Rivera", "Workplace Safety", world.name, world.host, world.did, TOKEN, "RIVER"):
        assert secret not in text, secret
    # Nobody but the one who answers for the link was asked anything.
    assert {need.kind for need in world.asked} == {NeedKind.RETRIEVAL}

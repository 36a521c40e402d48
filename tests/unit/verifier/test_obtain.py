"""From a link or a code to a badge: who is asked, and what an issuer may answer."""

from __future__ import annotations

import json

import pytest

from tests.world import World
from verifier.evidence import Code, NeedKind, Outcome, Presented, PresentedKind

TOKEN = "A" * 32
SHARE = Presented(PresentedKind.SHARE, tag="RIVER", token=TOKEN)
CODE = Presented(PresentedKind.CODE, tag="RIVER", token="7Q2M9KXB4T0C")


@pytest.mark.parametrize(("presented", "member"), [(SHARE, "token"), (CODE, "code")])
def test_only_the_origin_of_the_trust_list_is_asked(presented: Presented, member: str) -> None:
    world = World(shares={TOKEN: World().badge(), "7Q2M9KXB4T0C": World().badge()})
    assert world.check(presented).code is Code.VALID
    first = world.asked[0]
    assert (first.kind, first.url) == (NeedKind.RETRIEVAL, f"{world.origin}/retrieve")
    assert json.loads(first.body) == {member: presented.token}


def test_the_settings_may_name_an_origin_for_a_tag_that_no_list_has() -> None:
    world = World(shares={TOKEN: World().badge()})
    other = Presented(PresentedKind.SHARE, tag="OTHER", token=TOKEN)
    assert world.check(other).code is Code.NOT_FOUND
    assert world.asked == []
    world.policy_changes["retrieval"] = {"OTHER": world.origin, "RIVER": "https://mallory.example"}
    assert world.check(other).code is Code.VALID
    world.asked.clear()
    assert world.check(SHARE).code is Code.VALID  # the trust list's own origin comes first
    assert world.asked[0].url == f"{world.origin}/retrieve"


def test_what_comes_back_is_checked_like_any_upload() -> None:
    changed = World()
    changed.tamper["badge"] = lambda made: made.update(name="Another")
    assert World(shares={TOKEN: changed.badge()}).check(SHARE).code is Code.TAMPERED
    assert World(shares={TOKEN: World(form="jwt").badge()}).check(SHARE).code is Code.VALID
    assert World(shares={TOKEN: b"<html>"}).check(SHARE).code is Code.UNREADABLE


def test_a_link_is_followed_once() -> None:
    link = b"https://badges.riverbend.example/S/RIVER-" + TOKEN.encode()
    world = World(shares={TOKEN: link})
    assert world.check(SHARE).code is Code.UNREADABLE
    assert len(world.asked) == 1


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ("not_found", Code.NOT_FOUND),
        ("not_shared", Code.NOT_SHARED),
        ("share_ended", Code.SHARE_ENDED),
        ("timeout", Code.INCOMPLETE),
        ("http_status", Code.INCOMPLETE),
    ],
)
@pytest.mark.parametrize("presented", [SHARE, CODE])
def test_what_an_issuer_may_say_instead(presented: Presented, failure: str, code: Code) -> None:
    world = World()
    world.fail[f"{world.origin}/retrieve"] = failure
    verdict = world.check(presented)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, code)


def test_a_badge_at_a_public_address_is_fetched_and_checked() -> None:
    world = World()
    world.serve["https://badges.riverbend.example/b.json"] = world.badge()
    link = Presented(PresentedKind.LINK, url="https://badges.riverbend.example/b.json")
    assert world.check(link).code is Code.VALID


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("code_typo", Outcome.UNKNOWN),
        ("duplicate_key", Outcome.INVALID),
        ("no_badge_in_picture", Outcome.UNKNOWN),
    ],
)
def test_malformed_is_invalid_and_unreadable_is_unknown(code: str, outcome: Outcome) -> None:
    verdict = World().check(Presented(PresentedKind.UNREADABLE, code=code, detail="so"))
    assert (verdict.outcome, verdict.code) == (outcome, Code.UNREADABLE)


@pytest.mark.parametrize(
    ("kind", "code"), [(PresentedKind.SHARE, "nothing_shared"), (PresentedKind.CODE, "not_found")]
)
def test_a_link_that_leads_to_nothing_is_told_otherwise_than_a_code(kind: PresentedKind, code: str) -> None:
    world = World(fail={f"{World().origin}/retrieve": "not_found"})
    verdict = world.check(Presented(kind, tag="RIVER", token=TOKEN))
    assert (verdict.code, verdict.findings[0].code) == (Code.NOT_FOUND, code)

"""`POST /presentations/verify` and `/challenges`: in VCALM's shape, each challenge good once."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.endorsements import member
from tests.interface import post
from tests.presentations import STUDENT, envelope, presentation, signed, token
from tests.seeded import did_key_signer
from tests.site import Answers, ask, make_site
from tests.world import NOW, World
from verifier.app import create_app
from verifier.settings import Settings
from verifier.web.challenges import LASTS, PREFIX
from verifier.web.guard import Guard

PATH = "/presentations/verify"
DOMAIN = "https://verify.example"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def own(world: World, index: int = 5) -> dict[str, Any]:
    return member(world, index, lambda made: made["credentialSubject"].update(id=STUDENT.controller))


def made(site: Guard) -> str:
    answer = ask(site, "/challenges", "POST")
    assert answer.status_code == 200
    text: str = answer.json()["challenge"]
    return text


def asked(site: Guard, shown: Any, **options: Any) -> Any:
    return post(site, PATH, {"verifiablePresentation": shown, "options": options})


def parsed(data: bytes) -> Any:
    return json.loads(data)


def titles(answer: Any) -> list[str]:
    return [one["title"] for one in answer.json()["problemDetails"]]


def test_a_presentation_answers_a_challenge_once(world: World, site: Guard) -> None:
    challenge = made(site)
    shown = parsed(signed(presentation(own(world)), challenge=challenge, domain=DOMAIN))
    first = asked(site, shown, challenge=challenge, domain=DOMAIN)
    assert (first.status_code, first.json()["verified"], titles(first)) == (200, True, [])
    told = first.json()["results"]["presentation"]
    assert told["challenge"] == {
        "verified": True,
        "input": challenge,
        "uses": 1,
        "firstVerifiedAt": "2026-06-01T12:00:00Z",
    }
    assert told["domain"] == {"verified": True, "input": DOMAIN}
    assert told["holder"] == {"verified": True, "input": STUDENT.controller}
    assert told["proof"] == [{"verified": True, "problemDetails": []}]
    (credential,) = first.json()["results"]["credentials"]
    assert credential["verified"] is True
    again = asked(site, shown, challenge=challenge, domain=DOMAIN)
    assert (again.status_code, again.json()["verified"]) == (200, False)
    assert titles(again) == ["challenge_used"]
    assert again.json()["problemDetails"][0]["type"] == "https://w3id.org/security#INVALID_CHALLENGE_ERROR"
    assert again.json()["results"]["presentation"]["challenge"]["verified"] is False
    assert again.json()["results"]["presentation"]["challenge"]["uses"] == 2


def test_a_presentation_that_fails_leaves_the_challenge_open(world: World, site: Guard) -> None:
    challenge = made(site)
    changed = parsed(signed(presentation(own(world)), challenge=challenge))
    changed["proof"]["created"] = "2026-06-01T11:59:31Z"
    assert asked(site, changed, challenge=challenge).json()["verified"] is False
    good = parsed(signed(presentation(own(world)), challenge=challenge))
    assert asked(site, good, challenge=challenge).json()["verified"] is True


def test_a_challenge_of_before_is_not_taken_for_the_callers_own(world: World, tmp_path: Path) -> None:
    times = [NOW]
    make_site(world, tmp_path)  # writes the trust list
    site = create_app(
        Settings(trust=tmp_path / "trust.json", hosts=frozenset({"check.example.org"})),
        source=Answers(world),
        clock=lambda: times[-1],
    )
    challenge = made(site)
    times.append(NOW + LASTS + timedelta(seconds=1))
    late: dict[str, Any] = {"created": "2026-06-01T12:10:00Z", "challenge": challenge}
    shown = parsed(signed(presentation(), **late))
    answer = asked(site, shown, challenge=challenge)
    assert (answer.json()["verified"], titles(answer)) == (False, ["challenge_expired"])
    forged = PREFIX + "A" * 32
    shown = parsed(signed(presentation(), **late | {"challenge": forged}))
    answer = asked(site, shown, challenge=forged)
    assert (answer.json()["verified"], titles(answer)) == (False, ["challenge_unknown"])


def test_a_challenge_of_the_callers_own_is_compared_and_not_counted(world: World, site: Guard) -> None:
    shown = parsed(signed(presentation(own(world)), challenge="mine", domain=DOMAIN))
    for _ in range(2):
        answer = asked(site, shown, challenge="mine", domain=DOMAIN)
        assert answer.json()["verified"] is True
        told = answer.json()["results"]["presentation"]["challenge"]
        assert told == {"verified": True, "input": "mine"}
    other = asked(site, shown, challenge="another", domain=DOMAIN)
    assert (other.json()["verified"], titles(other)) == (False, ["challenge_differs"])
    elsewhere = asked(site, shown, challenge="mine", domain="https://other.example")
    assert (elsewhere.json()["verified"], titles(elsewhere)) == (False, ["domain_differs"])
    told = elsewhere.json()["results"]["presentation"]
    assert (told["challenge"]["verified"], told["domain"]["verified"]) == (True, False)
    assert elsewhere.json()["problemDetails"][0]["type"].endswith("#INVALID_DOMAIN_ERROR")


def test_an_unsigned_one_is_a_folder_of_badges_unless_somebody_asks(world: World, site: Guard) -> None:
    shown = presentation(own(world))
    folder = post(site, PATH, {"presentation": shown})
    assert folder.json()["verified"] is True
    assert "proof" not in folder.json()["results"]["presentation"]
    answer = post(site, PATH, {"presentation": shown, "options": {"challenge": made(site)}})
    assert (answer.json()["verified"], titles(answer)[0]) == (False, "presentation_unsigned")


def test_a_holder_who_did_not_sign_is_named(world: World, site: Guard) -> None:
    shown = parsed(signed(presentation(own(world)), did_key_signer("somebody else"), challenge="c"))
    answer = asked(site, shown, challenge="c", returnPresentation=True)
    assert (answer.json()["verified"], titles(answer)[0]) == (False, "holder_did_not_sign")
    assert "verifiablePresentation" not in answer.json()


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_token_and_its_envelope_are_taken_and_come_back_in_an_envelope(
    world: World, site: Guard, *, wrapped: bool
) -> None:
    held = token(presentation(own(world)), nonce="c")
    shown = envelope(held, "Presentation") if wrapped else held.decode()
    answer = asked(site, shown, challenge="c", returnPresentation=True)
    assert answer.json()["verified"] is True
    assert answer.json()["verifiablePresentation"] == envelope(held, "Presentation")


def test_the_presentation_comes_back_only_where_it_is_asked_for(world: World, site: Guard) -> None:
    shown = parsed(signed(presentation(own(world))))
    assert "verifiablePresentation" not in asked(site, shown).json()
    assert asked(site, shown, returnPresentation=True).json()["verifiablePresentation"] == shown
    bare = asked(site, shown, returnResults=False, returnProblemDetails=False)
    assert set(bare.json()) == {"verified", "report"}


def test_a_badge_that_fails_fails_the_presentation(world: World, site: Guard) -> None:
    world.revoke()
    shown = parsed(signed(presentation(own(world), own(world, 6))))
    answer = asked(site, shown)
    assert (answer.status_code, answer.json()["verified"]) == (200, False)
    told = [one["verified"] for one in answer.json()["results"]["credentials"]]
    assert sorted(told) == [False, True]


@pytest.mark.parametrize(
    ("value", "code", "at"),
    [
        ({}, "no_presentation", ""),
        ({"verifiablePresentation": {}, "presentation": {}}, "no_presentation", ""),
        ({"verifiablePresentation": 5}, "no_presentation", "/verifiablePresentation"),
        ({"verifiablePresentation": "eyJ"}, "not_a_token", "/verifiablePresentation"),
        (
            {"verifiablePresentation": '{"type":"VerifiablePresentation"}'},
            "not_a_token",
            "/verifiablePresentation",
        ),
        ({"verifiablePresentation": {}, "checks": []}, "unknown_member", "/checks"),
        ({"verifiablePresentation": {}, "options": {"checks": []}}, "unknown_option", "/options/checks"),
        ({"verifiablePresentation": {}, "options": {"challenge": 5}}, "bad_options", "/options/challenge"),
        ({"verifiablePresentation": {}, "options": {"challenge": ""}}, "bad_options", "/options/challenge"),
        (
            {"verifiablePresentation": {}, "options": {"domain": "d" * 1_025}},
            "bad_options",
            "/options/domain",
        ),
        ({"verifiablePresentation": {}, "options": 5}, "bad_options", "/options"),
    ],
)
def test_what_asks_nothing_is_refused_by_name(site: Guard, value: Any, code: str, at: str) -> None:
    answer = post(site, PATH, value)
    assert answer.status_code == 400
    (fault,) = answer.json()["errors"]
    assert (fault["code"], fault["pointer"]) == (code, at)
    assert answer.json()["problemDetails"][0]["title"] == code


def test_what_is_no_presentation_is_a_bad_request(site: Guard) -> None:
    answer = asked(site, {"type": ["VerifiablePresentation"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "not_a_badge")
    assert answer.json()["verified"] is False
    assert answer.json()["problemDetails"]


def test_a_challenge_is_made_of_nothing(site: Guard) -> None:
    assert post(site, "/challenges", b"{}").status_code == 200
    assert post(site, "/challenges", {"a": 1}).json()["errors"][0]["code"] == "not_empty"
    assert post(site, "/challenges", b"[]").json()["code"] == "bad_json"


def test_large_presentations_count_as_many(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, checks_per_minute=4)
    small, large = (
        parsed(signed(presentation())),
        presentation(own(world), *[own(world, n) for n in range(12)]),
    )
    assert asked(site, small).headers["ratelimit"].startswith('"checks";r=3')
    assert asked(site, large).status_code == 429


@pytest.mark.parametrize("what", ["did_url", "list_url"])
def test_why_an_address_did_not_answer_is_not_told(what: str, tmp_path: Path) -> None:
    """Neither the holder's address nor that of a credential inside: this is no scanner of networks."""
    answers = set()
    for reason in ("timeout", "blocked_address", "tls", "unreachable", "http_status"):
        world = World()
        signer = world.signer if what == "did_url" else STUDENT
        held = () if what == "did_url" else (own(world),)
        shown = json.loads(signed(presentation(*held, holder=signer.controller), signer, challenge="c"))
        world.fail[getattr(world, what)] = reason
        answer = asked(make_site(world, tmp_path), shown, challenge="c")
        assert answer.json()["verified"] is False
        answers.add(answer.text)
    assert len(answers) == 1
    assert ("holder_unreachable" if what == "did_url" else "status_unreachable") in answers.pop()

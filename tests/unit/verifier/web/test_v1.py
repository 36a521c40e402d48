"""`POST /v1/verifications` and `:batch`, with our own report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contexts.document import compose
from credential.baking.png import bake_png
from credential.proof.vc_jwt import sign_jwt
from credential.qr import new_code, new_token
from keys.multibase import base64url_decode
from tests.interface import hold, post, send
from tests.photos import square, written
from tests.pictures import png
from tests.presentations import envelope, presentation, signed
from tests.site import ask, make_site
from tests.world import World
from tests.zips import plain_zip
from verifier.web import v1
from verifier.web.guard import Guard
from verifier.web.verifications import MOST_IN_BATCH

ONE, MANY = "/v1/verifications", "/v1/verifications:batch"
CODE, TOKEN = new_code(bytes(range(7))), new_token(bytes(range(20)))


@pytest.fixture
def world() -> World:
    made = World()
    made.shares = {CODE: made.badge(), TOKEN: made.badge(6)}
    made.serve[f"{made.origin}/badges/7"] = made.badge(7)
    return made


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def value(world: World, index: int = 5) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(world.badge(index))
    return told


def test_a_badge_is_checked_in_every_way_in_which_it_can_be_sent(world: World, site: Guard) -> None:
    jwt = sign_jwt(compose(world.badge_value()), world.signer)
    for asked in (
        {"badge": value(world)},
        {"badge": jwt},
        {"badge": envelope(jwt.encode())},
        {"link": f"{world.origin}/badges/7"},
        {"link": f"https://check.example.org/S/RIVER-{TOKEN}"},
        {"code": f"RIVER-{CODE}"},
        {"code": CODE.lower()},
    ):
        answer = post(site, ONE, asked)
        assert answer.status_code == 200, asked
        told = answer.json()
        assert (told["kind"], told["report"]["code"], told["receipt"]) == ("badge", "valid", None), asked
        assert told["digest"].startswith("sha256-")
        assert answer.headers["ratelimit"]


@pytest.mark.parametrize("kind", ["json", "png", "zip"])
def test_a_file_of_any_kind_can_be_sent(world: World, site: Guard, kind: str) -> None:
    data = {
        "json": world.badge(),
        "png": bake_png(png(), world.badge().decode()),
        "zip": plain_zip([("badge.json", world.badge())]),
    }[kind]
    answer = send(site, ONE, (f"badge.{kind}", data), lang="es", at="")
    assert answer.status_code == 200
    assert answer.json()["report"]["headline"] == "Esta insignia es válida"


def test_a_photo_is_looked_at_and_counted_as_dear(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, lookups_per_minute=1)
    photo = written(square(f"HTTPS://CHECK.EXAMPLE.ORG/C/RIVER-{CODE}"))
    assert send(site, ONE, ("photo.png", photo)).json()["report"]["code"] == "valid"
    again = send(site, ONE, ("photo.png", photo))
    assert (again.status_code, again.json()["code"]) == (429, "too_many_requests")
    assert again.headers["ratelimit-policy"] == '"lookups";q=1;w=60'
    assert 50 <= int(again.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("setting", "asked", "name"),
    [
        ("codes_per_minute", {"code": CODE}, "codes"),
        ("lookups_per_minute", {"link": "https://badges.riverbend.example/badges/7"}, "lookups"),
        ("checks_per_minute", {"badge": {"type": "OpenBadgeCredential"}}, "checks"),
    ],
)
def test_each_kind_is_counted_by_itself(
    world: World, tmp_path: Path, setting: str, asked: dict[str, Any], name: str
) -> None:
    site = make_site(world, tmp_path, **{setting: 1})
    assert post(site, ONE, asked).headers["ratelimit"].startswith(f'"{name}";r=0;t=')
    refused = post(site, ONE, asked)
    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == f'"{name}";q=1;w=60'
    others = [{"code": CODE}, {"link": f"{world.origin}/badges/7"}, {"badge": value(world)}]
    assert sorted(post(site, ONE, other).status_code for other in others) == [200, 200, 429]
    assert post(site, ONE, asked, asker="192.0.2.8").status_code == 200


def test_a_badge_that_fails_is_an_answer_and_tells_nothing_of_itself(world: World, site: Guard) -> None:
    world.tamper["badge"] = lambda made: made.update(name="Forged")
    answer = post(site, ONE, {"badge": value(world)})
    assert (answer.status_code, answer.json()["report"]["code"]) == (200, "tampered")
    assert "Forged" not in answer.text
    nothing = post(site, ONE, {"badge": {}})
    assert (nothing.status_code, nothing.json()["report"]["code"]) == (200, "unreadable")


def test_it_answers_for_a_day_in_the_past(world: World, site: Guard) -> None:
    answer = post(site, ONE, {"badge": value(world), "at": "2026-06-01T11:30:00Z", "lang": "es"})
    told = answer.json()["report"]
    assert (told["code"], told["asked_about"]) == ("valid", "2026-06-01T11:30:00Z")


def test_a_receipt_is_given_and_is_genuine(world: World, site: Guard) -> None:
    told = post(site, ONE, {"badge": value(world), "receipt": True}).json()
    shown = ask(site, "/receipt/check", "POST", data={"text": told["receipt"]}).text
    assert "genuine" in shown.lower()
    published = ask(site, "/.well-known/cairn-receipt-keys.json")
    hold(published, "/.well-known/cairn-receipt-keys.json", "get")
    header = json.loads(base64url_decode(told["receipt"].split(".")[0]))
    assert header["kid"] in {key["kid"] for key in published.json()["keys"]}
    sent = send(site, ONE, ("b", world.badge()), receipt="true").json()
    assert sent["receipt"].startswith("ey")
    assert post(site, ONE, {"badge": {}, "receipt": True}).json()["receipt"] is None


def test_without_a_key_there_are_no_receipts_and_it_says_so(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, data=None)
    for path, asked in ((ONE, {"code": CODE}), (MANY, {"items": [{"code": CODE}]})):
        answer = post(site, path, asked | {"receipt": True})
        assert (answer.status_code, answer.json()["code"]) == (400, "no_receipts")
    assert world.asked == []


def test_a_presentation_is_told_of_as_one(world: World, site: Guard) -> None:
    shown = json.loads(signed(presentation(value(world))))
    told = post(site, ONE, {"badge": shown}).json()
    assert (told["kind"], told["report"]["code"]) == ("presentation", "valid")
    assert told["report"]["credentials"][0]["code"] == "valid"


def test_everything_that_is_wrong_is_told_at_once_with_its_place(site: Guard) -> None:
    answer = post(site, ONE, {"badge": {}, "code": CODE, "lang": "fr", "receipt": 1, "at": 5, "name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    told = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert sorted(told) == [
        ("", "no_badge"),
        ("/at", "bad_moment"),
        ("/lang", "bad_lang"),
        ("/name", "unknown_member"),
        ("/receipt", "bad_receipt"),
    ]


@pytest.mark.parametrize(
    ("asked", "at", "code"),
    [
        ({}, "", "no_badge"),
        ({"badge": 5}, "/badge", "bad_badge"),
        ({"badge": "hello"}, "/badge", "bad_badge"),
        ({"badge": '{"type": "VerifiablePresentation"}'}, "/badge", "bad_badge"),
        ({"link": "badge"}, "/link", "bad_link"),
        ({"link": CODE}, "/link", "bad_link"),
        ({"link": ["https://a.example"]}, "/link", "bad_link"),
        ({"link": "https://a.example/" + "x" * 5_000}, "/link", "bad_link"),
        ({"code": "https://a.example/badges/7"}, "/code", "bad_code"),
        ({"code": CODE[:-1]}, "/code", "bad_code"),
        ({"code": {}}, "/code", "bad_code"),
        ({"code": CODE, "id": 5}, "/id", "bad_id"),
        ({"code": CODE, "at": "2026-06-03"}, "/at", "future_moment"),
    ],
)
def test_what_names_no_badge_is_refused(site: Guard, asked: Any, at: str, code: str) -> None:
    answer = post(site, ONE, asked)
    assert answer.status_code == 400
    told = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert (at, code) in told or ("/id", "unknown_member") in told
    if code == "future_moment":
        assert answer.json()["code"] == "future_moment"


def test_one_address_checks_one_badge(world: World, site: Guard) -> None:
    answer = send(site, ONE, ("a", world.badge()), ("b", world.badge(6)))
    assert (answer.status_code, answer.json()["code"]) == (400, "several_badges")
    assert send(site, ONE, ("a", world.badge()), ("b", world.badge())).status_code == 200
    assert send(site, ONE, ("", b"")).json()["errors"][0]["code"] == "no_file"
    assert send(site, ONE, ("a", world.badge()), lang="fr", more="x").status_code == 400


def test_many_are_answered_in_their_order_and_the_same_one_once(world: World, site: Guard) -> None:
    world.tamper["badge"] = lambda made: made.update(name="Forged") if made["id"].endswith("6") else None
    bad = value(world, 6)
    world.tamper.clear()
    items = [
        {"id": "a", "badge": value(world)},
        {"id": "b", "code": CODE},
        {"badge": bad},
        {"id": "d", "badge": value(world)},
        {"badge": {}},
    ]
    answer = post(site, MANY, {"items": items, "lang": "es", "receipt": True})
    assert answer.status_code == 200
    told = answer.json()
    assert [one["report"]["code"] for one in told["items"]] == [
        "valid",
        "valid",
        "tampered",
        "valid",
        "unreadable",
    ]
    assert [one["id"] for one in told["items"]] == ["a", "b", None, "d", None]
    assert [one["same_as"] for one in told["items"]] == [None, None, None, 0, None]
    assert told["counts"] == {"tampered": 1, "unreadable": 1, "valid": 3}
    assert told["items"][0]["receipt"].startswith("ey")


def test_files_and_packed_files_are_many_too(world: World, site: Guard) -> None:
    packed = plain_zip([(f"{n}.json", world.badge(n)) for n in range(30)])
    told = send(site, MANY, ("all.zip", packed), ("one.json", world.badge(40))).json()
    assert told["counts"] == {"valid": 31}
    assert [one["id"] for one in told["items"]][-1] == "one.json"


def test_what_comes_too_often_bears_a_problem_and_never_a_verdict(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, checks_per_minute=2)
    items = [{"badge": value(world, n)} for n in range(4)]
    told = post(site, MANY, {"items": items}).json()
    assert told["counts"] == {"too_many_requests": 2, "valid": 2}
    refused = [one for one in told["items"] if "problem" in one]
    assert len(refused) == 2
    assert not any("report" in one for one in refused)


def test_what_is_not_reached_in_time_says_so(
    world: World, site: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(v1, "MOST_SECONDS", -1.0)
    told = post(site, MANY, {"items": [{"badge": value(world)}]}).json()
    assert told["counts"] == {"busy": 1}


def test_a_batch_is_bounded(site: Guard) -> None:
    most = [{"badge": {"n": n}} for n in range(MOST_IN_BATCH)]
    assert post(site, MANY, {"items": most}).json()["counts"] == {"unreadable": MOST_IN_BATCH}
    wrong: list[Any] = [[], [*most, {"badge": {}}], {}, None]
    for items in wrong:
        answer = post(site, MANY, {"items": items})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/items")


def test_a_fault_in_an_item_is_told_with_its_place(site: Guard) -> None:
    items = [{"code": CODE}, {"code": "x", "more": 1}, 5, {"link": "x", "badge": {}}]
    answer = post(site, MANY, {"items": items})
    assert [one["pointer"] for one in answer.json()["errors"]] == [
        "/items/1/more",
        "/items/1/code",
        "/items/2",
        "/items/3",
    ]
    many = post(site, MANY, {"items": [{}] * 100})
    assert len(many.json()["errors"]) == 20


def test_the_issuer_is_asked_once_for_all_of_a_batch_that_a_cache_serves(world: World, site: Guard) -> None:
    items = [{"badge": value(world, n)} for n in range(12)]
    assert post(site, MANY, {"items": items}).json()["counts"] == {"valid": 12}

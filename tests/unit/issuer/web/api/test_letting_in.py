"""Who is let in: keys, tokens, scopes, districts, rates. Each refusal has a twin that is let in."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute

from issuer.api import keys
from issuer.api.errors import ApiError
from issuer.api.keys import LONGEST, MOST_KEYS, NewKey, Scope
from issuer.store import api as rows
from issuer.store import audit
from issuer.web.api.hooks import hooks
from issuer.web.api.rate import PER_MINUTE, Rate
from issuer.web.api.v1 import v1
from issuer.web.api.vcalm import vcalm
from tests.house import House
from tests.programs import Program, app_of, award, enrol, new_key

AWARDS = "/v1/awards"
EASTFIELD = "https://badges.eastfield.example"


def routes() -> Iterator[tuple[str, str, Scope]]:
    """Every route that needs a key, from the routers: method, path, scope."""
    for router in (vcalm, v1, hooks):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            scopes = [
                one.call.scope  # type: ignore[union-attr]
                for one in route.dependant.dependencies
                if hasattr(one.call, "scope")
            ]
            assert len(set(scopes)) == 1, f"{route.path} lets everybody in"
            for method in sorted(route.methods or ()):
                yield method, route.path, scopes[0]


ROUTES = list(routes())


@pytest.fixture
def two(house: House) -> tuple[Program, Program]:
    """The programs of two districts of one issuer, each with a badge and a batch."""
    enrol(house)
    eastfield = House.build(house.store, "eastfield", EASTFIELD)
    enrol(eastfield)
    app = app_of(house, signer_of=lambda name: {"riverbend": house, "eastfield": eastfield}[name].signer)
    return Program(house, app=app), Program(eastfield, app=app)


def filled(path: str, names: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: quote(names[found[1]], safe=""), path)


def test_there_are_routes_to_look_at() -> None:
    assert len(ROUTES) >= 14


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_every_route_refuses_another_district(
    two: tuple[Program, Program], method: str, path: str, scope: Scope
) -> None:
    ours, theirs = two
    made = theirs.post("/v1/awards", award()).json()
    batch = theirs.post("/v1/batches", {"awards": [award()]}).json()
    hook = theirs.post("/v1/webhooks", {"url": "https://hooks.eastfield.example/"}).json()
    names = {
        "credential_id": made["credential_id"],
        "award_ref": "A-1",
        "batch_id": batch["id"],
        "job_id": batch["id"],
        "webhook_id": hook["id"],
    }
    address = filled(path, names)
    body = {"credentialId": made["credential_id"], "status": True} if method == "POST" else None
    # Their key at our district, and ours at theirs, opens nothing.
    stranger = Program(ours.house, app=ours.app, key=theirs.key)
    assert stranger.send(method, address, body).status_code == 401
    # Our own key does not reach what is theirs.
    if "{" in path or path == "/credentials/status":
        assert ours.send(method, address, body).status_code == 404
        # The twin: theirs does.
        assert theirs.send(method, address, body).status_code == 200
    elif method == "GET":
        assert ours.send(method, address).json()["items"] == []
        assert len(theirs.send(method, address).json()["items"]) == 1


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_every_route_refuses_a_key_without_its_scope(
    program: Program, method: str, path: str, scope: Scope
) -> None:
    address = filled(
        path, dict.fromkeys(("credential_id", "award_ref", "batch_id", "job_id", "webhook_id"), "x")
    )
    body: Any = {} if method == "POST" else None
    lacking = Program(program.house, set(Scope) - {scope}, app=program.app)
    answer = lacking.send(method, address, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    having = Program(program.house, {scope}, app=program.app)
    assert having.send(method, address, body).status_code not in (401, 403)


def ask(program: Program, *headers: tuple[str, str]) -> httpx.Response:
    return program.client.request("GET", AWARDS, headers=list(headers))


def test_what_is_no_key_is_refused_with_one_answer(program: Program) -> None:
    text = program.key.text
    last = "A" if text[-1] != "A" else "B"
    wrong = [
        [],
        [("authorization", "")],
        [("authorization", f"Basic {text}")],
        [("authorization", f"Bearer {text[:-1]}{last}")],
        [("authorization", f"Bearer {text} ")],
        [("authorization", f"Bearer {text}x")],
        [("authorization", f"Bearer cairn_0000000000000000_{text.rpartition('_')[2]}")],
        [("authorization", f"Bearer cairntoken_{'A' * 43}")],
        [("authorization", f"Bearer {text}"), ("authorization", f"Bearer {text}")],
        [("x-api-key", text)],
        [("cookie", f"authorization=Bearer {text}")],
        [("x-original-authorization", f"Bearer {text}")],
    ]
    answers = [ask(program, *headers) for headers in wrong]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert "www-authenticate" in answers[0].headers
    assert ask(program, ("authorization", f"bearer {text}")).status_code == 200


def test_headers_that_would_turn_a_request_into_another_change_nothing(two: tuple[Program, Program]) -> None:
    ours, _ = two
    for name, value in (
        ("x-http-method-override", "DELETE"),
        ("x-forwarded-host", "badges.eastfield.example"),
        ("x-original-url", "/v1/webhooks"),
        ("x-district", "eastfield"),
        ("forwarded", "host=badges.eastfield.example"),
    ):
        assert ours.get(AWARDS, **{name.replace("-", "_"): value}).json() == {
            "items": [],
            "next_cursor": None,
        }
    twice = ours.client.request(
        "GET",
        AWARDS,
        headers=[
            ("host", "badges.riverbend.example"),
            ("host", "badges.eastfield.example"),
            ("authorization", f"Bearer {ours.key.text}"),
        ],
    )
    assert twice.status_code == 404


def test_a_cursor_of_another_district_is_refused(two: tuple[Program, Program]) -> None:
    ours, theirs = two
    for program in two:
        for number in (1, 2):
            program.post(AWARDS, award(number, date_earned=f"2026-04-1{number}"))
    mark = theirs.get(f"{AWARDS}?limit=1").json()["next_cursor"]
    answer = ours.get(f"{AWARDS}?limit=1&cursor={mark}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
    assert theirs.get(f"{AWARDS}?limit=1&cursor={mark}").status_code == 200


def test_a_key_ends_at_its_time_and_not_before(program: Program) -> None:
    house = program.house
    house.time = program.key.key.ends - timedelta(seconds=1)
    assert program.get(AWARDS).status_code == 200
    house.later(seconds=1)
    assert program.get(AWARDS).status_code == 401


def test_a_key_that_waits_for_a_second_person_opens_nothing_until_then(program: Program) -> None:
    house = program.house
    waiting = Program(house, app=program.app, key=new_key(house, waits=True))
    assert waiting.get(AWARDS).status_code == 401
    done = keys.activate(
        house.store, house.district.id, waiting.key.key.id, now=house.time, actor="person:second"
    )
    assert done.two_people
    assert waiting.get(AWARDS).status_code == 200


def test_a_revoked_key_takes_its_tokens_with_it(program: Program) -> None:
    token = exchanged(program).json()["access_token"]
    held = Program(program.house, app=program.app, key=NewKey(program.key.key, token))
    assert held.get(AWARDS).status_code == 200
    house = program.house
    keys.revoke(house.store, house.district.id, program.key.key.id, now=house.time, actor="test")
    assert held.get(AWARDS).status_code == 401
    assert program.get(AWARDS).status_code == 401
    assert exchanged(program).json() == {
        "error": "invalid_client",
        "error_description": "this is no key of this district, or no longer",
    }


def test_of_a_key_its_hash_alone_is_kept_and_the_day_of_its_last_use(program: Program) -> None:
    program.get(AWARDS)
    house = program.house
    secret = program.key.text.rpartition("_")[2]
    with house.store.reading() as session:
        row = rows.key(session, house.district.id, program.key.key.id)
        said = [str(one.facts) for one in audit.read(session, house.district.id, audit.Wanted())]
    assert row is not None
    assert secret.encode() not in row.secret_hash
    assert row.last_day == house.time.date().isoformat()
    assert not any(secret in one for one in said)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "a\x00b"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"lasts": timedelta(hours=1)},
        {"lasts": LONGEST + timedelta(days=1)},
    ],
)
def test_a_key_that_cannot_be_made(house: House, change: dict[str, object]) -> None:
    given: dict[str, object] = {"scopes": [Scope.READ]} | change
    with pytest.raises(ApiError, match="key_refused"):
        new_key(house, **given)  # type: ignore[arg-type]


def test_as_many_keys_as_may_be_in_use_and_one_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_KEYS == 200
    monkeypatch.setattr(keys, "MOST_KEYS", 2)
    first = new_key(house)
    new_key(house)
    with pytest.raises(ApiError, match="key_refused"):
        new_key(house)
    keys.revoke(house.store, house.district.id, first.key.id, now=house.time, actor="test")
    new_key(house)


def test_a_key_may_ask_so_often_and_no_more_and_is_told_so(house: House) -> None:
    enrol(house)
    now = [0.0]
    app = app_of(house)
    object.__setattr__(app.state.api, "rate", Rate(2))
    object.__setattr__(app.state.api, "steady", lambda: now[0])
    program, other = Program(house, app=app), Program(house, app=app)
    first = program.get(AWARDS)
    assert first.headers["ratelimit-policy"] == '"key";q=2;w=60'
    assert first.headers["ratelimit"] == '"key";r=1;t=30'
    assert program.get(AWARDS).status_code == 200
    refused = program.get(AWARDS)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert other.get(AWARDS).status_code == 200
    now[0] = 30.0
    assert program.get(AWARDS).status_code == 200
    assert PER_MINUTE == 240


def test_who_shows_what_is_no_key_too_often_is_slowed_down(program: Program) -> None:
    object.__setattr__(program.app.state.api, "steady", lambda: 0.0)
    for _ in range(30):
        assert ask(program).status_code == 401
    assert ask(program).status_code == 429


def exchanged(
    program: Program, client: str = "", secret: str = "", body: str = "grant_type=client_credentials"
) -> httpx.Response:
    given = f"{client or program.key.key.id}:{secret or program.key.text}"
    packed = base64.b64encode(given.encode()).decode()
    headers = {"authorization": f"Basic {packed}", "content-type": "application/x-www-form-urlencoded"}
    return program.client.post("/oauth/token", headers=headers, content=body)


def test_a_key_is_exchanged_for_a_token_that_ends_soon(program: Program) -> None:
    answer = exchanged(program, body="grant_type=client_credentials&scope=read")
    told = answer.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 900, "read")
    assert answer.headers["cache-control"] == "no-store"
    held = Program(program.house, app=program.app, key=NewKey(program.key.key, told["access_token"]))
    assert held.get(AWARDS).status_code == 200
    assert held.post(AWARDS, award()).json()["code"] == "scope_missing"
    program.house.later(seconds=899)
    assert held.get(AWARDS).status_code == 200
    program.house.later(seconds=1)
    assert held.get(AWARDS).status_code == 401


def test_a_token_is_no_key_to_be_exchanged(program: Program) -> None:
    token = exchanged(program).json()["access_token"]
    assert exchanged(program, secret=token).json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("grant_type=password", "unsupported_grant_type"),
        ("scope=read", "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=everything", "invalid_scope"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&client_secret=x", "invalid_request"),
        ("grant_type", "invalid_request"),
        ("&".join(f"a{number}=1" for number in range(9)), "invalid_request"),
    ],
)
def test_a_request_for_a_token_that_is_refused(program: Program, body: str, error: str) -> None:
    answer = exchanged(program, body=body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("client", ["0000000000000000", "x"])
def test_an_unknown_client_is_refused(program: Program, client: str) -> None:
    answer = exchanged(program, client=client)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_scope_beyond_the_key_is_refused(program: Program) -> None:
    reads = Program(program.house, {Scope.READ}, app=program.app)
    assert (
        exchanged(reads, body="grant_type=client_credentials&scope=read+issue").json()["error"]
        == "invalid_scope"
    )
    assert exchanged(reads, body="grant_type=client_credentials&scope=read").status_code == 200


def test_where_tokens_are_is_said_under_a_path_of_its_own(program: Program) -> None:
    said = program.client.get("/.well-known/oauth-authorization-server/api").json()
    origin = program.house.district.origin
    assert (said["issuer"], said["token_endpoint"]) == (f"{origin}/api", f"{origin}/oauth/token")


def test_each_problem_has_a_page(program: Program) -> None:
    link = ask(program).json()["type"]
    page = program.client.get(link.removeprefix(program.house.district.origin))
    assert page.status_code == 200
    assert "The key was not accepted" in page.text
    missing = program.get("/credentials/nothing")
    assert missing.json()["type"] == f"{program.house.district.origin}/problems/not_found"
    assert missing.json()["detail"][:1].isupper()
    assert "ratelimit" in missing.headers
    assert "There is no such thing here" in program.client.get("/problems/not_found").text
    # Nobody is told by it that the interface is there who asks for something else.
    assert program.client.get("/status/nothing").json()["type"] == "about:blank"
    assert program.client.get("/problems/nothing").status_code == 404

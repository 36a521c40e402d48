"""Coming back from single sign-on: failures are counted by address, and only the person's own."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from issuer.access import attempts, provider
from issuer.access.attempts import ALLOWANCES
from issuer.access.errors import AccessError
from tests.house import ORIGIN, House
from tests.staff import Staff
from tests.unit.issuer.web.staff.browser import Browser

ISSUER = "https://login.riverbend.example"
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
}
FREE = ALLOWANCES["sign-on"].free


class Provider:
    """A provider that gives no token, and counts how often it was asked for one."""

    def __init__(self) -> None:
        self.asked = 0
        self.code = "sign_on_refused"

    def get(self, _url: str, *, anew: bool = False) -> bytes:
        return json.dumps(METADATA | {"anew": anew}).encode()

    def post_form(self, _url: str, _body: bytes, _authorization: str) -> bytes:
        self.asked += 1
        raise AccessError(self.code, "no")


@pytest.fixture
def asked(app: FastAPI, house: House, staff: Staff) -> Provider:
    """The district's provider."""
    staff.person()
    provider.choose(
        house.store,
        staff.district,
        issuer=ISSUER,
        client_id="cairn",
        hosted_domain=None,
        now=house.time,
        actor="test",
    )
    made = Provider()
    mounted = next(one for one in app.routes if isinstance(one, Mount) and one.path == "/staff")
    assert isinstance(mounted.app, FastAPI)
    mounted.app.state.outbound = made
    return made


def come_back(browser: Browser) -> int:
    """Begin, and come back with a code."""
    place = browser.get("/staff/sign-on").headers["location"]
    state = parse_qs(urlsplit(place).query)["state"][0]
    return browser.get("/staff/sign-on/back", params={"state": state, "code": "x"}).status_code


def test_who_fails_too_often_waits_and_the_provider_is_left_alone(
    app: FastAPI, house: House, staff: Staff, asked: Provider
) -> None:
    browser = Browser(app, ORIGIN)
    assert [come_back(browser) for _ in range(FREE)] == [403] * FREE
    assert asked.asked == FREE
    assert come_back(browser) == 429
    assert asked.asked == FREE
    house.later(minutes=6)
    assert come_back(browser) == 403
    house.later(hours=2)
    assert [come_back(browser) for _ in range(3)] == [403] * 3
    attempts.take_sign_on(house.store, staff.district, "198.51.100.9", now=house.time)


def test_another_address_does_not_wait(house: House, staff: Staff) -> None:
    for _ in range(FREE):
        attempts.take_sign_on(house.store, staff.district, "192.0.2.1", now=house.time)
    with pytest.raises(AccessError, match="sign_in_slowed"):
        attempts.take_sign_on(house.store, staff.district, "192.0.2.1", now=house.time)
    attempts.take_sign_on(house.store, staff.district, "192.0.2.2", now=house.time)
    attempts.take(house.store, staff.district, "a@example.edu", "192.0.2.1", now=house.time)


def test_what_succeeds_is_not_counted(house: House, staff: Staff) -> None:
    for _ in range(3 * FREE):
        attempts.take_sign_on(house.store, staff.district, "192.0.2.1", now=house.time)
        attempts.sign_on_settled(house.store, staff.district, "192.0.2.1")


def test_a_sign_on_that_is_down_makes_nobody_wait(app: FastAPI, asked: Provider) -> None:
    browser = Browser(app, ORIGIN)
    asked.code = "sign_on_unreachable"
    assert {come_back(browser) for _ in range(2 * FREE)} == {502}


def test_without_having_begun_here_nothing_is_asked_or_counted(
    app: FastAPI, house: House, asked: Provider
) -> None:
    stranger = Browser(app, ORIGIN)
    for _ in range(FREE + 5):
        assert stranger.get("/staff/sign-on/back", params={"state": "x", "code": "x"}).status_code == 403
    assert asked.asked == 0
    assert come_back(Browser(app, ORIGIN)) == 403


def test_no_wait_is_longer_than_some_minutes(house: House, staff: Staff) -> None:
    time = house.time
    for _ in range(FREE + 40):
        try:
            attempts.take_sign_on(house.store, staff.district, "192.0.2.1", now=time)
        except AccessError:
            time += timedelta(minutes=5)
            attempts.take_sign_on(house.store, staff.district, "192.0.2.1", now=time)

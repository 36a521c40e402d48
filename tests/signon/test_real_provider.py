"""Sign in at a real provider, and try at it what must not work."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest
from fastapi import FastAPI

from issuer.access import people, provider
from issuer.access.people import Person
from issuer.access.roles import Role
from issuer.app import create_app, utc_now
from issuer.outbound import Outbound
from issuer.store.session import Store
from tests.house import ORIGIN, House
from tests.signon.provider import Running, running, sign_in_there
from tests.unit.issuer.web.staff.browser import Browser

pytestmark = pytest.mark.interop

BACK = f"{ORIGIN}/staff/sign-on/back"
SECRET = "a secret/with: signs+"


@pytest.fixture(scope="module")
def there() -> Iterator[Running]:
    """The provider."""
    from pytest_socket import enable_socket

    enable_socket()
    with running(BACK) as provider:
        yield provider


@pytest.fixture
def house(store: Store) -> House:
    """A district of this moment: the provider's clock is the machine's."""
    return House.build(store)


@pytest.fixture
def app(house: House, there: Running) -> FastAPI:
    """The issuer, which may ask this one provider of this machine."""
    return create_app(
        house.store,
        clock=utc_now,
        outbound=Outbound(loopback=frozenset({there.issuer})),
        secret_of=lambda _district: SECRET,
    )


@pytest.fixture
def public_app(house: House, there: Running) -> FastAPI:
    """The same, without a secret."""
    return create_app(house.store, clock=utc_now, outbound=Outbound(loopback=frozenset({there.issuer})))


def choose(house: House, there: Running, client_id: str = "with-secret", domain: str | None = None) -> None:
    provider.choose(
        house.store,
        house.district.id,
        issuer=there.issuer,
        client_id=client_id,
        hosted_domain=domain,
        now=utc_now(),
        actor="test",
    )


def add(house: House, name: str = "rosa") -> Person:
    return people.add(
        house.store,
        house.district.id,
        email=f"{name}@riverbend.example",
        name="Rosa Delgado",
        role=Role.REGISTRAR,
        now=utc_now(),
        entropy=house.entropy,
        actor="test",
    ).person


def begin(browser: Browser, leads_to: str = "") -> str:
    """Press the button; the provider's address."""
    answer = browser.get(f"/staff/sign-on?next={leads_to}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def path_of(url: str) -> str:
    return url.removeprefix(ORIGIN)


def with_query(url: str, **changes: str | None) -> str:
    """The path of an address with other values in its query; None leaves one out."""
    parts = urlsplit(url)
    said = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    query = "&".join(f"{name}={value}" for name, value in said.items() if value is not None)
    return path_of(urlunsplit(parts._replace(query=query)))


def is_in(browser: Browser) -> bool:
    return browser.get("/staff/").status_code == 200


@pytest.mark.parametrize("client_id", ["with-secret", "public"])
def test_somebody_who_was_added_signs_in_and_is_bound(
    house: House, there: Running, app: FastAPI, public_app: FastAPI, client_id: str
) -> None:
    choose(house, there, client_id)
    person = add(house)
    browser = Browser(public_app if client_id == "public" else app, ORIGIN)
    assert "Sign in with your school account" in browser.get("/staff/sign-in").text
    back = sign_in_there(begin(browser, "/staff/settings"), "rosa", BACK)
    assert f"iss={there.issuer.replace(':', '%3A').replace('/', '%2F')}" in back
    answer = browser.get(path_of(back))
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/settings")
    assert is_in(browser)
    assert people.find(house.store, house.district.id, person.id).has_sign_on
    again = Browser(browser._client._app, ORIGIN)
    again.get(path_of(sign_in_there(begin(again), "rosa", BACK)))
    assert is_in(again)


def test_what_is_asked_is_what_the_best_practice_asks(house: House, there: Running, app: FastAPI) -> None:
    choose(house, there, domain="riverbend.example")
    add(house)
    browser = Browser(app, ORIGIN)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begin(browser)).query).items()}
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert (asked["redirect_uri"], asked["scope"], asked["hd"]) == (BACK, "openid email", "riverbend.example")
    other = parse_qs(urlsplit(begin(Browser(app, ORIGIN))).query)
    assert other["state"] != [asked["state"]]


@pytest.mark.parametrize("name", ["stranger", "unverified-rosa"])
def test_nobody_else_comes_in_and_no_account_is_made(
    house: House, there: Running, app: FastAPI, name: str
) -> None:
    choose(house, there)
    person = add(house)
    browser = Browser(app, ORIGIN)
    answer = browser.get(path_of(sign_in_there(begin(browser), name, BACK)))
    assert answer.status_code == 403
    assert "not set up here" in answer.text
    assert not is_in(browser)
    assert people.everybody(house.store, house.district.id) == (person,)


def test_who_is_disabled_stays_out(house: House, there: Running, app: FastAPI) -> None:
    choose(house, there)
    person = add(house)
    browser = Browser(app, ORIGIN)
    browser.get(path_of(sign_in_there(begin(browser), "rosa", BACK)))
    assert is_in(browser)
    people.disable(house.store, house.district.id, person.id, now=utc_now(), actor="test")
    assert not is_in(browser)
    assert browser.get(path_of(sign_in_there(begin(browser), "rosa", BACK))).status_code == 403


def test_an_email_that_came_to_somebody_else_lets_them_nowhere(
    house: House, there: Running, app: FastAPI
) -> None:
    choose(house, there)
    person = add(house)
    with house.store.transaction() as session:
        from issuer.store import people as rows

        assert rows.bind_subject(session, house.district.id, person.id, there.issuer, "rosa-of-last-year")
    browser = Browser(app, ORIGIN)
    assert browser.get(path_of(sign_in_there(begin(browser), "rosa", BACK))).status_code == 403
    assert not is_in(browser)


def test_an_account_of_no_pinned_domain_is_refused(house: House, there: Running, app: FastAPI) -> None:
    choose(house, there, domain="riverbend.example")  # this provider says no domain
    add(house)
    browser = Browser(app, ORIGIN)
    answer = browser.get(path_of(sign_in_there(begin(browser), "rosa", BACK)))
    assert (answer.status_code, "not one of the district" in answer.text) == (403, True)


def test_an_answer_fits_only_the_browser_and_the_question(house: House, there: Running, app: FastAPI) -> None:
    choose(house, there)
    add(house)
    browser, victim = Browser(app, ORIGIN), Browser(app, ORIGIN)
    back = sign_in_there(begin(browser), "rosa", BACK)
    stranger = Browser(app, ORIGIN)
    assert stranger.get(path_of(back)).status_code == 403  # a browser that never asked
    begin(victim)
    assert victim.get(path_of(back)).status_code == 403  # one that asked something else
    for changed in (
        with_query(back, state="x" * 43),
        with_query(back, state=None),
        with_query(back, iss="https://evil.example"),
        with_query(back, iss=None),
        with_query(back, code=None),
        with_query(back, code="x"),
        path_of(back) + "&state=x",
        with_query(back, error="access_denied", code=None),
    ):
        assert browser.get(changed).status_code == 403, changed
        assert not is_in(browser)
    assert browser.get(path_of(back)).status_code == 303
    assert is_in(browser)


def test_a_code_is_used_once(house: House, there: Running, app: FastAPI) -> None:
    choose(house, there)
    add(house)
    browser = Browser(app, ORIGIN)
    back = sign_in_there(begin(browser), "rosa", BACK)
    held = dict(browser.cookies)
    assert browser.get(path_of(back)).status_code == 303
    assert browser.get(path_of(back)).status_code == 403  # the browser's half is gone
    thief = Browser(app, ORIGIN)
    thief.cookies = held
    assert thief.get(path_of(back)).status_code == 403  # and so is the provider's
    assert not is_in(thief)


def test_a_code_of_another_client_or_question_is_refused(house: House, there: Running, app: FastAPI) -> None:
    choose(house, there)
    add(house)
    browser, other = Browser(app, ORIGIN), Browser(app, ORIGIN)
    own, stolen = begin(browser), begin(other)
    state = parse_qs(urlsplit(own).query)["state"][0]
    injected = with_query(sign_in_there(stolen, "rosa", BACK), state=state)
    assert browser.get(injected).status_code == 403  # PKCE: another question's code
    for_other = stolen.replace("client_id=with-secret", "client_id=other")
    injected = with_query(sign_in_there(for_other, "rosa", BACK), state=state)
    assert browser.get(injected).status_code == 403
    assert not is_in(browser)


def test_a_sign_on_takes_ten_minutes_at_most(
    house: House, there: Running, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(house, there)
    add(house)
    browser = Browser(app, ORIGIN)
    back = sign_in_there(begin(browser), "rosa", BACK)
    name = "__Host-cairn-sign-on"
    token, since, place = browser.cookies[name].split(".")
    browser.cookies[name] = f"{token}.{int(since) - 600}.{place}"
    assert browser.get(path_of(back)).status_code == 403
    browser.cookies[name] = f"{token}.{int(since) - 590}.{place}"
    assert browser.get(path_of(back)).status_code == 303


def test_another_site_cannot_begin_it(house: House, there: Running, app: FastAPI) -> None:
    choose(house, there)
    add(house)
    for site in ("cross-site", "same-site"):
        answer = Browser(app, ORIGIN).get("/staff/sign-on", headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403


def test_only_the_named_origin_of_this_machine_is_asked(house: House, there: Running) -> None:
    choose(house, there)
    add(house)
    for outbound in (Outbound(), Outbound(loopback=frozenset({"http://localhost:1"}))):
        app = create_app(house.store, clock=utc_now, outbound=outbound)
        answer = Browser(app, ORIGIN).get("/staff/sign-on")
        assert answer.status_code == 502
        assert "does not answer" in answer.text

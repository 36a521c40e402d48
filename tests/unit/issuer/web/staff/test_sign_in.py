"""Signing in and out at the console, and setting a password with a link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI

from issuer.access.roles import Role
from issuer.access.sessions import IDLE
from issuer.app import create_app
from tests.house import ORIGIN, House
from tests.staff import PASSWORD, Staff
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]


def test_without_people_there_is_no_console(house: House, app: FastAPI) -> None:
    browser = Browser(app, ORIGIN)
    for path in ("/staff/", "/staff/sign-in", "/staff/people", "/staff/static/console.css"):
        assert browser.get(path).status_code == 404, path
    Staff(house).link()
    assert browser.get("/staff/sign-in").status_code == 200


def test_a_deployment_may_do_without(house: House, staff: Staff) -> None:
    staff.link()
    browser = Browser(create_app(house.store, clock=house.clock, console=False), ORIGIN)
    assert browser.get("/staff/sign-in").status_code == 404
    assert browser.get("/staff").status_code == 404


def test_somebody_signs_in_and_out(app: FastAPI, staff: Staff) -> None:
    person, browser = staff.person(), Browser(app, ORIGIN)
    assert browser.get("/staff").headers["location"] == "/staff/"
    first = browser.get("/staff/")
    assert (first.status_code, first.headers["location"]) == (303, "/staff/sign-in")
    answer = browser.sign_in(person.email)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/")
    home = browser.get("/staff/")
    assert home.status_code == 200
    assert "Rosa Delgado" in home.text
    assert browser.get("/staff/sign-in").headers["location"] == "/staff/"
    held = dict(browser.cookies)
    assert browser.post("/staff/sign-out").headers["location"].startswith("/staff/sign-in")
    assert browser.get("/staff/").status_code == 303
    browser.cookies = held  # kept by somebody who copied it: it ended here too
    assert browser.get("/staff/").status_code == 303


def test_the_cookie_is_bound_to_the_host_and_out_of_reach(app: FastAPI, staff: Staff) -> None:
    person, browser = staff.person(), Browser(app, ORIGIN)
    said = browser.get("/staff/sign-in").headers.get_list("set-cookie")
    said += browser.sign_in(person.email).headers.get_list("set-cookie")
    assert [one.partition("=")[0] for one in said] == [
        "__Host-cairn-visit",
        "__Host-cairn",
        "__Host-cairn-visit",
    ]
    for one in said:
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(one.split("; "))
        assert "Domain" not in one


def test_a_session_is_new_at_every_sign_in(app: FastAPI, staff: Staff) -> None:
    person, browser = staff.person(), Browser(app, ORIGIN)
    browser.sign_in(person.email)
    before = dict(browser.cookies)
    planted = "A" * 43
    browser.cookies = {"__Host-cairn": planted}
    browser.ask("GET", "/staff/sign-in")
    browser.sign_in(person.email)
    assert browser.cookies["__Host-cairn"] not in {planted, before["__Host-cairn"]}
    again = Browser(app, ORIGIN)
    again.cookies = dict(browser.cookies)
    held = again.cookies["__Host-cairn"]
    token = again.form_token()
    answer = again.ask(
        "POST",
        "/staff/sign-in",
        data={"form_token": token, "email": person.email, "password": PASSWORD},
    )
    assert answer.status_code == 303
    again.cookies["__Host-cairn"] = held  # the one before ended when the new one began
    assert again.get("/staff/").status_code == 303


def test_whoever_may_not_come_in_hears_one_sentence(app: FastAPI, staff: Staff) -> None:
    person, browser = staff.person(), Browser(app, ORIGIN)
    pages = []
    for email, password in ((person.email, "not it"), ("nobody@example.edu", PASSWORD), ("<b>", "")):
        answer = browser.sign_in(email, password)
        assert answer.status_code == 403
        pages.append(answer.text.replace(email, "").replace("&lt;b&gt;", ""))
        assert "<b>" not in answer.text
    assert len({page[page.index("<main") :] for page in pages}) == 1
    assert "The e-mail or the password is not right" in pages[0]


def test_who_fails_too_often_is_told_to_wait(app: FastAPI, staff: Staff) -> None:
    person, browser = staff.person(), Browser(app, ORIGIN)
    for _ in range(5):
        browser.sign_in(person.email, "not it")
    answer = browser.sign_in(person.email)
    assert answer.status_code == 429
    assert "wait 6 seconds" in answer.text
    staff.house.time += timedelta(seconds=6)
    assert browser.sign_in(person.email).status_code == 303


def test_signing_in_leads_back_to_the_page_that_was_asked_for(app: FastAPI, staff: Staff) -> None:
    person, browser = staff.person(Role.ADMINISTRATOR), Browser(app, ORIGIN)
    assert browser.get("/staff/people").headers["location"] == "/staff/sign-in?next=/staff/people"
    assert browser.sign_in(person.email, next="/staff/people").headers["location"] == "/staff/people"


@pytest.mark.parametrize(
    "leads_to",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "/staff/../evil",
        "/staff//evil.example",
        "/staff/people\r\nSet-Cookie: x=y",
        "/staff/people?next=x",
        "/staff@evil.example",
        "javascript:alert(1)",
        "/evil",
        "/staff/%2f%2fevil.example",
        "/staff/" + "a/" * 50,
    ],
)
def test_signing_in_leads_nowhere_else(app: FastAPI, staff: Staff, leads_to: str) -> None:
    browser = Browser(app, ORIGIN)
    answer = browser.sign_in(staff.person().email, next=leads_to)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/")


def test_a_page_left_open_asks_again(at: At, staff: Staff) -> None:
    browser = at()
    staff.house.time += IDLE
    answer = browser.post("/staff/settings/approval", {"two_people": "withdraw"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")


def test_a_link_sets_a_password_and_works_once(app: FastAPI, staff: Staff) -> None:
    link, browser = staff.link(), Browser(app, ORIGIN)
    path = link.url.removeprefix(ORIGIN)
    page = browser.get(path)
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "same-origin"
    for password, again, said in (
        ("short", "short", "at least 12 characters"),
        (PASSWORD, PASSWORD + "x", "the two passwords differ"),
        ("Rosa Delgado!", "Rosa Delgado!", "not your name"),
    ):
        answer = browser.post(path, {"password": password, "again": again})
        assert answer.status_code == 422
        assert said in answer.text.lower().replace("a password is not", "not")
        assert password not in answer.text
    done = browser.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/staff/sign-in?notice=password-set")
    assert browser.get(path).status_code == 410
    assert browser.post(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert browser.get("/staff/password/" + "A" * 43).status_code == 410
    assert browser.sign_in(link.person.email).status_code == 303


def test_ones_own_password_is_changed_and_everybody_is_signed_out(at: At, staff: Staff) -> None:
    one, other = at(Role.REGISTRAR), at(Role.REGISTRAR)
    new = {"password": "other plain words here", "again": "other plain words here"}
    wrong = one.post("/staff/settings/password", {"current": "not it"} | new)
    assert (wrong.status_code, "This is not your password now" in wrong.text) == (422, True)
    assert one.post("/staff/settings/password", {"current": PASSWORD} | new).status_code == 303
    assert one.get("/staff/").status_code == other.get("/staff/").status_code == 303
    assert one.sign_in(staff.person().email, "other plain words here").status_code == 303


def test_guessing_at_somebodys_open_browser_is_slowed_too(at: At) -> None:
    browser = at(Role.REGISTRAR)
    new = {"password": "other plain words here", "again": "other plain words here"}
    for _ in range(5):
        assert "not your password" in browser.post("/staff/settings/password", {"current": "x"} | new).text
    answer = browser.post("/staff/settings/password", {"current": PASSWORD} | new)
    assert "too many attempts failed" in answer.text.lower()


def test_every_page_is_guarded(at: At, staff: Staff) -> None:
    browser = at()
    for path in ("/staff/", "/staff/sign-in", "/staff/none", "/staff/people", "/staff/people/none"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["strict-transport-security"]


def test_another_host_has_no_console(app: FastAPI, staff: Staff) -> None:
    staff.person()
    for host in ("evil.example", "", "localhost"):
        answer = Browser(app, ORIGIN).get("/staff/sign-in", headers={"Host": host})
        assert answer.status_code == 404
        assert "evil" not in answer.text


def test_what_goes_wrong_inside_is_not_told(
    at: At, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = at()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret details at /srv/cairn")

    monkeypatch.setattr("issuer.access.people.everybody", fail)
    answer = browser.get("/staff/people")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Ada Fenn" not in answer.text


def test_the_style_is_our_own_and_kept_for_a_while(app: FastAPI, staff: Staff) -> None:
    staff.link()
    browser = Browser(app, ORIGIN)
    answer = browser.get("/staff/static/console.css")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "http" not in answer.text
    known = {"If-None-Match": answer.headers["etag"]}
    assert browser.get("/staff/static/console.css", headers=known).status_code == 304
    assert browser.get("/staff/static/words.toml").status_code == 404

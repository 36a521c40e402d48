"""The students' door: sessions, forms, languages, headers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI

from issuer.claiming import sessions
from issuer.claiming.sessions import IDLE, LONGEST, MOST_SESSIONS, Method
from issuer.store import audit
from issuer.store.audit import Wanted
from tests.house import House
from tests.students import STUDENT, StudentBrowser, signed_in

PRIVATE = "/my/ways-back"


def test_who_is_not_signed_in_is_led_to_the_way_in(app: FastAPI, house: House) -> None:
    browser = StudentBrowser(app, house.district.origin)
    answer = browser.get(PRIVATE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/way-in")


def test_who_is_signed_in_is_let_by(app: FastAPI, house: House) -> None:
    assert signed_in(app, house).get(PRIVATE).status_code == 200


def test_a_session_ends_when_it_is_not_used(app: FastAPI, house: House) -> None:
    browser = signed_in(app, house)
    house.time += IDLE - timedelta(seconds=1)
    assert browser.get(PRIVATE).status_code == 200
    house.time += IDLE
    assert browser.get(PRIVATE).status_code == 303


def test_a_session_ends_in_any_case(app: FastAPI, house: House) -> None:
    browser = signed_in(app, house)
    began = house.time
    while house.time < began + LONGEST - timedelta(hours=1):
        house.time += timedelta(hours=1)
        assert browser.get(PRIVATE).status_code == 200
    house.time = began + LONGEST
    assert browser.get(PRIVATE).status_code == 303


def test_signing_out_ends_the_session_here_and_not_in_the_browser_alone(app: FastAPI, house: House) -> None:
    browser = signed_in(app, house)
    kept = dict(browser.cookies)
    assert browser.post("/my/sign-out").headers["location"] == "/my/way-in?notice=signed-out"
    browser.cookies = kept
    assert browser.get(PRIVATE).status_code == 303


def test_a_session_is_one_districts(house: House) -> None:
    other = House.build(house.store, "lakeside", "https://badges.lakeside.example")
    with house.store.of(house.district.id).transaction() as session:
        token = sessions.begin(
            session, house.district.id, STUDENT, Method.LINK, now=house.time, entropy=house.entropy
        )
    assert sessions.find(house.store, house.district.id, token, now=house.time) is not None
    assert sessions.find(house.store, other.district.id, token, now=house.time) is None


def test_the_oldest_session_gives_way(house: House) -> None:
    tokens = []
    for _ in range(MOST_SESSIONS + 1):
        house.later(seconds=1)
        with house.store.of(house.district.id).transaction() as session:
            tokens.append(
                sessions.begin(
                    session, house.district.id, STUDENT, Method.CODE, now=house.time, entropy=house.entropy
                )
            )
    live = [sessions.find(house.store, house.district.id, one, now=house.time) for one in tokens]
    assert [one is not None for one in live] == [False] + [True] * MOST_SESSIONS


def test_a_student_is_nobody_at_the_console(app: FastAPI, house: House) -> None:
    browser = signed_in(app, house)
    browser.cookies["__Host-cairn"] = browser.cookies["__Host-cairn-student"]
    assert browser.get("/staff/").status_code in (303, 404)


def test_a_forged_form_is_refused(app: FastAPI, house: House) -> None:
    browser = signed_in(app, house)
    for changed in ({"data": {"form_token": "x" * 43}}, {"headers": {"Origin": "https://evil.example"}}):
        assert browser.post("/my/sign-out", **changed).status_code == 403
    assert browser.get(PRIVATE).status_code == 200


def test_pages_are_in_the_language_that_was_asked_for_and_stay_so(app: FastAPI, house: House) -> None:
    browser = StudentBrowser(app, house.district.origin)
    assert '<html lang="en">' in browser.get("/my/way-in").text
    spanish = {"headers": {"Accept-Language": "fr, es-MX;q=0.8, en;q=0.5"}}
    assert '<html lang="es">' in browser.get("/my/way-in", **spanish).text
    assert '<html lang="es">' in browser.get("/my/way-in?lang=es").text
    assert '<html lang="es">' in browser.get("/my/way-in").text
    assert '<html lang="en">' in browser.get("/my/way-in?lang=en", **spanish).text


@pytest.mark.parametrize("path", ["/my/qqqqqq", "/my/claim/" + "Z" * 32, "/my/claim/" + "Z" * 32 + "/wrong"])
def test_a_refusal_too_can_be_read_in_the_other_language(app: FastAPI, house: House, path: str) -> None:
    browser = StudentBrowser(app, house.district.origin)
    refused = browser.get(path)
    assert refused.status_code == 404
    assert 'href="?lang=es"' in refused.text
    assert "qqqqqq" not in refused.text
    assert "ZZZZ" not in refused.text
    assert '<html lang="es">' in browser.get(f"{path}?lang=es").text
    assert '<html lang="es">' in browser.get("/my/way-in").text


def test_every_answer_tells_nobody_else_anything(app: FastAPI, house: House) -> None:
    browser = signed_in(app, house)
    for path in (PRIVATE, "/my/way-in", "/my/nothing", "/my/static/student.css"):
        headers = browser.get(path).headers
        assert headers["referrer-policy"] in ("same-origin", "no-referrer"), path
        assert "default-src 'none'" in headers["content-security-policy"], path
        if "static" not in path:
            assert headers["cache-control"] == "no-store", path
    assert browser.get("/my/way-in").status_code == 303


def test_sessions_are_in_the_audit_trail(app: FastAPI, house: House) -> None:
    signed_in(app, house).post("/my/sign-out")
    with house.store.of(house.district.id).reading() as session:
        rows = audit.read(session, house.district.id, Wanted(subject=STUDENT))
        actions = [one.action for one in reversed(rows)]
    assert actions == ["student-session.begun", "student-session.ended"]

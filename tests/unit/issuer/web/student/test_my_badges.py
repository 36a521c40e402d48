"""My badges: every page for its student, and one answer for everybody else."""

from __future__ import annotations

import html
import re
import uuid
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from credential.withdrawal import Reason
from issuer.app import create_app
from issuer.carry.paper import Printing
from issuer.claiming import contacts, problems
from issuer.correction import Correction, correct
from issuer.revocation import revoke
from issuer.store import claims
from issuer.store.contacts import StudentContact
from issuer.web.student import my_badges, sharing
from tests.house import House
from tests.students import StudentBrowser, signed_in
from tests.unit.issuer.web.asking import Client

WORK = {
    "audience": "employer", "label": "Home Depot interview", "applicant": "", "name": "short", "days": "90",
}  # fmt: skip


@pytest.fixture
def app(house: House) -> FastAPI:
    """The issuer's application, with a key and a verifier's address."""
    return create_app(
        house.store,
        clock=house.clock,
        entropy=house.entropy,
        signer_of=lambda _district: house.signer,
        printing=Printing("https://verify.example.edu"),
    )


def path_of(credential_id: str) -> str:
    return "/my/badges/" + credential_id.removeprefix("urn:uuid:")


def make(browser: StudentBrowser, badge: str, **changes: Any) -> str:
    answer = browser.post(f"{path_of(badge)}/share", WORK | changes)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def token_in(text: str) -> str:
    found = re.search(r'/S/RIVERBEND-([0-9A-Z]+)["?]', text)
    assert found, text
    return found[1]


def share_in(text: str) -> str:
    found = re.search(r"/my/shares/([0-9a-z]+)/stop", text)
    assert found
    return found[1]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_is_drawn_in_both_languages(house: House, app: FastAPI, language: str) -> None:
    badge = house.issue(also_jwt=True, evidence_url="https://riverbend.example/portfolio").credential_id
    browser = signed_in(app, house)
    make(browser, badge)
    for path in ("/my/badges", path_of(badge), f"{path_of(badge)}/share", "/my/about-me"):
        answer = browser.get(f"{path}?lang={language}")
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]


def test_each_state_is_said_in_words(house: House, app: FastAPI) -> None:
    house.issue("A-1")
    house.issue("A-3", last_day=date(2026, 6, 20))
    house.issue("A-2", last_day=date(2026, 8, 20))
    house.later(days=40)
    gone = house.issue("A-4").credential_id
    wrong = house.issue("A-5")
    revoke(house.store, house.district.id, gone, reason=Reason.ISSUED_IN_ERROR, note="", now=house.time,
           actor="test")  # fmt: skip
    right = Correction("Maya Okafor-Lee", date(2026, 4, 18), date(2028, 1, 31), "NA-000123", None, None)
    replaced = correct(
        house.store, house.district.id, "A-5", right, signer=house.signer, now=house.time,
        entropy=house.entropy, actor="test",
    )  # fmt: skip
    browser = signed_in(app, house)
    text = browser.get("/my/badges").text
    for word in ("Valid", "Expires soon", "Expired", "Withdrawn", "Replaced"):
        assert f">{word}</span>" in text
    assert "it was issued by mistake" in browser.get(path_of(gone)).text
    assert path_of(replaced.made.credential_id) in browser.get(path_of(wrong.credential_id)).text


def test_a_share_is_made_shown_once_checked_and_stopped(house: House, app: FastAPI) -> None:
    badge = house.issue().credential_id
    browser, stranger = signed_in(app, house), Client(app, house.district.origin)
    text = make(browser, badge)
    token = token_in(text)
    answer = stranger.post("/retrieve", json={"token": token})
    assert answer.status_code == 200
    assert "Maya O." in answer.text
    assert "Okafor" not in answer.text
    page = browser.get(path_of(badge)).text
    assert token not in page
    assert "Home Depot interview" in page
    assert "Checked once, on" in page
    assert browser.post(f"/my/shares/{share_in(text)}/stop").status_code == 303
    assert stranger.post("/retrieve", json={"token": token}).status_code == 403
    assert ">Stopped</span>" in browser.get(path_of(badge)).text


def test_an_applicants_number_is_in_the_link_and_never_in_the_badge(house: House, app: FastAPI) -> None:
    badge = house.issue().credential_id
    text = make(signed_in(app, house), badge, audience="college", applicant="A-000917", days="365")
    assert "?applicant=A-000917" in text
    body = Client(app, house.district.origin).post("/retrieve", json={"token": token_in(text)}).text
    assert "A-000917" not in body


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("audience", "aunt", "Choose who it is for."),
        ("label", "", "Give it a name"),
        ("label", "x" * 81, "Make the name shorter"),
        ("applicant", "A-1", "An applicant number is for a college"),
        ("name", "none", "Choose which name shows."),
        ("days", "0", "an employer or a college needs an end"),
        ("days", "91", "an employer or a college needs an end"),
    ],
)
def test_a_form_that_is_wrong_says_where(
    house: House, app: FastAPI, field: str, value: str, said: str
) -> None:
    badge = house.issue().credential_id
    answer = signed_in(app, house).post(f"{path_of(badge)}/share", WORK | {field: value})
    assert answer.status_code == 400
    assert said in answer.text


def test_somebody_under_18_is_told_what_to_do(house: House, app: FastAPI) -> None:
    badge = house.issue(adult_on=None).credential_id
    browser = signed_in(app, house)
    assert "Ask a parent or guardian" in browser.get(path_of(badge)).text
    answer = browser.post(f"{path_of(badge)}/share", WORK)
    assert answer.status_code == 400
    assert "A parent or guardian may have to agree first" in answer.text
    assert browser.post(f"{path_of(badge)}/print", {"paper": "card"}).status_code == 409


def test_the_files_are_the_signed_badge(house: House, app: FastAPI) -> None:
    made = house.issue(also_jwt=True)
    browser = signed_in(app, house)
    assert browser.get(f"{path_of(made.credential_id)}/file.json").content == made.document
    assert browser.get(f"{path_of(made.credential_id)}/file.jwt").text == made.jwt
    assert browser.get(f"{path_of(made.credential_id)}/file.png").content.startswith(b"\x89PNG")
    assert browser.get(f"{path_of(made.credential_id)}/file.exe").status_code == 404
    for path in ("/my/badges.zip", "/my/about-me/everything.zip"):
        assert browser.get(path).content.startswith(b"PK")


def routes() -> list[tuple[str, str]]:
    """Every route of these pages that names something of a student."""
    found = [
        (method, route.path)
        for router in (my_badges.router, sharing.router)
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]
    return [one for one in found if "{" in one[1]]


def test_what_is_anothers_and_what_never_was_are_answered_alike(house: House, app: FastAPI) -> None:
    badge = house.issue().credential_id
    neighbour = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    neighbour.issue("E-1")
    mine = signed_in(app, house)
    share = share_in(make(mine, badge))
    house.issue("A-2", student_id="100000002")
    others = [signed_in(app, house, "100000002"), signed_in(app, neighbour)]
    assert len(routes()) >= 7
    for method, route in routes():
        real = "/my" + route.format(badge_id=badge.removeprefix("urn:uuid:"), share_id=share, suffix=".json")
        never = "/my" + route.format(badge_id=str(uuid.UUID(int=7)), share_id="0" * 16, suffix=".json")
        for browser in others:
            answers = {
                (answer.status_code, answer.text)
                for path in (real, never)
                for answer in [browser.get(path) if method == "GET" else browser.post(path, WORK)]
            }
            assert {status for status, _ in answers} == {404}, (method, route)
            assert len(answers) == 1, (method, route)
        with_nobody = StudentBrowser(app, house.district.origin)
        if method == "GET":
            assert with_nobody.get(real).status_code == 303
    assert mine.post(f"/my/shares/{share}/stop").status_code == 303


def test_what_is_held_and_why_is_said_in_the_language_of_the_page(app: FastAPI, house: House) -> None:
    browser = signed_in(app, house)
    english, spanish = (browser.get(f"/my/about-me?lang={language}").text for language in ("en", "es"))
    assert "To keep a student signed in" in english
    assert "Para mantener abierta la sesión de un estudiante" in spanish
    assert "To keep a student signed in" not in spanish
    assert "Número de estudiante" in spanish


def test_what_a_student_said_is_wrong_and_the_answer_stand_under_about_me(app: FastAPI, house: House) -> None:
    badge = house.issue().credential_id
    browser, about = signed_in(app, house), "/my/about-me"
    assert "What you told us" not in browser.get(about).text
    told = {"badge": badge.removeprefix("urn:uuid:"), "what": "name", "said": "It is <b>Okafor-Lee</b>"}
    assert browser.post("/my/problem", told).status_code == 303
    shown = browser.get(about).text
    assert "It is &lt;b&gt;Okafor-Lee&lt;/b&gt;" in shown
    assert "My name is not right" in shown
    assert path_of(badge) in shown
    assert "office is looking at it" in shown
    with house.store.of(house.district.id).reading() as session:
        (row,) = claims.problems(session, house.district.id, most=5)
    problems.close(
        house.store, house.district.id, row.id, answer="Corrected & signed anew", now=house.time, actor="test"
    )
    shown = browser.get(about).text
    assert "Corrected &amp; signed anew" in shown
    assert "office is looking at it" not in shown
    assert "La escuela respondió el" in browser.get(f"{about}?lang=es").text
    other = signed_in(app, house, "100000002").get(about).text
    assert "Okafor-Lee" not in other
    assert "Corrected" not in other


def test_whoever_has_only_the_schools_ways_in_is_told_on_the_wall(app: FastAPI, house: House) -> None:
    house.issue()
    browser, said = signed_in(app, house), "stops when you leave school"
    sheet = b"student_id,email\n100000001,maya@riverbend.example\n"
    contacts.take(house.store, house.district.id, sheet, now=house.time, actor="test")
    assert said in browser.get("/my/badges").text
    with house.store.of(house.district.id).transaction() as session:
        session.query(StudentContact).one().own_email = "maya@home.example"
    assert said not in browser.get("/my/badges").text

"""What the pages of sharing offer, hide and leave out: LinkedIn by age, paper, and how many lines."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import func, insert, select

from issuer.consents import choose_policy
from issuer.roster.report import Student
from issuer.sharing.policy import CHOSEN, Minors, Policy
from issuer.store.share_tables import Consent, Disclosure
from issuer.store.sharing import MOST_MADE
from issuer.store.students import Incoming, take
from issuer.store.tables import Share
from issuer.web.student import my_badges, sharing
from tests.house import House
from tests.students import STUDENT, signed_in
from tests.unit.issuer.test_sharing_bounds import plant_shares
from tests.unit.issuer.web.asking import Client
from tests.unit.issuer.web.student.test_my_badges import WORK, app, make, path_of, token_in

__all__ = ["app"]

ANYONE = {"audience": "anyone", "days": "0", "label": "My profile"}


def born(house: House, day: date | None) -> None:
    one = Student(STUDENT, "Maya", "Okafor", birth_date=day)
    with house.store.transaction() as session:
        take(session, house.district.id, [Incoming(one)], source="sheet", now=house.time, actor="test")


def anybody_may(house: House) -> None:
    policy = Policy(Minors.ALLOWED, frozenset(CHOSEN))
    choose_policy(house.store, house.district.id, policy, now=house.time, actor="registrar")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2010, 6, 1), "linkedin.com"),
        (date(2010, 6, 2), "LinkedIn takes members from 16 on, so there is no button"),
        (None, "your school does not know your birth date"),
    ],
)
def test_linkedin_is_offered_from_16_on_and_to_nobody_of_unknown_age(
    house: House, app: FastAPI, day: date | None, said: str
) -> None:
    badge = house.issue(adult_on=None).credential_id
    born(house, day)
    anybody_may(house)
    text = make(signed_in(app, house), badge, **ANYONE)
    assert said in text
    assert ("linkedin.com" in text) is (said == "linkedin.com")


@pytest.mark.parametrize("audience", ["employer", "college"])
def test_linkedin_is_for_a_link_that_anybody_may_open_alone(
    house: House, app: FastAPI, audience: str
) -> None:
    badge = house.issue().credential_id
    born(house, date(2000, 1, 1))
    assert "linkedin.com" not in make(signed_in(app, house), badge, audience=audience)


@pytest.mark.parametrize("name", ["short", "full"])
def test_linkedin_is_told_the_id_of_what_the_link_opens(house: House, app: FastAPI, name: str) -> None:
    badge = house.issue().credential_id
    born(house, date(2000, 1, 1))
    text = make(signed_in(app, house), badge, **ANYONE, name=name)
    found = re.search(r'href="(https://www\.linkedin\.com[^"]*)"', text)
    assert found
    fields = parse_qs(urlsplit(html.unescape(found[1])).query)
    opened = Client(app, house.district.origin).post("/retrieve", json={"token": token_in(text)})
    assert fields["certId"] == [opened.json()["id"]]
    assert (fields["certId"] == [badge]) is (name == "full")


@pytest.mark.parametrize(("fault", "language"), [("glyph", "en"), ("glyph", "es"), ("made", "en")])
def test_a_paper_that_cannot_be_made_says_so_on_the_page(
    house: House, app: FastAPI, fault: str, language: str
) -> None:
    name = "Maya \U0001f9ff" if fault == "glyph" else "Maya Okafor"
    badge = house.issue(recipient_name=name).credential_id
    if fault == "made":
        plant_shares(house, badge, MOST_MADE, stopped=house.time)
    answer = signed_in(app, house).post(f"{path_of(badge)}/print?lang={language}", {"paper": "certificate"})
    assert answer.status_code == 409
    said = {
        ("glyph", "en"): "a letter of a name cannot be printed",
        ("glyph", "es"): "una letra de un nombre no se puede imprimir",
        ("made", "en"): "no more can be",
    }
    assert said[fault, language] in html.unescape(answer.text)


@pytest.mark.parametrize("beyond", [0, 1])
def test_the_ledger_shows_so_many_lines_and_says_when_there_are_more(
    house: House, app: FastAPI, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr(sharing, "MOST_SHOWN", 3)
    badge = house.issue().credential_id
    row = {
        "district_id": house.district.id, "credential_id": badge, "audience": "employer", "name": "short",
        "evidence": False, "times": 1, "last_at": house.time, "day": "2026-06-01",
    }  # fmt: skip
    with house.store.transaction() as session:
        session.execute(insert(Disclosure), [row | {"share_id": f"s{n}"} for n in range(3 + beyond)])
    text = signed_in(app, house).get("/my/about-me").text
    assert text.count("An employer, ") == 3
    assert ("The file above has all." in text) is bool(beyond)


@pytest.mark.parametrize("beyond", [0, 1])
def test_so_many_agreements_are_shown(
    house: House, app: FastAPI, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr(sharing, "MOST_SHOWN", 3)
    house.issue()
    row: dict[str, Any] = {
        "district_id": house.district.id, "student_id": STUDENT, "kind": "opt-out", "audiences": "",
        "how": "paper", "given_on": "2026-05-01", "recorded_by": "r", "recorded_at": house.time,
    }  # fmt: skip
    with house.store.transaction() as session:
        session.execute(insert(Consent), [row | {"id": f"c{n}"} for n in range(3 + beyond)])
    text = signed_in(app, house).get("/my/about-me").text
    assert ("The file above has all." in text) is bool(beyond)


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_badge_shows_so_many_lines_of_what_it_is_aligned_to_and_says_when_it_has_more(
    house: House, app: FastAPI, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    issued = house.issue(evidence_url="https://riverbend.example/portfolio")
    value = json.loads(issued.document)
    aligned = len(value["credentialSubject"]["achievement"].get("alignment", ()))
    assert aligned
    monkeypatch.setattr(my_badges, "MOST_EVIDENCE", aligned - beyond)
    text = signed_in(app, house).get(path_of(issued.credential_id)).text
    shown = text.partition('aria-labelledby="alignments"')[2].partition("</section>")[0]
    assert shown.count("<li>") == aligned - beyond
    assert ("The badge has more" in text) is bool(beyond)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", ["short", "full"])
def test_what_they_will_see_is_shown_before_anything_is_made(
    house: House, app: FastAPI, name: str, language: str
) -> None:
    badge = house.issue(evidence_url="https://riverbend.example/portfolio").credential_id
    answer = signed_in(app, house).post(
        f"{path_of(badge)}/share?lang={language}", WORK | {"name": name, "evidence": "no", "look": "yes"}
    )
    text = html.unescape(answer.text)
    assert answer.status_code == 200
    seen = text.partition('aria-labelledby="seen"')[2].partition("</section>")[0]
    assert (">Maya O.<" in seen, ">Maya Okafor<" in seen) == (
        (True, False) if name == "short" else (False, True)
    )
    left_out = {"en": "Left out, because it could lead to your full name", "es": "Queda fuera, porque podría"}
    assert ("NA-000123" in seen, left_out[language] in seen) == (name == "full", name == "short")
    assert {"en": "Without evidence", "es": "Sin pruebas"}[language] in seen
    assert {"en": "August 30, 2026", "es": "30 de agosto de 2026"}[language] in seen
    assert 'value="Home Depot interview"' in text  # the form is as it was filled in
    with house.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Share)) == 0


@pytest.mark.parametrize("number", ["NA-000123", None])
def test_the_form_says_that_a_short_name_leaves_the_number_out(
    house: House, app: FastAPI, number: str | None
) -> None:
    badge = house.issue(achievement_id="osha10-gi", number=number).credential_id
    for language, said in (("en", "the number on your badge is left out"), ("es", "queda fuera")):
        text = signed_in(app, house).get(f"{path_of(badge)}/share?lang={language}").text
        assert (said in text) is bool(number)


@pytest.mark.parametrize("look", ["", "yes"])
def test_a_form_that_is_wrong_shows_and_makes_nothing(house: House, app: FastAPI, look: str) -> None:
    badge = house.issue().credential_id
    answer = signed_in(app, house).post(f"{path_of(badge)}/share", WORK | {"label": "", "look": look})
    assert answer.status_code == 400
    assert 'aria-labelledby="seen"' not in answer.text


def test_a_badge_that_repeats_the_name_says_that_it_goes_in_full_alone(house: House, app: FastAPI) -> None:
    badge = house.issue(score="Maya Okafor: 92").credential_id
    answer = signed_in(app, house).post(f"{path_of(badge)}/share", WORK)
    assert answer.status_code == 400
    assert "in another place too" in answer.text

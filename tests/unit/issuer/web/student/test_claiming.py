"""Claiming a badge: two taps, nothing by looking, and one answer for whatever is not there."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from fastapi import FastAPI

from credential.withdrawal import Reason
from issuer.claiming import claims
from issuer.claiming.claims import LINK_LASTS
from issuer.revocation import revoke
from issuer.store import claims as rows
from tests.house import House
from tests.students import STUDENT, StudentBrowser


def link(house: House, credential_id: str) -> str:
    with house.store.of(house.district.id).transaction() as session:
        return claims.new_link(
            session, house.district.id, STUDENT, credential_id, now=house.time, entropy=house.entropy
        )


def slip(house: House, student: str = STUDENT) -> str:
    made = claims.new_codes(house.district, [student], entropy=house.entropy)
    with house.store.of(house.district.id).transaction() as session:
        claims.new_slips(
            session, house.district.id, made, now=house.time, entropy=house.entropy, actor="test"
        )
    return made[student].code


@pytest.fixture
def browser(app: FastAPI, house: House) -> StudentBrowser:
    return StudentBrowser(app, house.district.origin)


def test_a_badge_is_claimed_with_two_taps(browser: StudentBrowser, house: House) -> None:
    token = link(house, house.issue().credential_id)
    shown = browser.get(f"/my/claim/{token}")  # the first tap
    assert shown.status_code == 200
    assert "Maya, you earned this!" in shown.text
    assert "Okafor" not in shown.text
    assert "data:image/svg+xml" in shown.text
    answer = browser.post(f"/my/claim/{token}")  # the second
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/badges?notice=claimed")
    assert browser.get("/my/ways-back").status_code == 200


def test_looking_claims_nothing_however_often(browser: StudentBrowser, house: House, app: FastAPI) -> None:
    token = link(house, house.issue().credential_id)
    for _ in range(3):
        StudentBrowser(app, house.district.origin).get(f"/my/claim/{token}")
        browser.ask("HEAD", f"/my/claim/{token}")
    assert browser.get("/my/ways-back").status_code == 303
    assert browser.post(f"/my/claim/{token}").status_code == 303


def test_a_link_works_once_and_says_so_to_its_holder(browser: StudentBrowser, house: House) -> None:
    token = link(house, house.issue().credential_id)
    browser.post(f"/my/claim/{token}")
    browser.cookies.clear()
    for answer in (browser.get(f"/my/claim/{token}"), browser.post(f"/my/claim/{token}")):
        assert answer.status_code == 410
        assert "used before" in answer.text
        assert "Maya" not in answer.text
    assert browser.get("/my/ways-back").status_code == 303


def test_a_link_ends(browser: StudentBrowser, house: House) -> None:
    token = link(house, house.issue().credential_id)
    house.time += LINK_LASTS - timedelta(seconds=1)
    assert browser.get(f"/my/claim/{token}").status_code == 200
    house.time += timedelta(seconds=1)
    assert browser.get(f"/my/claim/{token}").status_code == 410
    assert browser.post(f"/my/claim/{token}").status_code == 410


def test_a_withdrawn_badge_is_not_claimed(browser: StudentBrowser, house: House) -> None:
    issued = house.issue()
    token = link(house, issued.credential_id)
    revoke(
        house.store,
        house.district.id,
        issued.credential_id,
        reason=Reason.ISSUED_IN_ERROR,
        note="",
        now=house.time,
        actor="test",
    )
    assert browser.post(f"/my/claim/{token}").status_code == 410
    assert browser.get("/my/ways-back").status_code == 303


def test_wrong_and_never_existing_links_answer_alike(browser: StudentBrowser, house: House) -> None:
    token = link(house, house.issue().credential_id)
    other = ("0" if token[-1] != "0" else "1").join((token[:-1], ""))
    code = slip(house)
    asked = [
        f"/my/claim/{other}",
        f"/my/claim/{'Z' * 32}",
        "/my/claim/short",
        f"/my/claim/{token}x",
        f"/my/slip/{code[:-1]}{'0' if code[-1] != '0' else '1'}",
        "/my/slip/000000000000",
        f"/my/slip/{token}",
        f"/my/claim/{code}",
        f"/my/claim/{'Z' * 32}/wrong",
    ]
    answers = [browser.get(one) for one in asked]
    answers += [browser.post(one) for one in asked[:4]]
    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1
    assert len({frozenset(one.headers.items()) for one in answers}) == 1


def test_another_districts_link_is_no_link_here(app: FastAPI, house: House) -> None:
    token = link(house, house.issue().credential_id)
    other = House.build(house.store, "lakeside", "https://badges.lakeside.example")
    assert StudentBrowser(app, other.district.origin).get(f"/my/claim/{token}").status_code == 404


def test_who_guesses_too_often_waits(browser: StudentBrowser) -> None:
    seen = [browser.get(f"/my/claim/{number:032}").status_code for number in range(31)]
    assert seen == [404] * 30 + [429]


def test_a_slip_opens_everything_of_a_student_once(browser: StudentBrowser, house: House) -> None:
    house.issue()
    code = slip(house)
    scanned = browser.get(f"/K/{code}")
    assert (scanned.status_code, scanned.headers["location"]) == (303, f"/my/slip/{code}")
    assert browser.get(f"/my/slip/{code}").status_code == 200
    typed = browser.post("/my/slip", {"code": f" {code[:4]}-{code[4:8]}-{code[8:]} ".lower()})
    assert typed.status_code == 303
    assert browser.post(typed.headers["location"]).headers["location"] == "/my/badges?notice=claimed"
    browser.cookies.clear()
    assert browser.post(f"/my/slip/{code}").status_code == 410


def test_a_code_with_another_districts_letters_is_no_code_here(browser: StudentBrowser, house: House) -> None:
    house.issue()
    code = slip(house)
    groups = "-".join((code[:4], code[4:8], code[8:]))
    assert browser.get(f"/my/slip/{house.district.tag}-{groups}").status_code == 200
    assert browser.get(f"/my/slip/EASTFIELD-{groups}").status_code == 404


def test_a_new_slip_makes_the_old_one_useless(browser: StudentBrowser, house: House) -> None:
    house.issue()
    old, new = slip(house), slip(house)
    assert browser.get(f"/my/slip/{old}").status_code == 410
    assert browser.get(f"/my/slip/{new}").status_code == 200


def test_only_hashes_are_kept(house: House) -> None:
    token, code = link(house, house.issue().credential_id), slip(house)
    with house.store.of(house.district.id).reading() as session:
        kept = session.query(rows.Claim).all()
        assert len(kept) == 2
        for row in kept:
            held = " ".join(str(getattr(row, one.name)) for one in rows.Claim.__table__.columns)
            assert token not in held
            assert code not in held


def test_something_wrong_goes_to_the_registrar_and_the_badge_waits(
    browser: StudentBrowser, house: House
) -> None:
    issued = house.issue()
    token = link(house, issued.credential_id)
    assert browser.get(f"/my/claim/{token}/wrong").status_code == 200
    empty = browser.post(f"/my/claim/{token}/wrong", {"said": "Mi nombre"})
    assert empty.status_code == 422
    assert "Mi nombre" in empty.text
    sent = browser.post(f"/my/claim/{token}/wrong", {"what": "name", "said": "It is Maia.\r\nWith an i."})
    assert sent.status_code == 200
    with house.store.of(house.district.id).reading() as session:
        (row,) = rows.problems(session, house.district.id, most=10)
    assert (row.student_id, row.credential_id, row.kind) == (STUDENT, issued.credential_id, "name")
    assert row.said == "It is Maia.\nWith an i."
    assert browser.get(f"/my/claim/{token}").status_code == 200


def test_five_messages_wait_and_no_sixth(browser: StudentBrowser, house: House) -> None:
    token = link(house, house.issue().credential_id)
    told = [browser.post(f"/my/claim/{token}/wrong", {"what": "other"}).status_code for _ in range(6)]
    assert told == [200] * 5 + [422]


def test_a_message_has_a_longest(browser: StudentBrowser, house: House) -> None:
    token = link(house, house.issue().credential_id)
    for length, status in ((1_000, 200), (1_001, 422)):
        sent = browser.post(f"/my/claim/{token}/wrong", {"what": "other", "said": "a" * length})
        assert sent.status_code == status


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_word_is_missing_on_any_page(browser: StudentBrowser, house: House, language: str) -> None:
    token = link(house, house.issue().credential_id)
    for path in (f"/my/claim/{token}", f"/my/claim/{token}/wrong", "/my/slip", "/my/code", "/my/way-in"):
        text = browser.get(f"{path}?lang={language}").text
        assert f'<html lang="{language}">' in text
        assert not re.search(r">\s*[a-z-]+\.[a-z-]+\s*<", unescape(text)), path

"""The page on which a student's records are exported, held and destroyed, by one person or two."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from issuer.access import policy
from issuer.access.policy import Kind, Policy
from issuer.access.roles import Role
from issuer.app import create_app
from issuer.store import audit, students
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.retention.test_erasure import MAYA, enrol
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
PAGE = f"/staff/students/{MAYA}/records"


@pytest.fixture
def app(house: House) -> FastAPI:
    """The issuer's application, which can sign."""
    return create_app(
        house.store, clock=house.clock, entropy=house.entropy, signer_of=lambda _district: house.signer
    )


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', text)
    assert found
    return found[1]


def left(house: House) -> bool:
    with house.store.reading() as session:
        return students.roster(session, house.district.id) is not None


def test_only_an_administrator_gets_there(at: At, staff: Staff) -> None:
    enrol(staff.house)

    assert "/records" in at(Role.ADMINISTRATOR).get(f"/staff/students/{MAYA}").text
    assert "/records" not in at(Role.REGISTRAR).get(f"/staff/students/{MAYA}").text
    assert at(Role.REGISTRAR).get(PAGE).status_code == 403
    assert at(Role.ADMINISTRATOR).get("/staff/students/nobody/records").status_code == 404


def test_everything_comes_as_one_file(at: At, staff: Staff) -> None:
    enrol(staff.house)
    answer = at(Role.ADMINISTRATOR).post(f"{PAGE}/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert "READ-ME.txt" in packed.namelist()


def test_a_hold_is_placed_said_and_released(at: At, staff: Staff) -> None:
    enrol(staff.house)
    browser = at(Role.ADMINISTRATOR)
    assert browser.post(f"{PAGE}/hold", {"why": " "}).status_code == 422
    assert browser.post(f"{PAGE}/hold", {"why": "A court"}).status_code == 303
    shown = browser.get(PAGE).text
    assert "under a legal hold since" in shown
    assert 'name="seen"' not in shown
    assert browser.post(f"{PAGE}/release").status_code == 303
    assert 'name="seen"' in browser.get(PAGE).text


def test_one_person_destroys_what_was_seen_and_nothing_else(at: At, staff: Staff) -> None:
    enrol(staff.house)
    browser = at(Role.ADMINISTRATOR)
    digest = seen(browser.get(PAGE).text)
    assert browser.post(f"{PAGE}/erase", {"seen": digest}).status_code == 422
    assert browser.post(f"{PAGE}/erase", {"seen": "0" * 64, "sure": "yes"}).status_code == 422
    assert left(staff.house)
    assert browser.post(f"{PAGE}/erase", {"seen": digest, "sure": "yes"}).status_code == 303
    assert not left(staff.house)
    shown = browser.get(PAGE).text
    assert "CERTIFICATE OF DESTRUCTION" in shown
    assert "Quillfeather" not in shown
    with staff.house.store.reading() as session:
        audit.check_chain(session, staff.district)


def test_where_the_district_wants_two_a_colleague_confirms_it(at: At, staff: Staff) -> None:
    house = staff.house
    enrol(house)
    policy.change(house.store, staff.district, Policy(frozenset({Kind.ERASE})), now=house.time, actor="test")
    browser = at(Role.ADMINISTRATOR)
    asked = browser.post(f"{PAGE}/erase", {"seen": seen(browser.get(PAGE).text), "sure": "yes"})
    path = asked.headers["location"].partition("?")[0]
    assert left(house)
    shown = browser.get(path).text
    digest = re.search(r'name="seen" value="([0-9a-f]{64})"', at(Role.APPROVER).get(path).text)
    assert digest
    assert browser.post(f"{path}/confirm", {"seen": digest[1]}).status_code == 403
    assert MAYA in shown
    assert at(Role.APPROVER).post(f"{path}/confirm", {"seen": digest[1]}).status_code == 303
    assert not left(house)

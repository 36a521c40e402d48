"""*Print certificate* on a badge's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from issuer.access.roles import Role
from issuer.app import create_app
from issuer.carry.paper import Printing
from issuer.outbound import Outbound
from issuer.store import dossier
from tests.house import House
from tests.papers import Paper
from tests.staff import Staff
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.conftest import nowhere

At = Callable[..., Browser]


@pytest.fixture
def app(house: House) -> FastAPI:
    """The issuer's application, which knows where codes are checked."""
    return create_app(
        house.store,
        clock=house.clock,
        entropy=house.entropy,
        outbound=Outbound(resolver=nowhere),
        printing=Printing("https://check.example.org"),
    )


def page_of(credential_id: str) -> str:
    return f"/staff/badges/{credential_id.removeprefix('urn:uuid:')}"


def shares(house: House, credential_id: str) -> int:
    with house.store.of(house.district.id).reading() as session:
        return dossier.open_shares(session, house.district.id, credential_id, house.time)


def test_a_registrar_prints_a_certificate_and_a_card(house: House, staff: Staff, at: At) -> None:
    issued = house.issue()
    browser = at(Role.REGISTRAR)
    assert "Print certificate" in browser.get(page_of(issued.credential_id)).text
    answer = browser.post(
        page_of(issued.credential_id) + "/print", {"paper": "certificate", "language": "es"}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="certificate-A-1.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    paper = Paper(answer.content)
    assert "Maya Okafor" in paper.text
    assert "Se hace constar que" in paper.text
    assert paper.attached == {"badge.json": issued.document}
    card = browser.post(page_of(issued.credential_id) + "/print", {"paper": "card"})
    assert Paper(card.content).inches == (3.375, 2.125)
    assert ("paper.printed", issued.credential_id) in [(action, at) for _, action, at in staff.audited()]


def test_a_minors_certificate_waits_for_a_guardian(house: House, at: At) -> None:
    issued = house.issue(adult_on=None)
    browser = at(Role.REGISTRAR)
    refused = browser.post(page_of(issued.credential_id) + "/print", {"paper": "certificate"})
    assert refused.status_code == 409
    assert "a guardian agrees first" in refused.text
    assert shares(house, issued.credential_id) == 0
    agreed = browser.post(page_of(issued.credential_id) + "/print", {"paper": "certificate", "agreed": "yes"})
    assert agreed.status_code == 200


@pytest.mark.parametrize("code", ["nonsense", "RIVERBEND-0000-0000-0000"])
def test_a_code_that_does_not_open_it_is_a_sentence(house: House, at: At, code: str) -> None:
    issued = house.issue()
    answer = at(Role.REGISTRAR).post(
        page_of(issued.credential_id) + "/print", {"paper": "certificate", "code": code}
    )
    assert answer.status_code == 409
    assert shares(house, issued.credential_id) == 0


def test_who_may_not_share_may_not_print(house: House, at: At) -> None:
    issued = house.issue()
    browser = at(Role.COORDINATOR)
    assert "Print certificate" not in browser.get(page_of(issued.credential_id)).text
    assert browser.post(page_of(issued.credential_id) + "/print", {}).status_code == 403
    assert shares(house, issued.credential_id) == 0


def test_without_a_verifier_the_page_says_why_nothing_is_printed(house: House, staff: Staff) -> None:
    issued = house.issue()
    bare = create_app(
        house.store, clock=house.clock, entropy=house.entropy, outbound=Outbound(resolver=nowhere)
    )
    browser = Browser(bare, house.district.origin)
    browser.sign_in(staff.person(Role.REGISTRAR).email)
    shown = browser.get(page_of(issued.credential_id)).text
    assert "Print certificate" not in shown
    assert "address of the verifier" in shown
    refused = browser.post(page_of(issued.credential_id) + "/print", {"paper": "certificate"})
    assert refused.status_code == 409
    assert shares(house, issued.credential_id) == 0

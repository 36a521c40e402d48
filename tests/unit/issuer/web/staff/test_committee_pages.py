"""The committee's page and the endorsements of a certification: quorum, keys, signed words."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from issuer.access.roles import Role
from issuer.decisions.member import MemberKind, Policy
from issuer.store import audit, decisions
from tests.committee import Committee, endorsement
from tests.house import House
from tests.signers import did_key_signer
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.test_certifications import CNA, PLACE, faults

At = Callable[..., Browser]
COMMITTEE = f"{PLACE}/committee"
QUORUM = {"approvals": "5", "kinds": "4", "must": ["industry", "postsecondary"]}
SIGNED = ("signed.json", b"{}", "application/json")


@pytest.fixture
def committee(house: House) -> Committee:
    return Committee.build(house)


def quorum(house: House) -> Policy:
    with house.store.reading() as session:
        return decisions.policy(session, house.district.id)[1]


def acted(house: House, action: str) -> list[str]:
    """Who did something, as the audit has it."""
    with house.store.reading() as session:
        return [one.actor for one in audit.read(session, house.district.id, audit.Wanted(action=action))]


def carried(house: House) -> list[str]:
    with house.store.reading() as session:
        return [one.id for one in decisions.endorsements(session, house.district.id, house.time)]


def test_an_administrator_sets_the_quorum(at: At, house: House, committee: Committee) -> None:
    answer = at().post(f"{COMMITTEE}/quorum", QUORUM)
    assert answer.status_code == 303
    assert quorum(house) == Policy(5, 4, frozenset({MemberKind.INDUSTRY, MemberKind.POSTSECONDARY}))
    assert len(acted(house, "quorum.set")) == 1
    assert acted(house, "quorum.set")[0].startswith("person:")
    text = at().get(COMMITTEE).text
    assert "A decision needs 5 approvals from members of 4 different kinds." in text


def test_no_kind_need_be_among_them(at: At, house: House, committee: Committee) -> None:
    at().post(f"{COMMITTEE}/quorum", {"approvals": "2", "kinds": "2"})
    assert quorum(house) == Policy(2, 2, frozenset())
    assert "must be: nobody in particular" in at().get(COMMITTEE).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"approvals": ""}, "approvals"),
        ({"approvals": "three"}, "approvals"),
        ({"approvals": "\u0663"}, "approvals"),
        ({"approvals": "9999"}, "approvals"),
        ({"approvals": "21"}, "approvals"),
        ({"approvals": "3"}, "approvals"),
        ({"kinds": "1"}, "approvals"),
        ({"kinds": "-2"}, "kinds"),
    ],
)
def test_a_quorum_that_cannot_be_is_refused_at_its_field(
    at: At, house: House, committee: Committee, changes: dict[str, str], field: str
) -> None:
    answer = at().post(f"{COMMITTEE}/quorum", QUORUM | changes)
    assert answer.status_code == 422
    assert list(faults(answer.text)) == [field]
    assert quorum(house) == Policy()


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ADMINISTRATOR])
def test_only_an_administrator_sets_the_quorum_or_a_key(
    at: At, house: House, committee: Committee, role: Role
) -> None:
    browser = at(role)
    did = did_key_signer("faculty").controller
    assert browser.post(f"{COMMITTEE}/quorum", QUORUM).status_code == 403
    assert browser.post(f"{COMMITTEE}/key", {"signing": "faculty-1", "did": did}).status_code == 403
    text = browser.get(COMMITTEE).text
    assert "/committee/quorum" not in text
    assert "/committee/key" not in text
    assert quorum(house) == Policy()
    assert acted(house, "member.key_given") == []


def test_an_administrator_adds_a_member_and_writes_their_key_down(at: At, house: House) -> None:
    browser = at()
    added = {"kind": "faculty", "name": "Wren Abara", "since": "2026-01-01"}
    assert browser.post(COMMITTEE, added).status_code == 303
    did = did_key_signer("faculty").controller
    assert browser.post(f"{COMMITTEE}/key", {"signing": "faculty-1", "did": did}).status_code == 303
    assert did in browser.get(COMMITTEE).text
    assert acted(house, "member.key_given")[0].startswith("person:")
    other = {"signing": "faculty-1", "did": did_key_signer("another").controller}
    answer = browser.post(f"{COMMITTEE}/key", other)
    assert "another DID already" in faults(answer.text)["did"]
    for wrong in ({"signing": "faculty-9", "did": did}, {"did": did}):
        assert list(faults(browser.post(f"{COMMITTEE}/key", wrong).text)) == ["signing"]
    assert list(faults(browser.post(f"{COMMITTEE}/key", {"signing": "faculty-1"}).text)) == ["did"]


def test_what_a_member_is_asked_to_sign_is_a_file(at: At, house: House, committee: Committee) -> None:
    browser = at(Role.COORDINATOR)
    assert "/endorsement/industry-1" in browser.get(CNA).text
    answer = browser.get(f"{CNA}/endorsement/industry-1")
    assert answer.headers["content-disposition"].startswith("attachment")
    asked = json.loads(answer.text)
    assert asked["credentialSubject"]["id"] == committee.target
    assert browser.get(f"{CNA}/endorsement/faculty-1").status_code == 422  # signs under no key
    assert browser.get(f"{CNA}/endorsement/faculty-9").status_code == 404
    assert browser.get(f"{PLACE}/nothing/endorsement/industry-1").status_code == 404


def test_an_endorsement_is_taken_apart_from_a_proposal_and_withdrawn(
    at: At, house: House, committee: Committee
) -> None:
    browser = at(Role.COORDINATOR)
    body = endorsement(committee.target)
    sent: dict[str, Any] = {"signed": ("signed.json", body, "application/json")}
    answer = browser.post(f"{CNA}/endorse", {"endorsing": "industry-1"}, files=sent)
    assert answer.status_code == 303
    (taken,) = carried(house)
    assert acted(house, "endorsement.taken")[0].startswith("person:")
    text = unescape(browser.get(CNA).text)
    assert taken in text
    assert "Withdraw the endorsement" in text
    form = {"withdrawing": taken}
    assert list(faults(browser.post(f"{CNA}/unendorse", form).text)) == ["unendorsed_why"]
    form["unendorsed_why"] = "They no longer hire on it."
    assert browser.post(f"{CNA}/unendorse", form).status_code == 303
    assert carried(house) == []
    assert acted(house, "endorsement.withdrawn")[0].startswith("person:")
    assert list(faults(browser.post(f"{CNA}/unendorse", form).text)) == ["withdrawing"]


def test_what_is_no_word_of_the_member_s_is_refused(at: At, house: House, committee: Committee) -> None:
    browser = at(Role.COORDINATOR)
    strange = endorsement(committee.target, did_key_signer("a stranger"))
    elsewhere = endorsement(committee.target + "-x")
    for body in (strange, elsewhere, b"{}", b"", b"x" * 300_000):
        sent: dict[str, Any] = {"signed": ("signed.json", body, "application/json")}
        answer = browser.post(f"{CNA}/endorse", {"endorsing": "industry-1"}, files=sent)
        assert answer.status_code == 422
        assert list(faults(answer.text)) == ["signed"]
    assert list(faults(browser.post(f"{CNA}/endorse", {"endorsing": "industry-1"}).text)) == ["signed"]
    answer = browser.post(f"{CNA}/endorse", {"endorsing": "industry-9"}, files={"signed": SIGNED})
    assert list(faults(answer.text)) == ["endorsing"]
    assert carried(house) == []


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.CLERK, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_does_not_record_for_the_committee_takes_no_endorsement(
    at: At, house: House, committee: Committee, role: Role
) -> None:
    browser = at(role)
    taken = committee.endorse(endorsement(committee.target))
    sent = {"signed": SIGNED}
    assert browser.post(f"{CNA}/endorse", {"endorsing": "industry-1"}, files=sent).status_code == 403
    form = {"withdrawing": taken, "unendorsed_why": "Because."}
    assert browser.post(f"{CNA}/unendorse", form).status_code == 403
    assert browser.get(f"{CNA}/endorsement/industry-1").status_code == 403
    assert "/endorse" not in browser.get(CNA).text
    assert carried(house) == [taken]


def test_another_district_s_endorsements_and_members_are_not_there(
    at: At, house: House, committee: Committee
) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    theirs = Committee.build(other)
    taken = theirs.endorse(endorsement(theirs.target))
    browser = at(Role.COORDINATOR)
    assert taken not in browser.get(CNA).text
    form = {"withdrawing": taken, "unendorsed_why": "Because."}
    assert list(faults(browser.post(f"{CNA}/unendorse", form).text)) == ["withdrawing"]
    assert carried(other) == [taken]
    with house.store.reading() as session:
        names = {one.name for one in decisions.members(session, other.district.id)}
    shown = unescape(at().get(COMMITTEE).text)
    assert not [name for name in names if name in shown]
    assert at().post(f"{COMMITTEE}/quorum", QUORUM).status_code == 303
    assert quorum(other) == Policy()

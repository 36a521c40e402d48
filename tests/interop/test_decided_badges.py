"""A badge with alignments and a signed endorsement: other people's verifiers take it, and what is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contexts.document import parse
from credential.readiness import Subject
from issuer.district import offer_decided
from issuer.store import queries
from issuer.store.migrations import migrate
from issuer.store.session import Store
from keys.did import PublishedKey, did_key_document, did_web_document
from tests.committee import ENDORSER, Committee, endorsement
from tests.house import House
from tests.interop.digital_bazaar import documents_for, verify_all
from tests.interop.python_peers import verify_with_openbadgeslib, verify_with_openvc

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """A badge as the issuer gives it out, and the DID documents that belong to it."""
    store = Store.open(str(tmp_path_factory.mktemp("decided") / "cairn.db"))
    migrate(store)
    house = House.build(store)
    committee = Committee.build(house)
    committee.endorse(endorsement(committee.target))
    committee.decide(committee.approved(), Subject.ENGLISH, Subject.MATH)
    offer_decided(store, house.district.id, now=house.time, actor="test")
    issued = house.issue()
    with store.reading() as session:
        body = queries.secured(session, house.district.id, issued.credential_id)["vc"].body
    store.close()
    did, endorser = house.district.did, ENDORSER.controller
    documents = {
        did: did_web_document(did, [PublishedKey(house.signer.public_key)]),
        endorser: did_key_document(endorser),
    }
    return parse(body).value, documents


def parts(decided: tuple[dict[str, Any], dict[str, Any]]) -> list[dict[str, Any]]:
    """The badge, and the endorsement taken out of it."""
    badge, _ = decided
    (inside,) = badge["credentialSubject"]["achievement"]["endorsement"]
    return [badge, inside]


def test_openbadgeslib_takes_the_badge(decided: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert verify_with_openbadgeslib(parts(decided)[0], decided[1]) == "ok"


def test_openvc_takes_what_is_inside(decided: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """It reads no credential that has another inside, as Open Badges 3.0 asks for: contexts and all."""
    badge, inside = parts(decided)
    assert verify_with_openvc(inside, decided[1]) == "ok"
    assert "/credentialSubject/achievement/endorsement/@context" in verify_with_openvc(badge, decided[1])


def test_digital_bazaar_takes_both_and_neither_once_it_was_altered(
    decided: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    documents = documents_for(decided[1].values())
    whole = parts(decided)
    assert [answer.faults for answer in verify_all(whole, documents) if not answer.verified] == []
    badge = json.loads(json.dumps(whole[0]))
    achievement = badge["credentialSubject"]["achievement"]
    achievement["endorsement"][0]["credentialSubject"]["endorsementComment"] += "!"
    altered = [badge, achievement["endorsement"][0]]
    assert [answer.verified for answer in verify_all(altered, documents)] == [False, False]
    moved = json.loads(json.dumps(whole[0]))
    moved["credentialSubject"]["achievement"]["alignment"][0]["targetName"] += "!"
    assert [answer.verified for answer in verify_all([moved], documents)] == [False]

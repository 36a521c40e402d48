"""A share that hides the name shows nothing that leads to it: no number, and no text that repeats either."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from credential.status import StatusEntry
from issuer import student_sharing
from issuer.derivation import KEEP, Derivation, derived_document
from issuer.derived import sign_derived_anew
from issuer.errors import IssuerError
from issuer.sharing.terms import NameShown
from issuer.store.derived import SHARE, DerivedCredential
from issuer.store.tables import Share
from tests.house import House
from tests.signers import SeededSigner
from tests.unit.issuer.test_student_sharing import FULL, STUDENT, WORK, district, opened, share

NOWHERE = StatusEntry("revocation", 1, "https://riverbend.example/list")


def number(value: dict[str, Any]) -> str | None:
    said: str | None = value["credentialSubject"].get("licenseNumber")
    return said


@pytest.mark.parametrize("kind", ["co-cna", "osha10-gi"])
def test_a_short_name_goes_without_the_number_that_leads_to_the_full_one(house: House, kind: str) -> None:
    issued = house.issue(achievement_id=kind)
    assert number(opened(house, share(house, issued.credential_id, FULL))) == "NA-000123"
    value = opened(house, share(house, issued.credential_id))
    assert number(value) is None
    assert "NA-000123" not in json.dumps(value)
    in_full = replace(WORK, name=NameShown.FULL)
    assert number(opened(house, share(house, issued.credential_id, in_full))) == "NA-000123"


def test_a_badge_without_a_name_is_shared_without_its_number_too(house: House) -> None:
    issued = house.issue(recipient_name=None)
    value = opened(house, share(house, issued.credential_id))
    assert number(value) is None
    assert value["id"] != issued.credential_id
    assert "identifier" not in value["credentialSubject"]


@pytest.mark.parametrize("score", ["Maya Okafor: 92", "NA-000123", "no. na-000123, 92"])
def test_what_repeats_the_name_or_the_number_is_shared_in_full_alone(house: House, score: str) -> None:
    issued = house.issue(score=score)
    with pytest.raises(IssuerError, match="withheld_value"):
        share(house, issued.credential_id)
    assert opened(house, share(house, issued.credential_id, FULL))["id"] == issued.credential_id


@pytest.mark.parametrize(("name", "shown"), [("Suharto", "Suharto"), ("Maya O", "Maya O.")])
def test_of_a_name_that_the_short_one_repeats_nothing_is_hidden(house: House, name: str, shown: str) -> None:
    value = opened(house, share(house, house.issue(recipient_name=name).credential_id))
    assert value["credentialSubject"]["identifier"][0]["identityHash"] == shown
    assert number(value) is None


def test_under_another_name_nothing_stays_that_is_not_known_to_name_nobody(house: House) -> None:
    original = json.loads(house.issue(evaluator="Ms. Adler", score="92").document)
    said = {
        "narrative": "Maya's work",
        "role": "captain",
        "term": "spring",
        "activityStartDate": "2026-01-01",
    }
    told = {"image": {"id": "https://x.example/maya-okafor.png"}, "termsOfUse": [{"type": "Maya"}]}
    original |= told
    original["credentialSubject"] |= said

    def copy(**what: Any) -> dict[str, Any]:
        return derived_document(
            original, Derivation(SHARE, "one", **what), derived_id=uuid.UUID(int=1).urn,
            subject_id=uuid.UUID(int=2).urn, status=NOWHERE,
        )  # fmt: skip

    kept, hidden = copy(name=KEEP), copy(name="Maya O.")
    assert said.keys() | {"licenseNumber"} <= kept["credentialSubject"].keys()
    assert told.keys() <= kept.keys()
    assert hidden.keys() == original.keys() - told.keys() - {"proof"}
    assert hidden["credentialSubject"].keys() == {
        "id", "type", "identifier", "achievement", "result", "source",
    }  # fmt: skip


def test_a_licence_without_its_number_is_signed_anew_too(house: House) -> None:
    before = opened(house, made := share(house, house.issue().credential_id))
    house.take_key(other := SeededSigner("riverbend 2", house.district.did))
    assert sign_derived_anew(
        house.store, house.district.id, before["id"], other, now=house.time, actor="test"
    )
    after = opened(house, made)
    assert after["proof"] != before["proof"]
    assert after | {"proof": 0} == before | {"proof": 0}


@pytest.mark.parametrize("terms", [WORK, FULL, replace(WORK, name=NameShown.FULL)])
def test_what_is_looked_at_first_is_what_the_share_then_opens(house: House, terms: Any) -> None:
    badge = house.issue(
        evidence_url="https://riverbend.example/portfolio", evaluator="Ms. Adler"
    ).credential_id
    with house.store.reading() as session:
        body = student_sharing.preview(session, district(house), STUDENT, badge, terms)
        for table in (Share, DerivedCredential):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        with pytest.raises(IssuerError, match="not_found"):
            student_sharing.preview(session, district(house), "100000002", badge, terms)
    value, seen = opened(house, share(house, badge, terms)), json.loads(body)
    for one in (value, seen):
        for own in ("id", "credentialStatus", "proof"):
            one.pop(own, None)
        one["credentialSubject"].pop("id", None)
        one["credentialSubject"]["source"].pop("id")
    assert seen == value

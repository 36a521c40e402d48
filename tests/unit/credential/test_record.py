"""Learner records: rules that no schema can say, and what a record holds."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from contexts.document import compose
from contexts.schema import Schema, faults, schema_for_url
from credential.errors import CODES, CredentialError
from credential.record import (
    MOST_ASSOCIATIONS,
    associations_of,
    check_record,
    endorsements_of,
    members_of,
)
from credential.types import CredentialKind, kind_of
from tests.endorsements import endorsement_value, record_value
from tests.world import World

WORLD = World()
ACHIEVEMENT = f"{WORLD.origin}/achievements/safety-10"


def made(**subject: Any) -> dict[str, Any]:
    value = copy.deepcopy(record_value(WORLD, WORLD.badge_value()))
    value["credentialSubject"] |= subject
    return value


def joined(source: str = ACHIEVEMENT, target: str = ACHIEVEMENT) -> dict[str, Any]:
    return {
        "type": "Association",
        "associationType": "isRelatedTo",
        "sourceId": source,
        "targetId": target,
    }


def codes(value: dict[str, Any]) -> list[tuple[str, str]]:
    found = check_record(value)
    assert {fault.code for fault in found} <= CODES.keys()
    return [(fault.code, fault.pointer) for fault in found]


def test_a_good_record_has_no_fault() -> None:
    value = made(association=[joined()])
    assert check_record(value) == check_record(compose(value)) == ()
    assert faults(value, Schema.CLR_CREDENTIAL) == ()
    assert [one["id"] for one in members_of(value)] == [WORLD.badge_value()["id"]]
    assert [one.source_name for one in associations_of(value)] == ["Workplace Safety, 10 hours"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda value: value["@context"].reverse(), "context_order", "/@context"),
        (lambda value: value.update({"@context": "x"}), "context_order", "/@context"),
        (lambda value: value.update(credentialSubject=[{}, {}]), "multiple_subjects", "/credentialSubject"),
        (
            lambda value: value.update(credentialSubject={"id": "urn:x:1"}),
            "subject_empty",
            "/credentialSubject",
        ),
        (lambda value: value.update(credentialSubject=7), "subject_empty", "/credentialSubject"),
        (
            lambda value: value["credentialSubject"].update(id="", identifier=[]),
            "subject_unnamed",
            "/credentialSubject",
        ),
        (
            lambda value: value["credentialSubject"].update(association=[joined(), joined(target="urn:x:1")]),
            "association",
            "/credentialSubject/association/1/targetId",
        ),
        (
            lambda value: value["credentialSubject"].update(
                association=[joined() | {"sourceId": [ACHIEVEMENT]}]
            ),
            "association",
            "/credentialSubject/association/0/sourceId",
        ),
        (lambda value: value.update(validFrom="yesterday"), "bad_date", "/validFrom"),
        (lambda value: value.update(endorsement=["x"]), "endorsement_malformed", "/endorsement/0"),
        (lambda value: value.update(termsOfUse=[{"id": "urn:x:1"}]), "bad_member", "/termsOfUse/0"),
    ],
)
def test_what_ties_the_members_of_a_record_together(change: Any, code: str, pointer: str) -> None:
    value = made()
    change(value)
    assert (code, pointer) in codes(value)


def test_there_is_an_end_to_associations() -> None:
    assert codes(made(association=[joined()] * MOST_ASSOCIATIONS)) == []
    over = made(association=[joined()] * (MOST_ASSOCIATIONS + 1))
    assert codes(over) == [("association", "/credentialSubject/association")]


def test_a_record_names_the_schema_of_its_own_kind() -> None:
    url = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
    assert schema_for_url(url) is Schema.CLR_CREDENTIAL
    named = {"id": url, "type": "1EdTechJsonSchemaValidator2019"}
    assert codes(made() | {"credentialSchema": [named]}) == []
    other = named | {"id": url.replace("clrcredential", "achievementcredential")}
    assert codes(made() | {"credentialSchema": [other]}) == [("credential_schema", "/credentialSchema/0")]


def test_the_endorsements_of_a_record_are_not_those_of_its_badges() -> None:
    value = made()
    value["endorsement"] = [endorsement_value(value["id"])]
    inside = members_of(value)[0]
    inside["endorsement"] = [endorsement_value(inside["id"])]
    assert [place for place, _, _ in endorsements_of(value)] == [("endorsement", 0)]
    assert [place for place, _, _ in endorsements_of(inside)] == [("endorsement", 0)]


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["VerifiableCredential", "OpenBadgeCredential"], CredentialKind.BADGE),
        (["VerifiableCredential", "AchievementCredential", "OpenBadgeCredential"], CredentialKind.BADGE),
        (["VerifiableCredential", "EndorsementCredential"], CredentialKind.ENDORSEMENT),
        ("ClrCredential", CredentialKind.RECORD),
    ],
)
def test_a_credential_is_of_one_kind(types: Any, kind: CredentialKind) -> None:
    assert kind_of({"type": types}) is kind


@pytest.mark.parametrize(
    "types", [None, [], ["VerifiableCredential"], [7], ["ClrCredential", "OpenBadgeCredential"], {"a": 1}]
)
def test_of_none_or_of_several_it_is_refused(types: Any) -> None:
    with pytest.raises(CredentialError) as caught:
        kind_of({"type": types})
    assert caught.value.code == "bad_type"

from __future__ import annotations

import copy
from typing import Any

import pytest

from contexts.document import compose
from credential.errors import CODES
from credential.issuable import check_issuable
from tests.good_credential import CREDENTIAL, CREDENTIAL_2019, ENDORSEMENT, LEVELS
from tests.unit.credential.test_conformance import changed


def codes(document: dict[str, Any]) -> list[tuple[str, str]]:
    found = check_issuable(document)
    assert {fault.code for fault in found} <= CODES.keys()
    return [(fault.code, fault.pointer) for fault in found]


def test_what_is_right_may_be_issued() -> None:
    assert check_issuable(CREDENTIAL) == check_issuable(compose(CREDENTIAL)) == ()
    assert check_issuable(ENDORSEMENT) == ()


def test_the_rules_for_readers_hold_for_issuers() -> None:
    assert codes(changed("credentialSubject/achievement/criteria", {"narrative": ""})) == [
        ("criteria_empty", "/credentialSubject/achievement/criteria")
    ]


def test_the_older_data_model_is_not_issued() -> None:
    assert codes(CREDENTIAL_2019) == [("legacy_data_model", "/@context/0")]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("validFrom", "/validFrom"),
        ("validUntil", "/validUntil"),
        ("awardedDate", "/awardedDate"),
        ("credentialSubject/activityStartDate", "/credentialSubject/activityStartDate"),
    ],
)
def test_every_date_has_a_zone(path: str, pointer: str) -> None:
    assert codes(changed(path, "2026-06-01T09:00:00")) == [("bad_date", pointer)]
    assert codes(changed(path, "2026-06-01T09:00:00-06:00")) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("credentialStatus", {"id": "https://x.example/l#1", "type": "1EdTechRevocationList"}),
        ("refreshService", {"id": "https://x.example/r", "type": "1EdTechCredentialRefresh"}),
    ],
)
def test_types_of_the_extension_context_need_it(name: str, value: dict[str, Any]) -> None:
    document = changed(name, value)
    assert codes(document) == []
    document["@context"] = document["@context"][:2]
    assert codes(document) == [("extension_context", "/credentialSchema"), ("extension_context", f"/{name}")]


def test_one_named_schema_is_that_of_open_badges() -> None:
    foreign = {"id": "https://x.example/s.json", "type": "1EdTechJsonSchemaValidator2019"}
    assert codes(changed("credentialSchema", [foreign])) == [("credential_schema", "/credentialSchema")]
    assert codes(changed("credentialSchema", [foreign, CREDENTIAL["credentialSchema"][0]])) == []
    document = copy.deepcopy(CREDENTIAL)
    del document["credentialSchema"]
    assert codes(document) == []


@pytest.mark.parametrize("own", [None, "", CREDENTIAL["credentialStatus"]["statusListCredential"]])
def test_the_status_entry_has_an_id_of_its_own(own: str | None) -> None:
    assert codes(changed("credentialStatus/id", own)) == [("status_entry", "/credentialStatus/id")]


@pytest.mark.parametrize(
    "path",
    [
        "type",
        "evidence",
        "credentialSchema",
        "issuer/type",
        "issuer/otherIdentifier",
        "issuer/address/type",
        "credentialSubject/type",
        "credentialSubject/identifier",
        "credentialSubject/achievement/alignment",
        "credentialSubject/achievement/endorsement",
        "credentialSubject/achievement/tag",
        "credentialSubject/achievement/resultDescription/0/type",
        "credentialSubject/achievement/resultDescription/0/rubricCriterionLevel",
    ],
)
def test_lists_are_written_as_lists(path: str) -> None:
    value: Any = CREDENTIAL
    for step in path.split("/"):
        value = value[int(step) if step.isdigit() else step]
    single = [place for code, place in codes(changed(path, value[0])) if code == "not_array"]
    assert single == [f"/{path}"]


def test_types_that_the_data_model_writes_as_one_name_stay_one_name() -> None:
    document = changed("proof", [{"type": "DataIntegrityProof"}])
    document["termsOfUse"] = [{"type": "ext:Terms"}]
    assert codes(document) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("issuer/endorsement", [ENDORSEMENT], "endorsement_target"),
        ("credentialSubject/result/1/achievedLevel", LEVELS[0]["id"], "result_level"),
        (
            "credentialSubject/identifier",
            [{"type": "IdentityObject", "hashed": True, "identityHash": "x", "identityType": "emailAddress"}],
            "identity_hash",
        ),
    ],
)
def test_what_is_read_with_a_remark_is_never_issued(path: str, value: Any, code: str) -> None:
    assert [found for found, _ in codes(changed(path, value))] == [code]

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from contexts.document import compose
from credential.conformance import check_model, endorsements_in, remarks
from credential.errors import CODES
from credential.terms import CONTEXT_2019
from tests.attacks.areas.shape import nested_endorsements, old_endorsement
from tests.good_credential import CREDENTIAL, CREDENTIAL_2019, ENDORSEMENT, LEVELS

SCHEMAS = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_"


def changed(path: str, value: Any, document: dict[str, Any] = CREDENTIAL) -> dict[str, Any]:
    document = copy.deepcopy(document)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    holder: Any = document
    for step in steps:
        holder = holder[step]
    holder[last] = value
    return document


def codes(document: Any) -> list[tuple[str, str]]:
    found = check_model(document)
    assert {fault.code for fault in found} <= CODES.keys()
    return [(fault.code, fault.pointer) for fault in found]


@pytest.mark.parametrize("document", [CREDENTIAL, CREDENTIAL_2019, ENDORSEMENT])
def test_good_credentials_have_neither_faults_nor_remarks(document: dict[str, Any]) -> None:
    assert check_model(document) == check_model(compose(document)) == ()
    assert remarks(document) == remarks(compose(document)) == ()


@pytest.mark.parametrize(
    ("path", "value", "code", "pointer"),
    [
        ("@context", CREDENTIAL["@context"][::-1], "context_order", "/@context"),
        ("@context", CREDENTIAL["@context"][0], "context_order", "/@context"),
        ("@context", [], "context_order", "/@context"),
        ("@context", {}, "context_order", "/@context"),
        ("@context", 7, "context_order", "/@context"),
        ("@context", None, "context_order", "/@context"),
        ("@context", [CREDENTIAL["@context"][0], "https://x.example/c.json"], "context_order", "/@context"),
        ("@context", [CREDENTIAL["@context"][0], {}], "context_order", "/@context"),
        ("credentialSubject", [{}, {}], "multiple_subjects", "/credentialSubject"),
        ("credentialSubject", {}, "subject_empty", "/credentialSubject"),
        ("credentialSubject", {"id": "urn:x:1"}, "subject_empty", "/credentialSubject"),
        ("credentialSubject", None, "subject_empty", "/credentialSubject"),
        ("credentialSubject", {"type": ["AchievementSubject"]}, "subject_unnamed", "/credentialSubject"),
        ("credentialSubject", {"id": "", "identifier": [], "x": 1}, "subject_unnamed", "/credentialSubject"),
        (
            "credentialSubject/achievement/criteria",
            {"id": "", "narrative": ""},
            "criteria_empty",
            "/credentialSubject/achievement/criteria",
        ),
        (
            "credentialSubject/result/0/resultDescription",
            "urn:x:1",
            "result_reference",
            "/credentialSubject/result/0/resultDescription",
        ),
        (
            "credentialSubject/result/0/resultDescription",
            ["urn:x:1"],
            "result_reference",
            "/credentialSubject/result/0/resultDescription",
        ),
        (
            "credentialSubject/result/0/achievedLevel",
            "urn:x:1",
            "result_level",
            "/credentialSubject/result/0/achievedLevel",
        ),
        ("credentialSubject/result/1/status", None, "result_status", "/credentialSubject/result/1"),
        ("validUntil", "2026-04-30T09:00:00Z", "valid_period", "/validUntil"),
        ("awardedDate", "2026-02-30T09:00:00Z", "bad_date", "/awardedDate"),
        ("proof", {"created": "today"}, "bad_date", "/proof/0/created"),
        ("issuanceDate", "2026-05-01T09:00:00Z", "mixed_data_model", "/issuanceDate"),
        ("relatedResource", [{"digestSRI": "sha384-x"}], "related_resource", "/relatedResource/0"),
        ("relatedResource", ["x"], "related_resource", "/relatedResource/0"),
        ("relatedResource/0/digestMultibase", "", "related_resource", "/relatedResource/0"),
        ("renderMethod", [{"id": "urn:x:1"}], "bad_member", "/renderMethod/0"),
        ("confidenceMethod", {"id": "urn:x:1"}, "bad_member", "/confidenceMethod/0"),
        (
            "credentialSchema/0/id",
            f"{SCHEMAS}endorsementcredential_schema.json",
            "credential_schema",
            "/credentialSchema/0",
        ),
        ("endorsement", ["urn:x:1"], "endorsement_malformed", "/endorsement/0"),
        ("endorsement", [{**ENDORSEMENT, "type": "x"}], "endorsement_malformed", "/endorsement/0/type"),
    ],
)
def test_each_rule_has_its_code_and_place(path: str, value: Any, code: str, pointer: str) -> None:
    assert (code, pointer) in codes(changed(path, value))


def test_one_fault_is_reported_once() -> None:
    assert codes(changed("validFrom", "today")) == [("bad_date", "/validFrom")]
    assert codes(changed("credentialSubject/result/1/status", None)) == [
        ("result_status", "/credentialSubject/result/1")
    ]


def test_a_result_need_not_name_a_description() -> None:
    assert codes(changed("credentialSubject/result", {"type": ["Result"], "value": "A"})) == []


def test_an_identifier_alone_names_the_subject() -> None:
    document = copy.deepcopy(CREDENTIAL)
    del document["credentialSubject"]["id"]
    assert codes(document) == []


def test_an_endorsement_needs_an_id_to_speak_of() -> None:
    assert codes(changed("credentialSubject", {"type": ["EndorsementSubject"]}, ENDORSEMENT)) == [
        ("endorsement_malformed", "/credentialSubject")
    ]


def test_an_endorsement_names_the_schema_of_endorsements() -> None:
    own = {"id": f"{SCHEMAS}endorsementcredential_schema.json", "type": "1EdTechJsonSchemaValidator2019"}
    assert codes(changed("credentialSchema", [own], ENDORSEMENT)) == []
    assert codes(changed("credentialSchema", CREDENTIAL["credentialSchema"], ENDORSEMENT)) == [
        ("credential_schema", "/credentialSchema/0")
    ]


def test_faults_inside_an_endorsement_say_so() -> None:
    bad = changed("validUntil", "2020-01-01T00:00:00Z", ENDORSEMENT)
    assert codes(changed("issuer/endorsement", bad)) == [("valid_period", "/issuer/endorsement/validUntil")]
    assert codes(changed("issuer/parentOrg/endorsement", [bad])) == [
        ("valid_period", "/issuer/parentOrg/endorsement/0/validUntil")
    ]


def test_an_endorsement_stands_on_its_holders_data_model() -> None:
    assert codes(changed("endorsement", [old_endorsement()])) == [
        ("mixed_data_model", "/endorsement/0/@context")
    ]
    assert codes(changed("endorsement", [old_endorsement()], CREDENTIAL_2019)) == []


@pytest.mark.parametrize(("levels", "found"), [(1, 0), (2, 0), (3, 1), (9, 1)])
def test_endorsements_end_at_the_second(levels: int, found: int) -> None:
    document = json.loads(nested_endorsements(levels))
    assert [code for code, _ in codes(document)] == ["endorsement_malformed"] * found


def test_a_date_without_zone_is_a_remark() -> None:
    (remark,) = remarks(changed("validUntil", "2028-05-01T09:00:00"))
    assert (remark.code, remark.pointer) == ("assumed_utc", "/validUntil")
    assert remark.code in CODES


@pytest.mark.parametrize(
    ("named", "known"),
    [
        (
            {"id": f"{SCHEMAS}achievementcredential_schema.json", "type": "1EdTechJsonSchemaValidator2019"},
            True,
        ),
        ({"id": f"{SCHEMAS}achievementcredential_schema.json", "type": "JsonSchema"}, False),
        ({"id": "https://elsewhere.example/s.json", "type": "1EdTechJsonSchemaValidator2019"}, False),
        ({"id": 7, "type": "1EdTechJsonSchemaValidator2019"}, False),
        ({}, False),
    ],
)
def test_a_schema_that_is_not_known_is_a_remark_and_no_fault(named: dict[str, Any], *, known: bool) -> None:
    document = changed("credentialSchema", named)
    assert codes(document) == []
    assert [remark.code for remark in remarks(document)] == ([] if known else ["unknown_schema"])


def test_an_endorsement_of_something_else_is_a_remark() -> None:
    other = changed("credentialSubject/id", "urn:x:other", ENDORSEMENT)
    document = changed("issuer/endorsement", [other])
    (remark,) = remarks(document)
    assert (remark.code, remark.pointer) == ("endorsement_target", "/issuer/endorsement/0")
    about_issuer = changed("credentialSubject/id", CREDENTIAL["issuer"]["id"], ENDORSEMENT)
    assert remarks(changed("issuer/endorsement", [about_issuer])) == ()
    assert remarks(changed("endorsement", [about_issuer])) == ()
    assert [r.code for r in remarks(changed("endorsement", [other]))] == ["endorsement_target"]


@pytest.mark.parametrize(
    "target",
    [
        CREDENTIAL["id"],
        CREDENTIAL["issuer"]["id"],
        CREDENTIAL["credentialSubject"]["id"],
        CREDENTIAL["credentialSubject"]["achievement"]["id"],
        CREDENTIAL["credentialSubject"]["achievement"]["creator"]["id"],
        "https://riverbend.example/schools/north",
    ],
)
def test_at_the_credential_anything_in_it_may_be_endorsed(target: str) -> None:
    source = {"id": "https://riverbend.example/schools/north", "type": ["Profile"]}
    endorsed = changed("endorsement", [changed("credentialSubject/id", target, ENDORSEMENT)])
    assert remarks(changed("credentialSubject/source", source, endorsed)) == ()


def test_endorsements_are_found_in_lists_of_extensions_too() -> None:
    document = changed("also", [{"endorsement": ["urn:x:1"]}])
    assert codes(document) == [("endorsement_malformed", "/also/0/endorsement/0")]


def test_a_level_of_the_neighbouring_description_is_a_remark() -> None:
    document = changed("credentialSubject/result/1/achievedLevel", LEVELS[0]["id"])
    assert codes(document) == []
    (remark,) = remarks(document)
    assert (remark.code, remark.pointer) == ("result_level", "/credentialSubject/result/1/achievedLevel")


@pytest.mark.parametrize(
    "subject", [None, [], "urn:x:1", {"achievement": []}, {"result": "x", "achievement": {}}]
)
def test_remarks_take_any_subject(subject: Any) -> None:
    assert [remark.code for remark in remarks({**CREDENTIAL, "credentialSubject": subject})] == []


def test_a_result_of_no_description_is_a_fault_and_its_level_no_remark() -> None:
    document = changed("credentialSubject/result/0/resultDescription", "urn:x:1")
    assert [code for code, _ in codes(document)] == ["result_reference"]
    assert remarks(document) == ()


def test_a_hash_that_matches_nobody_is_a_remark() -> None:
    hashed = {"hashed": True, "identityHash": "c3R1ZGVudA", "identityType": "emailAddress"}
    (remark,) = remarks(changed("credentialSubject/identifier", hashed))
    assert (remark.code, remark.pointer) == ("identity_hash", "/credentialSubject/identifier/0")


def test_endorsements_are_found_wherever_they_stand_and_not_inside_each_other() -> None:
    document = changed("endorsement", [ENDORSEMENT])
    inner = changed("issuer/endorsement", [ENDORSEMENT], ENDORSEMENT)
    document["credentialSubject"]["achievement"]["creator"]["endorsement"] = inner
    assert [place for place, _, _ in endorsements_in(document)] == [
        ("credentialSubject", "achievement", "creator", "endorsement"),
        ("credentialSubject", "achievement", "endorsement", 0),
        ("endorsement", 0),
    ]


def test_the_older_data_model_has_its_own_dates() -> None:
    for name in ("validFrom", "validUntil"):
        document = {**CREDENTIAL_2019, name: "2026-05-01T09:00:00Z"}
        assert ("mixed_data_model", f"/{name}") in codes(document)
    assert CREDENTIAL_2019["@context"][0] == CONTEXT_2019

from __future__ import annotations

import copy
import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contexts.schema import Schema, faults
from credential import model
from credential.errors import CredentialError
from credential.issuable import check_issuable
from credential.model import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    Address,
    CredentialStatus,
    Criteria,
    EndorsementCredential,
    GeoCoordinates,
    IdentifierEntry,
    IdentityObject,
    Image,
    Profile,
)
from credential.model.part import Part, json_name
from credential.recipient import name_identity
from credential.types import AchievementType, Extension, IdentifierType
from tests.good_credential import CREDENTIAL, CREDENTIAL_2019, ENDORSEMENT, PROFILE
from tests.unit.credential.test_conformance import changed

CLASSES = [getattr(model, name) for name in model.__all__]


def award() -> AchievementCredential:
    return AchievementCredential(
        id="urn:uuid:2c1f0f6e-0000-4000-8000-000000000000",
        issuer="did:web:badges.riverbend.example",
        valid_from=datetime(2026, 5, 1, 9, tzinfo=UTC),
        credential_subject=AchievementSubject(
            identifier=(name_identity("Ana Lark"),),
            achievement=Achievement(
                id="https://badges.riverbend.example/achievements/welding-1",
                name="Entry welder",
                description="Welds plate in two positions.",
                criteria=Criteria(narrative="Passes the shop test twice."),
                achievement_type=AchievementType.CERTIFICATION,
                tag=("welding",),
            ),
        ),
    )


def test_an_award_is_written_in_a_stable_order_without_empty_members() -> None:
    written = award().to_json()
    assert list(written) == ["@context", "id", "type", "credentialSubject", "issuer", "validFrom"]
    assert written["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert written["validFrom"] == "2026-05-01T09:00:00Z"
    assert list(written["credentialSubject"]["achievement"]) == [
        "id",
        "type",
        "name",
        "description",
        "criteria",
        "achievementType",
        "tag",
    ]
    assert "null" not in json.dumps(written)
    assert "[]" not in json.dumps(written)
    assert faults(written, Schema.ACHIEVEMENT_CREDENTIAL) == ()
    assert check_issuable(written) == ()


def test_the_good_credentials_come_back_member_for_member() -> None:
    assert AchievementCredential.from_json(CREDENTIAL).to_json() == CREDENTIAL
    assert EndorsementCredential.from_json(ENDORSEMENT).to_json() == ENDORSEMENT
    assert Profile.from_json(PROFILE).to_json() == PROFILE


def test_extensions_are_kept_where_the_class_is_open() -> None:
    read = AchievementCredential.from_json(CREDENTIAL)
    assert read.extensions == {"relatedResource": CREDENTIAL["relatedResource"]}
    assert read.credential_status is not None
    assert read.credential_status.extensions["statusListIndex"] == "7"


def test_an_extension_cannot_take_the_place_of_a_member() -> None:
    status = CredentialStatus(type="X", extensions={"type": "Y", "note": 1})
    assert status.to_json() == {"type": "X", "note": 1}


@pytest.mark.parametrize("cls", [Image, IdentityObject, IdentifierEntry])
def test_closed_classes_refuse_further_members(cls: type[Part]) -> None:
    good: dict[type[Part], dict[str, Any]] = {
        Image: {"id": "https://x.example/i.png", "type": "Image"},
        IdentityObject: name_identity("Ana").to_json(),
        IdentifierEntry: {"type": "IdentifierEntry", "identifier": "1", "identifierType": "identifier"},
    }
    cls.from_json(good[cls])
    with pytest.raises(CredentialError) as refused:
        cls.from_json({**good[cls], "note": "x"}, ("a", 0))
    assert (refused.value.code, refused.value.pointer) == ("bad_member", "/a/0/note")


def test_single_values_are_read_as_lists_and_written_as_lists() -> None:
    document = changed("evidence", CREDENTIAL["evidence"][0])
    document["credentialSubject"]["achievement"]["type"] = "Achievement"
    assert AchievementCredential.from_json(document).to_json() == CREDENTIAL


@pytest.mark.parametrize(
    ("path", "value", "code", "pointer"),
    [
        ("id", "relative/1", "bad_member", "/id"),
        ("id", None, "bad_member", "/id"),
        ("name", {"en": "Entry welder"}, "bad_member", "/name"),
        ("name", None, "bad_member", "/name"),
        ("note", None, "bad_member", "/note"),
        ("validFrom", "2026-02-30T00:00:00Z", "bad_date", "/validFrom"),
        ("type", ["VerifiableCredential"], "bad_type", "/type"),
        ("issuer", 7, "bad_member", "/issuer"),
        ("issuer", [], "bad_member", "/issuer"),
        ("issuer/type", ["Person"], "bad_type", "/issuer/type"),
        ("issuer/image/type", "Picture", "bad_type", "/issuer/image/type"),
        ("issuer/dateOfBirth", "2007-02-29", "bad_date", "/issuer/dateOfBirth"),
        ("issuer/address/geo/latitude", True, "bad_member", "/issuer/address/geo/latitude"),
        ("credentialSubject", [], "bad_member", "/credentialSubject"),
        ("credentialSubject/creditsEarned", float("inf"), "bad_member", "/credentialSubject/creditsEarned"),
        (
            "credentialSubject/identifier/0/hashed",
            "false",
            "bad_member",
            "/credentialSubject/identifier/0/hashed",
        ),
        (
            "credentialSubject/achievement/achievementType",
            "Certified",
            "bad_member",
            "/credentialSubject/achievement/achievementType",
        ),
        (
            "credentialSubject/achievement/achievementType",
            "ext:two words",
            "bad_member",
            "/credentialSubject/achievement/achievementType",
        ),
        ("endorsementJwt", ["a.b"], "bad_member", "/endorsementJwt/0"),
        (
            "credentialSubject/achievement/inLanguage",
            "English",
            "bad_member",
            "/credentialSubject/achievement/inLanguage",
        ),
        ("@context", CREDENTIAL["@context"][::-1], "context_order", "/@context"),
        ("@context", CREDENTIAL["@context"][:1], "context_order", "/@context"),
        ("@context", [*CREDENTIAL["@context"], 7], "bad_member", "/@context/3"),
    ],
)
def test_reading_is_strict_and_says_where(path: str, value: Any, code: str, pointer: str) -> None:
    with pytest.raises(CredentialError) as refused:
        AchievementCredential.from_json(changed(path, value))
    assert (refused.value.code, refused.value.pointer) == (code, pointer)


@pytest.mark.parametrize("member", ["@context", "id", "type", "issuer", "validFrom", "credentialSubject"])
def test_what_the_class_needs_must_be_there(member: str) -> None:
    document = copy.deepcopy(CREDENTIAL)
    del document[member]
    with pytest.raises(CredentialError) as refused:
        AchievementCredential.from_json(document)
    assert (refused.value.code, refused.value.pointer) == ("bad_member", "")
    assert member in refused.value.message


def test_the_older_data_model_is_not_of_this_model() -> None:
    with pytest.raises(CredentialError, match="validFrom"):
        AchievementCredential.from_json(CREDENTIAL_2019)


def test_something_else_than_an_object_is_refused() -> None:
    others: list[object] = [None, [], "x", 7]
    for value in others:
        with pytest.raises(CredentialError, match="Address is an object"):
            Address.from_json(value)


def test_terms_of_a_vocabulary_and_extensions_are_told_apart() -> None:
    read = IdentityObject.from_json({**name_identity("Ana").to_json(), "identityType": "ext:Nickname"})
    assert isinstance(read.identity_type, Extension)
    assert name_identity("Ana").identity_type is IdentifierType.NAME
    for term in ("ext:", "ext:-x", "Ext:x", "xext:x", "ext:a b", "ext:a\n"):
        with pytest.raises(CredentialError, match="bad_member"):
            Extension(term)
    assert Extension("ext:ReadinessDetermination-2.0_b") == "ext:ReadinessDetermination-2.0_b"


def test_fractions_of_a_second_are_kept() -> None:
    instant = datetime(2026, 5, 1, 9, 0, 0, 250_000, tzinfo=UTC)
    written = dataclasses.replace(award(), valid_from=instant).to_json()
    assert written["validFrom"] == "2026-05-01T09:00:00.250000Z"
    assert AchievementCredential.from_json(written).valid_from == instant


def test_a_moment_without_zone_is_never_written() -> None:
    naive = dataclasses.replace(award(), valid_from=datetime(2026, 5, 1))  # noqa: DTZ001 (what is refused here is just this)
    with pytest.raises(CredentialError, match="bad_date"):
        naive.to_json()


def test_values_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        award().id = "urn:x:2"  # type: ignore[misc]  # what is tried here is just this


def test_every_member_of_every_class_is_one_that_our_schema_names() -> None:
    written = ("values.json", "achievements.json", "credentials.json")
    from contexts.schema import _read

    definitions: dict[str, Any] = {}
    for name in written:
        definitions |= _read(name)["$defs"]
    shared = definitions["Credential"]["properties"] | definitions["Credential2023"]["properties"]
    for cls in CLASSES:
        own = {json_name(field.name) for field in dataclasses.fields(cls)} - {"extensions"}
        named = definitions[cls.__name__]["properties"]
        if cls in (AchievementCredential, EndorsementCredential):
            named = named | shared
        assert own == named.keys(), cls.__name__


def test_coordinates_keep_whole_numbers_whole() -> None:
    point = {"type": "GeoCoordinates", "latitude": 39, "longitude": -108.5}
    assert json.dumps(GeoCoordinates.from_json(point).to_json()) == json.dumps(point)

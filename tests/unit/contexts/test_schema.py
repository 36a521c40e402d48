from __future__ import annotations

import copy
import json
import socket
import threading
from collections.abc import Iterator
from importlib import resources
from typing import Any

import jsonschema_rs
import pytest

from contexts import schema as module
from contexts.document import compose
from contexts.errors import CODES, DocumentError
from contexts.schema import Schema, faults, schema_for_url, validate
from credential.types import (
    AchievementType,
    AlignmentTargetType,
    IdentifierType,
    ResultStatusType,
    ResultType,
)
from tests.good_credential import CREDENTIAL, CREDENTIAL_2019, ENDORSEMENT, PROFILE

FILES = sorted(
    entry.name for entry in resources.files("contexts").joinpath("schemas").iterdir() if entry.name[0] != "_"
)


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        resources.files("contexts").joinpath("schemas", name).read_text("utf-8")
    )
    return found


@pytest.mark.parametrize(
    ("document", "schema"),
    [
        (CREDENTIAL, Schema.ACHIEVEMENT_CREDENTIAL),
        (CREDENTIAL_2019, Schema.ACHIEVEMENT_CREDENTIAL),
        (ENDORSEMENT, Schema.ENDORSEMENT_CREDENTIAL),
        (PROFILE, Schema.PROFILE),
    ],
)
def test_good_documents_fit(document: dict[str, Any], schema: Schema) -> None:
    validate(document, schema)
    validate(compose(document), schema)
    assert faults(document, schema) == ()


def test_every_fault_has_a_pointer_and_a_sentence_without_long_values() -> None:
    document = copy.deepcopy(CREDENTIAL)
    del document["credentialSubject"]["achievement"]["name"]
    document["issuer"]["image"]["a/b"] = "x" * 5_000
    document["id"] = "y" * 5_000
    document["credentialSubject"]["achievement"]["achievementType"] = "Certified"
    document["credentialSubject"]["result"][1]["status"] = "done"
    document["evidence"][0]["type"] = ["Proof"]
    document["name"] = 7
    found = {fault.pointer: fault for fault in faults(document, Schema.ACHIEVEMENT_CREDENTIAL)}
    assert found["/credentialSubject/achievement"].message == 'the member "name" is missing'
    assert found["/issuer/image"].message == 'Image has no member "a/b"'
    assert "is not an absolute URI" in found["/id"].message
    assert "no achievementType" in found["/credentialSubject/achievement/achievementType"].message
    assert "none of Completed" in found["/credentialSubject/result/1/status"].message
    assert found["/evidence/0/type"].message == '["Proof"] does not name Evidence'
    assert found["/name"].message == "7 stands where a text must stand"
    assert all(fault.code == "schema" and len(fault.message) < 200 for fault in found.values())
    assert len(found) == 7


@pytest.mark.parametrize("text", ["2026-05-01", "next spring", "2026-05-01T09:00:00z"])
def test_a_date_that_is_none_has_its_own_code(text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        validate({**CREDENTIAL, "validFrom": text}, Schema.ACHIEVEMENT_CREDENTIAL)
    assert (refused.value.code, refused.value.pointer) == ("bad_date", "/validFrom")
    assert {"bad_date", "schema"} <= CODES.keys()


def test_a_birthday_is_a_day_of_the_calendar() -> None:
    assert faults({**PROFILE, "dateOfBirth": "2008-02-29"}, Schema.PROFILE) == ()
    (fault,) = faults({**PROFILE, "dateOfBirth": "2007-02-29"}, Schema.PROFILE)
    assert (fault.code, fault.pointer) == ("bad_date", "/dateOfBirth")


def test_a_date_of_another_type_is_a_fault_of_shape() -> None:
    (fault,) = faults({**CREDENTIAL, "validFrom": 1_767_225_600}, Schema.ACHIEVEMENT_CREDENTIAL)
    assert (fault.code, fault.pointer) == ("schema", "/validFrom")


@pytest.mark.parametrize("name", ["proof", "credentialSchema", "termsOfUse", "evidence", "endorsement"])
def test_single_values_stand_for_lists_of_one(name: str) -> None:
    values = {
        "proof": {"type": "DataIntegrityProof"},
        "credentialSchema": CREDENTIAL["credentialSchema"][0],
        "termsOfUse": {"type": "ext:Terms"},
        "evidence": CREDENTIAL["evidence"][0],
        "endorsement": ENDORSEMENT,
    }
    for value in (values[name], [values[name]], [values[name]] * 2, []):
        assert faults({**CREDENTIAL, name: value}, Schema.ACHIEVEMENT_CREDENTIAL) == ()


@pytest.mark.parametrize("name", ["credentialStatus", "refreshService", "credentialSubject", "issuer"])
def test_what_stands_once_is_no_list(name: str) -> None:
    value = (
        {"id": "https://riverbend.example/r", "type": "R"} if name == "refreshService" else CREDENTIAL[name]
    )
    assert faults({**CREDENTIAL, name: value}, Schema.ACHIEVEMENT_CREDENTIAL) == ()
    (fault,) = faults({**CREDENTIAL, name: [value]}, Schema.ACHIEVEMENT_CREDENTIAL)
    assert (fault.code, fault.pointer) == ("schema", f"/{name}")


@pytest.mark.parametrize(
    "url",
    [
        "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/schema/json-ld/ob_v3p0_anyachievementcredential_schema.json",
    ],
)
def test_published_addresses_stand_for_our_schemas(url: str) -> None:
    assert schema_for_url(url) is Schema.ACHIEVEMENT_CREDENTIAL
    for other in (f"{url}#", f"{url}?x", url.upper(), url.replace("https", "http"), url + "/../x", ""):
        assert schema_for_url(other) is None


def test_every_published_kind_is_known() -> None:
    base = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_"
    assert schema_for_url(f"{base}endorsementcredential_schema.json") is Schema.ENDORSEMENT_CREDENTIAL
    assert schema_for_url(f"{base}profile_schema.json") is Schema.PROFILE
    assert schema_for_url(f"{base}imsx_statusinfo_schema.json") is None


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that says nothing; whoever has asked it waits to be let in."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def asked(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.network
def test_no_address_in_a_document_is_ever_asked(listener: socket.socket) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"
    document = copy.deepcopy(CREDENTIAL)
    document["credentialSchema"] = [
        {"id": url, "type": "1EdTechJsonSchemaValidator2019"},
        {"id": url, "type": "JsonSchema", "$ref": url, "$schema": url},
    ]
    document["$ref"] = document["$schema"] = document["$id"] = url
    validate(document, Schema.ACHIEVEMENT_CREDENTIAL)
    assert not asked(listener)


@pytest.mark.network
def test_a_schema_with_a_stranger_in_it_is_not_built_and_the_stranger_not_asked(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"
    stranger = {"$schema": read("profile.json")["$schema"], "$ref": url}
    real = module._read
    monkeypatch.setattr(module, "_read", lambda name: stranger if name == "profile.json" else real(name))
    with pytest.raises((ValueError, jsonschema_rs.ReferencingError)):
        module._validator.__wrapped__(Schema.PROFILE)
    assert not asked(listener)


@pytest.mark.network
def test_the_library_would_ask_if_we_let_it(listener: socket.socket) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"
    came: list[bool] = []

    def let_in_and_hang_up() -> None:
        listener.settimeout(60)
        came.append(asked(listener))

    server = threading.Thread(target=let_in_and_hang_up, daemon=True)
    server.start()
    with pytest.raises((ValueError, jsonschema_rs.ReferencingError)):
        jsonschema_rs.Draft202012Validator({"$ref": url})
    server.join()
    assert came == [True]


@pytest.mark.parametrize("name", FILES)
def test_schemas_are_sound_and_refer_only_to_each_other(name: str) -> None:
    schema = read(name)
    jsonschema_rs.meta.validate(schema)
    own = {read(other)["$id"] for other in FILES}
    assert schema["$id"] in own
    references = [node["$ref"] for node in nodes(schema) if "$ref" in node]
    assert {reference.partition("#")[0] for reference in references} <= {"", *own}


def nodes(part: Any) -> list[dict[str, Any]]:
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return ([part] if isinstance(part, dict) else []) + [node for item in inside for node in nodes(item)]


def test_every_definition_is_used() -> None:
    defined = {name for file in FILES for name in read(file).get("$defs", {})}
    used = {
        str(node["$ref"]).rpartition("/")[2] for file in FILES for node in nodes(read(file)) if "$ref" in node
    }
    assert defined == used


@pytest.mark.parametrize(
    ("name", "vocabulary"),
    [
        ("achievementType", AchievementType),
        ("alignmentTargetType", AlignmentTargetType),
        ("identifierType", IdentifierType),
        ("resultType", ResultType),
    ],
)
def test_vocabularies_of_schema_and_model_are_the_same(name: str, vocabulary: Any) -> None:
    assert read("values.json")["$defs"][name]["else"]["enum"] == [str(term) for term in vocabulary]


def test_result_states_of_schema_and_model_are_the_same() -> None:
    assert read("values.json")["$defs"]["resultStatusType"]["enum"] == [
        str(term) for term in ResultStatusType
    ]

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from issuer import embedded_rules, house_rules
from issuer.determination import readiness_achievement
from issuer.house_rules import FORBIDDEN_IDENTIFIER_TYPES, FORBIDDEN_MEMBERS, FORBIDDEN_RESULT_STATES
from issuer.prepare import PrepareRefused, prepare
from tests.awards import draft

SALTED = {
    "type": "IdentityObject",
    "hashed": True,
    "identityHash": "sha256$" + "0" * 64,
    "identityType": "emailAddress",
    "salt": "AAECAwQFBgcICQoLDA0ODw",
}


def first_code(made: dict[str, Any], **options: Any) -> str:
    try:
        prepare(made, **options)
    except PrepareRefused as refused:
        return refused.code
    return "ok"


def subject(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    made = draft("CO-CNA")
    change(made["credentialSubject"])
    return made


@pytest.mark.parametrize("name", sorted(FORBIDDEN_MEMBERS))
def test_what_no_badge_says_is_refused_at_any_depth(name: str) -> None:
    assert (
        first_code(subject(lambda s: s["achievement"]["creator"].update({name: "x"}))) == "forbidden_member"
    )


def test_case_and_punctuation_hide_no_member() -> None:
    for name in ("dateOfBirth", "Date-Of-Birth", "DATE_OF_BIRTH"):
        made = draft()
        made["credentialSubject"][name] = "2008-01-01"
        assert first_code(made) == "forbidden_member"


@pytest.mark.parametrize("text", [" Welding", "Welding ", "Weld\x07ing", "Welde\u0301", "Weld\u202eing"])
def test_a_text_that_is_not_what_it_shows_is_refused(text: str) -> None:
    assert first_code(draft() | {"name": text}) == "bad_characters"


@pytest.mark.parametrize("name", ["creditsEarned", "image", "familyName", "birthPlace"])
def test_only_listed_members_say_something_of_the_holder(name: str) -> None:
    assert first_code(subject(lambda s: s.update({name: "x"}))) == "forbidden_member"


@pytest.mark.parametrize("name", ["email", "phone", "familyName", "dateOfBirth"])
def test_only_the_name_of_the_evaluator_is_said(name: str) -> None:
    source = {
        "id": "urn:uuid:0d5ad3b4-6c1e-4f0e-8f5e-2f3f6f5b7a21",
        "type": ["Profile"],
        "name": "T. Holloway",
    }
    assert first_code(subject(lambda s: s.update(source=source))) == "ok"
    assert first_code(subject(lambda s: s.update(source=source | {name: "x"}))) == "forbidden_member"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Score report 123-45-6789", "forbidden_value"),
        ("123 45 6789", "forbidden_value"),
        ("Race: declined", "forbidden_value"),
        ("IEP = yes", "forbidden_value"),
        ("Student ID: on file", "forbidden_value"),
        ("failed attempts: 2", "forbidden_value"),
        ("36-001234567", "ok"),
        ("2026-04-18", "ok"),
        ("303-555-0147", "ok"),
        ("000-12-3456", "ok"),
        ("Won the race", "ok"),
    ],
)
def test_texts_that_look_like_records_are_refused(text: str, code: str) -> None:
    assert first_code(subject(lambda s: s.update(licenseNumber=text))) == code


@pytest.mark.parametrize("state", sorted(FORBIDDEN_RESULT_STATES))
def test_a_badge_never_says_what_was_not_achieved(state: str) -> None:
    made = draft("NHA-CPT", provisional=True)
    made["credentialSubject"]["result"][0]["status"] = state
    assert first_code(made) == "forbidden_value"


@pytest.mark.parametrize("kind", sorted(FORBIDDEN_IDENTIFIER_TYPES))
def test_numbers_of_school_systems_never_leave(kind: str) -> None:
    entry = {"type": "IdentifierEntry", "identifier": "7", "identifierType": kind}
    assert first_code(subject(lambda s: s["achievement"].update(otherIdentifier=[entry]))) == "bad_identity"


@pytest.mark.parametrize(
    ("identity", "code"),
    [
        (SALTED, "ok"),
        (SALTED | {"hashed": False}, "bad_identity"),
        (SALTED | {"salt": "short"}, "bad_identity"),
        (SALTED | {"identityType": "name"}, "bad_identity"),
        (SALTED | {"identityType": "sisSourcedId"}, "bad_identity"),
        (SALTED | {"identityType": "ext:lunch"}, "bad_identity"),
    ],
)
def test_a_holder_is_named_by_name_or_by_a_salted_address(identity: dict[str, Any], code: str) -> None:
    assert first_code(subject(lambda s: s.update(identifier=[identity]))) == code


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://pinon-mesa.example/e?x=1#y", "ok"),
        ("urn:uuid:6b1e0f3e-3b52-4a6c-9d8f-0a4c7e5c1a10", "ok"),
        ("data:text/plain;base64,SGVsbG8=", "ok"),
        ("students/42", "bad_identifier"),
        ("https://pinon mesa.example/", "bad_identifier"),
        ("http://pinon-mesa.example/", "bad_identifier"),
        ("https://intranet/", "bad_identifier"),
        ("https://user:pw@pinon-mesa.example/", "bad_identifier"),
        ("https://PINON-mesa.example/", "bad_identifier"),
        ("file:///etc/passwd", "bad_identifier"),
        ("urn:uuid:6B1E0F3E-3b52-4a6c-9d8f-0a4c7e5c1a10", "bad_identifier"),
        ("_:b0", "bad_identifier"),
        ("javascript:alert(1)", "bad_identifier"),
        ("https://pinon-mesa.example/" + "a" * 2_000, "bad_identifier"),
    ],
)
def test_identifiers_are_addresses_or_random(address: str, code: str) -> None:
    made = draft()
    made["evidence"] = [{"id": address, "type": ["Evidence"]}]
    assert first_code(made) == code


def test_what_is_embedded_has_a_size() -> None:
    def embedding(*sizes: int) -> dict[str, Any]:
        made = draft()
        made["evidence"] = [
            {"id": f"data:text/plain;base64,{number}{'A' * (size * 4 // 3)}", "type": ["Evidence"]}
            for number, size in enumerate(sizes)
        ]
        return made

    assert first_code(embedding(32_000)) == "ok"
    assert first_code(embedding(33_000)) == "embedded_too_large"
    assert first_code(embedding(32_000, 32_000, 32_000, 32_000)) == "ok"
    assert first_code(embedding(32_000, 32_000, 32_000, 32_000, 16_000)) == "embedded_too_large"


@pytest.mark.parametrize("value", [7, 7.5, 0, 10**15])
def test_numbers_are_text(value: float) -> None:
    assert first_code(subject(lambda s: s.update(licenseNumber=value))) == "number_not_text"


@pytest.mark.parametrize(
    ("value", "code"), [(None, "null_value"), ("", "empty_value"), ([], "empty_value"), ({}, "empty_value")]
)
def test_nothing_says_nothing(value: object, code: str) -> None:
    assert first_code(subject(lambda s: s.update(narrative=value))) == code


def test_false_is_a_value() -> None:
    assert draft()["credentialSubject"]["identifier"][0]["hashed"] is False
    assert first_code(draft()) == "ok"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"type": "StatusList2021Entry"}, "bad_status_entry"),
        ({"statusPurpose": "suspension"}, "bad_status_entry"),
        ({"statusListIndex": "07"}, "bad_status_entry"),
        ({"id": "https://pinon-mesa.example/status/7#1"}, "bad_status_entry"),
        ({"id": "https://pinon-mesa.example/status/7"}, "bad_status_entry"),
    ],
)
def test_the_status_entry_is_one_and_of_one_form(entry: dict[str, str], code: str) -> None:
    made = draft()
    made["credentialStatus"] |= entry
    assert first_code(made) == code


def test_a_badge_without_or_with_two_status_entries_is_refused() -> None:
    made = draft()
    made["credentialStatus"] = [made["credentialStatus"], made["credentialStatus"]]
    assert first_code(made) == "bad_status_entry"
    del made["credentialStatus"]
    assert first_code(made) == "bad_status_entry"


def test_a_college_certificate_has_no_end() -> None:
    made = draft(last_day=None)
    made["credentialSubject"]["achievement"]["achievementType"] = "Certificate"
    assert first_code(made) == "ok"
    assert first_code(made | {"validUntil": "2028-01-31T23:59:59Z"}) == "kind_rule"


def test_a_licence_needs_its_number_and_where_it_holds() -> None:
    assert first_code(subject(lambda s: s.pop("licenseNumber"))) == "kind_rule"
    assert first_code(subject(lambda s: s["achievement"]["creator"].pop("address"))) == "kind_rule"


def test_the_district_never_certifies() -> None:
    made = draft()
    assert first_code(subject(lambda s: s["achievement"].pop("creator"))) == "kind_rule"
    made["credentialSubject"]["achievement"]["creator"]["id"] = made["issuer"]["id"]
    assert first_code(made) == "kind_rule"


def test_a_draft_has_no_proof() -> None:
    assert first_code(draft() | {"proof": [{"type": "DataIntegrityProof"}]}) == "already_signed"


@pytest.mark.parametrize(
    ("secret", "number", "code"),
    [
        ("200000001", "200000001", "withheld_value"),
        ("200000001", "ID 200000001.", "withheld_value"),
        ("2008-02-29", "born 2008-02-29", "withheld_value"),
        ("Magdalena Farrow", "magdalena farrow", "withheld_value"),
        ("42", "42", "withheld_value"),
        ("42", "A-42", "ok"),
        ("200000001", "1200000001", "ok"),
    ],
)
def test_what_stays_in_the_records_is_refused(secret: str, number: str, code: str) -> None:
    assert first_code(draft(number=number), withheld=(secret,)) == code


def test_random_numbers_give_nobody_away() -> None:
    assert first_code(draft(), withheld=("90210",)) == "ok"
    assert first_code(draft(score="42"), withheld=("42",)) == "ok"


@pytest.mark.parametrize(("length", "code"), [(100, "ok"), (101, "text_too_long")])
def test_texts_have_a_length(length: int, code: str) -> None:
    assert first_code(draft(number="n" * length)) == code


def test_the_codes_are_a_closed_set() -> None:
    sources = "".join(Path(str(one.__file__)).read_text("utf-8") for one in (house_rules, embedded_rules))
    raised = set(re.findall(r'Fault\(\s*"([a-z_]+)"', sources))
    assert raised == set(house_rules.CODES)


def test_hidden_characters_name_their_member() -> None:
    with pytest.raises(PrepareRefused) as caught:
        prepare(draft(recipient_name="Inés\u202eFarrow"))
    assert (caught.value.code, caught.value.pointer) == (
        "bad_characters",
        "/credentialSubject/identifier/0/identityHash",
    )


def determination(**changes: Any) -> dict[str, Any]:
    address = "https://pinon-mesa.example/achievements/readiness"
    made = draft(last_day=None, number=None)
    subject_ = made["credentialSubject"]
    subject_["achievement"] = readiness_achievement(address, made["issuer"]["id"], made["issuer"]["name"])
    subject_["result"] = [
        {"type": ["Result"], "resultDescription": f"{address}#ENG", "status": "Completed"} | changes
    ]
    return made


def test_a_determination_says_what_is_completed_and_has_no_end() -> None:
    assert first_code(determination()) == "ok"
    assert first_code(determination() | {"validUntil": "2030-01-01T00:00:00Z"}) == "kind_rule"
    assert first_code(determination(status="InProgress")) == "kind_rule"
    assert first_code(determination(value="520")) == "kind_rule"
    without = determination()
    without["credentialSubject"].pop("result")
    assert first_code(without) == "kind_rule"

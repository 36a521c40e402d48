from __future__ import annotations

import json
from typing import Any

import pytest

from credential.proof.enveloped import enveloped
from tests.world import World
from verifier.evidence import PresentedKind
from verifier.web.problem import RequestRefused
from verifier.web.vcalm import (
    MALFORMED,
    PARSING_ERROR,
    UNKNOWN_OPTION,
    answer,
    parse_request,
    problem_details,
)

PROBLEMS = frozenset({"returnProblemDetails"})
JWT = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"


def body(**members: Any) -> bytes:
    return json.dumps(members).encode()


def refused(data: bytes) -> RequestRefused:
    with pytest.raises(RequestRefused) as error:
        parse_request(data)
    return error.value


def test_an_object_a_token_and_an_envelope_are_understood() -> None:
    envelope = enveloped(JWT)
    assert parse_request(body(verifiableCredential={"a": 1})).presented.data == b'{"a":1}'
    assert parse_request(body(verifiableCredential=JWT)).presented.kind is PresentedKind.JWT
    assert parse_request(body(verifiableCredential=envelope)).presented.data == JWT.encode()
    listed = envelope | {"type": ["EnvelopedVerifiableCredential"], "id": f"data:application/jwt,{JWT}"}
    assert parse_request(body(verifiableCredential=listed)).presented.data == JWT.encode()


def test_only_options_that_are_true_are_set() -> None:
    options = {"returnCredential": True, "returnResults": False}
    asked = parse_request(body(verifiableCredential={}, options=options))
    assert asked.options == {"returnCredential", "returnProblemDetails"}
    without = parse_request(body(verifiableCredential={}, options={"returnProblemDetails": False}))
    assert without.options == frozenset()


@pytest.mark.parametrize(
    ("data", "problem", "code"),
    [
        (b"", PARSING_ERROR, "not_json"),
        (b"[]", PARSING_ERROR, "not_an_object"),
        (b'{"verifiableCredential":{},"verifiableCredential":{}}', PARSING_ERROR, "duplicate_key"),
        (b'{"verifiableCredential":{"n":NaN}}', PARSING_ERROR, "bad_number"),
        (b'\xef\xbb\xbf{"verifiableCredential":{}}', PARSING_ERROR, "bad_encoding"),
        ('{"verifiableCredential":{}}'.encode("utf-16"), PARSING_ERROR, "bad_encoding"),
        (body(), MALFORMED, "no_credential"),
        (body(verifiableCredential=5), MALFORMED, "no_credential"),
        (body(verifiableCredential=[{}]), MALFORMED, "no_credential"),
        (body(verifiableCredential="https://badges.example.edu/1"), MALFORMED, "not_a_token"),
        (body(verifiableCredential='{"a":1}'), MALFORMED, "not_a_token"),
        (body(verifiableCredential={"type": "EnvelopedVerifiableCredential"}), MALFORMED, "bad_envelope"),
        (
            body(verifiableCredential=enveloped(JWT) | {"id": f"https://x/{JWT}"}),
            MALFORMED,
            "bad_envelope",
        ),
        (body(verifiableCredential={}, credential={}), MALFORMED, "unknown_member"),
        (body(verifiableCredential={}, options=[]), MALFORMED, "bad_options"),
        (body(verifiableCredential={}, options={"returnResults": "yes"}), MALFORMED, "bad_options"),
        (body(verifiableCredential={}, options={"checks": []}), UNKNOWN_OPTION, "unknown_option"),
        (body(verifiableCredential={"a": "x" * 262_144}), PARSING_ERROR, "too_large"),
        (body(verifiableCredential={"a": [{}] * 5_000}), PARSING_ERROR, "too_many_nodes"),
    ],
)
def test_what_holds_nothing_to_verify_is_refused(data: bytes, problem: str, code: str) -> None:
    error = refused(data)
    (told,) = problem_details(error)
    assert (told["type"], told["title"]) == (problem, code)


def test_a_fault_is_told_with_its_place() -> None:
    (fault,) = refused(body(verifiableCredential={"id": "https://x", "a": 1e400})).faults
    assert fault.code == "bad_number"
    (fault,) = refused(body(verifiableCredential={}, options={"returnResults": 1})).faults
    assert fault.pointer == "/options/returnResults"


def test_a_good_badge_is_verified_and_returned_only_where_asked_for() -> None:
    world = World()
    verdict = world.check(world.badge())
    status, told = answer(verdict, PROBLEMS)
    assert (status, told["verified"], told["problemDetails"]) == (200, True, [])
    assert set(told) == {"verified", "problemDetails", "report"}
    _, told = answer(verdict, frozenset({"returnCredential", "returnResults"}))
    assert "problemDetails" not in told
    assert told["credential"]["name"] == "Workplace Safety, 10 hours"
    assert "proof" not in told["credential"]
    assert told["results"]["proof"] == [{"verified": True}]
    assert told["results"]["validUntil"] == {"verified": True, "input": "2029-05-01T09:00:00Z"}
    assert told["results"]["credentialStatus"][0]["verified"] is True


def test_a_changed_badge_is_an_answer_and_nothing_of_it_is_returned() -> None:
    world = World()
    world.tamper["badge"] = lambda made: made.update(name="Forged")
    status, told = answer(world.check(world.badge()), PROBLEMS | {"returnCredential", "returnResults"})
    assert (status, told["verified"]) == (200, False)
    assert told["problemDetails"][0]["type"].startswith("https://")
    assert "credential" not in told
    assert told["results"] == {"proof": [{"verified": False}]}
    assert "Forged" not in json.dumps(told)


def test_a_withdrawn_badge_is_not_verified() -> None:
    world = World()
    world.revoke()
    status, told = answer(world.check(world.badge()), frozenset({"returnResults"}))
    assert (status, told["verified"]) == (200, False)
    assert told["results"]["credentialStatus"][0]["verified"] is False
    assert told["results"]["proof"] == [{"verified": True}]


def test_what_is_no_badge_is_a_bad_request() -> None:
    status, told = answer(World().check(b'{"type":["VerifiableCredential"]}'), PROBLEMS)
    assert (status, told["verified"]) == (400, False)
    assert told["problemDetails"]

"""Bitstring Status List 1.0, as far as an issuer and a verifier can be asked from outside."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from credential.bitstring import MINIMUM_ENTRIES, Bitstring
from tests.conformance.client import Client
from tests.conformance.forging import forged
from tests.conformance.issuing import BITSTRING
from tests.conformance.samples import OF_2019, PLAIN

pytestmark = pytest.mark.network


def own(client: Client, **members: Any) -> dict[str, Any]:
    return client.issued(BITSTRING, PLAIN | {"id": f"urn:uuid:{uuid4()}"} | members)


def the_list(client: Client, entry: dict[str, Any]) -> dict[str, Any]:
    answer = client.http.get(entry["statusListCredential"])
    assert answer.status_code == 200
    assert "json" in answer.headers["content-type"]
    found: dict[str, Any] = answer.json()
    return found


def test_the_entry_says_what_2_1_asks_for(client: Client) -> None:
    entry = own(client)["credentialStatus"]
    assert entry["type"] == "BitstringStatusListEntry"
    assert entry["statusPurpose"] == "revocation"
    assert entry["statusListIndex"] == str(int(entry["statusListIndex"]))
    assert 0 <= int(entry["statusListIndex"]) < MINIMUM_ENTRIES
    assert entry["id"] != entry["statusListCredential"]


def test_the_list_says_what_2_2_asks_for(client: Client) -> None:
    entry = own(client)["credentialStatus"]
    listed = the_list(client, entry)
    assert listed["id"] == entry["statusListCredential"]
    assert {"VerifiableCredential", "BitstringStatusListCredential"} <= set(listed["type"])
    subject = listed["credentialSubject"]
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    assert subject["encodedList"].startswith("u")
    assert isinstance(subject["ttl"], int)
    assert isinstance(listed["proof"], dict)
    assert Bitstring.decode(subject["encodedList"]).entries() >= MINIMUM_ENTRIES
    assert client.verify(listed).status_code == 200
    assert client.verify(listed | {"validUntil": "2099-01-01T00:00:00Z"}).status_code == 400


def test_no_two_credentials_share_an_entry(client: Client) -> None:
    indices = [own(client)["credentialStatus"]["statusListIndex"] for _ in range(12)]
    assert len(set(indices)) == len(indices)


def test_a_withdrawn_credential_does_not_verify_and_its_neighbours_do(client: Client) -> None:
    """3.2; the bit is the one that 2.2 names: the first is the highest of its octet."""
    made, neighbour = own(client), own(client)
    index = int(made["credentialStatus"]["statusListIndex"])
    for withdrawn in (True, False):
        assert client.set_status(made["id"], withdrawn=withdrawn).status_code == 200
        bits = Bitstring.decode(
            the_list(client, made["credentialStatus"])["credentialSubject"]["encodedList"]
        )
        assert bool(bits.get(index)) is withdrawn
        assert client.verify(made).status_code == (400 if withdrawn else 200)
        assert client.verify(neighbour).status_code == 200


def test_a_credential_of_2019_stands_in_the_list_too(client: Client) -> None:
    made = client.issued(BITSTRING, OF_2019 | {"id": f"urn:uuid:{uuid4()}"})
    assert client.verify(made).status_code == 200
    client.set_status(made["id"], withdrawn=True)
    assert client.verify(made).status_code == 400


@pytest.mark.parametrize(
    "entry",
    [
        {"statusListIndex": "-1"},
        {"statusListIndex": "1.5"},
        {"statusListIndex": True},
        {"statusListIndex": None},
        {"statusPurpose": 7},
        {"statusPurpose": None},
        {"statusListCredential": None},
        {"statusSize": 0},
        {"statusSize": -1},
        {"statusSize": 2},
        {"statusSize": 2, "statusMessage": [{"status": "0x0", "message": "valid"}]},
        {"statusMessage": "valid"},
        {"id": "https://bees.example/list"},
    ],
)
@pytest.mark.parametrize("suite", [BITSTRING, "eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_an_entry_that_breaks_a_rule_is_not_issued(client: Client, suite: str, entry: dict[str, Any]) -> None:
    """2.1, 3: MALFORMED_VALUE_ERROR."""
    good = {
        "id": "https://bees.example/list#1",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "1",
        "statusListCredential": "https://bees.example/list",
    }
    assert client.issue(suite, PLAIN | {"credentialStatus": good}).status_code == 201
    wrong = {name: part for name, part in (good | entry).items() if part is not None}
    assert client.issue(suite, PLAIN | {"credentialStatus": wrong}).status_code == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"statusListIndex": str(MINIMUM_ENTRIES)}, "RANGE_ERROR"),
        ({"statusPurpose": "suspension"}, "STATUS_VERIFICATION_ERROR"),
        ({"statusListCredential": "https://bees.example/list"}, "STATUS_RETRIEVAL_ERROR"),
        ({"type": "https://bees.example/#AnotherStatus"}, "STATUS_VERIFICATION_ERROR"),
    ],
)
def test_a_status_that_cannot_be_checked_is_never_a_good_one(
    client: Client, serving_signer: Any, change: dict[str, str], code: str | None
) -> None:
    """3.2, 3.5; whatever could not be checked does not verify."""
    entry = own(client)["credentialStatus"] | change
    answer = client.verify(
        forged(PLAIN | {"credentialStatus": entry}, serving_signer, suite="eddsa-jcs-2022")
    )
    assert answer.status_code == (400 if code else 200)
    assert code is None or answer.json()["problemDetails"][0]["type"].endswith("#" + code)


def test_a_list_by_another_than_the_issuer_says_nothing(client: Client) -> None:
    entry = own(client)["credentialStatus"]
    answer = client.verify(forged(PLAIN | {"credentialStatus": entry}))
    assert answer.status_code == 400
    assert answer.json()["problemDetails"][0]["title"] == "status_issuer_mismatch"


def test_only_an_entry_that_was_given_can_be_set(client: Client) -> None:
    assert client.set_status("urn:uuid:nobody", withdrawn=True).status_code == 404
    for body in ({}, {"credentialId": "x", "status": True, "credentialStatus": {"statusPurpose": "refresh"}}):
        assert client.http.post("/credentials/status", json=body).status_code == 400

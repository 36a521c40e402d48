"""ecdsa-sd-2023: what its holder shows (Data Integrity ECDSA Cryptosuites 1.0, 3.4 to 3.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.client import SELECTIVE, Client
from tests.conformance.samples import OF_2019, PLAIN, RICH, WRITTEN

pytestmark = pytest.mark.network


def base(client: Client, credential: dict[str, Any], *mandatory: str) -> dict[str, Any]:
    answer = client.issue(SELECTIVE, credential, mandatoryPointers=list(mandatory))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["verifiableCredential"]
    return made


@pytest.mark.parametrize(
    "credential", [PLAIN, RICH, WRITTEN, OF_2019], ids=["plain", "rich", "written", "2019"]
)
def test_what_is_for_its_holder_alone_does_not_verify(client: Client, credential: dict[str, Any]) -> None:
    """3.6.7: base proofs are not shown to verifiers."""
    answer = client.verify(base(client, credential, "/issuer"))
    assert answer.status_code == 400
    assert "base_proof" in {problem["title"] for problem in answer.json()["problemDetails"]}


@pytest.mark.parametrize(
    ("pointers", "frames"),
    [
        (["/credentialSubject/hives/0/frames/1"], [[{"weight": 3, "year": 2024}]]),
        (["/credentialSubject/hives/0/frames/0/weight"], [[{"weight": 2.5}]]),
        (["/credentialSubject/hives/1"], [WRITTEN["credentialSubject"]["hives"][1]["frames"]]),
        (
            ["/credentialSubject/hives/0/frames/0", "/credentialSubject/hives/0/frames/2"],
            [[{"weight": 2.5, "year": 2024}, {"weight": 2.75, "year": 2025}]],
        ),
        (
            ["/credentialSubject/hives"],
            [hive["frames"] for hive in WRITTEN["credentialSubject"]["hives"]],
        ),
    ],
)
def test_a_part_of_a_list_verifies_and_holds_nothing_else(
    client: Client, pointers: list[str], frames: list[Any]
) -> None:
    """3.4.11 to 3.4.13; objects without an id among them."""
    part = client.derived(base(client, WRITTEN, "/issuer"), pointers)
    assert [hive["frames"] for hive in part["credentialSubject"]["hives"]] == frames
    assert "name" not in part["credentialSubject"]
    assert client.verify(part).status_code == 200
    part["credentialSubject"]["hives"][0]["frames"][0]["weight"] = 9
    assert client.verify(part).status_code == 400


def test_what_is_mandatory_is_always_shown(client: Client) -> None:
    whole = base(client, PLAIN, "/issuer", "/credentialSubject/description")
    part = client.derived(whole, ["/credentialSubject/name"])
    assert part["credentialSubject"]["description"] == PLAIN["credentialSubject"]["description"]
    assert client.verify(part).status_code == 200
    del part["credentialSubject"]["description"]
    assert client.verify(part).status_code == 400


def test_a_holder_may_keep_every_claim_back(client: Client) -> None:
    part = client.derived(base(client, PLAIN, "/issuer"), ["/credentialSubject/id"])
    assert part["credentialSubject"].keys() == {"id"}
    assert client.verify(part).status_code == 200


def test_nothing_can_be_put_back_or_taken_away(client: Client) -> None:
    whole = base(client, PLAIN, "/issuer")
    part = client.derived(whole, ["/credentialSubject/name"])
    more = part["credentialSubject"] | {"description": PLAIN["credentialSubject"]["description"]}
    less = {"id": part["credentialSubject"]["id"], "description": "Keeps wasps."}
    for subject in (more, less):
        assert client.verify(part | {"credentialSubject": subject}).status_code == 400
    other = base(client, PLAIN, "/issuer")
    mixed = part | {"proof": client.derived(other, ["/credentialSubject/name"])["proof"]}
    assert client.verify(mixed).status_code == 200  # another proof of the same, and as good
    assert client.verify(part | {"proof": whole["proof"]}).status_code == 400


@pytest.mark.parametrize("value", ["a", "u", "u2V0A", "z123", "u2V0BhVhA", ""])
def test_a_value_that_is_none_is_refused(client: Client, value: str) -> None:
    part = client.derived(base(client, PLAIN, "/issuer"), ["/credentialSubject"])
    assert client.verify(part | {"proof": part["proof"] | {"proofValue": value}}).status_code == 400


@pytest.mark.parametrize("pointers", [["/nowhere"], ["issuer"], ["/credentialSubject/hives/9"], "x", [7], {}])
def test_a_pointer_leads_somewhere(client: Client, pointers: Any) -> None:
    whole = base(client, WRITTEN, "/issuer")
    assert client.derive(whole, ["/credentialSubject/hives/1"]).status_code == 200
    assert client.derive(whole, pointers).status_code == 400
    assert client.issue(SELECTIVE, WRITTEN, mandatoryPointers=pointers).status_code == 400


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019-p256", "jose"])
def test_nothing_is_derived_from_another_proof(client: Client, suite: str) -> None:
    assert client.derive(client.issued(suite, PLAIN), ["/issuer"]).status_code == 400
    part = client.derived(base(client, PLAIN, "/issuer"), [""])
    assert client.derive(part, ["/issuer"]).status_code == 400

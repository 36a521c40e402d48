"""What the W3C's test suites are told: every route, under the tags by which they look for it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.conformance.issuing import ROUTES
from tests.conformance.keyring import NAMES
from tests.conformance.manifest import local_config

ORIGIN = "https://localhost:1"
DIDS = {name: f"did:key:{name}" for name in NAMES}


def told() -> list[dict[str, Any]]:
    text = local_config(ORIGIN, DIDS)
    start, end = "module.exports = ", ";\n"
    assert text.startswith(start)
    assert text.endswith(end)
    implementations: list[dict[str, Any]] = json.loads(text[len(start) : -len(end)])["implementations"]
    return implementations


def test_every_issuer_is_named_once_with_its_own_key() -> None:
    named = [issuer for one in told() for issuer in one["issuers"]]
    assert {issuer["endpoint"]: issuer["id"] for issuer in named} == {
        f"{ORIGIN}/issuers/{suite}/credentials/issue": DIDS[route.key] for suite, route in ROUTES.items()
    }
    assert len(named) == len(ROUTES)


def test_a_tag_leads_to_one_issuer_of_an_implementation_and_to_a_verifier() -> None:
    for one in told():
        tags = Counter(tag for issuer in one["issuers"] for tag in issuer["tags"])
        assert set(tags.values()) == {1}
        assert set(tags) == {tag for verifier in one["verifiers"] for tag in verifier["tags"]}


def test_a_suite_by_ecdsa_finds_the_curves_of_each_issuer() -> None:
    curves = {tuple(issuer["tags"]): issuer["supportedEcdsaKeyTypes"] for issuer in told()[1]["issuers"]}
    assert curves == {("ecdsa-rdfc-2019",): ["P-384"], ("ecdsa-jcs-2019",): ["P-384"]}
    selective = [issuer for issuer in told()[0]["issuers"] if issuer["tags"] == ["ecdsa-sd-2023"]]
    assert [issuer["supports"] for issuer in selective] == [{"vc": ["1.1", "2.0"], "keyTypes": ["P-256"]}]

"""Envelopes around tokens; what the verifier makes of them is in `checks/test_issuer_keys.py`."""

from __future__ import annotations

from typing import Any

import pytest

from credential.errors import CredentialError
from credential.proof.compact_jws import LONGEST_TOKEN
from credential.proof.enveloped import (
    ENVELOPED_CREDENTIAL,
    ENVELOPED_PRESENTATION,
    enveloped,
    enveloped_token,
)

GOOD = enveloped("ey.ey.x")


def test_a_token_in_an_envelope_is_taken_out_again() -> None:
    assert enveloped_token(GOOD) == b"ey.ey.x"
    assert enveloped_token(GOOD | {"type": ["EnvelopedVerifiableCredential"]}) == b"ey.ey.x"
    assert enveloped_token(GOOD | {"@context": "https://www.w3.org/ns/credentials/v2"}) == b"ey.ey.x"
    assert enveloped_token({"type": "VerifiableCredential"}) is None


def test_an_envelope_carries_a_token_of_its_own_kind() -> None:
    shown = enveloped("ey.ey.x", ENVELOPED_PRESENTATION)
    assert enveloped_token(shown, ENVELOPED_PRESENTATION) == b"ey.ey.x"
    more = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
    }
    assert enveloped_token(shown | more, ENVELOPED_PRESENTATION) == b"ey.ey.x"
    assert enveloped_token(shown) is enveloped_token(GOOD, ENVELOPED_PRESENTATION) is None
    for media in ("vc+jwt", "vc+jwt;charset=utf-8", "vc+ld+json+jwt", "jwt"):
        assert enveloped_token(GOOD | {"id": f"data:application/{media},ey.ey.x"}) == b"ey.ey.x"
    crossed = {"id": GOOD["id"], "type": ENVELOPED_PRESENTATION}
    for wrong, kind in (
        (GOOD | {"id": shown["id"]}, ENVELOPED_CREDENTIAL),
        (shown | crossed, ENVELOPED_PRESENTATION),
    ):
        with pytest.raises(CredentialError, match=r"^unsupported_envelope"):
            enveloped_token(wrong, kind)


def test_a_token_is_so_long_and_no_longer() -> None:
    assert enveloped_token(enveloped("x" * LONGEST_TOKEN)) == b"x" * LONGEST_TOKEN
    with pytest.raises(CredentialError, match=r"^too_large"):
        enveloped_token(enveloped("x" * (LONGEST_TOKEN + 1)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]}, "envelope_malformed"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "envelope_malformed"),
        (
            {"@context": ["https://www.w3.org/ns/credentials/v2", "https://mallory.example/"]},
            "envelope_malformed",
        ),
        ({"issuer": "did:web:mallory.example"}, "envelope_malformed"),
        ({"id": None}, "envelope_malformed"),
        ({"id": "ey.ey.x"}, "envelope_malformed"),
        ({"id": "data:application/vc+jwt"}, "envelope_malformed"),
        ({"id": "data:application/vc+jwt,é"}, "envelope_malformed"),
        ({"id": "data:application/vc+sd-jwt,ey"}, "unsupported_envelope"),
        ({"id": "data:application/vc+cose;base64,xx"}, "unsupported_envelope"),
        ({"id": "data:application/vp+jwt,ey"}, "unsupported_envelope"),
    ],
)
def test_anything_else_is_refused_by_name(change: dict[str, Any], code: str) -> None:
    with pytest.raises(CredentialError, match=f"^{code}"):
        enveloped_token(GOOD | change)

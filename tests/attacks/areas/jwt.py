"""Hostile tokens: whatever is wrong with one is signed over with a good key wherever that is possible, so
that the check in question alone can refuse it (JWT-01 to JWT-19).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.vc_jwt import check_jwt, split
from credential.proof.verified import JwtClaim
from keys.errors import KeyRefused
from keys.public import PublicKey
from tests.attacks import jwt_claims, jwt_header, jwt_text
from tests.attacks.badges import DISTRICT, DISTRICT_KEYS, badge, claims, header, token
from tests.attacks.framework import Case

AREA = "jwt"

BY_NAME = {signer.verification_method: signer.public_key for signer in DISTRICT_KEYS}
BY_THUMBPRINT = {signer.public_key.thumbprint(): signer.public_key for signer in DISTRICT_KEYS}
BEFORE_ANY_KEY = ("alg_not_allowed", "header_not_allowed", "malformed_jwt", "too_large")


def judge(data: bytes, suffix: str) -> str:
    """Read and check a token as the district's, whose keys are all that is known."""
    asked: list[JwtClaim] = []

    def key_for(claim: JwtClaim) -> PublicKey:
        asked.append(claim)
        key = BY_THUMBPRINT.get(claim.thumbprint or "") if claim.kid is None else BY_NAME.get(claim.kid)
        if claim.issuer != DISTRICT or key is None:
            raise CredentialError("key_not_bound_to_issuer", "the district publishes no such key")
        return key

    try:
        check_jwt(split(data), key_for)
    except (CredentialError, KeyRefused, DocumentError) as error:
        if error.code in BEFORE_ANY_KEY and asked:
            return f"{error.code}, but only after looking for a key"
        return error.code
    return "ok"


def huge_header(length: int) -> bytes:
    """A header with one long member."""
    return token(json.dumps(header() | {"cty": "x" * length}).encode())


def huge_kid(length: int) -> bytes:
    """A header with a very long kid."""
    return token(header(kid=DISTRICT + "#" + "k" * length))


def huge_text(length: int) -> bytes:
    """That many characters and not one dot."""
    return b"e" * length


def deep_header(levels: int) -> bytes:
    """A header with arrays inside one another."""
    return token(b'{"alg":"EdDSA","jwk":' + b"[" * levels + b"]" * levels + b"}")


def long_payload(length: int) -> bytes:
    """A good badge with a description that fills the token up to a length of about so many characters."""
    return token(payload=claims(badge(description="d" * (length * 3 // 4))))


RECIPES: dict[str, Callable[..., bytes]] = {
    "deep_header": deep_header,
    "huge_header": huge_header,
    "huge_kid": huge_kid,
    "huge_text": huge_text,
    "long_payload": long_payload,
}


def cases() -> Iterator[Case]:
    for module in (jwt_header, jwt_claims, jwt_text):
        yield from module.cases()

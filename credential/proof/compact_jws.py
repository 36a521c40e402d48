"""Read a compact JWS strictly, before anything in it is believed (RFC 7515, 3.1 and 5.2).

What is read here is only well formed. Exactly one text stands for a header, a payload and a signature: no
padding, no white space, no second alphabet, no stray bits, no member named twice. Only then does a library
see it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from contexts.document import CREDENTIAL_LIMITS, Document, Limits, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from keys.errors import KeyRefused
from keys.multibase import base64url_decode

LONGEST_TOKEN: Final = 262_144
"""Characters of a token, counted before anything is decoded."""

LONGEST_HEADER: Final = 8_192
"""Characters of the header's segment: an RSA key of 4,096 bits and an identifier take 1,500."""

ALGORITHMS: Final = frozenset({"RS256", "ES256", "ES384", "EdDSA"})

_HEADER_LIMITS: Final = Limits(max_bytes=LONGEST_HEADER, max_depth=3, max_nodes=64)
_HEADER_MEMBERS: Final = frozenset({"alg", "kid", "jwk", "typ", "cty", "iss"})
_SEGMENTS: Final = 3
_LONGEST_KID: Final = 2_048
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")
# Octets of r and of s, and the order of the group that both are below (SEC 2, 2.4.2 and 2.5.1).
_ECDSA: Final = {
    "ES256": (32, 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
    "ES384": (
        48,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
}
_ED25519_SIGNATURE: Final = 64


@dataclass(frozen=True, slots=True)
class CompactJws:
    """The three parts of a token, read and still unverified.

    Args:
        header: The protected header: `alg` is one of the four allowed, no member is unknown.
        payload: The payload, a JSON object.
        signing_input: What was signed: the first two segments with the dot between them.
        signature: The octets of the third segment, of a length that fits `alg`.
    """

    header: dict[str, Any]
    payload: Document
    signing_input: bytes
    signature: bytes


def read_compact(token: str | bytes) -> CompactJws:
    """Read a compact JWS over a JSON object.

    Args:
        token: At most `LONGEST_TOKEN` characters of ASCII.

    Raises:
        CredentialError: `too_large`, `malformed_jwt`, `duplicate_key`, `alg_not_allowed`,
            `header_not_allowed`.
    """
    if len(token) > LONGEST_TOKEN:
        raise CredentialError("too_large", f"a token has at most {LONGEST_TOKEN} characters")
    try:
        text = token.decode("ascii") if isinstance(token, bytes) else token.encode("ascii").decode("ascii")
    except UnicodeError:
        raise CredentialError("malformed_jwt", "a token is plain ASCII text") from None
    segments = text.split(".", _SEGMENTS)
    if len(segments) != _SEGMENTS:
        raise CredentialError("malformed_jwt", "a token has three segments with dots between them")
    if len(segments[0]) > LONGEST_HEADER:
        raise CredentialError("too_large", f"a token's header has at most {LONGEST_HEADER} characters")
    header = _object(segments[0], _HEADER_LIMITS, "header").value
    _check_header(header)
    payload = _object(segments[1], CREDENTIAL_LIMITS, "payload")
    signature = _octets(segments[2], "signature")
    _check_signature(header["alg"], signature)
    return CompactJws(header, payload, f"{segments[0]}.{segments[1]}".encode("ascii"), signature)


def _octets(segment: str, name: str) -> bytes:
    try:
        return base64url_decode(segment)
    except KeyRefused as error:
        raise CredentialError("malformed_jwt", f"the {name} is unreadable: {error.message}") from None


def _object(segment: str, limits: Limits, name: str) -> Document:
    try:
        return parse(_octets(segment, name), limits)
    except DocumentError as error:
        code = error.code if error.code == "duplicate_key" else "malformed_jwt"
        raise CredentialError(code, f"the {name} is unreadable: {error.message}", error.pointer) from None


def _check_header(header: dict[str, Any]) -> None:
    """Allow what Open Badges 3.0, 8.2 allows, and `cty` and `iss` of VC-JOSE-COSE 1.0, 3.1.

    `crit`, `b64`, `jku` and the x5 family are unknown members like any other.
    """
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise CredentialError(
            "alg_not_allowed", f"a badge is signed with one of {', '.join(sorted(ALGORITHMS))}", "/alg"
        )
    if unknown := sorted(header.keys() - _HEADER_MEMBERS):
        raise CredentialError("header_not_allowed", f"the header may not hold {unknown[0][:40]!r}")
    for name in ("typ", "cty", "iss", "kid"):
        if name in header and not isinstance(header[name], str):
            raise CredentialError("malformed_jwt", f"{name} is a string", f"/{name}")
    if "kid" in header and not (len(header["kid"]) <= _LONGEST_KID and _PRINTABLE.fullmatch(header["kid"])):
        raise CredentialError("malformed_jwt", "kid is one name or URL without spaces", "/kid")
    if "jwk" in header and not isinstance(header["jwk"], dict):
        raise CredentialError("malformed_jwt", "jwk is a JSON object", "/jwk")


def _check_signature(algorithm: str, signature: bytes) -> None:
    """Lengths and ranges that a library might be generous about (RFC 7518, 3.4; FIPS 186-5, 6.4.2)."""
    if not signature:
        raise CredentialError("malformed_jwt", "the token carries no signature")
    if algorithm in _ECDSA:
        size, order = _ECDSA[algorithm]
        halves = [int.from_bytes(part, "big") for part in (signature[:size], signature[size:])]
        if len(signature) != 2 * size or not all(0 < half < order for half in halves):
            raise CredentialError(
                "bad_signature", f"an {algorithm} signature is r and s of {size} octets each, never DER"
            )
    if algorithm == "EdDSA" and len(signature) != _ED25519_SIGNATURE:
        raise CredentialError("bad_signature", f"an EdDSA signature has {_ED25519_SIGNATURE} octets")

"""A list as a compact JWS (RFC 7515; VC-JOSE-COSE 1.0, 3.1), signed and opened.

A JWS signs octets: every member is signed, also those for which no context has a word, and a list of
thousands of issuers costs one hash. Header: `alg`, `kid`, `typ`; nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from contexts.document import Document, Limits, compose, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.trust_list.model import TrustListCredential
from credential.trust_list.reading import read_payload
from credential.trust_list.values import fault
from credential.trust_list.writing import write_payload
from keys.errors import KeyRefused
from keys.multibase import base64url_decode, base64url_encode
from keys.public import PublicKey
from keys.signer import Signer

TYPE: Final = "vc+jwt"
MEDIA_TYPE: Final = "application/vc+jwt"
MAX_TOKEN: Final = 8 * 1024 * 1024
"""Characters of a signed list."""

_HEADER_LIMITS: Final = Limits(max_bytes=4_096, max_depth=2, max_nodes=8)
_PAYLOAD_LIMITS: Final = Limits(max_bytes=MAX_TOKEN, max_depth=8, max_nodes=500_000)
_SEGMENTS: Final = 3


def sign_list(listed: TrustListCredential, signer: Signer) -> str:
    """The list as a compact JWS.

    Raises:
        CredentialError: `issuer_key_mismatch` where the signer is not the publisher; `trust_list_malformed`
        where
            readers would refuse it; `trust_list_too_large`; `bad_signature`.
    """
    if signer.controller != listed.publisher.id:
        raise CredentialError("issuer_key_mismatch", "only the publisher of a list signs it", "/issuer/id")
    header = {"alg": signer.public_key.jws_algorithm, "kid": signer.verification_method, "typ": TYPE}
    try:
        payload = compose(write_payload(listed), _PAYLOAD_LIMITS).raw
    except DocumentError as error:
        raise CredentialError(
            "trust_list_too_large", f"the list cannot be written: {error.message}"
        ) from None
    signing_input = ".".join(base64url_encode(part) for part in (compose(header).raw, payload))
    token = f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode('ascii')))}"
    # What every reader will refuse must not leave the house.
    open_list(token, lambda _kid: signer.public_key)
    return token


def open_list(token: str | bytes, key_for: Callable[[str], PublicKey]) -> TrustListCredential:
    """Check who signed a list, and read it.

    Args:
        token: What was published.
        key_for: Gives the key under which the signature must fit, told the header's `kid`; raises where
            there is none. It is asked before the payload is read.

    Raises:
        CredentialError: `trust_list_too_large`, `trust_list_malformed`, `alg_key_mismatch`, `bad_signature`;
            and whatever `key_for` raises.
    """
    if len(token) > MAX_TOKEN:
        raise CredentialError("trust_list_too_large", f"a list has at most {MAX_TOKEN} characters")
    octets = token.encode("utf-8", "replace") if isinstance(token, str) else token
    parts = octets.split(b".", _SEGMENTS)
    if len(parts) != _SEGMENTS:
        raise fault("a signed list is a compact JWS: three parts with dots between them", "")
    header = _part(parts[0], _HEADER_LIMITS, "header").value
    _check_header(header)
    key = key_for(header["kid"])
    if header["alg"] != key.jws_algorithm:
        raise CredentialError(
            "alg_key_mismatch", "the header's algorithm is not the one of the publisher's key"
        )
    if not key.verify(_decode(parts[2], "signature"), parts[0] + b"." + parts[1]):
        raise CredentialError("bad_signature", "the signature is not of the publisher's key")
    listed = read_payload(_part(parts[1], _PAYLOAD_LIMITS, "payload").value)
    if header["kid"].partition("#")[0] != listed.publisher.id:
        raise CredentialError("issuer_key_mismatch", "the key's name is not the publisher's", "/issuer/id")
    return listed


def digest(token: str | bytes) -> str:
    """What the next version names as its `previous`: `sha256-` and the hexadecimal digest of the whole
    text.
    """
    octets = token.encode("ascii") if isinstance(token, str) else token
    return f"sha256-{hashlib.sha256(octets).hexdigest()}"


def _check_header(header: Mapping[str, Any]) -> None:
    if set(header) != {"alg", "kid", "typ"} or not all(isinstance(one, str) for one in header.values()):
        raise fault("the header holds alg, kid and typ, nothing else", "")
    if header["typ"] != TYPE:
        raise fault(f"the header's typ is {TYPE}", "/typ")


def _part(part: bytes, limits: Limits, name: str) -> Document:
    try:
        return parse(_decode(part, name), limits)
    except DocumentError as error:
        if error.code in {"too_large", "too_many_nodes", "string_too_long"}:
            raise CredentialError(
                "trust_list_too_large", f"the {name} is too large: {error.message}"
            ) from None
        raise fault(f"the {name} is not strict JSON: {error.message}", error.pointer) from None


def _decode(part: bytes, name: str) -> bytes:
    try:
        return base64url_decode(part.decode("ascii"))
    except (UnicodeDecodeError, KeyRefused) as error:
        raise fault(f"the {name} is not base64url: {error}", "") from None

"""What is found under a DID, with a word about it, or why nothing is (did:key 0.9, 3.1.1 and 3.1.2).

The document alone is what everybody else here asks for. Tests of resolvers ask for the result of resolution,
by their `Accept`: the document, or what a fragment of it stands for, beside what the resolver says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from keys.did_syntax import parse_did_url
from keys.errors import KeyRefused
from keys.multibase import base58btc_decode
from tests.conformance.profile import document_of

RESULT: Final = "https://w3id.org/did-resolution"
"""The profile of a media type, or the context, that says that the result is asked for."""

_OWN_FORMAT: Final = "Multikey"
_FORMATS: Final = frozenset({"Ed25519VerificationKey2018", "X25519KeyAgreementKey2019"})
"""Formats of keys that the method knows and calls experimental."""

_OCTETS: Final = {b"\xed\x01": 32, b"\x80\x24": 33, b"\x81\x24": 49}
"""Of a public key, by the beginning of its Multikey."""


def resolution(asked: str, options: Mapping[str, str]) -> tuple[dict[str, Any], int]:
    """The result of resolution, and its status.

    Args:
        asked: A DID, or a DID URL with a fragment.
        options: `publicKeyFormat` and `enableExperimentalPublicKeyTypes`, as texts.
    """
    did, _, fragment = asked.partition("#")
    whole = not fragment and not set("/?#") & set(asked)
    said = "didResolutionMetadata" if whole else "didDereferencingMetadata"
    error, found = _found(asked, did, fragment, options)
    metadata = {"error": error} if error else {"contentType": "application/did+ld+json"}
    result = {
        "@context": RESULT + "/v1",
        "didDocument": found,
        "didDocumentMetadata": {},
        said: metadata,
    }
    return result, 400 if error else 200


def _found(
    asked: str, did: str, fragment: str, options: Mapping[str, str]
) -> tuple[str | None, dict[str, Any]]:
    """The error and nothing, or what there is."""
    if wanted := _refused_format(options):
        return wanted, {}
    try:
        if asked != did:
            parse_did_url(asked)
    except KeyRefused:
        return "invalidDidUrl", {}
    try:
        document = document_of(did)
    except KeyRefused:
        return ("invalidPublicKeyLength" if _of_another_length(did) else "invalidDid"), {}
    # A DID that is its own key has one method, and a fragment that names another was no DID URL of it.
    return None, document["verificationMethod"][0] if fragment else document


def _refused_format(options: Mapping[str, str]) -> str | None:
    wanted = options.get("publicKeyFormat", _OWN_FORMAT)
    if wanted == _OWN_FORMAT:
        return None
    experimental = options.get("enableExperimentalPublicKeyTypes", "false") != "false"
    return "invalidPublicKeyType" if wanted in _FORMATS and not experimental else "unsupportedPublicKeyType"


def _of_another_length(did: str) -> bool:
    try:
        octets = base58btc_decode(did.removeprefix("did:key:z"))
    except KeyRefused:
        return False
    return octets[:2] in _OCTETS and len(octets) - 2 != _OCTETS[octets[:2]]

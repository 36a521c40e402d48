"""openbadgeslib and openvc-core: two other people's verifiers and issuers in Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier
from openvc import OpenvcError, VerificationPolicy, verify_credential
from openvc.did.base import DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver

from contexts.pinned import CHECKING
from credential.proof.vc_jwt import split
from keys.did import did_web_location

OPEN_BADGES_CONTEXTS: dict[str, Any] = {
    url: json.loads(json.dumps(CHECKING.get(url), default=dict))
    for url in CHECKING.urls
    if "imsglobal" in url
}
"""openvc-core carries the W3C's contexts only; it takes these as an argument and fetches nothing."""


def verify_with_openbadgeslib(credential: Mapping[str, Any] | str, did_documents: Mapping[str, Any]) -> str:
    """Say ok, or what openbadgeslib says against a badge as JSON or as a token."""
    download = _download(did_documents)
    try:
        if isinstance(credential, str):
            issuer = _issuer_of_token(credential)
            OB3Verifier.for_issuer_did(issuer, download=download).verify(credential)
        else:
            named = credential["issuer"]
            did = named if isinstance(named, str) else named["id"]
            OB3LdpVerifier.for_issuer_did(did).verify(dict(credential), download=download)
    except LibOpenBadgesException as fault:
        return f"{type(fault).__name__}: {fault}"
    return "ok"


def verify_with_openvc(credential: Mapping[str, Any] | str, did_documents: Mapping[str, Any]) -> str:
    """Say ok, or what openvc-core says against a badge as JSON or as a token.

    It reads a single proof only as an object. An array of one says the same, so it is given the object.
    """
    asked: Any = credential
    if not isinstance(credential, str):
        proof = credential.get("proof")
        single = proof[0] if isinstance(proof, list) and len(proof) == 1 else proof
        asked = dict(credential) | {"proof": single}
    download = _download(did_documents)
    resolver = DidResolverRegistry(
        [DidKeyResolver(), DidWebResolver(lambda url: dict(json.loads(download(url))))]
    )
    try:
        verify_credential(
            asked,
            policy=VerificationPolicy(require_status=False),
            resolver=resolver,
            extra_contexts=OPEN_BADGES_CONTEXTS,
        )
    except OpenvcError as fault:
        return f"{type(fault).__name__}: {fault}"
    return "ok"


def _download(did_documents: Mapping[str, Any]) -> Callable[[str], bytes]:
    """Serves DID documents under the URLs of their did:web; both peers go to https in any case."""
    served = {
        did_web_location(did).replace("http://", "https://"): json.dumps(document).encode()
        for did, document in did_documents.items()
        if did.startswith("did:web:")
    }

    def download(url: str) -> bytes:
        return served[url]

    return download


def _issuer_of_token(token: str) -> str:
    return split(token).claim.issuer

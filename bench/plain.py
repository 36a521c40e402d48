"""The straightforward way in Python: PyLD, SHA-256, Ed25519, and nothing else.

No schema, no strictness, no check of what was signed: what a careful afternoon with the specification gives.
The contexts are at hand, and marked as never changing, which PyLD rewards with its cache.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import cycle
from typing import Any

from pyld import jsonld

from bench.district import District
from bench.measuring import Operation
from bench.ours import Wrong
from contexts.pinned import CHECKING
from keys.multibase import base58btc_decode, base58btc_encode
from keys.public import PublicKey
from keys.signer import Signer

OPTIONS = {
    "algorithm": "URDNA2015",
    "format": "application/n-quads",
    "documentLoader": lambda url, _: {
        "contextUrl": None,
        "documentUrl": url,
        "document": CONTEXTS[url],
        "tag": "static",
    },
}
CONTEXTS: dict[str, Any] = {
    url: json.loads(json.dumps(CHECKING.get(url), default=dict)) for url in CHECKING.urls
}


def issuing(district: District, drafts: Sequence[dict[str, Any]]) -> Operation:
    """A drafted credential in, signed bytes out."""
    following = cycle(drafts)
    return Operation(lambda: issue(next(following), district.signer))


def checking(district: District, signed: Sequence[bytes]) -> Operation:
    """Bytes in, proof checked, the key at hand."""
    following, key = cycle(signed), district.signer.public_key

    def look() -> None:
        if not check(next(following), key):
            raise Wrong("the proof does not pass")

    return Operation(look)


def issue(draft: dict[str, Any], signer: Signer) -> bytes:
    """Sign as eddsa-rdfc-2022 says (Data Integrity EdDSA Cryptosuites 1.0, 3.2.1)."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2024-05-31T09:00:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = signer.sign(_hashed(draft, options))
    proof = options | {"proofValue": "z" + base58btc_encode(signature)}
    return json.dumps(draft | {"proof": proof}).encode()


def check(signed: bytes, key: PublicKey) -> bool:
    """Verify as eddsa-rdfc-2022 says (3.2.2)."""
    document = json.loads(signed)
    proof = document.pop("proof")
    options = dict(proof[0] if isinstance(proof, list) else proof)
    signature = base58btc_decode(options.pop("proofValue")[1:])
    return key.verify(signature, _hashed(document, options))


def _hashed(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    parts = (options | {"@context": document["@context"]}, document)
    return b"".join(hashlib.sha256(jsonld.normalize(part, OPTIONS).encode()).digest() for part in parts)

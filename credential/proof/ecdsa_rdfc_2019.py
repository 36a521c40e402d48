"""The suite `ecdsa-rdfc-2019`: RDFC-1.0, ECDSA on P-256 or P-384 (Data Integrity ECDSA Cryptosuites 1.0,
3.2).

With P-384 the hash is SHA-384 everywhere, also in the canonicalisation, where it decides the blank nodes'
labels.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from contexts.canonical import canonical_quads
from credential.proof.suite import Suite
from keys.public import KeyType

ECDSA_RDFC_2019: Final = Suite(
    name="ecdsa-rdfc-2019",
    digests=MappingProxyType({KeyType.P256: "sha256", KeyType.P384: "sha384"}),
    transform=canonical_quads,
)

"""The older suite `Ed25519Signature2020`: RDFC-1.0, SHA-256, Ed25519, and a proof type of its own.

Data Integrity EdDSA Cryptosuites 1.0, appendix B, keeps it for what was signed before; its words stand in a
context of their own.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from contexts.canonical import canonical_quads
from contexts.pinned import ED25519_2020_V1
from credential.proof.suite import Suite
from keys.public import KeyType

ED25519_SIGNATURE_2020: Final = Suite(
    name="Ed25519Signature2020",
    digests=MappingProxyType({KeyType.ED25519: "sha256"}),
    transform=canonical_quads,
    proof_type="Ed25519Signature2020",
    own_context=ED25519_2020_V1,
)

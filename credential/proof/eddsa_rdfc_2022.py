"""The suite `eddsa-rdfc-2022`: RDFC-1.0, SHA-256, Ed25519 (Data Integrity EdDSA Cryptosuites 1.0, 3.2)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from contexts.canonical import canonical_quads
from credential.proof.suite import Suite
from keys.public import KeyType

EDDSA_RDFC_2022: Final = Suite(
    name="eddsa-rdfc-2022",
    digests=MappingProxyType({KeyType.ED25519: "sha256"}),
    transform=canonical_quads,
    # Badges signed before the specification was final; 1EdTech's public validator still takes them.
    former_names=frozenset({"eddsa-2022"}),
)

"""The suite `eddsa-jcs-2022`: JCS, SHA-256, Ed25519 (Data Integrity EdDSA Cryptosuites 1.0, 3.3)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from credential.proof.jcs import canonical_json
from credential.proof.suite import Suite
from keys.public import KeyType

EDDSA_JCS_2022: Final = Suite(
    name="eddsa-jcs-2022",
    digests=MappingProxyType({KeyType.ED25519: "sha256"}),
    transform=canonical_json,
    signs_bytes=True,
)

"""The suite `ecdsa-jcs-2019`: JCS, ECDSA on P-256 or P-384 (Data Integrity ECDSA Cryptosuites 1.0, 3.3)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from credential.proof.jcs import canonical_json
from credential.proof.suite import Suite
from keys.public import KeyType

ECDSA_JCS_2019: Final = Suite(
    name="ecdsa-jcs-2019",
    digests=MappingProxyType({KeyType.P256: "sha256", KeyType.P384: "sha384"}),
    transform=canonical_json,
    signs_bytes=True,
)

"""A cryptosuite is a row: its name, the keys it takes with the digest of each, and its transformation.

Adding and checking are the same for every suite (`data_integrity.py`); what differs is here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from contexts.document import Document
from contexts.pinned import ContextSet
from keys.public import KeyType

Digest = Literal["sha256", "sha384"]

_HASHES: Final = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


class Transform(Protocol):
    """From a document to the bytes that are hashed, the same for every spelling of the same statements."""

    def __call__(self, document: Document, *, contexts: ContextSet, digest: Digest) -> bytes:
        """Transform a document under these contexts; `digest` is the hash used on the way."""


@dataclass(frozen=True, slots=True)
class Suite:
    """One way to turn a document and its proof options into the bytes that are signed.

    Args:
        name: What a proof calls it in `cryptosuite`, and what we write.
        digests: Key type to the hash that goes with it; a key of another type does not fit the suite.
        transform: From a document to the bytes that are hashed.
        former_names: Names that proofs of the same algorithm carried before the specification was final. They
            are checked, never written. The name itself is signed, so nobody can turn one into the other.
        proof_type: The `type` of its proofs; one that is not `DataIntegrityProof` is the suite's name itself.
        own_context: The context that alone defines the words of its proofs, or None where it is one of those
            of Data Integrity.
        signs_bytes: Whether it signs what is written, word for word, and not what the words mean: then the
            proof carries the `@context` that was signed.
        selective: Whether whoever holds a document may leave parts of it out.
    """

    name: str
    digests: Mapping[KeyType, Digest]
    transform: Transform
    former_names: frozenset[str] = frozenset()
    proof_type: str = "DataIntegrityProof"
    own_context: str | None = None
    signs_bytes: bool = False
    selective: bool = False

    def hashed(self, document: Document, key_type: KeyType, contexts: ContextSet) -> bytes:
        """Hash what the transformation makes of a document.

        Args:
            document: The credential without its proof, or the proof options under the credential's contexts.
            key_type: Decides the hash; must be one of `digests`.
            contexts: Where the meaning of words is taken from.

        Returns:
            32 bytes with SHA-256, 48 with SHA-384.

        Raises:
            contexts.errors.DocumentError: Something in the document would not be signed, or means nothing.

        Source: Data Integrity EdDSA Cryptosuites 1.0, 3.2.4; Data Integrity ECDSA Cryptosuites 1.0, 3.2.4.
        """
        digest = self.digests[key_type]
        return _HASHES[digest](self.transform(document, contexts=contexts, digest=digest)).digest()

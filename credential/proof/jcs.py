"""The JSON Canonicalization Scheme (RFC 8785): one text for one JSON value. The only door to rfc8785."""

from __future__ import annotations

import rfc8785

from contexts.document import Document
from contexts.pinned import ContextSet
from credential.proof.suite import Digest


def canonical_json(document: Document, *, contexts: ContextSet, digest: Digest) -> bytes:
    """What is signed of a document under a JCS suite: its value, members sorted, without white space.

    A document that was parsed here holds nothing that RFC 8785 cannot write: no lone surrogate, no member
    twice, no number that a double does not carry.

    Args:
        document: Without its proof, or the proof options.
        contexts: Not asked: a word is signed as it is written, whatever it means.
        digest: Not asked either.

    Returns:
        UTF-8.

    Source: Data Integrity EdDSA Cryptosuites 1.0, 3.3.3; Data Integrity ECDSA Cryptosuites 1.0, 3.3.3.
    """
    del contexts, digest
    return rfc8785.dumps(document.value)

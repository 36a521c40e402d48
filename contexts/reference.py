"""The same canonical form by PyLD alone: slow and plain, the oracle of the tests.

Known differences, all of them refused or put right in `contexts.canonical`: PyLD drops what it cannot place,
keeps a statement that two spellings of a value make twice, writes most control characters unescaped
(RDFC-1.0, section 5.1), and never stops.
"""

from __future__ import annotations

import copy
import hashlib
from typing import Any

from pyld import canon, jsonld

from contexts.document import Document
from contexts.pinned import CHECKING, ContextSet
from contexts.rdfc import DigestName


class _Sha384(canon.URDNA2015):  # type: ignore[misc]  # PyLD carries no types
    """PyLD's algorithm with the one step replaced that fixes the hash."""

    def create_hash(self) -> Any:
        return hashlib.sha384()


def canonical_quads(
    document: Document, *, contexts: ContextSet = CHECKING, digest: DigestName = "sha256"
) -> bytes:
    """The canonical N-Quads of a document, with nothing of ours in the way but the closed set of contexts.

    Raises:
        jsonld.JsonLdError: The document is not JSON-LD.
        DocumentError: `context_not_allowed`.
    """

    def load(url: str, _: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts.get(url), "tag": None}

    options = {"base": None, "documentLoader": load, "contextResolver": jsonld.ContextResolver({}, load)}
    dataset = jsonld.to_rdf(copy.deepcopy(document.value), options)
    algorithm = _Sha384() if digest == "sha384" else canon.URDNA2015()
    lines: str = algorithm.main(dataset, {"format": "application/n-quads"})
    return lines.encode()

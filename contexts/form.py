"""The ordinary way from a document to its signed form: the walk, then RDFC-1.0."""

from __future__ import annotations

from typing import Any

from contexts.compiled import Statements
from contexts.pinned import ContextSet
from contexts.rdfc import DigestName, canonical_form


def walked_form(value: dict[str, Any], contexts: ContextSet, digest: DigestName = "sha256") -> bytes:
    """The canonical N-Quads of a document's value, worked out anew.

    Raises:
        DocumentError: As `contexts.canonical.canonical_quads`.
    """
    statements = Statements(contexts)
    statements.read(value)
    return canonical_form(
        statements.lines, statements.quads, statements.blank_nodes, digest, statements.settled
    )

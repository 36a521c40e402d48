"""The walk and PyLD make the same bytes of every document, or both refuse it.

`CAIRN_DOCUMENTS=20000 pytest tests/differential` tries as many documents as it says; the ordinary run tries a
fixed few hundred.
"""

from __future__ import annotations

import collections
import os
from typing import Any

import pytest

from contexts import reference
from contexts.canonical import canonical_quads
from contexts.document import Document, compose
from contexts.errors import DocumentError
from contexts.pinned import CHECKING
from contexts.rdfc import canonical_form
from tests.differential import oracle
from tests.differential.documents import Writer

COUNT = int(os.environ.get("CAIRN_DOCUMENTS", "240"))
BATCHES = 8


PREFIXES = ("xsd:", "schema:", "cred:", "sec:", "obi:")
LISTED = {
    "lean on each other": "two types of one object whose contexts are written with each other's words",
    "an object that says something": "a text where a proof or a credential in a graph of its own must stand",
    "sequences of contexts": "more sequences of contexts than a badge has credentials of different kinds",
}


def ours(document: Document) -> bytes | DocumentError:
    try:
        return canonical_quads(document)
    except DocumentError as error:
        return error


def theirs(document: Document) -> bytes | DocumentError:
    """PyLD's bytes, once the oracle has found nothing that PyLD would lose."""
    try:
        quads, blank_nodes = oracle.statements(document.value, CHECKING)
    except DocumentError as error:
        return error
    if any(control in document.raw.decode() for control in ("\\b", "\\u00", "\\f")):
        # PyLD writes these raw and hashes them raw, so its labels may differ: only the statements are PyLD's
        # here.
        return canonical_form([], quads, blank_nodes)
    return reference.canonical_quads(document)


def is_listed(document: Document, error: DocumentError) -> str:
    """Why we refuse what PyLD would sign without loss; empty where there is no such reason."""
    for words, reason in LISTED.items():
        if words in error.message:  # the place of what is kept of an object names its members only
            return reason
    value: Any = document.value
    for step in error.pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    if error.code == "wrong_value" and isinstance(value, bool | int | float):
        return "a number or truth value where an identifier is meant"
    if error.code == "bad_iri" and str(value).startswith(PREFIXES):
        return "an identifier written with a prefix of the contexts"
    return ""


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_walk_makes_pylds_bytes_or_both_refuse(batch: int) -> None:
    writer = Writer(batch)
    seen: collections.Counter[str] = collections.Counter()
    for number in range(COUNT // BATCHES):
        document = compose(writer.document())
        mine, other = ours(document), theirs(document)
        assert str(ours(document)) == str(mine), (batch, number)  # what was kept changes nothing
        if isinstance(mine, bytes):
            seen["equal"] += 1
            assert mine == other, (batch, number, str(other)[:200])
        elif isinstance(other, bytes):
            reason = is_listed(document, mine)
            assert reason, (batch, number, str(mine))
            seen[reason] += 1
        else:
            seen["both refuse"] += 1
    print(f"batch {batch}: {dict(seen)}")
    assert seen["equal"] >= COUNT // BATCHES // 3

"""What jsonld.js and rdf-canonize made of a file of documents is what we make of them."""

from __future__ import annotations

import json

import pytest

from contexts.canonical import canonical_quads
from contexts.document import compose
from contexts.errors import DocumentError
from tests.differential.from_jsonld_js import FIXTURE, documents

MORE = {
    "duplicate_statement",
    "conflicting_id",
    "misplaced_member",
    "unsupported_meaning",
    "wrong_value",
    "bad_iri",
    "null_value",
}
"""What we refuse and jsonld.js does not: what could be said twice, or in two places, or be left out
unseen."""
ROWS = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()]


def test_the_file_holds_the_documents_that_the_script_writes_today() -> None:
    assert [row["document"] for row in ROWS] == json.loads(json.dumps(list(documents())))


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_the_form_is_that_of_jsonld_js_or_both_refuse(number: int) -> None:
    row = ROWS[number]
    document = compose(row["document"])
    if row["quads"] is None:
        with pytest.raises(DocumentError):
            canonical_quads(document)
        return
    code, form = "", ""
    try:
        form = canonical_quads(document).decode()
    except DocumentError as error:
        code = error.code
    assert code in MORE or form == row["quads"]


def test_most_documents_of_the_file_are_accepted_by_both() -> None:
    accepted = 0
    for row in ROWS:
        try:
            accepted += row["quads"] is not None and canonical_quads(compose(row["document"])) != b""
        except DocumentError:
            continue
    assert accepted > 40

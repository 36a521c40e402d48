from __future__ import annotations

import pytest

from contexts.errors import CODES, DocumentError, pointer


def test_an_error_says_code_message_and_place() -> None:
    error = DocumentError("bad_iri", "not absolute", pointer("issuer", "id"))
    assert (error.code, error.message, error.pointer) == ("bad_iri", "not absolute", "/issuer/id")
    assert str(error) == "bad_iri: not absolute (at /issuer/id)"
    assert str(DocumentError("not_json", "no")) == "not_json: no"


def test_a_code_outside_the_closed_set_cannot_be_raised() -> None:
    with pytest.raises(LookupError):
        DocumentError("something_else", "x")


def test_every_code_is_explained() -> None:
    assert all(meaning.strip() for meaning in CODES.values())


def test_a_pointer_escapes_what_rfc_6901_escapes() -> None:
    assert pointer("a/b", 0, "c~d") == "/a~1b/0/c~0d"
    assert not pointer()

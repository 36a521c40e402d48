"""What can be wrong with a document: one error, a closed set of codes.

Codes are part of the public surface: the verifier turns them into findings, tests and manifests name them,
and a code never changes its meaning.
"""

from __future__ import annotations

from typing import Final

CODES: Final[dict[str, str]] = {
    # What document.py says of bytes and JSON.
    "too_large": "more bytes than the limit allows",
    "bad_encoding": "not plain UTF-8, or a character that no JSON exchange may carry",
    "not_json": "not one JSON text, or a value that JSON cannot carry",
    "not_an_object": "the JSON text is not an object",
    "duplicate_key": "an object names a member twice",
    "bad_number": "a number that two readers could take for different values",
    "too_deep": "objects and arrays are nested deeper than the limit allows",
    "too_many_nodes": "more values than the limit allows",
    "string_too_long": "a string or member name is longer than the limit allows",
    # What pinned.py and the walk say of words and their meaning.
    "pin_mismatch": "a carried context file is not the one that was pinned",
    "context_missing": "the document names no context",
    "context_not_allowed": "a context that is not among the pinned ones, or is named twice",
    "unsupported_context": "a context that is known by name and not read here",
    "inline_context": "a context written into the document",
    "nested_context": "a context below the top, outside an embedded credential",
    "undefined_term": "a member that no context defines, so no signature would cover it",
    "undefined_type": "a type that no context defines",
    "bad_iri": "an identifier that is not an absolute, well-formed IRI of an allowed scheme",
    "null_value": "a null, which no signature would cover",
    "keyword_not_allowed": "a JSON-LD keyword where only ordinary members may stand",
    "wrong_value": "a value of a kind that the term's definition cannot carry",
    "nested_array": "an array directly inside an array",
    "duplicate_statement": "the same statement made twice",
    "conflicting_id": "one identifier, described in two places with different values",
    "misplaced_member": "a member of the credential, its subject or its achievement, said elsewhere only",
    "unsupported_meaning": "a JSON-LD construct that these contexts never need",
    "canonicalization_budget": "the document would take too much work to bring into canonical form",
    # What canonical.py says when we issue.
    "empty_array": "an empty array, which no signature would cover",
    # What schema.py says of the shape.
    "schema": "the document does not have the shape that its schema asks for",
    "bad_date": "a date that is not written as the data model demands",
    "unknown_schema": "no schema is carried for this",
}
"""Every code of a `DocumentError`, with what it means."""


class DocumentError(ValueError):
    """A document is refused.

    Args:
        code: One of `CODES`.
        message: What is wrong and what to do, for a person.
        pointer: Where, as a JSON Pointer (RFC 6901); empty for the whole document.
    """

    __slots__ = ("code", "message", "pointer")

    def __init__(self, code: str, message: str, pointer: str = "") -> None:
        if code not in CODES:
            raise LookupError(f"{code} is not a code of CODES")
        super().__init__(code, message, pointer)
        self.code = code
        self.message = message
        self.pointer = pointer

    def __str__(self) -> str:
        where = f" (at {self.pointer})" if self.pointer else ""
        return f"{self.code}: {self.message}{where}"


def pointer(*steps: str | int) -> str:
    """A JSON Pointer from its steps (RFC 6901, section 3): `pointer("a/b", 0)` is `/a~1b/0`."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)

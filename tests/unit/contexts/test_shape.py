from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import CREDENTIAL_LIMITS, compose, parse
from contexts.errors import DocumentError
from contexts.form import walked_form
from contexts.pinned import ISSUING
from contexts.shape import Shape
from tests.documents import GOOD

TEMPLATE: dict[str, Any] = GOOD | {
    "credentialSubject": GOOD["credentialSubject"]
    | {
        "licenseNumber": "A-1",
        "result": [
            {"type": ["Result"], "value": "90", "resultDescription": "urn:x:r1"},
            {"type": ["Result"], "value": "Pass", "resultDescription": "urn:x:r2"},
        ],
    }
}
LEAVES = (
    "/id",
    "/validFrom",
    "/credentialSubject/id",
    "/credentialSubject/licenseNumber",
    "/credentialSubject/identifier/0/identityHash",
    "/credentialSubject/result/0/value",
    "/credentialSubject/result/1/value",
    "/credentialSubject/achievement/tag/0",
)
VALUES = ("urn:uuid:1", "2026-05-21T00:00:00Z", "urn:uuid:2", "B-2", "Zoë Example", "88", "Fail", "pipes")
SHAPE = Shape(compose(TEMPLATE), LEAVES)


@dataclass(frozen=True)
class Filled:
    """A document with its signed form, and whether the shape itself gave that."""

    raw: bytes
    quads: bytes
    direct: bool


def fill(shape: Shape, values: Sequence[str]) -> Filled:
    """As whoever has a shape does: what it does not give is walked."""
    document = parse(shape.written(map(encode_basestring, values)))
    form = shape.form(values)
    if form is None:
        return Filled(document.raw, walked_form(document.value, ISSUING), direct=False)
    return Filled(document.raw, form, direct=True)


def by_hand(values: tuple[str, ...]) -> dict[str, Any]:
    document = copy.deepcopy(TEMPLATE)
    for leaf, value in zip(LEAVES, values, strict=True):
        found: Any = document
        *way, last = leaf.split("/")[1:]
        for step in way:
            found = found[int(step)] if isinstance(found, list) else found[step]
        found[int(last) if isinstance(found, list) else last] = value
    return document


def check(values: tuple[str, ...]) -> bool:
    """Whether the shape made the document itself; its bytes are those of the ordinary way in either case."""
    filled = fill(SHAPE, values)
    document = compose(by_hand(values))
    assert parse(filled.raw) == document
    assert filled.quads == canonical_quads(document, contexts=ISSUING)
    return filled.direct


def test_a_filled_shape_is_the_document_and_its_form() -> None:
    assert check(VALUES)


@pytest.mark.parametrize("seed", range(60))
def test_random_values_make_the_bytes_of_the_ordinary_way(seed: int) -> None:
    rng = random.Random(seed)
    alphabet = "abc %s{}\"\\/<>_:é日😀.^@'0"
    texts = ["".join(rng.choices(alphabet, k=rng.randint(1, 9))) for _ in LEAVES]
    texts[0], texts[2] = f"urn:uuid:{seed}", f"https://ex.example/{seed}?%41"
    assert check(tuple(texts)) == (texts[7] != "safety")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (4, "line\nbreak"),
        (4, "tab\t"),
        (4, "\x7f"),
        (4, ""),
        (4, "\u200dx"),
        (0, "urn:uuid:2"),
        (2, "did:web:district.example"),
        (0, "https://district.example/achievements/1"),
        (4, "x" * 60_000),
    ],
)
def test_what_could_change_more_goes_the_ordinary_way(place: int, value: str) -> None:
    values = (*VALUES[:place], value, *VALUES[place + 1 :])
    try:
        assert not check(values)
    except DocumentError as error:
        assert error.code in {"conflicting_id", "misplaced_member"}  # noqa: PT017 - one makes a bad document


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (0, "relative", "bad_iri"),
        (0, "urn:x y", "bad_iri"),
        (0, "urn:x> <urn:p> <urn:o", "bad_iri"),
        (7, "safety", "duplicate_statement"),
        (4, "\x00", "bad_encoding"),
        (4, "\ud800", "bad_encoding"),
        (4, "x" * 70_000, "string_too_long"),
    ],
)
def test_a_bad_value_is_refused_as_in_any_document(place: int, value: str, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        fill(SHAPE, (*VALUES[:place], value, *VALUES[place + 1 :]))
    assert caught.value.code == code


def test_two_parts_that_come_to_look_alike_go_the_ordinary_way() -> None:
    template = copy.deepcopy(TEMPLATE)
    for result in template["credentialSubject"]["result"]:
        del result["resultDescription"]
    shape = Shape(
        compose(template), ["/credentialSubject/result/0/value", "/credentialSubject/result/1/value"]
    )
    assert fill(shape, ("1", "2")).direct
    alike = fill(shape, ("1", "1"))
    assert not alike.direct
    assert alike.quads == canonical_quads(parse(alike.raw), contexts=ISSUING)


def test_leaves_that_are_none_are_named() -> None:
    for leaf in ("/credentialSubject/creditsEarned", "/issuer"):
        with pytest.raises(LookupError):
            Shape(compose(TEMPLATE), [leaf])
    with pytest.raises(KeyError):
        Shape(compose(TEMPLATE), ["/nothing"])
    schema = {"type": "JsonSchema", "jsonSchema": {"title": "x"}}
    with pytest.raises(LookupError):
        Shape(compose(TEMPLATE | {"credentialSchema": [schema]}), ["/credentialSchema/0/jsonSchema/title"])
    with pytest.raises(LookupError):
        Shape(compose(TEMPLATE | {"name": "urn:x-leaf:0."}), ["/id"])
    for leaf, code in (("/type/0", "undefined_term"), ("/issuer/name", "conflicting_id")):
        with pytest.raises(DocumentError) as caught:
            Shape(compose(TEMPLATE), [leaf])
        assert caught.value.code == code


def test_what_might_make_a_document_too_large_goes_the_ordinary_way() -> None:
    document = compose(TEMPLATE)
    longest = (CREDENTIAL_LIMITS.max_bytes - len(document.raw)) // (6 * len(LEAVES))
    assert SHAPE.form((*VALUES[:4], "x" * (longest - 100), *VALUES[5:])) is not None
    assert SHAPE.form((*VALUES[:4], "x" * (longest + 100), *VALUES[5:])) is None


def test_a_percent_sign_in_what_stays_is_only_that() -> None:
    template = TEMPLATE | {"name": "100 % %s %(x)d %%"}
    shape = Shape(compose(template), ["/id"])
    filled = fill(shape, ["urn:uuid:9"])
    assert filled.direct
    assert filled.quads == canonical_quads(compose(template | {"id": "urn:uuid:9"}), contexts=ISSUING)
    assert parse(filled.raw).value == template | {"id": "urn:uuid:9"}

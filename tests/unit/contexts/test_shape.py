from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import compose
from contexts.errors import DocumentError
from contexts.pinned import CHECKING, ISSUING
from contexts.shape import LONGEST_VALUE, Shape
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


def by_hand(values: tuple[str, ...]) -> dict[str, Any]:
    document = copy.deepcopy(TEMPLATE)
    for leaf, value in zip(LEAVES, values, strict=True):
        put(document, leaf, value)
    return document


def put(document: Any, leaf: str, value: str) -> None:
    *way, last = leaf.split("/")[1:]
    for step in way:
        document = document[int(step)] if isinstance(document, list) else document[step]
    document[int(last) if isinstance(document, list) else last] = value


def fits(shape: Shape, value: dict[str, Any], values: tuple[str, ...]) -> bool:
    """Whether the shape made the form itself; in either case it is the one that the walk makes."""
    document, again = compose(value), compose(value)
    filled = shape.fill(document, values)
    assert canonical_quads(document, contexts=ISSUING) == canonical_quads(again, contexts=ISSUING)
    return filled


def check(values: tuple[str, ...]) -> bool:
    return fits(SHAPE, by_hand(values), values)


def test_a_filled_shape_is_the_form_of_the_document() -> None:
    assert check(VALUES)


@pytest.mark.parametrize("seed", range(60))
def test_random_values_make_the_bytes_of_the_walk(seed: int) -> None:
    rng = random.Random(seed)
    alphabet = "abc %s{}\"\\/<>_:é日😀.^@'0"
    texts = ["".join(rng.choices(alphabet, k=rng.randint(1, 9))) for _ in LEAVES]
    texts[0], texts[2] = f"urn:uuid:{seed}", f"{rng.choice(('did', 'tel', 'https'))}://ex.example/{seed}?%41"
    assert check(tuple(texts)) == (texts[7] != "safety")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (4, "line\nbreak"),
        (4, "tab\t"),
        (4, "\x7f"),
        (4, "\u2028"),
        (4, ""),
        (4, "\u200dx"),
        (0, "urn:uuid:2"),
        (2, "did:web:district.example"),
        (0, "https://district.example/achievements/1"),
        (4, "x" * (LONGEST_VALUE + 1)),
        (0, "urn:x:" + "x" * (LONGEST_VALUE - 5)),
    ],
)
def test_what_could_change_more_is_walked(place: int, value: str) -> None:
    values = (*VALUES[:place], value, *VALUES[place + 1 :])
    try:
        assert not check(values)
    except DocumentError as error:
        assert error.code in {"conflicting_id", "misplaced_member"}  # noqa: PT017 - one makes a bad document


@pytest.mark.parametrize(("place", "value"), [(4, "x" * LONGEST_VALUE), (0, "urn:" + "x" * 1020), (4, "a b")])
def test_what_is_as_long_as_it_may_be_is_filled_in(place: int, value: str) -> None:
    assert check((*VALUES[:place], value, *VALUES[place + 1 :]))


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (0, "relative", "bad_iri"),
        (0, "urn:x y", "bad_iri"),
        (0, "urn:x> <urn:p> <urn:o", "bad_iri"),
        (7, "safety", "duplicate_statement"),
    ],
)
def test_a_bad_value_is_left_to_the_walk_which_refuses_it(place: int, value: str, code: str) -> None:
    values = (*VALUES[:place], value, *VALUES[place + 1 :])
    document = compose(by_hand(values))
    assert not SHAPE.fill(document, values)
    with pytest.raises(DocumentError) as caught:
        canonical_quads(document, contexts=ISSUING)
    assert caught.value.code == code


def test_the_form_is_that_under_the_shapes_own_contexts() -> None:
    document = compose(by_hand(VALUES))
    assert SHAPE.fill(document, VALUES)
    assert list(document.forms) == [(ISSUING, "sha256")]
    assert Shape(compose(TEMPLATE), LEAVES, CHECKING).fill(document, VALUES)
    assert len(document.forms) == 2


@pytest.mark.parametrize("values", [VALUES[:-1], (*VALUES, "x")])
def test_each_leaf_has_its_value(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="for 8 leaves"):
        SHAPE.fill(compose(by_hand(VALUES)), values)


def test_two_parts_that_come_to_look_alike_are_walked() -> None:
    template = copy.deepcopy(TEMPLATE)
    for result in template["credentialSubject"]["result"]:
        del result["resultDescription"]
    leaves = ["/credentialSubject/result/0/value", "/credentialSubject/result/1/value"]
    shape = Shape(compose(template), leaves)
    for values, filled in ((("1", "2"), True), (("2", "1"), True), (("1", "1"), False)):
        for leaf, value in zip(leaves, values, strict=True):
            put(template, leaf, value)
        assert fits(shape, template, values) == filled


def test_leaves_that_are_none_are_named() -> None:
    for leaf in ("/credentialSubject/creditsEarned", "/issuer"):
        with pytest.raises(LookupError):
            Shape(compose(TEMPLATE), [leaf])
    with pytest.raises(KeyError):
        Shape(compose(TEMPLATE), ["/nothing"])
    schema = {"type": "JsonSchema", "jsonSchema": {"title": "x"}}
    with pytest.raises(LookupError, match="only part"):
        Shape(compose(TEMPLATE | {"credentialSchema": [schema]}), ["/credentialSchema/0/jsonSchema/title"])
    with pytest.raises(LookupError):
        Shape(compose(TEMPLATE | {"name": "urn:x-leaf:0."}), ["/id"])
    for leaf, code in (("/type/0", "undefined_term"), ("/issuer/name", "conflicting_id")):
        with pytest.raises(DocumentError) as caught:
            Shape(compose(TEMPLATE), [leaf])
        assert caught.value.code == code


def test_a_statement_in_which_two_things_vary_has_no_shape() -> None:
    """In a graph of its own, a part without a name is in one statement with the graph, without one too."""
    shown = {
        "@context": TEMPLATE["@context"],
        "id": "urn:x:1",
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [TEMPLATE],
    }
    with pytest.raises(LookupError, match="two things vary"):
        Shape(compose(shown), ["/id"], CHECKING)


@pytest.mark.parametrize("name", ["100 % %s %(x)d %%", "one\u2028two\u0085three\x1dfour\vfive"])
def test_signs_and_line_ends_in_what_stays_are_only_that(name: str) -> None:
    values = ("urn:uuid:9", "1", "2")
    leaves = ("/id", "/credentialSubject/result/0/value", "/credentialSubject/achievement/tag/0")
    template = copy.deepcopy(TEMPLATE) | {"name": name}
    template["credentialSubject"]["result"][0]["status"] = "Completed"
    template["credentialSubject"]["achievement"]["tag"][1:] = [name, "z"]
    shape = Shape(compose(template), leaves)
    for leaf, value in zip(leaves, values, strict=True):
        put(template, leaf, value)
    assert fits(shape, template, values)

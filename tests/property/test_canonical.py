"""What holds for the signed form of every document."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contexts.canonical import canonical_quads, undefined_terms
from contexts.document import compose, parse
from contexts.errors import CODES, DocumentError
from tests.documents import ENDORSEMENT, GOOD

BADGE: dict[str, Any] = GOOD | {"endorsement": [ENDORSEMENT]}
FORM = canonical_quads(compose(BADGE))
NAMES = st.sampled_from(
    [
        "id",
        "type",
        "name",
        "@id",
        "@type",
        "@context",
        "@graph",
        "@value",
        "issuer",
        "proof",
        "evidence",
        "x",
        "tag",
    ]
)
SCALAR = st.sampled_from(["urn:x:1", "a", "", "Profile", "_:b", "VerifiableCredential", 1, 0.5, True, None])
VALUE = st.recursive(
    SCALAR, lambda v: st.lists(v, max_size=3) | st.dictionaries(NAMES, v, max_size=4), max_leaves=10
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every string, number and boolean but those that name contexts."""
    if isinstance(value, dict):
        for name, child in value.items():
            if name != "@context":
                yield from leaves(child, (*path, name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, (*path, index))
    else:
        yield path


LEAVES = sorted(leaves(BADGE), key=str)


def replaced(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(BADGE)
    found: Any = document
    for step in path[:-1]:
        found = found[step]
    found[path[-1]] = value
    return document


def shuffled(value: Any, rng: random.Random) -> Any:
    """The same meaning: members in another order, arrays too (none in this document is a list)."""
    if isinstance(value, dict):
        members = list(value.items())
        rng.shuffle(members)
        return {name: child if name == "@context" else shuffled(child, rng) for name, child in members}
    if isinstance(value, list):
        return rng.sample([shuffled(child, rng) for child in value], len(value))
    return value


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_no_reordering_of_members_or_sets_changes_the_form(seed: int) -> None:
    text = json.dumps(
        shuffled(BADGE, random.Random(seed)), indent=seed % 3 or None, ensure_ascii=bool(seed % 2)
    )
    assert canonical_quads(parse(text.encode())) == FORM


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LEAVES), st.text(max_size=6) | st.integers(-9, 9) | st.booleans() | st.floats(0, 9))
def test_every_change_to_a_leaf_changes_the_form_or_is_refused(path: tuple[Any, ...], value: Any) -> None:
    document = replaced(path, value)
    try:
        form = canonical_quads(compose(document))
    except DocumentError:
        return
    assert form != FORM or document == BADGE


def test_every_leaf_has_been_changed_at_least_once() -> None:
    for path in LEAVES:
        found: Any = BADGE
        for step in path:
            found = found[step]
        other = (
            not found if isinstance(found, bool) else found + 1 if isinstance(found, float) else found + "x"
        )
        try:
            form = canonical_quads(compose(replaced(path, other)))
        except DocumentError:
            continue
        assert form != FORM, path


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(NAMES, VALUE, max_size=6))
def test_no_document_makes_it_raise_anything_but_its_own_error(members: dict[str, Any]) -> None:
    document = compose(members | {"@context": GOOD["@context"]})
    for reading in (canonical_quads, undefined_terms):
        code = "not_json"
        try:
            reading(document)
        except DocumentError as error:
            code = error.code
        assert code in CODES

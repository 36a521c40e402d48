"""What a shape says is what the walk says: any texts of any document may vary.

`CAIRN_DOCUMENTS=20000 pytest tests/differential` tries as many documents as it says; the ordinary run tries a
fixed few.
"""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from contexts.canonical import walked_quads
from contexts.document import compose
from contexts.errors import DocumentError
from contexts.pinned import CHECKING
from contexts.shape import Shape
from tests.differential.documents import IDENTIFIERS, TEXTS, Writer

COUNT = int(os.environ.get("CAIRN_DOCUMENTS", "240"))
BATCHES = 4
FILLED = 4
"""How often each shape is filled."""


def leaves(value: Any, at: str = "") -> Iterator[str]:
    """JSON Pointers of all texts but those that decide what words mean."""
    if isinstance(value, str):
        yield at
    elif isinstance(value, dict):
        for name, child in value.items():
            if name not in ("@context", "type", "@type"):
                yield from leaves(child, f"{at}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, f"{at}/{index}")


def put(value: Any, leaf: str, text: str) -> str:
    """Put a text where a pointer leads; gives what stood there."""
    *way, last = (step.replace("~1", "/").replace("~0", "~") for step in leaf.split("/")[1:])
    for step in way:
        value = value[int(step)] if isinstance(value, list) else value[step]
    key: Any = int(last) if isinstance(value, list) else last
    before: str = value[key]
    value[key] = text
    return before


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_filled_shape_makes_the_bytes_of_the_walk_or_steps_aside(batch: int) -> None:
    writer, rng = Writer(1_000 + batch), random.Random(batch)
    shapes = filled = 0
    for _ in range(COUNT // BATCHES):
        template = compose(writer.document())
        every = list(leaves(template.value))
        chosen = rng.sample(every, min(len(every), rng.randint(1, 6)))
        try:
            shape = Shape(template, chosen, CHECKING)
        except (DocumentError, LookupError):
            continue
        shapes += 1
        for _ in range(FILLED):
            value, values = copy.deepcopy(template.value), list[str]()
            for leaf in chosen:
                others = IDENTIFIERS if put(value, leaf, "") in IDENTIFIERS else TEXTS
                values.append(rng.choice((*others, f"urn:uuid:{rng.random()}", f"did:ex:{rng.random()}")))
                put(value, leaf, values[-1])
            document = compose(value)
            form = shape.form(values)
            if form is not None:
                filled += 1
                assert form == walked_quads(document)  # which may not refuse it either
    assert shapes > COUNT // BATCHES // 4
    assert filled > shapes

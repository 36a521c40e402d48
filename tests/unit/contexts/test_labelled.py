"""Statements under other labels than the canonical ones."""

from __future__ import annotations

from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import compose
from contexts.labelled import labelled
from tests.attacks.badges import badge
from tests.world import World


@pytest.mark.parametrize("value", [badge(), World().badge_value()], ids=["small", "large"])
def test_under_the_canonical_labels_they_are_the_canonical_form(value: dict[str, Any]) -> None:
    found = labelled(value)
    assert "".join(found.written(found.labels)) == canonical_quads(compose(value)).decode()


def test_every_blank_node_is_known_by_its_object() -> None:
    value = badge()
    found = labelled(value)
    criteria = value["credentialSubject"]["achievement"]["criteria"]
    number = found.numbers[id(criteria)]
    names = ["x" if at == number else label for at, label in enumerate(found.labels)]
    assert any(line.startswith("_:x ") and "A practical test." in line for line in found.written(names))
    assert id(value) not in found.numbers

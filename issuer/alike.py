"""Badges that differ in a handful of texts: what they say is worked out once for all of them, and filled in.

A class gets badges of a few achievements. Between two of one achievement nothing differs but what the draft
takes from the award: names, numbers, days. What is kept is found by *all* that does not vary, byte for byte,
so a shape can only meet badges of its own kind; and whatever it is not made for goes the ordinary way: a text
in another place, a value that could change more than its own statements.

Nothing rests on this being right. Whoever signs checks each signature by walking the badge itself
(`issuer.securing`), which knows nothing of shapes: a signature over anything else is refused there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, TypeAlias

import orjson

from contexts.document import Document
from contexts.errors import DocumentError
from contexts.pinned import ISSUING
from contexts.shape import Shape

MOST_KINDS: Final = 64
"""Kinds of badges that are known; the one that was not met for longest makes room. A class has some
achievements, each with and without a number, an end, a result, an evaluator."""

LONGEST: Final = 16_384
"""Bytes of what does not vary: a badge with more of it is walked."""

ENOUGH: Final = 8
"""Badges of one kind after which its shape is made. Making one costs what it saves on some twenty."""

_Places: TypeAlias = Mapping[str, "_Places | None"]

_VARY: Final[_Places] = {
    "id": None,
    "validFrom": None,
    "validUntil": None,
    "awardedDate": None,
    "credentialSubject": {
        "id": None,
        "identifier": {"identityHash": None},
        "licenseNumber": None,
        "result": {"value": None},
        "source": {"id": None},
    },
    "credentialStatus": {"id": None, "statusListIndex": None},
    "evidence": {"id": None},
}
"""Where a draft has what it takes from the award, its reservation and the clock (`issuer.draft`)."""


@dataclass(slots=True)
class _Kind:
    """Badges that are the same but for what varies.

    Attributes:
        met: How many there have been.
        last: When there was the last, as `Alike` counts.
        shape: Of them, once there have been enough; None where none can be made.
    """

    met: int = 0
    last: int = 0
    shape: Shape | None = None


class Alike:
    """The kinds of badges that were met lately. Threads may share it."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[bytes, int], _Kind] = {}
        self._lock = threading.Lock()
        self._clock = count()

    def __len__(self) -> int:
        return len(self._kinds)

    def fill(self, document: Document) -> bool:
        """Give a badge its signed form from the shape of its kind; whether there was one.

        Args:
            document: A draft without a proof, in which no number stands.
        """
        texts: list[str] = []
        same = orjson.dumps(_without(document.value, _VARY, texts))
        if len(same) > LONGEST:
            return False
        key = (same, len(texts))
        kind = self._kinds.get(key)
        if kind is None or kind.shape is None:
            kind = self._met(key, document)
        kind.last = next(self._clock)
        return kind.shape is not None and kind.shape.fill(document, texts)

    def _met(self, key: tuple[bytes, int], document: Document) -> _Kind:
        """The kind of a badge, which was met once more, with its shape if it is time for that."""
        with self._lock:
            kind = self._kinds.get(key)
            if kind is None:
                if len(self._kinds) == MOST_KINDS:
                    del self._kinds[min(self._kinds, key=lambda one: self._kinds[one].last)]
                kind = self._kinds[key] = _Kind()
            kind.met += 1
            if kind.met == ENOUGH:
                kind.shape = _shape(document)
        return kind


def _shape(document: Document) -> Shape | None:
    """The shape of a badge; None where it has none, or would not be signed at all."""
    try:
        return Shape(document, list(_leaves(document.value, _VARY, "")), ISSUING)
    except (DocumentError, LookupError):
        return None


def _without(value: dict[str, Any], places: _Places, texts: list[str]) -> dict[str, Any]:
    """What does not vary, with 0 for each text that does; those go to `texts`, in the order of `_leaves`."""
    rest = value.copy()
    for name, inside in places.items():
        part = value.get(name)
        kind = part.__class__
        if inside is None:
            if kind is str:
                texts.append(part)  # type: ignore[arg-type]
                rest[name] = 0
        elif kind is dict:
            rest[name] = _without(part, inside, texts)  # type: ignore[arg-type]
        elif kind is list:
            rest[name] = [_without(one, inside, texts) if one.__class__ is dict else one for one in part]  # type: ignore[union-attr]
    return rest


def _leaves(value: Mapping[str, Any], places: _Places, at: str) -> Iterator[str]:
    """JSON Pointers of the texts that vary."""
    for name, inside in places.items():
        part, here = value.get(name), f"{at}/{name}"
        if inside is None:
            if isinstance(part, str):
                yield here
        elif isinstance(part, dict):
            yield from _leaves(part, inside, here)
        elif isinstance(part, list):
            for index, one in enumerate(part):
                if isinstance(one, dict):
                    yield from _leaves(one, inside, f"{here}/{index}")

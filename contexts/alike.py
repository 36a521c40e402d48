"""Documents that are alike: the badges of one achievement, which differ in a handful of texts.

Whoever issues or checks them meets one after another. The second tells in which texts they differ; from then
on a `Shape` (`contexts.shape`) fills in the signed form of each that follows. That a document is alike is
never guessed: its *whole bytes* are held against the template with this document's own texts filled in, and
only equal bytes count. What an achievement is called by serves to find the template, and decides nothing.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, Final, TypeAlias

from contexts.document import Document, parse
from contexts.errors import DocumentError, pointer
from contexts.pinned import ContextSet
from contexts.shape import Shape

MOST_KINDS: Final = 64
"""Templates that are kept for one set of contexts. What comes first goes first."""

LONGEST: Final = 16_384
"""Bytes of a document that is kept as a template, or held against one."""

MOST_LEAVES: Final = 40
"""Texts in which documents that are alike may differ."""

MOST_SHAPES: Final = 6
"""How often more texts may turn out to differ. A shape takes as long as several documents, so those that have
less and less in common go the ordinary way for good."""

_WORDS: Final = ("type", "@context")
"""Members whose texts decide what others mean."""

Steps: TypeAlias = tuple[str | int, ...]
_Key: TypeAlias = tuple[str | int, ...]


class Likeness:
    """A template, the texts in which documents like it differ, and what follows for all of them.

    Attributes:
        leaves: Where these texts stand.
        forms: What others have worked out for every document of this likeness, by who did so.
    """

    __slots__ = ("_objects", "_picked", "forms", "leaves", "shape")

    def __init__(self, template: Document, leaves: Sequence[Steps], contexts: ContextSet) -> None:
        places: dict[Steps, list[Steps]] = {}
        for leaf in leaves:
            places.setdefault(leaf[:-1], []).append(leaf)
        ways = list(dict.fromkeys(place[:end] for place in places for end in range(len(place) + 1)))
        number = {way: index for index, way in enumerate(ways)}
        self._objects = [(number[way[:-1]], way[-1]) for way in ways if way]
        # itemgetter gives a single value bare: the first is asked for twice, and left out again.
        self._picked = [
            (number[place], itemgetter(*(leaf[-1] for leaf in some), some[0][-1]))
            for place, some in places.items()
        ]
        self.leaves = tuple(leaf for some in places.values() for leaf in some)
        self.forms: dict[Any, Any] = {}
        self.shape = Shape(template, [pointer(*leaf) for leaf in self.leaves], contexts)

    def texts(self, document: Document) -> list[str] | None:
        """The texts of a document in the order of `leaves`; None for one that is not alike."""
        objects: list[Any] = [document.value]
        texts: list[str] = []
        try:
            for parent, step in self._objects:
                objects.append(objects[parent][step])
            for place, pick in self._picked:
                texts += pick(objects[place])[:-1]
            return texts if self.shape.written(map(encode_basestring, texts)) == document.raw else None
        except (LookupError, TypeError, ValueError):  # other objects, or no texts
            return None


class _Kind:
    """What is known of the documents under one key: the bytes of one, and how often more was learned."""

    __slots__ = ("likeness", "shapes", "template")

    def __init__(self, template: bytes) -> None:
        self.template = template
        self.likeness: Likeness | None = None
        self.shapes = 0


class Alikes:
    """A bounded store for one set of contexts, first in first out. Threads may share it."""

    def __init__(self, contexts: ContextSet) -> None:
        self._contexts = contexts
        self._kinds: dict[_Key, _Kind] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kinds)

    def recognised(self, document: Document) -> tuple[Likeness, list[str]] | None:
        """The likeness that a document has, with its own texts; looked for once."""
        if self not in document.forms:
            document.forms[self] = self._recognised(document)
        found: tuple[Likeness, list[str]] | None = document.forms[self]
        return found

    def _recognised(self, document: Document) -> tuple[Likeness, list[str]] | None:
        key = _key(document)
        kind = self._kinds.get(key) if key else None
        likeness = kind.likeness if kind else None
        texts = likeness.texts(document) if likeness else None
        return None if likeness is None or texts is None else (likeness, texts)

    def form(self, document: Document) -> bytes | None:
        """The signed form (SHA-256) of a document that is alike; None for any other."""
        found = self.recognised(document)
        return found[0].shape.form(found[1]) if found else None

    def learn(self, document: Document) -> None:
        """Take note of a good document, which has gone the ordinary way."""
        key = _key(document)
        if key is None or document.forms.get(self):  # alike, but for a text that needs care
            return
        with self._lock:
            kind = self._kinds.get(key)
            if kind is None:
                self._kinds[key] = _Kind(document.raw)
                while len(self._kinds) > MOST_KINDS:
                    del self._kinds[next(iter(self._kinds))]
            elif kind.shapes < MOST_SHAPES:
                kind.shapes += 1
                self._learn(kind, document)

    def _learn(self, kind: _Kind, document: Document) -> None:
        """What also differs in this document."""
        try:
            template = parse(kind.template)
            differing = _differing(template.value, document.value, ())
            known = kind.likeness.leaves if kind.likeness else ()
            leaves = tuple(dict.fromkeys((*known, *differing)))
            if len(leaves) <= MOST_LEAVES:
                kind.likeness = Likeness(template, leaves, self._contexts)
        except (LookupError, DocumentError):  # they differ in more than texts, or where no text may
            return


@functools.cache
def alikes(contexts: ContextSet) -> Alikes:
    """What is known of documents under a set of contexts."""
    return Alikes(contexts)


def _key(document: Document) -> _Key | None:
    """Under what a document's template is looked for: its achievement, its members, how much it lists."""
    if len(document.raw) > LONGEST:
        return None
    value = document.value
    subject = value.get("credentialSubject")
    achievement = subject.get("achievement") if subject.__class__ is dict else None
    name = achievement.get("id") if achievement.__class__ is dict else None
    if name.__class__ is not str:
        return None
    return name, *value, *subject, _count(value.get("evidence")), _count(subject.get("result"))


def _count(held: Any) -> int:
    return len(held) if held.__class__ is list else 0


def _differing(one: Any, other: Any, at: Steps) -> Iterator[Steps]:
    """Where texts differ.

    Raises:
        LookupError: Something else differs, or a text that decides what others mean.
    """
    if one.__class__ is not other.__class__:
        raise LookupError("another kind of value")
    if one.__class__ is dict:
        if list(one) != list(other):
            raise LookupError("other members")
        for name, child in one.items():
            yield from _differing(child, other[name], (*at, name))
    elif one.__class__ is list:
        if len(one) != len(other):
            raise LookupError("more values, or fewer")
        for index, child in enumerate(one):
            yield from _differing(child, other[index], (*at, index))
    elif one != other:
        if one.__class__ is not str or any(step in _WORDS for step in at):
            raise LookupError("more than a text")
        yield at

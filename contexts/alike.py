"""Documents that are alike: the badges of one achievement, which differ in a handful of texts.

Whoever issues or checks them meets one after another. Two of them tell in which texts they differ; from then
on a `Shape` (`contexts.shape`) fills in the signed form of each that follows. That a document is alike is
never guessed: its *whole bytes* are held against the template with this document's own texts filled in, and
only equal bytes count. What an achievement is called by serves to find the template, and decides nothing.

Nobody's badge is kept. Of a document that was met, hashes are, under a key of this process; of several that
are alike, what all of them have in common, and never who the holder is.
"""

from __future__ import annotations

import functools
import threading
from array import array
from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, Final, TypeAlias

from contexts.document import Document
from contexts.errors import DocumentError, pointer
from contexts.pinned import ContextSet
from contexts.shape import Shape

MOST_KINDS: Final = 64
"""Templates that are kept for one set of contexts. What comes first goes first."""

LONGEST: Final = 16_384
"""Bytes of a document that is kept as a template, or held against one."""

LONGEST_FORM: Final = 131_072
"""Bytes of its signed form. Every statement repeats the identifier that it is about, so it can be hundreds of
times as long as the document."""

MOST_LEAVES: Final = 40
"""Texts in which documents that are alike may differ."""

MOST_SHAPES: Final = 6
"""How often more texts may turn out to differ. A shape takes as long as several documents, so those that have
less and less in common go the ordinary way for good."""

_WORDS: Final = ("type", "@context")
"""Members whose texts decide what others mean."""

_HOLDER: Final = (("credentialSubject", "id"), ("credentialSubject", "licenseNumber"))
_NAMED: Final = ("credentialSubject", "identifier")
"""Who the holder is: these texts are never kept as what badges have in common."""

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
    """What is known of the documents under one key.

    Attributes:
        last: A hash of the bytes of the last.
        outline: Of one of them; None until a second is met.
        likeness: Of those that followed.
        shapes: How often more was learned, or something other than texts differed.
    """

    __slots__ = ("last", "likeness", "outline", "shapes")

    def __init__(self, last: int) -> None:
        self.last = last
        self.outline: array[int] | None = None
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

    def learn(self, document: Document, form: bytes) -> None:
        """Take note of a good document, which has gone the ordinary way, with its signed form."""
        key = _key(document) if len(form) <= LONGEST_FORM else None
        if key is None or document.forms.get(self):  # alike, but for a text that needs care
            return
        digest = hash(document.raw)
        with self._lock:
            kind = self._kinds.get(key)
            if kind is None:
                self._kinds[key] = _Kind(digest)
                while len(self._kinds) > MOST_KINDS:
                    del self._kinds[next(iter(self._kinds))]
                return
            again, kind.last = digest == kind.last, digest
            if again or kind.shapes >= MOST_SHAPES:
                return
            outline, places = _outline(document)
            if kind.outline is None or kind.outline[0] != outline[0]:
                kind.shapes += kind.outline is not None
                kind.outline = outline
            elif kind.outline != outline:
                kind.shapes += 1
                self._learn(kind, _differing(kind.outline, outline, places), document, places)

    def _learn(self, kind: _Kind, differing: list[Steps], document: Document, places: list[Steps]) -> None:
        """Make a shape of a document, in which these texts differ from others."""
        known = kind.likeness.leaves if kind.likeness else ()
        leaves = tuple(dict.fromkeys((*known, *differing, *filter(_names_holder, places))))
        if len(leaves) > MOST_LEAVES or any(step in _WORDS for leaf in leaves for step in leaf):
            return
        try:
            kind.likeness = Likeness(document, leaves, self._contexts)
        except (LookupError, DocumentError):  # more than a text differs, or a text where none may
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
    if subject is None or name.__class__ is not str:
        return None
    return str(name), *value, *subject, _count(value.get("evidence")), _count(subject.get("result"))


def _count(held: Any) -> int:
    return len(held) if held.__class__ is list else 0


def _outline(document: Document) -> tuple[array[int], list[Steps]]:
    """A hash of where the values of a document stand, and one of each; and where each stands.

    Python's own hashes of texts are under a key that every process draws anew.
    """
    values = list(_values(document.value, ()))
    places = [place for place, _ in values]
    return array("q", [hash(tuple(places)), *(hash((one.__class__, one)) for _, one in values)]), places


def _values(value: Any, at: Steps) -> Iterator[tuple[Steps, Any]]:
    """Every value that holds no other, with its place; an empty object or array as its class."""
    if value and value.__class__ is dict:
        for name, child in value.items():
            yield from _values(child, (*at, name))
    elif value and value.__class__ is list:
        for index, child in enumerate(value):
            yield from _values(child, (*at, index))
    else:
        yield at, value if value or value.__class__ not in (dict, list) else value.__class__


def _differing(one: array[int], other: array[int], places: list[Steps]) -> list[Steps]:
    """Where two outlines of documents that are built alike differ."""
    return [place for place, before, now in zip(places, one[1:], other[1:], strict=True) if before != now]


def _names_holder(place: Steps) -> bool:
    return place in _HOLDER or (place[:2] == _NAMED and place[-1] == "identityHash")

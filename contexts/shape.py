"""One document after another that differ in a handful of texts: the signed form is worked out once and filled
in.

The badges of one achievement differ in a name, a number, a few identifiers. A `Shape` walks one such document
with marks in the places that vary, and keeps what follows: the statements about each thing, in their order,
with places for what varies; and the hash of every blank node that no mark touches. Filling it in checks each
value as the walk would. Wherever a value could change more than its own statements, the shape steps aside and
the document goes the ordinary way; so a shape never yields other bytes, only sooner.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from contexts.compiled import LONG_NAME, Statements
from contexts.document import CREDENTIAL_LIMITS, Document, compose
from contexts.iri import is_identifier
from contexts.literals import escape, escape_needed
from contexts.pinned import ISSUING, ContextSet
from contexts.rdfc import Quad, first_degree_lines, joined

LONGEST_VALUE: Final = LONG_NAME
"""Characters of a value: a longer one, in an identifier, counts for the walk's budget."""

_BEGINNING: Final = "urn:x-leaf:"
_MARK: Final = _BEGINNING + "{}."
"""Stands in a leaf's place while a shape is made: a text and an identifier in one, and nothing that is
escaped."""

_PLACE: Final = re.compile(rf'<{_BEGINNING}\d+\.>|"{_BEGINNING}\d+\."|\0\d+\0')
"""A mark as an identifier, a mark as a text, and the number of a blank node."""


class Shape:
    """A document with leaves that vary.

    Args:
        template: A good document; what stands in its leaves does not matter.
        leaves: JSON Pointers of the strings that vary, each inside objects and arrays that stay.
        contexts: The contexts that may be named.

    Raises:
        DocumentError: The template is refused.
        LookupError: A pointer leads to no string, or a template's text looks like a mark.
    """

    def __init__(self, template: Document, leaves: Sequence[str], contexts: ContextSet = ISSUING) -> None:
        if _BEGINNING.encode() in template.raw:
            raise LookupError("the template holds a text that looks like a mark")
        self._contexts = contexts
        marks = [_MARK.format(number) for number in range(len(leaves))]
        marked: Any = json.loads(template.raw)
        for leaf, mark in zip(leaves, marks, strict=True):
            _put(marked, leaf, mark)
        document = compose(marked, CREDENTIAL_LIMITS)
        statements = Statements(contexts)
        statements.read(document.value)
        quads = joined(statements.quads, statements.settled)
        lines = [*statements.lines, *map(_line, quads)]
        every = "".join(lines)
        if len(_PLACE.findall(every)) != every.count(_BEGINNING) + every.count("\0") // 2:
            raise LookupError("a leaf is only part of a value")
        self._count = len(leaves)
        self._identifiers = [number for number, mark in enumerate(marks) if f"<{mark}>" in every]
        self._texts = [number for number, mark in enumerate(marks) if f'"{mark}"' in every]
        self._taken = {text for text in _texts(document.value) if is_identifier(text)} - set(marks)
        places = [f"<{marks[number]}>" for number in self._identifiers]
        places += [f'"{marks[number]}"' for number in self._texts]
        places += [f"\0{node}\0" for node in range(statements.blank_nodes)]
        self._places = {place: index for index, place in enumerate(places)}
        self._sort(lines)
        self._number(quads, statements.blank_nodes)

    def _sort(self, lines: Sequence[str]) -> None:
        """The statements, a block for each thing that they are about.

        Sorted, blocks stand in the order of their things, and in a block the properties stand in theirs,
        whatever varies. Only where a thing has one property several times, their order may be another.
        """
        about: dict[str, dict[str, list[str]]] = {}
        for line in lines:
            thing, said, rest = line.split(" ", 2)
            about.setdefault(thing, {}).setdefault(said, []).append(f" {said} {rest}")
        self._still: list[tuple[str, str]] = []
        self._varying: list[tuple[str | int, _Block]] = []
        for thing, properties in about.items():
            block = _Block((sorted(some) for _, some in sorted(properties.items())), self._places)
            subject = self._places.get(thing)
            if subject is not None or block.holes:
                self._varying.append((thing if subject is None else subject, block))
            else:
                self._still.append((thing, block.filled(thing, ()) or ""))

    def _number(self, quads: Sequence[Quad], blank_nodes: int) -> None:
        """The hash of each blank node, as far as it never changes."""
        self._settled: list[tuple[str, int]] = []
        self._moving: list[tuple[int, list[str], list[_Hole]]] = []
        for node, seen in enumerate(first_degree_lines(quads, blank_nodes)):
            holes = [hole for line in seen if (hole := _Hole.of(line, self._places))]
            still = [line for line in seen if not _PLACE.search(line)]
            if holes:
                self._moving.append((node, still, holes))
            else:
                self._settled.append((_hash(still), node))
        self._labels = [f"_:c14n{rank}" for rank in range(blank_nodes)]

    def fill(self, document: Document, values: Sequence[str]) -> bool:
        """Give a document its signed form, where that can be said from the shape.

        Args:
            document: The template with these values in its leaves. It was checked: it is within the limits of
                a document, and no character in it is one that cannot be exchanged.
            values: In the order of the leaves.

        Returns:
            Whether it has one now; if not, `contexts.canonical.canonical_quads` walks it, and may refuse it.
        """
        form = self._form(values)
        if form is None:
            return False
        document.forms[self._contexts, "sha256"] = form  # where canonical_quads looks for what it knows
        return True

    def _form(self, values: Sequence[str]) -> bytes | None:
        """The canonical form, or None where a value could change more than its own statements."""
        if len(values) != self._count:
            raise ValueError(f"{len(values)} values for {self._count} leaves")
        together = "".join(values)
        if "" in values or not together.isprintable() or max(map(len, values), default=0) > LONGEST_VALUE:
            return None
        identifiers = [values[number] for number in self._identifiers]
        if not (
            all(map(is_identifier, identifiers))
            and self._taken.isdisjoint(identifiers)
            and len(set(identifiers)) == len(identifiers)
        ):
            return None
        texts = [values[number] for number in self._texts]
        if escape_needed(together):
            texts = [text.translate(escape) for text in texts]
        terms = [f"<{one}>" for one in identifiers]
        terms += [f'"{text}"' for text in texts]
        hashes = self._settled.copy()
        for node, still, holes in self._moving:
            lines = [f"{before}{terms[term]}{behind}" for before, term, behind in holes]
            hashes.append((_hash(lines + still), node))
        hashes.sort()
        labels = self._labels.copy()
        seen = ""
        for label, (found, node) in zip(self._labels, hashes, strict=True):
            if found == seen:
                return None
            seen = found
            labels[node] = label
        return self._written(terms + labels)

    def _written(self, terms: Sequence[str]) -> bytes | None:
        """All statements; None where one would stand twice."""
        blocks = self._still.copy()
        for subject, block in self._varying:
            thing = terms[subject] if isinstance(subject, int) else subject
            filled = block.filled(thing, terms)
            if filled is None:
                return None
            blocks.append((thing, filled))
        blocks.sort()
        return "".join([text for _, text in blocks]).encode()


def _hash(lines: list[str]) -> str:
    lines.sort()
    return hashlib.sha256("".join(lines).encode()).hexdigest()


class _Hole(NamedTuple):
    """A statement in which one thing varies: what stands before its place, the number of its term, and what
    stands behind it.
    """

    before: str
    term: int
    behind: str

    @classmethod
    def of(cls, statement: str, places: Mapping[str, int]) -> _Hole | None:
        """The place in a statement; None where nothing varies.

        Args:
            statement: With marks and numbers of blank nodes.
            places: Each of those, with the number of the term that takes its place.

        Raises:
            LookupError: Two things vary.
        """
        found = list(_PLACE.finditer(statement))
        if len(found) > 1:
            raise LookupError("two things vary in one statement")
        return next(
            (cls(statement[: at.start()], places[at[0]], statement[at.end() :]) for at in found), None
        )


class _Block:
    """What is said of one thing.

    Args:
        properties: For each property, in their order, its statements without the thing itself, sorted.
        places: As for `_Hole.of`.

    Attributes:
        holes: What varies, each with the number of its statement.

    Raises:
        LookupError: As `_Hole.of`.
    """

    __slots__ = ("_runs", "_tails", "holes")

    def __init__(self, properties: Iterable[Sequence[str]], places: Mapping[str, int]) -> None:
        self._tails = [""]
        self._runs: list[tuple[int, int]] = []
        self.holes: list[tuple[int, _Hole]] = []
        for some in properties:
            begun, before = len(self._tails), len(self.holes)
            for tail in some:
                hole = _Hole.of(tail, places)
                if hole is not None:
                    self.holes.append((len(self._tails), hole))
                self._tails.append(tail)
            if len(some) > 1 and len(self.holes) > before:
                self._runs.append((begun, len(self._tails)))

    def filled(self, thing: str, terms: Sequence[str]) -> str | None:
        """The statements, sorted; None where one would stand twice."""
        tails = self._tails.copy()
        for index, (before, term, behind) in self.holes:
            tails[index] = f"{before}{terms[term]}{behind}"
        for begun, end in self._runs:
            run = tails[begun:end]
            if len(set(run)) != len(run):
                return None
            run.sort()
            tails[begun:end] = run
        return thing.join(tails)


def _put(value: Any, leaf: str, mark: str) -> None:
    """Put a mark in place of the string that a JSON Pointer leads to."""
    *way, last = (step.replace("~1", "/").replace("~0", "~") for step in leaf.split("/")[1:])
    for step in way:
        value = value[int(step)] if isinstance(value, list) else value[step]
    key: Any = int(last) if isinstance(value, list) else last
    if not isinstance(value[key], str):
        raise LookupError(f"{leaf} is no string")  # noqa: TRY004 - the pointer is wrong, not a type
    value[key] = mark


def _texts(value: Any) -> Iterator[str]:
    """Every string in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)


def _line(quad: Quad) -> str:
    """A statement with marks for its blank nodes."""
    s, p, o, g = (f"\0{term}\0" if isinstance(term, int) else term for term in quad)
    return f"{s}{p}{o} .\n" if g is None else f"{s}{p}{o} {g} .\n"

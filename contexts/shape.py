"""One document after another that differ in a handful of texts: the signed form is worked out once and filled
in.

The badges of one achievement differ in a name, a number, a few identifiers. A `Shape` walks one such document
with marks in the places that vary, and keeps what follows: the lines that never change, sorted; the hash of
every blank node that no mark touches; and the lines that hold a mark or a label as patterns. Filling it in
checks each value as the walk would. Wherever a value could change more than its own lines, the shape steps
aside and the document goes the ordinary way; so a shape never yields other bytes, only sooner.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from contexts.compiled import Statements
from contexts.document import CREDENTIAL_LIMITS, Document, compose
from contexts.iri import is_identifier
from contexts.literals import escape, escape_needed
from contexts.pinned import ISSUING, ContextSet
from contexts.rdfc import Quad, first_degree_lines, joined

_BEGINNING: Final = "urn:x-leaf:"
_MARK: Final = _BEGINNING + "{}."
"""Stands in a leaf's place while a shape is made: a text and an identifier in one, and nothing that is
escaped."""


_PLACE: Final = re.compile(rf'<{_BEGINNING}(\d+)\.>|"{_BEGINNING}(\d+)\."|\0(\d+)\0')
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
        self._marks = [_MARK.format(number) for number in range(len(leaves))]
        marked: Any = json.loads(template.raw)
        for leaf, mark in zip(leaves, self._marks, strict=True):
            _put(marked, leaf, mark)
        document = compose(marked)
        statements = Statements(contexts)
        statements.read(document.value)
        quads = joined(statements.quads, statements.settled)
        room = CREDENTIAL_LIMITS.max_bytes - len(document.raw)
        self._longest = min(CREDENTIAL_LIMITS.max_string, room // (6 * len(leaves) or 1))
        self._json = _Pattern(document.raw.decode())
        self._identifiers = {text for text in _texts(document.value) if is_identifier(text)} - set(
            self._marks
        )
        self._compile(statements.lines, quads, statements.blank_nodes)

    def _compile(self, lines: list[str], quads: list[Quad], blank_nodes: int) -> None:
        """Sort what never changes from what varies."""
        written = [*lines, *map(_line, quads)]
        every = "".join(written)
        self._identified = [leaf for leaf, mark in enumerate(self._marks) if f"<{mark}>" in every]
        self._read = [leaf for leaf, mark in enumerate(self._marks) if f'"{mark}"' in every]
        terms = [(leaf, "<") for leaf in self._identified] + [(leaf, '"') for leaf in self._read]
        places = {term: index for index, term in enumerate(terms)}
        if len(_PLACE.findall(every)) != every.count(_BEGINNING) + every.count("\0") // 2:
            raise LookupError("a leaf is only part of a value")
        if len(set(written)) != len(written):
            raise LookupError("a line stands twice")
        about: dict[str, list[str]] = {}
        for line in written:
            about.setdefault(line[: line.index(" ")], []).append(line)
        blocks = list(map("".join, map(sorted, about.values())))
        self._static = sorted(block for block in blocks if not _PLACE.search(block))
        varying = {of: some for of, some in about.items() if any(map(_PLACE.search, some))}
        self._varying = _Texts(list(varying.items()), places)
        self._settled: list[tuple[str, int]] = []
        moving: list[tuple[int, list[str]]] = []
        for node, seen in enumerate(first_degree_lines(quads, blank_nodes)):
            if _BEGINNING in "".join(seen):
                moving.append((node, seen))
            else:
                self._settled.append((_hash("".join(sorted(seen))) if seen else "", node))
        self._moving = [node for node, _ in moving]
        self._around = _Texts([("", seen) for _, seen in moving], places)
        self._labels = [f"_:c14n{rank}" for rank in range(blank_nodes)]

    def written(self, quoted: Iterable[str]) -> bytes:
        """The document's JSON with these texts in its leaves, each as JSON writes it."""
        return self._json.text([*quoted]).encode("utf-8", "surrogatepass")

    def form(self, values: Sequence[str]) -> bytes | None:
        """The canonical form, or None where a value could change more than its own lines."""
        together = "".join(values)
        if (
            not (all(values) and together.isprintable())
            or len(max(values, key=len, default="")) > self._longest
        ):
            return None
        identifiers = [values[leaf] for leaf in self._identified]
        if not all(map(is_identifier, identifiers)):
            return None
        if len(set(identifiers)) != len(identifiers) or not self._identifiers.isdisjoint(identifiers):
            return None
        if escape_needed(together):
            values = [value.translate(escape) for value in values]  # an identifier has nothing to escape
        terms = [f"<{value}>" for value in identifiers] + [f'"{values[leaf]}"' for leaf in self._read]
        around = self._around.fill(terms)
        if around is None:
            return None
        labels = [""] * len(self._labels)
        before = ""
        moving = zip(map(_hash, around), self._moving, strict=True)
        for rank, (found, node) in enumerate(sorted([*self._settled, *moving])):
            if found == before:
                return None
            before = found
            labels[node] = self._labels[rank]
        blocks = self._varying.fill(terms + labels)
        if blocks is None:
            return None
        blocks += self._static
        blocks.sort()
        return "".join(blocks).encode()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Texts:
    """Texts of sorted lines, each with places.

    Two lines are in order, whatever stands in their places, where they differ before the first place of
    either. Only lines for which that does not hold are sorted each time.

    Args:
        texts: The lines of each, none of them twice, and what all of them begin with.
        places: As for `_Pattern`.
    """

    __slots__ = ("_loose", "_pattern")

    def __init__(self, texts: Sequence[tuple[str, list[str]]], places: Mapping[tuple[int, str], int]) -> None:
        pieces: list[str] = []
        self._loose: list[tuple[int, int, list[int]]] = []
        for common, lines in texts:
            begun = len(pieces)
            loose: list[int] = []
            fixed: list[str] = []
            for together in _together(lines, len(common)):
                if len(together) == 1:
                    fixed += together
                    continue
                if fixed:
                    pieces.append("".join(fixed))
                    fixed = []
                loose.append(len(pieces) - begun)
                pieces.append("".join(together))
            if fixed:
                pieces.append("".join(fixed))
            if loose:
                self._loose.append((begun, len(pieces), loose))
        self._loose.reverse()  # from the last on, so that the places of the others stay
        self._pattern = _Pattern(_BETWEEN.join(pieces), places) if pieces else None

    def fill(self, values: Sequence[str]) -> list[str] | None:
        """The texts, filled in; None where a line would stand twice."""
        if self._pattern is None:
            return []
        pieces = self._pattern.text(values).split(_BETWEEN)
        for begin, end, loose in self._loose:
            for place in loose:
                lines = sorted(pieces[begin + place].split("\n"))
                if len(set(lines)) != len(lines):
                    return None
                pieces[begin + place] = "\n".join(lines[1:]) + "\n"  # the end of the last was an empty one
            pieces[begin:end] = ["".join(pieces[begin:end])]
        return pieces


_BETWEEN: Final = "\2"
"""Stands between texts: a character that is escaped in every line."""


def _together(lines: list[str], common: int) -> Iterator[list[str]]:
    """Lines in their order; together those whose order what stands in their places decides.

    Args:
        lines: None of them twice.
        common: How many characters at the beginning of each are the same, whatever stands there.
    """
    some: list[str] = []
    beginning = ""
    for begins, line in sorted((_certain(line[common:]), line) for line in lines):
        if some and begins.startswith(beginning):
            some.append(line)
        else:
            if some:
                yield some
            some, beginning = [line], begins
    yield some


def _certain(line: str) -> str:
    """How a line begins, whatever stands in its places."""
    place = _PLACE.search(line)
    if place is None:
        return line
    return line[: place.start()] + ("_:c14n" if place[3] else place[0][0])


class _Pattern:
    """Lines with places, each of which takes one of several values.

    Args:
        text: The lines, with marks.
        places: Where, among the values, a leaf stands as an identifier (`<`) or as a text (`"`); behind
            them all stand the labels of blank nodes. Without it, the values are the leaves themselves.
    """

    __slots__ = ("_parts", "_pick")

    def __init__(self, text: str, places: Mapping[tuple[int, str], int] | None = None) -> None:
        which: list[int] = []
        self._parts: list[str] = []
        end = 0
        for found in _PLACE.finditer(text):
            leaf = int(found[1] or found[2] or found[3])
            if places is None:
                which.append(leaf)
            else:
                which.append(len(places) + leaf if found[3] else places[leaf, found[0][0]])
            self._parts += (text[end : found.start()], "")
            end = found.end()
        self._parts.append(text[end:])
        # itemgetter gives a single value bare: one more is asked for, and left out again.
        self._pick: Callable[[Sequence[str]], Any] = itemgetter(*which, 0) if which else _nothing

    def text(self, values: Sequence[str]) -> str:
        """The whole, filled in."""
        parts = self._parts.copy()
        parts[1::2] = self._pick(values)[:-1]
        return "".join(parts)


def _nothing(_: Sequence[str]) -> tuple[str, ...]:
    return ()


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

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
from dataclasses import dataclass
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, Final

from contexts.compiled import Statements
from contexts.document import CREDENTIAL_LIMITS, Document, Limits, compose, parse
from contexts.form import walked_form
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


@dataclass(frozen=True, slots=True)
class Filled:
    """A document made from a shape.

    Attributes:
        raw: Its JSON, compact.
        quads: Its canonical N-Quads, SHA-256.
        direct: Whether the shape itself made it; else it went the ordinary way.
    """

    raw: bytes
    quads: bytes
    direct: bool


class Shape:
    """A document with leaves that vary.

    Args:
        template: A good document; what stands in its leaves does not matter.
        leaves: JSON Pointers of the strings that vary, each inside objects and arrays that stay.
        contexts: The contexts that may be named.
        limits: For each filled document.

    Raises:
        DocumentError: The template is refused.
        LookupError: A pointer leads to no string, or a template's text looks like a mark.
    """

    def __init__(
        self,
        template: Document,
        leaves: Sequence[str],
        contexts: ContextSet = ISSUING,
        limits: Limits = CREDENTIAL_LIMITS,
    ) -> None:
        if _BEGINNING.encode() in template.raw:
            raise LookupError("the template holds a text that looks like a mark")
        self._contexts = contexts
        self._limits = limits
        self._marks = [_MARK.format(number) for number in range(len(leaves))]
        marked: Any = json.loads(template.raw)
        for leaf, mark in zip(leaves, self._marks, strict=True):
            _put(marked, leaf, mark)
        document = compose(marked, limits)
        statements = Statements(contexts)
        statements.read(document.value)
        quads = joined(statements.quads, statements.settled)
        self._room = limits.max_bytes - len(document.raw)
        self._longest = min(limits.max_string, self._room // (6 * len(leaves) or 1))
        self._json = _Pattern(document.raw.decode())
        self._identifiers = {text for text in _texts(document.value) if is_identifier(text)} - set(
            self._marks
        )
        self._compile(statements.lines, quads, statements.blank_nodes)

    def _compile(self, lines: list[str], quads: list[Quad], blank_nodes: int) -> None:
        """Sort what never changes from what varies."""
        every = "".join([*lines, *map(_line, quads)])
        self._kinds = [(f"<{mark}>" in every, f'"{mark}"' in every) for mark in self._marks]
        if len(_PLACE.findall(every)) != every.count(_BEGINNING) + every.count("\0") // 2:
            raise LookupError("a leaf is only part of a value")
        first_label = 2 * len(self._marks)
        self._static = sorted(line[:-1] for line in lines if _BEGINNING not in line)
        varying = [line for line in lines if _BEGINNING in line] + [_line(quad) for quad in quads]
        self._varying = _Pattern("".join(varying), first_label)
        self._count = len(lines) + len(quads)
        self._settled: list[tuple[str, int]] = []
        self._moving: list[tuple[int, list[str], _Pattern]] = []
        for node, seen in enumerate(first_degree_lines(quads, blank_nodes)):
            still = [line[:-1] for line in seen if _BEGINNING not in line]
            moving = "".join(line for line in seen if _BEGINNING in line)
            if moving:
                self._moving.append((node, still, _Pattern(moving, first_label)))
            else:
                self._settled.append((_hash(still), node))
        self._labels = [""] * blank_nodes

    def fill(self, values: Sequence[str]) -> Filled:
        """The document with these values in its leaves, in the order of the leaves.

        Raises:
            DocumentError: As `contexts.document.compose` and `contexts.canonical.canonical_quads` of the
                filled document.
        """
        raw = self.written(map(encode_basestring, values))
        quads = self.form(values)
        if quads is not None:
            return Filled(raw, quads, direct=True)
        document = parse(raw, self._limits)
        return Filled(raw, walked_form(document.value, self._contexts), direct=False)

    def written(self, quoted: Iterable[str]) -> bytes:
        """The document's JSON with these texts in its leaves, each as JSON writes it."""
        return self._json.text([*quoted]).encode("utf-8", "surrogatepass")

    def form(self, values: Sequence[str]) -> bytes | None:
        """The canonical form, or None where a value could change more than its own lines."""
        terms: list[str] = []
        identifiers: set[str] = set()
        for value, (as_identifier, as_text) in zip(values, self._kinds, strict=True):
            if len(value) > self._longest or not value.isprintable() or not value:
                return None
            if as_identifier:
                if not is_identifier(value) or value in self._identifiers or value in identifiers:
                    return None
                identifiers.add(value)
            text = value.translate(escape) if as_text and escape_needed(value) else value
            terms += (f"<{value}>", f'"{text}"')
        labels = self._labels.copy()
        moving = [(_hash(still + some.fill(terms)), node) for node, still, some in self._moving]
        before = ""
        for rank, (found, node) in enumerate(sorted(self._settled + moving)):
            if found == before:
                return None
            before = found
            labels[node] = f"_:c14n{rank}"
        lines = self._static + self._varying.fill(terms + labels)
        lines.sort()
        return _text(lines) if len(set(lines)) == self._count else None


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _hash(lines: list[str]) -> str:
    return hashlib.sha256(_text(sorted(lines))).hexdigest()


class _Pattern:
    """Lines with places, each of which takes one of several values.

    Args:
        text: The lines, with marks.
        labels_from: Where, among the values, the labels of blank nodes begin. Before them stand, for each
            leaf, what takes the place of its mark as an identifier and as a text; without labels, only the
            texts.
    """

    __slots__ = ("_format", "_pick")

    def __init__(self, text: str, labels_from: int = 0) -> None:
        which: list[int] = []
        for found in _PLACE.finditer(text):
            if found[3]:
                which.append(labels_from + int(found[3]))
            elif labels_from:
                which.append(2 * int(found[1] or found[2]) + (found[1] is None))
            else:
                which.append(int(found[2]))
        # itemgetter gives a single value bare: one more is asked for, and written with no characters.
        self._format = _PLACE.sub("%s", text.replace("%", "%%")) + ("%.0s" if which else "")
        self._pick: Callable[[Sequence[str]], Any] = itemgetter(*which, 0) if which else _nothing

    def text(self, values: Sequence[str]) -> str:
        """The whole, filled in."""
        filled: str = self._format % self._pick(values)
        return filled

    def fill(self, values: Sequence[str]) -> list[str]:
        """The lines, filled in, without their ends; no value holds a line break."""
        lines = self.text(values).split("\n")
        lines.pop()
        return lines


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

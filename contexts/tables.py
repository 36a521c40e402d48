"""The pinned contexts, processed once by PyLD into tables that a walk can look things up in.

JSON-LD chooses the meaning of a member from where it stands: from the contexts that the document names, from
the types of the object that it is in, and from the member that the object stands under. Each such place is a
`State`. PyLD works out what changes from one place to the next, once; what a member means in a state is a
`Member`, made the first time it is met and kept. A table never grows with what a document says, only with
what the contexts define, or up to a fixed number.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

from pyld import jsonld

from contexts.errors import DocumentError
from contexts.fragments import Fragments
from contexts.iri import SCHEMES, is_identifier, is_iri
from contexts.members import KEYWORD_MEMBER, Member
from contexts.pinned import ContextSet
from contexts.refusal import Refusal
from contexts.written import Named

MOST_TYPED: Final = 512
"""Combinations of types that are kept for one place. Badges use some thirty; what comes after is worked out
anew."""

MOST_TYPES: Final = 8
"""Types of one object whose combination is kept, all of them words of the contexts. Others are worked out
each time: a document can name five thousand by IRI, and they would take a megabyte."""


class State:
    """What words mean in one place.

    Attributes:
        members: By name, what has been looked up so far.
        types: By the value of `type`, the state that it leads to and the ends of the type statements.
    """

    __slots__ = (
        "_active",
        "_base",
        "_layers",
        "_local",
        "_scoped",
        "_tables",
        "_types_of",
        "members",
        "types",
    )

    def __init__(
        self,
        tables: Tables,
        active: Mapping[str, Any],
        base: State | None,
        layers: tuple[Mapping[str, Any], ...],
    ) -> None:
        self._tables = tables
        self._active = active
        self._base = base
        self._layers = layers
        self._local: dict[tuple[Named, ...], State] = {}
        self._scoped: dict[str, State] = {}
        self._types_of: dict[str, tuple[Layer | None, str]] = {}
        self.members: dict[str, Member] = {}
        self.types: dict[Any, tuple[State, tuple[str, ...]]] = {}
        for keyword in ("id", "type"):
            if (self._definition(keyword) or {}).get("@id") == "@" + keyword:
                self.members[keyword] = KEYWORD_MEMBER
        if len(self.members) == 2:  # noqa: PLR2004 - both aliases; without them nothing can be said
            self.members["@context"] = KEYWORD_MEMBER

    def _definition(self, name: str) -> Mapping[str, Any] | None:
        for layer in self._layers:
            if name in layer:
                found: Mapping[str, Any] | None = layer[name]
                return found
        last: Mapping[str, Any] | None = self._active["mappings"].get(name)
        return last

    def member(self, name: str) -> Member:
        """What a member name means here, looked up for the first time.

        Raises:
            Refusal: `undefined_term`, `keyword_not_allowed`, `unsupported_meaning`.
        """
        if name.startswith("@"):
            raise Refusal("keyword_not_allowed", f"{name[:80]!r} may not stand in a document")
        definition = self._definition(name)
        iri = definition.get("@id") if definition else None
        if iri is None and name not in self._active["mappings"] and "@vocab" in self._active:
            definition, iri = {}, self._active["@vocab"] + name
        # A type's name is defined too, and would be signed in a member's place; but no reader shows what it
        # holds.
        ordinary = name[:1].islower() or name[:1] == "_"
        if definition is None or not isinstance(iri, str) or not is_iri(iri) or not ordinary or ":" in name:
            raise Refusal("undefined_term", f"no context defines {name[:80]!r} here")
        base = self._base or self
        inside = base.scoped(name, definition) if definition.get("@context") is not None else base
        found = self.members[name] = Member(name, f" <{iri}> ", definition, inside)
        return found

    def scoped(self, name: str, definition: Mapping[str, Any]) -> State:
        """The state inside a member that brings its own context (JSON-LD 1.1, section 4.1.8)."""
        context = definition["@context"]
        key = f"{name} {id(context)}"  # the context lives as long as this state's definitions do
        if key not in self._scoped:
            self._scoped[key] = self._tables.made(self._active, context, override_protected=True)
        return self._scoped[key]

    def typed(self, value: Any) -> tuple[State, tuple[str, ...]]:
        """The state of an object with this `type`, and the end of each type statement.

        Type-scoped contexts apply in the order of the types' names, and only to this object (JSON-LD 1.1,
        section 4.1.8).

        Raises:
            Refusal: `wrong_value`, `duplicate_statement`, `undefined_type`, `unsupported_meaning`.
        """
        names = value if isinstance(value, list) else [value]
        for index, name in enumerate(names):
            if not isinstance(name, str):
                code = "null_value" if name is None else "wrong_value"
                raise Refusal(code, "a type must be a string or strings", *_at(value, index))
            if name in names[:index]:
                raise Refusal(
                    "duplicate_statement", f"the type {name[:80]!r} stands twice", *_at(value, index)
                )
        iris = [self.type(name, _at(value, index))[1] for index, name in enumerate(names)]
        endings = tuple(f"{TYPE}<{iri}> .\n" for iri in dict.fromkeys(iris))
        layers: list[Layer] = []
        for name in sorted(names):
            layer = self.type(name, ())[0]
            if layer is not None:
                _check_together(layer, layers)
                layers.insert(0, layer)
        together = tuple(layer.definitions for layer in layers)
        state = State(self._tables, self._active, self, together) if layers else self
        if len(names) <= MOST_TYPES and all(name in self._active["mappings"] for name in names):
            if len(self.types) >= MOST_TYPED:
                self.types.clear()
            self.types[tuple(names) if isinstance(value, list) else value] = (state, endings)
        return state, endings

    def type(self, name: str, steps: tuple[str | int, ...]) -> tuple[Layer | None, str]:
        """What the type's own context defines anew, and the type's IRI."""
        found = self._types_of.get(name)
        if found:
            return found
        definition = self._active["mappings"].get(name)
        iri = definition.get("@id") if definition else None
        if iri is None and name not in self._active["mappings"]:
            iri = self._active["@vocab"] + name if "@vocab" in self._active and ":" not in name else name
            if not (is_iri(iri) if iri != name else is_identifier(iri)):
                iri = None
        if not isinstance(iri, str) or not is_iri(iri):
            raise Refusal("undefined_type", f"no context defines the type {name[:80]!r}", *steps)
        context = definition.get("@context") if definition else None
        if context is None:
            return None, iri
        after = self._tables.processed(self._active, context, propagate=False)["mappings"]
        before = self._active["mappings"]
        if any(term not in after for term in before):
            raise Refusal("unsupported_meaning", f"the type {name[:80]!r} takes words away", *steps)
        found = self._types_of[name] = (Layer(before, after, context), iri)
        return found

    def local(self, urls: tuple[Named, ...]) -> State:
        """The state after the contexts that an object names itself."""
        found = self._local.get(urls)
        if found is None:
            named = [url if isinstance(url, str) else url.value for url in urls]
            found = self._tables.made(self._active, named)
            self._tables.remember(self._local, urls, found)
        return found

    def word(self, member: Member, text: str) -> str:
        """The IRI that a text under an `@vocab` member stands for, in angle brackets.

        Raises:
            Refusal: `bad_iri`.
        """
        definition = self._definition(text)
        within = member.inside._definition(text)  # noqa: SLF001 - another state of the same kind
        if within is not (self._base or self)._definition(text):  # noqa: SLF001 - as above
            definition = within
        iri = definition.get("@id") if definition else None
        if iri is None and "@vocab" in self._active and ":" not in text:
            iri = self._active["@vocab"] + text
        elif iri is None and is_identifier(text):
            return f"<{text}>"
        if not isinstance(iri, str) or not is_iri(iri):
            raise Refusal("bad_iri", f"{text[:80]!r} is neither a word of the contexts nor an absolute IRI")
        if definition:
            member.words[text] = f"<{iri}>"
        return f"<{iri}>"


TYPE: Final = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "


def _at(value: Any, index: int) -> tuple[str | int, ...]:
    return (index, "type") if isinstance(value, list) else ("type",)


class Layer:
    """What the context of one type adds to a state.

    Attributes:
        definitions: The terms that it defines.
        changes: Those of them that mean something else than before, or are new.
        leans_on: The terms that its definitions are written with: prefixes and other terms.
    """

    __slots__ = ("changes", "definitions", "leans_on")

    def __init__(self, before: Mapping[str, Any], after: Mapping[str, Any], context: Any) -> None:
        self.definitions = {term: what for term, what in after.items() if what is not before.get(term)}
        self.changes = {term for term, what in self.definitions.items() if what != before.get(term)}
        self.leans_on = set(_written_with(context))


def _written_with(context: Any) -> Iterator[str]:
    """The terms that a context's IRIs may be written with: `xsd` in `xsd:date`, `Profile` in `Profile`."""
    if isinstance(context, str):
        yield context.split(":", 1)[0]
    elif isinstance(context, Mapping):
        for name, child in context.items():
            if name != "@context":
                yield from _written_with(child)
    elif isinstance(context, list | tuple):
        for child in context:
            yield from _written_with(child)


def _check_together(layer: Layer, earlier: list[Layer]) -> None:
    """Two types of one object, each of whose contexts can be understood without the other.

    The contexts of types apply one after the other. Where they neither redefine each other's protected words
    (JSON-LD 1.1, section 4.1.11) nor are written with each other's words, each adds what it would add alone.
    """
    for other in earlier:
        if layer.leans_on & other.changes:
            raise Refusal("unsupported_meaning", "two types whose contexts lean on each other", "type")
        for term, what in layer.definitions.items():
            was = other.definitions.get(term)
            if was and was.get("protected") and dict(was) != {**what, "protected": True}:
                raise Refusal("unsupported_meaning", f"two types give {term!r} different meanings", "type")


class Tables:
    """All states of one set of contexts. One per set, shared by threads: what is added is added whole."""

    def __init__(self, contexts: ContextSet) -> None:
        self._contexts = contexts
        self.fragments: Final = Fragments()
        self._lock = threading.Lock()
        self._local: list[tuple[dict[tuple[Named, ...], State], tuple[Named, ...]]] = []
        self._processor = jsonld.JsonLdProcessor()
        self._options = {
            "base": None,
            "documentLoader": self._load,
            # PyLD's shared cache knows a context by its URL alone; two sets have two texts under one URL.
            "contextResolver": jsonld.ContextResolver({}, self._load),
            "processingMode": "json-ld-1.1",
            "isFrame": False,
        }
        # PyLD has no public way to process one context after another.
        initial = self._processor._get_initial_context(self._options)  # noqa: SLF001 - as said
        self.start: Final = State(self, initial, None, ())

    def _load(self, url: str, _: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": self._contexts.get(url), "tag": "static"}

    def processed(self, active: Mapping[str, Any], context: Any, **how: bool) -> Mapping[str, Any]:
        """What PyLD makes of one context on top of another.

        Raises:
            Refusal: `unsupported_meaning`.
            DocumentError: `context_not_allowed`.
        """
        try:
            with self._lock:
                after: Mapping[str, Any] = self._processor._process_context(  # noqa: SLF001 - as above
                    active, context, self._options, **how
                )
        except jsonld.JsonLdError as error:
            _unsupported(error)
        except (KeyError, TypeError):  # PyLD's own, for a null or a list where it expects neither
            message = "a context that is written otherwise than JSON-LD has it, or takes away what none gave"
            raise Refusal("unsupported_meaning", message) from None
        if after.get("@vocab", "") is None:
            raise Refusal("unsupported_meaning", "a context whose @vocab is no address")
        if any(name in after for name in ("@language", "@direction", "@base")):
            raise Refusal("unsupported_meaning", "a context that gives every text a language or a base")
        clash = [scheme for scheme in (*SCHEMES, "_") if (after["mappings"].get(scheme) or {}).get("_prefix")]
        if clash:
            raise Refusal("unsupported_meaning", f"a context that takes {clash[0]!r} for a prefix")
        return after

    def made(self, active: Mapping[str, Any], context: Any, **how: bool) -> State:
        """The state after one more context."""
        return State(self, self.processed(active, context, **how), None, ())

    def remember(self, place: dict[tuple[Named, ...], State], urls: tuple[Named, ...], state: State) -> None:
        """Keep the state after these contexts; of many such, the latest."""
        place[urls] = state
        self._local.append((place, urls))
        if len(self._local) > MOST_LOCAL:
            oldest, of = self._local.pop(0)
            oldest.pop(of, None)


MOST_LOCAL: Final = 64
"""Sequences of contexts that are kept. The field uses some twenty."""


def _unsupported(error: jsonld.JsonLdError) -> NoReturn:
    cause: Any = error
    while cause is not None:
        if isinstance(cause, DocumentError):
            raise Refusal(cause.code, cause.message) from None
        cause = cause.__cause__
    raise Refusal(
        "unsupported_meaning", f"contexts that do not fit together: {error.code or error}"
    ) from None


@functools.cache
def tables(contexts: ContextSet) -> Tables:
    """The tables of a set of contexts, made once."""
    return Tables(contexts)

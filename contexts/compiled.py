"""One walk from a JSON object to its statements, over the tables of the pinned contexts.

JSON-LD 1.1 API drops what it cannot place: an undefined member, a relative identifier, a null. A signature
would then not cover what a person is shown (VC Data Integrity 1.0, section 2.4.3, demands an error). Here
every member but an empty array ends in a statement, or the document is refused: there is no third way through
the walk. And no two documents that a reader would show differently have the same statements, but for the
order of members and of arrays that are sets, one identifier's description moved as a whole to another place
that names the identifier, and the other name of a type that has two.

What JSON-LD allows and this refuses, because no badge needs it or because two documents would sign alike:
contexts written into a document, keywords but for `@value` with `@language`, members named by IRI,
identifiers of other schemes or by prefix, blank node identifiers, a base direction, equal values in a set, a
text where a number or a truth value is meant (and the other way round), a number finer than the signed form.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, Final

from pyld import jsonld

from contexts.descriptions import check_descriptions
from contexts.errors import DocumentError, pointer
from contexts.fragments import Fragment
from contexts.iri import is_identifier
from contexts.literals import escape, escape_needed, tagged
from contexts.members import KEYWORD, REFERENCE, TEXT, Member, closing, number_text
from contexts.naming import named_contexts
from contexts.pinned import ContextSet
from contexts.places import check_places, is_record
from contexts.rdfc import Quad, Term
from contexts.refusal import Refusal, refuse_identifier, refuse_null
from contexts.tables import MOST_TYPES, TYPE, State, tables
from contexts.written import Named

MOST_CONTEXTS: Final = 4
"""Different sequences of contexts in one document: its own, and those of the credentials embedded in it."""

MOST_COMPARISONS: Final = 250_000
"""The square of each array's length, together: other readers hold each value of a set against all others, and
a document that takes them minutes is none to sign."""

LONG_NAME: Final = 1_024
CHARACTERS: Final = 32
"""An identifier stands in every statement about it: beyond `LONG_NAME` characters, so many of them, each time
that they are written again, weigh as much as one comparison. So the signed form stays below some 8 MB more
than the document, and evidence in a `data:` address has room."""

_FIRST: Final = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> "
_REST: Final = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> "
_NIL: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>"
_JSON: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"


class Statements:
    """What a document says.

    Attributes:
        lines: The statements without blank nodes in the default graph, as finished N-Quads lines; none twice.
        quads: All others.
        blank_nodes: How many blank nodes there are.
        settled: Parts with the number of their first blank node; their lines are among `lines`, their quads
            are not among `quads`.

    Args:
        contexts: The contexts that may be named.
        part: Whether what is read is part of a document.
    """

    __slots__ = (
        "_compared",
        "_contexts",
        "_described",
        "_known",
        "_merged",
        "_named",
        "_part",
        "_record",
        "_repeated",
        "_seen",
        "_tables",
        "blank_nodes",
        "lines",
        "quads",
        "settled",
    )

    def __init__(self, contexts: ContextSet, *, part: bool = False) -> None:
        self.lines: list[str] = []
        self.quads: list[Quad] = []
        self.blank_nodes = 0
        self.settled: list[tuple[int, Fragment]] = []
        self._compared = 0
        self._contexts = contexts
        self._tables = tables(contexts)
        self._part = part
        self._record = False
        self._repeated = False
        self._merged: list[Fragment] = []
        self._named: Any = None
        self._known: dict[str, dict[str, Any]] = {}
        self._described: list[tuple[str, dict[str, Any]]] = []
        self._seen: set[tuple[Named, ...]] = set()

    def read(self, value: dict[str, Any]) -> None:
        """Walk a whole document.

        Raises:
            DocumentError: See `contexts.canonical.canonical_quads`.
        """
        if "@context" not in value:
            raise DocumentError("context_missing", "the document names no @context")
        self._record = is_record(value)
        try:
            self._node(self._tables.start, value, None)
        except Refusal as refusal:
            raise DocumentError(refusal.code, refusal.message, pointer(*reversed(refusal.steps))) from None
        except RecursionError:
            raise DocumentError("too_deep", "nested too deep to be read") from None
        if not (self.lines or self.quads or self.settled):
            raise DocumentError("wrong_value", "the document says nothing about anything")
        if (
            self._record
            or self._repeated
            or self._described
            or len(set(map(id, self._merged))) < len(self._merged)
        ):
            check_descriptions(self._known, self._described)
            check_places(value)  # what stands once can stand nowhere else
            self.lines = list(dict.fromkeys(self.lines))
            self.quads = list(dict.fromkeys(self.quads))

    def _node(  # noqa: C901, PLR0912, PLR0915 - one pass over the members: a call for each would double its time
        self, state: State, value: dict[str, Any], graph: Term | None
    ) -> Term:
        """One object: its statements, and the term that stands for it."""
        named = self._named
        if "@context" in value:
            state = self._local(state, value)
            self._named = value["@context"]
        kinds = value.get("type")
        endings: tuple[str, ...] = ()
        if kinds is not None:
            try:
                typed = state.types.get(tuple(kinds) if kinds.__class__ is list else kinds)
            except TypeError:
                typed = None
            state_of_types, endings = typed or state.typed(kinds)
            if len(endings) > MOST_TYPES:
                self._compare(len(endings) * len(endings))
        else:
            state_of_types = state
        subject: Term
        name = value.get("id")
        if name is None:
            subject = self.blank_nodes
            self.blank_nodes += 1
        else:
            if name.__class__ is not str:
                raise Refusal("wrong_value", "an identifier must be one string", "id")
            if not is_identifier(name):
                refuse_identifier(name, "id")
            subject = f"<{name}>"
            if len(name) > LONG_NAME:
                self._compare(len(name) * (len(value) + len(endings)) // CHARACTERS)
            if self._known.setdefault(name, value) is not value:
                self._described.append((name, value))
        plain = name is not None and graph is None
        lines, quads = self.lines, self.quads
        for ending in endings:
            if plain:
                lines.append(f"{subject}{ending}")
            else:
                quads.append((subject, ending[:_TYPE_LENGTH], ending[_TYPE_LENGTH:-3], graph))
        members = state_of_types.members
        member_name = ""
        try:
            for member_name, child in value.items():
                member = members.get(member_name) or state_of_types.member(member_name)
                kind = member.kind
                if child.__class__ is str:
                    if kind == TEXT:
                        text = child.translate(escape) if escape_needed(child) else child
                        term: Term = f'"{text}{member.closing}'
                    elif kind == REFERENCE:
                        if not is_identifier(child):
                            refuse_identifier(child)
                        term = f"<{child}>"
                    elif kind == KEYWORD:
                        continue
                    else:
                        self._other(state_of_types, member, subject, child, graph)
                        continue
                elif kind == KEYWORD:
                    if child is None:
                        refuse_null()
                    continue
                elif child.__class__ is dict and kind in _PLAIN and "@value" not in child:
                    if member.recurs and graph is None and "id" in child and not self._part:
                        term = self._fragment(member, child)
                    else:
                        term = self._node(member.inside, child, graph)
                else:
                    self._other(state_of_types, member, subject, child, graph)
                    continue
                if plain and term.__class__ is str:
                    lines.append(f"{subject}{member.predicate}{term} .\n")
                else:
                    quads.append((subject, member.predicate, term, graph))
        except Refusal as refusal:
            refusal.steps.append(member_name)
            raise
        self._named = named
        return subject

    def _fragment(self, member: Member, child: dict[str, Any]) -> str:
        """An object that recurs: its statements as they are kept, or read and kept."""
        kept = self._tables.fragments
        try:
            key = kept.key(member, child)
        except TypeError:  # deeper than its writer goes
            return str(self._node(member.inside, child, None))
        fragment = kept.get(key)
        if fragment is None:
            part = Statements(self._contexts, part=True)
            term = str(part._node(member.inside, child, None))
            fragment = Fragment(
                term=term,
                lines=part.lines,
                quads=part.quads,
                blank_nodes=part.blank_nodes,
                known=part._known,
                again=part._described,
                seen=part._seen,
                compared=part._compared,
            )
            kept.keep(key, fragment)
        self.lines += fragment.lines
        if fragment.quads:
            self.settled.append((self.blank_nodes, fragment))
            self.blank_nodes += fragment.blank_nodes
        self._merged.append(fragment)
        if self._known.keys().isdisjoint(fragment.known):
            self._known.update(fragment.known)
        else:
            for name, value in fragment.known.items():
                if self._known.setdefault(name, value) is not value:
                    self._described.append((name, value))
        self._described += fragment.again
        self._see(fragment.seen)
        self._compare(fragment.compared)
        return fragment.term

    def _other(self, state: State, member: Member, subject: Term, child: Any, graph: Term | None) -> None:
        """What is neither one text nor one object: arrays, numbers, truth values, graphs, JSON literals."""
        predicate = member.predicate
        if member.coercion == "@json":
            text = jsonld.canonicalize(child).decode().translate(escape)
            self._say(subject, predicate, f'"{text}"^^<{_JSON}>', graph)
        elif member.is_list:
            self._list(state, member, subject, child, graph)
        elif isinstance(child, list):
            terms: list[Term] = []
            try:
                for one in child:  # no comprehension: the length names the place of what is refused
                    terms.append(self._value(state, member, subject, one, graph))  # noqa: PERF401 - as said
            except Refusal as refusal:
                refusal.steps.append(len(terms))
                raise
            self._compare(len(terms) * len(terms))
            self._weigh(subject, len(terms))
            if len(set(terms)) != len(terms):
                raise Refusal("duplicate_statement", "the same value twice; leave one out")
            if not member.is_graph:
                for term in terms:
                    self._say(subject, predicate, term, graph)
        else:
            term = self._value(state, member, subject, child, graph)
            if not member.is_graph:
                self._say(subject, predicate, term, graph)

    def _weigh(self, subject: Term, statements: int) -> None:
        """Count what a long identifier costs that stands in so many statements."""
        if isinstance(subject, str) and len(subject) > LONG_NAME:
            self._compare(len(subject) * statements // CHARACTERS)

    def _compare(self, comparisons: int) -> None:
        self._compared += comparisons
        if self._compared > MOST_COMPARISONS:
            raise Refusal("canonicalization_budget", "too many values in arrays; describe fewer things")

    def _say(self, subject: Term, predicate: str, term: Term, graph: Term | None) -> None:
        if graph is None and isinstance(subject, str) and isinstance(term, str):
            self.lines.append(f"{subject}{predicate}{term} .\n")
        else:
            self.quads.append((subject, predicate, term, graph))

    def _list(self, state: State, member: Member, subject: Term, child: Any, graph: Term | None) -> None:
        """An ordered list (JSON-LD 1.1 API, section 8.2.2): a chain of blank nodes that ends in `rdf:nil`."""
        before: Term = subject
        predicate = member.predicate
        for index, item in enumerate(child if isinstance(child, list) else [child]):
            try:
                term = self._value(state, member, subject, item, graph)
            except Refusal as refusal:
                refusal.steps += [index] if isinstance(child, list) else []
                raise
            link = self._blank()
            self._say(before, predicate, link, graph)
            self._say(link, _FIRST, term, graph)
            before, predicate = link, _REST
        self._say(before, predicate, _NIL, graph)

    def _value(  # noqa: C901, PLR0912 - one branch for each kind of JSON value
        self, state: State, member: Member, subject: Term, child: Any, graph: Term | None
    ) -> Term:
        """The term of one value that is not an array."""
        if member.is_graph:
            return self._graph(member, subject, child, graph)
        if isinstance(child, str):
            if member.texts:
                return f'"{child.translate(escape)}{member.closing}'
            if member.coercion == "@vocab":
                return member.words.get(child) or state.word(member, child)
            if member.coercion == "@id":
                return f"<{child}>" if is_identifier(child) else refuse_identifier(child)
        elif isinstance(child, dict):
            if "@value" in child:
                return tagged(child)
            if member.apart and self._record:
                return self._whole(member, child, graph)
            return self._node(member.inside, child, graph)
        elif isinstance(child, bool):
            if member.booleans:
                return f'"{"true" if child else "false"}{closing(member, "boolean")}'
        elif isinstance(child, int | float):
            if member.numbers:
                return number_text(member, child)
        elif child is None:
            refuse_null()
        code = "nested_array" if isinstance(child, list) else "wrong_value"
        raise Refusal(code, f"{child!r:.40} cannot stand under {member.name!r}")

    def _whole(self, member: Member, child: dict[str, Any], graph: Term | None) -> Term:
        """A whole credential inside another document: what it says of an identifier, it says by itself.

        Ten badges of one person describe that person ten times, each with another achievement. In a
        presentation each stands in a graph of its own. In a learner record they do not, but whoever reads
        one checks each of them alone, under its own proof. So nothing can change places unseen.
        """
        known, described = self._known, self._described
        self._known, self._described = {}, []
        term = self._node(member.inside, child, graph)
        check_descriptions(self._known, self._described)
        self._repeated = self._repeated or bool(self._described) or not self._known.keys().isdisjoint(known)
        self._known, self._described = known, described
        return term

    def _graph(self, member: Member, subject: Term, child: Any, graph: Term | None) -> Term:
        """A value that is a graph of its own, as a proof is (VC Data Integrity 1.0, section 2.1)."""
        if not isinstance(child, dict) or "@value" in child:
            code = "null_value" if child is None else "wrong_value"
            raise Refusal(code, f"{member.name!r} must be an object that says something")
        if member.predicate == _PROOF and child.get("@context", _NOTHING) == self._named:
            # A suite that signs what is written repeats the contexts of what it signs, which give no word
            # another meaning here (Data Integrity EdDSA Cryptosuites 1.0, 3.3.1).
            child = {one: part for one, part in child.items() if one != "@context"}
        name = self._blank()
        self._say(subject, member.predicate, name, graph)
        said = len(self.quads)
        if member.apart:
            self._whole(member, child, name)
        else:
            self._node(member.inside, child, name)
        if len(self.quads) == said:
            raise Refusal("wrong_value", f"{member.name!r} must be an object that says something")
        return name

    def _blank(self) -> int:
        self.blank_nodes += 1
        return self.blank_nodes - 1

    def _local(self, state: State, value: dict[str, Any]) -> State:
        """The state after an object's own contexts."""
        urls = named_contexts(value, self._contexts, top=not (self._seen or self._part))
        self._see({urls})
        return state.local(urls)

    def _see(self, sequences: AbstractSet[tuple[Named, ...]]) -> None:
        self._seen |= sequences
        if len(self._seen) > MOST_CONTEXTS:
            message = f"more than {MOST_CONTEXTS} sequences of contexts"
            raise Refusal("context_not_allowed", message, "@context")


_PLAIN: Final = (TEXT, REFERENCE)
_NOTHING: Final = object()
_PROOF: Final = " <https://w3id.org/security#proof> "
_TYPE_LENGTH: Final = len(TYPE)

"""What one member name of a document means in one place, made ready for the walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from contexts.literals import double_text, fraction_text
from contexts.refusal import Refusal

if TYPE_CHECKING:
    from contexts.tables import State

# How a string under a member becomes a term of a statement.
TEXT: Final = 0  # a literal, as it is
REFERENCE: Final = 1  # an identifier
KEYWORD: Final = 2  # `id`, `type`, `@context`: no statement of its own
OTHER: Final = 3  # anything else: see `Member`

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_DATATYPES: Final = (_XSD, "https://www.w3.org/2001/XMLSchema#", "xsd:")
_NUMERIC: Final = frozenset(
    {"float", "double", "decimal", "integer", "positiveInteger", "nonNegativeInteger", "unsignedInt"}
)
_UNUSED: Final = ("@language", "@direction", "@index", "@nest")


class Member:
    """What one member name means in one state.

    Attributes:
        kind: `TEXT`, `REFERENCE`, `KEYWORD` or `OTHER`.
        predicate: ` <iri> `, with its spaces.
        closing: What ends a text literal: `"` or `"^^<datatype>`.
        coercion: `@id`, `@vocab`, `@json`, a datatype, or None.
        is_list: The array's order is signed.
        is_graph: Each value is a graph of its own.
        texts, numbers, booleans: Whether such a value may stand here.
        double: Whether a whole number is written as a double.
        inside: The state of an object under this member, before its own contexts and types.
        recurs: Whether one badge after another has the same object here.
        apart: Whether the objects here are credentials of their own: in a learner record, or in graphs of
            their own in a presentation.
    """

    __slots__ = (
        "apart",
        "booleans",
        "closing",
        "coercion",
        "double",
        "inside",
        "is_graph",
        "is_list",
        "kind",
        "name",
        "numbers",
        "predicate",
        "recurs",
        "texts",
        "words",
    )

    kind: int

    def __init__(self, name: str, predicate: str, definition: Mapping[str, Any], inside: State) -> None:
        containers = definition.get("@container") or []
        containers = containers if isinstance(containers, list | tuple) else [containers]
        if (
            definition.get("reverse")
            or any(one in definition for one in _UNUSED)
            or set(containers) - {"@set", "@list", "@graph"}
        ):
            raise Refusal("unsupported_meaning", f"{name!r} is defined in a way that no badge needs")
        coercion = definition.get("@type")
        coercion = None if coercion == "@none" else coercion
        datatype = coercion if coercion and not coercion.startswith("@") else ""
        kind = next((datatype[len(one) :] for one in _DATATYPES if datatype.startswith(one)), datatype)
        self.name = name
        self.predicate = predicate
        self.recurs = predicate in _RECURRING
        self.apart = predicate in _WHOLE_CREDENTIALS
        self.closing = f'"^^<{datatype}>' if datatype and datatype != _DATATYPES[0] + "string" else '"'
        self.coercion = coercion
        self.is_list = "@list" in containers
        self.is_graph = "@graph" in containers
        self.texts = coercion is None or bool(datatype and kind not in _NUMERIC and kind != "boolean")
        self.numbers = coercion is None or kind in _NUMERIC
        self.booleans = coercion is None or kind == "boolean"
        self.double = datatype == _DATATYPES[0] + "double"
        self.inside = inside
        self.words: dict[str, str] = {}
        plain = not (self.is_list or self.is_graph)
        self.kind = OTHER
        if plain and self.apart:
            return  # each is looked at by itself
        if plain and self.texts:
            self.kind = TEXT
        elif plain and coercion == "@id":
            self.kind = REFERENCE


_RECURRING: Final = (
    " <https://www.w3.org/2018/credentials#issuer> ",
    " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievement> ",
)

_WHOLE_CREDENTIALS: Final = (
    " <https://purl.imsglobal.org/spec/vc/clr/vocab.html#verifiableCredential> ",
    " <https://www.w3.org/2018/credentials#verifiableCredential> ",
)

KEYWORD_MEMBER: Final = object.__new__(Member)
"""`id`, `type` and `@context`: looked at before the members."""

KEYWORD_MEMBER.kind = KEYWORD


def closing(member: Member, datatype: str) -> str:
    """How a literal of this member ends: as the member coerces it, else with XML Schema's own datatype."""
    return f'"^^<{_XSD}{datatype}>' if member.coercion is None else member.closing


def number_text(member: Member, number: float) -> str:
    """A number in this member, as the signed form writes it."""
    if number % 1:
        return f'"{fraction_text(number)}{closing(member, "double")}'
    if member.double:
        return f'"{double_text(number)}{member.closing}'
    return f'"{int(number)}{closing(member, "integer")}'

"""The rule of the walk once more, by PyLD and on PyLD's expanded form: an oracle that shares none of its
code.

Slow, and without places in its errors. What it accepts and refuses, and the statements that it makes, are
what the walk must accept, refuse and make.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from pyld import jsonld

from contexts.errors import DocumentError, pointer
from contexts.pinned import ContextSet
from contexts.places import check_places
from contexts.rdfc import Quad, Term

SCHEMES: Final = ("did", "urn", "http", "https", "mailto", "tel", "data")
"""The schemes that an identifier in a document may have."""

ESCAPES: Final = {code: f"\\u{code:04X}" for code in (*range(32), 127)} | str.maketrans(
    {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}
)
_CHARACTER: Final = (
    # RFC 3987, section 2.2, less white space and the bidirectional marks that its section 4.1 forbids.
    r"(?:%[0-9A-Fa-f]{2}|[!$&-;=?-Z_a-z~\u00A1-\u167F\u1681-\u1FFF\u200B-\u200D\u2010-\u2027\u2030-\u205E"
    r"\u2060-\u2065\u206A-\u2FFF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF00-\uFFEF\U00010000-\U000EFFFF])"
)
_IRI: Final = re.compile(rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>{_CHARACTER}+(?:\#{_CHARACTER}*)?)")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_XSD: Final = re.compile(r"^(?:https?://www\.w3\.org/2001/XMLSchema#|xsd:)")
_NUMERIC: Final = frozenset(
    {"float", "double", "decimal", "integer", "positiveInteger", "nonNegativeInteger"}
)
_SMALLEST_FRACTION: Final = 1e-6
"""Below, ECMAScript writes exponents, and JSON-LD processors in that language take such a number for an
integer."""

_MOST_COMPARISONS: Final = 250_000
"""PyLD holds each value of a member of one thing against all others: 500 values in one array, or fewer in
each of several. A thousand are a second's work, and five thousand half a minute's."""

_HIERARCHICAL: Final = re.compile(r"//[^/?#]")


def check_iri(text: str, where: str) -> str:
    """An absolute, well-formed IRI of an allowed scheme (RFC 3987), as it stands.

    Raises:
        DocumentError: `bad_iri`.
    """
    found = _IRI.fullmatch(text)
    if not found:
        raise DocumentError("bad_iri", f"{text[:80]!r} is not an absolute IRI", where)
    scheme = found["scheme"].lower()
    if scheme not in SCHEMES:
        raise DocumentError("bad_iri", f"{text[:80]!r} has none of the schemes {', '.join(SCHEMES)}", where)
    if scheme in ("http", "https") and not _HIERARCHICAL.match(found["rest"]):
        raise DocumentError("bad_iri", f"{text[:80]!r} names no host", where)
    return text


def statements(value: Mapping[str, Any], contexts: ContextSet) -> tuple[list[Quad], int]:
    """Every statement of a document, and how many blank nodes they use.

    Raises:
        DocumentError: See `contexts.canonical.canonical_quads`.
    """
    check_plain(value, contexts)
    check_names_and_descriptions(value)
    check_places(value)
    expanded = _expand(value, contexts)
    _check_expanded(expanded)
    quads, blank_nodes = _statements(expanded, contexts)
    if not quads:
        raise DocumentError("wrong_value", "the document says nothing about anything")
    return quads, blank_nodes


def check_plain(value: Mapping[str, Any], contexts: ContextSet) -> None:
    """What can be seen without any context: keywords, nulls, arrays in arrays, which contexts are named."""
    if "@context" not in value:
        raise DocumentError("context_missing", "the document names no @context")
    _check_object(value, contexts, (), top=True)


def _check_object(
    value: Mapping[str, Any], contexts: ContextSet, path: tuple[str | int, ...], *, top: bool
) -> None:
    if "@value" in value and not top:
        _check_tagged(value, path)
        return
    types = value.get("type", [])
    types = types if isinstance(types, list) else [types]
    for name, child in value.items():
        here = (*path, name)
        if name == "@context":
            if not top and not {"VerifiableCredential", "EnvelopedVerifiableCredential"} & {*map(str, types)}:
                raise DocumentError(
                    "nested_context", "only a whole credential names contexts", pointer(*here)
                )
            _check_contexts(child, contexts, here)
        elif name.startswith("@"):
            raise DocumentError(
                "keyword_not_allowed", f"{name!r} may not stand in a document", pointer(*here)
            )
        else:
            _check_value(child, contexts, here)
    if not isinstance(value.get("id", ""), str):
        raise DocumentError("wrong_value", "an identifier must be one string", pointer(*path, "id"))
    if not all(isinstance(one, str) for one in types):
        raise DocumentError("wrong_value", "a type must be a string or strings", pointer(*path, "type"))
    if len(set(types)) != len(types):
        raise DocumentError("duplicate_statement", "the same type twice", pointer(*path, "type"))


def _check_tagged(value: Mapping[str, Any], path: tuple[str | int, ...]) -> None:
    """A text with its language (VCDM 2.0, section 11.1).

    A base direction is refused: RDF has no place for it, so no signature would cover it.
    """
    if unknown := set(value) - {"@value", "@language"}:
        name = min(unknown)
        raise DocumentError("keyword_not_allowed", f"{name[:80]!r} beside @value", pointer(*path, name))
    if not isinstance(value["@value"], str):
        raise DocumentError("wrong_value", "only a text may have a language", pointer(*path, "@value"))
    tag = value.get("@language", "und")
    if not isinstance(tag, str) or not _LANGUAGE.fullmatch(tag):
        raise DocumentError("wrong_value", "not a language tag (BCP 47)", pointer(*path, "@language"))


def _check_value(value: Any, contexts: ContextSet, path: tuple[str | int, ...]) -> None:
    if value is None:
        raise DocumentError("null_value", "leave the member out instead of null", pointer(*path))
    if isinstance(value, dict):
        _check_object(value, contexts, path, top=False)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            if isinstance(child, list):
                raise DocumentError("nested_array", "an array inside an array", pointer(*path, index))
            _check_value(child, contexts, (*path, index))


def _check_contexts(named: Any, contexts: ContextSet, path: tuple[str | int, ...]) -> None:
    urls = named if isinstance(named, list) else [named]
    for url in urls:
        if not isinstance(url, str):
            raise DocumentError("inline_context", "a context must be one of the carried URLs", pointer(*path))
        contexts.get(url)
    if len(set(urls)) != len(urls) or not urls:
        raise DocumentError("context_not_allowed", "name each context once, and at least one", pointer(*path))


def check_names_and_descriptions(value: Mapping[str, Any]) -> None:  # noqa: C901 - one pass over the document
    """One identifier, one value for each of its members, wherever in the document it is described.

    And every member goes by the name that a context gives it: an IRI in its place would be signed, but no
    reader shows or checks what stands under it. So would a class's name: Open Badges calls the class Profile
    and, in its older contexts, the member `creator` by one IRI, and `Profile` could take that member's place.

    The signed form joins all descriptions of an identifier. If two of them gave a member different values,
    the values could change places and the signature would still hold.

    Raises:
        DocumentError: `conflicting_id`, `undefined_term`, `canonicalization_budget`.
    """
    _check_work(value)
    record = "ClrCredential" in _listed(value.get("type"))
    scope: dict[str, dict[str, str]] = {}
    open_values: list[tuple[Any, tuple[str | int, ...], dict[str, dict[str, str]]]] = [(value, (), scope)]
    while open_values:
        one, path, known = open_values.pop()
        if isinstance(one, list):
            open_values.extend((child, (*path, index), known) for index, child in enumerate(one))
        elif isinstance(one, dict):
            for name, child in one.items():
                types = _listed(one.get("type"))
                if name == "verifiableCredential" and (
                    (record and "ClrSubject" in types) or "VerifiablePresentation" in types
                ):
                    # Each credential of a learner record or a presentation speaks of its holder by itself.
                    open_values.extend(
                        (each, (*path, name, index), {}) for index, each in enumerate(_listed(child))
                    )
                elif name != "@context":
                    open_values.append((child, (*path, name), known))
            for name in one:
                if ":" in name or not (name[:1].islower() or name[:1] in ("_", "@")):
                    raise DocumentError("undefined_term", "not a member of a context", pointer(*path, name))
            if isinstance(one.get("id"), str):
                members = known.setdefault(one["id"], {})
                for name, child in one.items():
                    unsaid = ("id", "type", "@context", "endorsementComment")
                    if name in unsaid or _is_set_of_things(child):
                        continue
                    said = json.dumps(child, sort_keys=True)
                    if members.setdefault(name, said) != said:
                        raise DocumentError(
                            "conflicting_id",
                            f"{one['id'][:80]!r} is described elsewhere with another value",
                            pointer(*path, name),
                        )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _check_work(value: Mapping[str, Any]) -> None:
    """Count the values of each member of each thing, wherever in the document it is described.

    Raises:
        DocumentError: `canonicalization_budget`.
    """
    counts: dict[tuple[Any, str], int] = {}
    open_values: list[Any] = [value]
    while open_values:
        one = open_values.pop()
        if isinstance(one, list):
            open_values.extend(one)
        elif isinstance(one, dict):
            open_values.extend(one.values())
            thing = one["id"] if isinstance(one.get("id"), str) else id(one)
            for name, child in one.items():
                if isinstance(child, list):
                    counts[thing, name] = counts.get((thing, name), 0) + len(child)
    if sum(count * count for count in counts.values()) > _MOST_COMPARISONS:
        raise DocumentError("canonicalization_budget", "too many values in one array; describe fewer things")


def _is_set_of_things(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


@functools.cache
def _options(contexts: ContextSet) -> dict[str, Any]:
    """PyLD's options for one set: its own cache, because PyLD's shared one knows a context by its URL
    alone.
    """

    def load(url: str, _: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts.get(url), "tag": "static"}

    return {
        "base": None,
        "documentLoader": load,
        "contextResolver": jsonld.ContextResolver({}, load),
        "processingMode": "json-ld-1.1",
    }


def _expand(value: Mapping[str, Any], contexts: ContextSet) -> list[Any]:
    def dropped(term: object) -> None:
        raise DocumentError("undefined_term", f"no context defines {str(term)[:80]!r}")

    try:
        processor = jsonld.JsonLdProcessor(on_property_dropped=dropped)
        expanded: list[Any] = processor.expand(value, dict(_options(contexts)))
    except jsonld.JsonLdError as error:
        raise DocumentError(
            "unsupported_meaning", f"not meaningful as JSON-LD: {error.code or error}"
        ) from None
    return expanded


def _check_expanded(node: Any) -> None:
    """What can only be seen after expansion: identifiers, types, values, and what would make no statement."""
    if isinstance(node, list):
        for one in node:
            _check_expanded(one)
    elif isinstance(node, dict) and "@value" in node:
        check_literal(node["@value"], node.get("@type"))
    elif isinstance(node, dict):
        for name, child in node.items():
            if name == "@id":
                check_iri(child, "")
            elif name == "@type":
                for one in child:
                    if not _IRI.fullmatch(one):
                        raise DocumentError("undefined_type", f"no context defines the type {one[:80]!r}")
            else:
                _check_members(name, child)
                _check_expanded(child)


def _check_members(name: str, values: list[Any]) -> None:
    """The values of one member: none twice, and none that only names a thing inside a graph of its own."""
    seen: set[str] = set()
    for one in values if name != "@list" else ():
        if "@value" in one or "@id" in one:
            said = json.dumps(one.get("@id", one), sort_keys=True)
            if said in seen:
                raise DocumentError("duplicate_statement", f"the same value twice under {name}")
            seen.add(said)
        if name == "@graph" and not any(said for key, said in one.items() if key != "@id"):
            raise DocumentError("wrong_value", "a proof must be an object that says something")


def check_literal(value: Any, datatype: str | None, where: str = "") -> None:
    """A number, truth value or text, under a datatype that is meant for it.

    In the signed form `true` and `"true"` of a boolean are the same; so only one kind of JSON value may stand
    for each datatype. A fraction must be one that the signed form can tell from its neighbours (XML Schema's
    canonical double has 16 digits).

    Raises:
        DocumentError: `wrong_value`, `bad_number`.
    """
    if datatype == "@json":
        return
    kind = _XSD.sub("", datatype or "")
    numeric = kind in _NUMERIC
    if isinstance(value, bool):
        right = kind in ("", "boolean")
    elif isinstance(value, int | float):
        right = datatype is None or numeric
    else:
        right = not numeric and kind != "boolean"
    if not right:
        raise DocumentError(
            "wrong_value", f"{value!r:.40} cannot stand for a value of type {datatype}", where
        )
    fraction = isinstance(value, float) and not value.is_integer()
    if fraction and (abs(value) < _SMALLEST_FRACTION or float(f"{value:1.15E}") != value):
        raise DocumentError("bad_number", f"{value!r} is too fine to be signed; write fewer digits", where)


def _statements(expanded: list[Any], contexts: ContextSet) -> tuple[list[Quad], int]:
    dataset = jsonld.JsonLdProcessor().to_rdf(expanded, dict(_options(contexts)))
    nodes: dict[str, int] = {}

    def term(one: Mapping[str, str]) -> Term:
        if one["type"] == "blank node":
            return nodes.setdefault(one["value"], len(nodes))
        if one["type"] == "IRI":
            return f"<{one['value']}>"
        literal = f'"{one["value"].translate(ESCAPES)}"'
        if one.get("language"):
            return f"{literal}@{one['language']}"
        datatype = one["datatype"]
        return (
            literal if datatype == "http://www.w3.org/2001/XMLSchema#string" else f"{literal}^^<{datatype}>"
        )

    quads: dict[Quad, None] = {}
    for graph, triples in dataset.items():
        name: Term | None = None
        if graph != "@default":
            name = term({"type": "blank node" if graph.startswith("_:") else "IRI", "value": graph})
        for triple in triples:
            predicate = f" <{triple['predicate']['value']}> "
            quad = (term(triple["subject"]), predicate, term(triple["object"]), name)
            if quad in quads:
                raise DocumentError("duplicate_statement", f"the same statement twice: {predicate.strip()}")
            quads[quad] = None
    return list(quads), len(nodes)

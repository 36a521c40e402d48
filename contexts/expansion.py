"""Strict expansion: JSON to statements by PyLD, refusing everything that PyLD would leave out.

JSON-LD 1.1 API, section 5.1, silently drops what it cannot place: an undefined member, a relative identifier,
a null. A signature would then not cover what a person is shown (VC Data Integrity 1.0, section 2.4.3, demands
an error). Here each member but an empty array ends in a statement, or the document is refused.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final

from pyld import jsonld

from contexts.errors import DocumentError, pointer
from contexts.pinned import ContextSet
from contexts.rdfc import Quad, Term, escape

SCHEMES: Final = ("did", "urn", "http", "https", "mailto", "tel", "data")
"""The schemes that an identifier in a document may have."""

_IRI: Final = re.compile(
    # RFC 3987: no spaces, controls, private use or noncharacters, none of <>"{}|\\^`[], one # at most, % with
    # two hexadecimal digits.
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):"
    r"(?P<rest>(?:%[0-9A-Fa-f]{2}|[!$&-;=?-Z_a-z~\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\U00010000-\U000EFFFF])+"
    r"(?:\#(?:%[0-9A-Fa-f]{2}|[!$&-;=?-Z_a-z~\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\U00010000-\U000EFFFF])*)?)"
)
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
    expanded = _expand(value, contexts)
    _check_expanded(expanded)
    return _statements(expanded, contexts)


def undefined(value: Mapping[str, Any], contexts: ContextSet) -> list[str]:
    """JSON Pointers of the members and types that no context defines, in document order."""
    check_plain(value, contexts)
    processor = jsonld.JsonLdProcessor()
    options = dict(_options(contexts))
    active = processor._get_initial_context(options)  # noqa: SLF001 - PyLD's steps, to name the place
    found: list[str] = []
    try:
        _look(processor, options, active, None, value, (), found)
    except jsonld.JsonLdError as error:
        raise DocumentError(
            "unsupported_meaning", f"not meaningful as JSON-LD: {error.code or error}"
        ) from None
    return found


def _look(  # noqa: C901, PLR0917 - one step of the algorithm, read from top to bottom
    processor: jsonld.JsonLdProcessor,
    options: dict[str, Any],
    active: Any,
    term: str | None,
    value: Any,
    path: tuple[str | int, ...],
    found: list[str],
) -> None:
    """One value under one term, as JSON-LD 1.1 API, section 5.1.2, chooses the context for it."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            _look(processor, options, active, term, one, (*path, index), found)
    if not isinstance(value, dict):
        return
    scoped = processor.get_context_value(active, term, "@context")
    if "@value" not in value and not (len(value) == 1 and "id" in value):
        active = processor._revert_to_previous_context(active)  # noqa: SLF001 - as above
    if scoped is not None:
        active = processor._process_context(active, scoped, options, override_protected=True)  # noqa: SLF001
    active, type_key, before = processor._prepare_nested_context(active, value, options)  # noqa: SLF001
    types = value.get(type_key) if type_key else []
    for index, one in enumerate(types if isinstance(types, list) else [types]):
        iri = processor._expand_iri(before, one, vocab=True)  # noqa: SLF001 - as above
        if not isinstance(iri, str) or not _IRI.fullmatch(iri):
            found.append(pointer(*path, str(type_key), *([index] if isinstance(types, list) else [])))
    for name, child in value.items():
        iri = processor._expand_iri(active, name, vocab=True)  # noqa: SLF001 - as above
        if name != "@context" and (iri is None or not (_IRI.fullmatch(iri) or iri.startswith("@"))):
            found.append(pointer(*path, name))
        elif name not in ("@context", type_key):
            _look(processor, options, active, name, child, (*path, name), found)


def check_plain(value: Mapping[str, Any], contexts: ContextSet) -> None:
    """What can be seen without any context: keywords, nulls, arrays in arrays, and which contexts are
    named.
    """
    if "@context" not in value:
        raise DocumentError("context_missing", "the document names no @context")
    _check_object(value, contexts, (), top=True)


def _check_object(
    value: Mapping[str, Any], contexts: ContextSet, path: tuple[str | int, ...], *, top: bool
) -> None:
    for name, child in value.items():
        here = (*path, name)
        if name == "@context":
            types = value.get("type")
            if not top and "VerifiableCredential" not in (types if isinstance(types, list) else [types]):
                raise DocumentError(
                    "nested_context", "only a whole credential may carry contexts", pointer(*here)
                )
            _check_contexts(child, contexts, here)
        elif name.startswith("@"):
            raise DocumentError(
                "keyword_not_allowed", f"{name!r} may not stand in a document", pointer(*here)
            )
        else:
            _check_value(child, contexts, here)


def _check_value(value: Any, contexts: ContextSet, path: tuple[str | int, ...]) -> None:
    if value is None:
        raise DocumentError("null_value", "leave the member out instead of null", pointer(*path))
    if isinstance(value, dict):
        _check_object(value, contexts, path, top=False)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            if isinstance(child, list):
                raise DocumentError(
                    "nested_array", "an array directly inside an array", pointer(*path, index)
                )
            _check_value(child, contexts, (*path, index))


def _check_contexts(named: Any, contexts: ContextSet, path: tuple[str | int, ...]) -> None:
    urls = named if isinstance(named, list) else [named]
    for url in urls:
        if not isinstance(url, str):
            raise DocumentError("inline_context", "a context must be one of the carried URLs", pointer(*path))
        contexts.get(url)
    if len(set(urls)) != len(urls) or not urls:
        raise DocumentError("context_not_allowed", "name each context once, and at least one", pointer(*path))


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
    if isinstance(node, list):
        for one in node:
            _check_expanded(one)
    elif isinstance(node, dict) and "@value" not in node:
        for name, child in node.items():
            if name == "@id":
                check_iri(child, "")
            elif name == "@type":
                for one in child:
                    if not _IRI.fullmatch(one):
                        raise DocumentError("undefined_type", f"no context defines the type {one[:80]!r}")
            else:
                _check_expanded(child)


def _statements(expanded: list[Any], contexts: ContextSet) -> tuple[list[Quad], int]:
    dataset = jsonld.JsonLdProcessor().to_rdf(expanded, dict(_options(contexts)))
    nodes: dict[str, int] = {}

    def term(one: Mapping[str, str]) -> Term:
        if one["type"] == "blank node":
            return nodes.setdefault(one["value"], len(nodes))
        if one["type"] == "IRI":
            return f"<{one['value']}>"
        literal = f'"{escape(one["value"])}"'
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

"""Which words of a document its contexts do not define: for a note, where every byte is signed anyway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contexts.errors import DocumentError, pointer
from contexts.members import KEYWORD
from contexts.naming import named_contexts
from contexts.pinned import ContextSet
from contexts.refusal import Refusal
from contexts.tables import State, tables


def undefined(value: Mapping[str, Any], contexts: ContextSet) -> list[str]:
    """JSON Pointers of the members and types that no context defines.

    Raises:
        DocumentError: `context_missing`, `context_not_allowed`, `inline_context`, `nested_context`,
            `unsupported_meaning`.
    """
    if "@context" not in value:
        raise DocumentError("context_missing", "the document names no @context")
    found: list[str] = []
    try:
        _look(tables(contexts).start, value, (), contexts, found)
    except Refusal as refusal:
        raise DocumentError(refusal.code, refusal.message, pointer(*reversed(refusal.steps))) from None
    return found


def _look(
    state: State, value: Any, path: tuple[str | int, ...], contexts: ContextSet, found: list[str]
) -> None:
    """One value: the same steps from state to state as the walk, without its statements."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            _look(state, one, (*path, index), contexts, found)
    if not isinstance(value, Mapping) or "@value" in value:
        return
    if "@context" in value:
        state = state.local(named_contexts(value, contexts, top=not path))
    state = state.typed(_known_types(state, value.get("type"), (*path, "type"), found))[0]
    for name, child in value.items():
        try:
            member = state.members.get(name) or state.member(name)
        except Refusal:
            found.append(pointer(*path, name))
            continue
        if member.kind != KEYWORD and member.coercion != "@json":
            _look(member.inside, child, (*path, name), contexts, found)


def _known_types(state: State, kinds: Any, path: tuple[str | int, ...], found: list[str]) -> list[str]:
    """The types that are defined; the places of the others are added to what was found."""
    known: list[str] = []
    for index, kind in enumerate(kinds if isinstance(kinds, list) else [kinds]):
        if not isinstance(kind, str) or kind in known:
            continue
        try:
            state.type(kind, ())
            known.append(kind)
        except Refusal:
            found.append(pointer(*path, *([index] if isinstance(kinds, list) else [])))
    return known

"""One identifier, one value for each of its members, wherever in the document it is described.

The signed form joins all descriptions of an identifier. If two of them gave a member different values, the
values could change places and the signature would still hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from contexts.errors import DocumentError


def check_descriptions(
    known: Mapping[str, dict[str, Any]], again: Iterable[tuple[str, dict[str, Any]]]
) -> None:
    """Hold each further description of an identifier against the first.

    Arrays of objects are let be: `endorsement` and its like are sets of things said about the identifier, and
    it does not matter where each of them stands.

    Args:
        known: Identifier to the first object that describes it.
        again: Every other object that describes one, with the identifier.

    Raises:
        DocumentError: `conflicting_id`.
    """
    said: dict[str, dict[str, Any]] = {}
    for name, value in again:
        members = said.setdefault(name, _own_members(known[name]))
        for member, child in _own_members(value).items():
            if not same(members.setdefault(member, child), child):
                message = f"{name[:80]!r} is described twice, with different values of {member[:80]!r}"
                raise DocumentError("conflicting_id", message)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, `true` and `1` told apart."""
    if one.__class__ is not other.__class__:
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(child, other[name]) for name, child in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


_OF_MANY_VOICES: Final = ("id", "type", "@context", "endorsementComment")
"""What is no description of the thing alone. Several people may each comment on one thing: whoever shows a
comment has checked its own endorser's proof, in which it has one place (`contexts.places` holds it there)."""


def _own_members(value: dict[str, Any]) -> dict[str, Any]:
    """What an object says of its identifier, less its types, its sets of things and what endorsers say."""
    return {
        name: child
        for name, child in value.items()
        if name not in _OF_MANY_VOICES
        and not (isinstance(child, list) and all(isinstance(one, dict) for one in child))
    }

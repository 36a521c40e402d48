"""The parts of a document that JSON pointers lead to (VC DI ECDSA 1.0, 3.4.11 to 3.4.13, select JSON-LD)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from credential.errors import CredentialError


@dataclass(frozen=True, slots=True)
class Selection:
    """A smaller document.

    Args:
        value: Its contexts, what was pointed to, and of each object on the way there its `id` and `type`.
        originals: By `id()` of each object of `value`, the object of the whole document that it is a part of.
    """

    value: dict[str, Any]
    originals: Mapping[int, dict[str, Any]]


@dataclass(slots=True)
class _Open:
    """An object or an array on the way to something that was selected."""

    source: Any
    parts: dict[str | int, Any] = field(default_factory=dict)


def select(document: dict[str, Any], pointers: Iterable[str]) -> Selection | None:
    """Select.

    Args:
        document: A document without its proof.
        pointers: JSON pointers (RFC 6901); "" is the whole document.

    Returns:
        The selection; None where nothing is pointed to.

    Raises:
        CredentialError: `proof_pointer` where one leads nowhere.
    """
    root = _open(document)
    found = False
    for pointer in pointers:
        found = True
        _take(root, pointer)
    if not found:
        return None
    root.parts["@context"] = document.get("@context")
    originals: dict[int, dict[str, Any]] = {}
    value: dict[str, Any] = _closed(root, originals)
    return Selection(value, originals)


def _open(source: Any) -> _Open:
    """What is shown of an object although only something inside it was asked for: what it is."""
    kept = ("id", "type") if isinstance(source, dict) else ()
    return _Open(source, {name: source[name] for name in kept if name in source})


def _take(root: _Open, pointer: str) -> None:
    if pointer == "":
        root.parts.update(root.source)
        return
    if not pointer.startswith("/"):
        raise CredentialError("proof_pointer", "a JSON pointer begins with /", pointer)
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
    at = root
    for count, step in enumerate(steps, 1):
        key, value = _step(at.source, step, pointer)
        if count == len(steps):
            at.parts[key] = value
            return
        inside = at.parts.get(key)
        if isinstance(inside, _Open):
            at = inside
        elif key in at.parts and key not in ("id", "type"):
            return  # all of it is shown already
        elif isinstance(value, dict | list):
            at.parts[key] = at = _open(value)
        else:
            raise CredentialError("proof_pointer", "this leads to nothing in the document", pointer)


def _step(source: Any, step: str, pointer: str) -> tuple[str | int, Any]:
    if isinstance(source, dict) and step in source:
        return step, source[step]
    plain = step.isascii() and step.isdigit() and (step == "0" or step[0] != "0")
    if isinstance(source, list) and plain and int(step) < len(source):
        return int(step), source[int(step)]
    raise CredentialError("proof_pointer", "this leads to nothing in the document", pointer)


def _closed(one: Any, originals: dict[int, dict[str, Any]]) -> Any:
    """What was selected as a value of its own, in the order of the document."""
    source = one.source if isinstance(one, _Open) else one
    if isinstance(source, list):
        chosen = [one.parts[at] for at in sorted(one.parts)] if isinstance(one, _Open) else source
        return [_closed(part, originals) for part in chosen]
    if not isinstance(source, dict):
        return source
    parts = one.parts if isinstance(one, _Open) else source
    made = {name: _closed(parts[name], originals) for name in source if name in parts}
    originals[id(made)] = source
    return made

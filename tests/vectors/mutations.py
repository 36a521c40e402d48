"""One small, seeded change to a JSON document at a time: what a careless or hostile writer would do to it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

Path = tuple[str | int, ...]

SCALARS: tuple[Any, ...] = (
    None, True, 0, -1, 3.5, "", "text", "two words", "https://example.org/x", "urn:uuid:1", "relative/path",
    [], {},
)  # fmt: skip
TERMS: tuple[str, ...] = (
    "Achievement", "Certification", "LetterGrade", "Status", "CFItem", "emailAddress", "email", "Completed",
    "completed", "ext:Own", "ext:", "ext:two words", "xext:Own", "Image", "Profile", "en", "es-US", "EN",
)  # fmt: skip
WRONG: dict[str, Any] = {
    "number": 7,
    "text": "text",
    "object": {},
    "list": [],
    "null": None,
    "names": ["text"],
}
DROPPED = object()
DATES: tuple[str, ...] = (
    "2026-05-01T09:00:00Z", "2026-05-01T09:00:00", "2026-05-01", "2026-05-01T24:00:00Z",
    "2026-02-30T09:00:00Z",
    "2026-05-01T09:00:00+14:00", "2026-05-01T09:00:00+14:01", "2026-05-01t09:00:00z", "2026-05-01T09:00:60Z",
    "2026-05-01T23:59:60Z", "2026-05-01T09:00:00.123456789Z", "2026-W01-1T09:00:00Z", "-0001-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "1767225600",
    "2026-05-01T09:00Z", "2026-05-01 09:00:00Z", "2026-05-01T09:00:00-00:00",
    "2026-05-01T09:00:00\u221207:00",
)  # fmt: skip
MEMBERS: tuple[str, ...] = (
    "caption", "salt", "name", "narrative", "endorsement", "validUntil", "image", "criteria",
    "credentialStatus", "dateOfBirth", "inLanguage", "address", "geo", "unheardOf", "@id", "type", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed document, and how it was changed, for the line that a failing test prints."""

    value: Any
    change: str


def mutate(document: Any, random: Random) -> Mutant:
    """Change one thing at one place that is drawn at random."""
    changed = copy.deepcopy(document)
    path = random.choice([path for path in paths(changed) if path])
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    last: Any = path[-1]
    old = holder[last]
    kind = random.choice(("drop", "scalar", "term", "date", "member", "flip", "flip", "language", "like"))
    if kind == "drop":
        del holder[last]
    elif kind == "member" and isinstance(old, dict):
        name = random.choice(MEMBERS)
        old[name] = random.choice((*SCALARS, *DATES))
        return Mutant(changed, f"member {name} at {path}")
    elif kind == "flip":
        holder[last] = old[0] if isinstance(old, list) and old else [old]
    elif kind == "language":
        holder[last] = {"en": old}
    elif kind == "like" and isinstance(old, str) and old[:2] == "20":
        holder[last] = random.choice(DATES)
    else:
        holder[last] = random.choice({"term": TERMS, "date": DATES}.get(kind, SCALARS))
    return Mutant(changed, f"{kind} at {path}: {str(old)[:40]!r} to {str(holder)[:80]!r}")


def every_change(document: Any) -> Iterator[Mutant]:
    """Each member in turn: dropped, of each wrong type, single for a list and back, with a stranger."""
    for path in paths(document):
        if path:
            changes: dict[str, Callable[[Any], Any]] = {
                "drop": lambda _: DROPPED,
                "flip": lambda old: old[0] if isinstance(old, list) else [old],
                "stranger": with_stranger,
                **{kind: partial(_instead, wrong) for kind, wrong in WRONG.items()},
            }
            for kind, change in changes.items():
                yield Mutant(_changed(document, path, change), f"{kind} at {path}")


def _instead(new: Any, _old: Any) -> Any:
    return new


def _changed(part: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """The document with one value changed; what is not on the way there is shared with the old one."""
    if not path:
        return change(part)
    step: Any = path[0]
    inside = _changed(part[step], path[1:], change)
    if isinstance(part, list):
        return [*part[:step], *([] if inside is DROPPED else [inside]), *part[step + 1 :]]
    if inside is DROPPED:
        return {name: value for name, value in part.items() if name != step}
    return {**part, step: inside}


def with_stranger(old: Any) -> Any:
    """A list with a number at its end, an object with a member that nobody named; else a truth value."""
    if isinstance(old, list):
        return [*old, 7]
    return {**old, "stranger": 7} if isinstance(old, dict) else True


def paths(value: Any, at: Path = ()) -> list[Path]:
    """Where there is anything in a document."""
    found = [at]
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, part in items:
        found += paths(part, (*at, step))
    return found

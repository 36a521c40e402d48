"""The navigation: pages join it, and everybody sees what their role may open."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.access.people import Person
from issuer.access.roles import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go.

    Attributes:
        order: Where it stands.
        name: What it says.
        path: Where it leads, under `/staff`.
        permission: What one must be allowed to; None for everybody.
        hint: What one does there, for a list of them.
    """

    order: int
    name: str
    path: str
    permission: Permission | None
    hint: str = ""


HOME, ISSUE, BADGES, CERTIFICATIONS, STUDENTS, CHECK_UPS, REPORTS, SETTINGS = range(10, 90, 10)
"""Where the main places stand, whoever joins first."""

_MAIN: dict[str, Entry] = {}
_SETTINGS: dict[str, Entry] = {}


def join(order: int, name: str, path: str, permission: Permission | None = None) -> None:
    """Take a place in the main navigation. A module does this once, when it is imported."""
    _MAIN[path] = Entry(order, name, path, permission)


def join_settings(order: int, name: str, path: str, permission: Permission | None, hint: str) -> None:
    """Take a place on the page Settings."""
    _SETTINGS[path] = Entry(order, name, path, permission, hint)


def main(person: Person) -> list[Entry]:
    """What a person may open, in order."""
    return _open(_MAIN, person)


def settings(person: Person) -> list[Entry]:
    """What a person may open on the page Settings, in order."""
    return _open(_SETTINGS, person)


def everything() -> list[Entry]:
    """Every place that was taken."""
    return [*_MAIN.values(), *_SETTINGS.values()]


def _open(entries: dict[str, Entry], person: Person) -> list[Entry]:
    allowed = [one for one in entries.values() if one.permission is None or person.may(one.permission)]
    return sorted(allowed, key=lambda one: (one.order, one.name))

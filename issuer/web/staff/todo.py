"""The list of things to do: pages join it with what waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from issuer.web.access import Visit


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for somebody.

    Attributes:
        words: What waits, as a sentence with its number: "3 requests wait for a second person."
        action: What to do, as the text of the link.
        path: Where, under `/staff`.
    """

    words: str
    action: str
    path: str


_SOURCES: list[Callable[[Visit], Iterable[Todo]]] = []


def join(source: Callable[[Visit], Iterable[Todo]]) -> None:
    """Be asked, whenever somebody opens Home, what waits for them. A module does this once."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def waiting_for(visit: Visit) -> list[Todo]:
    """Everything that waits for a person."""
    return [one for source in _SOURCES for one in source(visit)]

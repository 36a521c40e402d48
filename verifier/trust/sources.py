"""Where a verifier's lists come from, as its operator decides. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from verifier.trust.model import NOBODY, Trust, TrustList, TrustListError, TrustLists
from verifier.trust.signed import Pins

MOST_LISTS: Final = 16
"""Lists that one verifier goes by."""


@dataclass(frozen=True, slots=True)
class TrustSource:
    """One list that the operator has chosen.

    Args:
        place: A file's path, or an https address.
        pins: The publisher's keys. None for a plain file: the operator answers for it.
        list_id: The list's identifier, where the operator pins that too, or "".
    """

    place: str
    pins: Pins | None = None
    list_id: str = ""

    @property
    def on_web(self) -> bool:
        """Whether it must be fetched."""
        return "://" in self.place


def check_sources(sources: Iterable[TrustSource]) -> tuple[TrustSource, ...]:
    """The sources in their order, if they can be used together.

    Raises:
        TrustListError: `bad_source`.
    """
    listed = tuple(sources)
    if len(listed) > MOST_LISTS:
        raise TrustListError(f"at most {MOST_LISTS} lists are used", "bad_source")
    if len({one.place for one in listed}) != len(listed):
        raise TrustListError("a list is named twice", "bad_source")
    for one in listed:
        if one.on_web and one.pins is None:
            raise TrustListError(
                f"{one.place}: a list from the web is as good as its signature: give its publisher's key",
                "bad_source",
            )
    return listed


def missing(source: TrustSource, code: str, before: TrustList | None = None) -> TrustList:
    """A list that cannot be used, in its place.

    Args:
        source: Where it should have come from.
        code: Why it cannot be used.
        before: What was known of it, for its name.
    """
    return TrustList(before.name if before else source.place, None, source=source.place, problem=code)


def together(lists: Mapping[str, TrustList], sources: Iterable[TrustSource]) -> Trust:
    """The lists in the order of their sources; one that is not there is missing.

    Args:
        lists: By the place of its source.
        sources: In the operator's order.
    """
    ordered = tuple(lists.get(one.place) or missing(one, "trust_list_missing") for one in sources)
    if not ordered:
        return NOBODY
    return ordered[0] if len(ordered) == 1 else TrustLists(ordered)

"""Check many items, so many at a time, each badge once however often it was sent.

The only part of a batch that waits: `check` gathers and verifies, and `take` is told of each result as it
comes, in whatever order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from verifier.evidence import Presented
from verifier.intake import Item
from verifier.presented import Judged

Check: TypeAlias = Callable[[Presented], Awaitable[tuple[Judged, str]]]
"""Gathers and verifies: the verdict, and the digest of what was checked, "" for a presentation."""

Take: TypeAlias = Callable[[int, Item, Judged, str], Awaitable[None]]
"""Is told of a result: the item's number from 1, the item, its verdict and its digest."""


async def check_items(items: Sequence[Item], check: Check, take: Take, *, at_once: int) -> None:
    """Check all items.

    Args:
        items: As the intake read them.
        check: Checks one.
        take: Takes one result.
        at_once: How many are checked at the same time.
    """
    repeated: dict[int, list[int]] = {}
    for place, item in enumerate(items):
        if item.same_as is not None:
            repeated.setdefault(item.same_as, []).append(place)
    waiting = iter([place for place, item in enumerate(items) if item.same_as is None])

    async def work() -> None:
        for place in waiting:
            verdict, digest = await check(items[place].presented)
            for one in (place, *repeated.get(place, ())):
                await take(one + 1, items[one], verdict, digest)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(items))):
            group.create_task(work())

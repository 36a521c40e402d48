"""Look at the page that is meant: the one that a press led to, and as a whole.

A press returns before the page that it leads to is there. Who looks at once sees the page that is left, or
one that goes away while it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from playwright.sync_api import Error, Frame, Page, expect
from playwright.sync_api import TimeoutError as TooLate

T = TypeVar("T")

MOST_TIMES: Final = 3
"""How often a page is looked at that leaves while it is looked at."""
_LEAVES_WITHIN: Final = 2_000
"""Milliseconds after a look has failed, in which the page has left if that was why."""
_MARK: Final = "() => document.documentElement.setAttribute('data-before', '')"


@contextmanager
def led_on(page: Page) -> Iterator[None]:
    """What is pressed in the block leads to another page; the block ends once that one is there."""
    page.evaluate(_MARK)
    yield
    expect(page.locator("html[data-before]")).to_have_count(0)
    page.wait_for_load_state()


def looked(page: Page, look: Callable[[], T]) -> T:
    """What a look at a page finds. A page that left while it was looked at is looked at again.

    Raises:
        Error: The look failed and the page was still there, or it left each time.
    """
    left: list[Frame] = []

    def note(frame: Frame) -> None:
        left.append(frame)

    page.on("framenavigated", note)
    try:
        for _ in range(MOST_TIMES - 1):
            left.clear()
            page.wait_for_load_state()
            try:
                return look()
            except Error:
                if not left:
                    try:
                        page.wait_for_event("framenavigated", timeout=_LEAVES_WITHIN)
                    except TooLate:
                        left.clear()
                if not left:
                    raise
        page.wait_for_load_state()
        return look()
    finally:
        page.remove_listener("framenavigated", note)


def overflows(page: Page) -> bool:
    """Whether the page is wider than its window."""
    script = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return looked(page, lambda: bool(page.evaluate(script)))

"""The batches of a site: kept in memory for a day, checked in the background, found by their token alone.

A batch belongs to whoever has its address, 160 random bits of which this keeps a hash. What was sent is
dropped as soon as it is checked, the college's list of applicants with it; rows stay until a day has passed
or somebody deletes them. No batch is kept on a disk, and nothing of it goes into a log.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from credential.qr import new_token
from verifier.batch.checking import check_items
from verifier.batch.numbers import key_of, take_numbers
from verifier.batch.rows import College, Row, left_out, make_rows, settle
from verifier.evidence import Presented, PresentedKind, Verdict
from verifier.intake import MOST_ITEMS, Item
from verifier.presented import Judged
from verifier.receipt import draft_receipt, sign_receipt
from verifier.report import explain
from verifier.turns import TooBusy
from verifier.web.rate import Rate
from verifier.web.site import Site
from verifier.web.uploads import NOT_NOW, Intake

KEPT_FOR: Final = timedelta(days=1)
MOST_KEPT: Final = 64
MOST_KEPT_FOR_ONE: Final = 16
MOST_UNFINISHED: Final = 6
MOST_UNFINISHED_FOR_ONE: Final = 2
"""Batches that one address may have waiting or being checked."""

MAX_CHECKED: Final = 64 * 1024 * 1024
"""Most bytes of the badges of one batch together."""

MOST_ROWS: Final = 2_000
"""Rows of one batch, where they are of what stands inside something: a page draws all of them at once."""

MOST_SECONDS: Final = 1_800.0
"""How long the checks of one batch may take; what is left then was not checked, and says so."""

SECONDS_TO_OPEN: Final = 120.0
"""How long all the pictures and PDFs of one batch may take together."""

LINKS_PER_MINUTE: Final = 120
"""Addresses of badges that are asked for one sender in a minute. A code counts as one that is typed; a
student's link cannot be guessed and goes to its issuer alone, so it is not counted.
"""

TIDIED_EVERY: Final = 60.0


class State(StrEnum):
    """How far a batch is."""

    READING = "reading"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    """A fault of ours: the rows that are there hold, and others are missing."""


@dataclass(slots=True, eq=False)
class Batch:
    """One batch.

    Args:
        address: Who sent it, for the bounds alone.
        ends: From when on it is gone.
        state: How far it is.
        total: How many items it has, once they are read.
        done: How many of them are checked.
        rows: What came of them.
        version: Rises with every change.
    """

    address: str
    ends: datetime
    state: State = State.READING
    total: int = 0
    done: int = 0
    rows: list[Row] = field(default_factory=list)
    version: int = 0
    task: asyncio.Task[None] | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will change."""
        return self.state in (State.DONE, State.FAILED)

    def settled(self) -> tuple[Row, ...]:
        """The rows as far as they are, in their order."""
        return settle(self.rows)


class TooManyBatches(Exception):  # noqa: N818 - it says what happened
    """No further batch is taken now.

    Args:
        mine: Whether it is this sender who has too many.
    """

    def __init__(self, *, mine: bool) -> None:
        super().__init__("too many batches")
        self.mine = mine


class Batches:
    """The batches of one site, for one event loop.

    Args:
        site: Gives the site as it is now: its lists may be renewed while it runs.
        intake: Opens what was sent.
        clock: Gives the time, aware.
        entropy: Gives random bytes.
        at_once: How many badges of all batches together are checked at the same time.
        broke: Is told of a fault of ours that ended a batch.
    """

    def __init__(
        self,
        site: Callable[[], Site],
        intake: Intake,
        *,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        at_once: int,
        broke: Callable[[Exception], None] = lambda _: None,
    ) -> None:
        self._site = site
        self._intake = intake
        self._clock = clock
        self._entropy = entropy
        self._at_once = at_once
        self._broke = broke
        self._turns = asyncio.Semaphore(at_once)
        self._opening = asyncio.Semaphore(1)
        self._links = Rate(LINKS_PER_MINUTE)
        self._kept: dict[str, Batch] = {}

    def start(
        self, sent: Sequence[tuple[str, bytes]], college: College, address: str, origin: str, locale: str
    ) -> str:
        """Take a batch and begin with it.

        Args:
            sent: Name and content of each file.
            college: Its crosswalk and its list.
            address: Who sends it.
            origin: Of this site, for the receipts.
            locale: The language of the receipts.

        Returns:
            Its token, which is told once and kept nowhere.

        Raises:
            TooManyBatches: This sender, or everybody together, has as many as may be.
        """
        self.tidy()
        mine = [batch for batch in self._kept.values() if batch.address == address]
        for held, most, most_open in (
            (mine, MOST_KEPT_FOR_ONE, MOST_UNFINISHED_FOR_ONE),
            (list(self._kept.values()), MOST_KEPT, MOST_UNFINISHED),
        ):
            unfinished = sum(not batch.is_finished for batch in held)
            if len(held) >= most or unfinished >= most_open:
                raise TooManyBatches(mine=held is mine)
        token = new_token(self._entropy(20))
        batch = Batch(address, self._clock() + KEPT_FOR)
        self._kept[_hash(token)] = batch
        batch.task = asyncio.create_task(self._run(batch, sent, college, origin, locale))
        return token

    def find(self, token: str) -> Batch | None:
        """The batch with this token; None where there is none, or none any more."""
        self.tidy()
        return self._kept.get(_hash(token))

    def delete(self, token: str) -> None:
        """Forget a batch at once, and stop it where it is not finished."""
        self._forget(_hash(token))

    def tidy(self) -> None:
        """Forget every batch whose day is over."""
        now = self._clock()
        for key in [key for key, batch in self._kept.items() if batch.ends <= now]:
            self._forget(key)

    async def keep_tidy(self, every: float = TIDIED_EVERY) -> None:
        """Tidy again and again, so that nothing stays because nobody asks."""
        while True:
            await asyncio.sleep(every)
            self.tidy()

    def close(self) -> None:
        """Stop and forget all of them."""
        for key in list(self._kept):
            self._forget(key)

    def _forget(self, key: str) -> None:
        batch = self._kept.pop(key, None)
        if batch is None:
            return
        if batch.task is not None and not batch.task.done():
            batch.task.cancel()
        batch.rows.clear()
        batch.state = State.DONE
        batch.version += 1

    async def _run(
        self,
        batch: Batch,
        sent: Sequence[tuple[str, bytes]],
        college: College,
        origin: str,
        locale: str,
    ) -> None:
        """Read, check, and note each row; whatever happens, the batch comes to an end."""
        try:
            items, numbers = await self._read(sent, batch.address)
            del sent
            batch.total, batch.state = len(items), State.CHECKING
            batch.version += 1
            await self._check(batch, items, numbers, college, origin, locale)
            batch.state = State.DONE
        except Exception as fault:  # noqa: BLE001 - whatever it is, it ends one batch, and is written down
            batch.state = State.FAILED
            self._broke(fault)
        finally:
            batch.version += 1

    async def _read(
        self, sent: Sequence[tuple[str, bytes]], address: str
    ) -> tuple[tuple[Item, ...], Mapping[str, tuple[str, ...]]]:
        async with self._opening:
            taken = [(name, *await asyncio.to_thread(take_numbers, data)) for name, data in sent]
            numbers: dict[str, tuple[str, ...]] = {}
            for _, _, found in taken:
                for key, several in found.items():
                    numbers[key] = tuple(dict.fromkeys((*numbers.get(key, ()), *several)))
            items = await self._intake.read(
                [(name, data) for name, data, _ in taken],
                self._site(),
                address,
                most=MOST_ITEMS,
                seconds=SECONDS_TO_OPEN,
            )
        return _bounded(items), numbers

    async def _check(  # noqa: PLR0917 - all that one batch came with
        self,
        batch: Batch,
        items: Sequence[Item],
        numbers: Mapping[str, tuple[str, ...]],
        college: College,
        origin: str,
        locale: str,
    ) -> None:
        deadline = time.monotonic() + MOST_SECONDS

        async def check(presented: Presented) -> tuple[Judged, str]:
            in_time = await self._may_ask(presented, batch.address, deadline)
            async with self._turns:
                return await self._examined(presented if in_time else NOT_NOW, batch.address, deadline)

        def receipt(verdict: Verdict, digest: str) -> str:
            keys = self._site().receipts
            draft = draft_receipt(explain(verdict, locale), digest, origin) if keys else None
            return sign_receipt(draft, keys.signer) if keys and draft else ""

        async def take(number: int, item: Item, judged: Judged, digest: str) -> None:
            rows = await asyncio.to_thread(
                make_rows,
                number,
                item,
                judged,
                college,
                self._clock().date(),
                numbers=numbers.get(key_of(item.presented), ()),
                digest=digest,
                receipt=receipt,
            )
            fits = len(rows) == 1 or len(batch.rows) + len(rows) <= MOST_ROWS
            batch.rows.extend(rows if fits else (left_out(rows[0]),))
            batch.done += 1
            batch.version += 1

        await check_items(items, check, take, at_once=self._at_once)

    async def _examined(self, presented: Presented, address: str, deadline: float) -> tuple[Judged, str]:
        """Check one; where too much is waiting, later, as long as the batch has time."""
        while True:
            try:
                if presented.kind is PresentedKind.PRESENTATION:
                    return await self._site().examined_presentation(presented, address), ""
                checked = await self._site().examined(presented, address)
                return checked.verdict, checked.digest
            except TooBusy:
                if time.monotonic() > deadline:
                    presented = NOT_NOW
                await asyncio.sleep(1.0)

    async def _may_ask(self, presented: Presented, address: str, deadline: float) -> bool:
        """Wait until this sender may look up one more; False where the batch's time is over."""
        rate = {PresentedKind.CODE: self._site().codes, PresentedKind.LINK: self._links}.get(presented.kind)
        while rate is not None and not rate.allows(address, time.monotonic()):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(1.0)
        return time.monotonic() <= deadline


def counts(rows: Sequence[Row]) -> Counter[str]:
    """How many rows each filter shows."""
    counted = Counter(row.family for row in rows)
    counted["all"] = len(rows)
    counted["look_twice"] = sum(1 for row in rows if row.needs_a_look)
    return counted


def _bounded(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items, without the content of those that go beyond what one batch may weigh."""
    bounded: list[Item] = []
    size = 0
    for item in items:
        first = item if item.same_as is None else bounded[item.same_as]
        size += len(item.presented.data) if first is item else 0
        fits = first.presented is not TOO_MUCH and size <= MAX_CHECKED
        bounded.append(item if fits else replace(item, presented=TOO_MUCH, same_as=None))
    return tuple(bounded)


TOO_MUCH: Final = Presented(
    PresentedKind.UNREADABLE,
    code="too_many_items",
    detail="This is more than one batch may weigh. Send the rest by itself.",
)


def _hash(token: str) -> str:
    return hashlib.sha256(token.upper().encode("utf-8", "replace")).hexdigest()

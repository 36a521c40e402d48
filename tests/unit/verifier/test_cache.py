"""Answers are kept for a little while, and nothing that belongs to one person is kept at all."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.world import NOW
from verifier.cache import FAILED_FOR, KEEPING, Cache
from verifier.evidence import Failure, Fetched, Need, NeedKind

DID = Need(NeedKind.DID_DOCUMENT, "https://a.example/.well-known/did.json")
SECOND = timedelta(seconds=1)


class Counted:
    """A source that counts, and can be down."""

    def __init__(self) -> None:
        self.now = NOW
        self.down = False
        self.asked: list[str] = []
        self.size = 10

    async def answer(self, need: Need) -> Fetched | Failure:
        self.asked.append(need.url)
        await asyncio.sleep(0)
        if self.down:
            return Failure(need, "timeout", "down", self.now)
        return Fetched(need, b"x" * self.size, self.now)

    def clock(self) -> datetime:
        return self.now


def cached(source: Counted, most_bytes: int = 100_000) -> Cache:
    return Cache(source, clock=source.clock, most_bytes=most_bytes)


def test_kinds_that_belong_to_one_person_are_never_kept() -> None:
    assert not {NeedKind.RETRIEVAL, NeedKind.CREDENTIAL} & set(KEEPING)
    source = Counted()
    cache = cached(source)
    share = Need(NeedKind.RETRIEVAL, "https://a.example/retrieve", body=b"{}")

    async def twice() -> None:
        await cache.answer(share)
        await cache.answer(share)

    asyncio.run(twice())
    assert len(source.asked) == 2


@pytest.mark.parametrize("kind", list(KEEPING))
def test_a_copy_is_fresh_for_its_time_and_not_a_second_longer(kind: NeedKind) -> None:
    source = Counted()
    cache = cached(source)
    need = Need(kind, "https://a.example/x")
    fresh = KEEPING[kind].fresh
    for passed, asked in ((timedelta(0), 1), (fresh - SECOND, 1), (fresh, 2)):
        source.now = NOW + passed
        asyncio.run(cache.answer(need))
        assert len(source.asked) == asked
    assert KEEPING[NeedKind.DID_DOCUMENT].fresh <= timedelta(minutes=10)


def test_the_last_copy_serves_while_the_issuer_is_down_and_not_for_ever() -> None:
    source = Counted()
    cache = cached(source)
    asyncio.run(cache.answer(DID))
    source.down = True
    source.now = NOW + timedelta(minutes=11)
    kept = asyncio.run(cache.answer(DID))
    assert isinstance(kept, Fetched)
    assert kept.at == NOW
    source.now = NOW + KEEPING[NeedKind.DID_DOCUMENT].when_down
    assert isinstance(asyncio.run(cache.answer(DID)), Failure)


def test_a_failure_is_not_tried_again_at_once() -> None:
    source = Counted()
    source.down = True
    cache = cached(source)
    for passed, asked in ((timedelta(0), 1), (FAILED_FOR - SECOND, 1), (FAILED_FOR, 2)):
        source.now = NOW + passed
        assert isinstance(asyncio.run(cache.answer(DID)), Failure)
        assert len(source.asked) == asked
    assert timedelta(minutes=1) >= FAILED_FOR


def test_equal_questions_at_the_same_time_are_asked_once() -> None:
    source = Counted()
    cache = cached(source)

    async def many() -> None:
        await asyncio.gather(*(cache.answer(DID) for _ in range(20)))

    asyncio.run(many())
    assert len(source.asked) == 1


def test_who_gives_up_waiting_stops_nobody_else() -> None:
    source = Counted()
    cache = cached(source)

    async def two() -> Fetched | Failure:
        first = asyncio.create_task(cache.answer(DID))
        second = asyncio.create_task(cache.answer(DID))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert isinstance(asyncio.run(two()), Fetched)


def test_the_bytes_are_bounded_and_the_least_used_leave_first() -> None:
    source = Counted()
    source.size = 1_000
    cache = cached(source, most_bytes=4_000)
    needs = [Need(NeedKind.STATUS_LIST, f"https://a.example/{n}") for n in range(3)]

    async def in_turn() -> None:
        for need in (needs[0], needs[1], needs[0], needs[2], needs[0], needs[1]):
            await cache.answer(need)

    asyncio.run(in_turn())
    assert [url[-1] for url in source.asked] == ["0", "1", "2", "1"]


def test_failures_are_bounded_too_and_the_oldest_are_forgotten_first() -> None:
    source = Counted()
    source.down = True
    cache = cached(source, most_bytes=512 * 8 * 3)  # three are kept
    needs = [Need(NeedKind.DID_DOCUMENT, f"https://{n}.example/did.json") for n in range(4)]

    async def in_turn() -> None:
        for need in (*needs[:3], *needs[:3], needs[3], needs[3], needs[1], needs[0]):
            await cache.answer(need)

    asyncio.run(in_turn())
    assert [url[8] for url in source.asked] == ["0", "1", "2", "3", "0"]

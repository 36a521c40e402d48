"""Gathering has bounds, remembers lists, and never makes something out of nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from tests.world import NOW, World, as_presented
from verifier.evidence import Code, Evidence, Failure, Fetched, Need, Presented, Seen
from verifier.gather import Memory, gather
from verifier.policy import Policy
from verifier.verify import verify


class Served:
    """A world as a source, with a wait before each answer."""

    def __init__(self, world: World, seconds: float = 0) -> None:
        self.world = world
        self.seconds = seconds

    async def answer(self, need: Need) -> Fetched | Failure:
        await asyncio.sleep(self.seconds)
        return self.world.fetch(need)


def gathered(
    world: World,
    policy: Policy,
    presented: Presented | None = None,
    *,
    memory: Memory | None = None,
    wait: float = 0,
) -> Evidence:
    shown = presented or as_presented(world.badge())
    return asyncio.run(gather(shown, policy, Served(world, wait), NOW, memory=memory))


def code(held: Evidence, policy: Policy) -> Code:
    return verify(held, policy, NOW).code


def test_what_is_gathered_is_enough_for_the_verdict() -> None:
    world = World()
    held = gathered(world, world.policy)
    assert held == world.evidence(world.badge())
    assert code(held, world.policy) is Code.VALID


def test_the_number_of_fetches_is_bounded() -> None:
    for most, expected in ((0, Code.INCOMPLETE), (1, Code.INCOMPLETE), (2, Code.VALID)):
        world = World(policy_changes={"max_fetches": most})
        held = gathered(world, world.policy)
        assert len(world.asked) == min(most, 2)
        assert code(held, world.policy) is expected


def test_the_number_of_bytes_is_bounded() -> None:
    world = World(policy_changes={"max_gathered_bytes": 100})
    held = gathered(world, world.policy)
    assert len(world.asked) == 1
    assert code(held, world.policy) is Code.INCOMPLETE


def test_the_time_is_bounded() -> None:
    world = World(policy_changes={"max_gathering": timedelta(milliseconds=20)})
    held = gathered(world, world.policy, wait=5)
    assert world.asked == []
    assert [a.code for a in held.gathered if isinstance(a, Failure)] == ["gathering_took_too_long"]
    assert code(held, world.policy) is Code.INCOMPLETE


def test_an_older_list_than_one_accepted_before_is_noticed() -> None:
    memory = Memory()
    world = World()
    assert code(gathered(world, world.policy, memory=memory), world.policy) is Code.VALID
    older = replace(world, listed_at=world.listed_at - timedelta(hours=1))
    held = gathered(older, world.policy, memory=memory)
    assert held.seen == (Seen(world.list_url, world.listed_at),)
    assert code(held, world.policy) is Code.INCOMPLETE


def test_a_forged_list_is_not_remembered() -> None:
    memory = Memory()
    world = World()
    world.tamper["list"] = lambda made: made.update(validFrom="2036-01-01T00:00:00Z")
    gathered(world, world.policy, memory=memory)
    assert memory.known() == ()


def test_memory_keeps_the_newest_and_forgets_the_oldest() -> None:
    memory = Memory(most=2)
    first = Seen("https://a.example/1", NOW)
    memory.remember([first, Seen("https://a.example/1", NOW - timedelta(hours=1))])
    assert memory.known() == (first,)
    memory.remember([Seen("https://b.example/1", NOW), Seen("https://c.example/1", NOW)])
    assert [seen.url for seen in memory.known()] == ["https://b.example/1", "https://c.example/1"]


def test_many_at_once_do_not_mix() -> None:
    world, revoked = World(), World()
    revoked.revoke()

    async def all_of_them() -> list[Evidence]:
        shown = as_presented(world.badge())
        tasks = [gather(shown, world.policy, Served((world, revoked)[n % 2], 0.001), NOW) for n in range(6)]
        return await asyncio.gather(*tasks)

    held = asyncio.run(all_of_them())
    assert [code(one, world.policy) for one in held] == [Code.VALID, Code.REVOKED] * 3

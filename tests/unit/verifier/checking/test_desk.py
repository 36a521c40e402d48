"""A check in a process says what a check says; one that takes too long says nothing and stops nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.dear import dear_badge
from tests.presentations import presentation, signed
from tests.site import Answers
from tests.world import NOW, World, as_presented
from verifier.checking import Badge, Desk, Shown, open_desk
from verifier.checking.desk import MOST_WAITING, STARTING
from verifier.checking.wire import Worked, pack, unpack
from verifier.evidence import Check, CheckOutcome, Code, Evidence, Outcome, Presented, Verdict
from verifier.gather import Memory
from verifier.presentation import verify_presentation
from verifier.presented import PresentationCheck, PresentationCode
from verifier.turns import TooBusy
from verifier.verify import verify
from verifier.workers import Workers

STICKS = "tests.unit.verifier.checking.job_that_sticks"


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = open_desk(1, 30.0)
    yield made
    made.close()


@pytest.fixture
def sticking() -> Workers:
    """Two processes; a check that names it never ends there."""
    return Workers(STICKS, most=2, seconds=60.0, starting=STARTING)


@pytest.fixture
def short(sticking: Workers) -> Iterator[Desk]:
    """A second for each check."""
    made = Desk(sticking, 2, 1.0)
    yield made
    made.close()


@pytest.fixture
def patient(sticking: Workers) -> Iterator[Desk]:
    """A minute for each check, by the same processes: a loaded machine may take its time."""
    made = Desk(sticking, 2, 60.0)
    yield made
    made.close()


async def checked(desk: Desk, world: World, sent: Presented, who: str = "192.0.2.7") -> Verdict:
    _, verdict = await desk.check(Badge(), sent, world.policy, Answers(world), NOW, who=who)
    return verdict


def a_world(what: str) -> tuple[World, bytes]:
    world = World(form="jwt" if what == "token" else "json")
    if what == "revoked":
        world.revoke()
    if what == "tampered":
        world.tamper["badge"] = lambda made: made.update(name="Another")
    if what == "silent":
        world.fail[world.did_url] = "timeout"
    return world, b"{}" if what == "unreadable" else world.badge()


def test_a_process_says_what_the_check_says(desk: Desk) -> None:
    async def play() -> None:
        for what in ("good", "token", "revoked", "tampered", "silent", "unreadable"):
            world, badge = a_world(what)
            sent = as_presented(badge)
            held, verdict = await desk.check(Badge(), sent, world.policy, Answers(world), NOW, who="a")
            assert verdict == verify(held, world.policy, NOW), what
            assert (verdict.outcome is Outcome.VALID) == (what in ("good", "token"))
            assert held.presented == sent

    asyncio.run(play())


def test_a_presentation_is_checked_as_one(desk: Desk) -> None:
    world = World()
    sent = as_presented(signed(presentation(world.badge_value() | {"proof": []})))

    async def play() -> None:
        for kind in (Shown(), Shown("another challenge")):
            held, verdict = await desk.check(kind, sent, world.policy, Answers(world), NOW, who="a")
            assert verdict == verify_presentation(held, world.policy, NOW, kind.challenge, kind.domain)

    asyncio.run(play())


def test_what_is_asked_for_a_past_moment_is_answered_for_it(desk: Desk) -> None:
    world = World()
    policy = replace(world.policy, at=NOW - timedelta(days=1))

    async def play() -> tuple[Evidence, Verdict]:
        return await desk.check(Badge(), as_presented(world.badge()), policy, Answers(world), NOW, who="a")

    held, verdict = asyncio.run(play())
    assert verdict.asked_about == policy.at
    assert verdict == verify(held, policy, NOW)


def test_lists_that_were_accepted_are_remembered_and_an_older_one_is_noticed(desk: Desk) -> None:
    world, older = World(), World(listed_at=NOW - timedelta(hours=3))
    memory = Memory()

    async def play() -> list[Code]:
        codes = []
        for one in (world, older):
            _, verdict = await desk.check(
                Badge(), as_presented(one.badge()), one.policy, Answers(one), NOW, who="a", memory=memory
            )
            codes.append(verdict.code)
        return codes

    assert asyncio.run(play()) == [Code.VALID, Code.INCOMPLETE]


@pytest.mark.parametrize("how", ["spin", "die"])
def test_a_check_that_takes_too_long_could_not_be_checked_and_stops_nobody(
    short: Desk, patient: Desk, how: str
) -> None:
    world = World()
    good, bad = as_presented(world.badge()), replace(as_presented(world.badge()), detail=how)

    async def play() -> tuple[Verdict, Verdict]:
        assert (await checked(patient, world, good)).code is Code.VALID
        stuck = asyncio.create_task(checked(short, world, bad, "198.51.100.9"))
        await asyncio.sleep(0.05)
        others = [await checked(patient, world, good) for _ in range(3)]
        assert {one.code for one in others} == {Code.VALID}
        return await asyncio.wait_for(stuck, STARTING + 30), await checked(patient, world, good)

    stopped, after = asyncio.run(play())
    assert (stopped.outcome, stopped.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert stopped.finding(Check.SHAPE).code == "check_stopped"
    assert stopped.finding(Check.SHAPE).detail == {"spin": "late", "die": "broke"}[how]
    assert stopped.credential is None
    assert all(f.outcome is CheckOutcome.COULD_NOT_CHECK for f in stopped.findings)
    assert after.code is Code.VALID


def test_a_presentation_that_takes_too_long_could_not_be_checked(short: Desk) -> None:
    world = World()
    bad = replace(as_presented(world.badge()), detail="die")

    async def play() -> Any:
        return (await short.check(Shown(), bad, world.policy, Answers(world), NOW, who="a"))[1]

    verdict = asyncio.run(play())
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, PresentationCode.INCOMPLETE)
    assert verdict.finding(PresentationCheck.SHAPE).code == "check_stopped"


@pytest.mark.parametrize(("seconds", "code"), [(30.0, Code.VALID), (0.6, Code.INCOMPLETE)])
def test_the_time_is_that_of_all_steps_together(seconds: float, code: Code) -> None:
    """Three steps of 0.4 seconds each; a step by itself would fit into either."""
    world = World()
    desk = Desk(Workers(STICKS, most=1, seconds=60, starting=STARTING), 1, seconds)
    sent = replace(as_presented(world.badge()), detail="slow")
    try:
        assert asyncio.run(checked(desk, world, sent)).code is code
    finally:
        desk.close()


def test_the_dearest_that_is_let_in_from_one_address_holds_up_no_other(
    desk: Desk, request: pytest.FixtureRequest
) -> None:
    """A flood from one address; a good badge from another comes before nearly all of it."""
    world = World()
    good, dear = as_presented(world.badge()), as_presented(dear_badge())
    flood = 24

    async def play() -> tuple[float, float, int]:
        await checked(desk, world, good)
        begun = time.monotonic()
        await checked(desk, world, good)
        alone = time.monotonic() - begun
        sent = [asyncio.create_task(checked(desk, world, dear, "198.51.100.9")) for _ in range(flood)]
        await asyncio.sleep(0.05)
        before = sum(task.done() for task in sent)
        begun = time.monotonic()
        assert (await checked(desk, world, good)).code is Code.VALID
        took = time.monotonic() - begun
        done = sum(task.done() for task in sent) - before
        verdicts = await asyncio.gather(*sent)
        assert all(one.outcome is not Outcome.VALID for one in verdicts)
        return alone, took, done

    alone, took, done = asyncio.run(play())
    request.node.user_properties += [("alone_ms", alone * 1000), ("in_a_flood_ms", took * 1000)]
    # One process: each of the three steps of the good badge waits for the one that is being worked on, and
    # for the one whose turn comes before.
    assert done <= 6
    assert flood > 20


def test_beyond_what_may_wait_it_is_said_at_once(desk: Desk) -> None:
    world = World()
    sent = as_presented(dear_badge())

    async def play() -> int:
        tasks = [asyncio.create_task(checked(desk, world, sent)) for _ in range(MOST_WAITING // 4 + 2)]
        await asyncio.sleep(0.05)
        busy = sum(isinstance(t.done() and t.exception(), TooBusy) for t in tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return busy

    assert asyncio.run(play()) == 1


def test_nothing_worked_out_from_a_document_travels() -> None:
    world = World()
    verdict = world.check(world.badge())
    assert verdict.credential is not None
    there = unpack(pack(Worked(verdict, 0.0))).answer
    assert there == verdict
    assert there.credential.forms == {}

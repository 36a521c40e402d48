"""Whoever sends much waits for his own; what may wait has an end."""

from __future__ import annotations

import asyncio

import pytest

from verifier.turns import TooBusy, Turns


class House:
    """Turns, and who has come and gone."""

    def __init__(self, at_once: int, *, each: int, waiting: int = 9, waiting_each: int = 9) -> None:
        self.turns = Turns(at_once, each=each, waiting=waiting, waiting_each=waiting_each)
        self.came: list[str] = []
        self.inside: list[asyncio.Event] = []

    async def visit(self, who: str) -> None:
        go = asyncio.Event()
        async with self.turns.turn(who.rstrip("0123456789")):
            self.came.append(who)
            self.inside.append(go)
            await go.wait()

    async def send(self, *who: str) -> list[asyncio.Task[None]]:
        sent = [asyncio.create_task(self.visit(one)) for one in who]
        await settled()
        return sent

    async def let_go(self) -> None:
        self.inside.pop(0).set()
        await settled()


async def settled() -> None:
    for _ in range(9):
        await asyncio.sleep(0)


def test_no_address_has_all_places() -> None:
    async def play() -> list[str]:
        house = House(4, each=3)
        await house.send("a1", "a2", "a3", "a4", "a5", "b1")
        return house.came

    assert asyncio.run(play()) == ["a1", "a2", "a3", "b1"]


def test_addresses_take_turns_however_long_one_line_is() -> None:
    async def play() -> list[str]:
        house = House(1, each=1)
        await house.send("a1", "a2", "a3", "a4", "b1", "c1", "c2")
        for _ in range(7):
            await house.let_go()
        return house.came

    assert asyncio.run(play()) == ["a1", "a2", "b1", "c1", "a3", "c2", "a4"]


@pytest.mark.parametrize(("sent", "refused"), [(3, 0), (4, 1)])
def test_what_may_wait_has_an_end(sent: int, refused: int) -> None:
    async def play() -> int:
        house = House(1, each=1, waiting=2)
        tasks = await house.send(*(f"{chr(97 + n)}1" for n in range(sent)))
        return sum(isinstance(task.done() and task.exception(), TooBusy) for task in tasks)

    assert asyncio.run(play()) == refused


@pytest.mark.parametrize(("sent", "refused"), [(3, 0), (4, 1)])
def test_no_address_fills_the_line(sent: int, refused: int) -> None:
    async def play() -> tuple[int, list[str]]:
        house = House(1, each=1, waiting=3, waiting_each=2)
        tasks = await house.send(*(f"a{n}" for n in range(sent)))
        count = sum(isinstance(task.done() and task.exception(), TooBusy) for task in tasks)
        await house.send("b1")
        await house.let_go()
        await house.let_go()
        return count, house.came

    count, came = asyncio.run(play())
    assert count == refused
    assert "b1" in came


def test_who_stops_waiting_leaves_the_line_and_takes_no_place() -> None:
    async def play() -> list[str]:
        house = House(1, each=1, waiting=1)
        _, waiting = await house.send("a1", "b1")
        waiting.cancel()
        await settled()
        await house.send("c1")
        await house.let_go()
        return house.came

    assert asyncio.run(play()) == ["a1", "c1"]


def test_who_is_called_and_has_gone_gives_the_place_back() -> None:
    async def play() -> list[str]:
        house = House(1, each=1)
        _, waiting = await house.send("a1", "b1")
        house.inside.pop(0).set()
        await asyncio.sleep(0)  # the place is b's, who has not woken yet
        waiting.cancel()
        await settled()
        await house.send("c1")
        return house.came

    assert asyncio.run(play()) == ["a1", "c1"]


def test_who_goes_at_the_moment_at_which_the_place_comes_is_passed_over() -> None:
    async def play() -> list[str]:
        house = House(1, each=1)
        first, waiting, _ = await house.send("a1", "b1", "c1")
        house.inside.pop(0).set()
        waiting.cancel()  # before the place has come, and b does not know yet
        await settled()
        assert first.exception() is None
        await house.let_go()
        await house.send("d1")
        return house.came

    assert asyncio.run(play()) == ["a1", "c1", "d1"]


def test_what_breaks_inside_gives_its_place_back() -> None:
    async def play() -> str:
        turns = Turns(1, each=1, waiting=1, waiting_each=1)
        with pytest.raises(ZeroDivisionError):
            async with turns.turn("a"):
                raise ZeroDivisionError
        async with turns.turn("a"):
            return "came in"

    assert asyncio.run(play()) == "came in"


@pytest.mark.parametrize("numbers", [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0)])
def test_nothing_is_counted_from_zero(numbers: tuple[int, int, int, int]) -> None:
    at_once, each, waiting, waiting_each = numbers
    with pytest.raises(ValueError, match="counted from one"):
        Turns(at_once, each=each, waiting=waiting, waiting_each=waiting_each)

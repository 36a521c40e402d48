from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import NOW
from verifier.web.challenges import LASTS, MOST_CHALLENGES, PREFIX, Challenges, Standing


@pytest.fixture
def challenges() -> Challenges:
    counted = iter(range(10**9))
    return Challenges(lambda size: next(counted).to_bytes(size, "big"), most=5)


def test_a_challenge_is_open_once(challenges: Challenges) -> None:
    text = challenges.make(NOW)
    assert text.startswith(PREFIX)
    assert challenges.standing(text, NOW) is Standing.OPEN
    standing, made = challenges.use(text, NOW)
    assert (standing, made and made.uses) == (Standing.OPEN, 1)
    later = NOW + timedelta(minutes=1)
    assert challenges.standing(text, later) is Standing.USED
    standing, made = challenges.use(text, later)
    assert standing is Standing.USED
    assert made is not None
    assert (made.uses, made.first_used_at) == (2, NOW)


def test_it_lasts_so_long_and_no_longer(challenges: Challenges) -> None:
    text = challenges.make(NOW)
    assert challenges.standing(text, NOW + LASTS) is Standing.OPEN
    assert challenges.standing(text, NOW + LASTS + timedelta(seconds=1)) is Standing.EXPIRED


def test_one_that_is_no_longer_remembered_is_never_taken_for_the_callers_own(challenges: Challenges) -> None:
    text = challenges.make(NOW)
    challenges.make(NOW + LASTS + timedelta(seconds=1))
    assert challenges.standing(text, NOW) is Standing.UNKNOWN
    assert challenges.use(PREFIX, NOW) == (Standing.UNKNOWN, None)
    assert challenges.use("6e62f66e-67de-11eb-b490-ef3eeefa55f2", NOW) == (Standing.FOREIGN, None)


def test_so_many_are_remembered_and_the_oldest_make_way(challenges: Challenges) -> None:
    made = [challenges.make(NOW) for _ in range(6)]
    assert challenges.size == 5
    assert challenges.standing(made[0], NOW) is Standing.UNKNOWN
    assert challenges.standing(made[1], NOW) is Standing.OPEN
    assert MOST_CHALLENGES == 10_000

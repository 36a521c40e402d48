from __future__ import annotations

from verifier.web.rate import MOST_ADDRESSES, Rate


def test_a_minutes_worth_is_allowed_at_once_and_no_more() -> None:
    rate = Rate(5)
    assert [rate.allows("a", 100.0) for _ in range(7)] == [True] * 5 + [False] * 2


def test_one_more_is_allowed_whenever_its_time_has_come() -> None:
    rate = Rate(5)
    for _ in range(5):
        rate.allows("a", 100.0)
    assert not rate.allows("a", 111.9)
    assert rate.allows("a", 112.1)
    assert not rate.allows("a", 112.1)


def test_addresses_do_not_pay_for_each_other() -> None:
    rate = Rate(1)
    assert rate.allows("a", 0.0)
    assert rate.allows("b", 0.0)
    assert not rate.allows("a", 0.0)


def test_the_memory_is_bounded() -> None:
    rate = Rate(1)
    for number in range(MOST_ADDRESSES + 1):
        rate.allows(str(number), 0.0)
    assert len(rate._next) == MOST_ADDRESSES


def test_what_is_left_is_told_and_when_it_is_whole_again() -> None:
    rate = Rate(6, "codes")
    turns = [rate.take("a", 100.0) for _ in range(7)]
    assert [turn.left for turn in turns] == [5, 4, 3, 2, 1, 0, 0]
    assert [turn.seconds for turn in turns] == [10, 20, 30, 40, 50, 60, 10]
    assert turns[0].headers() == {"RateLimit-Policy": '"codes";q=6;w=60', "RateLimit": '"codes";r=5;t=10'}
    assert turns[6].headers()["Retry-After"] == "10"


def test_waiting_as_long_as_was_said_is_enough() -> None:
    rate = Rate(7)
    while (turn := rate.take("a", 5.0)).allowed:
        pass
    assert not rate.take("a", 5.0 + turn.seconds - 1).allowed
    assert rate.take("a", 5.0 + turn.seconds).allowed


def test_what_costs_more_counts_more_and_never_more_than_there_is() -> None:
    rate = Rate(5)
    assert rate.take("a", 0.0, 4).left == 1
    assert not rate.take("a", 0.0, 2).allowed
    assert rate.take("a", 0.0, 1).allowed
    assert rate.take("b", 0.0, 9_999).allowed
    assert not rate.take("b", 0.0).allowed


def test_all_that_are_allowed_are_allowed_whatever_seconds_add_up_to() -> None:
    for limit in (1, 3, 7, 30, 49, 600, 1_200):
        rate = Rate(limit)
        assert all(rate.allows("a", 12_345.678) for _ in range(limit))
        assert not rate.allows("a", 12_345.678)

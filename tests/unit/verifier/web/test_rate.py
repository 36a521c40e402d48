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

"""Status positions in an order that tells nothing (STA-14)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from issuer.permutation import KEY_BYTES, LIST_SIZE, position

KEY = bytes(range(KEY_BYTES))


def test_every_position_is_given_once_and_in_no_order() -> None:
    given = [position(counter, KEY) for counter in range(LIST_SIZE)]
    assert sorted(given) == list(range(LIST_SIZE))
    longest = run = 1
    for before, after in pairwise(given):
        run = run + 1 if after > before else 1
        longest = max(longest, run)
    assert longest <= 12
    neighbours = sum(abs(a - b) == 1 for a, b in pairwise(given))
    assert neighbours < 20


def test_another_key_gives_another_order() -> None:
    other = bytes(KEY_BYTES)
    same = sum(position(counter, KEY) == position(counter, other) for counter in range(2_000))
    assert same < 5


@pytest.mark.parametrize("counter", [-1, LIST_SIZE])
def test_outside_the_list_there_is_no_position(counter: int) -> None:
    with pytest.raises(ValueError, match="131,071"):
        position(counter, KEY)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        position(0, KEY[:-1])


def test_the_order_never_changes_between_versions() -> None:
    """A list that was opened by an older program goes on in its own order, or a position would come twice."""
    given = [position(counter, KEY) for counter in (0, 1, 2, 511, 512, 131_071)]
    assert given == [14_596, 125_870, 104_530, 71_281, 49_719, 10_344]

"""How a share stands: what the holder did says more than what time did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from issuer.sharing.terms import State, state_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PAST, AHEAD = NOW - timedelta(days=1), NOW + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("stopped", "ends", "withdrawn", "expected"),
    [
        (None, None, None, State.OPEN),
        (None, AHEAD, None, State.OPEN),
        (None, NOW, None, State.ENDED),
        (PAST, PAST, PAST, State.STOPPED),
        (NOW, None, None, State.STOPPED),
        (None, PAST, PAST, State.ENDED),
        (None, AHEAD, PAST, State.WITHDRAWN),
    ],
)
def test_state(
    stopped: datetime | None, ends: datetime | None, withdrawn: datetime | None, expected: State
) -> None:
    assert state_of(stopped=stopped, ends=ends, withdrawn=withdrawn, now=NOW) is expected

"""A moment in the past that somebody asks about, as it is typed: a day or a point in time.

A day means the end of that day, in UTC: what began on it counts, and so does what was withdrawn on it. The
present day means now. What has not come yet is refused: nobody can say what will be withdrawn by then.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final

from credential.dates import parse_date, parse_date_time
from credential.errors import CredentialError

FIRST_TO_SEE_A_DAY: Final = timedelta(hours=14)
"""So far ahead of UTC is the place where a day begins first: what is today somewhere is not the future."""


class MomentRefused(ValueError):  # noqa: N818 - it says what happened, like the other refusals
    """A text that names no moment that can be asked about.

    Args:
        code: `bad_moment` or `future_moment`.
        message: What to write instead.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def parse_moment(text: str, now: datetime) -> datetime:
    """Read a day or a time.

    >>> parse_moment("2026-05-01", datetime(2026, 6, 1, tzinfo=UTC)).isoformat()
    '2026-05-01T23:59:59+00:00'

    Args:
        text: `2026-05-01`, or a dateTime such as `2026-05-01T09:00:00Z`.
        now: The time, aware.

    Returns:
        The moment, in UTC, never after `now`.

    Raises:
        MomentRefused: It is neither, or has not come yet.
    """
    try:
        if "T" in text:
            moment = parse_date_time(text).instant
        else:
            day = parse_date(text)
            moment = datetime.combine(day, time(23, 59, 59), UTC)
            if day <= (now + FIRST_TO_SEE_A_DAY).date():
                moment = min(moment, now)
    except CredentialError:
        raise MomentRefused(
            "bad_moment",
            f"{text[:40]}: write a time such as 2026-05-01T09:00:00Z, or a day such as 2026-05-01",
        ) from None
    if moment > now:
        raise MomentRefused(
            "future_moment", f"{text[:40]} has not come yet: ask about a day in the past, or about now"
        )
    return moment

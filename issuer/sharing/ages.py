"""How old somebody is on the district's own calendar, and so whose decision a share is (34 CFR 99.5).

Nothing is stored and nothing runs at midnight: the answer follows from the birth date and the time at each
request. Somebody of whom no birth date is known is a minor. A birthday on 29 February comes on 1 March in
common years, as everywhere in Cairn (`issuer.roster.days`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from issuer.errors import IssuerError
from issuer.roster.days import coming_of_age, years_between

LAST_ON_EARTH: Final = timezone(timedelta(hours=-12))
"""Where a day begins last. It stands for a district that has not said where it is: nobody is of age early."""
LONGEST_ZONE: Final = 64


def zone_named(name: str) -> tzinfo:
    """The time zone under an IANA name, such as `America/Denver`; "" is the last place on earth.

    Raises:
        IssuerError: `bad_setting` for a name that stands for none.
    """
    if not name:
        return LAST_ON_EARTH
    try:
        if len(name) <= LONGEST_ZONE and "/" in name and not name.startswith("/"):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise IssuerError(
        "bad_setting", f"{name[:LONGEST_ZONE]!r} is no time zone: write one such as America/Denver"
    )


def day_in(now: datetime, zone: tzinfo) -> date:
    """The calendar day in a zone at a moment, which is aware."""
    return now.astimezone(zone).date()


def age_on(born: date | None, day: date) -> int | None:
    """Whole years on a day; None where nobody knows, or before the birth."""
    return None if born is None or born > day else years_between(born, day)


def is_adult(born: date | None, now: datetime, zone: tzinfo) -> bool:
    """Whether the student alone decides: from the first moment of the eighteenth birthday in the zone on."""
    return born is not None and coming_of_age(born) <= day_in(now, zone)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The first moment after a day in a zone, in UTC: what was open through the day is closed then."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)

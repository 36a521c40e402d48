"""Moments, as Verifiable Credentials Data Model 2.0 writes them (4.9, Validity Period, and Appendix B.2).

An own parser, because `datetime.fromisoformat` takes week dates and lower-case letters and refuses midnight
written as 24:00. What the grammar allows and Python cannot hold (years beyond 9999 or before 1) is refused
like any other unreadable date: nothing else than `bad_date` ever comes out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from contexts.errors import pointer
from credential.errors import CredentialError

_DATE_TIME: Final = re.compile(
    r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12][0-9]|3[01])"
    r"T(?:(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9])(?:\.(?P<fraction>[0-9]+))?"
    r"|(?P<midnight>24:00:00(?:\.0+)?))"
    r"(?P<zone>Z|(?P<sign>[+-])(?P<ahead>(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
)
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LONGEST: Final = 64
_MICROSECOND_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time.

    Args:
        instant: In UTC. Digits of a second beyond the sixth are dropped.
        assumed_utc: No time zone was written, so UTC was read, as the data model tells verifiers to
            (Verifiable Credentials Data Model 2.0, 4.9). Worth a note; never made by us.
    """

    instant: datetime
    assumed_utc: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when a credential says that it holds.

    Args:
        begin: `validFrom`, or `issuanceDate` under Data Model 1.1.
        end: `validUntil` or `expirationDate`; None if it has no end.
    """

    begin: Moment
    end: Moment | None


def parse_date_time(text: object, where: str = "") -> Moment:
    """Read a DateTime or DateTimeZ.

    >>> parse_date_time("2026-06-30T24:00:00Z").instant.isoformat()
    '2026-07-01T00:00:00+00:00'

    Args:
        text: The member's value, of any JSON type.
        where: The JSON pointer to say in the refusal.

    Raises:
        CredentialError: `bad_date`.
    """
    moment = _moment(text) if isinstance(text, str) and len(text) <= _LONGEST else None
    if moment is None:
        raise _bad(text, where)
    return moment


@lru_cache(maxsize=1024)
def _moment(text: str) -> Moment | None:
    """What a text says; kept, because one credential's dates are asked for again and again."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return None
    try:
        written = datetime(
            int(found["year"]),
            int(found["month"]),
            int(found["day"]),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            int((found["fraction"] or "")[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")),
            tzinfo=UTC,
        )
        # One addition: a step in between could leave the years that Python knows, and come back.
        instant = written + (
            timedelta(days=1 if found["midnight"] else 0) - _ahead(found["sign"], found["ahead"])
        )
    except (ValueError, OverflowError):
        return None
    return Moment(instant, assumed_utc=found["zone"] is None)


def parse_date(text: object, where: str = "") -> date:
    """Read a Date: a day of the calendar, `2008-02-29`.

    Raises:
        CredentialError: `bad_date`.
    """
    found = _DATE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise _bad(text, where)
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise _bad(text, where) from None


def day_written(text: object, where: str = "") -> date:
    """The day that a DateTime names, as it is written: in its own zone.

    >>> day_written("2026-04-18T20:30:00-06:00").isoformat()
    '2026-04-18'

    Raises:
        CredentialError: `bad_date`.
    """
    parse_date_time(text, where)
    return date.fromisoformat(str(text)[:10])


@lru_cache(maxsize=64)
def format_date_time(instant: datetime) -> str:
    """Write a moment as we issue it: UTC, whole seconds, `Z` (DateTimeZ, Open Badges 3.0, Primitive Types).

    Raises:
        CredentialError: `bad_date` if the moment has no time zone: it would name no moment.
    """
    if instant.utcoffset() is None:
        raise CredentialError("bad_date", f"{instant.isoformat()} has no time zone: say which one is meant")
    in_utc = instant.astimezone(UTC)
    return f"{in_utc.year:04}-{in_utc:%m-%dT%H:%M:%S}Z"


def validity_period(credential: Mapping[str, Any]) -> Period:
    """Read the validity period of a credential of either data model.

    Raises:
        CredentialError: `bad_date` if the beginning is missing or either end unreadable; `valid_period` if it
            would end before it begins (Verifiable Credentials Data Model 2.0, 4.9).
    """
    old = "validFrom" not in credential and "issuanceDate" in credential
    first, last = ("issuanceDate", "expirationDate") if old else ("validFrom", "validUntil")
    begin = parse_date_time(credential.get(first), f"/{first}")
    end = parse_date_time(credential[last], f"/{last}") if last in credential else None
    if end is not None and end.instant < begin.instant:
        raise CredentialError(
            "valid_period",
            f"{last} lies before {first}: the credential would never hold. Correct one of the two.",
            pointer(last),
        )
    return Period(begin, end)


def _ahead(sign: str | None, ahead: str | None) -> timedelta:
    """How far the zone is ahead of UTC."""
    hours, minutes = (ahead or "00:00").split(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset


def _bad(text: object, where: str) -> CredentialError:
    shown = repr(text)
    return CredentialError(
        "bad_date",
        f"{shown[:_LONGEST]} names no moment: write it like 2026-05-01T09:00:00Z",
        where,
    )

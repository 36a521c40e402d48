"""Column types that refuse, before the database is asked, what SQLite and PostgreSQL answer differently.

PostgreSQL refuses NUL in text where SQLite stores it; SQLite turns NaN into NULL where PostgreSQL keeps it; a
time in the year 9999 west of Greenwich is an error in one and a row in the other. Here there is one answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import DateTime, Dialect
from sqlalchemy import Text as SqlText
from sqlalchemy.types import TypeDecorator, TypeEngine

from issuer.errors import IssuerError

LAST_YEAR = 9998
"""The last year that every zone can write; 9999-12-31 at -14:00 is beyond what Python and PostgreSQL hold."""


def checked_text(value: str) -> str:
    """The text itself, if every database can hold it and give it back unchanged.

    Raises:
        IssuerError: `bad_text` for NUL and lone surrogates.
    """
    if "\x00" in value:
        raise IssuerError("bad_text", "the text contains a NUL character: remove it")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise IssuerError(
            "bad_text", "the text contains half a character (a lone surrogate): remove it"
        ) from fault
    return value


def checked_time(value: datetime) -> datetime:
    """The moment in UTC, if every database can hold it.

    Raises:
        IssuerError: `bad_time` without a zone, or outside the years 1 to 9998.
    """
    if value.tzinfo is None:
        raise IssuerError("bad_time", "a time needs a zone, as in 2026-06-01T00:00:00Z")
    try:
        moment = value.astimezone(UTC)
    except OverflowError as fault:
        raise IssuerError("bad_time", "the time lies outside the years 1 to 9998") from fault
    if moment.year > LAST_YEAR:
        raise IssuerError("bad_time", "the time lies outside the years 1 to 9998")
    return moment


def canonical_json(value: Any) -> str:
    """One spelling for one value: sorted members, no spaces, no NaN.

    Content hashes and audit hashes are taken over it.

    Raises:
        IssuerError: `bad_number` for NaN and infinities, `bad_text` for NUL and lone surrogates.
    """
    try:
        written = _ENCODED(value)
        written.encode("utf-8")  # refuses half a character
    except ValueError:
        written = _MAYBE_NUL
    if _MAYBE_NUL in written:  # or a text that spells the escape out
        _refuse_in(value)
        return _ENCODED(value)
    return written


_ENCODED: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode
_MAYBE_NUL: Final = "\\u0000"


def _refuse_in(value: Any) -> None:
    """Walk a JSON value and refuse what no column may hold."""
    if isinstance(value, str):
        checked_text(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise IssuerError("bad_number", "a number is not finite: leave it out or correct it")
    elif isinstance(value, Mapping):
        for name, member in value.items():
            _refuse_in(name)
            _refuse_in(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _refuse_in(member)


class Text(TypeDecorator[str]):
    """Unicode text without NUL and lone surrogates."""

    impl = SqlText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """What the driver is given."""
        return None if value is None else checked_text(value)


class Json(TypeDecorator[Any]):
    """A JSON value kept as its canonical text, so that both databases keep the same bytes."""

    impl = SqlText
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002 - SQLAlchemy's signature
        """What the driver is given."""
        return canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """What the program is given."""
        return None if value is None else json.loads(value)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, to the microsecond. SQLite keeps it without a zone, PostgreSQL with one."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """`timestamp with time zone` where there is one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What the driver is given."""
        if value is None:
            return None
        moment = checked_time(value)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """What the program is given."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

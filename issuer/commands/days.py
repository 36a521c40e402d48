"""Days on the command line."""

from __future__ import annotations

from datetime import date

from issuer.commands.desk import Desk
from issuer.errors import IssuerError


def today(desk: Desk) -> date:
    """Today, where this machine is."""
    return desk.now().astimezone().date()


def day_in(text: str, option: str) -> date:
    """The day that an option names.

    Raises:
        IssuerError: `bad_time`.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise IssuerError(
            "bad_time", f"{option} {text[:40]!r} is not a day: write it like 2026-06-01"
        ) from fault


def day_or(text: str, option: str, otherwise: date) -> date:
    """The day that an option names, or another where it names none."""
    return day_in(text, option) if text else otherwise


def day_or_none(text: str, option: str) -> date | None:
    """The day that an option names, if it names one."""
    return day_in(text, option) if text else None

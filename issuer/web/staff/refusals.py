"""What the committee's rules refuse, as a page says it: at its field, without the command line's advice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from issuer.catalog.errors import CatalogueError
from issuer.decisions.errors import DecisionRefused
from issuer.errors import IssuerError
from issuer.web.access import Visit
from issuer.web.forms import Form

LONGEST_DAY: Final = 10
"""Characters of a day, as in 2026-06-01."""

_REWORDED: Final = (
    (re.compile(r" \((?:`cairn [^`]*`|--[a-z-]+)\)"), ""),
    (re.compile(r": record that with `cairn [^`]*`"), ": record below that somebody looked at it"),
    (re.compile(r", or name it with --supersedes"), ", or choose it under “Replaces”"),
    (re.compile(r"Add it to the file and propose again"), "Add it, and propose again"),
    (re.compile(r"Propose it with `cairn decisions`"), "Propose it"),
    (re.compile(r": see `cairn [^`]*`(, or [^.]*)?"), ""),
    (re.compile(r"^text belongs here$"), "fill this in"),
)


class FieldRefused(IssuerError):  # noqa: N818 - it says what happened, as `DecisionRefused` does
    """What stands in one field of a form cannot be used.

    Args:
        field: Which.
        message: One sentence that says what is wrong and what to do.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__("bad_request", message, field)


REFUSALS: Final = (DecisionRefused, CatalogueError, FieldRefused)
"""What a form is shown again for, with everything that was typed."""


def sentence(text: str) -> str:
    """A message as it stands on a page."""
    for pattern, words in _REWORDED:
        text = pattern.sub(words, text)
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def faults_in(
    refused: IssuerError, fields: Mapping[str, str] = MappingProxyType({}), field: str = ""
) -> dict[str, str]:
    """What a refusal says, at the field that it is about.

    Args:
        refused: One of `REFUSALS`.
        fields: The field by the refusal's code.
        field: The field, where the caller knows it.
    """
    message = refused.message
    if isinstance(refused, CatalogueError):
        message = message.removeprefix(f"In {refused.file}: ")
    if isinstance(refused, FieldRefused):
        field = refused.pointer
    return {field or fields.get(refused.code, ""): sentence(message)}


def today(visit: Visit) -> date:
    """Today, where this machine is."""
    return visit.now.astimezone().date()


def day_in(form: Form, name: str) -> date | None:
    """The day in a field; None where it is empty.

    Raises:
        FieldRefused: It is no day.
    """
    text = form.text(name).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text if len(text) == LONGEST_DAY else "")
    except ValueError as fault:
        raise FieldRefused(name, "that is not a day: write it like 2026-06-01") from fault


def needed_day(form: Form, name: str) -> date:
    """The day in a field that must have one.

    Raises:
        FieldRefused: It is empty, or no day.
    """
    found = day_in(form, name)
    if found is None:
        raise FieldRefused(name, "fill in this day")
    return found


def line_in(form: Form, name: str) -> str:
    """What was typed, with every run of spaces and line breaks as one space."""
    return " ".join(form.text(name).split())

"""`POST /v1/verifications` and `:batch`: what is asked, with our own report as the answer.

    {"badge": object or token} or {"link": text} or {"code": text}, and "at", "lang", "receipt"
    {"items": [{"id"?, and one of "badge", "link", "code"}, ...], "at", "lang", "receipt"}

Everything that is wrong with a request is told at once, each fault with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contexts.document import CREDENTIAL_LIMITS, Limits, compose, parse
from contexts.errors import DocumentError, pointer
from verifier.evidence import Presented, PresentedKind
from verifier.intake import read
from verifier.moment import MomentRefused, parse_moment
from verifier.web.problem import MOST_FAULTS, Fault, RequestRefused
from verifier.words import LOCALES

MOST_IN_BATCH: Final = 500
LONGEST_ID: Final = 200
LONGEST_LINE: Final = 4_096
"""Characters of a link or a code."""

ONE: Final = Limits(
    max_bytes=CREDENTIAL_LIMITS.max_bytes * 2,
    max_depth=CREDENTIAL_LIMITS.max_depth + 1,
    max_nodes=CREDENTIAL_LIMITS.max_nodes + 16,
    max_string=393_216,
)
MANY: Final = Limits(
    max_bytes=16 * 1024 * 1024,
    max_depth=CREDENTIAL_LIMITS.max_depth + 3,
    max_nodes=400_000,
    max_string=393_216,
)

WAYS: Final = ("badge", "link", "code")
SETTINGS: Final = frozenset({"at", "lang", "receipt"})
TOKENS: Final = frozenset({PresentedKind.JWT, PresentedKind.PRESENTATION})


@dataclass(frozen=True, slots=True)
class Wanted:
    """How verdicts are to be told.

    Args:
        at: The moment in the past that is asked about, None for now.
        lang: "en" or "es".
        receipt: Whether a signed receipt is wanted.
    """

    at: datetime | None = None
    lang: str = "en"
    receipt: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """One badge to be checked.

    Args:
        presented: The badge, or what stands for it.
        id: What the caller calls it, or None.
    """

    presented: Presented
    id: str | None = None


class _Faults:
    """The faults of one request, gathered."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, at: str, code: str, message: str) -> None:
        if len(self.found) < MOST_FAULTS:
            self.found.append(Fault(at, code, message))

    def end(self) -> None:
        if self.found:
            moment = {"bad_moment", "future_moment"} & {one.code for one in self.found}
            raise RequestRefused(
                moment.pop() if len(self.found) == 1 and moment else "bad_request", *self.found
            )


def parse_one(body: bytes, now: datetime) -> tuple[One, Wanted]:
    """Read a request about one badge.

    Raises:
        RequestRefused: With everything that is wrong with it.
    """
    value, faults = _read(body, ONE), _Faults()
    _unknown(value, {*WAYS, *SETTINGS}, (), faults)
    one = _one(value, (), faults)
    wanted = read_wanted(value, now, faults)
    faults.end()
    return one, wanted


def parse_many(body: bytes, now: datetime) -> tuple[tuple[One, ...], Wanted]:
    """Read a request about many.

    Raises:
        RequestRefused: With what is wrong with it.
    """
    value, faults = _read(body, MANY), _Faults()
    _unknown(value, {"items", *SETTINGS}, (), faults)
    wanted = read_wanted(value, now, faults)
    items = value.get("items")
    if not isinstance(items, list) or not 0 < len(items) <= MOST_IN_BATCH:
        faults.add("/items", "bad_items", f"items is a list of 1 to {MOST_IN_BATCH}")
        items = []
    made = tuple(_many(items, faults))
    faults.end()
    return made, wanted


def parse_form(fields: Mapping[str, str], now: datetime) -> Wanted:
    """Read what stands beside a file in a form.

    Raises:
        RequestRefused: With everything that is wrong with it.
    """
    faults = _Faults()
    _unknown(fields, SETTINGS, (), faults)
    told: dict[str, Any] = {name: text for name, text in fields.items() if text}
    if told.get("receipt") in {"true", "false"}:
        told["receipt"] = told["receipt"] == "true"
    wanted = read_wanted(told, now, faults)
    faults.end()
    return wanted


def read_wanted(value: Mapping[str, Any], now: datetime, faults: _Faults) -> Wanted:
    """The settings of a request, as far as they can be read; what is wrong is added to the faults."""
    lang, receipt, at = value.get("lang", "en"), value.get("receipt", False), value.get("at")
    if not isinstance(lang, str) or lang not in LOCALES:
        faults.add("/lang", "bad_lang", f"lang is one of {', '.join(LOCALES)}")
    if not isinstance(receipt, bool):
        faults.add("/receipt", "bad_receipt", "receipt is true or false")
    moment = None
    if at is not None:
        try:
            moment = parse_moment(at if isinstance(at, str) else "", now)
        except MomentRefused as refused:
            # Its message repeats what was sent, which is not ours to repeat.
            told = {
                "bad_moment": "at is a day such as 2026-05-01, or a time such as 2026-05-01T09:00:00Z",
                "future_moment": "at has not come yet: ask about a day in the past, or leave it out",
            }
            faults.add("/at", refused.code, told[refused.code])
    return Wanted(moment, lang if isinstance(lang, str) else "en", receipt is True)


def _read(body: bytes, limits: Limits) -> Mapping[str, Any]:
    try:
        return parse(body, limits).value
    except DocumentError as error:
        raise RequestRefused("bad_json", Fault(error.pointer, error.code, error.message)) from error


def _unknown(
    value: Mapping[str, Any], known: set[str] | frozenset[str], at: tuple[str | int, ...], faults: _Faults
) -> None:
    for name in sorted(set(value) - known):
        shown = name[:80]
        faults.add(pointer(*at, shown), "unknown_member", f"{shown}: no such member")


def _many(items: list[Any], faults: _Faults) -> Iterator[One]:
    for number, item in enumerate(items):
        at = ("items", number)
        if not isinstance(item, Mapping):
            faults.add(pointer(*at), "bad_item", "an item is an object")
            continue
        _unknown(item, {"id", *WAYS}, at, faults)
        yield _one(item, at, faults)


def _one(value: Mapping[str, Any], at: tuple[str | int, ...], faults: _Faults) -> One:
    own = value.get("id")
    if own is not None and (not isinstance(own, str) or len(own) > LONGEST_ID):
        faults.add(pointer(*at, "id"), "bad_id", f"id is a text of at most {LONGEST_ID} characters")
    given = [way for way in WAYS if way in value]
    if len(given) != 1:
        faults.add(pointer(*at), "no_badge", "send one of badge, link and code")
        return One(Presented(PresentedKind.UNREADABLE))
    found = _presented(given[0], value[given[0]])
    if isinstance(found, str):
        faults.add(pointer(*at, given[0]), f"bad_{given[0]}", found)
        found = Presented(PresentedKind.UNREADABLE)
    return One(found, own if isinstance(own, str) else None)


def _presented(way: str, value: Any) -> Presented | str:
    """What was sent in one of the ways; what is wrong with it, where it is nothing of the kind."""
    if way == "badge" and isinstance(value, Mapping):
        try:
            return read(compose(value).raw)
        except DocumentError as error:
            return error.message
    if not isinstance(value, str):
        return "badge is an object or a token" if way == "badge" else f"{way} is a text"
    if way != "badge" and len(value) > LONGEST_LINE:
        return f"{way} is longer than {LONGEST_LINE} characters"
    found = read(value.encode("utf-8", "replace"))
    kinds = {
        "badge": TOKENS,
        "link": {PresentedKind.LINK, PresentedKind.SHARE, PresentedKind.CODE},
        "code": {PresentedKind.CODE},
    }[way]
    if way == "badge" and found.data.startswith(b"{"):
        return "send the badge as an object, not as a text with an object in it"
    if way == "link" and "://" not in value:
        return "a link begins with https://"
    if found.kind in kinds:
        return found
    return {"badge": "the text is not a token", "link": "this is not a complete link"}.get(
        way, "this is not a code: look for a typo"
    )

"""A credential with every member of every class of the data model, made from the model's own annotations."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from credential.model import EndorsementCredential, Profile
from credential.model.part import CompactJws, Language, Number, Part, Uri

PLAIN: dict[Any, Any] = {
    str: "some text",
    bool: True,
    datetime: datetime(2026, 5, 1, 9, tzinfo=UTC),
    date: date(2008, 2, 29),
    Uri: "https://riverbend.example/1",
    CompactJws: "aGVhZA.Ym9keQ.c2lnbg",
    Language: "en-US",
    Number: 3.5,
}
DEEPEST: dict[Any, int] = {EndorsementCredential: 1, Profile: 1}


def complete(cls: type[Part], above: tuple[type[Part], ...] = ()) -> Part:
    """A value of a class with every member set. A class does not stand inside itself."""
    hints = get_type_hints(cls, localns=dict(Part.by_name), include_extras=True)
    values: dict[str, Any] = {}
    for entry in dataclasses.fields(cls):
        if entry.name in ("context", "type", "extensions") and entry.default is not dataclasses.MISSING:
            continue
        value = _value(hints[entry.name], (*above, cls)) if entry.name != "extensions" else None
        if value is not None:
            values[entry.name] = value
    return cls(**values)


def _value(hint: Any, above: tuple[type[Part], ...]) -> Any:
    if hint in PLAIN:
        return PLAIN[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        item = _value(args[0], above)
        return (item,) if item is not None else None
    if origin in (Union, types.UnionType):
        options = [option for option in args if option is not type(None)]
        if options == [int, float]:
            return PLAIN[Number]
        # The richer of two: a described issuer, not its address; the vocabulary's first term.
        objects = [option for option in options if isinstance(option, type) and issubclass(option, Part)]
        found = (_value(option, above) for option in (*objects, *options))
        return next((value for value in found if value is not None), None)
    if origin in (Literal, Annotated, Mapping):
        return None
    if issubclass(hint, StrEnum):
        return next(iter(hint))
    return None if above.count(hint) >= DEEPEST.get(hint, 9) else complete(hint, above)

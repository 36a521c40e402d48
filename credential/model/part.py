"""How any class of the data model becomes JSON and comes back.

A class is a frozen dataclass; its annotations are its grammar. Member names are the field names in camel
case. Members that a class does not name are extensions and kept, except where the data model closes a class.
"""

from __future__ import annotations

import itertools
import math
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NoReturn,
    Self,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from contexts.errors import pointer
from credential.dates import format_date_time, parse_date, parse_date_time
from credential.errors import CredentialError
from credential.types import Extension

Steps = tuple[str | int, ...]
Read = Callable[[Any, Steps], Any]

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
_LANGUAGE = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


@dataclass(frozen=True, slots=True)
class Form:
    """How a text must be written.

    Args:
        named: What it is, for the refusal.
        written: The whole of it.
    """

    named: str
    written: re.Pattern[str]


Uri = Annotated[str, Form("an absolute URI", _URI)]
CompactJws = Annotated[str, Form("a compact JWS", _JWS)]
Language = Annotated[str, Form("a language tag", _LANGUAGE)]
Number = int | float
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What every class of the data model can do.

    Args:
        extensions: Members that the class does not name, as they stand in the JSON.
    """

    names: ClassVar[tuple[frozenset[str], ...]] = ()
    """`type` holds at least one name of each of these sets."""
    ordered_contexts: ClassVar[tuple[re.Pattern[str], ...]] = ()
    """How the first values of `@context` are written, in this order; only a credential has any."""
    closed: ClassVar[bool] = False
    """Whether the data model forbids further members."""
    by_name: ClassVar[dict[str, type[Part]]] = {}
    """Every class: they stand in several files and name each other in their annotations."""

    extensions: Mapping[str, Any] = field(default_factory=dict)

    def __init_subclass__(cls) -> None:
        Part.by_name[cls.__name__] = cls

    def to_json(self) -> dict[str, Any]:
        """The JSON object: members in the order of the class, extensions last, nothing empty (null, [])."""
        members = _members(type(self).__name__)
        own: dict[str, Any] = {}
        for name, entry in members.items():
            value = getattr(self, entry.name)
            if value is None or value == ():
                continue
            written = value if value.__class__ is str else _write(value)
            if written != []:
                own[name] = written
        return own | {name: value for name, value in self.extensions.items() if name not in members}

    @classmethod
    def from_json(cls, value: object, at: Steps = ()) -> Self:
        """Read the JSON object strictly. A single value where a list may stand is a list of one.

        Args:
            value: The JSON value.
            at: Where it stands, for the pointer of a refusal.

        Raises:
            CredentialError: `bad_member`, `bad_type`, `bad_date`, `context_order`.
        """
        if not isinstance(value, Mapping):
            _refuse(at, f"{cls.__name__} is an object")
        members = _members(cls.__name__)
        extensions = {name: found for name, found in value.items() if name not in members}
        for name, found in extensions.items():
            if cls.closed or found is None:
                _refuse((*at, name), f"{cls.__name__} has no such member, or it is null")
        read: dict[str, Any] = {}
        for name, entry in members.items():
            if name in value:
                read[entry.name] = _reader(cls.__name__, entry.name)(value[name], (*at, name))
            elif name in ("type", "@context") or (
                entry.default is MISSING and entry.default_factory is MISSING
            ):
                _refuse(at, f"{cls.__name__} needs the member {name}")
        cls._check_names(read, at)
        return cls(**read, extensions=extensions)

    @classmethod
    def _check_names(cls, read: Mapping[str, Any], at: Steps) -> None:
        """Refuse a `type` that lacks the class's names, and contexts out of order."""
        types_named = read.get("type", ())
        for options in cls.names:
            if options.isdisjoint(types_named):
                message = f"type does not name {' or '.join(sorted(options))}"
                raise CredentialError("bad_type", message, pointer(*at, "type"))
        found_contexts = read.get("context", ())[: len(cls.ordered_contexts)]
        for wanted, found in itertools.zip_longest(cls.ordered_contexts, found_contexts):
            if not isinstance(found, str) or wanted.fullmatch(found) is None:
                message = "@context begins with VCDM 2.0 and then Open Badges 3.0"
                raise CredentialError("context_order", message, pointer(*at, "@context"))


def json_name(field_name: str) -> str:
    """The member that a field stands for: `target_name` is `targetName`, `context` is `@context`."""
    if field_name == "context":
        return "@context"
    first, *others = field_name.split("_")
    return first + "".join(word.capitalize() for word in others)


@cache
def _members(class_name: str) -> dict[str, Field[Any]]:
    cls = Part.by_name[class_name]
    return {json_name(entry.name): entry for entry in fields(cls) if entry.name != "extensions"}


@cache
def _hints(class_name: str) -> dict[str, Any]:
    return get_type_hints(Part.by_name[class_name], localns=dict(Part.by_name), include_extras=True)


@cache
def _reader(class_name: str, field_name: str) -> Read:
    return _read_as(_hints(class_name)[field_name])


def _read_as(hint: Any) -> Read:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _form(args[1])
    if origin is Literal:
        return _literal(args[0])
    if origin is tuple:
        return _list(_read_as(args[0]))
    if origin in (Union, types.UnionType):
        return _union([option for option in args if option is not type(None)])
    if isinstance(hint, type) and issubclass(hint, Part):
        return hint.from_json
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _term(hint)
    return cast("dict[Any, Read]", _PLAIN)[hint]


def _union(options: list[Any]) -> Read:
    if len(options) == 1:
        return _read_as(options[0])
    if options == [int, float]:
        return _number
    if Extension in options:
        known = next(_read_as(option) for option in options if option is not Extension)
        return lambda value, at: (
            _extension(value, at) if isinstance(value, str) and value.startswith("ext:") else known(value, at)
        )
    # What is left is a text or an object in its place: an issuer, a context.
    text = next(_read_as(option) for option in options if get_origin(option) is Annotated)
    whole = next(_read_as(option) for option in options if get_origin(option) is not Annotated)
    return lambda value, at: (text if isinstance(value, str) else whole)(value, at)


def _form(form: Form) -> Read:
    def read(value: Any, at: Steps) -> str:
        if not isinstance(value, str) or form.written.fullmatch(value) is None:
            _refuse(at, f"this is not {form.named}")
        return value

    return read


def _literal(wanted: str) -> Read:
    def read(value: Any, at: Steps) -> str:
        if value != wanted:
            raise CredentialError("bad_type", f"type is {wanted}", pointer(*at))
        return wanted

    return read


def _list(item: Read) -> Read:
    def read(value: Any, at: Steps) -> tuple[Any, ...]:
        if not isinstance(value, list):
            return (item(value, at),)
        return tuple(item(each, (*at, index)) for index, each in enumerate(value))

    return read


def _term(vocabulary: type[StrEnum]) -> Read:
    def read(value: Any, at: Steps) -> StrEnum:
        try:
            return vocabulary(value)
        except ValueError:
            _refuse(at, f"this is no {vocabulary.__name__} of the data model")

    return read


def _extension(value: str, at: Steps) -> Extension:
    try:
        return Extension(value)
    except CredentialError as refusal:
        raise CredentialError(refusal.code, refusal.message, pointer(*at)) from None


def _text(value: Any, at: Steps) -> str:
    if not isinstance(value, str):
        _refuse(at, "this is not a text")
    return value


def _number(value: Any, at: Steps) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        _refuse(at, "this is not a number")
    return value


def _boolean(value: Any, at: Steps) -> bool:
    if not isinstance(value, bool):
        _refuse(at, "this is neither true nor false")
    return value


def _moment(value: Any, at: Steps) -> datetime:
    return parse_date_time(value, pointer(*at)).instant


def _day(value: Any, at: Steps) -> date:
    return parse_date(value, pointer(*at))


def _mapping(value: Any, at: Steps) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(at, "this is neither a text nor an object")
    return value


_PLAIN: Mapping[Any, Read] = {
    str: _text,
    bool: _boolean,
    datetime: _moment,
    date: _day,
    Mapping[str, Any]: _mapping,
}


def _write(value: Any) -> Any:
    if isinstance(value, Part):
        return value.to_json()
    if isinstance(value, tuple):
        return [_write(item) for item in value]
    if isinstance(value, datetime):
        fraction = f".{value.microsecond:06}" if value.microsecond else ""
        return format_date_time(value).replace("Z", f"{fraction}Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _refuse(at: Steps, message: str) -> NoReturn:
    raise CredentialError("bad_member", message, pointer(*at))

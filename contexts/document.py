"""Bytes in, a document out: strict JSON (I-JSON, RFC 7493), bounded in size, depth and number of values.

Two readers of the same bytes must see the same document. So what RFC 8259 leaves open is closed here: no
duplicate members, no numbers that a double cannot carry exactly, no characters that other readers drop or
replace, UTF-8 and nothing else. A document that parses here parses alike everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import orjson

from contexts.errors import DocumentError, pointer

LARGEST_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader carries exactly (RFC 7493, section 2.2)."""

_LONGEST_NUMBER: Final = 40
"""Characters in a number. A double needs 24; anything longer only wastes the reader's time."""

_UNCARRIED: Final = re.compile(
    "[\x00\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""NUL, lone surrogates and noncharacters (RFC 7493, section 2.1): dropped by some readers, refused by
others."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a document is read. Each limit is inclusive: exactly as much is still accepted.

    Args:
        max_bytes: Bytes of the JSON text.
        max_depth: Objects and arrays inside one another; the document itself is 1.
        max_nodes: Values in all: objects, arrays, strings, numbers and literals.
        max_string: Characters of one string or member name.
    """

    max_bytes: int = 262_144
    max_depth: int = 32
    max_nodes: int = 5_000
    max_string: int = 65_536


CREDENTIAL_LIMITS: Final = Limits()
"""A credential; room for 45,000 characters of embedded evidence in one `data:` URI."""

PRESENTATION_LIMITS: Final = Limits(max_bytes=393_216, max_depth=36, max_nodes=20_000, max_string=393_216)
"""A presentation: credentials one or two levels down, each held to its own limits; or an envelope, with
a whole token in one string."""

STATUS_LIST_LIMITS: Final = Limits(max_bytes=1_048_576, max_string=1_048_576)
"""A status list credential: its `encodedList` is one long string."""

DID_DOCUMENT_LIMITS: Final = Limits(max_bytes=65_536)
"""A DID document or key set."""


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object and the very bytes it was read from.

    Args:
        raw: The UTF-8 text.
        value: What it says. Nobody changes it: everything decided about a document was decided about this
            value.

    Attributes:
        forms: What has been worked out from `value`, by who worked it out: a document that is checked and
            then signed is written in its signed form once (`contexts.canonical`). Each entry follows from
            `value`.
    """

    raw: bytes
    value: dict[str, Any]
    forms: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


def parse(data: bytes, limits: Limits = CREDENTIAL_LIMITS) -> Document:
    """Read one JSON object.

    Args:
        data: UTF-8 text without a byte order mark.
        limits: How much is read.

    Returns:
        The document. A number that is a whole number comes back as `int` however it was spelled (`3`, `3.0`,
        `3e0`), because JSON knows one kind of number.

    Raises:
        DocumentError: `too_large`, `bad_encoding`, `not_json`, `not_an_object`, `duplicate_key`,
            `bad_number`, `too_deep`, `too_many_nodes`, `string_too_long`.
    """
    if len(data) > limits.max_bytes:
        raise DocumentError("too_large", f"{len(data)} bytes; at most {limits.max_bytes} are read")
    try:
        text = bytes(data).decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise DocumentError("bad_encoding", f"not UTF-8 at byte {error.start}") from None
    if text.startswith("\ufeff"):
        raise DocumentError("bad_encoding", "starts with a byte order mark; leave it out")
    try:
        value = _read(text)
        if not _is_written(value, data):
            # Spaces, escapes, or a member that stands twice: the slower reader looks at each object.
            value = _read_closely(text)
    except RecursionError:
        raise DocumentError("too_deep", f"nested deeper than {limits.max_depth}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DocumentError("not_json", f"not JSON: {error.msg} ({where})") from None
    if not isinstance(value, dict):
        raise DocumentError("not_an_object", "the outermost value must be a JSON object")
    if _needs_a_closer_look(data, value, limits):
        _check_each(value, limits)
    return Document(bytes(data), value)


def compose(value: Mapping[str, Any], limits: Limits = CREDENTIAL_LIMITS) -> Document:
    """Write a value as compact UTF-8 JSON, members in their order, and read it back under the same rules.

    Args:
        value: Objects as mappings with string keys, arrays as lists or tuples, strings, finite numbers,
            booleans.
        limits: As for `parse`.

    Raises:
        DocumentError: As `parse`; `not_json` where a value has no JSON form.
    """
    return parse(_as_bytes(value, limits), limits)


def compose_texts(value: Mapping[str, Any], limits: Limits = CREDENTIAL_LIMITS) -> Document:
    """As `compose`, in half of the time, for a value in which no number and no null stands.

    What is written and read back goes through a quicker writer, which writes null for a number that is none,
    and a quicker reader, which agrees with the other but for numbers. So whoever calls it makes sure
    afterwards that the document holds neither, and calls `compose` where it does.

    Raises:
        DocumentError: As `compose`.
    """
    data, read = b"", None
    try:
        data = orjson.dumps(value, option=_JSON_ALONE)
        read = orjson.loads(data) if len(data) <= limits.max_bytes else None
    except (TypeError, ValueError):
        pass  # it knows fewer values, and goes less deep: the other says what is wrong
    if read.__class__ is dict and _is_written(read, data) and not _needs_a_closer_look(data, read, limits):
        return Document(data, read)
    return compose(value, limits)


def _as_bytes(value: Any, limits: Limits) -> bytes:
    try:
        return written(value)
    except TypeError as error:
        raise DocumentError("not_json", f"cannot be written as JSON: {error}") from None
    except UnicodeEncodeError:
        raise DocumentError("bad_encoding", "a string holds half of a surrogate pair") from None
    except RecursionError:
        raise DocumentError("too_deep", f"nested deeper than {limits.max_depth}") from None
    except ValueError as error:
        raise DocumentError("bad_number", f"cannot be written as JSON: {error}") from None


def may_name(document: Document | Mapping[str, Any], beginning: str) -> bool:
    """Whether an object in a document may have a member whose name begins so; never a wrong no.

    Args:
        document: A document; of a value without bytes it is not known.
        beginning: ASCII letters.
    """
    if not isinstance(document, Document):
        return True
    key = (may_name, beginning)
    if key not in document.forms:
        raw = document.raw
        # An escape is looked for by its first octet, which most texts do not have: that is found soonest.
        document.forms[key] = f'"{beginning}'.encode() in raw or (b"\\" in raw and b"\\u" in raw)
    seen: bool = document.forms[key]
    return seen


def without(document: Document, name: str) -> Document:
    """The same document less one member, written compactly; itself where it has no such member."""
    if name not in document.value:
        return document
    less = ("without", name)
    if less not in document.forms:
        value = {other: part for other, part in document.value.items() if other != name}
        rest = Document(written(value), value)  # no part of a checked document needs a check
        # What the whole does not name, its part does not either.
        rest.forms.update(
            (key, seen)
            for key, seen in document.forms.items()
            if not seen and key.__class__ is tuple and key[0] is may_name
        )
        document.forms[less] = rest
    kept: Document = document.forms[less]
    return kept


def appended(document: Document, name: str, value: Any, limits: Limits = CREDENTIAL_LIMITS) -> Document:
    """As `extended`, for a member of which nothing but its size needs a look: its parts were checked before,
    or are short texts that were made here.

    Raises:
        DocumentError: `too_large`; `duplicate_key`.
    """
    _check_absent(document, name)
    raw = _with_member(document, written({name: value}), limits)
    return Document(raw, {**document.value, name: value})


def extended(document: Document, name: str, value: Any, limits: Limits = CREDENTIAL_LIMITS) -> Document:
    """The same document with one more member, last in it; the bytes of the others stay as they are.

    Args:
        document: Has no such member.
        name: The new member.
        value: Its value, as for `compose`.
        limits: For the whole.

    Raises:
        DocumentError: As `compose`; `duplicate_key` where the member is there already.
    """
    _check_absent(document, name)
    part = compose({name: value}, limits)
    raw = _with_member(document, part.raw, limits)
    whole = {**document.value, **part.value}
    if _needs_a_closer_look(raw, whole, limits):
        _check_each(whole, limits)
    return Document(raw, whole)


def _check_absent(document: Document, name: str) -> None:
    if name in document.value:
        raise DocumentError("duplicate_key", f"the member {name[:80]!r} is there already", pointer(name))


def _with_member(document: Document, part: bytes, limits: Limits) -> bytes:
    """The bytes of a document and, last in it, of an object of one member."""
    raw = document.raw.rstrip(b" \t\n\r")[:-1] + (b"," if document.value else b"") + part[1:]
    if len(raw) > limits.max_bytes:
        raise DocumentError("too_large", f"{len(raw)} bytes; at most {limits.max_bytes} are read")
    return raw


_JSON_ALONE: Final = (
    orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_write: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def written(value: Any) -> bytes:
    """A value as compact UTF-8 JSON, unchecked: `compose` is for what others have made.

    Raises:
        TypeError, ValueError, RecursionError: It has no JSON form.
    """
    try:
        data = orjson.dumps(value, option=_JSON_ALONE)
    except TypeError:
        data = b"null"
    # The quick writer writes null for a number that is none, and knows fewer values than the plain one.
    return _write(value).encode("utf-8", "strict") if b"null" in data else data


def _is_written(value: Any, data: bytes) -> bool:
    """Whether these very bytes are the compact form of the value.

    Then no member stood twice in an object: all but the last of them would be missing. It takes a twentieth
    of the time in which each object is asked.
    """
    try:
        return orjson.dumps(value) == data
    except TypeError:  # nested too deep for it, or half of a surrogate pair
        return False


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object; a name may stand once (RFC 7493, section 2.3)."""
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DocumentError("duplicate_key", f"the member {twice[:80]!r} stands twice in one object")
    return members


def _constant(name: str) -> NoReturn:
    raise DocumentError("bad_number", f"{name} is not a JSON number")


def _number(text: str) -> int | float:
    """One number, refused unless every reader takes it for the same one (RFC 7493, section 2.2)."""
    if len(text) > _LONGEST_NUMBER:
        raise DocumentError("bad_number", f"a number of {len(text)} characters; at most {_LONGEST_NUMBER}")
    number = float(text)
    if not abs(number) <= LARGEST_INTEGER:
        raise DocumentError("bad_number", f"{text} is outside ±(2^53 - 1); write it as a string")
    return int(number) if number.is_integer() else number


_read: Final = json.JSONDecoder(parse_constant=_constant, parse_float=_number, parse_int=_number).decode
_read_closely: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_constant, parse_float=_number, parse_int=_number
).decode


# The same characters as _UNCARRIED: as UTF-8, and as escapes, where half a pair cannot be told from a pair.
_SUSPECT: Final = (
    (b"\\", re.compile(rb"\\u(?:0000|[dD][89a-fA-F]|[fF][dD][dDeE]|[fF]{3}[eEfF])").search),
    (b"\xef", re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])").search),
    (b"\xbf", re.compile(rb"[\xf0-\xf4][\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]").search),
)
"""Each with an octet that stands in every find: most texts have none of the three."""


def _needs_a_closer_look(data: bytes, value: dict[str, Any], limits: Limits) -> bool:
    """Whether a document may break a limit: never a wrong no, and a no for nearly every document.

    Looking at every value takes ten times as long as reading the text. But a text shorter than the longest
    string holds no longer string; every value but the first stands behind a comma or an opening bracket, and
    takes a character besides; and a character that is not carried has one of a few spellings.
    """
    if len(data) > limits.max_string:
        return True
    if len(data) > 2 * limits.max_nodes:
        openings = data.count(b"{") + data.count(b"[")
        if openings + data.count(b",") >= limits.max_nodes:
            return True
    if any(octet in data and search(data) for octet, search in _SUSPECT):
        return True
    return _may_be_deeper(value, limits.max_depth) and _is_deeper(value, limits.max_depth)


def _may_be_deeper(value: dict[str, Any], depth: int) -> bool:
    """Whether objects and arrays may lie more than `depth` inside one another.

    Written with a line for each value, every level is indented by two spaces more, and no text holds a line
    break: so there is no deeper value where no line is indented so far.
    """
    try:
        return b"\n" + b"  " * depth in orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:  # nested too deep for it, or half of a surrogate pair
        return True


def _is_deeper(value: dict[str, Any], depth: int) -> bool:
    """Whether objects and arrays lie more than `depth` inside one another, level by level."""
    level: list[Any] = [value]
    for _ in range(depth):
        level = [
            child
            for one in level
            for child in (one.values() if one.__class__ is dict else one)
            if child.__class__ is dict or child.__class__ is list
        ]
        if not level:
            return False
    return True


def _check_each(value: dict[str, Any], limits: Limits) -> None:
    """Depth, count, lengths and characters; without recursion, so that depth cannot hurt."""
    nodes = 0
    open_values: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while open_values:
        one, path = open_values.pop()
        nodes += 1
        if nodes > limits.max_nodes:
            raise DocumentError("too_many_nodes", f"more than {limits.max_nodes} values")
        if isinstance(one, str):
            _check_string(one, limits, path)
        elif isinstance(one, dict | list):
            if len(path) >= limits.max_depth:
                raise DocumentError("too_deep", f"nested deeper than {limits.max_depth}", pointer(*path[:8]))
            if isinstance(one, dict):
                for name in one:
                    _check_string(name, limits, path)
                open_values.extend((child, (*path, name)) for name, child in one.items())
            else:
                open_values.extend((child, (*path, index)) for index, child in enumerate(one))


def _check_string(text: str, limits: Limits, path: tuple[str | int, ...]) -> None:
    if len(text) > limits.max_string:
        raise DocumentError(
            "string_too_long", f"{len(text)} characters; at most {limits.max_string}", pointer(*path)
        )
    if found := _UNCARRIED.search(text):
        code_point = f"U+{ord(found[0]):04X}"
        raise DocumentError("bad_encoding", f"the character {code_point} cannot be exchanged", pointer(*path))

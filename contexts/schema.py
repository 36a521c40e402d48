"""Our JSON Schemas of Open Badges 3.0 and Comprehensive Learner Record 2.0, and the only place that runs
them.

The schemas are written from the data model (Open Badges 3.0, section B). They hold what a schema can say;
rules that tie members together are in `credential.conformance`. A schema that a document names is never
fetched, and no schema refers to anything outside this folder: validators are built offline.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final, NoReturn

import jsonschema_rs

from contexts.document import Document
from contexts.errors import DocumentError, pointer

_SHARED: Final = ("values.json", "achievements.json", "credentials.json", "records.json")
_SHOWN: Final = 60
_LISTED: Final = 8
_WRITTEN: Final = {
    "uri": "is not an absolute URI",
    "dateTime": "is not a date and time such as 2026-05-01T09:00:00Z",
    "date": "is not a day of the calendar such as 2026-05-01",
    "language": "is not a language tag such as en or es-US",
    "compactJws": "is not a signed token in three parts",
}
_TYPES: Final = {
    "array": "a list",
    "object": "an object",
    "string": "a text",
    "number": "a number",
    "boolean": "true or false",
}
_OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/schema/"
_LEARNER_RECORDS: Final = "https://purl.imsglobal.org/spec/clr/v2p0/schema/"


class Schema(StrEnum):
    """What a document can be held against. A value is the name of the file that says it."""

    ACHIEVEMENT_CREDENTIAL = "achievement_credential"
    ENDORSEMENT_CREDENTIAL = "endorsement_credential"
    PROFILE = "profile"
    CLR_CREDENTIAL = "clr_credential"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document.

    Args:
        code: `schema` or `bad_date` from here; the rules in code add theirs (`credential.errors.CODES`).
        pointer: Where (JSON Pointer, RFC 6901); empty for the whole document.
        message: One sentence for the person who can mend it. Values are cut short.
    """

    code: str
    pointer: str
    message: str


def schema_for_url(url: str) -> Schema | None:
    """Which of our schemas stands for the address of a published one; None for any other address.

    Both published forms are known: the strict one below `json/`, and below `json-ld/` the one for compacted
    values (Open Badges 3.0, Serialization, Schemas).
    """
    return _BY_ADDRESS.get(url)


def addresses_of(schema: Schema) -> list[str]:
    """Every published address that `schema_for_url` takes for one of our schemas."""
    return [address for address, one in _BY_ADDRESS.items() if one is schema]


_BY_FILE: Final = {
    _OPEN_BADGES: {
        "ob_v3p0_achievementcredential_schema.json": Schema.ACHIEVEMENT_CREDENTIAL,
        "ob_v3p0_anyachievementcredential_schema.json": Schema.ACHIEVEMENT_CREDENTIAL,
        "ob_v3p0_endorsementcredential_schema.json": Schema.ENDORSEMENT_CREDENTIAL,
        "ob_v3p0_profile_schema.json": Schema.PROFILE,
    },
    _LEARNER_RECORDS: {
        "clr_v2p0_clrcredential_schema.json": Schema.CLR_CREDENTIAL,
        "clr_v2p0_achievementcredential_schema.json": Schema.ACHIEVEMENT_CREDENTIAL,
        "clr_v2p0_endorsementcredential_schema.json": Schema.ENDORSEMENT_CREDENTIAL,
        "clr_v2p0_profile_schema.json": Schema.PROFILE,
    },
}
_BY_ADDRESS: Final = {
    f"{root}{folder}{file}": schema
    for root, files in _BY_FILE.items()
    for folder in ("json/", "json-ld/")
    for file, schema in files.items()
}


def validate(document: Document | Mapping[str, Any], schema: Schema) -> None:
    """Hold a document against a schema.

    Raises:
        DocumentError: code `schema` or `bad_date`, for the first fault.
    """
    for fault in _found(document, schema):
        raise DocumentError(fault.code, fault.message, fault.pointer)


def faults(document: Document | Mapping[str, Any], schema: Schema) -> tuple[Fault, ...]:
    """Everything in which a document does not fit a schema, in the schema's order; empty if it fits."""
    return tuple(_found(document, schema))


def _found(document: Document | Mapping[str, Any], schema: Schema) -> Iterator[Fault]:
    value = document.value if isinstance(document, Document) else document
    validator = _validator(schema)
    if validator.is_valid(value):  # two thirds of the time in which the errors are looked for
        return
    for error in validator.iter_errors(value):
        named = _definition(error)
        # A date has its own code, because the person who can mend it needs to know only that.
        code = "bad_date" if named in {"dateTime", "date"} and error.kind.name != "type" else "schema"
        yield Fault(code, pointer(*error.instance_path), _sentence(error, named))


@cache
def _validator(schema: Schema) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        _read(f"{schema}.json"),
        registry=jsonschema_rs.Registry(_shared(), retriever=_refuse),
        validate_formats=True,
        ignore_unknown_formats=False,
        offline=True,
    )


def member_names() -> frozenset[str]:
    """Every member that our schemas of Open Badges know, at any depth."""

    def names(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            properties = part.get("properties")
            yield from properties if isinstance(properties, dict) else ()
            for child in part.values():
                yield from names(child)
        elif isinstance(part, list):
            for child in part:
                yield from names(child)

    return frozenset(name for file in _SHARED if file != "records.json" for name in names(_read(file)))


def glance(*wanted: Mapping[str, Any] | Schema) -> Callable[[Any], bool]:
    """Several schemas as one quick question about a JSON value: does it fit all of them?

    Rules that look at every text take a hundred times as long as this. So a rule may first be put as a schema
    that fits only what cannot break it, and look closely at the rest.

    Args:
        wanted: Ours, or JSON Schemas 2020-12 without references outside themselves. Their patterns must mean
            the same to every engine for the texts that they let pass.
    """
    parts = {f"urn:x-glance:{number}": _resource(one) for number, one in enumerate(wanted)}
    return jsonschema_rs.Draft202012Validator(
        {"allOf": [{"$ref": name} for name in parts]},
        registry=jsonschema_rs.Registry([*_shared(), *parts.items()], retriever=_refuse),
        validate_formats=True,
        ignore_unknown_formats=False,
        offline=True,
        pattern_options=jsonschema_rs.RegexOptions(),
    ).is_valid


def _resource(one: Mapping[str, Any] | Schema) -> dict[str, Any]:
    made = _read(f"{one}.json") if isinstance(one, Schema) else dict(one)
    return {name: part for name, part in made.items() if name != "$id"}


def _shared() -> list[tuple[str, dict[str, Any]]]:
    return [(part["$id"], part) for part in map(_read, _SHARED)]


def _read(name: str) -> dict[str, Any]:
    text = resources.files("contexts").joinpath("schemas", name).read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _refuse(address: str) -> NoReturn:
    raise LookupError(f"{address} is not a schema of ours, and no schema is ever fetched")


def _definition(error: jsonschema_rs.ValidationError) -> str:
    """The name of the definition whose keyword failed; empty for one written in place."""
    steps = (error.absolute_keyword_location or "").rpartition("#/$defs/")[2].split("/")
    return steps[0]


def _wanted(error: jsonschema_rs.ValidationError) -> str:
    """The names of which a `contains` asks for one, read from the schema at the place that failed."""
    file, _, path = (error.absolute_keyword_location or "").partition("#/")
    part: Any = next(_read(name) for name in _SHARED if _read(name)["$id"] == file)
    for step in path.split("/"):
        part = part[int(step)] if isinstance(part, list) else part[step]
    return " or ".join(part.get("enum", [part.get("const")]))


def _sentence(error: jsonschema_rs.ValidationError, named: str) -> str:
    shown = _shown(error.instance)
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=member):
            return f'the member "{member}" is missing'
        case jsonschema_rs.ValidationErrorKind.Type(types=types):
            return f"{shown} stands where {' or '.join(_TYPES.get(t, t) for t in types)} must stand"
        case jsonschema_rs.ValidationErrorKind.Constant(expected_value=value):
            return f"{shown} stands where {_shown(value)} must stand"
        case jsonschema_rs.ValidationErrorKind.Enum(options=options) if len(options) > _LISTED:
            return f"{shown} is no {named} of the data model, and no extension such as ext:Example"
        case jsonschema_rs.ValidationErrorKind.Enum(options=options):
            return f"{shown} is none of {', '.join(map(str, options))}"
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=members):
            return f"{named or 'this object'} has no member {_shown(', '.join(members))}"
        case jsonschema_rs.ValidationErrorKind.MinItems(limit=limit):
            return f"the list has fewer than {limit} values"
        case jsonschema_rs.ValidationErrorKind.Contains():
            return f"{shown} does not name {_wanted(error)}"
        case _:
            return f"{shown} {_WRITTEN.get(named, 'is not written as it must be')}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."

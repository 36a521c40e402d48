"""Ordinary credentials: the rules of the data model for those that we draft every day, asked all at once.

`check_issuable` asks every rule of everything that a credential can hold. What a district drafts has one
subject, dates in UTC, no endorsement and no proof yet. ORDINARY is a schema that fits only such, and of what
fits only `remaining_faults` is left to ask. A test holds the two ways against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contexts.schema import Fault, Schema, addresses_of
from credential.conformance import OPEN_BADGES, SCHEMA_VALIDATOR, TYPED, date_faults
from credential.issuable import ARRAYS, EXTENSIONS, NOT_CLASSES, ONE_NAME, status_entry_faults
from credential.results import misplaced_levels, result_faults
from credential.terms import CONTEXT_2023

_MOMENT: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{1,20}Z$"}
_TEXT: Final = {"type": "string", "minLength": 1}
_A_CLASS: Final = {"$ref": "#/$defs/class"}
_NO_CLASS: Final = {"$ref": "#/$defs/other"}


def remaining_faults(credential: Mapping[str, Any]) -> Iterator[Fault]:
    """What `credential.issuable.check_issuable` can still find in a credential that fits ORDINARY."""
    subject = credential["credentialSubject"]
    yield from date_faults(credential)
    yield from status_entry_faults(credential)
    achievement = subject.get("achievement")
    if achievement is not None:
        at = ("credentialSubject",)
        yield from result_faults(subject, achievement, at)
        yield from misplaced_levels(subject, achievement, at)


def _lists(inside: Mapping[str, Any]) -> dict[str, Any]:
    """Members that are written as lists, and the two that may be one text instead."""
    several = {"type": ["array", "string"], **inside}
    lists = {name: {"type": "array", **inside} for name in sorted(ARRAYS)}
    return lists | {"resultDescription": several, "identifier": several, "endorsement": False}


def _classes() -> dict[str, Any]:
    named = {"anyOf": [{"type": "array"}, {"enum": sorted(ONE_NAME)}]}
    outside = {name: _lists(_NO_CLASS).get(name, _NO_CLASS) for name in sorted(NOT_CLASSES)}
    members = _lists(_A_CLASS) | {"type": named} | outside
    return {"properties": members, "additionalProperties": _A_CLASS, "items": _A_CLASS}


def _subject() -> dict[str, Any]:
    said = [{"required": [name], "properties": {name: _TEXT}} for name in ("id", "narrative")]
    achievement = {"type": "object", "properties": {"criteria": {"type": "object", "anyOf": said}}}
    return {
        "type": "object",
        "anyOf": [{"required": ["id"]}, {"required": ["identifier"]}],
        "minProperties": 2,
        "properties": {
            "id": _TEXT,
            "achievement": achievement,
            "identifier": {
                "type": "array",
                "minItems": 1,
                "items": {"properties": {"hashed": {"const": False}}},
            },
            "activityStartDate": _MOMENT,
            "activityEndDate": _MOMENT,
        },
    }


def _ordinary() -> dict[str, Any]:
    begun = [{"const": CONTEXT_2023}, {"type": "string", "pattern": f"^{OPEN_BADGES.pattern}$"}]
    schemas = {
        "type": "object",
        "required": ["id", "type"],
        "properties": {
            "id": {"enum": addresses_of(Schema.ACHIEVEMENT_CREDENTIAL)},
            "type": {"const": SCHEMA_VALIDATOR},
        },
    }
    never = ("proof", "issuanceDate", "expirationDate", "relatedResource", *TYPED)
    return {
        "$defs": {
            "class": _classes(),
            "other": {
                "properties": _lists(_NO_CLASS),
                "additionalProperties": _NO_CLASS,
                "items": _NO_CLASS,
            },
        },
        "type": "object",
        "required": ["@context", "type", "validFrom", "credentialSubject"],
        "properties": dict.fromkeys(never, False)
        | {
            "@context": {
                "type": "array",
                "minItems": 3,
                "prefixItems": begun,
                "contains": {"const": EXTENSIONS},
            },
            "type": {"type": "array", "not": {"contains": {"const": "EndorsementCredential"}}},
            "validFrom": _MOMENT,
            "validUntil": _MOMENT,
            "awardedDate": _MOMENT,
            "evidence": {"type": "array", "items": {"type": "object", "required": ["type"]}},
            "credentialSchema": {"type": "array", "items": schemas},
            "credentialSubject": _subject(),
        },
        **_A_CLASS,
    }


ORDINARY: Final = _ordinary()
"""JSON Schema 2020-12 of what is ordinary."""

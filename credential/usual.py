"""Usual badges: what the data models' rules would find nothing in, seen at a glance.

`credential.conformance` and `credential.vcdm` ask every rule of everything that a badge can hold. Most badges
hold what most badges hold: one subject, dates in UTC, terms and addresses of plain letters, no endorsement.
The schema here fits only such, and is narrower than the rules wherever it may be: what it does not fit is
looked at closely, and that alone can be at fault. A test holds the two ways against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from contexts.document import Document, may_name
from contexts.schema import Schema, addresses_of, glance
from credential.conformance import OPEN_BADGES, SCHEMA_VALIDATOR, TYPED, date_faults
from credential.results import results_at_fault
from credential.terms import CONTEXT_2023

_MOMENT: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{1,20}Z$"}
_TEXT: Final = {"type": "string", "minLength": 1}
_ADDRESS: Final = {
    "type": "string",
    "pattern": r"^[A-Za-z][A-Za-z0-9+.-]{0,20}:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,2000}$",
}
_TERMS: Final = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "pattern": "^[A-Za-z]{1,100}$"},
}
_NAMED: Final = {"name": _TEXT, "description": _TEXT}


def is_usual(badge: Document) -> bool:
    """Whether a badge fits its schema and nothing that its models' rules say could be said of it.

    Then `contexts.schema.validate`, `credential.conformance.check_model` and `remarks`, and
    `credential.vcdm.check_vcdm` find nothing. Where it is not usual, they are to be asked.

    Args:
        badge: An achievement credential, by its type.
    """
    value = badge.value
    if may_name(badge, "endorsement") or not _fits()(value):
        return False
    subject = value["credentialSubject"]
    faults = (*date_faults(value), *results_at_fault(subject, subject["achievement"], ("credentialSubject",)))
    return not faults


def _usual() -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["id", "type"],
        "properties": {
            "id": {"enum": addresses_of(Schema.ACHIEVEMENT_CREDENTIAL)},
            "type": {"const": SCHEMA_VALIDATOR},
        },
    }
    evidence = {"type": "object", "required": ["type"], "properties": {"id": _ADDRESS, "type": _TERMS}}
    proof = {"type": "object", "properties": {"created": _MOMENT, "expires": _MOMENT}}
    never = ("issuanceDate", "expirationDate", "relatedResource", *(set(TYPED) - {"evidence"}))
    return {
        "type": "object",
        "required": ["@context", "type", "issuer", "validFrom", "credentialSubject"],
        "properties": dict.fromkeys(never, False)
        | _NAMED
        | {
            "@context": {
                "type": "array",
                "minItems": 2,
                "maxItems": 8,
                "uniqueItems": True,
                "prefixItems": [
                    {"const": CONTEXT_2023},
                    {"type": "string", "pattern": f"^{OPEN_BADGES.pattern}$"},
                ],
                "items": _ADDRESS,
            },
            "id": _ADDRESS,
            "type": _TERMS | {"contains": {"const": "VerifiableCredential"}},
            "issuer": {"type": "object", "required": ["id"], "properties": {"id": _ADDRESS, **_NAMED}},
            "validFrom": _MOMENT,
            "validUntil": _MOMENT,
            "awardedDate": _MOMENT,
            "credentialStatus": {
                "type": "object",
                "required": ["type"],
                "properties": {"id": _ADDRESS, "type": _TEXT},
            },
            "credentialSchema": {"type": "array", "items": schema},
            "evidence": {"type": "array", "items": evidence},
            "proof": {"type": ["array", "object"], "items": proof, "properties": proof["properties"]},
            "credentialSubject": _subject(),
        },
    }


def _subject() -> dict[str, Any]:
    said = [{"required": [name], "properties": {name: _TEXT}} for name in ("id", "narrative")]
    return {
        "type": "object",
        "required": ["achievement"],
        "minProperties": 2,
        "anyOf": [{"required": ["id"]}, {"required": ["identifier"]}],
        "properties": {
            "id": _ADDRESS,
            "achievement": {
                "type": "object",
                "properties": {"criteria": {"type": "object", "anyOf": said}},
            },
            "identifier": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "object", "properties": {"hashed": {"const": False}}},
            },
            "activityStartDate": _MOMENT,
            "activityEndDate": _MOMENT,
            **_NAMED,
        },
    }


@cache
def _fits() -> Callable[[Any], bool]:
    return glance(_usual(), Schema.ACHIEVEMENT_CREDENTIAL)

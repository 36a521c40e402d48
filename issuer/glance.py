"""A glance at a draft: whether it is so plain that no house rule can find anything in its members and texts.

The house rules look at every text with several patterns. Nearly every draft breaks none of them, and one pass
by the schema validator sees that in a tenth of the time. The glance may err in one direction only: what it
calls plain has no fault (a test holds it to that). At whatever else there is, the rules look closely.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from functools import cache
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias

from contexts.alike import Likeness, alikes
from contexts.document import Document, written
from contexts.pinned import ISSUING
from contexts.schema import Schema, glance, member_names
from credential.ordinary import ORDINARY
from issuer.house_rules import (
    ADDRESS_MEMBERS,
    FORBIDDEN_IDENTIFIER_TYPES,
    FORBIDDEN_RESULT_STATES,
    LONGEST,
    LONGEST_ADDRESS,
    LONGEST_OTHERWISE,
    SOURCE_MEMBERS,
    SUBJECT_MEMBERS,
    HouseRules,
    is_forbidden_member,
)
from issuer.plain_leaves import Fit, fitting
from issuer.private_words import LABELLED

_MEMBERS: Final = (
    member_names()
    | {"statusPurpose", "statusListIndex", "statusListCredential"}
    | {"relatedResource", "digestSRI", "digestMultibase", "mediaType"}
) - {"proof"}
"""What a plain draft may say at all, at any depth."""

_SEEN: Final = (
    "!-~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u012f\u0132-\u0148\u014a-\u017e\u2013\u2014\u2018\u2019\u201c\u201d"
)
"""Characters in which nothing can hide: ASCII, Latin letters that every form of Unicode writes as this one
code point and whose small forms are one letter too, dashes and curly quotes."""

# More than the rule finds: only Python's engine looks behind and ahead.
_SUSPECT: Final = (
    rf"(?i:{LABELLED})|[0-9]{{3}}[- ][0-9]{{2}}[- ][0-9]{{4}}"
    rf'|[^ {_SEEN}]|\\[^"\\]|[^\\]" | "'
)
"""What a rule may find in a text, as a document writes it: something with its label, a number like a Social
Security number, a character that is not plain or is written as an escape, white space at an end."""

_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_REST: Final = "[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]"
_ADDRESS: Final = (
    rf"^(?:https://{_LABEL}(?:\.{_LABEL})+(?::[1-9][0-9]{{0,4}})?(?:[/?#]{_REST}*)?"
    r"|urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|did:(?:web|key|jwk):[A-Za-z0-9._:%-]+(?:#[A-Za-z0-9._-]+)?)$"
)
_REFERENCE: Final = {"$ref": "#/$defs/members"}


def is_plain(draft: Document, rules: HouseRules) -> bool:
    """Whether a draft fits its schema, and no rule of the house or the data model can find anything in it but
    `issuer.house_rules.whole_faults` and `credential.ordinary.remaining_faults`.
    """
    alike = alikes(ISSUING).recognised(draft)
    if not (alike and _differs_plainly(*alike)):
        if not _looks_plain(draft):
            return False
        if alike:
            _note_plain(*alike)
    return not (rules.withheld and _may_mention(draft.raw, rules.withheld))


def _differs_plainly(likeness: Likeness, texts: list[str]) -> bool:
    """Whether a draft is plain because one like it was."""
    fits: Fit | None = likeness.forms.get(is_plain)
    return fits is not None and fits(texts) and _is_unsuspicious()(",".join(map(encode_basestring, texts)))


def _note_plain(likeness: Likeness, texts: list[str]) -> None:
    """Draw from a plain draft what follows for those like it, where they differ in such texts only."""
    if fitting not in likeness.forms:
        likeness.forms[fitting] = fitting(likeness.leaves)
    fits = likeness.forms[fitting]
    if fits and fits(texts):
        likeness.forms[is_plain] = fits


def _looks_plain(draft: Document) -> bool:
    """Whether nothing in a draft can be at fault, whoever it is for."""
    value, text = draft.value, draft.raw
    unseen: list[bytes] = []
    for name, part, without in _recurring(value):
        named = name + written(part)
        at = text.find(name)
        if len(named) > LONGEST_SEEN or not text.startswith(named, at):
            continue
        if named in _seen:
            value, text = without(value), text[:at] + text[at + len(named) :]
        else:
            unseen.append(named)
    if not (_fits()(value) and _is_unsuspicious()(text.decode())):
        return False
    for named in unseen:
        _keep(named)
    return True


MOST_SEEN: Final = 256
LONGEST_SEEN: Final = 32_768
"""How many parts are kept that were plain, and the bytes of the longest: one issuer and one achievement come
again with each badge, and are plain by themselves, whatever the rest of the badge says."""

_ISSUER: Final = {"id": "did:web:a.example", "type": ["Profile"]}
_ACHIEVEMENT: Final = {
    "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
    "type": ["Achievement"],
    "name": "x",
    "description": "x",
    "criteria": {"narrative": "x"},
}
"""What stands in for a part that was seen, where the rest is looked at."""

_seen: dict[bytes, None] = {}
"""The parts that were plain, each with the name of its place and all its bytes."""
_lock: Final = threading.Lock()

_Without: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


def _recurring(value: dict[str, Any]) -> Iterator[tuple[bytes, dict[str, Any], _Without]]:
    """The parts that come again with each badge: how each is named, itself, and how the draft is without."""
    issuer, subject = value.get("issuer"), value.get("credentialSubject")
    if issuer.__class__ is dict:
        yield b'"issuer":', issuer, _without_issuer
    achievement = subject.get("achievement") if subject.__class__ is dict else None
    if achievement.__class__ is dict:
        yield b'"achievement":', achievement, _without_achievement


def _without_issuer(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"issuer": _ISSUER}


def _without_achievement(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"credentialSubject": value["credentialSubject"] | {"achievement": _ACHIEVEMENT}}


def _keep(named: bytes) -> None:
    with _lock:
        _seen[named] = None
        while len(_seen) > MOST_SEEN:
            del _seen[next(iter(_seen))]


def _may_mention(raw: bytes, withheld: Collection[str]) -> bool:
    """Whether one of these texts may stand somewhere in a plain draft, in whatever case."""
    lowered = (
        raw.lower()
    )  # ASCII letters only: no other letter that is plain has an ASCII letter for its small form
    return any(
        not secret.isprintable()
        or '"' in secret
        or "\\" in secret
        or (
            secret.encode().lower() in lowered
            if secret.isascii()
            else secret.casefold() in raw.decode().casefold()
        )
        for secret in withheld
        if secret
    )


@cache
def _is_unsuspicious() -> Callable[[Any], bool]:
    """Whether no text can hold what a rule would find in it, asked of the whole draft at once.

    A plain text stands in the draft's bytes character by character, between quotation marks. Only quotes and
    backslashes have a backslash before them, and no label has one.
    """
    return glance({"not": {"pattern": _SUSPECT}})


@cache
def _fits() -> Callable[[Any], bool]:
    members = {name: _member(name) for name in sorted(_MEMBERS) if not is_forbidden_member(name)}
    house = {
        "$defs": {"members": {"properties": members, "additionalProperties": False, "minProperties": 1}},
        "type": "object",
        "required": ["credentialSubject"],
        **_REFERENCE,
        "properties": {"credentialSubject": _subject()},
    }
    return glance(house, ORDINARY, Schema.ACHIEVEMENT_CREDENTIAL)


def _member(name: str) -> dict[str, Any]:
    """What may stand under a name: a text, a truth value, an object or a list of such, none of them empty."""
    kinds = ["object", "array", "string", "boolean"]
    if name in ("@context", "type"):
        text: dict[str, Any] = {"minLength": 1}
    elif name in ADDRESS_MEMBERS:
        text = {"maxLength": LONGEST_ADDRESS, "pattern": _ADDRESS}
    else:
        longest = LONGEST.get(name, LONGEST_OTHERWISE)
        text = {"maxLength": longest}
    one = {"type": kinds, "minLength": 1, **text, **_REFERENCE}
    words = {"identifierType": FORBIDDEN_IDENTIFIER_TYPES, "status": FORBIDDEN_RESULT_STATES}.get(name)
    if words:
        one["not"] = {"enum": sorted(words)}
    return one | {"minItems": 1, "items": one | {"type": ["object", "string", "boolean"]}}


def _subject() -> dict[str, Any]:
    identity = {
        "type": "object",
        "properties": {"identityType": {"const": "name"}, "hashed": {"const": False}},
        "required": ["identityType", "hashed"],
    }
    return {
        "type": "object",
        "properties": {
            **dict.fromkeys(sorted(SUBJECT_MEMBERS), True),
            "identifier": {"type": "array", "items": identity},
            "source": {
                "properties": dict.fromkeys(sorted(SOURCE_MEMBERS), True),
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }

"""What a JSON text or a token is, besides a credential: a presentation, an envelope, an older badge.

Most texts are credentials, and are handed on without being read here. Only one that holds a telling word is
looked into, as strictly as a credential (`contexts.document`); what cannot be read is handed on as it is,
for the check says best what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from contexts.document import PRESENTATION_LIMITS, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.enveloped import ENVELOPED_CREDENTIAL, ENVELOPED_PRESENTATION, enveloped_token
from keys.errors import KeyRefused
from keys.multibase import base64url_decode
from verifier.evidence import Presented, PresentedKind

OLDER: Final = (
    "This is an Open Badges 2.0 badge. It is of an older kind, whose signature we do not check. "
    "Ask its issuer for an Open Badges 3.0 badge."
)

_CREDENTIAL: Final = b'"VerifiableCredential"'
_AROUND_ONE: Final = (b"VerifiablePresentation", b"EnvelopedVerifiable")
_OF_OLDER: Final = (b"w3id.org/openbadges/v", b'"Assertion"', b'"verify"', b'"verification"')
"""Words that tell. Looked for one by one: a pattern of them all takes four times as long."""

_OLDER_CONTEXT = re.compile(r"https?://w3id\.org/openbadges/v[12]/?\Z")
_OLDER_TYPES: Final = frozenset({"Assertion", "BadgeClass"})
JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\Z")


def of_json(data: bytes, source: str) -> Presented:
    """What a text is that begins like a JSON object."""
    document = Presented(PresentedKind.DOCUMENT, data=data, source=source)
    telling = _AROUND_ONE if _CREDENTIAL in data else _AROUND_ONE + _OF_OLDER
    if not any([word in data for word in telling]):  # noqa: C419 - a list of two is sooner made than a generator
        return document
    try:
        value = parse(data, PRESENTATION_LIMITS).value
    except DocumentError:
        return document
    types = _types(value)
    if "VerifiableCredential" in types:
        return document
    if "VerifiablePresentation" in types:
        return Presented(PresentedKind.PRESENTATION, data=data, source=source)
    if ENVELOPED_CREDENTIAL in types:
        return _enveloped(value, ENVELOPED_CREDENTIAL, PresentedKind.JWT, source)
    if ENVELOPED_PRESENTATION in types:
        return _enveloped(value, ENVELOPED_PRESENTATION, PresentedKind.PRESENTATION, source)
    return _older() if _is_older(value) else document


def of_token(data: bytes, source: str) -> Presented:
    """What a compact JWS is: a presentation, an assertion of Open Badges 2.0, else a credential."""
    header, payload = (_segment(part) for part in data.split(b".", 2)[:2])
    is_presentation = str(header.get("typ", "")).lower().startswith("vp+")
    if is_presentation or "vp" in payload or "VerifiablePresentation" in _types(payload):
        return Presented(PresentedKind.PRESENTATION, data=data, source=source)
    if "vc" not in payload and _is_older(payload):
        return _older()
    return Presented(PresentedKind.JWT, data=data, source=source)


def _enveloped(value: Mapping[str, Any], type_: str, kind: PresentedKind, source: str) -> Presented:
    """VC Data Model 2.0, 4.13: the id of an envelope is a data: address that holds a whole token."""
    try:
        token = enveloped_token(value, type_)
    except CredentialError as refusal:
        return _no_envelope(refusal.message)
    if token is None or not JWS.match(token):
        return _no_envelope("its id is a data: address, and then a token")
    return Presented(kind, data=token, source=source)


def _no_envelope(why: str) -> Presented:
    return Presented(
        PresentedKind.UNREADABLE,
        code="bad_envelope",
        detail=f"The envelope holds no badge that we can read: {why}.",
    )


def _is_older(value: Mapping[str, Any]) -> bool:
    """Open Badges 2.0 by its context or its class; 1.1 by the three members that every assertion has."""
    contexts = value.get("@context")
    named = contexts if isinstance(contexts, list) else [contexts]
    if any(isinstance(one, str) and _OLDER_CONTEXT.match(one) for one in named):
        return True
    if _types(value) & _OLDER_TYPES:
        return True
    return {"recipient", "badge"} <= value.keys() and bool({"verify", "verification"} & value.keys())


def _older() -> Presented:
    return Presented(PresentedKind.UNREADABLE, code="older_open_badges", detail=OLDER)


def _types(value: Mapping[str, Any]) -> frozenset[str]:
    types = value.get("type", value.get("@type"))
    return frozenset(t for t in (types if isinstance(types, list) else [types]) if isinstance(t, str))


def _segment(part: bytes) -> Mapping[str, Any]:
    """A segment of a token as JSON, empty where it is none: the check refuses it with its reason."""
    try:
        return parse(base64url_decode(part.decode("ascii")), PRESENTATION_LIMITS).value
    except (DocumentError, KeyRefused, ValueError):
        return {}

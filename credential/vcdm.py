"""What Verifiable Credentials Data Model 2.0 demands of any credential, whatever it is about.

Independent of Open Badges: each rule is a MUST of the data model that can be seen in the document alone.
`check_vcdm` is total: it takes any JSON object, says what is wrong with it and raises nothing. Data Model 1.1
is held to the same rules under its own names. Whether a thing is true, signed or allowed is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from contexts.document import Document
from contexts.errors import pointer
from contexts.schema import Fault
from credential.dates import parse_date_time, validity_period
from credential.errors import CredentialError
from credential.proof.enveloped import ENVELOPED_CREDENTIAL, enveloped_token, is_envelope
from credential.related import related_faults
from credential.terms import CONTEXT_2019, CONTEXT_2023, OBJECT, listed

CREDENTIAL: Final = "VerifiableCredential"
PRESENTATION: Final = "VerifiablePresentation"

_FEW, _SHORT = 8, 256
"""Contexts, and characters of one, up to which a list of them is kept with what is wrong with it."""

Steps = tuple[str | int, ...]

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
_TERM: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_TEXTS: Final = ("name", "description")
_DIRECTIONS: Final = frozenset({"ltr", "rtl"})
_LANGUAGE_VALUE: Final = frozenset({"@value", "@language", "@direction"})

_TYPED: Final = {
    "credentialStatus": False,
    "credentialSchema": True,
    "termsOfUse": False,
    "evidence": False,
    "refreshService": False,
    "renderMethod": False,
    "confidenceMethod": False,
}
"""Members whose values each have a type, and whether the data model also demands an id (4.10, 4.11, 5.4 to
5.6)."""

_ALSO_NAMED_IN_2019: Final = frozenset({"credentialStatus", "refreshService"})
"""Those that need an id in Data Model 1.1 (4.9, 5.4) and no longer in 2.0."""


def check_vcdm(document: Document | Mapping[str, Any]) -> tuple[Fault, ...]:
    """Hold a credential of any kind against the rules of its data model.

    Args:
        document: A credential; not a presentation.

    Returns:
        What is wrong, in the order of reading, with codes of `credential.errors.CODES`; empty if nothing is.
    """
    value = document.value if isinstance(document, Document) else document
    return tuple(_credential(value))


def check_presentation_model(document: Document | Mapping[str, Any]) -> tuple[Fault, ...]:
    """Hold a presentation against the rules of its data model (4.13). The credentials in it are not opened.

    Returns:
        As `check_vcdm`.
    """
    value = document.value if isinstance(document, Document) else document
    return tuple(_presentation(value))


def _credential(value: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _contexts(value)
    yield from _types(value, CREDENTIAL)
    yield from _identifier(value, ())
    yield from _issuer(value.get("issuer"), ("issuer",))
    yield from _subjects(value)
    yield from _dates(value)
    issuer = value.get("issuer")
    for name in _TEXTS:
        if name in value:
            yield from _text(value[name], (name,))
        if isinstance(issuer, OBJECT) and name in issuer:
            yield from _text(issuer[name], ("issuer", name))
    for name, named in _TYPED.items():
        if name in value:
            needs_id = named or (_old(value) and name in _ALSO_NAMED_IN_2019)
            yield from _typed(value[name], name, needs_id=needs_id)
    if "relatedResource" in value:
        yield from related_faults(value)


def _presentation(value: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _contexts(value)
    yield from _types(value, PRESENTATION)
    yield from _identifier(value, ())
    if "holder" in value:
        yield from _issuer(value["holder"], ("holder",))
    held = value.get("verifiableCredential")
    if "verifiableCredential" in value and held in (None, []):
        yield Fault("bad_member", "/verifiableCredential", "leave the member out instead of an empty list")
    for index, one in enumerate(listed(held)):
        here = ("verifiableCredential", index) if isinstance(held, list) else ("verifiableCredential",)
        if isinstance(one, str) and _old(value):
            continue  # Data Model 1.1, 6.3.1: a token stands as itself
        if not isinstance(one, OBJECT):
            message = "a credential in a presentation is an object: put a token into an envelope"
            yield Fault("bad_member", pointer(*here), message)
        elif is_envelope(one):
            yield from _envelope(one, here)
        elif CREDENTIAL not in listed(one.get("type")):
            message = f"its type names neither {CREDENTIAL} nor {ENVELOPED_CREDENTIAL}"
            yield Fault("bad_type", pointer(*here, "type"), message)


def _envelope(value: Mapping[str, Any], at: Steps) -> Iterator[Fault]:
    try:
        enveloped_token(value)
    except CredentialError as refusal:
        if refusal.code != "unsupported_envelope":  # well formed, and what is in it nobody here can read
            yield Fault(refusal.code, f"{pointer(*at)}{refusal.pointer}", refusal.message)


def _old(value: Mapping[str, Any]) -> bool:
    return listed(value.get("@context"))[:1] == [CONTEXT_2019]


def _contexts(value: Mapping[str, Any]) -> Iterator[Fault]:
    """4.3: an ordered set, whose first item names the data model."""
    contexts = value.get("@context")
    if (
        isinstance(contexts, list)
        and len(contexts) <= _FEW
        and all(one.__class__ is str and len(one) <= _SHORT for one in contexts)
    ):
        yield from _named_contexts(tuple(contexts))
    else:
        yield from _any_contexts(contexts)


@lru_cache(maxsize=256)
def _named_contexts(contexts: tuple[str, ...]) -> tuple[Fault, ...]:
    """The same few lists come with nearly every credential."""
    return tuple(_any_contexts(list(contexts)))


def _any_contexts(contexts: object) -> Iterator[Fault]:
    first, *others = [*contexts, None] if isinstance(contexts, list) else [None]
    if first not in (CONTEXT_2023, CONTEXT_2019):
        yield Fault("context_order", "/@context", f"@context is a list that begins with {CONTEXT_2023}")
        return
    for index, one in enumerate(others[:-1], start=1):
        if not isinstance(one, OBJECT) and not (isinstance(one, str) and _URL.fullmatch(one)):
            yield Fault("context_order", pointer("@context", index), "a context is a URL or an object")
        elif one in others[: index - 1] or one == first:
            yield Fault("context_order", pointer("@context", index), "each context stands once")


def _types(value: Mapping[str, Any], wanted: str) -> Iterator[Fault]:
    """4.5: terms or absolute URLs, among them the one that says what it is."""
    types = listed(value.get("type"))
    for index, one in enumerate(types):
        if not isinstance(one, str) or not (_TERM.fullmatch(one) or _URL.fullmatch(one)):
            yield Fault("bad_type", pointer("type", index), "a type is a term or an absolute URL")
    if wanted not in types:
        yield Fault("bad_type", "/type", f"type does not name {wanted}")


def _identifier(value: Mapping[str, Any], at: Steps, *, needed: bool = False) -> Iterator[Fault]:
    """4.4: where there is an id, it is one URL."""
    name = value.get("id")
    if "id" not in value:
        if needed:
            yield Fault("bad_member", pointer(*at, "id"), "an id is missing")
    elif not isinstance(name, str) or not _URL.fullmatch(name):
        yield Fault("bad_member", pointer(*at, "id"), "an id is one absolute URL")


def _issuer(issuer: object, at: Steps) -> Iterator[Fault]:
    """4.7, 4.13: a URL, or an object with a URL for its id."""
    if isinstance(issuer, OBJECT):
        yield from _identifier(issuer, at, needed=True)
    elif not isinstance(issuer, str) or not _URL.fullmatch(issuer):
        yield Fault("bad_member", pointer(*at), f"{at[-1]} is a URL, or an object with an id")


def _subjects(value: Mapping[str, Any]) -> Iterator[Fault]:
    """4.8: one or more objects, each of which says something."""
    held = value.get("credentialSubject")
    several = isinstance(held, list)
    if held in (None, []):
        yield Fault("subject_empty", "/credentialSubject", "the credential is about nobody")
        return
    for index, subject in enumerate(listed(held)):
        here: Steps = ("credentialSubject", index) if several else ("credentialSubject",)
        if not isinstance(subject, OBJECT) or not subject.keys() - {"id"}:
            yield Fault("subject_empty", pointer(*here), "the subject carries no claim")
        else:
            yield from _identifier(subject, here)
            for name in _TEXTS:
                if isinstance(subject.get(name), OBJECT):
                    yield from _text(subject[name], (*here, name))


def _dates(value: Mapping[str, Any]) -> Iterator[Fault]:
    """4.9: dateTimeStamps, the second not before the first. In Data Model 1.1 the first is demanded."""
    old = _old(value)
    first, last = ("issuanceDate", "expirationDate") if old else ("validFrom", "validUntil")
    sound = True
    for name in (first, last):
        if name in value:
            try:
                parse_date_time(value[name])
            except CredentialError as refusal:
                sound = False
                yield Fault(refusal.code, pointer(name), refusal.message)
    if old and first not in value:
        yield Fault("bad_date", pointer(first), f"{first} is missing")
    elif sound and first in value:
        try:
            validity_period({name: value[name] for name in (first, last) if name in value})
        except CredentialError as refusal:
            yield Fault(refusal.code, refusal.pointer, refusal.message)


def _text(held: object, at: Steps) -> Iterator[Fault]:
    """4.6, 11.1: a text, or a text with its language and direction, or several of these."""
    name = at[-1]
    for index, one in enumerate(held if isinstance(held, list) else [held]):
        here: Steps = (*at, index) if isinstance(held, list) else at
        if isinstance(one, str):
            continue
        if not isinstance(one, OBJECT) or not isinstance(one.get("@value"), str):
            message = f"{name} is a text, or an object of @value, @language and @direction"
            yield Fault("bad_member", pointer(*here), message)
        elif stray := sorted(one.keys() - _LANGUAGE_VALUE):
            yield Fault(
                "bad_member", pointer(*here, stray[0]), "only @value, @language and @direction stand here"
            )
        elif "@language" in one and not (
            isinstance(one["@language"], str) and _LANGUAGE.fullmatch(one["@language"])
        ):
            yield Fault(
                "bad_member", pointer(*here, "@language"), "@language is a language tag such as en or es"
            )
        elif "@direction" in one and not (
            isinstance(one["@direction"], str) and one["@direction"] in _DIRECTIONS
        ):
            yield Fault("bad_member", pointer(*here, "@direction"), "@direction is ltr or rtl")


def _typed(held: object, name: str, *, needs_id: bool) -> Iterator[Fault]:
    """4.10, 4.11, 5.4 to 5.6, 5.10: each is an object that says of what type it is."""
    for index, one in enumerate(held if isinstance(held, list) else [held]):
        here: Steps = (name, index) if isinstance(held, list) else (name,)
        if not isinstance(one, OBJECT):
            yield Fault("bad_member", pointer(*here), f"each {name} is an object")
            continue
        types = listed(one.get("type"))
        if not types or not all(isinstance(kind, str) and kind for kind in types):
            yield Fault("bad_member", pointer(*here), f"each {name} says of what type it is")
        yield from _identifier(one, here, needed=needs_id)

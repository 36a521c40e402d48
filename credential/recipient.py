"""Who received an award: identity objects, made and compared (Open Badges 3.0, IdentityObject, IdentityHash).

A hash here hides nothing from anybody who can guess: its salt travels with the credential, and names and
e-mail addresses are guessed by the million in a second. Treat a hashed identity like the identity itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from credential.errors import CredentialError
from credential.model import IdentityObject
from credential.types import IdentifierType

SHORTEST_SALT: Final = 16
"""Octets of a salt that we issue: 128 bits, so that no table made beforehand fits two badges."""

_HASH: Final = re.compile(r"(sha256|md5)\$([0-9A-Fa-f]+)")
_LASTING: Final = frozenset(
    {
        IdentifierType.SOURCED_ID,
        IdentifierType.LIS_SOURCED_ID,
        IdentifierType.ONE_ROSTER_SOURCED_ID,
        IdentifierType.SIS_SOURCED_ID,
        IdentifierType.SYSTEM_ID,
        IdentifierType.NATIONAL_IDENTITY_NUMBER,
    }
)
"""Numbers that somebody keeps as long as their issuer knows them."""

_HEX_DIGITS: Final = {"sha256": 64, "md5": 32}


def identity_hash(identifier: str, salt: str = "") -> str:
    """The hash of an identifier as it is issued: SHA-256 over the UTF-8 octets of identifier and salt.

    >>> identity_hash("a@example.com", "Kosher")[:20]
    'sha256$b5809d8a92f88'

    Args:
        identifier: Exactly as it was collected. Nothing is trimmed or folded: the specification names no
            normal form, so whoever compares must know what was collected, capital letters included.
        salt: The text that the identity object carries as `salt`.
    """
    return "sha256$" + _digest("sha256", identifier, salt)


def in_clear(subject: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Kind of identifier to the values that a subject gives in clear, as they are written."""
    listed = subject.get("identifier")
    found: dict[str, set[str]] = {}
    for one in listed if isinstance(listed, list) else [listed]:
        if isinstance(one, Mapping) and one.get("hashed") is False:
            found.setdefault(str(one.get("identityType")), set()).add(str(one.get("identityHash")))
    return {kind: frozenset(values) for kind, values in found.items()}


def told_apart(first: Mapping[str, frozenset[str]], second: Mapping[str, frozenset[str]]) -> bool:
    """Whether two people have numbers of one kind, and none in common: a name may be two people's.

    An address or a login changes, so it tells nobody apart.
    """
    kinds = first.keys() & second.keys() & _LASTING
    return any(first[kind].isdisjoint(second[kind]) for kind in kinds)


def name_identity(preferred_name: str) -> IdentityObject:
    """The name that a person goes by, in plain text: whoever sees the badge compares it with the person."""
    return IdentityObject(hashed=False, identity_hash=preferred_name, identity_type=IdentifierType.NAME)


def email_identity(address: str, salt: bytes) -> IdentityObject:
    """An e-mail address under a salted hash, only for those who ask for it.

    Args:
        address: Exactly as it was collected.
        salt: Fresh random octets for this one badge.

    Raises:
        CredentialError: `salt_too_short` below 16 octets.
    """
    if len(salt) < SHORTEST_SALT:
        raise CredentialError(
            "salt_too_short",
            f"a salt of {len(salt)} octets was given: take {SHORTEST_SALT} or more, random and for one badge",
        )
    text = base64.urlsafe_b64encode(salt).rstrip(b"=").decode("ascii")
    return IdentityObject(
        hashed=True,
        identity_hash=identity_hash(address, text),
        identity_type=IdentifierType.EMAIL_ADDRESS,
        salt=text,
    )


def matches(identity: IdentityObject | Mapping[str, Any], kind: str, value: str) -> bool:
    """Whether an identity object is this identifier (Open Badges 3.0, 9.1, step 5).

    Args:
        identity: The object, or its JSON; of any shape, because it may be a stranger's.
        kind: The type of the known identifier, such as `emailAddress`: another type never matches.
        value: The known identifier in plain text.

    Returns:
        False also where the object is malformed: then nobody is who it says.
    """
    known = identity.to_json() if isinstance(identity, IdentityObject) else identity
    stored, salt = known.get("identityHash"), known.get("salt", "")
    if known.get("identityType") != kind or not isinstance(stored, str) or not isinstance(salt, str):
        return False
    if known.get("hashed") is False:
        return stored == value
    if known.get("hashed") is not True or not is_identity_hash(stored):
        return False
    algorithm, _, digest = stored.partition("$")
    return digest.lower() == _digest(algorithm, value, salt)


def find_match(identities: Sequence[Any], kind: str, value: str) -> int | None:
    """The position of the first identity object that is this identifier; other types are passed over.

    Args:
        identities: The subject's `identifier`, as it stands in the JSON or as the model reads it.
        kind: As for `matches`.
        value: As for `matches`.

    Returns:
        None where none is: the badge was made for somebody else, or names its recipient by other means.
    """
    for index, identity in enumerate(identities):
        if isinstance(identity, IdentityObject | Mapping) and matches(identity, kind, value):
            return index
    return None


def is_identity_hash(text: str) -> bool:
    """Whether a text is `sha256$` or `md5$` and as many hexadecimal digits as that takes, in either case."""
    found = _HASH.fullmatch(text)
    return found is not None and len(found[2]) == _HEX_DIGITS[found[1]]


def _digest(algorithm: str, identifier: str, salt: str) -> str:
    octets = (identifier + salt).encode("utf-8", "surrogatepass")
    if algorithm == "md5":
        # Old badges carry it, and the specification keeps it. It guards nothing, and we never write it.
        return hashlib.md5(octets, usedforsecurity=False).hexdigest()
    return hashlib.sha256(octets).hexdigest()

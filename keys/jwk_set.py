"""Which key a JSON Web Key Set really names for an issuer (RFC 7517, 5; Open Badges 3.0 Implementation Guide,
key provenance).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from keys.controller_document import AssertionKey
from keys.errors import KeyRefused
from keys.public import PublicKey

MOST_KEYS = 64
_LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z


def key_in_set(
    document: Mapping[str, Any], *, issuer: str, kid: str | None = None, thumbprint: str | None = None
) -> AssertionKey:
    """Find a key in the set that an issuer's origin publishes.

    Args:
        document: The set, as it was fetched from the issuer's origin.
        issuer: Who must be allowed to sign with it: a key that says `iss` is that issuer's alone.
        kid: The key's name, as a token writes it; of a URL with a fragment the set may hold the fragment.
        thumbprint: RFC 7638 thumbprint of the key, where a token shows the key and does not name it.

    Raises:
        KeyRefused: `malformed_document`; `key_not_in_document`; `ambiguous_key` where two keys have the name;
            `controller_mismatch` where the key is another issuer's; the codes of `PublicKey.from_jwk`.
    """
    if kid is not None:
        names = {kid, kid.partition("#")[2] or kid}
        found = [entry for entry in _entries(document) if entry.get("kid") in names]
    else:
        found = [entry for entry in _entries(document) if _thumbprint(entry) == thumbprint]
    if not found:
        raise KeyRefused("key_not_in_document", "The issuer's key set holds no such key.")
    if any(entry != found[0] for entry in found):
        raise KeyRefused("ambiguous_key", "The issuer's key set holds two keys under one name.")
    one = found[0]
    if "iss" in one and one["iss"] != issuer:
        raise KeyRefused("controller_mismatch", "The key set says that this key is another issuer's.")
    public_key = PublicKey.from_jwk(one)
    # Whoever has a key that was given up has it under every name.
    given_up = (entry for entry in _entries(document) if "revoked" in entry and public_key.is_jwk(entry))
    return AssertionKey(
        id=kid or str(thumbprint),
        controller=issuer,
        public_key=public_key,
        expires=_time(one.get("exp"), "exp"),
        revoked=_revoked(one) or next(map(_revoked, given_up), None),
    )


def _entries(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    keys = document.get("keys")
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise KeyRefused("malformed_document", f"keys of a key set is no list of at most {MOST_KEYS} keys.")
    if not all(isinstance(entry, Mapping) for entry in keys):
        raise KeyRefused("malformed_document", "An entry of the key set is no JSON Web Key.")
    return keys


def _thumbprint(entry: Mapping[str, Any]) -> str | None:
    """A key that cannot be read vouches for nothing, and spoils nothing."""
    try:
        return PublicKey.from_jwk(entry).thumbprint()
    except KeyRefused:
        return None


def _revoked(entry: Mapping[str, Any]) -> datetime | None:
    """When the key was given up (OpenID Federation 1.0, 8.7.2): the moment, or an object that holds it."""
    if "revoked" not in entry:
        return None
    said = entry["revoked"]
    at = _time(said.get("revoked_at") if isinstance(said, Mapping) else said, "revoked")
    if at is None:
        raise KeyRefused("malformed_document", "revoked of a key names no time.")
    return at


def _time(seconds: Any, name: str) -> datetime | None:
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= _LATEST:
        raise KeyRefused("malformed_document", f"{name} of a key is no whole number of seconds since 1970.")
    return datetime.fromtimestamp(seconds, UTC)

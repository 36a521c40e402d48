"""Who a document says that it is from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from credential.errors import CredentialError


def issuer_id(document: Mapping[str, Any]) -> str:
    """The issuer's id, exactly as it is written (VC Data Model 2.0, 4.7).

    Raises:
        CredentialError: `bad_member` where `issuer` is neither a string nor an object with an id.
    """
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(named, str) or not named:
        raise CredentialError("bad_member", "issuer is a URL, or an object with an id", "/issuer")
    return named

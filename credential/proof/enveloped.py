"""A token in the clothes of a JSON-LD object (VC Data Model 2.0, 4.13, enveloped verifiable credentials)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from credential.errors import CredentialError
from credential.proof.compact_jws import LONGEST_TOKEN

TYPE: Final = "EnvelopedVerifiableCredential"
_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
_START: Final = re.compile(r"data:(?P<kind>application/[a-z0-9+.-]{1,60})(?:;[a-z0-9=-]{1,60})?,", re.ASCII)
_TOKENS: Final = frozenset({"application/vc+jwt", "application/vc+ld+json+jwt"})
"""The media type, and its name before the specification was final."""


def enveloped_token(value: Mapping[str, Any]) -> bytes | None:
    """The token that a document is an envelope of; None where it is no envelope.

    Args:
        value: A document, as it was read.

    Raises:
        CredentialError: `envelope_malformed`; `unsupported_envelope` for a media type that is not read here;
            `too_large`.
    """
    types = value.get("type")
    if TYPE not in (types if isinstance(types, list) else [types]):
        return None
    contexts = value.get("@context")
    if (contexts if isinstance(contexts, list) else [contexts]) != [_CONTEXT] or types not in (TYPE, [TYPE]):
        raise CredentialError("envelope_malformed", f"an envelope has the context {_CONTEXT} and one type")
    if stray := sorted(value.keys() - {"@context", "id", "type"}):
        raise CredentialError(
            "envelope_malformed",
            f"beside the enveloped credential stands {stray[0][:40]!r}, which nobody signed",
        )
    address = value.get("id")
    start = _START.match(address) if isinstance(address, str) else None
    if not isinstance(address, str) or start is None:
        raise CredentialError("envelope_malformed", "the id of an envelope is a data: address", "/id")
    if start["kind"] not in _TOKENS:
        raise CredentialError(
            "unsupported_envelope", f"credentials of the kind {start['kind']} are not read here", "/id"
        )
    token = address[start.end() :]
    if len(token) > LONGEST_TOKEN:
        raise CredentialError("too_large", f"a token has at most {LONGEST_TOKEN} characters", "/id")
    try:
        return token.encode("ascii")
    except UnicodeEncodeError:
        raise CredentialError("envelope_malformed", "a token is plain ASCII text", "/id") from None


def enveloped(token: str) -> dict[str, Any]:
    """A token as an enveloped credential."""
    return {"@context": [_CONTEXT], "id": f"data:application/vc+jwt,{token}", "type": TYPE}

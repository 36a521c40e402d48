"""A token in the clothes of a JSON-LD object (VC Data Model 2.0, 4.13): of a credential or a presentation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from credential.errors import CredentialError
from credential.proof.compact_jws import LONGEST_TOKEN
from credential.terms import CONTEXT_2023, listed

ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION: Final = "EnvelopedVerifiablePresentation"

_START: Final = re.compile(r"data:(?P<kind>application/[a-z0-9+.-]{1,60})(?:;[a-z0-9=-]{1,60})?,", re.ASCII)
_TOKENS: Final = {
    ENVELOPED_CREDENTIAL: ("application/vc+jwt", "application/vc+ld+json+jwt", "application/jwt"),
    ENVELOPED_PRESENTATION: ("application/vp+jwt", "application/vp+ld+json+jwt"),
}
"""The media types: the specification's, the one that it had before it was final, and what VCALM's clients
send.
"""


def is_envelope(value: object, kind: str = ENVELOPED_CREDENTIAL) -> bool:
    """Whether this says that it is an enveloped credential, or presentation."""
    return isinstance(value, Mapping) and kind in listed(value.get("type"))


def enveloped_token(value: Mapping[str, Any], kind: str = ENVELOPED_CREDENTIAL) -> bytes | None:
    """The token that a document is an envelope of; None where it is no envelope.

    Args:
        value: A document, as it was read.
        kind: Of what it is one: `ENVELOPED_CREDENTIAL` or `ENVELOPED_PRESENTATION`.

    Raises:
        CredentialError: `envelope_malformed`; `unsupported_envelope` for a media type that is not read here;
            `too_large`.
    """
    if not is_envelope(value, kind):
        return None
    contexts = listed(value.get("@context"))
    # The examples of the data model give a presentation's envelope a context more; nothing in it uses that.
    if contexts[:1] != [CONTEXT_2023] or (kind == ENVELOPED_CREDENTIAL and len(contexts) > 1):
        raise CredentialError(
            "envelope_malformed", f"an envelope has the context {CONTEXT_2023}", "/@context"
        )
    if listed(value["type"]) != [kind]:
        raise CredentialError("envelope_malformed", "an envelope has one type", "/type")
    if stray := sorted(value.keys() - {"@context", "id", "type"}):
        raise CredentialError(
            "envelope_malformed",
            f"beside what is enveloped stands {stray[0][:40]!r}, which nobody signed",
        )
    address = value.get("id")
    start = _START.match(address) if isinstance(address, str) else None
    if not isinstance(address, str) or start is None:
        raise CredentialError("envelope_malformed", "the id of an envelope is a data: address", "/id")
    if start["kind"] not in _TOKENS[kind]:
        raise CredentialError(
            "unsupported_envelope", f"an envelope of the kind {start['kind']} is not read here", "/id"
        )
    token = address[start.end() :]
    if len(token) > LONGEST_TOKEN:
        raise CredentialError("too_large", f"a token has at most {LONGEST_TOKEN} characters", "/id")
    try:
        return token.encode("ascii")
    except UnicodeEncodeError:
        raise CredentialError("envelope_malformed", "a token is plain ASCII text", "/id") from None


def enveloped(token: str, kind: str = ENVELOPED_CREDENTIAL) -> dict[str, Any]:
    """A token as an enveloped credential, or presentation."""
    return {"@context": [CONTEXT_2023], "id": f"data:{_TOKENS[kind][0]},{token}", "type": kind}

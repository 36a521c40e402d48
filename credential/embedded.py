"""Something embedded in a badge: a `data:` URI (RFC 2397) of one strict form, written and read. Pure.

The form is `data:TYPE/SUBTYPE;base64,OCTETS`: no parameters, standard base64 with its padding, no space. One
thing has one spelling, so that two readers see the same octets, and whoever compares texts compares things.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from credential.errors import CredentialError

CREDENTIAL: Final = "application/vc"
"""A secured credential as JSON (Data Model 2.0, section 6.2)."""

CREDENTIAL_JWT: Final = "application/vc+jwt"
"""A secured credential as a compact JWS."""

_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}", re.ASCII)
_WHOLE: Final = re.compile(
    r"data:([a-z]+/[a-z0-9][a-z0-9.+-]{0,100});base64,([A-Za-z0-9+/]*={0,2})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class EmbeddedLimits:
    """How much one thing may be.

    Args:
        max_bytes: Octets of the thing itself, not of its text.
    """

    max_bytes: int = 32_768


ONE: Final = EmbeddedLimits()
"""What one badge embeds at most as one thing."""

MOST_TOGETHER: Final = 131_072
"""Octets of all that one badge embeds."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A thing that was embedded.

    Args:
        media_type: What it says that it is; nobody has looked yet.
        data: Its octets.
    """

    media_type: str
    data: bytes


def data_uri(media_type: str, data: bytes) -> str:
    """Write a thing as a `data:` URI.

    >>> data_uri("text/plain", b"Hi")
    'data:text/plain;base64,SGk='

    Raises:
        CredentialError: `embedded_malformed` for a media type with parameters or capitals.
    """
    if not _TYPE.fullmatch(media_type):
        raise CredentialError("embedded_malformed", f"{media_type!r} is no media type such as text/plain")
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def read_data_uri(text: str, limits: EmbeddedLimits = ONE) -> Embedded:
    """Read what `data_uri` writes, and nothing else. The size is looked at before anything is decoded.

    Raises:
        CredentialError: `embedded_malformed` for any other spelling; `embedded_too_large`.
    """
    most = (limits.max_bytes + 2) // 3 * 4
    head, comma, _ = text[:256].partition(",")
    if len(text) - len(head + comma) > most:
        raise CredentialError(
            "embedded_too_large", f"what is embedded has more than {limits.max_bytes} bytes: link it instead"
        )
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise CredentialError("embedded_malformed", "what is embedded is not data:TYPE;base64,OCTETS")
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error as fault:
        raise CredentialError("embedded_malformed", "what is embedded is not whole base64") from fault
    if len(data) > limits.max_bytes:
        raise CredentialError(
            "embedded_too_large", f"what is embedded has {len(data)} bytes; {limits.max_bytes} fit: link it"
        )
    if base64.b64encode(data).decode("ascii") != found[2]:
        raise CredentialError("embedded_malformed", "the base64 has bits left over: it has two spellings")
    return Embedded(found[1], data)

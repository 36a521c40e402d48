"""Evidence inside a credential: `data:` URLs (RFC 2397) in `evidence[].id`, and digests of what they hold.

Anybody's verifier checks the outer signature, under which every byte of it stands; ours also opens it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from credential.errors import CredentialError

CREDENTIAL_TYPES: Final = frozenset({"application/vc", "application/vc+jwt"})
"""Media types of a signed credential: with embedded proofs (VC Data Model 2.0, 6.2), or as a token."""

RULE_TYPE: Final = "application/json"
MOST_BYTES: Final = 32_768
"""Of one thing that is embedded."""

MOST_BYTES_TOGETHER: Final = 131_072
"""Of all that is embedded in one credential."""

_DATA_URL: Final = re.compile(
    r"data:(?P<type>[a-z]+/[a-z0-9.+-]+)(?P<parameters>(?:;[a-z]+=[A-Za-z0-9-]+)*);base64,"
    r"(?P<data>[A-Za-z0-9+/]*={0,2})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a `data:` URL holds.

    Args:
        media_type: Lower case, without parameters.
        data: The bytes.
    """

    media_type: str
    data: bytes


def data_url(media_type: str, data: bytes) -> str:
    """Bytes as a `data:` URL in base64."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def read_data_url(url: str) -> Embedded:
    """Read a `data:` URL in the one form in which evidence is embedded: base64, in its canonical spelling.

    Raises:
        CredentialError: `data_url_malformed`; `too_large` beyond `MOST_BYTES`.
    """
    if len(url) > MOST_BYTES * 4 // 3 + 200:
        raise CredentialError("too_large", f"what is embedded has more than {MOST_BYTES} bytes: link it")
    found = _DATA_URL.fullmatch(url)
    if found is None:
        raise CredentialError("data_url_malformed", "a data: URL here is a media type, ;base64, and the data")
    try:
        data = base64.b64decode(found["data"], validate=True)
    except binascii.Error:
        raise CredentialError("data_url_malformed", "what is embedded is not base64") from None
    if base64.b64encode(data).decode("ascii") != found["data"]:
        raise CredentialError("data_url_malformed", "the base64 has bits to spare: it is not canonical")
    if len(data) > MOST_BYTES:
        raise CredentialError("too_large", f"what is embedded has more than {MOST_BYTES} bytes: link it")
    return Embedded(found["type"], data)


def digest_of(data: bytes) -> str:
    """The digest by which evidence is named: `sha256-` and base64 (Subresource Integrity).

    >>> digest_of(b"")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")

"""An issuer that is named by an https address, and where its keys are published."""

from __future__ import annotations

import re
from dataclasses import dataclass

from keys.did_syntax import check_host
from keys.errors import KeyRefused

LONGEST_ADDRESS = 2_048
_ADDRESS = re.compile(
    r"(?P<origin>https://(?P<host>[a-z0-9.-]+)(?P<port>:[1-9][0-9]{0,4})?)(?P<path>(?:/[A-Za-z0-9._~-]*)*)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class HttpsIssuer:
    """An issuer's address. `parse_https_issuer` makes it.

    Args:
        text: The whole of it, which is the issuer's identifier: it is compared letter by letter.
        origin: Its scheme, host and port.
    """

    text: str
    origin: str

    @property
    def key_set(self) -> str:
        """Where the origin publishes its key set. A set that stands anywhere else on it may be what somebody
        has uploaded, so nobody else's word counts for where it is (RFC 8615; key provenance).
        """
        return f"{self.origin}/.well-known/jwks.json"


def parse_https_issuer(text: str) -> HttpsIssuer:
    """Read an issuer's https address: a full host name in lower case, perhaps a port, and a plain path.

    Raises:
        KeyRefused: `malformed_did` and the codes of `check_host` for a host that is none;
            `unsupported_did_method` for an address whose document could be another's to write: one with a
            query, a fragment, an escape, or with dots as a step.
    """
    found = _ADDRESS.fullmatch(text) if len(text) <= LONGEST_ADDRESS else None
    if found is None or any(step in (".", "..") for step in found["path"].split("/")):
        raise KeyRefused("unsupported_did_method", "An issuer's address of this form is not looked up.")
    check_host(found["host"])
    return HttpsIssuer(text, found["origin"])

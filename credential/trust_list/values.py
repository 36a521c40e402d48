"""The single values of a list: identifiers, addresses, tags, pictures. Each is read strictly or refused."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from typing import Any, Final
from urllib.parse import urlsplit

from credential.baking.png import chunks
from credential.errors import CredentialError

LONGEST_TEXT: Final = 300
LONGEST_ID: Final = 2_048
LONGEST_TAG: Final = 16
LARGEST_LOGO: Final = 24_576
"""Octets of a logo's PNG."""
WIDEST_LOGO: Final = 512
"""Pixels in each direction."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})

_TAG: Final = re.compile(r"[A-Z0-9]{1,16}", re.ASCII)
_ID: Final = re.compile(r"(?:did:[a-z0-9]+:|https://|urn:)[\x21-\x7e]+", re.ASCII)
_DIGEST: Final = re.compile(r"sha256-[0-9a-f]{64}", re.ASCII)
_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII)
_PNG: Final = "data:image/png;base64,"
_LOGO_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sRGB", b"gAMA"})
"""Parts of a PNG that hold pixels and colours: a text, a profile or a badge has no place in a logo."""
_BARE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def fault(message: str, pointer: str) -> CredentialError:
    """The one refusal of a list that is not written as it must be."""
    return CredentialError("trust_list_malformed", message, pointer)


def read_text(value: Any, pointer: str, *, empty: bool = False, most: int = LONGEST_TEXT) -> str:
    """A line of text for people: nothing in it is invisible or turns the line around."""
    if not isinstance(value, str) or not (empty or value.strip()):
        raise fault("a text is expected", pointer)
    if len(value) > most or any(unicodedata.category(c) in _BARE for c in value) or value != value.strip():
        raise fault(f"one line of at most {most} plain characters is expected", pointer)
    return value


def read_identifier(value: Any, pointer: str) -> str:
    """A whole identifier: a DID, an https address or a urn; no fragment."""
    if not isinstance(value, str) or len(value) > LONGEST_ID or not _ID.fullmatch(value) or "#" in value:
        raise fault("write the whole identifier, such as did:web:badges.example.edu", pointer)
    return value


def read_tag(value: Any, pointer: str) -> str:
    """What share links call an issuer; "" where there is none."""
    if value is None:
        return ""
    if not isinstance(value, str) or not _TAG.fullmatch(value):
        raise fault(f"a tag has 1 to {LONGEST_TAG} characters of A-Z and 0-9", pointer)
    return value


def is_origin(value: str) -> bool:
    """Whether this is https://HOST, with a port or without, and nothing after it; http for this machine."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    plain = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return bool(host) and value == plain and secure


def read_origin(value: Any, pointer: str) -> str:
    """The origin that answers for shared badges; "" where there is none."""
    if value is None:
        return ""
    if not isinstance(value, str) or not is_origin(value):
        raise fault("write an origin such as https://badges.example.edu", pointer)
    return value


def read_website(value: Any, pointer: str) -> str:
    """An https address for people; "" where there is none."""
    if value is None:
        return ""
    if isinstance(value, str) and len(value) <= LONGEST_ID and re.fullmatch(r"https://[\x21-\x7e]+", value):
        try:
            parts = urlsplit(value)
            if parts.hostname and "@" not in parts.netloc:
                return value
        except ValueError:
            pass
    raise fault("write an address such as https://example.edu/badges", pointer)


def read_contact(value: Any, pointer: str) -> str:
    """An e-mail address or an https address; "" where there is none."""
    if value is None:
        return ""
    if isinstance(value, str) and _EMAIL.fullmatch(value):
        return value
    return read_website(value, pointer)


def read_digest(value: Any, pointer: str) -> str:
    """`sha256-` and 64 hexadecimal digits; "" where there is none."""
    if value is None:
        return ""
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise fault("write sha256- and 64 digits", pointer)
    return value


def read_thumbprint(value: Any, pointer: str) -> str:
    """An RFC 7638 SHA-256 thumbprint."""
    if not isinstance(value, str) or not _THUMBPRINT.fullmatch(value):
        raise fault("a key is named by its RFC 7638 thumbprint, 43 characters", pointer)
    return value


def read_logo(value: Any, pointer: str) -> str:
    """A small PNG of pixels alone, as a `data:` URI; "" where there is none."""
    if value is None:
        return ""
    if not isinstance(value, str) or not value.startswith(_PNG):
        raise fault("a logo is a PNG in a data: URI", pointer)
    logo_octets(value, pointer)
    return value


def logo_octets(value: str, pointer: str = "") -> bytes:
    """The PNG of a logo.

    Raises:
        CredentialError: `trust_list_malformed`.
    """
    encoded = value.removeprefix(_PNG)
    if len(encoded) > LARGEST_LOGO * 4 // 3 + 4:
        raise fault(f"a logo has at most {LARGEST_LOGO} bytes", pointer)
    try:
        octets = base64.b64decode(encoded, validate=True)
        parts = chunks(octets)
    except (binascii.Error, ValueError) as error:
        raise fault(f"the logo is no PNG that can be read: {error}", pointer) from None
    if len(octets) > LARGEST_LOGO:
        raise fault(f"a logo has at most {LARGEST_LOGO} bytes", pointer)
    header = parts[0].content
    if max(int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")) > WIDEST_LOGO:
        raise fault(f"a logo is at most {WIDEST_LOGO} pixels wide and high", pointer)
    if others := {part.type for part in parts} - _LOGO_CHUNKS:
        kind = min(others).decode("ascii")
        raise fault(f"a logo holds pixels alone, and this one has {kind}", pointer)
    return octets

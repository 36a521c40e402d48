"""A link as evidence: an address that lasts, with the digest of what stood there. Nothing is fetched."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Final
from urllib.parse import urlsplit

from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import MOST_BYTES, Attached, EvidenceItem, EvidenceKind, Place, Words, sri
from issuer.house_rules import is_public_address

_HEX: Final = re.compile(r"[0-9A-Fa-f]+")
_SRI: Final = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})")
_OCTETS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_LONGEST: Final = 2_000
_NOWHERE: Final = frozenset(
    {"localhost", "local", "internal", "lan", "home", "test", "invalid", "onion", "arpa"}
)


def link_item(url: str, words: Words | None = None, *, digest: str = "", copy: bytes = b"") -> Attached:
    """A link and its digest.

    Args:
        url: An https address.
        words: What is said of it.
        digest: SHA-256 or longer of what stands there: in hexadecimal, or as `sha256-…`, `sha384-…`,
            `sha512-…` in base64.
        copy: What stands there, as the user saved it: its digest is taken, and it is not kept.

    Raises:
        EvidenceRefused: `link_address`, `link_digest`, `evidence_too_large`, `evidence_text`.
    """
    checked = (words or Words()).checked()
    _check_address(url)
    if len(copy) > MOST_BYTES:
        raise EvidenceRefused(
            "evidence_too_large", f"the copy is larger than {MOST_BYTES >> 20} MB: give --digest"
        )
    if copy:
        sha256, integrity = hashlib.sha256(copy).hexdigest(), sri(copy)
        if digest and read_digest(digest) not in (read_digest(sha256), read_digest(integrity)):
            raise EvidenceRefused("link_digest", "the digest is not that of the copy: take one of the two")
    else:
        sha256, integrity = read_digest(digest)
    return Attached(
        EvidenceItem(
            kind=EvidenceKind.LINK,
            place=Place.ELSEWHERE,
            name=checked.name or "Evidence",
            media_type="",
            sha256=sha256,
            sri=integrity,
            size=len(copy),
            url=url,
            words=checked.unnamed(),
        )
    )


def read_digest(text: str) -> tuple[str, str]:
    """A digest as people give it: its SHA-256 in hexadecimal or "", and the digest as `digestSRI`.

    Raises:
        EvidenceRefused: `link_digest`.
    """
    octets, name = _octets(text.strip())
    if name not in _OCTETS or len(octets) != _OCTETS[name]:
        raise EvidenceRefused(
            "link_digest",
            "give --digest, the SHA-256 of the linked file (sha256sum tells it), or --copy and the file",
        )
    written = f"{name}-{base64.b64encode(octets).decode('ascii')}"
    return (octets.hex() if name == "sha256" else ""), written


def _octets(text: str) -> tuple[bytes, str]:
    if _HEX.fullmatch(text) and len(text) % 2 == 0:
        octets = bytes.fromhex(text)
        return octets, next((name for name, size in _OCTETS.items() if size == len(octets)), "")
    found = _SRI.fullmatch(text)
    if found is None:
        return b"", ""
    try:
        return base64.b64decode(found[2], validate=True), found[1]
    except binascii.Error:
        return b"", ""


def _check_address(url: str) -> None:
    """Only what anybody can open, also years later, and where nothing but the address is said.

    Raises:
        EvidenceRefused: `link_address`.
    """
    if len(url) > _LONGEST or not is_public_address(url):
        raise EvidenceRefused(
            "link_address",
            "the link is not a full https address without a user's name: copy it from the browser",
        )
    host = urlsplit(url).hostname or ""
    last = host.rpartition(".")[2]
    if not last.isalpha() or last in _NOWHERE:
        raise EvidenceRefused(
            "link_address", f"nobody outside can open {host}: put it where it is public, then link that"
        )

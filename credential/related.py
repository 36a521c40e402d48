"""What a credential says of resources beside it, by digest (VC Data Model 2.0, 5.3).

A resource is compared where it is at hand: one of the carried contexts that stands here byte for byte, or
what is written into the address itself. Nothing is ever fetched for it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contexts.errors import pointer
from contexts.pinned import published
from contexts.schema import Fault
from credential.embedded import read_data_uri
from credential.errors import CredentialError
from credential.terms import listed
from keys.errors import KeyRefused
from keys.multibase import base58btc_decode, base64url_decode

MOST_RESOURCES: Final = 64
"""Related resources of one credential; each at hand costs a hash."""

_LONGEST: Final = 512
_SRI: Final = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})")
_MULTIHASH: Final = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}
"""The beginning of a multihash, its name and its length, for each hash of the data model."""

_OCTETS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_BARE: Final = {octets: name for name, octets in _OCTETS.items()}


def related_faults(credential: Mapping[str, Any]) -> Iterator[Fault]:
    """Related resources without an id of their own, without a readable digest, or other than their digest
    says.

    Codes: `related_resource`, `related_resource_digest`.
    """
    resources = listed(credential.get("relatedResource"))
    if len(resources) > MOST_RESOURCES:
        yield Fault("related_resource", "/relatedResource", f"more than {MOST_RESOURCES} related resources")
        return
    seen: set[str] = set()
    for index, resource in enumerate(resources):
        here = pointer("relatedResource", index)
        address = resource.get("id") if isinstance(resource, Mapping) else None
        if not isinstance(address, str) or address in seen:
            yield Fault("related_resource", here, "each related resource has an id of its own")
            continue
        seen.add(address)
        if not resource.get("digestSRI") and not resource.get("digestMultibase"):
            message = "give digestSRI or digestMultibase, or nobody can tell whether the resource changed"
            yield Fault("related_resource", here, message)
            continue
        yield from _digest_faults(address, resource, here)


def _digest_faults(address: str, resource: Mapping[str, Any], here: str) -> Iterator[Fault]:
    at_hand = _at_hand(address)
    for name, read in (("digestSRI", _sri), ("digestMultibase", _multibase)):
        given = listed(resource.get(name))
        if any(not isinstance(one, str) or len(one) > _LONGEST for one in given):
            yield Fault("related_resource", f"{here}/{name}", f"a digest is one text of at most {_LONGEST}")
            continue
        digests = [read(one) for one in given]
        if name == "digestSRI" and None in digests:
            yield Fault("related_resource", f"{here}/{name}", "a digest here is sha256-, sha384- or sha512-")
        # A multihash of another kind says something to others; nothing here is compared with it.
        if at_hand is not None and any(
            one is not None and hashlib.new(one[0], at_hand).digest() != one[1] for one in digests
        ):
            message = "the resource at hand is not the one that the digest names"
            yield Fault("related_resource_digest", f"{here}/{name}", message)


def _at_hand(address: str) -> bytes | None:
    """The bytes that stand at an address, where they are known without asking anybody."""
    if address.startswith("data:"):
        try:
            return read_data_uri(address).data
        except CredentialError:
            return None  # another spelling, or larger than anything that is opened
    return published(address)


def _sri(text: str) -> tuple[str, bytes] | None:
    """Subresource Integrity, 3.3: `sha384-` and base64."""
    found = _SRI.fullmatch(text)
    if found is None:
        return None
    try:
        digest = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return None
    return (found[1], digest) if len(digest) == _OCTETS[found[1]] else None


def _multibase(text: str) -> tuple[str, bytes] | None:
    """A multihash in multibase: `u` and base64url, or `z` and base58btc (CID 1.0, 2.4 and 2.5).

    What is no multihash at all is taken as the bare hash of its length: the W3C's tests write it so. It is
    compared rather than passed over.
    """
    try:
        octets = {"u": base64url_decode, "z": base58btc_decode}[text[:1]](text[1:])
    except (KeyError, KeyRefused):
        return None
    start, digest = octets[:2], octets[2:]
    if digest and start[1] == len(digest):  # a code, a length and so many octets
        kind = _MULTIHASH.get(start)
        return (kind, digest) if kind else None
    bare = _BARE.get(len(octets))
    return (bare, octets) if bare else None

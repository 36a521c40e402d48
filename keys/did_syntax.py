"""What a DID and a DID URL may look like, method by method, and where a did:web is found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from keys.errors import KeyRefused

LONGEST_DID = 2_048
LONGEST_HOST = 253
LONGEST_SEGMENT = 255
MOST_KEPT = 256
"""DIDs that are kept as they were read: one issuer's comes again with every badge."""

LARGEST_PORT = 65_535
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
# A host whose last label begins with a digit is an address to one resolver or another: 127.1, 0x7f.1,
# 10.0.0.0x5.
_LAST_LABEL = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.ASCII)
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_KEY = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+", re.ASCII)
_JWK = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_METHOD = re.compile(r"[a-z0-9]+", re.ASCII)
_FRAGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Did:
    """A DID that its method's grammar allows. `parse_did` makes it.

    Args:
        text: The whole DID.
        method: `key`, `web` or `jwk`.
        identifier: What follows the method.
    """

    text: str
    method: str
    identifier: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class DidUrl:
    """A DID with the fragment that names one of its verification methods. `parse_did_url` makes it."""

    did: Did
    fragment: str

    def __str__(self) -> str:
        return f"{self.did.text}#{self.fragment}"


@lru_cache(maxsize=MOST_KEPT)
def parse_did(text: str) -> Did:
    """Read a DID of a method that needs no registry (DID 1.0, 3.1).

    A did:web names its host in lower-case ASCII labels, at least two, none of them an address; its port, if
    any, as `%3A8443`; then path segments of unreserved characters. Nothing else may be percent-encoded, and
    `.` and `..` are no segments. `localhost` stands only with a port: whether this machine may be asked is
    for whoever fetches to decide.

    Raises:
        KeyRefused: `malformed_did`; `unsupported_did_method` for another method.
    """
    if len(text) > LONGEST_DID:
        raise KeyRefused("malformed_did", f"A DID may have at most {LONGEST_DID} characters.")
    scheme, _, rest = text.partition(":")
    method, colon, identifier = rest.partition(":")
    if scheme != "did" or not _METHOD.fullmatch(method) or not colon or not identifier:
        raise KeyRefused("malformed_did", "This is no DID: it has the form did:METHOD:IDENTIFIER.")
    if method == "web":
        _split_web(identifier)
    elif method == "key":
        _match(_KEY, identifier, "A did:key goes on with z and base58btc characters.")
    elif method == "jwk":
        _match(_JWK, identifier, "A did:jwk goes on with base64url characters.")
    else:
        raise KeyRefused("unsupported_did_method", "Only did:web, did:key and did:jwk are understood.")
    return Did(text, method, identifier)


def parse_did_url(text: str) -> DidUrl:
    """Read a DID URL that names a verification method: a DID and a fragment, no path and no query.

    Raises:
        KeyRefused: `malformed_did_url` when there is no such fragment, when a did:key's fragment is not its
            own identifier, or when a did:jwk's is not `0`; a code of `parse_did` for what stands before.
    """
    before, hash_sign, fragment = text.partition("#")
    if not hash_sign or not _FRAGMENT.fullmatch(fragment):
        raise KeyRefused("malformed_did_url", "A verification method is a DID, a # and the key's name.")
    did = parse_did(before)
    # A did:key lists one key, under its own identifier. Reading the key out of the fragment instead would let
    # anybody put his key behind somebody else's DID.
    own = {"key": did.identifier, "jwk": "0"}.get(did.method, fragment)
    if fragment != own:
        raise KeyRefused("malformed_did_url", "The fragment does not name the key that the DID stands for.")
    return DidUrl(did, fragment)


def did_for_web(host: str, *path: str) -> str:
    """The did:web of a host and a path.

    >>> did_for_web("badges.district.example", "schools", "east")
    'did:web:badges.district.example:schools:east'

    Args:
        host: A host name, or `HOST:PORT`.
        path: Path segments, if the DID is not the whole host's.

    Raises:
        KeyRefused: `malformed_did`.
    """
    return parse_did(":".join(("did:web", host.replace(":", "%3A"), *path))).text


@lru_cache(maxsize=MOST_KEPT)
def did_web_location(did: str | Did) -> str:
    """The URL of the document that a did:web stands for (did:web, Read).

    It is https, but for `localhost`, which has no certificate and which no fetch reaches unless it is told
    to.

    >>> did_web_location("did:web:badges.district.example")
    'https://badges.district.example/.well-known/did.json'

    Raises:
        KeyRefused: `malformed_did` for another method or one that the grammar refuses.
    """
    parsed = parse_did(did) if isinstance(did, str) else did
    if parsed.method != "web":
        raise KeyRefused("malformed_did", "This DID is not a did:web: it is found nowhere on the web.")
    host, port, segments = _split_web(parsed.identifier)
    scheme = "http" if host == "localhost" else "https"
    authority = f"{host}:{port}" if port else host
    return f"{scheme}://{authority}/{'/'.join(segments) or '.well-known'}/did.json"


def check_host(host: str) -> None:
    """Refuse what is not a fully qualified host name in lower-case ASCII labels (RFC 1123, 2.1; RFC 5890,
    2.3.1).

    Raises:
        KeyRefused: `malformed_did` for an address in any spelling, a single label, a trailing dot, another
            alphabet, or a label or name that is too long.
    """
    labels = host.split(".")
    qualified = len(labels) > 1 and _LAST_LABEL.fullmatch(labels[-1])
    if not qualified or len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise KeyRefused(
            "malformed_did",
            "The host is no full domain name in lower-case ASCII letters, digits and hyphens.",
        )


def _split_web(identifier: str) -> tuple[str, str, list[str]]:
    """Host, port or "", and path segments of a did:web."""
    authority, *segments = identifier.split(":")
    host, encoded_colon, port = authority.partition("%3A")
    if encoded_colon and (not _PORT.fullmatch(port) or int(port) > LARGEST_PORT):
        raise KeyRefused("malformed_did", "The port of a did:web is %3A and a number from 1 to 65535.")
    if not (host == "localhost" and port):
        check_host(host)
    for segment in segments:
        if not _SEGMENT.fullmatch(segment) or segment in (".", "..") or len(segment) > LONGEST_SEGMENT:
            raise KeyRefused(
                "malformed_did",
                "A path segment of a did:web has letters, digits, . _ ~ and -, and is not empty, . or ..",
            )
    return host, port, segments


def _match(form: re.Pattern[str], identifier: str, message: str) -> None:
    if not form.fullmatch(identifier):
        raise KeyRefused("malformed_did", message)

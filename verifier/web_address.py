"""Which URLs the verifier may ask at all, before anybody resolves a name."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from keys.did_syntax import check_host
from keys.errors import KeyRefused

LONGEST_URL = 2_048
HTTPS_PORT = 443
LARGEST_PORT = 65_535
# Names that mean this machine, this network or a network's own services (RFC 6761, 6762, 7686, 8375, 9476;
# ICANN for .internal). Whatever a resolver says about them, it is not about the public internet.
LOCAL_NAMES = frozenset({"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private"})
LOCAL_NAMES |= frozenset({"home.arpa", "in-addr.arpa", "ip6.arpa", "onion", "alt"})
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?:(?P<slashes>//)(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.ASCII | re.DOTALL,
)
_AUTHORITY = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]@]*)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
# RFC 3986's pchar without percent-encoding: an encoded dot or slash means one thing here and another behind a
# proxy.
_SEGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@-]*", re.ASCII)
_QUERY = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*", re.ASCII)
# What one resolver or another takes for an IPv4 address: the last label is a number, also an octal or
# hexadecimal one.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?", re.ASCII)


class AddressRefused(ValueError):  # noqa: N818 - it says what happened, like the other refusals
    """A URL that must not be asked.

    Attributes:
        code: `bad_url`, `not_https` or `blocked_address`.
        message: Why, for the log.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A URL that may be asked. `check_url` makes it.

    Attributes:
        scheme: `https`, or `http` for an allowed origin.
        host: In lower case; a name, never an address, but for an allowed origin.
        port: The port, also where the URL names none.
        target: Path and query, as they go on the request line.
        allowed_loopback: Whether the operator's settings name this very origin of this machine.
    """

    scheme: str
    host: str
    port: int
    target: str
    allowed_loopback: bool = False

    @property
    def url(self) -> str:
        """The URL in the one spelling that is asked."""
        default = {"https": HTTPS_PORT, "http": 80}[self.scheme]
        authority = self.host if self.port == default else f"{self.host}:{self.port}"
        return f"{self.scheme}://{authority}{self.target}"


def check_url(
    url: str, *, allow_origins: AbstractSet[str] = frozenset(), ports: AbstractSet[int] = frozenset()
) -> WebAddress:
    """Refuse every URL but https, to a full host name, at port 443 or an allowed one, with a plain path.

    Args:
        url: Somebody's word: from a badge, a DID or a status entry.
        allow_origins: Origins of this machine that the operator's settings name, as `http://localhost:8001`.
        ports: Ports beside 443.

    Raises:
        AddressRefused: `bad_url`, `not_https`, or `blocked_address` for what can only be on a private
            network.
    """
    parts = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if parts is None:
        raise AddressRefused("bad_url", f"the URL is none, or has more than {LONGEST_URL} characters")
    scheme, authority = parts["scheme"].lower(), _AUTHORITY.fullmatch(parts["authority"] or "")
    if scheme not in {"https", "http"}:
        raise AddressRefused("not_https", "only https is asked")
    if authority is None or not parts["slashes"]:
        raise AddressRefused(
            "bad_url", "the URL's authority is not HOST or HOST:PORT; user names are not sent"
        )
    host = authority["host"].lower()
    port = int(authority["port"]) if authority["port"] else {"https": HTTPS_PORT, "http": 80}[scheme]
    target = _target(parts["path"], parts["query"], parts["fragment"])
    if f"{scheme}://{host}:{port}" in allow_origins:
        return WebAddress(scheme, host, port, target, allowed_loopback=True)
    if scheme != "https":
        raise AddressRefused("not_https", "only https is asked")
    _check_public_name(host)
    if port != HTTPS_PORT and port not in ports:
        raise AddressRefused("bad_url", f"port {port} is not asked; the settings can allow it")
    return WebAddress(scheme, host, port, target)


def check_loopback_origin(origin: str) -> None:
    """Refuse a setting that would open more than one port of this machine.

    Raises:
        ValueError: It is not `http://localhost:PORT`, or with 127.0.0.1 or [::1], or with https.
    """
    named = re.fullmatch(r"https?://(?:localhost|127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})", origin, re.ASCII)
    if named is None or int(named[1]) > LARGEST_PORT:
        raise ValueError(f"an allowed origin is http://localhost:PORT, not {origin}")


def _check_public_name(host: str) -> None:
    if host.startswith("[") or _NUMERIC.fullmatch(host):
        raise AddressRefused("blocked_address", "hosts are asked by name, not by address")
    labels = host.rstrip(".").split(".")
    if any(".".join(labels[start:]) in LOCAL_NAMES for start in range(len(labels))):
        raise AddressRefused("blocked_address", "the name is for a private network")
    try:
        check_host(host)
    except KeyRefused as refused:
        raise AddressRefused("bad_url", refused.message) from None


def _target(path: str, query: str | None, fragment: str | None) -> str:
    if fragment is not None:
        raise AddressRefused("bad_url", "the URL has a fragment")
    segments = path.split("/")[1:]
    plain = all(_SEGMENT.fullmatch(one) and one not in {".", ".."} for one in segments)
    if not plain or "" in segments[:-1]:
        raise AddressRefused("bad_url", "the path has a percent sign, an empty or a dotted segment")
    if query is not None and not _QUERY.fullmatch(query[1:]):
        raise AddressRefused("bad_url", "the query has a character that URLs do not have")
    return (path or "/") + (query or "")

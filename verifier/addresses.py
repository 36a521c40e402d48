"""Which network addresses the verifier may dial: those of the public internet and no other."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291, 2.4: nothing else of IPv6 is allotted to the internet
# RFC 5214, 6.1: an ISATAP interface identifier ends in an IPv4 address behind 0000:5efe or 0200:5efe.
_ISATAP, _ISATAP_MASK = 0x0000_5EFE, 0xFDFF_FFFF


def public_address(text: str) -> Address | None:
    """Read an address that a resolver gave, if it is one that the verifier may dial.

    IPv6 must lie in 2000::/3. Transition forms (IPv4-mapped, IPv4-compatible, NAT64, Teredo, 6to4) are
    refused whole, whatever IPv4 address is inside, and so is every block of `special_purpose_addresses.csv`.

    Args:
        text: As a resolver writes it.

    Returns:
        The address; None when it is special in any way, has a zone, or is no address.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address not in _GLOBAL_UNICAST):
        return None
    if any(address in block for block in _special_purpose(address.version)):
        return None
    inner = _embedded_ipv4(address)
    return address if inner is None or public_address(str(inner)) else None


def loopback_address(text: str) -> Address | None:
    """Read an address that a resolver gave, if it is this machine's own; None otherwise."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address if address.is_loopback and getattr(address, "scope_id", None) is None else None


def _embedded_ipv4(address: Address) -> IPv4Address | None:
    """The IPv4 address that an ISATAP tunnel goes to: its prefix can be any ordinary host's."""
    if address.version == 6 and int(address) >> 32 & _ISATAP_MASK == _ISATAP:  # noqa: PLR2004 - IP version 6
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


@cache
def _special_purpose(version: int) -> tuple[IPv4Network | IPv6Network, ...]:
    text = files("verifier").joinpath("special_purpose_addresses.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    blocks = (ip_network(row["block"]) for row in rows)
    return tuple(block for block in blocks if block.version == version)

"""Which addresses may be dialled."""

from __future__ import annotations

import csv
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

import verifier
from verifier.addresses import loopback_address, public_address

TABLE = Path(verifier.__path__[0]) / "special_purpose_addresses.csv"
BLOCKS = [
    row["block"]
    for row in csv.DictReader(line for line in TABLE.read_text().splitlines() if not line.startswith("#"))
]


@pytest.mark.parametrize(
    "text", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001::5e", "172.32.0.1"]
)
def test_an_ordinary_address_may_be_dialled(text: str) -> None:
    assert public_address(text) == ip_address(text)


@pytest.mark.parametrize("block", BLOCKS)
def test_no_special_block_may_be_dialled_from_its_first_to_its_last(block: str) -> None:
    network = ip_network(block)
    for address in (network[0], network[network.num_addresses // 2], network[-1]):
        assert public_address(str(address)) is None


@pytest.mark.parametrize(
    "text",
    [
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "168.63.129.15",
        "2001:200::",
        "2003::",
        "2001:db7:ffff::",
        "3ffe:ffff::",
    ],
)
def test_the_neighbours_of_a_special_block_may_be_dialled(text: str) -> None:
    assert public_address(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "::ffff:127.0.0.1",
        "::ffff:93.184.216.34",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::5db8:d822",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2001:0:7f00:1::",
        "fec0::1",
        "fe80::1%lo",
        "2606:4700::1%eth0",
        "3fff::1",
        "5f00::1",
        "ff02::1",
        "fd00:ec2::254",
        "4000::1",
        "1fff::1",
        "2606:4700::5efe:7f00:1",
        "2606:4700::200:5efe:10.0.0.1",
    ],
)
def test_the_other_spellings_of_inner_addresses_may_not(text: str) -> None:
    assert public_address(text) is None


def test_a_tunnel_to_a_public_address_is_an_ordinary_host() -> None:
    assert public_address("2606:4700::5efe:93.184.216.34") is not None


@pytest.mark.parametrize(
    "text",
    ["", "a.example", "0177.0.0.1", "0x7f.1", "2130706433", "127.1", "127.0.0.1 ", "93.184.216.034", "::g"],
)
def test_what_is_no_address_may_not(text: str) -> None:
    assert public_address(text) is None
    assert loopback_address(text) is None


def test_only_this_machine_is_loopback() -> None:
    assert loopback_address("127.0.0.1") == ip_address("127.0.0.1")
    assert loopback_address("::1") == ip_address("::1")
    for text in ("10.0.0.1", "93.184.216.34", "fe80::1%lo", "0.0.0.0"):  # noqa: S104 - it is refused, not bound
        assert loopback_address(text) is None


def test_the_table_holds_each_block_once() -> None:
    assert len(set(BLOCKS)) == len(BLOCKS) == 45

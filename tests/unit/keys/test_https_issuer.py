"""Addresses of issuers."""

from __future__ import annotations

import pytest

from keys.errors import KeyRefused
from keys.https_issuer import LONGEST_ADDRESS, parse_https_issuer


@pytest.mark.parametrize(
    ("text", "key_set"),
    [
        ("https://badges.example.org", "https://badges.example.org/.well-known/jwks.json"),
        ("https://badges.example.org/", "https://badges.example.org/.well-known/jwks.json"),
        ("https://badges.example.org:8443/a/b.json", "https://badges.example.org:8443/.well-known/jwks.json"),
    ],
)
def test_an_origin_has_one_key_set(text: str, key_set: str) -> None:
    issuer = parse_https_issuer(text)
    assert (issuer.text, issuer.key_set) == (text, key_set)


def test_an_address_is_so_long_and_no_longer() -> None:
    start = "https://badges.example.org/"
    longest = start + "a" * (LONGEST_ADDRESS - len(start))
    assert parse_https_issuer(longest).text == longest
    with pytest.raises(KeyRefused, match=r"^unsupported_did_method"):
        parse_https_issuer(start + "a" * (LONGEST_ADDRESS - len(start) + 1))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://badges.example.org/1", "unsupported_did_method"),
        ("https://badges.example.org/1?x", "unsupported_did_method"),
        ("https://badges.example.org/1#x", "unsupported_did_method"),
        ("https://badges.example.org/a/../b", "unsupported_did_method"),
        ("https://a:b@badges.example.org/", "unsupported_did_method"),
        ("https://Badges.example.org/", "unsupported_did_method"),
        ("https://badges.example.org/\n", "unsupported_did_method"),
        ("https://[::1]/", "unsupported_did_method"),
        ("https://10.0.0.1/", "malformed_did"),
        ("https://localhost/", "malformed_did"),
    ],
)
def test_any_other_address_is_refused(text: str, code: str) -> None:
    with pytest.raises(KeyRefused, match=f"^{code}"):
        parse_https_issuer(text)

"""A short name keeps the given name and one letter, accents and all, and never more of the family name."""

from __future__ import annotations

import pytest

from issuer.sharing.names import short_name


@pytest.mark.parametrize(
    ("full", "given", "family", "expected"),
    [
        ("Jordan Rivera", "", "", "Jordan R."),
        ("Jordan Rivera", "Jordan", "Rivera", "Jordan R."),
        ("Ana María de la Cruz", "Ana María", "de la Cruz", "Ana María d."),
        ("José Nuñez", "Somebody", "Else", "José N."),
        ("Élodie Ólafsdóttir", "", "", "Élodie Ó."),
        ("Ana O\u0323\u0301kafor", "", "", "Ana O\u0323\u0301."),
        ("Suharto", "", "", "Suharto"),
        ("  Maya   Okafor ", "Maya", "Okafor", "Maya O."),
        ("", "", "", ""),
    ],
)
def test_short_names(full: str, given: str, family: str, expected: str) -> None:
    assert short_name(full, given, family) == expected

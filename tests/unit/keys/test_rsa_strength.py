"""Which RSA keys are strong enough."""

from __future__ import annotations

import pytest

from keys.errors import KeyRefused
from keys.rsa_strength import LARGEST_EXPONENT, LARGEST_MODULUS, SMALLEST_MODULUS, check_public_numbers
from tests.unit.keys.constants import CLOSE_PRIMES, FAR_PRIME

SOUND = CLOSE_PRIMES[0] * FAR_PRIME


def test_a_sound_modulus_passes() -> None:
    assert SOUND.bit_length() == SMALLEST_MODULUS
    check_public_numbers(SOUND, 65_537)
    check_public_numbers(SOUND, LARGEST_EXPONENT)


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [
        (SOUND >> 1 | 1, 65_537),
        ((1 << 511) + 187, 65_537),
        ((1 << LARGEST_MODULUS) + 1, 65_537),
        (SOUND, 1),
        (SOUND, 3),
        (SOUND, 65_535),
        (SOUND, 65_538),
        (SOUND, LARGEST_EXPONENT + 2),
        (SOUND, 0),
        (SOUND * 2, 65_537),
        (SOUND * 751, 65_537),
        (SOUND * 3, 65_537),
        (CLOSE_PRIMES[0] * CLOSE_PRIMES[1], 65_537),
        (CLOSE_PRIMES[0] ** 2, 65_537),
    ],
    ids=[
        "2047-bits",
        "512-bits",
        "8193-bits",
        "e-1",
        "e-3",
        "e-65535",
        "e-even",
        "e-too-large",
        "e-0",
        "even",
        "factor-751",
        "factor-3",
        "close-primes",
        "square",
    ],
)
def test_a_weak_key_is_refused(modulus: int, exponent: int) -> None:
    with pytest.raises(KeyRefused, match="weak_key"):
        check_public_numbers(modulus, exponent)


def test_each_refusal_names_its_own_reason() -> None:
    with pytest.raises(KeyRefused, match="too close"):
        check_public_numbers(CLOSE_PRIMES[0] * CLOSE_PRIMES[1], 65_537)
    with pytest.raises(KeyRefused, match="small factor"):
        check_public_numbers(SOUND * 751, 65_537)
    with pytest.raises(KeyRefused, match="exponent"):
        check_public_numbers(SOUND, 3)
    with pytest.raises(KeyRefused, match="bits"):
        check_public_numbers(1 << 2046, 65_537)

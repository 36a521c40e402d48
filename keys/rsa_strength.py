"""Which RSA moduli and exponents are strong enough (NIST SP 800-56B, 6.4.1; CA/Browser Forum BR 6.1.6)."""

from __future__ import annotations

from math import gcd, isqrt, prod

from keys.errors import KeyRefused

SMALLEST_MODULUS = 2_048  # bits
LARGEST_MODULUS = 8_192  # bits: beyond it one check costs too much
SMALLEST_EXPONENT = 65_537  # FIPS 186-5, A.1.1
LARGEST_EXPONENT = 2**64 - 1  # OpenSSL computes with none larger once the modulus passes 3,072 bits
FERMAT_ROUNDS = 100  # CA/Browser Forum BR 6.1.1.3: primes that fall within them are too close
_SMALL_PRIMES = prod(n for n in range(3, 752, 2) if all(n % d for d in range(3, isqrt(n) + 1, 2)))


def check_public_numbers(modulus: int, exponent: int) -> None:
    """Refuse an RSA key that is too small, malformed or can be factored by a known short cut.

    Args:
        modulus: n.
        exponent: e.

    Raises:
        KeyRefused: `weak_key`, saying which rule is broken.
    """
    if not SMALLEST_MODULUS <= modulus.bit_length() <= LARGEST_MODULUS:
        raise KeyRefused(
            "weak_key",
            f"An RSA key has {SMALLEST_MODULUS} to {LARGEST_MODULUS} bits, not {modulus.bit_length()}.",
        )
    if not SMALLEST_EXPONENT <= exponent <= LARGEST_EXPONENT or exponent % 2 == 0:
        raise KeyRefused(
            "weak_key",
            "The RSA key's exponent e is an odd number from 65537 to 2^64 - 1, and this one is not.",
        )
    if modulus % 2 == 0 or gcd(modulus, _SMALL_PRIMES) != 1:
        raise KeyRefused("weak_key", "The RSA key's modulus has a small factor.")
    if _falls_to_fermat(modulus):
        raise KeyRefused(
            "weak_key", "The RSA key's primes are too close together: it can be factored at once."
        )


def _falls_to_fermat(modulus: int) -> bool:
    """Whether n = a^2 - b^2 shows within the first rounds of Fermat's method, or n is a square."""
    a = isqrt(modulus - 1) + 1
    for _ in range(FERMAT_ROUNDS):
        rest = a * a - modulus
        if isqrt(rest) ** 2 == rest:
            return True
        a += 1
    return False

"""Nonces that prove that a proof is fresh. They are not stored until they are used.

A nonce says when it was made, and carries a MAC under a secret of the district: so anybody may ask for as
many as they like and nothing grows. Each is taken once (`store/wallet.spend_nonce`).
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

from keys.errors import KeyRefused
from keys.multibase import base64url_decode, base64url_encode

NONCE_LIFETIME: Final = timedelta(minutes=5)
_TIME, _RANDOM, _MAC = 6, 16, 16
RANDOM_BYTES: Final = _RANDOM


def new_nonce(secret: bytes, random: bytes, now: datetime) -> str:
    """A nonce (OpenID4VCI 1.0, 7.2), from 16 random bytes."""
    body = int(now.timestamp()).to_bytes(_TIME, "big") + random
    return base64url_encode(body + _mac(secret, body))


def ends_at(secret: bytes, nonce: str, now: datetime) -> datetime | None:
    """When a nonce ends; None for one that we did not make, that is over or comes from the future."""
    try:
        octets = base64url_decode(nonce)
    except KeyRefused:
        return None
    body, mac = octets[:-_MAC], octets[-_MAC:]
    if len(body) != _TIME + _RANDOM or not hmac.compare_digest(mac, _mac(secret, body)):
        return None
    made = datetime.fromtimestamp(int.from_bytes(body[:_TIME], "big"), UTC)
    return made + NONCE_LIFETIME if made <= now < made + NONCE_LIFETIME else None


def _mac(secret: bytes, body: bytes) -> bytes:
    return hmac.digest(secret, b"cairn wallet nonce" + body, "sha256")[:_MAC]

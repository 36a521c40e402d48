"""Offers, and the secrets that open them: made from random bytes, kept as hashes alone.

reference   160 random bits; names the offer in `credential_offer_uri`
code        follows from the reference, so that an offer by reference needs no stored code
tx_code     six digits that the student reads beside the QR and types; scrypt, few tries
token       256 random bits; for five minutes
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from credential.qr import new_token
from keys.multibase import base64url_encode

GRANT: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
SCHEME: Final = "openid-credential-offer://"
OFFER_LIFETIME: Final = timedelta(minutes=15)
LONGEST_OFFER: Final = timedelta(hours=24)
TOKEN_LIFETIME: Final = timedelta(minutes=5)
"""A token that lives longer would have to be bound to the wallet's key (OpenID4VCI 1.0, 13.10)."""
MOST_TRIES: Final = 5
"""How often a `tx_code` may be tried; then the offer is dead."""
TX_DIGITS: Final = 6
LONGEST_SECRET: Final = 128
"""Characters of a code, a token, a transaction code, an id."""
_TX_ASK: Final = "The six digits that your school's page shows beside the QR code"
_COST, _BLOCK = 4_096, 8


def new_reference(random: bytes) -> str:
    """What names an offer, from 20 random bytes."""
    return new_token(random)


def code_of(reference: str) -> str:
    """The pre-authorized code of an offer: it follows from the reference, and never the other way round."""
    return _derived(reference, "pre-authorized code")


def tx_code(random: bytes) -> str:
    """Six digits from eight random bytes; how little that favours some digits nobody could measure."""
    return str(int.from_bytes(random, "big") % 10**TX_DIGITS).zfill(TX_DIGITS)


def access_token(random: bytes) -> str:
    """A token from 32 random bytes."""
    return base64url_encode(random)


def notification_id(token: str) -> str:
    """What the credentials of a token are reported under; the same each time."""
    return _derived(token, "notification")


def transaction_id(token: str) -> str:
    """What a credential that is made later is asked for with; the same each time."""
    return _derived(token, "transaction")


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def secret_hash(secret: str) -> bytes:
    """What is kept of a secret that nobody can guess."""
    return hashlib.sha256(secret.encode()).digest()


def tx_hash(code: str, offer_id: str, salt: bytes) -> bytes:
    """What is kept of six digits; each offer's own, so that no table fits two."""
    return hashlib.scrypt(code.encode(), salt=salt + offer_id.encode(), n=_COST, r=_BLOCK, p=1, dklen=32)


def _derived(secret: str, what: str) -> str:
    return base64url_encode(hmac.digest(secret.encode(), f"cairn wallet {what}".encode(), "sha256"))


def offer(issuer: str, configurations: Sequence[str], code: str, *, with_tx_code: bool) -> dict[str, Any]:
    """A Credential Offer (OpenID4VCI 1.0, 4.1.1).

    Args:
        issuer: The Credential Issuer Identifier.
        configurations: What is offered, by its ids in the metadata; the first is the usual form.
        code: The pre-authorized code.
        with_tx_code: Whether the student must type a transaction code.
    """
    grant: dict[str, Any] = {"pre-authorized_code": code}
    if with_tx_code:
        grant["tx_code"] = {"input_mode": "numeric", "length": TX_DIGITS, "description": _TX_ASK}
    return {
        "credential_issuer": issuer,
        "credential_configuration_ids": list(configurations),
        "grants": {GRANT: grant},
    }


def link_by_value(value: Mapping[str, Any]) -> str:
    """The link with the whole offer in it (4.1.2)."""
    return f"{SCHEME}?credential_offer={quote(json.dumps(value, separators=(',', ':')), safe='')}"


def offer_uri(issuer: str, reference: str) -> str:
    """Where an offer is fetched (4.1.3)."""
    return f"{issuer}/wallet/offers/{reference}"


def link_by_reference(issuer: str, reference: str) -> str:
    """The link that says where the offer is: short enough for a small QR code."""
    return f"{SCHEME}?credential_offer_uri={quote(offer_uri(issuer, reference), safe='')}"


def well_known(issuer: str, name: str) -> str:
    """Where an issuer's metadata is: the name goes between host and path (12.2.2; RFC 8414, 3).

    >>> well_known("https://a.example/east", "openid-credential-issuer")
    'https://a.example/.well-known/openid-credential-issuer/east'
    """
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}/.well-known/{name}{path}"

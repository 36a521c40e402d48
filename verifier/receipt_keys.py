"""Whose receipts this verifier knows: its own key, and the keys that it had before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from keys.did import did_key
from keys.errors import KeyRefused
from keys.public import PublicKey
from keys.receipt_key import open_receipt_key
from keys.signer import Signer

KEY_FILE: Final = "receipt-key.pem"
BEFORE_FILE: Final = "receipt-keys-before.json"
MOST_KEYS: Final = 64
LIMITS: Final = Limits(max_bytes=65_536, max_depth=4, max_nodes=1_024)


class ReceiptKeysError(ValueError):
    """The keys cannot be used. The message says what to do."""


@dataclass(frozen=True, slots=True)
class ReceiptKeys:
    """The keys for receipts.

    Args:
        signer: Who signs now.
        known: Verification method -> public key, of now and of earlier times.
    """

    signer: Signer
    known: Mapping[str, PublicKey]

    def published(self) -> dict[str, Any]:
        """A JWK Set (RFC 7517, 5) with every known key; `kid` is the one in a receipt's header."""
        return {
            "keys": [
                {**key.jwk(), "kid": method, "alg": key.jws_algorithm, "use": "sig"}
                for method, key in self.known.items()
            ]
        }


def open_receipt_keys(folder: Path) -> ReceiptKeys:
    """Open the keys in a folder; the first start makes one.

    Whoever changes the key moves the old public half, as it was published, into `receipt-keys-before.json`:
    a JWK Set. So the receipts that it signed stay genuine.

    Raises:
        ReceiptKeysError: The folder cannot be written, or a file in it holds something else.
    """
    try:
        signer = open_receipt_key(folder / KEY_FILE)
        known = {signer.verification_method: signer.public_key}
        before = folder / BEFORE_FILE
        if before.exists():
            known |= _before(before)
    except KeyRefused as refused:
        raise ReceiptKeysError(refused.message) from refused
    except OSError as fault:
        raise ReceiptKeysError(f"{folder}: {fault.strerror}") from fault
    return ReceiptKeys(signer, MappingProxyType(known))


def _before(path: Path) -> dict[str, PublicKey]:
    wrong = ReceiptKeysError(
        f"{path} is no set of keys: write it as /.well-known/cairn-receipt-keys.json shows"
    )
    try:
        listed = parse(path.read_bytes(), LIMITS).value.get("keys")
    except DocumentError as fault:
        raise wrong from fault
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise wrong
    found = {}
    for one in listed:
        if not isinstance(one, dict):
            raise wrong
        key = PublicKey.from_jwk(one)
        found[f"{did_key(key)}#{key.multikey()}"] = key
    return found

"""Secrets of webhooks, and what they sign (Standard Webhooks 1.0.0: Signature scheme).

No secret is in the database: each is derived from one key of the deployment, the district, the webhook and
a number, so that a new number is a new secret.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from issuer.api.errors import ApiError
from issuer.secret_files import settings_in_files

PREFIX: Final = "whsec_"
SHORTEST: Final = 32
"""Octets of the deployment's key."""
VARIABLE: Final = "CAIRN_WEBHOOK_KEY"
FILE: Final = "cairn_webhook_key"


def key_from(environ: Mapping[str, str], folder: Path | None) -> bytes:
    """The deployment's key for webhooks; empty where there is none, and then there are no webhooks.

    Args:
        environ: May name it, `CAIRN_WEBHOOK_KEY`, or a file that holds it, `CAIRN_WEBHOOK_KEY_FILE`.
        folder: The directory of secret files, where it may be the file `cairn_webhook_key`.

    Raises:
        ApiError: `webhook_refused` where it is too short.
        IssuerError: As `settings_in_files`.
    """
    named = settings_in_files(environ, ["webhook_key"]).get("webhook_key", "")
    said = (environ.get(VARIABLE, "") or named.strip()).encode()
    file = folder / FILE if folder is not None else None
    if not said and file is not None and file.is_file():
        said = file.read_bytes().strip()
    if said and len(said) < SHORTEST:
        raise ApiError(
            "webhook_refused", f"{VARIABLE} has at least {SHORTEST} characters that nobody can guess"
        )
    return said


def secret(key: bytes, district_id: str, webhook_id: str, salt: bytes, number: int) -> str:
    """The secret of a webhook, as it is told once: `whsec_` and base64 of 32 octets."""
    if not key:
        raise ApiError("webhook_refused", f"there is no key for webhooks here: set {VARIABLE}")
    said = f"cairn webhook\0{district_id}\0{webhook_id}\0{number}\0".encode() + salt
    return PREFIX + base64.b64encode(hmac.digest(key, said, "sha256")).decode()


def headers(message_id: str, at: datetime, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """What a message bears: its id, the time of sending, and a signature under each secret.

    Args:
        message_id: The same for each attempt.
        at: The time of this attempt.
        body: The octets that are sent.
        secrets: The newest first; during a change also the one before.
    """
    seconds = str(int(at.timestamp()))
    signed = f"{message_id}.{seconds}.".encode() + body
    marks = (
        base64.b64encode(hmac.digest(base64.b64decode(one.removeprefix(PREFIX)), signed, "sha256")).decode()
        for one in secrets
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }

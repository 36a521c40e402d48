"""What a wallet is told when something is refused: the codes of the specification, and no others."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

CODES: Final = MappingProxyType(
    {
        # Token Error Response (RFC 6749, 5.2; OpenID4VCI 1.0, 6.3)
        "invalid_request": 400,
        "invalid_grant": 400,
        "unsupported_grant_type": 400,
        # Bearer tokens (RFC 6750, 3.1)
        "invalid_token": 401,
        # Credential Error Response (OpenID4VCI 1.0, 8.3.1)
        "invalid_credential_request": 400,
        "unknown_credential_configuration": 400,
        "unknown_credential_identifier": 400,
        "invalid_proof": 400,
        "invalid_nonce": 400,
        "invalid_encryption_parameters": 400,
        "credential_request_denied": 400,
        # Deferred Credential and Notification Error Response, 9.3 and 11.3
        "invalid_transaction_id": 400,
        "invalid_notification_id": 400,
        "invalid_notification_request": 400,
        # Ours, where the text leaves it to HTTP
        "too_many_requests": 429,
    }
)
"""Code to HTTP status."""


class WalletRefused(ValueError):  # noqa: N818 - it says what happened
    """A wallet's request is refused.

    Args:
        code: One of `CODES`.
        message: One ASCII sentence for whoever builds the wallet; nothing of what was sent is in it.
    """

    def __init__(self, code: str, message: str) -> None:
        if code not in CODES:
            raise ValueError(code)
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

"""The one error of this package, and every code that it may carry."""

from __future__ import annotations

CODES: frozenset[str] = frozenset(
    {
        # What a key is
        "malformed_key",
        "weak_key",
        "unsupported_key",
        "private_material",
        # What a DID is
        "malformed_did",
        "malformed_did_url",
        "unsupported_did_method",
        # Which key a document names
        "malformed_document",
        "document_mismatch",
        "key_not_in_document",
        "ambiguous_key",
        "controller_mismatch",
        "wrong_relationship",
        "key_expired",
        "key_revoked",
        # Who holds a key
        "no_secret",
        "too_many_secrets",
        "weak_passphrase",
        "malformed_key_file",
        "wrong_passphrase",
        "tampered_key_file",
        "key_exists",
        "key_not_found",
        "key_not_active",
        "unsafe_keyring",
    }
)


class KeyRefused(ValueError):  # noqa: N818 - it says what happened; callers read `except KeyRefused`
    """A key, a DID, a controller document or a key file that cannot be used.

    Args:
        code: One of `CODES`; programs decide by it and it never changes its meaning.
        message: One sentence for the person who reads it. It never carries key material.

    Attributes:
        code: As given.
        message: As given.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[KeyRefused], tuple[str, str]]:
        """Both parts, so that the error survives a worker process's boundary."""
        return type(self), (self.code, self.message)

"""Every way in which a student's link, slip, code or passkey is refused, each with a stable code."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError

CODES: Final = MappingProxyType(
    {
        "claim_unknown": "no link or slip has this secret: one answer for a slip of the pen and for a guess",
        "claim_used": "the link or slip was used before",
        "claim_ended": "the link or slip is too old, was replaced by a newer one, or its badge was withdrawn",
        "code_refused": "the code that was typed opens nothing: wrong, too old, used, or never sent",
        "passkey_refused": "the passkey's answer does not hold",
        "contact_refused": "an address of a student cannot be taken like this",
        "problem_refused": "what a student says is wrong cannot be taken like this",
    }
)
"""Code to what it means."""


class ClaimError(IssuerError):
    """A student is refused.

    Args:
        code: One of `CODES`.
        message: One sentence that says what is wrong and what to do.
        field: The form's field at fault, "" where none fits.
    """

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(code, message, field)
        self.field = field

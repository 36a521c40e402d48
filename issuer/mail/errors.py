"""Every way in which a mail does not go, each with a stable code."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError

CODES: Final = MappingProxyType(
    {
        "mail_not_set": "no mail server is set, so no mail is sent",
        "mail_setting": "a setting of the mail server cannot be used",
        "mail_unreachable": "the mail server does not answer, or does not let us in: nothing can be sent now",
        "mail_later": "the mail server puts this mail off: it is tried again",
        "mail_refused": "the mail server refuses this mail or its address for good",
        "mail_broken": "a mail cannot be written",
    }
)
"""Code to what it means."""


class MailError(IssuerError):
    """A mail does not go.

    Args:
        code: One of `CODES`.
        message: One sentence that says what is wrong and what to do; it holds nothing of the mail.
    """

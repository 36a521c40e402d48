"""A mail as octets: plain text and HTML side by side, nothing to load, nothing that tells who opened it.

Sources: RFC 5322 (headers), RFC 2046 (alternatives), RFC 3834 (Auto-Submitted: nobody's absence answers it),
RFC 8058 is not used: these mails answer what happened to the recipient's own badge, and there is no list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from issuer.access.errors import AccessError
from issuer.access.people import normal_email
from issuer.mail.errors import MailError

LONGEST_SUBJECT: Final = 120
_MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Written:
    """What a mail says.

    Attributes:
        subject: One line, without a student's full name.
        text: The plain text.
        html: The same as a page without a picture.
        language: `en` or `es`.
    """

    subject: str
    text: str
    html: str
    language: str


def compose(
    written: Written, *, to: str, sender: str, sender_name: str, now: datetime, message_id: str
) -> EmailMessage:
    """The whole message.

    Args:
        written: What it says.
        to: The one recipient.
        sender: The district's address.
        sender_name: The district's name.
        now: The time.
        message_id: What makes it unlike any other; letters, digits and dashes.

    Raises:
        MailError: `mail_broken` for an address or a header that would not be one line.
    """
    try:
        to, sender = normal_email(to), normal_email(sender)
    except AccessError as fault:
        raise MailError("mail_broken", "an address is no e-mail address") from fault
    for line in (written.subject, sender_name):
        if not line.isprintable() or not 0 < len(line) <= LONGEST_SUBJECT:
            raise MailError("mail_broken", "a header would not be one short line")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise MailError("mail_broken", "a mail needs an id of letters, digits and dashes")
    local, _, domain = sender.partition("@")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender_name, local, domain)
    message["To"] = Address("", *to.split("@"))
    message["Subject"] = written.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = written.language
    message.set_content(written.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(written.html, subtype="html", charset="utf-8", cte="quoted-printable")
    return message

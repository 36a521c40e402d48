"""The one door to a mail server: SMTP with STARTTLS or TLS, and with neither on this machine alone.

Sources: RFC 5321 (SMTP: a 4yz reply is for now, a 5yz for good), RFC 3207 (STARTTLS), RFC 8314 (TLS).
A certificate is always checked against the name of the host.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Final

from issuer.mail.errors import MailError

SECONDS: Final = 20.0
"""So long a server may be silent."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_FOR_GOOD: Final = 500
_NOT_LET_IN: Final = frozenset({530, 534, 535, 538})
"""Replies that are about us and not about one mail (RFC 4954, 6)."""

Post = Callable[[EmailMessage], None]
"""Hands over one message; raises `mail_later`, `mail_refused` or `mail_unreachable`."""


class Tls(StrEnum):
    """How the way to the server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and as whom we come to it.

    Args:
        host: Its name.
        port: Its port.
        tls: How the way there is kept private; none only to this machine.
        user: As whom; "" where it asks for nobody.
        password: With what; it is shown nowhere.
        sender: The address that mails come from.
        roots: A file of certificates to trust beside the machine's; None for the machine's alone.

    Raises:
        MailError: `mail_setting`.
    """

    host: str
    port: int
    tls: Tls
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    roots: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what would send a password or a student's mail in the open."""
        if self.tls is Tls.NONE and self.host not in LOOPBACK:
            raise MailError(
                "mail_setting", "without TLS mail goes to this machine alone: set CAIRN_MAIL_TLS=starttls"
            )
        if bool(self.user) != bool(self.password):
            raise MailError("mail_setting", "a mail server's user and password go together: set both")


@contextmanager
def connected(server: Server) -> Iterator[Post]:
    """One connection, over which messages are handed one after the other.

    Raises:
        MailError: `mail_unreachable`.
    """
    try:
        client = _connect(server)
    except smtplib.SMTPAuthenticationError as fault:
        raise MailError(
            "mail_unreachable", "the mail server refuses the user or the password: look at both"
        ) from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise _unreachable(fault) from fault
    try:
        yield lambda message: _hand_over(client, message)
    finally:
        try:
            client.quit()
        except (smtplib.SMTPException, OSError):
            client.close()


def _connect(server: Server) -> smtplib.SMTP:
    if server.tls is Tls.NONE:
        client = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    else:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if server.roots is not None:
            context.load_verify_locations(server.roots)
        if server.tls is Tls.TLS:
            client = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
            try:
                # Raises where the server does not offer it: a stripped offer is never taken for consent.
                client.starttls(context=context)
            except BaseException:
                client.close()
                raise
    if server.user:
        try:
            client.login(server.user, server.password)
        except BaseException:
            client.close()
            raise
    return client


def _hand_over(client: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        client.send_message(message)
    except smtplib.SMTPRecipientsRefused as fault:
        code = next(iter(fault.recipients.values()))[0]
        raise _refused(code) from fault
    except smtplib.SMTPResponseException as fault:
        raise _refused(fault.smtp_code) from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise _unreachable(fault) from fault


def _refused(code: int) -> MailError:
    if code in _NOT_LET_IN:
        return MailError("mail_unreachable", f"the mail server does not let us send ({code}): sign in to it")
    if code >= _FOR_GOOD:
        return MailError("mail_refused", f"the mail server refuses this mail or its address ({code})")
    return MailError("mail_later", f"the mail server puts this mail off ({code})")


def _unreachable(fault: Exception) -> MailError:
    """What went wrong, by its kind alone: a server's own words may repeat an address."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        why = "its certificate is not trusted or is another host's"
    elif isinstance(fault, smtplib.SMTPNotSupportedError):
        why = "it does not offer STARTTLS, or no way to sign in"
    elif isinstance(fault, TimeoutError):
        why = f"it did not answer within {SECONDS:.0f} seconds"
    else:
        why = type(fault).__name__
    return MailError("mail_unreachable", f"the mail server cannot be used: {why}. Run `cairn mail test`")

"""A mail server on this machine that keeps what it is given: real SMTP over a real socket (aiosmtpd)."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from issuer.mail.smtp import Server, Tls
from tests.ports import free_port

LONGEST_START = 60.0
"""Seconds in which it answers, on a machine that has other things to do."""


@dataclass
class Mailbox:
    """What the server was given, and how it answers."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What it says to the next mails instead of taking them, in order."""
    at_data: Callable[[], None] = lambda: None

    async def handle_DATA(self, _server: smtp.SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.at_data()
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: smtp.SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 known"

    def server(self, **more: Any) -> Server:
        """How it is reached."""
        facts: dict[str, Any] = {"tls": Tls.NONE, "sender": "badges@riverbend.example"}
        return Server("localhost", self.port, **(facts | more))

    def bodies(self) -> list[str]:
        """The plain text of every mail."""
        return [_part(one, "plain") for one in self.mails]


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


@contextlib.contextmanager
def catching(
    *, tls: ssl.SSLContext | None = None, password: tuple[str, str] | None = None
) -> Iterator[Mailbox]:
    """A server for as long as the block lasts.

    Args:
        tls: With it the server offers STARTTLS, and asks for it.
        password: The user and the password that it wants.
    """
    box = Mailbox()

    def let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == password, handled=False)

    named: dict[str, Any] = {"require_starttls": tls is not None, "tls_context": tls}
    if password is not None:
        named |= {"authenticator": let_in, "auth_required": True, "auth_require_tls": tls is not None}
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=LONGEST_START, **named)
    controller.start()
    box.port = port
    try:
        yield box
    finally:
        controller.stop()

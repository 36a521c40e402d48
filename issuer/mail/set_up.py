"""The mail server that the settings name."""

from __future__ import annotations

from issuer.claiming.codes import read_address
from issuer.claiming.errors import ClaimError
from issuer.mail.errors import MailError
from issuer.mail.smtp import Server, Tls
from issuer.settings import Settings

LONGEST_PASSWORD = 1_024


def server_of(settings: Settings) -> Server | None:
    """The server, with its password; None where none is set.

    Raises:
        MailError: `mail_setting`.
    """
    if not settings.mail_host:
        return None
    try:
        sender = read_address(settings.mail_from)
    except ClaimError as fault:
        raise MailError("mail_setting", "set CAIRN_MAIL_FROM to the address that mails come from") from fault
    password = ""
    if settings.mail_password_file is not None:
        try:
            password = settings.mail_password_file.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as fault:
            raise MailError(
                "mail_setting", "the file that CAIRN_MAIL_PASSWORD_FILE names cannot be read"
            ) from fault
        if not 0 < len(password) <= LONGEST_PASSWORD:
            raise MailError("mail_setting", "the file that CAIRN_MAIL_PASSWORD_FILE names has no password")
    return Server(
        settings.mail_host,
        settings.mail_port,
        Tls(settings.mail_tls),
        sender,
        settings.mail_user,
        password,
        settings.mail_roots,
    )

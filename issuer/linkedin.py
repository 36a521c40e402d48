"""*Add to LinkedIn*: the link that fills in the form for a certification. Pure; nothing is sent to anybody.

The form's fields are `name`, `organizationId` (digits) or `organizationName`, `issueYear`, `issueMonth` (from
1 to 12), `expirationYear`, `expirationMonth`, `certUrl` and `certId`. Everything is percent-encoded as UTF-8
(RFC 3986, 2.1), also what need not be: a title with `&` would else end in the middle.

LinkedIn takes members from the age of 16. The link is offered from that birthday on, and to nobody whose age
is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from issuer.errors import IssuerError
from issuer.roster.days import years_between

ADDRESS: Final = "https://www.linkedin.com/profile/add"
YOUNGEST: Final = 16
_ID = re.compile(r"[0-9]{1,20}", re.ASCII)


class Hidden(StrEnum):
    """Why the link is not offered; each is a key of the words under `linkedin.`."""

    UNKNOWN_AGE = "unknown-age"
    UNDER_16 = "under-16"


@dataclass(frozen=True, slots=True)
class Organization:
    """Who issued, as LinkedIn knows it.

    Args:
        name: Its name, for where LinkedIn has no page of it.
        id: The digits of its page, or "". Without them LinkedIn shows no logo.
    """

    name: str
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse an id that is none.

        Raises:
            IssuerError: `bad_setting`.
        """
        if self.id and not _ID.fullmatch(self.id):
            raise IssuerError(
                "bad_setting", "the organization's id at LinkedIn is digits only, such as 206815"
            )


def hidden(born: date | None, now: datetime) -> Hidden | None:
    """Why the link must not be offered to somebody; None where it may be.

    A birthday is never taken as come before it has come in the last place on earth.
    """
    if born is None:
        return Hidden.UNKNOWN_AGE
    today = (now.astimezone(UTC) - timedelta(hours=12)).date()
    return None if years_between(born, today) >= YOUNGEST else Hidden.UNDER_16


def add_to_profile(
    name: str,
    organization: Organization,
    *,
    issued: date,
    last_day: date | None,
    url: str,
    credential_id: str,
) -> str:
    """The link that opens LinkedIn's form with everything filled in.

    Args:
        name: What was earned.
        organization: Who issued.
        issued: The day on which it was earned.
        last_day: The last day on which it holds, or None.
        url: Where anybody can check it: a share that does not end.
        credential_id: Its `urn:uuid`.

    Raises:
        IssuerError: `bad_text` for a text that is no Unicode, which no badge has.
    """
    fields = _fields(
        name, organization, issued=issued, last_day=last_day, url=url, credential_id=credential_id
    )
    try:
        return f"{ADDRESS}?" + "&".join(f"{key}={quote(text, safe='')}" for key, text in fields)
    except UnicodeEncodeError as fault:
        raise IssuerError("bad_text", "half of a character stands in a text for LinkedIn") from fault


def _fields(
    name: str,
    organization: Organization,
    *,
    issued: date,
    last_day: date | None,
    url: str,
    credential_id: str,
) -> Iterator[tuple[str, str]]:
    yield "startTask", "CERTIFICATION_NAME"
    yield "name", name
    if organization.id:
        yield "organizationId", organization.id
    else:
        yield "organizationName", organization.name
    yield "issueYear", str(issued.year)
    yield "issueMonth", str(issued.month)
    if last_day is not None:
        yield "expirationYear", str(last_day.year)
        yield "expirationMonth", str(last_day.month)
    yield "certUrl", url
    yield "certId", credential_id

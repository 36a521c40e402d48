"""Where a program stopped reading a list: opaque, bound to the district, the list and its filters.

It holds times, random ids and numbers, nothing about a person, because it stands in addresses.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Sequence
from typing import Final

from issuer.api.errors import ApiError
from issuer.store.tables import District

LONGEST: Final = 400
_MARK: Final = 16


def compose(district: District, of: str, position: Sequence[str | int]) -> str:
    """The cursor after an entry.

    Args:
        district: Whose list.
        of: Which list, with its filters.
        position: By what the list is ordered, of its last entry.
    """
    body = json.dumps(list(position), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mark(district, of, body) + body).rstrip(b"=").decode()


def parse(district: District, of: str, text: str) -> list[str | int]:
    """What `compose` wrote for the same district and list.

    Raises:
        ApiError: `bad_cursor`.
    """
    refused = ApiError("bad_cursor", "this cursor is not one of this list: begin again without it")
    if not text.isascii() or len(text) > LONGEST:
        raise refused
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise refused from None
    mark, body = octets[:_MARK], octets[_MARK:]
    if not hmac.compare_digest(mark, _mark(district, of, body)):
        raise refused
    position: list[str | int] = json.loads(body)
    return position


def _mark(district: District, of: str, body: bytes) -> bytes:
    said = b"\0".join((b"cursor", district.id.encode(), of.encode(), body))
    return hmac.digest(district.code_salt, said, "sha256")[:_MARK]

"""A request that is sent twice is done once (draft-ietf-httpapi-idempotency-key-header-07).

The name that a program gives its request is kept as a hash, beside the digest of the request and what it
leads to: an award's reference or a batch's id, chosen before anything is done. So a second submission, in
another process or after a crash, goes on with the same award, and issuing is idempotent under its reference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.api.errors import ApiError
from issuer.api.keys import Key
from issuer.errors import IssuerError
from issuer.store import api
from issuer.store.api_tables import ApiRequest
from issuer.store.session import Store

KEPT: Final = timedelta(days=30)
"""How long a request is known by its name."""
MOST_ATTEMPTS: Final = 5
_NAME: Final = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request under a name.

    Attributes:
        name: The `Idempotency-Key`, or "" where none was sent.
        content: What is asked for: method, address and body.
        subject: What it would lead to: the reference of an award, or the id of a batch.
        student_id: Whose award it is, or "".
    """

    name: str
    content: bytes
    subject: str
    student_id: str = ""


@dataclass(slots=True)
class Turn:
    """A request that may be carried out.

    Attributes:
        subject: What it leads to: as asked, or as the first submission of it was.
        status: What the first submission was answered with; None where none was finished.
        done: Notes that it was carried out: with what status, and to what it led.
    """

    subject: str
    status: int | None
    done: Callable[..., None]


def checked_name(given: list[str]) -> str:
    """The `Idempotency-Key` of a request, "" for none.

    Raises:
        ApiError: `bad_idempotency_key`.
    """
    if not given:
        return ""
    if len(given) != 1 or not _NAME.fullmatch(given[0]):
        raise ApiError("bad_idempotency_key", "send one Idempotency-Key of 1 to 255 visible characters")
    return given[0]


@contextmanager
def once(store: Store, district_id: str, key: Key, asked: Asked, *, now: datetime) -> Iterator[Turn]:
    """Carry a request out, or go on with its first submission.

    Whoever carries it out calls `done` with the status of the answer, after all of it is kept. Where it is
    refused (`ApiError`) its name is free again.

    Raises:
        ApiError: `idempotency_key_reused` where the name was used for another request.
        IssuerError: `database_busy`.
    """
    if not asked.name:
        yield Turn(asked.subject, None, lambda _status, _subject="": None)
        return
    row = _taken(store, district_id, key, asked, now)

    def done(status: int, subject: str = "") -> None:
        with store.transaction() as session:
            api.settle_request(session, row, status, subject or row.subject)

    try:
        yield Turn(row.subject, row.status, done)
    except ApiError:
        with store.transaction() as session:
            api.free_request(session, row)
        raise


def _taken(store: Store, district_id: str, key: Key, asked: Asked, now: datetime) -> ApiRequest:
    """The row under the name: of this request, or of the first submission of the same."""
    name_hash = hashlib.sha256(asked.name.encode()).digest()
    sha256 = hashlib.sha256(asked.content).hexdigest()
    for _ in range(MOST_ATTEMPTS):
        with store.transaction() as session:
            api.forget_requests(session, district_id, before=now - KEPT)
            row = api.request(session, district_id, key.id, name_hash)
            if row is None:
                row = ApiRequest(
                    district_id=district_id,
                    key_id=key.id,
                    name_hash=name_hash,
                    sha256=sha256,
                    subject=asked.subject,
                    student_id=asked.student_id,
                    asked_at=now,
                    status=None,
                )
                if not api.add_request(session, row):
                    continue
        if row.sha256 != sha256:
            raise ApiError(
                "idempotency_key_reused",
                "this Idempotency-Key was used for another request: use a new one",
            )
        return row
    raise IssuerError("database_busy", "the same request is being carried out: try again")

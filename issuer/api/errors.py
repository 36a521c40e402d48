"""Every way in which a program is refused, each with a stable code, a status and a page of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of refusal.

    Attributes:
        status: The HTTP status that it is answered with.
        title: What is wrong, in a line.
        todo: What to do.
    """

    status: int
    title: str
    todo: str


S = HTTPStatus
CODES: Final = MappingProxyType(
    {
        "not_authenticated": Kind(
            S.UNAUTHORIZED,
            "The key was not accepted",
            "Send one Authorization header: Bearer and a key or an access token of this district. A key may "
            "have ended, been revoked, or still wait for a second person.",
        ),
        "scope_missing": Kind(
            S.FORBIDDEN,
            "The key may not do this",
            "Make a key with the scope that the answer names: cairn api-keys create.",
        ),
        "two_people": Kind(
            S.FORBIDDEN,
            "The district asks two people for this",
            "Make a key that a second person confirms, in the console or with cairn --asked-by and "
            "--confirmed-by.",
        ),
        "bad_json": Kind(
            S.BAD_REQUEST,
            "The body is not the JSON that is taken here",
            "Send UTF-8 JSON without repeated members; the answer says where it goes wrong.",
        ),
        "bad_request": Kind(
            S.BAD_REQUEST, "The request is not what this address takes", "Compare it with /openapi.json."
        ),
        "unknown_option": Kind(
            S.BAD_REQUEST, "An option is not known", "Leave out the option that the answer names."
        ),
        "wrong_issuer": Kind(
            S.BAD_REQUEST,
            "The credential names another issuer",
            "Leave issuer out, or give the district's own DID.",
        ),
        "bad_cursor": Kind(
            S.BAD_REQUEST,
            "The cursor is not one of this list",
            "Begin again without a cursor, and then follow next_cursor as it is.",
        ),
        "bad_idempotency_key": Kind(
            S.BAD_REQUEST,
            "The Idempotency-Key cannot be used",
            "Send one of 1 to 255 visible ASCII characters, for example a UUID.",
        ),
        "not_found": Kind(
            S.NOT_FOUND,
            "There is no such thing here",
            "Look at the reference or the id, and whether it is this district's: what belongs to another is "
            "not found either.",
        ),
        "held": Kind(
            S.CONFLICT,
            "The batch of this badge can still be undone",
            "Wait until the time that the answer names; or let the batch go, in the console under Batches or "
            "with cairn jobs let-go.",
        ),
        "database_busy": Kind(
            S.SERVICE_UNAVAILABLE,
            "The database is busy",
            "Send the same request again after as many seconds as Retry-After says.",
        ),
        "already_has": Kind(
            S.CONFLICT,
            "The student has this badge already",
            "Use the credential that the answer names. A renewal has another day.",
        ),
        "gone": Kind(S.GONE, "The record was destroyed", "Nothing brings it back: its retention had ended."),
        "too_large": Kind(S.REQUEST_ENTITY_TOO_LARGE, "The body is too large", "Send less at a time."),
        "not_json": Kind(
            S.UNSUPPORTED_MEDIA_TYPE,
            "The kind of content is not right",
            "Send Content-Type: application/json.",
        ),
        "not_issuable": Kind(
            S.UNPROCESSABLE_ENTITY,
            "The district does not sign this",
            "It signs awards of its own catalog to its own students. Each error says what must change.",
        ),
        "idempotency_key_reused": Kind(
            S.UNPROCESSABLE_ENTITY,
            "The Idempotency-Key was used for another request",
            "Use a new key for a new request, and the same key only to send the same request again.",
        ),
        "batch_too_large": Kind(
            S.UNPROCESSABLE_ENTITY,
            "The batch has too many awards",
            "Send at most 20,000 awards at a time, or 200 to a server without jobs. Or hand in a sheet.",
        ),
        "reference_reused": Kind(
            S.UNPROCESSABLE_ENTITY,
            "The reference stands for another award",
            "Use a new reference, or correct the first badge: cairn correct.",
        ),
        "irreversible": Kind(
            S.UNPROCESSABLE_ENTITY,
            "A withdrawal cannot be taken back",
            "Issue the badge again under a new reference.",
        ),
        "not_issued_yet": Kind(
            S.UNPROCESSABLE_ENTITY, "The credential has not been signed yet", "Send the award again, or wait."
        ),
        "cannot_sign_here": Kind(
            S.SERVICE_UNAVAILABLE,
            "The district's key is not open to this process",
            "Ask whoever runs the issuer to start it with the key; then send the same request again.",
        ),
        "too_many_requests": Kind(
            S.TOO_MANY_REQUESTS, "Too many requests", "Wait as many seconds as Retry-After says."
        ),
        "key_refused": Kind(
            S.UNPROCESSABLE_ENTITY, "A key cannot be made like this", "Choose a name, scopes and an end."
        ),
        "webhook_refused": Kind(
            S.UNPROCESSABLE_ENTITY, "A webhook cannot be made like this", "Give a public https address."
        ),
    }
)
"""Code to its kind."""

MOST_FAULTS: Final = 50
"""How many faults of one request are told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request.

    Attributes:
        code: What, for programs.
        message: What to do, for people.
        pointer: Where in the body, as a JSON Pointer; "" for all of it.
        row: The award of a batch, counted from 1; None outside of batches.
        column: The member at fault, "" where it is none in particular.
    """

    code: str
    message: str
    pointer: str = ""
    row: int | None = None
    column: str = ""


def sentence(message: str) -> str:
    """What is said of an error, with a capital letter and one stop; the name of a member stays as it is."""
    first = message.partition(" ")[0]
    said = message if "_" in first else f"{message[:1].upper()}{message[1:]}"
    return said if said.endswith((".", "?", "!")) else f"{said}."


class ApiError(IssuerError):
    """A program is refused.

    Args:
        code: One of `CODES`.
        message: One sentence that says what is wrong and what to do.
        faults: What is wrong in particular.
    """

    def __init__(self, code: str, message: str, faults: Iterable[Fault] = ()) -> None:
        self.faults = tuple(faults)[:MOST_FAULTS]
        super().__init__(code, message, self.faults[0].pointer if self.faults else "")

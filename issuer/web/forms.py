"""Forms that came in: read within bounds, and only if they are of a page of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from issuer.access.errors import AccessError
from issuer.access.tokens import fits_form

SAFE: Final = frozenset({"GET", "HEAD"})
FORM_FIELD: Final = "form_token"
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a form may be.

    Attributes:
        bytes_of: The kinds that are taken, each with the most bytes that its body may have.
        bytes_of_part: The most bytes of one field that is no file.
        fields: The most fields.
        files: The most files.
    """

    bytes_of: Mapping[str, int]
    bytes_of_part: int
    fields: int
    files: int = 0


class Form:
    """What a form carried: text by the name of its field, and files.

    Args:
        data: As it was parsed, within bounds.
    """

    def __init__(self, data: FormData | None = None) -> None:
        self._data = data or FormData()

    def text(self, name: str) -> str:
        """The first value of a field; "" where there is none, or a file."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> list[str]:
        """All values of a field, as of several boxes that were ticked."""
        return [one for one in self._data.getlist(name) if isinstance(one, str)]

    def file(self, name: str) -> UploadFile | None:
        """The first file of a field; None where none was chosen."""
        files = [one for one in self._data.getlist(name) if isinstance(one, UploadFile)]
        return next((one for one in files if one.filename), None)

    def names(self) -> list[str]:
        """The names of all fields, each once, in their order."""
        return list(dict.fromkeys(self._data.keys()))


@asynccontextmanager
async def sent_form(request: Request, origin: str, key: str, bounds: Bounds) -> AsyncIterator[Form]:
    """The form that was sent, if it is one of ours; an empty one for a request that changes nothing.

    Args:
        request: What came in.
        origin: Where our pages are served.
        key: What the forms of this browser are bound to; "" where it holds nothing.
        bounds: What the form may be.

    Raises:
        AccessError: `forged_form`.
        HTTPException: 413.
    """
    if request.method in SAFE:
        yield Form()
        return
    _check_sender(request, origin)
    most = bounds.bytes_of.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if most is None:
        raise _forged()
    _bound_body(request, most)
    async with request.form(
        max_files=bounds.files, max_fields=bounds.fields, max_part_size=bounds.bytes_of_part
    ) as data:
        form = Form(data)
        if not key or not fits_form(key, form.text(FORM_FIELD)):
            raise _forged()
        yield form


def _check_sender(request: Request, ours: str) -> None:
    """Refuse what a browser says comes from elsewhere than our origin (RFC 6454; Fetch Metadata).

    Raises:
        AccessError: `forged_form`.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if (origin is not None and origin != ours) or (site is not None and site != "same-origin"):
        raise _forged()


def _bound_body(request: Request, most: int) -> None:
    """Stop reading the body at the first byte too many, whatever length was announced.

    Raises:
        HTTPException: 413; also later, when the body is read.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > most:
        raise _too_large(most)
    receive, read = request.receive, 0

    async def receiving() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise _too_large(most)
        return message

    request._receive = receiving  # noqa: SLF001 - Starlette has no other place at which a body can be bounded


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"what you sent is larger than {most // 1024:,} KB: send less at a time")


def _forged() -> AccessError:
    return AccessError(
        "forged_form",
        "this form did not come from a page of this site, or that page is too old: open it again and send it",
    )

"""At the console's door: whose console it is, who is signed in, and whether a form is one of ours.

`posted` runs before every route of the console, whether the route asks for it or not: a request that changes
something and does not carry its session's token is refused before any page sees it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from issuer.access import sessions
from issuer.access.errors import AccessError
from issuer.access.people import Person
from issuer.access.roles import Permission, check_may
from issuer.access.sessions import SignedIn
from issuer.access.tokens import fits_form, form_token, is_token, new_token
from issuer.errors import IssuerError
from issuer.sheets.looks import Looks
from issuer.store import people
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import District
from issuer.web.public import current_district
from keys.signer import Signer

SAFE: Final = frozenset({"GET", "HEAD"})
LARGEST_FORM: Final = 262_144
"""Bytes of a form without files."""
LARGEST_UPLOAD: Final = 12_582_912
"""Bytes of a form with files, which only somebody who is signed in may send."""
MOST_FIELDS: Final = 2_000
MOST_FILES: Final = 20
FORM_FIELD: Final = "form_token"
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Here:
    """Where a request came in.

    Attributes:
        district: Whose console this is; the host decides.
        store: The database, for this district's rows alone.
        now: The time.
        entropy: Random bytes.
        address: The network address that it came from.
        signer_of: Opens the key of a district; None where this process may sign nothing.
        clock: Gives the time anew, for what takes a while.
        looks: What this process keeps of the sheets in work.
    """

    district: District
    store: Store
    now: datetime
    entropy: Entropy
    address: str
    signer_of: Callable[[str], Signer] | None
    clock: Callable[[], datetime]
    looks: Looks

    @property
    def is_secure(self) -> bool:
        """Whether the console is served by https; a try on this machine is not."""
        return self.district.origin.startswith("https:")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by somebody who is signed in, and may do what the route asks.

    Attributes:
        person: Who.
        here: Where: the district, its rows, the time.
        method: How they signed in.
    """

    person: Person
    here: Here
    method: str

    @property
    def district(self) -> District:
        """Whose console this is."""
        return self.here.district

    @property
    def store(self) -> Store:
        """The database, for this district's rows alone."""
        return self.here.store

    @property
    def now(self) -> datetime:
        """The time."""
        return self.here.now


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


def here(request: Request, district: Annotated[District, Depends(current_district)]) -> Here:
    """The console of the district at this host.

    Raises:
        IssuerError: `not_found` where no district is, or the one that is has nobody who could sign in.
    """
    store: Store = request.app.state.store.of(district.id)
    with store.reading() as session:
        if not people.is_anybody(session, district.id):
            raise IssuerError("not_found", "there is nothing here")
    clock: Callable[[], datetime] = request.app.state.clock
    entropy: Entropy = request.app.state.entropy
    address = request.client.host if request.client else ""
    signer_of, looks = request.app.state.signer_of, request.app.state.looks
    return Here(district, store, clock(), entropy, address, signer_of, clock, looks)


HereNow = Annotated[Here, Depends(here)]


def session_cookie(here: Here) -> str:
    """Whoever is signed in holds this cookie. `__Host-` binds it to this host (RFC 6265bis, 4.1.3)."""
    return "__Host-cairn" if here.is_secure else "cairn"


def visit_cookie(here: Here) -> str:
    """The name of the cookie to which forms are bound while nobody is signed in."""
    return "__Host-cairn-visit" if here.is_secure else "cairn-visit"


def set_cookie(answer: Response, here: Here, name: str, value: str) -> None:
    """Give the browser a cookie: for this host, out of reach of scripts, gone when the browser closes."""
    answer.set_cookie(name, value, path="/", secure=here.is_secure, httponly=True, samesite="lax")


def drop_cookie(answer: Response, here: Here, name: str) -> None:
    """Take a cookie back."""
    answer.delete_cookie(name, path="/", secure=here.is_secure, httponly=True, samesite="lax")


def session_token(request: Request, here: Here) -> str:
    """The token of the session that the browser holds, or ""; it may have ended."""
    held = request.cookies.get(session_cookie(here), "")
    return held if is_token(held) else ""


def form_key(request: Request, here: Here) -> str:
    """What the forms of this browser are bound to: its session, or its visit; "" where it has neither yet."""
    held = request.cookies.get(visit_cookie(here), "")
    return session_token(request, here) or (held if is_token(held) else "")


def new_form_key(here: Here) -> str:
    """What the forms of a browser are bound to that has nothing yet."""
    return new_token(here.entropy)


def form_value(key: str) -> str:
    """What a form of this browser carries in its field `FORM_FIELD`."""
    return form_token(key)


def current_session(request: Request, here: HereNow) -> SignedIn | None:
    """Who is signed in at this browser, if anybody is."""
    return sessions.find(here.store, here.district.id, session_token(request, here), now=here.now)


Current = Annotated[SignedIn | None, Depends(current_session)]


async def posted(request: Request, here: HereNow, current: Current) -> AsyncIterator[Form]:
    """The form that was sent, if it is one of ours; an empty one for a request that changes nothing.

    Raises:
        AccessError: `forged_form`.
        HTTPException: 413.
    """
    if request.method in SAFE:
        yield Form()
        return
    check_sender(request, here.district.origin)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ({FORM, FILES} if current is not None else {FORM}):
        raise _forged()
    bound_body(request, LARGEST_UPLOAD if kind == FILES else LARGEST_FORM)
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LARGEST_FORM) as data:
        form = Form(data)
        key = form_key(request, here)
        if not key or not fits_form(key, form.text(FORM_FIELD)):
            raise _forged()
        yield form


Posted = Annotated[Form, Depends(posted)]


def signed_in(permission: Permission | None = None) -> Callable[..., Visit]:
    """A dependency: who is signed in, and may do this.

    Args:
        permission: What the route does; None where everybody who is signed in may.

    Returns:
        A dependency that gives a `Visit`; it raises `not_signed_in` or `not_allowed`.
    """

    def visit(here: HereNow, current: Current) -> Visit:
        if current is None:
            raise AccessError("not_signed_in", "sign in first: nobody is signed in here, or no longer")
        if permission is not None:
            check_may(current.person.role, permission)
        return Visit(current.person, here, current.method)

    return visit


Anybody = Annotated[Visit, Depends(signed_in())]
"""Whoever is signed in."""


def check_sender(request: Request, ours: str) -> None:
    """Refuse what a browser says comes from elsewhere than our origin (RFC 6454; Fetch Metadata).

    Raises:
        AccessError: `forged_form`.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if (origin is not None and origin != ours) or (site is not None and site != "same-origin"):
        raise _forged()


def bound_body(request: Request, most: int) -> None:
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

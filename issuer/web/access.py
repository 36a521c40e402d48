"""At the console's door: whose console it is, who is signed in, and whether a form is one of ours.

`posted` runs before every route of the console, whether the route asks for it or not: a request that changes
something and does not carry its session's token is refused before any page sees it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Request

from issuer.access import sessions
from issuer.access.errors import AccessError
from issuer.access.people import Person
from issuer.access.roles import Permission, check_may
from issuer.access.sessions import SignedIn
from issuer.access.tokens import form_token, new_token
from issuer.errors import IssuerError
from issuer.sheets.looks import Looks
from issuer.store import people
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import District
from issuer.web.cookies import cookie_name, held_token
from issuer.web.forms import FILES, FORM, Bounds, Form, sent_form
from issuer.web.public import current_district
from keys.signer import Signer

LARGEST_FORM: Final = 262_144
"""Bytes of a form without files."""
LARGEST_UPLOAD: Final = 12_582_912
"""Bytes of a form with files, which only somebody who is signed in may send."""
MOST_FIELDS: Final = 2_000
MOST_FILES: Final = 20
_OPEN: Final = Bounds({FORM: LARGEST_FORM}, LARGEST_FORM, MOST_FIELDS, MOST_FILES)
_SIGNED_IN: Final = Bounds({FORM: LARGEST_FORM, FILES: LARGEST_UPLOAD}, LARGEST_FORM, MOST_FIELDS, MOST_FILES)


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
        hold: For how long a batch can be undone; None where no worker carries batches out, and what is
            ordered is issued while somebody waits.
    """

    district: District
    store: Store
    now: datetime
    entropy: Entropy
    address: str
    signer_of: Callable[[str], Signer] | None
    clock: Callable[[], datetime]
    looks: Looks
    hold: timedelta | None = None

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
    hold: timedelta | None = request.app.state.hold
    return Here(district, store, clock(), entropy, address, signer_of, clock, looks, hold)


HereNow = Annotated[Here, Depends(here)]


def session_cookie(here: Here) -> str:
    """The cookie that whoever is signed in holds."""
    return cookie_name(here, "cairn")


def visit_cookie(here: Here) -> str:
    """The name of the cookie to which forms are bound while nobody is signed in."""
    return cookie_name(here, "cairn-visit")


def session_token(request: Request, here: Here) -> str:
    """The token of the session that the browser holds, or ""; it may have ended."""
    return held_token(request, session_cookie(here))


def form_key(request: Request, here: Here) -> str:
    """What the forms of this browser are bound to: its session, or its visit; "" where it has neither yet."""
    return session_token(request, here) or held_token(request, visit_cookie(here))


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
    bounds = _OPEN if current is None else _SIGNED_IN
    async with sent_form(request, here.district.origin, form_key(request, here), bounds) as form:
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

"""The door of the students' pages: whose district, who is signed in, and whether a form is one of ours.

How a page of students is made:

    router = APIRouter()                                  # and its name in `pages.ROUTERS`

    @router.get("/badges")                                # the browser asks for /my/badges
    def wall(request: Request, me: Me) -> Response:       # `Me` leads whoever is not signed in to the way in
        rows = ... me.store.reading() ... me.district_id, me.subject_id ...
        return page(request, me.place, Page("badges.title", "badges.html", {"rows": rows}))

    @router.post("/badges/{ref}/stop")
    def stop(request: Request, me: Me, form: Posted) -> Response:
        ...
        return go("/badges", "stopped")                   # then a page, with the words `notice.stopped`

- `signed_in(request)` gives the same `StudentSession` outside of a dependency. What belongs to another
  student or district is `IssuerError("not_found", ...)`: one answer, whether it is there or not.
- Words are in `words/*.toml`, each file with an `[en]` and an `[es]` table of the same keys. A page's title
  is a key. Templates are in `templates/` and extend `base.html`; `t["key"]` is the word in the page's tongue.
- Every form holds `{{ form.token(form_field, form_value) }}`; `posted` runs before every route.
- A page that answers to POST has a GET twin at the same address, so that the language switch leads somewhere.
- No script but our own files under `/my/static`, nothing inline, nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, cast

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from issuer.access.errors import AccessError
from issuer.claiming import sessions
from issuer.claiming.sessions import Method, SignedIn
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import District
from issuer.web.cookies import cookie_name, drop_cookie, held_token, set_cookie
from issuer.web.forms import FORM, Bounds, Form, sent_form
from issuer.web.public import current_district
from keys.signer import Signer

LANGUAGES: Final = ("en", "es")
FIRST: Final = "/my/badges"
"""Where a student is led who has come in."""
LARGEST_FORM: Final = 65_536
"""Bytes of a form; students send no files."""
MOST_FIELDS: Final = 200
_BOUNDS: Final = Bounds({FORM: LARGEST_FORM}, LARGEST_FORM, MOST_FIELDS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request came in, and in which language it is answered.

    Attributes:
        district: Whose pages these are; the host decides.
        store: The database, for this district's rows alone.
        now: The time.
        entropy: Random bytes.
        address: The network address that it came from.
        language: `en` or `es`.
        clock: Gives the time anew, for what takes a while.
        signer_of: Opens the key of a district; None where this process may sign nothing.
    """

    district: District
    store: Store
    now: datetime
    entropy: Entropy
    address: str
    language: str
    clock: Callable[[], datetime]
    signer_of: Callable[[str], Signer] | None

    @property
    def is_secure(self) -> bool:
        """Whether the pages are served by https; a try on this machine is not."""
        return self.district.origin.startswith("https:")


@dataclass(frozen=True, slots=True)
class StudentSession:
    """A student who is signed in.

    Attributes:
        district_id: The district.
        subject_id: The student's number; awards, roster and everything of ours go by it.
        language: `en` or `es`: the one of this page.
        method: How the student came in.
        place: Where the request came in.
    """

    district_id: str
    subject_id: str
    language: str
    method: Method
    place: Place

    @property
    def district(self) -> District:
        """Whose badges these are."""
        return self.place.district

    @property
    def store(self) -> Store:
        """The database, for this district's rows alone."""
        return self.place.store

    @property
    def now(self) -> datetime:
        """The time."""
        return self.place.now

    @property
    def actor(self) -> str:
        """How the audit trail calls the student."""
        return sessions.actor_of(self.subject_id)


def place_of(request: Request) -> Place:
    """The district whose pages were asked for.

    Raises:
        IssuerError: `not_found` at a host where no district is.
    """
    known = getattr(request.state, "place", None)
    if known is not None:
        return cast("Place", known)
    state, district = request.app.state, current_district(request)
    made = Place(
        district,
        state.store.of(district.id),
        state.clock(),
        state.entropy,
        request.client.host if request.client else "",
        language_of(request),
        state.clock,
        state.signer_of,
    )
    request.state.place = made
    return made


PlaceNow = Annotated[Place, Depends(place_of)]


def language_of(request: Request) -> str:
    """What the address asks for, else what this browser chose before, else what it prefers."""
    for said in (request.query_params.get("lang", ""), request.cookies.get(_LANGUAGE, "")):
        if said in LANGUAGES:
            return said
    # In the order in which browsers write it; weights that contradict the order are read by nobody here.
    for part in request.headers.get("accept-language", "")[:200].split(","):
        said = part.partition(";")[0].strip().lower().partition("-")[0]
        if said in LANGUAGES:
            return said
    return LANGUAGES[0]


_LANGUAGE: Final = "cairn-language"


def remember_language(request: Request, answer: Response, place: Place) -> None:
    """Keep the language that the address asked for, in the browser, for a year."""
    if request.query_params.get("lang", "") in LANGUAGES:
        answer.set_cookie(
            _LANGUAGE,
            place.language,
            max_age=31_536_000,
            path="/my",
            secure=place.is_secure,
            httponly=True,
            samesite="lax",
        )


def current(request: Request) -> StudentSession | None:
    """Who is signed in at this browser, if anybody is."""
    place = place_of(request)
    found = sessions.find(place.store, place.district.id, session_token(request, place), now=place.now)
    return _session(place, found) if found is not None else None


Current = Annotated[StudentSession | None, Depends(current)]


def signed_in(request: Request) -> StudentSession:
    """Who is signed in at this browser.

    Raises:
        AccessError: `not_signed_in`; the site answers it by leading to the way in.
    """
    found = current(request)
    if found is None:
        raise AccessError("not_signed_in", "nobody is signed in here, or no longer: come in again")
    return found


Me = Annotated[StudentSession, Depends(signed_in)]


def _session(place: Place, found: SignedIn) -> StudentSession:
    return StudentSession(place.district.id, found.student_id, place.language, found.method, place)


def open_session(
    request: Request, answer: Response, place: Place, student_id: str, method: Method
) -> Response:
    """Sign a student in at this browser, under a token that nobody had before; what it held before ends.

    Args:
        request: What was asked, for the session that the browser held.
        answer: What it is answered; it is given the cookie.
        place: Where.
        student_id: Who has proven to be whom.
        method: By what.
    """
    with place.store.transaction() as session:
        token = sessions.begin(
            session, place.district.id, student_id, method, now=place.now, entropy=place.entropy
        )
    return give_session(request, answer, place, token)


def give_session(request: Request, answer: Response, place: Place, token: str) -> Response:
    """Give a browser a session that was begun; the one that it held before ends."""
    before = session_token(request, place)
    if before:
        sessions.end(place.store, place.district.id, before, now=place.now)
    set_cookie(answer, place, session_cookie(place), token)
    drop_cookie(answer, place, visit_cookie(place))
    return answer


def session_cookie(place: Place) -> str:
    """A student who is signed in holds this cookie; it is not the one of staff."""
    return cookie_name(place, "cairn-student")


def visit_cookie(place: Place) -> str:
    """The cookie to which forms are bound while nobody is signed in."""
    return cookie_name(place, "cairn-student-visit")


def session_token(request: Request, place: Place) -> str:
    """The token of the session that the browser holds, or ""; it may have ended."""
    return held_token(request, session_cookie(place))


def form_key(request: Request, place: Place) -> str:
    """What the forms of this browser are bound to: its session, or its visit; "" where it has neither yet."""
    return session_token(request, place) or held_token(request, visit_cookie(place))


async def posted(request: Request, place: PlaceNow) -> AsyncIterator[Form]:
    """The form that was sent, if it is one of ours; an empty one for a request that changes nothing.

    Raises:
        AccessError: `forged_form`.
        HTTPException: 413.
    """
    async with sent_form(request, place.district.origin, form_key(request, place), _BOUNDS) as form:
        yield form


Posted = Annotated[Form, Depends(posted)]


def leave(request: Request, place: Place, answer: RedirectResponse) -> Response:
    """Sign out, here and in the browser."""
    sessions.end(place.store, place.district.id, session_token(request, place), now=place.now)
    drop_cookie(answer, place, session_cookie(place))
    return answer

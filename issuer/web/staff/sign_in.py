"""Sign in and out, and set a password with a link."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from issuer.access import people, sessions
from issuer.access.errors import AccessError
from issuer.access.passwords import LONGEST, SHORTEST
from issuer.access.sign_in import sign_in
from issuer.store import people as rows
from issuer.web.access import Current, Here, HereNow, Posted, session_cookie, session_token, visit_cookie
from issuer.web.cookies import drop_cookie, set_cookie
from issuer.web.staff.page import HEADERS, WORDS, Page, faults_of, go, leads_back, open_page

router = APIRouter()

TOLD = {"sign_in_refused", "sign_in_slowed", "sign_in_busy"}
"""What is told on the page itself; its form keeps the e-mail."""


@router.get("/sign-in")
def ask(request: Request, here: HereNow, current: Current) -> Response:
    """Ask who it is."""
    if current is not None:
        return go("/")
    return _sign_in_page(request, here, request.query_params.get("next", ""))


@router.post("/sign-in")
def enter(request: Request, here: HereNow, form: Posted) -> Response:
    """Let somebody in who knows their password, under a session that nobody had before."""
    try:
        token = sign_in(
            here.store,
            here.district.id,
            email=form.text("email"),
            password=form.text("password"),
            address=here.address,
            now=here.now,
            entropy=here.entropy,
        )
    except AccessError as refused:
        if refused.code not in TOLD:
            raise
        status = {"sign_in_slowed": 429, "sign_in_busy": 503}.get(refused.code, 403)
        return _sign_in_page(
            request, here, form.text("next"), status=status, email=form.text("email"), refused=refused
        )
    return entered(request, here, token, form.text("next"))


def entered(request: Request, here: Here, token: str, leads_to: str) -> Response:
    """Give the browser its new session; the one that it had before ends."""
    before = session_token(request, here)
    if before:
        sessions.end(here.store, here.district.id, before, now=here.now)
    answer = RedirectResponse(leads_back(leads_to), 303, dict(HEADERS))
    set_cookie(answer, here, session_cookie(here), token)
    drop_cookie(answer, here, visit_cookie(here))
    return answer


@router.post("/sign-out")
def leave(request: Request, here: HereNow, _form: Posted) -> Response:
    """End the session, here and not only in the browser."""
    sessions.end(here.store, here.district.id, session_token(request, here), now=here.now)
    answer = go("/sign-in", "signed-out")
    drop_cookie(answer, here, session_cookie(here))
    return answer


@router.get("/password/{token}")
def choose(request: Request, here: HereNow, token: str) -> Response:
    """Ask for the password that a link sets."""
    person = people.whose_link(here.store, here.district.id, token, now=here.now)
    return _password_page(request, here, token, person)


@router.post("/password/{token}")
def chosen(request: Request, here: HereNow, token: str, form: Posted) -> Response:
    """Set the password that was chosen."""
    person = people.whose_link(here.store, here.district.id, token, now=here.now)
    try:
        password = twice(form.text("password"), form.text("again"))
        people.set_password(here.store, here.district.id, token, password, now=here.now)
    except AccessError as refused:
        if refused.code != "password_refused":
            raise
        return _password_page(request, here, token, person, refused)
    return go("/sign-in", "password-set")


def twice(password: str, again: str) -> str:
    """A new password, typed the same both times.

    Raises:
        AccessError: `password_refused`.
    """
    if password != again:
        raise AccessError("password_refused", "the two passwords differ: type the same one twice", "again")
    return password


def _sign_in_page(
    request: Request,
    here: Here,
    leads_to: str,
    *,
    status: int = 200,
    email: str = "",
    refused: AccessError | None = None,
) -> Response:
    with here.store.reading() as session:
        has_sign_on = rows.provider(session, here.district.id) is not None
    values = {"next": leads_to[:512], "email": email[: people.LONGEST_EMAIL], "has_sign_on": has_sign_on}
    faults = {"email": faults_of(refused)[refused.field]} if refused else {}
    return open_page(request, here, Page(WORDS["sign-in.title"], "sign_in.html", values, status, faults))


def _password_page(
    request: Request,
    here: Here,
    token: str,
    person: people.Person,
    refused: AccessError | None = None,
) -> Response:
    values = {"token": token, "who": person, "shortest": SHORTEST, "longest": LONGEST}
    faults, status = (faults_of(refused), 422) if refused else ({}, 200)
    return open_page(request, here, Page(WORDS["password.title"], "password.html", values, status, faults))

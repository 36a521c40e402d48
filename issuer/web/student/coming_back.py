"""Come back in: with a code by mail, the school's own sign-in, or a passkey."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from issuer.access import provider as providers
from issuer.access import sign_on
from issuer.access.errors import AccessError
from issuer.access.openid import Client
from issuer.access.tokens import is_token, new_token
from issuer.claiming import codes, passkeys
from issuer.claiming.errors import ClaimError
from issuer.claiming.sessions import Method
from issuer.errors import IssuerError
from issuer.outbound import Outbound
from issuer.store import contacts
from issuer.web.cookies import cookie_name, drop_cookie, set_cookie
from issuer.web.limiter import Limiter
from issuer.web.student.door import Place, PlaceNow, Posted, give_session, open_session
from issuer.web.student.page import HEADERS, Page, go, page
from issuer.web.vouching import vouched

router = APIRouter()

BACK: Final = "/my/sign-on/back"
LASTS: Final = timedelta(minutes=10)
"""How long a sign-on may take in the browser."""
MOST_DIGITS: Final = 11
LONGEST_ANSWER: Final = 32_768


@router.get("/code")
def ask_address(request: Request, place: PlaceNow) -> Response:
    """Ask where the code is to go."""
    return page(request, place, Page("code.title", "code.html", {"address": ""}))


@router.post("/code")
def send_code(request: Request, place: PlaceNow, form: Posted) -> Response:
    """Put a code into line, if the address is a student's; nobody here learns whether it is."""
    typed = form.text("address")[:300]
    _count(request, place)
    try:
        codes.ask(place.store, place.district.id, typed, place.language, now=place.now, entropy=place.entropy)
    except ClaimError:
        faults = {"address": "code.bad-address"}
        return page(request, place, Page("code.title", "code.html", {"address": typed}, 422, faults))
    return page(request, place, Page("code.sent", "code_enter.html", {"address": typed, "asked": True}))


@router.get("/code/enter")
def ask_code(request: Request, place: PlaceNow) -> Response:
    """Ask for the code and where it went."""
    return page(request, place, Page("code.enter", "code_enter.html", {"address": "", "asked": False}))


@router.post("/code/enter")
def enter_code(request: Request, place: PlaceNow, form: Posted) -> Response:
    """Come in with the code."""
    typed = form.text("address")[:300]
    _wait(request, place)
    try:
        opened = codes.enter(
            place.store,
            place.district,
            typed,
            form.text("code"),
            now=place.now,
            entropy=place.entropy,
        )
    except ClaimError:
        _failed(request, place)
        values, faults = {"address": typed, "asked": False}, {"code": "code.refused"}
        return page(request, place, Page("code.enter", "code_enter.html", values, 403, faults))
    return give_session(request, go("", "back"), place, opened.token)


@router.get("/passkey")
def ask_passkey(request: Request, place: PlaceNow) -> Response:
    """Ask the browser for a passkey."""
    return _passkey_page(request, place)


@router.post("/passkey")
def enter_passkey(request: Request, place: PlaceNow, form: Posted) -> Response:
    """Come in with a passkey."""
    _wait(request, place)
    try:
        token = passkeys.enter(
            place.store,
            place.district,
            form.text("answer")[:LONGEST_ANSWER],
            now=place.now,
            entropy=place.entropy,
        )
    except ClaimError:
        _failed(request, place)
        return _passkey_page(request, place, refused=True)
    return give_session(request, go("", "back"), place, token)


def _passkey_page(request: Request, place: Place, *, refused: bool = False) -> Response:
    _wait(request, place)
    options = passkeys.ask_known(place.store, place.district, now=place.now, entropy=place.entropy)
    faults, status = ({"": "passkey.refused"}, 403) if refused else ({}, 200)
    return page(request, place, Page("passkey.title", "passkey.html", {"options": options}, status, faults))


@router.get("/sign-on")
def leave_for_it(request: Request, place: PlaceNow) -> Response:
    """Send the student to the district's provider, bound to this browser."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise AccessError("forged_form", "begin at the page of the ways in")
    client = _client(request, place)
    outbound: Outbound = request.app.state.outbound
    found = sign_on.read_metadata(outbound.get(sign_on.metadata_url(client.issuer)), client.issuer)
    held = new_token(place.entropy)
    url = sign_on.authorization_url(found, client, sign_on.begin(held, client))
    answer = RedirectResponse(url, 303, dict(HEADERS))
    set_cookie(answer, place, _cookie(place), f"{held}.{int(place.now.timestamp())}")
    return answer


@router.get("/sign-on/back")
def come_back(request: Request, place: PlaceNow) -> Response:
    """Let in whom the provider vouches for, where the roster gave that address to one student.

    It opens a student's session and nothing else: the console looks at none of it.
    """
    held = _held(request.cookies.get(_cookie(place), ""), place.now)
    client = _client(request, place)
    _wait(request, place)
    outbound: Outbound = request.app.state.outbound
    try:
        said = vouched(outbound, client, request.query_params.multi_items(), held, place.now)
        student_id = _student(place, said.email)
    except AccessError as refused:
        if refused.code == "sign_on_refused":
            _failed(request, place)
        raise
    answer = open_session(request, go("", "back"), place, student_id, Method.SIGN_ON)
    drop_cookie(answer, place, _cookie(place))
    return answer


def _student(place: Place, email: str | None) -> str:
    """Whose school address it is, where it is one student's."""
    found: list[str] = []
    if email is not None:
        with place.store.reading() as session:
            found = list(contacts.at_school_address(session, place.district.id, email.lower()))
    if len(found) != 1:
        raise AccessError("sign_on_refused", "the roster knows no student, or several, by this account")
    return found[0]


def _client(request: Request, place: Place) -> Client:
    secret_of = request.app.state.secret_of
    client = providers.client_of(place.store, place.district, secret_of(place.district.id))
    if client is None:
        raise IssuerError("not_found", "this district has no single sign-on")
    return replace(client, redirect_uri=f"{place.district.origin}{BACK}")


def _cookie(place: Place) -> str:
    return cookie_name(place, "cairn-student-on")


def _held(text: str, now: datetime) -> str:
    """What the browser brings back.

    Raises:
        AccessError: `sign_on_refused` where it did not begin here, or too long ago.
    """
    held, _, since = text[:100].partition(".")
    is_time = since.isascii() and since.isdigit() and len(since) <= MOST_DIGITS
    age = now - datetime.fromtimestamp(int(since), UTC) if is_time else LASTS
    if not is_token(held) or not timedelta(seconds=-1) <= age < LASTS:
        raise AccessError("sign_on_refused", "this sign-on did not begin in this browser, or took too long")
    return held


def _wait(request: Request, place: Place) -> None:
    """Refuse who has failed too often.

    Raises:
        IssuerError: `too_many_requests`.
    """
    limiter: Limiter = request.app.state.limiter
    if limiter.wait(place.address, time.monotonic()) > 0:
        raise IssuerError("too_many_requests", "too many attempts failed: wait a minute")


def _failed(request: Request, place: Place) -> None:
    limiter: Limiter = request.app.state.limiter
    limiter.failed(place.address, time.monotonic())


def _count(request: Request, place: Place) -> None:
    """Count what costs somebody a mail, whether it was asked for rightly or not."""
    _wait(request, place)
    _failed(request, place)

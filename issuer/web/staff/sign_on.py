"""Sign in with the district's own single sign-on, and settle which one that is."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from issuer.access import attempts, sign_on
from issuer.access import provider as providers
from issuer.access.admission import admit
from issuer.access.errors import AccessError
from issuer.access.openid import Client
from issuer.access.roles import Permission
from issuer.access.tokens import is_token, new_token
from issuer.outbound import Outbound
from issuer.web.access import Here, HereNow, Posted, Visit, signed_in
from issuer.web.cookies import cookie_name, drop_cookie, set_cookie
from issuer.web.forms import Form
from issuer.web.staff import nav
from issuer.web.staff.page import HEADERS, WORDS, Page, faults_of, go, leads_back, page
from issuer.web.staff.sign_in import entered
from issuer.web.vouching import vouched

router = APIRouter()
nav.join_settings(
    40, WORDS["sign-on.nav"], "/settings/sign-on", Permission.MANAGE_SETTINGS, WORDS["sign-on.hint"]
)

Setting = Annotated[Visit, Depends(signed_in(Permission.MANAGE_SETTINGS))]
LASTS: Final = timedelta(minutes=10)
"""How long a sign-on may take in the browser."""
MOST_DIGITS: Final = 11
_NOT_THEIRS: Final = frozenset({"sign_on_unreachable", "sign_in_busy"})
"""What is no failed attempt of the person: a school is behind one address, and its sign-on may be down."""
FIELDS: Final = ("issuer", "client_id", "hosted_domain")


@router.get("/sign-on")
def leave_for_it(request: Request, here: HereNow) -> Response:
    """Send the person to the district's provider, bound to this browser."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise AccessError("forged_form", "begin at the sign-in page of this site")
    client = _client(request, here)
    outbound: Outbound = request.app.state.outbound
    found = sign_on.read_metadata(outbound.get(sign_on.metadata_url(client.issuer)), client.issuer)
    held = new_token(here.entropy)
    answer = RedirectResponse(
        sign_on.authorization_url(found, client, sign_on.begin(held, client)), 303, dict(HEADERS)
    )
    leads_to = leads_back(request.query_params.get("next", ""))
    set_cookie(answer, here, _cookie(here), _write(held, here.now, leads_to))
    return answer


@router.get("/sign-on/back")
def come_back(request: Request, here: HereNow) -> Response:
    """Let somebody in whom the provider vouches for, if this browser asked it."""
    held, leads_to = _read(request.cookies.get(_cookie(here), ""), here.now)
    client = _client(request, here)
    attempts.take_sign_on(here.store, here.district.id, here.address, now=here.now)
    outbound: Outbound = request.app.state.outbound
    try:
        said = vouched(outbound, client, request.query_params.multi_items(), held, here.now)
        token = admit(here.store, here.district.id, said, now=here.now, entropy=here.entropy)
    except AccessError as refused:
        if refused.code in _NOT_THEIRS:
            attempts.sign_on_settled(here.store, here.district.id, here.address)
        raise
    attempts.sign_on_settled(here.store, here.district.id, here.address)
    answer = entered(request, here, token, leads_to)
    drop_cookie(answer, here, _cookie(here))
    return answer


@router.get("/settings/sign-on")
def show(request: Request, visit: Setting) -> Response:
    """Which provider it is."""
    return _settings_page(request, visit, None)


@router.post("/settings/sign-on")
def choose(request: Request, visit: Setting, form: Posted) -> Response:
    """Choose a provider, or none."""
    try:
        if form.text("issuer"):
            providers.choose(
                visit.store,
                visit.district.id,
                issuer=form.text("issuer"),
                client_id=form.text("client_id"),
                hosted_domain=form.text("hosted_domain") or None,
                now=visit.now,
                actor=visit.person.actor,
            )
        else:
            providers.forget(visit.store, visit.district.id, now=visit.now, actor=visit.person.actor)
    except AccessError as refused:
        return _settings_page(request, visit, form, refused)
    return go("/settings/sign-on", "saved")


def _settings_page(
    request: Request, visit: Visit, form: Form | None, refused: AccessError | None = None
) -> Response:
    client = providers.client_of(visit.store, visit.district)
    typed = {name: form.text(name) for name in FIELDS} if form else dict.fromkeys(FIELDS, "")
    if form is None and client is not None:
        typed = {name: getattr(client, name) or "" for name in FIELDS}
    values = {"typed": typed, "back": f"{visit.district.origin}{providers.BACK}"}
    faults, status = (faults_of(refused), 422) if refused else ({}, 200)
    return page(request, visit, Page(WORDS["sign-on.title"], "sign_on.html", values, status, faults))


def _client(request: Request, here: Here) -> Client:
    secret_of = request.app.state.secret_of
    client = providers.client_of(here.store, here.district, secret_of(here.district.id))
    if client is None:
        raise AccessError("sign_on_refused", "this district has no single sign-on: use your password")
    return client


def _cookie(here: Here) -> str:
    return cookie_name(here, "cairn-sign-on")


def _write(held: str, begun: datetime, leads_to: str) -> str:
    """What the browser holds while it is away: its random bits, since when, and where it wanted to go."""
    return (
        f"{held}.{int(begun.timestamp())}.{base64.urlsafe_b64encode(leads_to.encode()).decode().rstrip('=')}"
    )


def _read(text: str, now: datetime) -> tuple[str, str]:
    """What the browser brings back.

    Raises:
        AccessError: `sign_on_refused` where it did not begin here, or too long ago.
    """
    held, _, rest = text[:2_048].partition(".")
    since, _, place = rest.partition(".")
    is_time = since.isascii() and since.isdigit() and len(since) <= MOST_DIGITS
    age = now - datetime.fromtimestamp(int(since), UTC) if is_time else LASTS
    if not is_token(held) or not timedelta(seconds=-1) <= age < LASTS:
        raise AccessError("sign_on_refused", "this sign-on did not begin in this browser, or took too long")
    try:
        return held, base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode()
    except ValueError:
        return held, ""

"""Claim a badge: open the link, or scan the slip; keep it. Two taps, no account.

Opening a link changes nothing, for scanners of mail open every link; keeping it is a form that is sent.
"""

from __future__ import annotations

import base64
import time
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from issuer.carry.facts import facts_of
from issuer.carry.picture import picture_of
from issuer.claiming import claims, problems
from issuer.claiming.claims import Kind, Offered
from issuer.claiming.errors import ClaimError
from issuer.claiming.problems import What
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.store import dossier
from issuer.web.limiter import Limiter
from issuer.web.student.door import Me, Place, PlaceNow, Posted, give_session
from issuer.web.student.page import HEADERS, Page, go, page

router = APIRouter()

_OVER = {"claim_used": "used", "claim_ended": "ended"}


@router.get("/claim/{secret}")
def offer_link(request: Request, place: PlaceNow, secret: str) -> Response:
    """What a link offers."""
    return _offer(request, place, Kind.LINK, secret)


@router.post("/claim/{secret}")
def keep_link(request: Request, place: PlaceNow, secret: str, _form: Posted) -> Response:
    """Keep the badge, and be led to all of one's badges."""
    return _keep(request, place, Kind.LINK, secret)


@router.get("/claim/{secret}/wrong")
def ask_what(request: Request, place: PlaceNow, secret: str) -> Response:
    """What is wrong with the badge."""
    return _wrong(request, place, secret)


@router.post("/claim/{secret}/wrong")
def tell_what(request: Request, place: PlaceNow, secret: str, form: Posted) -> Response:
    """Tell the registrar. The badge waits under its link as before."""
    try:
        offered = _look(request, place, Kind.LINK, secret)
        problems.report(
            place.store,
            place.district.id,
            offered.student_id,
            offered.credential_id,
            what=form.text("what"),
            said=form.text("said"),
            now=place.now,
            entropy=place.entropy,
        )
    except ClaimError as fault:
        if fault.code != "problem_refused":
            return _over(request, place, fault)
        return _wrong(request, place, secret, fault, form.text("what"), form.text("said"))
    return page(
        request, place, Page("told.title", "told.html", {"back": f"/my/claim/{quote(secret, safe='')}"})
    )


@router.get("/slip")
def ask_code(request: Request, place: PlaceNow) -> Response:
    """Ask for the code of a slip."""
    return page(request, place, Page("slip.title", "slip.html", {"typed": ""}))


@router.post("/slip")
def typed_code(request: Request, place: PlaceNow, form: Posted) -> Response:
    """Look whether the code is a slip's, and lead on to what it offers."""
    typed = form.text("code")[:60]
    try:
        _look(request, place, Kind.SLIP, typed)
    except ClaimError as fault:
        if fault.code != "claim_unknown":
            return _over(request, place, fault)
        values, faults = {"typed": typed}, {"code": "slip.unknown"}
        return page(request, place, Page("slip.title", "slip.html", values, 404, faults))
    return RedirectResponse(f"/my/slip/{quote(typed.strip(), safe='')}", 303, dict(HEADERS))


@router.get("/slip/{secret}")
def offer_slip(request: Request, place: PlaceNow, secret: str) -> Response:
    """What a slip offers."""
    return _offer(request, place, Kind.SLIP, secret)


@router.post("/slip/{secret}")
def keep_slip(request: Request, place: PlaceNow, secret: str, _form: Posted) -> Response:
    """Come in with a slip."""
    return _keep(request, place, Kind.SLIP, secret)


@router.get("/problem")
def ask_problem(request: Request, me: Me) -> Response:
    """What is wrong, asked of who is signed in; `badge` names which badge, or none."""
    badge, name = _badge(me.place, me.subject_id, request.query_params.get("badge", ""))
    return _problem_page(request, me.place, "/my/problem", badge, name)


@router.post("/problem")
def tell_problem(request: Request, me: Me, form: Posted) -> Response:
    """Tell the registrar."""
    badge, name = _badge(me.place, me.subject_id, form.text("badge"))
    try:
        problems.report(
            me.store,
            me.district_id,
            me.subject_id,
            f"urn:uuid:{badge}" if badge else None,
            what=form.text("what"),
            said=form.text("said"),
            now=me.now,
            entropy=me.place.entropy,
        )
    except ClaimError as fault:
        typed = form.text("what"), form.text("said")
        return _problem_page(request, me.place, "/my/problem", badge, name, fault, *typed)
    return go("/ways-back", "told")


def _badge(place: Place, student_id: str, badge: str) -> tuple[str, str]:
    """A badge of this very student, and its name; nothing where none is named.

    Raises:
        IssuerError: `not_found`, also for somebody else's.
    """
    if not badge:
        return "", ""
    with place.store.reading() as session:
        name = f"urn:uuid:{badge}"
        found = dossier.own_badge(session, place.district.id, student_id, name, place.now)
    if found is None:
        raise IssuerError("not_found", "there is no such badge")
    return badge, claims.badge_name(stored(place.store, place.district.id, found.credential_id).document)


def _look(request: Request, place: Place, kind: Kind, secret: str) -> Offered:
    """What a secret offers, as often as an address may try.

    Raises:
        ClaimError: As `claims.look`.
        IssuerError: `too_many_requests`.
    """
    limiter: Limiter = request.app.state.limiter
    if limiter.wait(place.address, time.monotonic()) > 0:
        raise IssuerError("too_many_requests", "too many links that do not exist: wait a minute")
    try:
        return claims.look(place.store, place.district, kind, secret, now=place.now)
    except ClaimError as fault:
        if fault.code == "claim_unknown":
            limiter.failed(place.address, time.monotonic())
        raise


def _offer(request: Request, place: Place, kind: Kind, secret: str) -> Response:
    try:
        offered = _look(request, place, kind, secret)
    except ClaimError as fault:
        return _over(request, place, fault)
    picture, alt = _picture(place, offered.credential_id) if offered.credential_id else ("", "")
    address = f"/my/{'claim' if kind is Kind.LINK else 'slip'}/{quote(secret, safe='')}"
    values: dict[str, Any] = {
        "offered": offered,
        "address": address,
        "picture": picture,
        "alt": alt,
        "is_link": kind is Kind.LINK,
    }
    return page(request, place, Page("claim.title", "claim.html", values))


def _keep(request: Request, place: Place, kind: Kind, secret: str) -> Response:
    try:
        _look(request, place, kind, secret)
        _, token = claims.keep(
            place.store, place.district, kind, secret, now=place.now, entropy=place.entropy
        )
    except ClaimError as fault:
        return _over(request, place, fault)
    return give_session(request, go("", "claimed"), place, token)


def _over(request: Request, place: Place, fault: ClaimError) -> Response:
    """A link that was real says to its holder what became of it; any other is answered like every other.

    Raises:
        ClaimError: `claim_unknown`, which the site answers with one page for all.
    """
    if fault.code not in _OVER:
        raise fault
    values = {"why": f"claim.{_OVER[fault.code]}"}
    return page(request, place, Page("claim.over", "claim_over.html", values, 410))


def _wrong(  # noqa: PLR0917 - what was typed stays on the page
    request: Request,
    place: Place,
    secret: str,
    fault: ClaimError | None = None,
    what: str = "",
    said: str = "",
) -> Response:
    try:
        offered = _look(request, place, Kind.LINK, secret)
    except ClaimError as over:
        return _over(request, place, over)
    address = f"/my/claim/{quote(secret, safe='')}/wrong"
    return _problem_page(request, place, address, "", offered.badge, fault, what, said)


def _problem_page(  # noqa: PLR0917 - what was typed stays on the page
    request: Request,
    place: Place,
    address: str,
    badge: str,
    name: str,
    fault: ClaimError | None = None,
    what: str = "",
    said: str = "",
) -> Response:
    values = {
        "address": address,
        "back": _back(address, badge),
        "badge": badge,
        "name": name,
        "kinds": [one.value for one in What],
        "what": what if what in list(What) else "",
        "said": said[: problems.LONGEST],
        "longest": problems.LONGEST,
    }
    faults = {fault.field: f"problem.fault-{fault.field or 'many'}"} if fault is not None else {}
    status = 422 if fault is not None else 200
    return page(request, place, Page("problem.title", "problem.html", values, status, faults))


def _back(address: str, badge: str) -> str:
    """From where somebody came who says that something is wrong."""
    if address.endswith("/wrong"):
        return address.removesuffix("/wrong")
    return f"/my/badges/{badge}" if badge else "/my/ways-back"


def _picture(place: Place, credential_id: str) -> tuple[str, str]:
    """The badge's picture as a `data:` URI, and what it shows."""
    issued = stored(place.store, place.district.id, credential_id)
    with place.store.reading() as session:
        badge = dossier.badge(session, place.district.id, credential_id)
        entry = district_catalogue(session, place.district.id).get(badge.code) if badge else None
        facts = facts_of(issued.document)
        picture = picture_of(session, place.district.id, facts, entry, issued.signed_at)
    return _data(picture.svg()), picture.alt


def _data(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"

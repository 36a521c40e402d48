"""The pages: one to ask, one to answer, and the two addresses that QR codes carry.

Nothing here decides anything: what was sent goes through `verifier.intake`, the check and `verifier.report`,
in this order, and a template prints what comes out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_network
from typing import Final, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Match

from verifier.evidence import Code, Presented, PresentedKind, Verdict
from verifier.intake import Item, read_path
from verifier.listing import lines_of, list_json
from verifier.moment import MomentRefused, parse_moment
from verifier.obtain import CURRENT
from verifier.picture import picture_of
from verifier.presentation_report import explain_presentation
from verifier.receipt import draft_receipt, sign_receipt
from verifier.report import Report, explain
from verifier.web.again import pack, unpack
from verifier.web.site import GUESSABLE, Site, TooManyLookUps
from verifier.web.uploads import MOST_FILES, check_each, files_of, is_one
from verifier.web.words import PAGES

MAX_FIELD: Final = 524_288
MOST_OF_A_PAGE: Final = 24_000
"""Octets of a page with what it carries: with all that is loaded beside it, below 40 kB."""

PLACES: Final = {
    "check": "/",
    "batch": "/batch",
    "receipts": "/receipt",
    "issuers": "/issuers",
    "how": "/how",
    "developers": "/developers",
}
"""What the menu offers, in its order: the word's key to the page's address."""


pages = APIRouter()


def site_of(request: Request) -> Site:
    """The site that the request came to."""
    site: Site = request.app.state.site
    return site


def locale_of(request: Request, asked: object = None) -> str:
    """The language: as asked for, else as the browser prefers, else English."""
    named = asked if isinstance(asked, str) else request.query_params.get("lang", "")
    if named in PAGES:
        return named
    for preferred in request.headers.get("accept-language", "")[:200].split(","):
        language = preferred.split(";")[0].strip()[:2].lower()
        if language in PAGES:
            return language
    return "en"


def address_of(request: Request) -> str:
    """Who asks: an address, or the network of one where a household or a school has many (RFC 6177)."""
    host = request.client.host if request.client else ""
    try:
        return str(ip_network((host, 64), strict=False)) if ":" in host else host
    except ValueError:
        return host


def origin_of(request: Request) -> str:
    """Where this site was asked: its scheme, its name (which the guard knows to be ours) and its port."""
    return f"{request.url.scheme}://{request.url.netloc}"


def places_of(request: Request) -> dict[str, str]:
    """The places that have a page on this site, and its address: what is switched off is in no menu."""
    asked = {"type": "http", "method": "GET", "headers": [], "root_path": ""}
    return {
        place: path
        for place, path in PLACES.items()
        if any(route.matches(asked | {"path": path})[0] is Match.FULL for route in request.app.routes)
    }


@dataclass(frozen=True, slots=True)
class Carried:
    """What the answer to a form carries, so that its reader can have it in the other language.

    Args:
        action: Where the same is sent again.
        fields: With these.
    """

    action: str
    fields: Mapping[str, str]


def page(
    request: Request,
    name: str,
    locale: str,
    status: int = 200,
    /,
    *,
    carried: Carried | None = None,
    **values: object,
) -> HTMLResponse:
    """Draw a page.

    Args:
        request: What it answers.
        name: Of the template.
        locale: "en" or "es".
        status: HTTP.
        carried: For the answer to a form; left out where the page would be too large.
        values: For the template.
    """
    template = site_of(request).templates.get_template(name)
    other = next(other for other in PAGES if other != locale)
    known = {
        "words": PAGES[locale],
        "locale": locale,
        "other": other,
        "places": places_of(request),
        "here": request.url.path,
        "asked_for": request.method != "POST",
    }
    text = template.render(**known, carried=carried, **values)
    if carried and len(text.encode()) > MOST_OF_A_PAGE:
        text = template.render(**known, carried=None, **values)
    return HTMLResponse(text, status, headers={"Content-Language": locale, "Vary": "Accept-Language"})


def error_page(request: Request, status: int) -> HTMLResponse:
    """One sentence for each status; nothing of what was sent is repeated."""
    locale = locale_of(request)
    words = PAGES[locale]
    sentence = words.get(f"error.{status}", words["error.500" if status >= 500 else "error.400"])  # noqa: PLR2004 - RFC 9110
    return page(request, "error.html", locale, status, sentence=sentence)


@pages.get("/")
@pages.head("/")
async def home(request: Request) -> Response:
    """Ask for a code, a link, a file or a text."""
    return page(request, "home.html", locale_of(request))


@pages.get("/check")
@pages.head("/check")
async def ways_to_check(request: Request) -> Response:
    """Ask in every way; also where a result page was reloaded without what it was about."""
    return page(request, "check.html", locale_of(request))


@pages.get("/how")
@pages.head("/how")
async def how_it_works(request: Request) -> Response:
    """What is checked, what the colours mean, and what is kept."""
    return page(request, "how.html", locale_of(request))


@pages.post("/check")
async def check(request: Request) -> Response:
    """Check what was typed, pasted or uploaded; with `at`, as of that day or time in the past."""
    async with request.form(max_files=MOST_FILES, max_fields=6, max_part_size=MAX_FIELD) as form:
        sent = await files_of(form)
        locale = locale_of(request, form.get("lang"))
        day, again = form.get("at") or "", form.get("again") or ""
        current = bool(form.get("current"))
    site, address = site_of(request), address_of(request)
    try:
        at = parse_moment(str(day), site.clock()) if day else None
        items = await asyncio.to_thread(unpack, str(again)) or await request.app.state.intake.read(
            sent, site, address
        )
        items = tuple(map(_current, items)) if current else items
    except MomentRefused as refused:
        return page(request, "error.html", locale, 400, sentence=PAGES[locale][f"error.{refused.code}"])
    except TooManyLookUps as refused:
        return _too_many(request, refused)
    if _wants_json(request):
        return JSONResponse(list_json(await check_each(site, items, address, at), locale))
    carried = await asyncio.to_thread(_carried, items, str(day), current=current)
    if is_one(items) and items[0].presented.kind is PresentedKind.PRESENTATION:
        try:
            verdict, _ = await site.check_presentation(items[0].presented, address, at)
        except TooManyLookUps as refused:
            return _too_many(request, refused)
        told = explain_presentation(verdict, locale)
        return page(request, "presentation.html", locale, carried=carried, report=told)
    if is_one(items):
        return await _result(request, items[0].presented, locale, at=at, carried=carried)
    lines = lines_of(await check_each(site, items, address, at), locale)
    return page(request, "several.html", locale, carried=carried, lines=lines)


def _carried(items: Sequence[Item], day: str, *, current: bool) -> Carried | None:
    packed = pack(items)
    fields = {"again": packed, "at": day, "current": "yes" if current else ""}
    return Carried("/check", fields) if packed else None


def _current(item: Item) -> Item:
    """The same link or code, for the badge that took the place of a corrected one."""
    if item.presented.kind not in GUESSABLE:
        return item
    return replace(item, presented=replace(item.presented, source=CURRENT))


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


@pages.get("/c/{text}")
@pages.get("/C/{text}")
async def code(request: Request, text: str) -> Response:
    """What a printed code stands for."""
    return await _looked_up(request, "C", text)


@pages.get("/s/{text}")
@pages.get("/S/{text}")
async def share(request: Request, text: str) -> Response:
    """What a student's link stands for."""
    return await _looked_up(request, "S", text)


async def _looked_up(request: Request, kind: Literal["C", "S"], text: str) -> Response:
    return await _result(request, read_path(kind, text), locale_of(request), again=True)


async def _result(
    request: Request,
    presented: Presented,
    locale: str,
    *,
    again: bool = False,
    at: datetime | None = None,
    carried: Carried | None = None,
) -> Response:
    try:
        checked = await site_of(request).checked(presented, address_of(request), at)
    except TooManyLookUps as refused:
        return _too_many(request, refused)
    verdict = checked.verdict
    words = PAGES[locale]
    unreadable = ""
    if presented.kind is PresentedKind.UNREADABLE:
        unreadable = words.get(f"unreadable.{presented.code}", "")
    report = explain(verdict, locale)
    embedded = picture_of(verdict)
    return page(
        request,
        "result.html",
        locale,
        carried=carried,
        report=report,
        again=again,
        newer=_newer(presented, verdict),
        is_newer=presented.source == CURRENT,
        unreadable=unreadable,
        digest=checked.digest,
        picture=await request.app.state.pictures.draw(embedded) if embedded else "",
        caption=embedded.caption if embedded else "",
        draft=_draft(request, report, checked.digest),
        signed=_signed(verdict),
    )


@pages.get("/picture/{token}")
async def picture(request: Request, token: str) -> Response:
    """The drawing that a result page shows, as long as it is kept.

    Raises:
        HTTPException: 404.
    """
    drawn = request.app.state.pictures.find(token)
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn, media_type="image/png")


def _too_many(request: Request, refused: TooManyLookUps) -> Response:
    answer = error_page(request, 429)
    answer.headers.update(refused.turn.headers())
    return answer


def _newer(presented: Presented, verdict: Verdict) -> str:
    """What asks for the badge that took the place of this one; "" where there is no way to it.

    It is reached through the holder's own link or code alone: who has a file asks its holder.
    """
    if verdict.code is not Code.REPLACED or presented.kind not in GUESSABLE or presented.source == CURRENT:
        return ""
    return pack([Item(presented)])


def _draft(request: Request, report: Report, digest: str) -> str:
    """The signed draft of a receipt, which the page carries until it is asked for; "" where there is none."""
    keys = site_of(request).receipts
    draft = draft_receipt(report, digest, origin_of(request)) if keys else None
    return sign_receipt(draft, keys.signer, draft=True) if keys and draft else ""


def _signed(verdict: Verdict) -> str:
    """What was signed, for reading; nothing where the proof did not pass."""
    if verdict.credential is None:
        return ""
    return json.dumps(verdict.credential.value, ensure_ascii=True, indent=2)

"""The pages: one to ask, one to answer, and the two addresses that QR codes carry.

Nothing here decides anything: what was sent goes through `verifier.intake`, the check and `verifier.report`,
in this order, and a template prints what comes out.
"""

from __future__ import annotations

import json
from datetime import datetime
from ipaddress import ip_network
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from credential.dates import format_date_time
from verifier.evidence import Presented, PresentedKind, Verdict
from verifier.intake import read_path
from verifier.listing import lines_of, list_json
from verifier.moment import MomentRefused, parse_moment
from verifier.report import explain
from verifier.web.site import Site, TooManyLookUps
from verifier.web.uploads import MOST_FILES, check_each, files_of, is_one
from verifier.web.words import PAGES

MAX_FIELD: Final = 524_288

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


def page(request: Request, name: str, locale: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """Draw a page."""
    template = site_of(request).templates.get_template(name)
    other = next(other for other in PAGES if other != locale)
    text = template.render(words=PAGES[locale], locale=locale, other=other, **values)
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
async def nothing_to_check() -> Response:
    """A result page that was reloaded without what it was about."""
    return RedirectResponse("/", 303)


@pages.post("/check")
async def check(request: Request) -> Response:
    """Check what was typed, pasted or uploaded; with `at`, as of that day or time in the past."""
    async with request.form(max_files=MOST_FILES, max_fields=4, max_part_size=MAX_FIELD) as form:
        sent = await files_of(form)
        locale = locale_of(request, form.get("lang"))
        day = form.get("at") or ""
    site, address = site_of(request), address_of(request)
    try:
        at = parse_moment(str(day), site.clock()) if day else None
        items = await request.app.state.intake.read(sent, site, address)
    except MomentRefused as refused:
        return page(request, "error.html", locale, 400, sentence=PAGES[locale][f"error.{refused.code}"])
    except TooManyLookUps:
        return _too_many(request)
    if _wants_json(request):
        return JSONResponse(list_json(await check_each(site, items, address, at), locale))
    if is_one(items):
        return await _result(request, items[0].presented, locale, at=at)
    lines = lines_of(await check_each(site, items, address, at), locale)
    return page(request, "several.html", locale, lines=lines)


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
) -> Response:
    try:
        verdict = await site_of(request).check(presented, address_of(request), at)
    except TooManyLookUps:
        return _too_many(request)
    words = PAGES[locale]
    unreadable = ""
    if presented.kind is PresentedKind.UNREADABLE:
        unreadable = words.get(f"unreadable.{presented.code}", "")
    return page(
        request,
        "result.html",
        locale,
        report=explain(verdict, locale),
        again=again,
        unreadable=unreadable,
        checked_at=_seconds(verdict.checked_at),
        signed=_signed(verdict),
    )


def _too_many(request: Request) -> Response:
    answer = error_page(request, 429)
    answer.headers["Retry-After"] = "60"
    return answer


def _seconds(at: datetime) -> str:
    return format_date_time(at.replace(microsecond=0))


def _signed(verdict: Verdict) -> str:
    """What was signed, for reading; nothing where the proof did not pass."""
    if verdict.credential is None:
        return ""
    return json.dumps(verdict.credential.value, ensure_ascii=True, indent=2)

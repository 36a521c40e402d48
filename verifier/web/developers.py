"""Pages for developers: the programming interface, its description, and what each problem means."""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from verifier.web.openapi import OPERATIONS, document_text
from verifier.web.pages import locale_of, origin_of, page, site_of
from verifier.web.problem import STATUSES
from verifier.web.rate import Rate
from verifier.web.words import PAGES

developers = APIRouter()

_CODE: Final = re.compile(r"[a-z_]{1,40}")
_DOCUMENT: Final = document_text().encode("utf-8")


@developers.get("/developers")
@developers.head("/developers")
async def interface(request: Request) -> Response:
    """How programs ask, in English, with commands that can be copied."""
    site = site_of(request)
    limits: tuple[tuple[str, Rate], ...] = (
        ("badges sent whole, presentations and challenges", site.whole),
        ("links, pictures, PDF and ZIP files", site.rate),
        ("codes and share links", site.codes),
    )
    return page(
        request,
        "developers.html",
        "en",
        origin=origin_of(request),
        operations=OPERATIONS,
        limits=[(said, rate.name, rate.per_minute) for said, rate in limits],
        problems=[
            (code, int(status), PAGES["en"][f"problem.{code}.title"]) for code, status in STATUSES.items()
        ],
        receipts=site.receipts is not None,
    )


@developers.get("/problems/{code}")
@developers.head("/problems/{code}")
async def problem_page(request: Request, code: str) -> Response:
    """What a problem means, and what to do."""
    if not _CODE.fullmatch(code) or code not in STATUSES:
        raise HTTPException(404)
    locale = locale_of(request)
    told = {part: PAGES[locale][f"problem.{code}.{part}"] for part in ("title", "text")}
    return page(request, "problem.html", locale, code=code, told=told)


@developers.get("/openapi.json")
async def described() -> Response:
    """The OpenAPI document."""
    return Response(_DOCUMENT, media_type="application/openapi+json")

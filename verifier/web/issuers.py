"""`/issuers`: whom this site knows, and why."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from verifier.trust.describing import IssuerTold, describe_lists
from verifier.trust.likeness import skeleton
from verifier.trust.model import Trust
from verifier.web.pages import locale_of, page, site_of
from verifier.web.words import PAGES

MOST_SHOWN: Final = 40
"""Issuers of one list on one page; a search finds the others."""
LONGEST_QUESTION: Final = 100

issuers = APIRouter()


@issuers.get("/issuers")
@issuers.head("/issuers")
async def who_is_known(request: Request) -> Response:
    """Every list that this site goes by: whose it is, how old, and whom it recognises for what."""
    site = site_of(request)
    locale = locale_of(request)
    asked = request.query_params.get("q", "")[:LONGEST_QUESTION].strip()
    told = describe_lists(site.policy.trust, locale, site.clock(), PAGES[locale])
    shown = tuple(replace(one, issuers=found(one.issuers, asked)[:MOST_SHOWN]) for one in told)
    more = sum(len(found(one.issuers, asked)) for one in told) - sum(len(one.issuers) for one in shown)
    logos = {
        one.logo: f"/issuers/logo/{logo_name(one.logo)}.png" for t in shown for one in t.issuers if one.logo
    }
    return page(request, "issuers.html", locale, lists=shown, logos=logos, asked=asked, more=more)


@issuers.get("/issuers/logo/{name}.png")
@issuers.head("/issuers/logo/{name}.png")
async def logo(request: Request, name: str) -> Response:
    """A listed issuer's picture: pixels that were checked when the list was read, and nothing else."""
    for picture in _logos(site_of(request).policy.trust):
        if logo_name(picture) == name:
            octets = base64.b64decode(picture.partition(",")[2])
            return Response(
                octets, media_type="image/png", headers={"Cache-Control": "public, max-age=86400"}
            )
    raise HTTPException(404)


def logo_name(picture: str) -> str:
    """The name under which a logo is served; it follows from the picture."""
    return hashlib.sha256(picture.encode()).hexdigest()[:24]


def found(listed: tuple[IssuerTold, ...], asked: str) -> tuple[IssuerTold, ...]:
    """The issuers whose name, place or identifier holds what was asked for; all where nothing was."""
    if not asked:
        return listed
    wanted = skeleton(asked)
    return tuple(
        one
        for one in listed
        if (wanted and wanted in skeleton(f"{one.name} {one.place}"))
        or any(asked.lower() in issuer_id.lower() for issuer_id in one.ids)
    )


def _logos(trust: Trust) -> Iterable[str]:
    return (e.listed.logo for one in trust.lists for e in one.entries if e.listed and e.listed.logo)

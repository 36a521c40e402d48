"""`/issuers`: whom this site knows, and why."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from verifier.trust.describing import ListTold, describe_lists
from verifier.trust.model import Trust
from verifier.web.pages import locale_of, page, site_of
from verifier.web.words import PAGES

issuers = APIRouter()


@issuers.get("/issuers")
@issuers.head("/issuers")
async def who_is_known(request: Request) -> Response:
    """Every list that this site goes by: whose it is, how old, and whom it recognises for what."""
    site = site_of(request)
    locale = locale_of(request)
    told = describe_lists(site.policy.trust, locale, site.clock(), PAGES[locale])
    return page(request, "issuers.html", locale, lists=told, logos=_logo_addresses(told))


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


def _logos(trust: Trust) -> Iterable[str]:
    return (e.listed.logo for one in trust.lists for e in one.entries if e.listed and e.listed.logo)


def _logo_addresses(told: Iterable[ListTold]) -> dict[str, str]:
    """A logo's data to its address: the page's policy lets it load pictures from this site alone."""
    return {
        one.logo: f"/issuers/logo/{logo_name(one.logo)}.png" for t in told for one in t.issuers if one.logo
    }

"""The programming interface: `POST /credentials/verify`, and how the service is."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from verifier.web.pages import address_of, site_of
from verifier.web.site import TooManyLookUps
from verifier.web.vcalm import MALFORMED, RequestRefused, answer, parse_request

PROBLEM = "application/problem+json"

api = APIRouter()


def problem(status: int, type: str, code: str, detail: str) -> JSONResponse:  # noqa: A002 - RFC 9457's own name
    """A problem (RFC 9457), in the shape that a failed verification has too."""
    told = {"type": type, "title": code, "detail": detail}
    body = told | {"status": status, "verified": False, "problemDetails": [told]}
    return JSONResponse(body, status, media_type=PROBLEM)


@api.post("/credentials/verify")
async def verify_credential(request: Request) -> Response:
    """Verify a credential (VCALM 1.0, 3.3.1)."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        return problem(415, MALFORMED, "not_json", "send application/json")
    try:
        asked = parse_request(await request.body())
        verdict = await site_of(request).check(asked.presented, address_of(request))
    except RequestRefused as refused:
        return problem(400, refused.type, refused.code, refused.detail)
    except TooManyLookUps:
        return problem(429, "about:blank", "too_many_look_ups", "wait a minute")
    status, body = answer(verdict, asked.options)
    return JSONResponse(body, status)


@api.get("/healthz")
async def healthy() -> Response:
    """Whether the process answers."""
    return JSONResponse({"status": "ok"})


@api.get("/readyz")
async def ready(request: Request) -> Response:
    """Whether it can recognise anybody: without a trust list no badge is ever valid."""
    site = site_of(request)
    trust, now = site.policy.trust, site.clock()
    if not any(one.entries and not one.problem and not one.expired(now) for one in trust.lists):
        return JSONResponse({"status": "no_trust_list"}, 503)
    return JSONResponse({"status": "ok", "trust_list": trust.name, "recognised": len(trust.entries)})

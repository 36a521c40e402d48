"""The programming interface in VCALM's shape, and how the service is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from contexts.document import parse
from contexts.errors import DocumentError
from verifier.evidence import Presented, PresentedKind
from verifier.web.pages import address_of, site_of
from verifier.web.presented import parse_presentation_request, presentation_answer
from verifier.web.presenting import Asked, check_presentation
from verifier.web.problem import Fault, RequestRefused, problem
from verifier.web.rate import Turn
from verifier.web.site import TooManyLookUps
from verifier.web.v1 import expect_json, too_many
from verifier.web.vcalm import TYPES, answer, parse_request, problem_details

api = APIRouter()


@api.post("/credentials/verify")
async def verify_credential(request: Request) -> Response:
    """Verify a credential (VCALM 1.0, 3.3.1)."""
    try:
        expect_json(request)
        asked = parse_request(await request.body())
        checked = await site_of(request).checked(asked.presented, address_of(request))
    except RequestRefused as refused:
        return _refused(request, refused)
    except TooManyLookUps as refused:
        return too_many(request, refused)
    status, body = answer(checked.verdict, asked.options)
    return _answered(request, status, body, checked.turn)


@api.post("/presentations/verify")
async def verify_presentation(request: Request) -> Response:
    """Verify a presentation and each credential in it (VCALM 1.0, 3.3.2)."""
    try:
        expect_json(request)
        asked = parse_presentation_request(await request.body())
        question = Asked(asked.challenge, asked.domain)
        found, turn = await check_presentation(
            site_of(request), asked.presented, address_of(request), question
        )
    except RequestRefused as refused:
        return _refused(request, refused)
    except TooManyLookUps as refused:
        return too_many(request, refused)
    status, body = presentation_answer(asked, found)
    return _answered(request, status, body, turn)


@api.post("/challenges")
async def make_challenge(request: Request) -> Response:
    """Make a challenge that one presentation can answer, once (VCALM 1.0, 3.3.3). The body is empty."""
    site, body = site_of(request), await request.body()
    try:
        if body.strip() and parse(body).value:
            told = "send no body, or an empty object"
            return problem(request, "bad_request", Fault("", "not_empty", told))
        turn = site.admit(Presented(PresentedKind.DOCUMENT), address_of(request))
    except DocumentError as error:
        return problem(request, "bad_json", Fault(error.pointer, error.code, error.message))
    except TooManyLookUps as refused:
        return too_many(request, refused)
    return JSONResponse(
        {"challenge": site.challenges.make(site.clock())}, headers=turn.headers() if turn else None
    )


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


def _refused(request: Request, refused: RequestRefused) -> Response:
    """A problem of ours that bears the standards' problems too."""
    if refused.code not in TYPES:
        return problem(request, refused.code, *refused.faults)
    more = {"verified": False, "problemDetails": problem_details(refused)}
    return problem(request, refused.code, *refused.faults, more=more)


def _answered(request: Request, status: int, body: dict[str, Any], turn: Turn | None) -> Response:
    """A verdict is an answer, whatever it says; what is no badge at all is a problem that bears it."""
    headers = turn.headers() if turn else {}
    if status < 400:  # noqa: PLR2004 - RFC 9110
        return JSONResponse(body, status, headers=headers)
    return problem(request, "not_a_badge", headers=headers, more=body)

"""`/v1`: the programming interface with our own report, for one badge and for many."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from verifier.evidence import Presented, PresentedKind
from verifier.intake import MOST_ITEMS
from verifier.presentation import is_presentation
from verifier.presentation_report import presentation_json
from verifier.receipt import draft_receipt, finish, sign_receipt
from verifier.report import as_json, explain
from verifier.turns import TooBusy
from verifier.web.pages import address_of, origin_of, site_of
from verifier.web.presenting import Asked, check_presentation
from verifier.web.problem import Fault, RequestRefused, problem, problem_body, trace_of
from verifier.web.rate import Turn
from verifier.web.site import TooManyLookUps
from verifier.web.uploads import MOST_FILES, files_of, is_one
from verifier.web.verifications import One, Wanted, parse_form, parse_many, parse_one

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"
MAX_FIELD: Final = 4_096

TOGETHER: Final = 3
"""How many badges of one batch are checked at once: others are not to wait for all of it."""

MOST_SECONDS: Final = 45.0
"""How long one batch may take; what was not reached by then says so."""

v1 = APIRouter(prefix="/v1")


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and what was counted for it."""

    body: dict[str, Any]
    turn: Turn | None


@v1.post("/verifications")
async def verify_one(request: Request) -> Response:
    """Check one badge: itself, its link, its code, or a file."""
    try:
        if media_type_of(request) == FORM:
            one, wanted = await _sent(request)
        else:
            expect_json(request)
            one, wanted = parse_one(await request.body(), site_of(request).clock())
        _expect_receipts(request, wanted)
        told = await _told(request, one.presented, wanted)
    except RequestRefused as refused:
        return problem(request, refused.code, *refused.faults)
    except TooManyLookUps as refused:
        return too_many(request, refused)
    return JSONResponse(told.body, headers=told.turn.headers() if told.turn else None)


@v1.post("/verifications:batch")
async def verify_many(request: Request) -> Response:
    """Check many: each has its answer, in the order in which they came."""
    site = site_of(request)
    try:
        if media_type_of(request) == FORM:
            items, wanted = await _files(request)
        else:
            expect_json(request)
            items, wanted = await asyncio.to_thread(parse_many, await request.body(), site.clock())
        _expect_receipts(request, wanted)
    except RequestRefused as refused:
        return problem(request, refused.code, *refused.faults)
    except TooManyLookUps as refused:
        return too_many(request, refused)
    answers = await _each(request, items, wanted)
    codes = Counter(
        told["problem"]["code"] if "problem" in told else told["report"]["code"] for told in answers
    )
    return JSONResponse({"items": answers, "counts": dict(sorted(codes.items()))})


def media_type_of(request: Request) -> str:
    """The media type of a request's body, without its parameters."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def expect_json(request: Request) -> None:
    """Hold a request to JSON.

    Raises:
        RequestRefused: It says that it is something else.
    """
    if media_type_of(request) != JSON:
        raise RequestRefused("wrong_type")


def too_many(request: Request, refused: TooManyLookUps) -> Response:
    """Answer a request that came too often."""
    return problem(request, "too_many_requests", headers=refused.turn.headers())


def _expect_receipts(request: Request, wanted: Wanted) -> None:
    if wanted.receipt and site_of(request).receipts is None:
        raise RequestRefused(
            "no_receipts", Fault("/receipt", "no_receipts", "this verifier gives no receipts")
        )


async def _sent(request: Request) -> tuple[One, Wanted]:
    """The one badge of a form."""
    items, wanted = await _files(request)
    if len(items) > 1:
        told = f"this holds {len(items)} badges: send it to /v1/verifications:batch"
        raise RequestRefused("several_badges", Fault("", "several_badges", told))
    return items[0], wanted


async def _files(request: Request) -> tuple[tuple[One, ...], Wanted]:
    """The badges of the files of a form, each once."""
    site = site_of(request)
    async with request.form(max_files=MOST_FILES, max_fields=8, max_part_size=MAX_FIELD) as form:
        fields = {name: text for name, text in form.items() if isinstance(text, str) and name != "file"}
        sent = await files_of(form)
        if not any(data for _, data in sent):
            raise RequestRefused("bad_request", Fault("", "no_file", "send a file, in a field named file"))
    wanted = parse_form(fields, site.clock())
    items = await request.app.state.intake.read(sent, site, address_of(request), MOST_ITEMS)
    if is_one(items):
        return (One(items[0].presented, items[0].name or None),), wanted
    return tuple(One(item.presented, item.name or None) for item in items), wanted


async def _told(request: Request, presented: Presented, wanted: Wanted) -> Told:
    site, address = site_of(request), address_of(request)
    if presented.kind is PresentedKind.PRESENTATION or is_presentation(presented):
        found, turn = await check_presentation(site, presented, address, Asked(at=wanted.at))
        report = presentation_json(found.verdict, wanted.lang)
        return Told({"kind": "presentation", "report": report, "digest": "", "receipt": None}, turn)
    checked = await site.checked(presented, address, wanted.at)
    receipt = None
    if wanted.receipt and site.receipts is not None:
        draft = draft_receipt(explain(checked.verdict, wanted.lang), checked.digest, origin_of(request))
        made = finish(draft, site.clock(), photo_id=False) if draft else None
        receipt = sign_receipt(made, site.receipts.signer) if made else None
    report = as_json(checked.verdict, wanted.lang)
    body = {"kind": "badge", "report": report, "digest": checked.digest, "receipt": receipt}
    return Told(body, checked.turn)


async def _each(request: Request, items: Sequence[One], wanted: Wanted) -> list[dict[str, Any]]:
    """The answer for each item: what is the same once, a few at a time, as long as there is time."""
    until = time.monotonic() + MOST_SECONDS
    places: dict[Presented, int] = {}
    same = [places.setdefault(one.presented, number) for number, one in enumerate(items)]
    queue = iter(sorted(places.values()))
    found: dict[int, dict[str, Any]] = {}

    async def work() -> None:
        for number in queue:
            found[number] = await _one_of_many(request, items[number].presented, wanted, until)

    await asyncio.gather(*(work() for _ in range(TOGETHER)))
    return [
        {"index": number, "id": one.id, "same_as": first if first != number else None, **found[first]}
        for number, (one, first) in enumerate(zip(items, same, strict=True))
    ]


async def _one_of_many(
    request: Request, presented: Presented, wanted: Wanted, until: float
) -> dict[str, Any]:
    busy = {"problem": problem_body("busy", trace_of(request), origin=origin_of(request))}
    if time.monotonic() > until:
        return busy
    try:
        return (await _told(request, presented, wanted)).body
    except TooBusy:
        return busy
    except TooManyLookUps:
        code = "too_many_requests"
        return {"problem": problem_body(code, trace_of(request), origin=origin_of(request))}

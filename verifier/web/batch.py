"""`/batch`: many badges at once, for colleges. Works without a script; with one, rows fill live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.datastructures import FormData, UploadFile

from verifier.batch.applicants import load_applicants
from verifier.batch.crosswalk import Basis
from verifier.batch.crosswalk_file import load_crosswalk
from verifier.batch.export import batch_csv
from verifier.batch.paper import paper
from verifier.batch.rows import College, Row
from verifier.batch.sheet import SheetRefused
from verifier.batch.table import FAMILIES, cells, filtered, head, told
from verifier.batch.words import BATCH, say_fault
from verifier.intake import MOST_ITEMS
from verifier.render.batch_pdf import batch_pdf
from verifier.render.workbook import table_workbook
from verifier.web.batches import Batch, Batches, TooManyBatches, counts
from verifier.web.pages import address_of, locale_of, origin_of, page, site_of
from verifier.web.words import PAGES

MAX_FIELD: Final = 524_288
MOST_STREAMS: Final = 50
"""Pages that may be filled live at the same time; the others renew themselves."""

STREAM_LASTS: Final = 600.0
LOOKS_EVERY: Final = 0.4
"""Seconds between two looks at what has changed."""

FILTERS: Final = ("all", *FAMILIES, "look_twice")
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

batch = APIRouter()


def batches_of(request: Request) -> Batches:
    """The batches of the site."""
    kept: Batches = request.app.state.batches
    return kept


def found(request: Request, token: str) -> Batch:
    """The batch with this token.

    Raises:
        HTTPException: 404, the same for a wrong token and for a batch that is gone.
    """
    one = batches_of(request).find(token)
    if one is None:
        raise HTTPException(404)
    return one


Found = Annotated[Batch, Depends(found)]


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form holds: the files, the text of them all, and the college's own sheets."""

    files: Sequence[tuple[str, bytes]]
    crosswalk: bytes
    applicants: bytes
    basis: Basis
    locale: str


@batch.get("/batch")
@batch.head("/batch")
async def ask(request: Request) -> Response:
    """Ask for badges, and for the college's own lists."""
    return _form(request, locale_of(request), 200)


@batch.post("/batch")
async def start(request: Request) -> Response:
    """Take a batch; its page is at an address that only this answer tells."""
    async with request.form(max_files=MOST_ITEMS + 2, max_fields=6, max_part_size=MAX_FIELD) as form:
        sent = await _sent(request, form)
    words = PAGES[sent.locale]
    if not sent.files:
        return _form(request, sent.locale, 400, words["batch.nothing"])
    which = "crosswalk"
    try:
        lines = (
            await asyncio.to_thread(load_crosswalk, sent.crosswalk, sent.basis) if sent.crosswalk else None
        )
        which = "applicants"
        listed = await asyncio.to_thread(load_applicants, sent.applicants) if sent.applicants else None
    except SheetRefused as refused:
        faults = [say_fault(fault, sent.locale) for fault in refused.faults]
        return _form(request, sent.locale, 400, BATCH[sent.locale][f"sheet.{which}"], faults)
    try:
        token = batches_of(request).start(
            sent.files, College(lines, listed), address_of(request), origin_of(request), sent.locale
        )
    except TooManyBatches as refused:
        why = words["batch.too_many_mine"] if refused.mine else words["batch.too_many"]
        answer = _form(request, sent.locale, 429 if refused.mine else 503, why)
        answer.headers["Retry-After"] = "60"
        return answer
    return RedirectResponse(f"/batch/{token}?lang={sent.locale}", 303)


@batch.get("/batch/{token}")
async def show(request: Request, token: str) -> Response:
    """The rows as far as they are, those of one kind where that is asked for."""
    locale = locale_of(request)
    one = batches_of(request).find(token)
    if one is None:
        words = PAGES[locale]
        return page(request, "error.html", locale, 404, sentence=words["batch.gone"])
    asked = request.query_params.get("show", "")
    chosen = asked if asked in FILTERS else "all"
    rows = one.settled()
    return page(
        request,
        "batch_rows.html",
        locale,
        batch=one,
        status=_status(one, locale),
        place=f"/batch/{token}",
        filters=[(name, counts(rows)[name]) for name in FILTERS],
        chosen=chosen,
        rows=[told(row, locale) for row in filtered(rows, chosen)],
    )


@batch.get("/batch/{token}/live", response_class=EventSourceResponse)  # noqa: FAST003 - `found` takes the token
async def live(request: Request, one: Found, show: str = "all") -> AsyncIterator[ServerSentEvent]:
    """Each row as it comes or changes, how far the batch is, and in the end that it is done."""
    locale = locale_of(request)
    streams = request.app.state.__dict__.setdefault("batch_streams", [0])
    if streams[0] >= MOST_STREAMS:
        yield ServerSentEvent(event="full", raw_data="")
        return
    streams[0] += 1
    try:
        async for event in _events(request, one, show if show in FILTERS else "all", locale):
            yield event
    finally:
        streams[0] -= 1


@batch.get("/batch/{token}/batch.csv")  # noqa: FAST003 - `found` takes the token
async def save_csv(request: Request, one: Found) -> Response:
    """The rows as CSV."""
    rows = one.settled()
    data = await asyncio.to_thread(batch_csv, rows, locale_of(request))
    return _file(data, "text/csv; charset=utf-8", "batch.csv")


@batch.get("/batch/{token}/batch.xlsx")  # noqa: FAST003 - `found` takes the token
async def save_workbook(request: Request, one: Found) -> Response:
    """The rows as a workbook."""
    locale, rows = locale_of(request), one.settled()

    def made() -> bytes:
        title = BATCH[locale]["column.award"]
        return table_workbook(title, head(locale), [cells(row, locale) for row in rows])

    async with site_of(request).turns.turn(address_of(request)):
        data = await asyncio.to_thread(made)
    return _file(data, WORKBOOK, "batch.xlsx")


@batch.get("/batch/{token}/batch.pdf")  # noqa: FAST003 - `found` takes the token
async def save_paper(request: Request, one: Found) -> Response:
    """The rows as paper, with the signed receipt of each attached."""
    locale, rows = locale_of(request), one.settled()
    on_paper = paper(rows, origin_of(request), site_of(request).clock(), locale)
    async with site_of(request).turns.turn(address_of(request)):
        data = await asyncio.to_thread(batch_pdf, on_paper)
    return _file(data, "application/pdf", "batch.pdf")


@batch.post("/batch/{token}/delete")
async def delete(request: Request, token: str) -> Response:
    """Forget the batch at once; the same answer where there was none."""
    async with request.form(max_files=0, max_fields=2, max_part_size=64) as form:
        locale = locale_of(request, form.get("lang"))
    batches_of(request).delete(token)
    return page(request, "batch_deleted.html", locale)


async def _events(request: Request, one: Batch, chosen: str, locale: str) -> AsyncIterator[ServerSentEvent]:
    row_of = site_of(request).templates.get_template("batch_row.html")
    begun = asyncio.get_running_loop().time()
    drawn: dict[str, Row] = {}
    seen = -1
    while asyncio.get_running_loop().time() - begun < STREAM_LASTS:
        version, finished = one.version, one.is_finished
        if version != seen:
            rows = one.settled()
            for row in filtered(rows, chosen):
                if drawn.get(row.label) != row:
                    drawn[row.label] = row
                    text = row_of.render(told=told(row, locale), words=PAGES[locale], locale=locale)
                    yield ServerSentEvent(event="row", raw_data=text)
            counted = counts(rows)
            status = {"status": _status(one, locale), "counts": {name: counted[name] for name in FILTERS}}
            yield ServerSentEvent(event="progress", raw_data=json.dumps(status))
            seen = version
        if finished:
            yield ServerSentEvent(event="done", raw_data="")
            return
        await asyncio.sleep(LOOKS_EVERY)


async def _sent(request: Request, form: FormData) -> Sent:
    files = [
        (file.filename or "", await file.read())
        for file in form.getlist("file")
        if isinstance(file, UploadFile) and file.size
    ]
    text = form.get("text")
    if isinstance(text, str) and text.strip():
        files.append(("", text.encode("utf-8", "replace")))
    basis = Basis.TODAY if form.get("basis") == Basis.TODAY else Basis.EARNED
    locale = locale_of(request, form.get("lang"))
    return Sent(files, await _upload(form, "crosswalk"), await _upload(form, "applicants"), basis, locale)


async def _upload(form: FormData, name: str) -> bytes:
    file = form.get(name)
    return await file.read() if isinstance(file, UploadFile) else b""


def _form(
    request: Request, locale: str, status: int, fault: str = "", faults: Sequence[str] = ()
) -> Response:
    return page(request, "batch.html", locale, status, fault=fault, faults=faults)


def _status(one: Batch, locale: str) -> str:
    words = PAGES[locale][f"batch.state.{one.state}"]
    return words.format(done=one.done, total=one.total)


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)

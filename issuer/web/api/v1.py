"""`/v1`: awards, batches of them, and the jobs that carry batches out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Annotated, Any, Final

import anyio
from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from contexts.document import Limits
from issuer.api import cursor
from issuer.api.batches import MOST_AWARDS, Batch, Event, as_json
from issuer.api.errors import ApiError, Fault
from issuer.api.keys import Scope, opens
from issuer.api.once import once
from issuer.api.ordering import RowResult, checked, column_of, issue_records, parse_record
from issuer.errors import IssuerError
from issuer.roster import RowReport
from issuer.roster.columns import COLUMNS
from issuer.store import api, jobs, queries
from issuer.store.api import Listed
from issuer.store.status_lists import random_name
from issuer.store.tables import State
from issuer.web.api.calling import (
    BATCH_LIMITS,
    BODY_LIMITS,
    LARGEST_BODY,
    REPLAYED,
    Batching,
    Calling,
    Issuing,
    Reading,
    limit_of,
    members,
    next_link,
    queried,
    read_body,
)
from issuer.web.api.rate import Streams
from issuer.web.api.vcalm import issued_id

USUAL, MOST = 50, 200
"""Entries of a list that are given at a time."""
LOOKS: Final = 30
"""How often one connection looks for events; afterwards the program asks again, from the last one it saw."""
EVERY: Final = 1.0
_NUMBERS: Final = 9

v1 = APIRouter(prefix="/v1")


async def award_body(calling: Issuing) -> bytes:
    """The body of an award, after whoever sends it was let in."""
    return await read_body(calling.request, LARGEST_BODY)


async def batch_body(calling: Batching) -> bytes:
    """The body of a batch, likewise."""
    return await read_body(calling.request, _limits(calling).max_bytes)


@v1.get("/awards")
def list_awards(calling: Reading) -> Response:
    """Awards with their credentials, in the order in which they were made: what is new stands at the end."""
    given = queried(calling.request, {"limit", "cursor", "status", "code"})
    most, status, code = limit_of(given, USUAL, MOST), given.get("status", ""), given.get("code", "")
    if status not in ("", "active", "withdrawn"):
        raise ApiError("bad_request", "status is active or withdrawn")
    of = json.dumps(["awards", status, code])
    after = None
    if "cursor" in given:
        at, last = cursor.parse(calling.district, of, given["cursor"])
        after = (datetime.fromisoformat(str(at)), str(last))
    with calling.store.reading() as session:
        found = api.awards(session, calling.district.id, after=after, status=status, code=code, most=most + 1)
        held = jobs.held(session, calling.district.id, [one.award_ref for one in found], now=calling.now)
    following = None
    if len(found) > most:
        found = found[:most]
        position = (found[-1].reserved_at.isoformat(), found[-1].credential_id)
        following = cursor.compose(calling.district, of, position)
    items = [award_json(one, held.get(one.award_ref)) for one in found]
    headers = next_link(calling.request, following)
    return calling.answer({"items": items, "next_cursor": following}, headers=headers)


@v1.post("/awards")
def create_award(calling: Issuing, body: Annotated[bytes, Depends(award_body)]) -> Response:
    """Issue one award: 201, or what is wrong with it."""
    office = calling.office
    office.check_policy(Scope.ISSUE)
    record = parse_record(members(body, COLUMNS), 1, "")
    asked = calling.asked(body, record.values["award_ref"], record.values["external_id"])
    with once(calling.store, calling.district.id, calling.caller.key, asked, now=calling.now) as turn:
        if turn.status is not None:
            return _award(calling, turn.subject, 201, replayed=True)
        (result,) = issue_records(office, [record])
        issued_id(result, [_alone(result)])
        turn.done(201, result.award_ref)
    return _award(calling, result.award_ref, 201, replayed=not result.first, result=result)


@v1.get("/awards/{award_ref:path}")
def one_award(calling: Reading, award_ref: str) -> Response:
    """One award by its reference."""
    return _award(calling, award_ref, 200)


@v1.post("/batches")
def create_batch(calling: Batching, body: Annotated[bytes, Depends(batch_body)]) -> Response:
    """Issue many awards: 202, and what becomes of each stands at the batch. `?dry_run=true` only looks."""
    office = calling.office
    office.check_policy(Scope.BATCHES)
    given = queried(calling.request, {"dry_run"})
    if given.get("dry_run", "false") not in ("true", "false"):
        raise ApiError("bad_request", "dry_run is true or false")
    awards = members(body, {"awards"}, _limits(calling)).get("awards")
    if not isinstance(awards, list) or not awards:
        told = "awards is a list of at least one award"
        raise ApiError("bad_request", told, [Fault("no_awards", told, "/awards")])
    if len(awards) > calling.api.batches.most_awards:
        most = calling.api.batches.most_awards
        raise ApiError("batch_too_large", f"{len(awards)} awards: at most {most} go in one batch here")
    records = [parse_record(one, number, f"/awards/{number - 1}") for number, one in enumerate(awards, 1)]
    if given.get("dry_run") == "true":
        return calling.answer({"rows": [_looked(one) for one in checked(office, records)]})
    asked = calling.asked(body, random_name(calling.api.entropy))
    with once(calling.store, calling.district.id, calling.caller.key, asked, now=calling.now) as turn:
        replayed = turn.status is not None
        if replayed:
            batch = calling.api.batches.batch_of(calling.store, calling.district.id, turn.subject)
        else:
            batch = calling.api.batches.submit_batch(office, turn.subject, records)
            turn.done(202)
    headers = {"Location": f"/v1/batches/{batch.id}"} | ({REPLAYED: "true"} if replayed else {})
    return calling.answer(_batch(batch), 202, headers=headers)


@v1.get("/batches/{batch_id}")
def one_batch(calling: Batching, batch_id: str) -> Response:
    """How far a batch has come."""
    batch = calling.api.batches.batch_of(calling.store, calling.district.id, batch_id)
    return calling.answer(_batch(batch))


@v1.get("/batches/{batch_id}/rows")
def batch_rows(calling: Batching, batch_id: str) -> Response:
    """What became of each award of a batch, in their order."""
    given = queried(calling.request, {"limit", "cursor"})
    most = limit_of(given, USUAL, MOST)
    of = json.dumps(["rows", batch_id])
    after = int(cursor.parse(calling.district, of, given["cursor"])[0]) if "cursor" in given else 0
    rows = calling.api.batches.rows_of(
        calling.store, calling.district.id, batch_id, after=after, most=most + 1
    )
    following = None
    if len(rows) > most:
        rows = rows[:most]
        following = cursor.compose(calling.district, of, (rows[-1].row,))
    headers = next_link(calling.request, following)
    return calling.answer({"items": [_row(one) for one in rows], "next_cursor": following}, headers=headers)


@v1.get("/jobs/{job_id}")
def one_job(calling: Batching, job_id: str) -> Response:
    """How far the job has come that carries a batch out. It has the batch's name."""
    batch = calling.api.batches.batch_of(calling.store, calling.district.id, job_id)
    return calling.answer(_batch(batch) | {"kind": "batch"})


@v1.get("/jobs/{job_id}/events")
def job_events(calling: Batching, job_id: str) -> Response:
    """What happens to a job, as server-sent events; `Last-Event-ID` goes on after one that was seen."""
    seen = calling.request.headers.get("last-event-id", "0")
    if not seen.isascii() or not seen.isdigit() or len(seen) > _NUMBERS:
        raise ApiError("bad_request", "Last-Event-ID is the id of an event of this job")
    batches, store, district_id = calling.api.batches, calling.store, calling.district.id
    first = batches.events_of(store, district_id, job_id, after=int(seen))
    over = batches.batch_of(store, district_id, job_id).is_over

    streams, whose = calling.api.streams, f"{district_id} {calling.caller.key.id}"
    if not streams.has_room(whose):
        raise ApiError("too_many_requests", "too many streams of events are open: close one first")

    def look(after: int) -> list[Event] | None:
        if not opens(store, district_id, calling.caller.key.id, now=calling.now):
            return None
        return batches.events_of(store, district_id, job_id, after=after)

    told = _counted(streams, whose, _watched(look, int(seen), first, ended=over))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", **calling.turn.headers()}
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


async def _watched(
    look: Callable[[int], list[Event] | None], last: int, events: list[Event], *, ended: bool
) -> AsyncIterator[bytes]:
    """Events as they come, for `LOOKS` looks at most, and until a look gives None: its key opens no more."""
    yield b"retry: 2000\n\n"
    for _ in range(LOOKS):
        for one in events:
            last = one.number
            ended = ended or one.type == "finished"
            yield _event(one)
        if ended:
            return
        await anyio.sleep(EVERY)
        found = await run_in_threadpool(look, last)
        if found is None:
            return
        events = found
        if not events:
            yield b": waiting\n\n"


async def _counted(streams: Streams, whose: str, told: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A stream that counts as open from its first octet on: what is never read is never closed either."""
    if not streams.take(whose):
        return
    try:
        async for one in told:
            yield one
    finally:
        streams.give_back(whose)


def award_json(one: Listed, held_until: datetime | None = None) -> dict[str, Any]:
    """An award as programs read it. The badge has the name; here is what the district's systems join by.

    Args:
        one: The award.
        held_until: Until when its badge stays in the house, because its batch can be undone; None: it may go.
    """
    held = held_until is not None and one.state == State.SIGNED
    signed = one.state in {State.SIGNED, State.RELEASED}
    standing = "held" if held else "issued" if signed else "pending"
    return {
        "award_ref": one.award_ref,
        "external_id": one.student_id,
        "credential_code": one.code,
        "date_earned": one.facts.get("date_earned"),
        "last_day": one.facts.get("last_day"),
        "credential_id": one.credential_id,
        "state": "withdrawn" if one.revoked_at else standing,
        "held_until": held_until.isoformat(timespec="seconds") if held_until and held else None,
        "reason": one.reason,
        "revoked_at": one.revoked_at.isoformat(timespec="seconds") if one.revoked_at else None,
    }


def _award(
    calling: Calling, reference: str, status: int, *, replayed: bool = False, result: RowResult | None = None
) -> Response:
    with calling.store.reading() as session:
        found = api.awards(session, calling.district.id, refs=[reference], most=1)
        until = jobs.held_until(session, calling.district.id, reference, now=calling.now)
        destroyed = not found and queries.award(session, calling.district.id, reference) is not None
    if not found:
        if destroyed or replayed:
            raise ApiError("gone", "what this led to was destroyed")
        raise IssuerError("not_found", "the district has no award with this reference")
    told = award_json(found[0], until)
    if result is not None:
        told |= {"code": result.code, "note": result.why}
    headers = {REPLAYED: "true"} if replayed else {}
    return calling.answer(told, status, headers=headers)


def _limits(calling: Calling) -> Limits:
    """How much a batch may say: more where workers carry it out."""
    return BATCH_LIMITS if calling.api.batches.most_awards > MOST_AWARDS else BODY_LIMITS


def _alone(result: RowResult) -> Fault:
    """What is wrong with an award that came alone: it has no row."""
    one = result.fault()
    return Fault(one.code, one.message, one.pointer)


def _batch(batch: Batch) -> dict[str, Any]:
    links = {"rows": f"/v1/batches/{batch.id}/rows", "events": f"/v1/jobs/{batch.id}/events"}
    return as_json(batch) | {"links": links}


def _row(one: RowResult) -> dict[str, Any]:
    told: dict[str, Any] = {
        "row": one.row,
        "award_ref": one.award_ref,
        "state": one.state,
        "credential_id": one.credential_id,
        "code": one.code,
        "column": one.column,
        "message": one.why,
        "pointer": f"/awards/{one.row - 1}" + (f"/{one.column}" if one.column else ""),
    }
    return told


def _looked(report: RowReport) -> dict[str, Any]:
    column = column_of(report)
    return {
        "row": report.line,
        "award_ref": report.award_ref,
        "outcome": report.outcome.value,
        "code": report.code,
        "column": column,
        "message": report.why,
        "notes": [{"code": one.code, "message": one.text} for one in report.notes],
    }


def _event(one: Event) -> bytes:
    return f"id: {one.number}\nevent: {one.type}\ndata: {json.dumps(one.data)}\n\n".encode()

"""What the district tells anybody: its keys, its lists, what its badges mean; and a badge to who holds its
link.

Nothing here serves a credential by its id. Public documents carry `Access-Control-Allow-Origin: *`, because a
verifier may run in a browser and these documents are the same for everybody; `/retrieve` does not.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from contexts.document import Limits, parse
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.qr import read_code, read_token
from issuer.achievement_images import MEDIA_TYPE, digest_in
from issuer.described import achievement_document, profile_document
from issuer.errors import IssuerError
from issuer.public_documents import (
    DID_SECONDS,
    IMAGE_SECONDS,
    LIST_SECONDS,
    MEANING_SECONDS,
    cache_control,
)
from issuer.publication import DID_PATH, list_path, notes_path
from issuer.publisher import parts_of
from issuer.shares import Opened, not_shared, open_code, open_token
from issuer.store import achievement_images, published, queries, restorations
from issuer.store.session import Store
from issuer.store.tables import District
from issuer.trust_list import LIST_PATH
from issuer.web.guard import small_body
from issuer.web.limiter import Limiter

BODY_LIMITS = Limits(max_bytes=4_096, max_depth=2, max_nodes=8, max_string=400)

AHEAD = timedelta(seconds=60)
"""How far a reader's clock may be ahead of ours where it asks for a moment."""
LISTS = list_path("")
"""What the address of every list, and of the notes beside it, begins with."""
LONGEST_TIMESTAMP = 40
"""Characters of a moment that is asked for."""

router = APIRouter()


def current_district(request: Request) -> District:
    """The district that publishes at the host that was asked.

    Raises:
        IssuerError: `not_found` for any other host, so that no answer is made for a name that is not ours.
    """
    store: Store = request.app.state.store
    hosts = [value.lower() for name, value in request.headers.items() if name == "host"]
    with store.reading() as session:
        found = queries.district_at(session, hosts[0]) if len(hosts) == 1 else None
    if found is None:
        raise IssuerError("not_found", "nobody publishes here under this name")
    return found


At = Annotated[District, Depends(current_district)]


def _store(request: Request, district: District) -> Store:
    """The database, for this district's rows alone."""
    store: Store = request.app.state.store
    return store.of(district.id)


def _now(request: Request) -> datetime:
    clock: Callable[[], datetime] = request.app.state.clock
    return clock()


def _public(request: Request, body: bytes, media_type: str, *, etag: str, seconds: int) -> Response:
    """A document that is the same for everybody; 304 where the reader has it (RFC 9110, 13.1.2)."""
    headers = {
        "ETag": f'"{etag}"',
        "Cache-Control": cache_control(seconds),
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    asked = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if f'"{etag}"' in asked or "*" in asked:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _published(request: Request, district: District, path: str, seconds: int) -> Response:
    """The current version of a published document, or the one of the moment that `?timestamp=` names.

    Bitstring Status List 1.0, 3.2: the list of that moment, or an error, and never another one.
    """
    moment = _moment(request)
    with _store(request, district).reading() as session:
        if path.startswith(LISTS):
            restorations.check_settled(session, district.id)
        if moment is None:
            found = published.current(session, district.id, path)
        else:
            found = published.at(session, district.id, path, moment)
    if found is None:
        raise IssuerError(
            "not_found",
            "nothing is published under this address"
            if moment is None
            else "nothing was published under this address at that time",
        )
    if moment is not None and found.valid_until is not None and found.valid_until < moment:
        raise IssuerError("not_found", "what was published at that time had ended before it")
    return _public(request, found.body, found.media_type, etag=found.etag, seconds=seconds)


def _moment(request: Request) -> datetime | None:
    """The moment that is asked for (XML Schema's dateTimeStamp: with its zone), if one is.

    Raises:
        IssuerError: `bad_request` for one that cannot be read, that is asked for twice, or that is to come.
    """
    asked = request.query_params.getlist("timestamp")
    if not asked:
        return None
    try:
        if len(asked) > 1 or len(asked[0]) > LONGEST_TIMESTAMP:
            raise ValueError  # noqa: TRY301 - the same answer for every fault
        read = parse_date_time(asked[0])
    except ValueError as fault:
        raise _no_moment() from fault
    if read.assumed_utc:
        raise _no_moment()
    now = _now(request)
    if read.instant > now + AHEAD:
        raise IssuerError("bad_request", "that time is still to come: nobody knows what will be published")
    return min(read.instant, now)


def _no_moment() -> IssuerError:
    return IssuerError(
        "bad_request",
        "timestamp is one moment with its time zone, as 2026-06-01T12:00:00Z; write + in it as %2B",
    )


def _described(request: Request, body: bytes) -> Response:
    return _public(
        request,
        body,
        "application/ld+json",
        etag=hashlib.sha256(body).hexdigest()[:32],
        seconds=MEANING_SECONDS,
    )


@router.api_route("/.well-known/did.json", methods=["GET", "HEAD"])
def did_document(request: Request, district: At) -> Response:
    """The district's DID document (did:web, Read)."""
    return _published(request, district, DID_PATH, DID_SECONDS)


@router.api_route("/status/{list_id}", methods=["GET", "HEAD"])
def status_list(request: Request, district: At, list_id: str) -> Response:
    """A status list (Bitstring Status List 1.0, 2.2)."""
    return _published(request, district, list_path(list_id), LIST_SECONDS)


@router.api_route("/status/{list_id}/notes", methods=["GET", "HEAD"])
def withdrawal_notes(request: Request, district: At, list_id: str) -> Response:
    """The notes beside a status list: days and coarse reasons, no names."""
    return _published(request, district, notes_path(list_id), LIST_SECONDS)


@router.api_route("/trust/list.jwt", methods=["GET", "HEAD"])
def trust_list(request: Request, district: At) -> Response:
    """The signed list of issuers that the district recognises, where it publishes one."""
    return _published(request, district, LIST_PATH, LIST_SECONDS)


@router.api_route("/issuers/{district_id}", methods=["GET", "HEAD"])
def issuer_profile(request: Request, district: At, district_id: str) -> Response:
    """Who the district is (Open Badges 3.0, Profile)."""
    if district_id != district.id:
        raise IssuerError("not_found", "nothing is published under this address")
    return _described(request, profile_document(district))


@router.api_route("/achievements/{achievement_id}", methods=["GET", "HEAD"])
def achievement(request: Request, district: At, achievement_id: str) -> Response:
    """What a badge is given for (Open Badges 3.0, Achievement)."""
    with _store(request, district).reading() as session:
        found = queries.achievement(session, district.id, achievement_id)
    if found is None:
        raise IssuerError("not_found", "nothing is published under this address")
    return _described(request, achievement_document(found.document))


@router.api_route("/images/{name}", methods=["GET", "HEAD"])
def image(request: Request, district: At, name: str) -> Response:
    """The picture of an achievement (Open Badges 3.0, Image), for ever the same under its address."""
    digest = digest_in(name)
    with _store(request, district).reading() as session:
        found = achievement_images.with_digest(session, district.id, digest) if digest else None
    if found is None:
        raise IssuerError("not_found", "nothing is published under this address")
    return _public(request, found.body, MEDIA_TYPE, etag=digest, seconds=IMAGE_SECONDS)


class Retrieval(BaseModel):
    """What a verifier sends: the token of a link, or a code."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    token: str | None = None
    code: str | None = None
    form: Literal["vc", "jwt"] = "vc"
    current: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> Retrieval:
        if (self.token is None) == (self.code is None):
            raise ValueError("send a token or a code")
        return self


@router.post("/retrieve")
def retrieve(request: Request, district: At, body: Annotated[bytes, Depends(small_body)]) -> Response:
    """The stored bytes of the badge that a link or a code opens; one answer for wrong and for unknown."""
    try:
        asked = Retrieval.model_validate(parse(body, BODY_LIMITS).value)
    except ValidationError as fault:
        raise IssuerError("bad_request", 'send {"token": "..."} or {"code": "..."}') from fault
    opened = _with_token(request, district, asked) if asked.token is not None else None
    opened = opened or _with_code(request, district, asked)
    return Response(opened.body, media_type=opened.media_type, headers={"Cache-Control": "no-store"})


def _with_token(request: Request, district: District, asked: Retrieval) -> Opened:
    try:
        text = asked.token or ""
        token = read_token(text if "-" in text else f"{district.tag}-{text}").token
    except CredentialError as fault:
        raise not_shared() from fault
    store, now = _store(request, district), _now(request)
    return open_token(store, district, token, form=asked.form, now=now, current=asked.current)


def _with_code(request: Request, district: District, asked: Retrieval) -> Opened:
    limiter: Limiter = request.app.state.limiter
    client = request.client.host if request.client else ""
    if limiter.wait(client, time.monotonic()) > 0:
        raise IssuerError("too_many_requests", "too many codes that do not exist: wait a minute")
    try:
        code = read_code(asked.code or "").code
        store, now = _store(request, district), _now(request)
        return open_code(store, district, code, form=asked.form, now=now, current=asked.current)
    except CredentialError as fault:
        limiter.failed(client, time.monotonic())
        raise not_shared() from fault
    except IssuerError as fault:
        if fault.code == "not_shared":
            limiter.failed(client, time.monotonic())
        raise


@router.get("/K/{code}")
def slip(code: str) -> RedirectResponse:
    """The short address in capitals on a student's slip; what it opens is under `/my`."""
    return RedirectResponse(f"/my/slip/{quote(code, safe='')}", 303, {"Cache-Control": "no-store"})


@router.get("/healthz")
def healthz() -> JSONResponse:
    """Whether this process answers."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
def readyz(request: Request) -> JSONResponse:
    """Whether the issuer can do its work: database, migrations, keys, lists, publisher."""
    parts = parts_of(request.app.state.store, request.app.state.publisher, _now(request))
    ready = all(state == "ok" for state in parts.values())
    return JSONResponse(
        {"status": "ok" if ready else "not ready", "parts": parts},
        200 if ready else 503,
        headers={"Cache-Control": "no-store"},
    )

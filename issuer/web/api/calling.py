"""Who asks, in what words, and how they are answered: what every route of the interface has in common."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import Response

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from issuer.api.batches import Batches, InRequest
from issuer.api.errors import CODES, ApiError, Fault, sentence
from issuer.api.keys import Caller, Scope, authenticate
from issuer.api.once import Asked, checked_name
from issuer.api.ordering import Office
from issuer.outbound import Outbound
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import District
from issuer.web.api.rate import Rate, Streams, Turn
from issuer.web.limiter import Limiter
from issuer.web.public import At
from keys.signer import Signer

LARGEST_BODY: Final = 1_048_576
"""Bytes of a request's body: 200 awards, or one credential with room to spare."""
BODY_LIMITS: Final = Limits(max_bytes=LARGEST_BODY, max_depth=16, max_nodes=8_000, max_string=8_192)
LARGEST_BATCH: Final = 12_582_912
"""Bytes of a batch that workers carry out: 20,000 awards."""
BATCH_LIMITS: Final = Limits(max_bytes=LARGEST_BATCH, max_depth=16, max_nodes=800_000, max_string=8_192)
JSON: Final = "application/json"
REPLAYED: Final = "Idempotency-Replayed"
LONGEST_LIMIT: Final = 6
"""Digits of the number of entries that are wanted."""


@dataclass(frozen=True, slots=True)
class Api:
    """What the interface works with.

    Attributes:
        store: The database.
        clock: Gives the time.
        entropy: Random bytes.
        signer_of: Opens the key of a district; None where this process may sign nothing.
        batches: What carries batches out.
        rate: How often a key may ask.
        streams: How many streams of events are open.
        failures: How often an address may show what is no key.
        steady: A clock that never goes back, in seconds.
        webhook_key: From what the secrets of webhooks are derived; empty where there is none.
        outbound: How webhooks are told.
    """

    store: Store
    clock: Callable[[], datetime]
    entropy: Entropy
    signer_of: Callable[[str], Signer] | None = None
    batches: Batches = field(default_factory=InRequest)
    rate: Rate = field(default_factory=Rate)
    streams: Streams = field(default_factory=Streams)
    failures: Limiter = field(default_factory=Limiter)
    steady: Callable[[], float] = time.monotonic
    webhook_key: bytes = b""
    outbound: Outbound = field(default_factory=Outbound)


@dataclass(frozen=True, slots=True)
class Calling:
    """One request of a program that was let in.

    Attributes:
        api: What the interface works with.
        district: The district that was asked.
        caller: Who asks.
        turn: How much of the key's allowance is left.
        request: The request.
    """

    api: Api
    district: District
    caller: Caller
    turn: Turn
    request: Request

    @property
    def store(self) -> Store:
        """The database, for the rows of the district."""
        return self.api.store.of(self.district.id)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.api.clock()

    @property
    def office(self) -> Office:
        """Where, by whom and when awards are issued."""
        api = self.api
        return Office(self.store, self.district.id, api.signer_of, api.clock, api.entropy, self.caller.key)

    def asked(self, body: bytes, subject: str, student_id: str = "") -> Asked:
        """The request as it counts once."""
        name = checked_name(_every(self.request, "idempotency-key"))
        path = self.request.url.path
        return Asked(name, f"{self.request.method} {path}\n".encode() + body, subject, student_id[:64])

    def answer(self, value: Any, status: int = 200, *, headers: Mapping[str, str] | None = None) -> Response:
        """An answer in JSON; bytes are JSON already."""
        body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        said = {"Cache-Control": "no-store", **self.turn.headers(), **(headers or {})}
        return Response(body, status, media_type=JSON, headers=said)


def calling(scope: Scope) -> Callable[..., Calling]:
    """A dependency: a program of the district that may do this. Nothing of the body is read before.

    Args:
        scope: What the route does.

    Returns:
        A dependency that gives a `Calling`; it raises `not_authenticated`, `scope_missing` and
        `too_many_requests`.
    """

    def let_in(request: Request, district: At) -> Calling:
        api: Api = request.app.state.api
        caller = _caller(request, api, district)
        turn = api.rate.take(f"{district.id} {caller.key.id}", api.steady())
        request.state.turn = turn
        if not turn.allowed:
            raise ApiError("too_many_requests", "this key has asked too often: wait")
        caller.check(scope)
        return Calling(api, district, caller, turn, request)

    # Read by the test that holds what is described of the routes against what they ask.
    let_in.scope = scope  # type: ignore[attr-defined]
    return let_in


def _caller(request: Request, api: Api, district: District) -> Caller:
    address = request.client.host if request.client else ""
    if api.failures.wait(address, api.steady()) > 0:
        raise ApiError("too_many_requests", "too many requests from here without a key: wait a minute")
    try:
        return authenticate(api.store, district.id, bearer(request), now=api.clock())
    except ApiError as refused:
        if refused.code == "not_authenticated":
            api.failures.failed(address, api.steady())
        raise


def bearer(request: Request) -> str:
    """What came after `Bearer` in the only Authorization header (RFC 6750, 2.1); "" for anything else."""
    given = _every(request, "authorization")
    kind, _, credentials = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    return credentials if kind.lower() == "bearer" else ""


Issuing = Annotated[Calling, Depends(calling(Scope.ISSUE))]
Revoking = Annotated[Calling, Depends(calling(Scope.STATUS))]
Reading = Annotated[Calling, Depends(calling(Scope.READ))]
Batching = Annotated[Calling, Depends(calling(Scope.BATCHES))]
Hooking = Annotated[Calling, Depends(calling(Scope.WEBHOOKS))]


async def read_body(request: Request, most: int, kind: str = JSON) -> bytes:
    """The request's body, up to its first byte too many.

    Raises:
        ApiError: `not_json`, `too_large`.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise ApiError("not_json", f"send Content-Type: {kind}")
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > most:
        raise ApiError("too_large", f"a body here has at most {most} bytes")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise ApiError("too_large", f"a body here has at most {most} bytes")
    return bytes(body)


def members(body: bytes, known: Collection[str], limits: Limits = BODY_LIMITS) -> Mapping[str, Any]:
    """The members of a body, none of which is unknown.

    Raises:
        ApiError: `bad_json`, `bad_request`.
    """
    try:
        value = parse(body, limits).value
    except DocumentError as error:
        told = f"the body is not the JSON that is taken here: {error.message}"
        raise ApiError("bad_json", told, [Fault(error.code, error.message, error.pointer)]) from error
    for name in sorted(set(value) - set(known)):
        told = f"{name[:80]}: no such member"
        raise ApiError("bad_request", told, [Fault("unknown_member", told, f"/{name[:80]}")])
    return value


def queried(request: Request, known: Collection[str]) -> dict[str, str]:
    """The parameters of an address, each once and none unknown.

    Raises:
        ApiError: `bad_request`.
    """
    given = request.query_params.multi_items()
    for name, _ in given:
        if name not in known or sum(one == name for one, _ in given) > 1:
            raise ApiError("bad_request", f"{name[:40]}: no such parameter here, or it stands there twice")
    return dict(given)


def limit_of(given: Mapping[str, str], usual: int, most: int) -> int:
    """How many entries of a list are wanted.

    Raises:
        ApiError: `bad_request`.
    """
    text = given.get("limit", str(usual))
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_LIMIT or not 1 <= int(text) <= most:
        raise ApiError("bad_request", f"limit is a number from 1 to {most}")
    return int(text)


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """Where the list goes on, as a header (RFC 8288)."""
    if cursor is None:
        return {}
    address = request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{address.path}?{address.query}>; rel="next"'}


def _every(request: Request, name: str) -> list[str]:
    return [value for key, value in request.headers.items() if key == name]


def api_problem(request: Request, refused: ApiError) -> Response:
    """A refusal as a problem document (RFC 9457), with row and column where it has them."""
    kind = CODES[refused.code]
    origin = f"{request.url.scheme}://{request.url.netloc}"
    body: dict[str, Any] = {
        "type": f"{origin}/problems/{refused.code}",
        "title": kind.title,
        "status": int(kind.status),
        "code": refused.code,
        "detail": sentence(refused.message),
    }
    if refused.faults:
        body["errors"] = [_fault(one) for one in refused.faults]
    turn: Turn | None = getattr(request.state, "turn", None)
    headers = {"Cache-Control": "no-store", **(turn.headers() if turn else {})}
    if refused.code == "not_authenticated":
        headers["WWW-Authenticate"] = 'Bearer realm="cairn"'
    if refused.code == "scope_missing":
        headers["WWW-Authenticate"] = 'Bearer realm="cairn", error="insufficient_scope"'
    if refused.code in {"too_many_requests", "cannot_sign_here"}:
        headers.setdefault("Retry-After", "60")
    text = json.dumps(body, ensure_ascii=False).encode()
    return Response(text, kind.status, media_type="application/problem+json", headers=headers)


def _fault(one: Fault) -> dict[str, Any]:
    told: dict[str, Any] = {"pointer": one.pointer, "code": one.code, "message": one.message}
    if one.row is not None:
        told |= {"row": one.row, "column": one.column}
    return told

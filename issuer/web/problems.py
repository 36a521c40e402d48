"""Errors over HTTP, in one place: a code becomes a status and a problem document (RFC 9457)."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from contexts.errors import DocumentError
from issuer.api.errors import CODES, sentence
from issuer.errors import IssuerError
from issuer.shares import ShareEnded

_LOG = logging.getLogger("cairn.web")

STATUSES: Final = {
    "bad_request": HTTPStatus.BAD_REQUEST,
    "bad_text": HTTPStatus.BAD_REQUEST,
    "held": HTTPStatus.CONFLICT,
    "key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "database_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "withdrawals_forgotten": HTTPStatus.SERVICE_UNAVAILABLE,
    "not_found": HTTPStatus.NOT_FOUND,
    "not_shared": HTTPStatus.NOT_FOUND,
    "share_ended": HTTPStatus.GONE,
    "share_stopped": HTTPStatus.FORBIDDEN,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
}
"""The codes that a caller can meet; every other one is ours to answer for: 500, and no details."""

RETRY_AFTER: Final = {"database_busy": "1", "too_many_requests": "60"}


def problem(
    code: str,
    status: int,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    request: Request | None = None,
) -> Response:
    """A problem document. It is never kept by anybody on the way.

    To a program that was let in, which `request` tells, `type` leads to a page that says what to do.
    """
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if request is not None and code in CODES and hasattr(request.state, "turn"):
        body["type"] = f"{request.url.scheme}://{request.url.netloc}/problems/{code}"
        body |= {"title": CODES[code].title, "detail": sentence(detail)}
        headers = request.state.turn.headers() | (headers or {})
    return Response(
        json.dumps(body, ensure_ascii=False).encode(),
        status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def sunset(day: date) -> str:
    """The last second of a day in UTC as an HTTP date: since when there is nothing more here (RFC 8594)."""
    return format_datetime(datetime.combine(day, time(23, 59, 59), UTC), usegmt=True)


def install(app: FastAPI) -> None:
    """Make every error of this app a problem document."""

    @app.exception_handler(IssuerError)
    def _refused(request: Request, fault: IssuerError) -> Response:
        status = STATUSES.get(fault.code)
        if status is None:
            # The code and where it was met, and nothing of what was sent or stored.
            route = getattr(request.scope.get("route"), "path", "no route")
            _LOG.error("%s %s: %s", request.method, route, fault.code)
            return problem("unexpected", 500, "something went wrong on our side; it has been recorded")
        headers = {"Retry-After": RETRY_AFTER[fault.code]} if fault.code in RETRY_AFTER else None
        if isinstance(fault, ShareEnded):
            headers = {"Sunset": sunset(fault.last_day)}
        return problem(fault.code, status, fault.message, headers=headers, request=request)

    @app.exception_handler(DocumentError)
    def _unreadable(_request: Request, fault: DocumentError) -> Response:
        return problem("bad_request", 400, f"the body is not the JSON that is taken here: {fault.message}")

    @app.exception_handler(RequestValidationError)
    def _invalid(_request: Request, _fault: RequestValidationError) -> Response:
        return problem("bad_request", 400, "the request is not what this address takes")

    @app.exception_handler(HTTPException)
    def _http(_request: Request, fault: HTTPException) -> Response:
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "not_json"}.get(
            fault.status_code, "bad_request"
        )
        return problem(code, fault.status_code, str(fault.detail), headers=dict(fault.headers or {}))

    @app.exception_handler(Exception)
    def _unexpected(_request: Request, _fault: Exception) -> Response:
        return problem("unexpected", 500, "something went wrong on our side; it has been recorded")

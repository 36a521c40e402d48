"""Problems of the programming interface (RFC 9457): which there are, and how each is answered.

Every problem has a code, and the code a page of ours that says in plain words what is wrong and what to do.
The answer says nothing of what was sent besides where in it the fault is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request
from fastapi.responses import JSONResponse

from verifier.web.words import PAGES

MEDIA_TYPE: Final = "application/problem+json"

STATUSES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "bad_json": HTTPStatus.BAD_REQUEST,
        "bad_request": HTTPStatus.BAD_REQUEST,
        "unknown_option": HTTPStatus.BAD_REQUEST,
        "not_a_badge": HTTPStatus.BAD_REQUEST,
        "bad_moment": HTTPStatus.BAD_REQUEST,
        "future_moment": HTTPStatus.BAD_REQUEST,
        "several_badges": HTTPStatus.BAD_REQUEST,
        "no_receipts": HTTPStatus.BAD_REQUEST,
        "not_found": HTTPStatus.NOT_FOUND,
        "wrong_method": HTTPStatus.METHOD_NOT_ALLOWED,
        "too_slow": HTTPStatus.REQUEST_TIMEOUT,
        "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "wrong_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "wrong_host": HTTPStatus.MISDIRECTED_REQUEST,
        "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
        "unexpected": HTTPStatus.INTERNAL_SERVER_ERROR,
        "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""Every problem, and the status that it is answered with."""

OF_STATUS: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "bad_request",
        404: "not_found",
        405: "wrong_method",
        408: "too_slow",
        413: "too_large",
        415: "wrong_type",
        421: "wrong_host",
        429: "too_many_requests",
        503: "busy",
    }
)
"""What a bare status means here; any other is a bad request, or ours to answer for."""

_EXACT: Final = frozenset({"/openapi.json", "/healthz", "/readyz", "/challenges"})
_BELOW: Final = ("/credentials/", "/presentations/", "/challenges/", "/v1/", "/.well-known/")
MOST_FAULTS: Final = 20
"""How many faults of one request are told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request.

    Args:
        pointer: Where in its body, as a JSON Pointer; "" for the whole of it.
        code: What, for programs.
        message: What to do, for people.
    """

    pointer: str
    code: str
    message: str


class RequestRefused(ValueError):  # noqa: N818 - it says what happened; callers read `except RequestRefused`
    """A request that cannot be carried out.

    Args:
        code: One of `STATUSES`.
        faults: What is wrong with it, at least one.
    """

    def __init__(self, code: str, *faults: Fault) -> None:
        super().__init__(code)
        self.code = code
        self.faults = faults


def is_interface(path: str) -> bool:
    """Whether an address is for programs: there everything is JSON, and everywhere else nothing is."""
    return path in _EXACT or path.startswith(_BELOW)


def code_of(status: int) -> str:
    """The problem that a bare status means."""
    return OF_STATUS.get(status, "bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "unexpected")


def problem_body(
    code: str, trace_id: str, *, origin: str = "", faults: Iterable[Fault] = ()
) -> dict[str, Any]:
    """The document of a problem.

    Args:
        code: One of `STATUSES`.
        trace_id: The request's number.
        origin: Where this site was asked; "" where it was not asked by a name of its own.
        faults: What is wrong with the request.

    Returns:
        {"type", "title", "status", "code", "detail", "trace_id", and "errors": [{"pointer", "code",
        "message"}] where there are some}.
    """
    told = list(faults)[:MOST_FAULTS]
    words = PAGES["en"]
    body: dict[str, Any] = {
        "type": f"{origin}/problems/{code}",
        "title": words[f"problem.{code}.title"],
        "status": int(STATUSES[code]),
        "code": code,
        "detail": " ".join(f"{one.message}." for one in told) or words[f"problem.{code}.text"],
        "trace_id": trace_id,
    }
    if told:
        errors = [{"pointer": one.pointer, "code": one.code, "message": one.message} for one in told]
        body["errors"] = errors
    return body


def trace_of(request: Request) -> str:
    """The request's number, as its answer's `X-Request-Id` has it."""
    return str(getattr(request.state, "request_id", ""))


def problem(
    request: Request,
    code: str,
    *faults: Fault,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """Answer with a problem, and count it.

    Args:
        request: What it answers.
        code: One of `STATUSES`.
        faults: What is wrong with the request.
        headers: To be added.
        more: Members to be added.
    """
    request.app.state.site.metrics.problem(code)
    origin = f"{request.url.scheme}://{request.url.netloc}"
    body = problem_body(code, trace_of(request), origin=origin, faults=faults) | dict(more or {})
    return JSONResponse(body, STATUSES[code], media_type=MEDIA_TYPE, headers=dict(headers or {}))

"""The students' site as an application of its own, which `issuer.app` puts under `/my`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from issuer.errors import IssuerError
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.web.problems import RETRY_AFTER
from issuer.web.student.door import language_of, place_of, posted, remember_language
from issuer.web.student.page import HEADERS, error_page
from issuer.web.student.pages import ROUTERS
from keys.signer import Signer

_LOG = logging.getLogger("cairn.students")

STATUSES: Final = {
    "bad_request": HTTPStatus.BAD_REQUEST,
    "bad_text": HTTPStatus.BAD_REQUEST,
    "cannot_sign_here": HTTPStatus.SERVICE_UNAVAILABLE,
    "claim_unknown": HTTPStatus.NOT_FOUND,
    "database_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "forged_form": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "sign_on_refused": HTTPStatus.FORBIDDEN,
    "sign_on_unreachable": HTTPStatus.BAD_GATEWAY,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
}
"""What a student can be told, each by the words `error.CODE`; every other code is ours to answer for: 500."""


def create_student_site(
    store: Store,
    *,
    clock: Callable[[], datetime],
    entropy: Entropy,
    signer_of: Callable[[str], Signer] | None = None,
    **more: Any,
) -> FastAPI:
    """The students' pages of every district of a store; the host says which one's.

    Args:
        store: An open database, migrated.
        clock: Gives the time.
        entropy: Random bytes.
        signer_of: Opens the key of a district; None where these pages may sign nothing.
        more: What pages need beside it, by the name that it has in `app.state`.
    """
    site = FastAPI(
        title="Cairn students",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        # Before every route, whatever the route asks for: no forged form gets further.
        dependencies=[Depends(posted)],
    )
    site.state.store, site.state.clock, site.state.entropy = store, clock, entropy
    site.state.signer_of = signer_of
    for name, value in more.items():
        setattr(site.state, name, value)
    for router in ROUTERS:
        site.include_router(router)
    _install_errors(site)
    return site


def _install_errors(site: FastAPI) -> None:
    """Say every refusal on a page, in one place, in the words of a student."""

    @site.exception_handler(IssuerError)
    def _refused(request: Request, fault: IssuerError) -> Response:
        if fault.code == "not_signed_in":
            return RedirectResponse("/my/way-in", 303, dict(HEADERS))
        status = STATUSES.get(fault.code)
        if status is None:
            route = getattr(request.scope.get("route"), "path", "no route")
            _LOG.error("%s %s: %s", request.method, route, fault.code)
            return _error(request, 500, "error.500")
        headers = {"Retry-After": RETRY_AFTER.get(fault.code, "60")} if status in (429, 503) else {}
        return _error(request, status, f"error.{fault.code}", headers)

    @site.exception_handler(RequestValidationError)
    def _invalid(request: Request, _fault: RequestValidationError) -> Response:
        return _error(request, 400, "error.bad_request")

    @site.exception_handler(HTTPException)
    def _http(request: Request, fault: HTTPException) -> Response:
        known = {404: "error.not_found", 413: "error.too_large"}
        return _error(request, fault.status_code, known.get(fault.status_code, "error.bad_request"))

    @site.exception_handler(Exception)
    def _unexpected(request: Request, _fault: Exception) -> Response:
        return _error(request, 500, "error.500")


def _error(request: Request, status: int, key: str, headers: dict[str, str] | None = None) -> Response:
    answer = error_page(language_of(request), status, key, headers)
    if "lang" in request.query_params:
        # What else could be wrong here is the very thing that the page is about.
        with suppress(Exception):
            remember_language(request, answer, place_of(request))
    return answer

"""The console as an application of its own, which `issuer.app` puts under `/staff`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from issuer.access.passwords import check_password
from issuer.carry.paper import NO_PRINTING, Printing
from issuer.errors import IssuerError
from issuer.outbound import Outbound
from issuer.sheets.looks import Looks
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.web.access import posted
from issuer.web.problems import RETRY_AFTER, STATUSES
from issuer.web.staff.page import FIRST, HEADERS, WORDS, environment, leads_back
from issuer.web.staff.pages import ROUTERS
from keys.signer import Signer

_LOG = logging.getLogger("cairn.console")

_STATUSES: Final = {
    **STATUSES,
    "approval_refused": HTTPStatus.CONFLICT,
    "cannot_sign_here": HTTPStatus.SERVICE_UNAVAILABLE,
    "draft_refused": HTTPStatus.CONFLICT,
    "forged_form": HTTPStatus.FORBIDDEN,
    "link_ended": HTTPStatus.GONE,
    "not_allowed": HTTPStatus.FORBIDDEN,
    "not_signed_in": HTTPStatus.FORBIDDEN,
    "password_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "person_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "same_person": HTTPStatus.FORBIDDEN,
    "sign_in_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "sign_in_refused": HTTPStatus.FORBIDDEN,
    "sign_in_slowed": HTTPStatus.TOO_MANY_REQUESTS,
    "sign_on_refused": HTTPStatus.FORBIDDEN,
    "sign_on_unreachable": HTTPStatus.BAD_GATEWAY,
}
"""What a person can be told; every other code is ours to answer for: 500, and no details."""


def create_console(
    store: Store,
    *,
    clock: Callable[[], datetime],
    entropy: Entropy,
    outbound: Outbound,
    secret_of: Callable[[str], str],
    signer_of: Callable[[str], Signer] | None = None,
    printing: Printing = NO_PRINTING,
    hold: timedelta | None = None,
) -> FastAPI:
    """The console of every district of a store; the host says which one's.

    Args:
        store: An open database, migrated.
        clock: Gives the time.
        entropy: Random bytes.
        outbound: How single sign-on is asked.
        secret_of: The secret of a district at its provider; "" where it has none.
        signer_of: Opens the key of a district; None where the console may sign nothing.
        printing: What papers are printed with.
        hold: For how long a batch can be undone, where a worker carries batches out; None where none does.
    """
    console = FastAPI(
        title="Cairn console",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        # Before every route, whatever the route asks for: no forged form gets further.
        dependencies=[Depends(posted)],
    )
    console.state.store = store
    console.state.clock = clock
    console.state.entropy = entropy
    console.state.outbound = outbound
    console.state.secret_of = secret_of
    console.state.signer_of = signer_of
    console.state.looks = Looks()
    console.state.printing = printing
    console.state.hold = hold
    for router in ROUTERS:
        console.include_router(router)
    _install_errors(console)
    check_password(None, "")  # so that the first who is unknown costs no more than the second
    return console


def _install_errors(console: FastAPI) -> None:
    """Say every refusal on a page, in one place."""

    @console.exception_handler(IssuerError)
    def _refused(request: Request, fault: IssuerError) -> Response:
        if fault.code == "not_signed_in":
            back = leads_back(request.scope["path"] if request.method == "GET" else "")
            query = f"?next={back}" if back != FIRST else ""
            return RedirectResponse(f"/staff/sign-in{query}", 303, dict(HEADERS))
        status = _STATUSES.get(fault.code)
        if status is None:
            route = getattr(request.scope.get("route"), "path", "no route")
            _LOG.error("%s %s: %s", request.method, route, fault.code)
            return _error(500, "")
        headers = {"Retry-After": RETRY_AFTER.get(fault.code, "60")} if status in (429, 503) else {}
        return _error(status, "" if fault.code == "not_found" else fault.message, headers)

    @console.exception_handler(RequestValidationError)
    def _invalid(_request: Request, _fault: RequestValidationError) -> Response:
        return _error(400, "")

    @console.exception_handler(HTTPException)
    def _http(_request: Request, fault: HTTPException) -> Response:
        return _error(fault.status_code, str(fault.detail) if fault.status_code == 413 else "")  # noqa: PLR2004 - RFC 9110

    @console.exception_handler(Exception)
    def _unexpected(_request: Request, _fault: Exception) -> Response:
        return _error(500, "")


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> HTMLResponse:
    """One sentence; nothing of what was sent is repeated, and nobody's name is on it."""
    said = f"{message[:1].upper()}{message[1:]}." if message else WORDS.get(f"error.{status}", "")
    text = (
        environment()
        .get_template("error.html")
        .render(
            t=WORDS,
            sentence=said or WORDS["error.500" if status >= 500 else "error.400"],  # noqa: PLR2004 - RFC 9110
        )
    )
    return HTMLResponse(text, status, {**HEADERS, **(headers or {})})

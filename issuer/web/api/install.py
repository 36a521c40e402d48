"""Put the programming interface into the issuer's application."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import Response

from issuer.api.errors import ApiError
from issuer.web.api.calling import Api, api_problem
from issuer.web.api.described import described
from issuer.web.api.hooks import hooks
from issuer.web.api.oauth import oauth
from issuer.web.api.v1 import v1
from issuer.web.api.vcalm import vcalm

ROUTERS: Final = (vcalm, v1, hooks, oauth, described)
"""In the order in which their routes are tried."""


def install(app: FastAPI, api: Api) -> None:
    """Answer programs in this app.

    Args:
        app: The application.
        api: What the interface works with.
    """
    app.state.api = api
    for router in ROUTERS:
        app.include_router(router)

    @app.exception_handler(ApiError)
    def _refused(request: Request, refused: ApiError) -> Response:
        return api_problem(request, refused)

"""Every request, as far as it may be written down and counted: its route, its status, its time."""

from __future__ import annotations

import time
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from issuer.journal import Journal
from issuer.metrics import METHODS, Metrics

NO_ROUTE: Final = "none"


class Watched:
    """Writes down and counts each answer.

    Args:
        app: What answers.
        journal: Where it is written down.
        metrics: Where it is counted.
    """

    def __init__(self, app: ASGIApp, journal: Journal, metrics: Metrics) -> None:
        self._app = app
        self._journal = journal
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            seconds = time.monotonic() - began
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = route_of(scope)
            self._journal.answered(method=method, route=route, status=status, ms=int(seconds * 1_000))
            self._metrics.answered(method=method, route=route, status=status, seconds=seconds)


def route_of(scope: Any) -> str:
    """The address as our code writes it, never as it was asked; "none" where no route took it."""
    path = getattr(scope.get("route"), "path", None)
    if not isinstance(path, str):
        return NO_ROUTE
    before = scope.get("root_path", "")
    return f"{before if before in {'', '/staff'} else ''}{path}" or NO_ROUTE

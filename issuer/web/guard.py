"""What every answer carries and every request must keep to, before any route sees it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from issuer.web.problems import problem

LARGEST_BODY = 4_096
"""Bytes of a request's body. The longest that any route takes is a token or a code."""
LONGEST_TARGET = 2_048
"""Bytes of a request's path and query."""
LONGEST_STAFF_TARGET = 8_192
"""The same under `/staff` and `/my`: single sign-on brings people back with a code of some thousand."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Adds the security headers, and refuses what is too long, at the first byte too many.

    Args:
        app: What it guards.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                if Request(scope).url.scheme == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        path = scope.get("raw_path") or b""
        longest = LONGEST_STAFF_TARGET if path.startswith((b"/staff/", b"/my/")) else LONGEST_TARGET
        if len(path) + len(scope["query_string"]) > longest:
            await problem("bad_request", 414, "the address is too long")(scope, receive, sending)
            return
        await self._app(scope, receive, sending)


async def small_body(request: Request) -> bytes:
    """The request's body, if it says that it is JSON and is short.

    Raises:
        HTTPException: 413, 415.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "send JSON, with Content-Type: application/json")
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > LARGEST_BODY:
        raise HTTPException(413, f"a body here has at most {LARGEST_BODY} bytes")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, f"a body here has at most {LARGEST_BODY} bytes")
    return bytes(body)

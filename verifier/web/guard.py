"""What holds for every request and every answer, errors too, before and behind any page.

One host name that is ours, a body within its bounds and its time, and headers that let a browser run nothing,
keep nothing and tell nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY: Final = 6 * 1024 * 1024
"""Most bytes of a request: the largest badge, and what stands around it."""

MAX_UPLOAD: Final = 16 * 1024 * 1024
"""Most bytes of a form with photos, PDFs or packed files, where one may be sent."""

MAX_BATCH: Final = 48 * 1024 * 1024
"""Most bytes of a batch: some hundred files at once."""

BODIES: Final[Mapping[str, tuple[int, float]]] = {"/check": (MAX_UPLOAD, 20.0), "/batch": (MAX_BATCH, 120.0)}
"""The addresses that take such forms: the most bytes, and the longest time that they may take to arrive."""

MAX_HELD: Final = 256 * 1024 * 1024
"""Most bytes of all bodies together that are on their way in; more are asked to come back."""

MAX_SECONDS: Final = 20.0
"""Longest time that a request's body may take to arrive."""

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTED: Final = frozenset({"/", "/check"})
"""The pages that may run our own script, which reads a code with the camera. No page that shows what somebody
else wrote is among them."""

LIVE: Final = "/batch/"
"""How the address of a batch begins, whose rows fill while one looks. What others wrote comes to its script
as a finished row, escaped by the template like any page; no script but our own can run there."""

POLICY_WITH_SCRIPT: Final = f"{POLICY}; script-src 'self'"
POLICY_LIVE: Final = f"{POLICY_WITH_SCRIPT}; connect-src 'self'"
CAMERA: Final = "camera=(self), geolocation=(), microphone=()"
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class Guard:
    """The outermost layer of the site.

    Args:
        site: What it guards.
        hosts: Host names, without port, under which the site may be asked.
    """

    def __init__(self, site: ASGIApp, hosts: Collection[str]) -> None:
        self._site = site
        self._hosts = frozenset(hosts)
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await self._site(scope, receive, send)
            return
        answered = _with_headers(send, headers_for(scope.get("method", ""), scope.get("path", "")))
        most, seconds = BODIES.get(scope.get("path", ""), (MAX_BODY, MAX_SECONDS))
        if refused := self._refusal(Headers(scope=scope), most):
            await refused(scope, receive, answered)
            return
        parts: list[bytes] = []
        try:
            refused = await self._receive(receive, most, seconds, parts)
            if refused:
                await refused(scope, receive, answered)
            else:
                await self._site(scope, _once(b"".join(parts), receive), answered)
        finally:
            self._held -= sum(map(len, parts))

    async def _receive(
        self, receive: Receive, most: int, seconds: float, parts: list[bytes]
    ) -> Response | None:
        """Take the body in, part by part; why it is refused, where it is."""
        size = 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return None  # whoever asked has gone
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    self._held += len(parts[-1])
                    if size > most:
                        return _too_large(most)
                    if self._held > MAX_HELD:
                        return _said("Many people are sending files just now. Try again in a minute.", 503)
                    if not message.get("more_body", False):
                        return None
        except TimeoutError:
            return _said("The request took too long to arrive.", 408)

    def _refusal(self, headers: Headers, most: int) -> Response | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _without_port(hosts[0]) not in self._hosts:
            return _said("This site has another name.", 421)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            return _said("The request's length is not a number.", 400)
        return _too_large(most) if len(length) > 12 or int(length) > most else None  # noqa: PLR2004 - digits enough


def headers_for(method: str, path: str) -> dict[str, str]:
    """The headers of every answer; a page that asks may use the camera and the script for it, if it is asked
    for and not the answer to a form.
    """
    if method in {"GET", "HEAD"} and path in SCRIPTED:
        return HEADERS | {"Content-Security-Policy": POLICY_WITH_SCRIPT, "Permissions-Policy": CAMERA}
    if method in {"GET", "HEAD"} and path.startswith(LIVE):
        return HEADERS | {"Content-Security-Policy": POLICY_LIVE}
    return HEADERS


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


def _said(words: str, status: int) -> Response:
    return PlainTextResponse(words + "\n", status, headers={"Connection": "close"})


def _too_large(most: int) -> Response:
    return _said(f"At most {most >> 20} MB can be sent.", 413)


def _once(body: bytes, receive: Receive) -> Receive:
    """Hand the body on, and then whatever else arrives."""
    left = [body]

    async def replay() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replay


def _with_headers(send: Send, added: Mapping[str, str]) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in added.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return answer

"""A network of our own for the real fetcher: names, connections and answers that a case can spoil or slow.

Nothing here opens a socket. What is resolved, asked and sent is remembered, so that a case can say what the
other side has learned.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable

import httpcore

from tests.world import World
from verifier.addresses import Address
from verifier.evidence import Fetched, Need, NeedKind
from verifier.fetch import Fetcher, FetchLimits

PUBLIC = "93.184.216.34"
BARE = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used: the wire is ours
PAUSE = 0.01  # seconds between two octets of a server that sends them one by one

Answer = Callable[[str, bytes], bytes | None]  # URL and body of a request; None is 404

HEADS = {
    "error": "500 Internal Server Error\r\nContent-Length: 0",
    "forbidden": "403 Forbidden\r\nContent-Length: 0",
    "moved": "302 Found\r\nLocation: https://10.0.0.5/\r\nContent-Length: 0",
    "packed": "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20",
    "large": "200 OK\r\nContent-Length: 99999999999",
}


class Wire:
    """What the fetcher takes for the network.

    Args:
        answer: What stands at a URL.
        fault: What goes wrong: "no_name", "private", "closed", "tls", "silent", or one of `HEADS`.
        stalls: Where it stalls: "name", "connection", "handshake", "head", "head_by_octets", "body",
            "body_by_octets".
        stalled: For how many seconds; then it goes on as if nothing had been.
        headers: Further lines of every answer's head.
    """

    def __init__(
        self, answer: Answer, *, fault: str = "", stalls: str = "", stalled: float = 0.0, headers: str = ""
    ) -> None:
        self.answer = answer
        self.fault = fault
        self.stalls = stalls
        self.stalled = stalled
        self.headers = headers
        self.names: list[str] = []
        self.asked: list[str] = []
        self.sent: list[bytes] = []
        self.open = self.most_open = 0
        self.over = threading.Event()

    def fetcher(self, limits: FetchLimits | None = None) -> Fetcher:
        """The product's fetcher over this network."""
        return Fetcher(resolver=self.resolve, dialer=self.dial, tls=BARE, limits=limits)

    def resolve(self, host: str) -> list[str]:
        """The product's resolver: blocking, in a thread."""
        self.names.append(host)
        if self.stalls == "name":
            self.over.wait(self.stalled)
        if self.fault == "no_name":
            raise OSError(-2, "Name or service not known")
        return ["10.0.0.5"] if self.fault == "private" else [PUBLIC]

    async def dial(self, _address: Address, _port: int, _seconds: float) -> httpcore.AsyncNetworkStream:
        """The product's dialer."""
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await self.pause("connection")
        except asyncio.CancelledError:
            self.open -= 1
            raise
        if self.fault == "closed":
            self.open -= 1
            raise httpcore.ConnectError("refused")
        return _Stream(self)

    async def pause(self, stage: str) -> None:
        """Stall, if it is here that a case stalls."""
        if self.stalls == stage:
            await asyncio.sleep(self.stalled)

    def reply(self, request: bytes) -> tuple[bytes, bytes]:
        """Head and body of the answer to a request."""
        self.sent.append(request)
        head, _, body = request.partition(b"\r\n\r\n")
        line, *headers = head.decode("latin-1").split("\r\n")
        host = next(one.partition(":")[2].strip() for one in headers if one.lower().startswith("host:"))
        self.asked.append(f"https://{host}{line.split(' ')[1]}")
        if self.fault == "silent":
            return b"", b""
        if self.fault in HEADS:
            return f"HTTP/1.1 {HEADS[self.fault]}\r\n\r\n".encode(), b""
        found = self.answer(self.asked[-1], body)
        status = "404 Not Found" if found is None else "200 OK"
        length = f"Content-Length: {len(found or b'')}"
        return f"HTTP/1.1 {status}\r\n{length}\r\n{self.headers}\r\n".encode(), found or b""


class _Stream(httpcore.AsyncNetworkStream):
    """One connection: it collects the request and gives the answer, in pieces where the case says so."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._request = b""
        self._parts: list[bytes] | None = None
        self._closed = False

    # ASYNC109 advises against timeouts as parameters; here they are httpcore's signature.
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109, ARG002 - see above
        self._request += buffer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109, ARG002 - see above
        if self._parts is None:
            head, body = self._wire.reply(self._request)
            self._parts = [*_pieces(self._wire, "head", head), *_pieces(self._wire, "body", body)]
            await self._wire.pause("head")
        elif len(self._parts) == 1:
            await self._wire.pause("body")
        if self._wire.stalls.endswith("_by_octets"):
            await asyncio.sleep(PAUSE)
        return self._parts.pop(0) if self._parts else b""

    async def aclose(self) -> None:
        self._wire.open -= not self._closed
        self._closed = True

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # noqa: ARG002 - httpcore's signature
        server_hostname: str | None = None,  # noqa: ARG002 - httpcore's signature
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        await self._wire.pause("handshake")
        if self._wire.fault == "tls":
            raise httpcore.ConnectError("certificate verify failed")
        return self

    def get_extra_info(self, info: str) -> None:  # noqa: ARG002 - httpcore's signature
        return None


def _pieces(wire: Wire, which: str, data: bytes) -> list[bytes]:
    """The octets as they come: at once, or one by one, in front as many as the stall has room for."""
    if wire.stalls != f"{which}_by_octets":
        return [data] if data else []
    alone = min(len(data), int(wire.stalled / PAUSE))
    return [data[at : at + 1] for at in range(alone)] + ([data[alone:]] if data[alone:] else [])


def of_world(world: World) -> Answer:
    """A simulated district as it answers to a URL."""
    kinds = {
        world.did_url: NeedKind.DID_DOCUMENT,
        f"{world.origin}/retrieve": NeedKind.RETRIEVAL,
    }

    def answer(url: str, body: bytes) -> bytes | None:
        usual = NeedKind.WITHDRAWAL_NOTES if url.endswith("/notes") else NeedKind.STATUS_LIST
        found = world.fetch(Need(kinds.get(url, usual), url, body=body))
        return found.data if isinstance(found, Fetched) else None

    return answer

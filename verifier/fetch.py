"""The only door to the network. It asks public web servers by https, a little at a time, and believes none of
them.

Every name is resolved once and every answer is checked before one of them is dialled: a second look-up by
somebody else could give another address. TLS, certificate and Host go by the name. No redirect is followed;
what a site wants to say it says at its own address.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import httpcore
import httpx

from verifier.addresses import Address, loopback_address, public_address
from verifier.web_address import AddressRefused, WebAddress, check_loopback_origin, check_url

CODES = frozenset(
    {
        "bad_url",
        "not_https",
        "blocked_address",
        "unreachable",
        "tls",
        "timeout",
        "redirect_refused",
        "http_status",
        "encoded_body",
        "too_large",
    }
)
USER_AGENT = "Cairn-Verify"
MOST_DIALLED = 3  # of the addresses that a name has
LONGEST_DATE = 40  # characters of an HTTP date (RFC 9110, 5.6.7)

Resolver = Callable[[str], Sequence[str]]  # blocking; host name to addresses; OSError where there are none
Dialer = Callable[[Address, int, float], Awaitable[httpcore.AsyncNetworkStream]]  # address, port, seconds


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long one request may take, and how many may run.

    Args:
        connect: Seconds for resolving and connecting.
        exchange: Seconds for everything, by the clock on the wall, however little comes at a time.
        concurrent: Requests at once; more wait, and their waiting counts.
        resolving: Look-ups at once; a look-up cannot be stopped, so this many threads at most are ever stuck.
    """

    connect: float = 3.0
    exchange: float = 8.0
    concurrent: int = 32
    resolving: int = 8


@dataclass(frozen=True, slots=True)
class FetchedBytes:
    """An answer of status 200.

    Args:
        url: What was asked, in the spelling that was asked.
        status: The status.
        content_type: The media type in lower case, without parameters; empty where there is none.
        body: The body, as it came.
    """

    url: str
    status: int
    content_type: str
    body: bytes


class FetchRefused(Exception):  # noqa: N818 - it says what happened; callers read `except FetchRefused`
    """Nothing was fetched.

    Args:
        code: One of `CODES`.
        message: Why, for the operator's log. Callers who are not the operator get one sentence for all codes:
            which of them it was would tell a stranger what stands in our network.
        status: For `http_status`, what the server said.
        sunset: Since when the server has nothing more there, as it says (RFC 8594); "" where it does not.
    """

    def __init__(self, code: str, message: str, status: int | None = None, sunset: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.sunset = sunset


def resolve_by_system(host: str) -> list[str]:
    """Ask the system's resolver for all addresses of a name. Blocks, and knows no time limit.

    Raises:
        OSError: There are none.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def dial_address(address: Address, port: int, seconds: float) -> httpcore.AsyncNetworkStream:
    """Open a TCP connection to an address."""
    return await httpcore.AnyIOBackend().connect_tcp(str(address), port, timeout=seconds)


def tls_by_name() -> ssl.SSLContext:
    """TLS 1.2 or newer, certificate and host name checked against the public authorities."""
    context = httpx.create_ssl_context(verify=True, trust_env=False)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False  # only the names that authorities vouch for (RFC 9525, 6.3)
    return context


class Fetcher:
    """Asks the network under guard.

    Args:
        resolver: From host name to addresses. Called once for each request, in a thread.
        dialer: Connects to a checked address.
        tls: How certificates are checked.
        limits: Times and numbers.
        allow_origins: Origins of this machine that may be asked, as `http://localhost:8001`: a
            demonstration's.
        ports: Ports beside 443 that may be asked.

    Raises:
        ValueError: An allowed origin is not one port of this machine.
    """

    def __init__(
        self,
        *,
        resolver: Resolver = resolve_by_system,
        dialer: Dialer = dial_address,
        tls: ssl.SSLContext | None = None,
        limits: FetchLimits | None = None,
        allow_origins: AbstractSet[str] = frozenset(),
        ports: AbstractSet[int] = frozenset(),
    ) -> None:
        for origin in allow_origins:
            check_loopback_origin(origin)
        self._resolver = resolver
        self._dialer = dialer
        self._tls = tls or tls_by_name()
        self._limits = limits or FetchLimits()
        self._allow_origins = frozenset(allow_origins)
        self._ports = frozenset(ports)
        self._slots = asyncio.Semaphore(self._limits.concurrent)
        self._threads = ThreadPoolExecutor(self._limits.resolving, thread_name_prefix="resolve")

    async def fetch(
        self,
        url: str,
        *,
        max_bytes: int,
        accept: str,
        method: Literal["GET", "POST"] = "GET",
        body: bytes | None = None,
        body_type: str = "application/json",
        authorization: str = "",
        more: Mapping[str, str] | None = None,
    ) -> FetchedBytes:
        """Ask for one document.

        Args:
            url: https, a full host name, a plain path.
            max_bytes: The largest body that is taken.
            accept: Media types for the Accept header.
            method: GET, or POST with a body.
            body: For POST.
            body_type: The body's media type.
            authorization: What the Authorization header says; "" for none.
            more: Further headers, of our own making.

        Raises:
            FetchRefused: For every reason that there is; nothing else comes out.
        """
        try:
            address = check_url(url, allow_origins=self._allow_origins, ports=self._ports)
        except AddressRefused as refused:
            raise FetchRefused(refused.code, refused.message) from None
        headers = {
            "Accept": accept,
            "Accept-Encoding": "identity",
            "User-Agent": USER_AGENT,
            "Connection": "close",
        }
        if body is not None:
            headers["Content-Type"] = body_type
        if authorization:
            headers["Authorization"] = authorization
        headers |= more or {}
        request = httpx.Request(method, address.url, headers=headers, content=body)
        try:
            async with asyncio.timeout(self._limits.exchange), self._slots:
                return await self._ask(request, address, max_bytes)
        except TimeoutError:
            raise FetchRefused("timeout", f"no whole answer within {self._limits.exchange} s") from None
        except httpx.HTTPError as error:
            raise FetchRefused("unreachable", type(error).__name__) from None

    async def _ask(self, request: httpx.Request, address: WebAddress, max_bytes: int) -> FetchedBytes:
        until = asyncio.get_running_loop().time() + self._limits.connect
        addresses = await self._resolve(address)
        transport = _CheckedTransport(_CheckedBackend(addresses, self._dialer, until), self._tls)
        async with httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False) as client:
            response = await client.send(request, stream=True)
            try:
                content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                body = await _read(response, max_bytes)
                return FetchedBytes(address.url, response.status_code, content_type, body)
            finally:
                await response.aclose()

    async def _resolve(self, address: WebAddress) -> list[Address]:
        """All addresses of the host, every one of them checked: one bad answer spoils the others."""
        loop = asyncio.get_running_loop()
        asking = loop.run_in_executor(self._threads, partial(self._resolver, address.host.strip("[]")))
        try:
            async with asyncio.timeout(self._limits.connect):
                answers = await asking
        except (OSError, UnicodeError) as error:
            if isinstance(error, TimeoutError):
                raise FetchRefused("timeout", f"{address.host} was not resolved in time") from None
            raise FetchRefused("unreachable", f"{address.host} has no address") from None
        check = loopback_address if address.allowed_loopback else public_address
        checked = [check(answer) for answer in answers]
        if not checked or None in checked:
            raise FetchRefused(
                "blocked_address", f"{address.host} is at {', '.join(answers[:8]) or 'no address'}"
            )
        return [one for one in checked if one is not None]


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were checked, whatever name it is told."""

    def __init__(self, addresses: Sequence[Address], dialer: Dialer, until: float) -> None:
        self._addresses = addresses
        self._dialer = dialer
        self._until = until

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature; our own limit counts
        local_address: str | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        for address in self._addresses[:MOST_DIALLED]:
            left = self._until - asyncio.get_running_loop().time()
            if left <= 0:
                raise FetchRefused("timeout", f"{host} was not reached in time")
            try:
                return _ByNameStream(await self._dialer(address, port, left))
            except (httpcore.ConnectError, httpcore.ConnectTimeout, OSError):
                continue
        raise FetchRefused("unreachable", f"{host} does not answer at port {port}")


class _ByNameStream(httpcore.AsyncNetworkStream):
    """A connection that tells a failed handshake from a failed connection."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    # ASYNC109 advises against timeouts as parameters; here they are httpcore's signature.
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - see above
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - see above
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectError as error:
            raise FetchRefused("tls", f"no trusted certificate for {server_hostname}: {error}") from None
        except asyncio.CancelledError:
            # A handshake that is cut off by the time limit: httpcore would leave the connection open.
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _CheckedTransport(httpx.AsyncBaseTransport):
    """httpx over one connection, which is dialled by `_CheckedBackend` and closed after one answer."""

    def __init__(self, backend: _CheckedBackend, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, max_connections=1, max_keepalive_connections=0, network_backend=backend
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = httpcore.Request(
            request.method, str(request.url), headers=request.headers.raw, content=request.content
        )
        try:
            answer = await self._pool.handle_async_request(asked)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise FetchRefused("unreachable", f"no HTTP answer: {type(error).__name__}") from None
        response = httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))
        try:
            _check_head(response)
        except FetchRefused:
            await answer.aclose()
            raise
        return response

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, with what breaks on the way turned into a refusal."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._answer.aiter_stream():
                yield part
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise FetchRefused("unreachable", f"the answer broke off: {type(error).__name__}") from None

    async def aclose(self) -> None:
        await self._answer.aclose()


def _check_head(response: httpx.Response) -> None:
    """Refuse by the head alone. It runs before httpx looks at it, which would read a Location or a cookie."""
    status, headers = response.status_code, response.headers
    if status // 100 == 3 or "Refresh" in headers:  # noqa: PLR2004 - RFC 9110, 15.4
        raise FetchRefused("redirect_refused", "the server names another address; none is followed")
    if status != httpx.codes.OK:
        sunset = headers.get("Sunset", "")[:LONGEST_DATE]
        raise FetchRefused("http_status", f"the server answered {status}", status, sunset)
    if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchRefused("encoded_body", "the body is encoded, which was not asked for")


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    """The body, up to its limit and not one read further."""
    length = response.headers.get("Content-Length", "0")
    if length.isdecimal() and int(length[:20]) > max_bytes:
        raise FetchRefused("too_large", f"the body has {length[:20]} octets, more than {max_bytes}")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > max_bytes:
            raise FetchRefused("too_large", f"the body has more than {max_bytes} octets")
    return bytes(body)

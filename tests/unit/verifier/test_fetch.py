"""The guarded fetch, against resolvers and servers that mean harm."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ipaddress
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from verifier.addresses import Address
from verifier.fetch import (
    CODES,
    FetchedBytes,
    Fetcher,
    FetchLimits,
    FetchRefused,
    resolve_by_system,
    tls_by_name,
)

NAME = "badges.district.example"
URL = f"https://{NAME}/status/1"
PUBLIC = "93.184.216.34"
QUICK = FetchLimits(connect=0.3, exchange=0.4)
PATIENT = 60.0
"""Seconds: far beyond QUICK on a busy machine, and short of what a hostile server here would take."""
HOSTILE = 120.0
BARE = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, and is made at once
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/vc\r\nContent-Length: 2\r\n\r\n{}"

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Names:
    """A resolver that gives each answer in turn, and the last one from then on."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Wire:
    """A dialer that answers with fixed octets, and remembers what it was told and sent."""

    def __init__(self, *parts: bytes, down: tuple[str, ...] = ()) -> None:
        self.parts = parts or (OK,)
        self.down = down
        self.dialled: list[tuple[str, int]] = []
        self.sent = b""
        self.hostnames: list[str | None] = []

    async def __call__(self, address: Address, port: int, _seconds: float) -> httpcore.AsyncNetworkStream:
        self.dialled.append((str(address), port))
        if str(address) in self.down:
            raise httpcore.ConnectError
        wire = self

        # What is not used below: httpcore's signatures, of which a fixed answer needs little
        class Stream(httpcore.AsyncMockStream):
            async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109, ARG002 - see above
                wire.sent += buffer

            async def start_tls(
                self,
                ssl_context: ssl.SSLContext,  # noqa: ARG002 - see above
                server_hostname: str | None = None,
                timeout: float | None = None,  # noqa: ASYNC109, ARG002 - see above
            ) -> httpcore.AsyncNetworkStream:
                wire.hostnames.append(server_hostname)
                return self

        return Stream(list(self.parts))


def ask(fetcher: Fetcher, url: str = URL, *, max_bytes: int = 1_000, **more: Any) -> FetchedBytes:
    return asyncio.run(fetcher.fetch(url, max_bytes=max_bytes, accept="application/vc", **more))


def refused(fetcher: Fetcher, url: str = URL, *, max_bytes: int = 1_000) -> FetchRefused:
    with pytest.raises(FetchRefused) as found:
        ask(fetcher, url, max_bytes=max_bytes)
    assert found.value.code in CODES
    return found.value


def answering(*parts: bytes, names: Names | None = None) -> tuple[Fetcher, Wire]:
    wire = Wire(*parts)
    return Fetcher(tls=BARE, resolver=names or Names([PUBLIC]), dialer=wire), wire


def test_a_document_is_fetched_by_name_from_the_checked_address() -> None:
    names = Names([PUBLIC])
    fetcher, wire = answering(names=names)
    assert ask(fetcher) == FetchedBytes(URL, 200, "application/vc", b"{}")
    assert names.asked == [NAME]
    assert wire.dialled == [(PUBLIC, 443)]
    assert wire.hostnames == [NAME]


def test_the_request_says_no_more_than_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    fetcher, wire = answering()
    ask(fetcher)
    line, *headers = wire.sent.decode().strip().split("\r\n")
    assert line == "GET /status/1 HTTP/1.1"
    assert sorted(headers, key=str.lower) == [
        "Accept-Encoding: identity",
        "Accept: application/vc",
        "Connection: close",
        f"Host: {NAME}",
        "User-Agent: Cairn-Verify",
    ]
    assert wire.dialled == [(PUBLIC, 443)]


def test_a_post_carries_its_body_as_json() -> None:
    fetcher, wire = answering()
    ask(fetcher, method="POST", body=b'{"token": "X"}')
    assert wire.sent.startswith(b"POST /status/1 HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/json\r\n" in wire.sent
    assert wire.sent.endswith(b'\r\n\r\n{"token": "X"}')


def test_cookies_are_not_kept() -> None:
    fetcher, wire = answering(OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n"))
    ask(fetcher)
    ask(fetcher)
    assert b"cookie" not in wire.sent.lower()


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
        [PUBLIC, "2606:4700::1", "::1"],
        [],
        ["nonsense"],
    ],
    ids=["private", "private-second", "private-first", "loopback-third", "none", "no-address"],
)
def test_one_bad_answer_spoils_the_others(answers: list[str]) -> None:
    fetcher, wire = answering(names=Names(answers))
    assert refused(fetcher).code == "blocked_address"
    assert wire.dialled == []


def test_a_name_that_changes_its_address_is_dialled_at_the_one_that_was_checked() -> None:
    names = Names([PUBLIC], ["127.0.0.1"])
    fetcher, wire = answering(names=names)
    ask(fetcher)
    assert (wire.dialled, names.asked) == ([(PUBLIC, 443)], [NAME])
    assert refused(fetcher).code == "blocked_address"
    assert (wire.dialled, names.asked) == ([(PUBLIC, 443)], [NAME, NAME])


def test_the_next_checked_address_is_tried_when_one_is_down() -> None:
    wire = Wire(down=("2606:4700::1",))
    fetcher = Fetcher(tls=BARE, resolver=Names(["2606:4700::1", PUBLIC]), dialer=wire)
    assert ask(fetcher).body == b"{}"
    assert [address for address, _ in wire.dialled] == ["2606:4700::1", PUBLIC]


def test_only_a_few_addresses_are_tried() -> None:
    addresses = [f"93.184.216.{last}" for last in range(1, 20)]
    wire = Wire(down=tuple(addresses))
    assert refused(Fetcher(tls=BARE, resolver=Names(addresses), dialer=wire)).code == "unreachable"
    assert len(wire.dialled) == 3


def test_a_url_that_may_not_be_asked_is_not_resolved() -> None:
    names = Names([PUBLIC])
    fetcher, wire = answering(names=names)
    for url, code in (
        ("https://127.0.0.1/", "blocked_address"),
        (f"http://{NAME}/", "not_https"),
        (f"https://{NAME}:22/", "bad_url"),
    ):
        assert refused(fetcher, url).code == code
    assert names.asked == []
    assert wire.dialled == []


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 399])
def test_no_redirect_is_followed(status: int) -> None:
    head = f"HTTP/1.1 {status} Gone\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    fetcher, wire = answering(head.encode())
    assert refused(fetcher).code == "redirect_refused"
    assert len(wire.dialled) == 1


def test_a_refresh_or_a_broken_location_is_refused_too() -> None:
    refresh = OK.replace(b"\r\n\r\n", b"\r\nRefresh: 0; url=https://evil.example/\r\n\r\n")
    assert refused(answering(refresh)[0]).code == "redirect_refused"
    broken = b"HTTP/1.1 302 Found\r\nLocation: https://[\r\nContent-Length: 0\r\n\r\n"
    assert refused(answering(broken)[0]).code == "redirect_refused"


@pytest.mark.parametrize("status", [201, 204, 206, 400, 404, 410, 429, 500, 503])
def test_another_status_is_refused_and_told(status: int) -> None:
    found = refused(answering(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())[0])
    assert (found.code, found.status) == ("http_status", status)


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"deflate", b"identity, gzip", b"x"])
def test_an_encoded_body_is_refused(encoding: bytes) -> None:
    body = gzip.compress(bytes(100_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding, len(body))
    assert refused(answering(head, body)[0], max_bytes=1_000_000).code == "encoded_body"


def test_a_body_that_says_it_is_not_encoded_is_taken() -> None:
    fetcher, _ = answering(OK.replace(b"\r\n\r\n", b"\r\nContent-Encoding: Identity\r\n\r\n"))
    assert ask(fetcher).body == b"{}"


def test_the_largest_body_is_taken_and_one_octet_more_is_not() -> None:
    for head, tail in (
        (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", b"\r\n0\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: %d\r\n\r\n", b""),
    ):
        body = b"x" * 1_000
        assert ask(answering(head % 1_000, body, tail, b"")[0]).body == body
        assert refused(answering(head % 1_001, body + b"x", tail, b"")[0]).code == "too_large"


def test_a_length_beyond_the_limit_is_refused_before_the_body() -> None:
    for length in (b"1001", b"10000000000", b"9" * 20):
        fetcher, _ = answering(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n")
        assert refused(fetcher).code == "too_large"


def test_nothing_beyond_the_said_length_is_taken() -> None:
    assert ask(answering(OK + b"x" * 10_000)[0]).body == b"{}"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nA\x00: b\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"\x00" * 1_000,
    ],
)
def test_what_is_no_http_is_refused(octets: bytes) -> None:
    assert refused(answering(octets, b"")[0]).code == "unreachable"


def test_a_head_without_end_is_cut() -> None:
    fetcher, _ = answering(b"HTTP/1.1 200 OK\r\nX: ", *[b"a" * 65_536] * 8)
    assert refused(fetcher).code == "unreachable"


def test_a_name_without_an_address_is_unreachable() -> None:
    def nobody(host: str) -> list[str]:
        raise OSError(-2, "Name or service not known")

    assert refused(Fetcher(tls=BARE, resolver=nobody, dialer=Wire())).code == "unreachable"


def test_a_resolver_that_never_answers_costs_its_time_and_its_thread_only() -> None:
    released = threading.Event()
    stuck: list[str] = []

    def never(host: str) -> list[str]:
        stuck.append(host)
        released.wait(HOSTILE)
        return [PUBLIC]

    limits = FetchLimits(connect=0.1, exchange=0.2, resolving=2)
    fetcher = Fetcher(tls=BARE, resolver=never, dialer=Wire(), limits=limits)

    async def several() -> list[BaseException | FetchedBytes]:
        asking = [fetcher.fetch(URL, max_bytes=10, accept="*/*") for _ in range(6)]
        return await asyncio.gather(*asking, return_exceptions=True)

    started = time.monotonic()
    try:
        found = asyncio.run(several())
        assert time.monotonic() - started < PATIENT
        assert [one.code for one in found if isinstance(one, FetchRefused)] == ["timeout"] * 6
        assert len(stuck) == 2
    finally:
        released.set()


def test_a_dialer_that_never_connects_runs_into_the_limit() -> None:
    async def never(address: Address, port: int, seconds: float) -> httpcore.AsyncNetworkStream:
        await asyncio.sleep(seconds)
        raise httpcore.ConnectTimeout

    started = time.monotonic()
    found = refused(Fetcher(tls=BARE, resolver=Names([PUBLIC, "1.1.1.1"]), dialer=never, limits=QUICK))
    assert found.code == "timeout"
    assert time.monotonic() - started < PATIENT


def test_waiting_for_a_slot_counts() -> None:
    limits = FetchLimits(connect=0.4, exchange=0.4, concurrent=1)
    running = [0, 0]  # now, at most

    async def slow(address: Address, port: int, seconds: float) -> httpcore.AsyncNetworkStream:
        running[0] += 1
        running[1] = max(running)
        try:
            await asyncio.sleep(HOSTILE)
        finally:
            running[0] -= 1
        raise httpcore.ConnectTimeout

    fetcher = Fetcher(tls=BARE, resolver=Names([PUBLIC]), dialer=slow, limits=limits)

    async def several() -> list[BaseException | FetchedBytes]:
        asking = [fetcher.fetch(URL, max_bytes=10, accept="*/*") for _ in range(10)]
        return await asyncio.gather(*asking, return_exceptions=True)

    started = time.monotonic()
    found = asyncio.run(several())
    assert [one.code for one in found if isinstance(one, FetchRefused)] == ["timeout"] * 10
    assert running == [0, 1]
    assert time.monotonic() - started < PATIENT


def test_an_allowed_origin_must_really_be_this_machine() -> None:
    origin = frozenset({"http://localhost:8001"})
    for answers in ([PUBLIC], ["127.0.0.1", PUBLIC], ["10.0.0.1"]):
        wire = Wire()
        fetcher = Fetcher(tls=BARE, resolver=Names(answers), dialer=wire, allow_origins=origin)
        assert refused(fetcher, "http://localhost:8001/").code == "blocked_address"
        assert wire.dialled == []
    wire = Wire()
    fetcher = Fetcher(tls=BARE, resolver=Names(["127.0.0.1"]), dialer=wire, allow_origins=origin)
    assert ask(fetcher, "http://localhost:8001/").body == b"{}"
    assert (wire.dialled, wire.hostnames) == ([("127.0.0.1", 8001)], [])
    assert refused(fetcher, "http://localhost:8002/").code == "not_https"


def test_a_name_may_not_point_at_this_machine_where_another_origin_is_allowed() -> None:
    fetcher = Fetcher(
        tls=BARE,
        resolver=Names(["127.0.0.1"]),
        dialer=Wire(),
        allow_origins=frozenset({"http://localhost:8001"}),
    )
    assert refused(fetcher).code == "blocked_address"


def test_an_origin_that_is_not_this_machine_cannot_be_allowed() -> None:
    with pytest.raises(ValueError, match="allowed origin"):
        Fetcher(allow_origins=frozenset({"http://intranet.example:80"}))


def test_certificates_are_checked_by_name_with_modern_tls() -> None:
    context = tls_by_name()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.hostname_checks_common_name is False
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.get_ca_certs() or context.cert_store_stats()["x509_ca"] > 0


def test_a_refusal_says_its_code_and_why() -> None:
    found = FetchRefused("http_status", "the server answered 404", 404)
    assert str(found) == "http_status: the server answered 404"


# From here on a real server on loopback, which the dialer puts in the place of the public address.


class Authority:
    """A certificate authority that nobody trusts but the tests."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests only")])
        self.certificate = self._sign(self.name, self.key.public_key(), days=(-1, 1), ca=True, names=[])

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        *,
        days: tuple[int, int],
        ca: bool,
        names: list[str],
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=days[0]))
            .not_valid_after(now + dt.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def server(self, folder: Path, name: str, days: tuple[int, int] = (-1, 1)) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(x509.Name([]), key.public_key(), days=days, ca=False, names=[name])
        file = folder / f"{name}{days[1]}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def trusted(self) -> ssl.SSLContext:
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


class Visit:
    """What one fetch from a real server came to."""

    def __init__(self) -> None:
        self.result: FetchedBytes | None = None
        self.refused: FetchRefused | None = None
        self.connections = 0
        self.requests: list[bytes] = []
        self.seconds = 0.0


def visit(
    handler: Handler,
    *,
    server_tls: ssl.SSLContext | None = None,
    client_tls: ssl.SSLContext | None = None,
    max_bytes: int = 1_000,
    plain: bool = False,
    limits: FetchLimits | None = None,
) -> Visit:
    """Fetch from a server that does what the handler does; plain means by http, from an allowed origin."""
    seen = Visit()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, as it should from a hostile server, or the test is over
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_tls)
        port = server.sockets[0].getsockname()[1]

        async def dial(address: Address, asked: int, seconds: float) -> httpcore.AsyncNetworkStream:
            assert address == ipaddress.ip_address("127.0.0.1" if plain else PUBLIC)
            assert asked == (port if plain else 443)
            return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", port, timeout=seconds)

        fetcher = Fetcher(
            resolver=Names(["127.0.0.1"] if plain else [PUBLIC]),
            dialer=dial,
            tls=client_tls or BARE,
            limits=limits,
            allow_origins=frozenset({f"http://localhost:{port}"}),
        )
        url = f"http://localhost:{port}/x" if plain else URL
        started = time.monotonic()
        try:
            seen.result = await fetcher.fetch(url, max_bytes=max_bytes, accept="*/*")
        except FetchRefused as found:
            seen.refused = found
        seen.seconds = time.monotonic() - started
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run(run())
    return seen


async def _head(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


def sending(*parts: bytes, pause: float = 0.0, endless: bool = False) -> Handler:
    """A server that sends its parts after the request, with pauses, and the last one for ever if asked to."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        while endless:
            writer.write(parts[-1])
            await writer.drain()
            await asyncio.sleep(pause)

    return handler


def code(seen: Visit, *, connections: int = 1) -> str:
    """The refusal's code; a handshake that fails never becomes a connection of the server's."""
    assert seen.refused is not None
    assert seen.seconds < PATIENT
    assert seen.connections == connections
    return seen.refused.code


@pytest.fixture
def client_tls(authority: Authority) -> ssl.SSLContext:
    return authority.trusted()


@pytest.mark.network
def test_tls_goes_by_name(authority: Authority, client_tls: ssl.SSLContext, tmp_path: Path) -> None:
    server_tls = authority.server(tmp_path, NAME)
    asked: list[str | None] = []
    server_tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    heads: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await _head(reader))
        writer.write(OK)
        await writer.drain()

    seen = visit(handler, server_tls=server_tls, client_tls=client_tls)
    assert seen.result is not None
    assert seen.result.body == b"{}"
    assert asked == [NAME]
    assert f"\r\nHost: {NAME}\r\n".encode() in heads[0]


@pytest.mark.network
def test_a_certificate_of_nobody_known_is_refused(authority: Authority, tmp_path: Path) -> None:
    seen = visit(sending(OK), server_tls=authority.server(tmp_path, NAME), client_tls=tls_by_name())
    assert code(seen, connections=0) == "tls"


@pytest.mark.network
@pytest.mark.parametrize(("name", "days"), [("other.example", (-1, 1)), (NAME, (-2, -1)), (NAME, (1, 2))])
def test_a_certificate_of_another_name_or_time_is_refused(
    authority: Authority, client_tls: ssl.SSLContext, tmp_path: Path, name: str, days: tuple[int, int]
) -> None:
    server_tls = authority.server(tmp_path, name, days)
    assert code(visit(sending(OK), server_tls=server_tls, client_tls=client_tls), connections=0) == "tls"


@pytest.mark.network
def test_a_server_without_tls_is_refused(client_tls: ssl.SSLContext) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(OK)
        await writer.drain()

    assert code(visit(handler, client_tls=client_tls)) == "tls"


@pytest.mark.network
def test_a_handshake_that_stalls_runs_into_the_limit(client_tls: ssl.SSLContext) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(HOSTILE)

    assert code(visit(handler, client_tls=client_tls, limits=QUICK)) == "timeout"


@pytest.mark.network
@pytest.mark.parametrize(
    "handler",
    [
        sending(b"", pause=HOSTILE),
        sending(b"H", b"T", pause=0.05, endless=True),
        sending(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", pause=0.02, endless=True),
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x", pause=0.05, endless=True),
        sending(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", pause=0.05, endless=True
        ),
        sending(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02, endless=True),
    ],
    ids=[
        "silence",
        "head-by-octets",
        "headers-without-end",
        "body-by-octets",
        "chunks-by-octets",
        "continue",
    ],
)
def test_a_slow_server_runs_into_the_limit_however_little_it_sends(handler: Handler) -> None:
    assert code(visit(handler, plain=True, limits=QUICK)) == "timeout"


@pytest.mark.network
@pytest.mark.parametrize(
    "handler",
    [
        sending(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"400\r\n" + b"x" * 1_024 + b"\r\n",
            endless=True,
        ),
        sending(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536, endless=True),
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n", b"x" * 65_536, endless=True),
    ],
    ids=["chunks", "until-close", "ten-gigabytes"],
)
def test_a_body_without_end_is_cut_at_its_limit(handler: Handler) -> None:
    seen = visit(handler, plain=True, max_bytes=1_000_000)
    assert code(seen) == "too_large"


@pytest.mark.network
def test_a_short_length_before_a_long_body_gives_the_short_body() -> None:
    seen = visit(sending(OK, b"x" * 65_536, endless=True), plain=True)
    assert seen.result is not None
    assert seen.result.body == b"{}"
    assert seen.seconds < PATIENT


@pytest.mark.network
def test_a_compressed_bomb_is_refused_unopened() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    assert code(visit(sending(head, bomb), plain=True, max_bytes=20_000_000)) == "encoded_body"


@pytest.mark.network
def test_a_redirect_costs_one_connection() -> None:
    head = b"HTTP/1.1 307 Moved\r\nLocation: http://localhost:1/\r\nContent-Length: 0\r\n\r\n"
    assert code(visit(sending(head), plain=True)) == "redirect_refused"


@pytest.mark.network
def test_a_server_that_hangs_up_is_unreachable() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)

    assert code(visit(handler, plain=True)) == "unreachable"
    assert (
        code(visit(sending(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"), plain=True)) == "unreachable"
    )


@pytest.mark.network
def test_the_systems_own_resolver_and_dialer_reach_an_allowed_origin_only() -> None:
    async def run() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _head(reader)
            writer.write(OK)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        fetcher = Fetcher(allow_origins=frozenset({f"http://localhost:{port}"}))
        found = await fetcher.fetch(f"http://localhost:{port}/", max_bytes=10, accept="*/*")
        assert found.body == b"{}"
        server.close()
        await server.wait_closed()
        with pytest.raises(FetchRefused) as gone:
            await fetcher.fetch(f"http://localhost:{port}/", max_bytes=10, accept="*/*")
        assert gone.value.code == "unreachable"

    asyncio.run(run())


@pytest.mark.network
def test_the_systems_resolver_gives_each_address_once() -> None:
    found = resolve_by_system("localhost")
    assert "127.0.0.1" in found
    assert len(set(found)) == len(found)

"""Attacks on the guarded fetch: addresses, names, URLs, answers. No network: resolver and wire are our own.

The ending `url` holds one line, the URL, whose name has a public address. `json` holds the URL with what the
resolver answers, look-up by look-up, and the octets that the server sends, in Latin-1.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from tests.attacks.framework import Case, Recipe
from verifier.addresses import Address
from verifier.fetch import Fetcher, FetchLimits, FetchRefused

AREA = "net"
PUBLIC = "93.184.216.34"
URL = "https://badges.district.example/status/1"
OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
MAX_BYTES = 4_096
LIMITS = FetchLimits(connect=0.5, exchange=0.5)
DEMO = "http://localhost:8001"
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used: the wire is ours

# What a resolver may answer, and no public server has
BAD_ANSWERS = {
    "NET-01": [
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.5",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - it is refused, not bound
        "100.64.0.1",
        "100.127.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "192.88.99.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::1",
        "::",
    ],
    "NET-03": [
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::ffff:93.184.216.34",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2001:0:7f00:1::",
        "fec0::1",
        "fe80::1",
        "fe80::1%lo",
        "3fff::1",
        "5f00::1",
        "ff02::1",
        "fc00::1",
        "fd00:ec2::254",
        "2001:db8::1",
        "2001:2::1",
        "2001:20::1",
        "100::1",
        "2606:4700::5efe:7f00:1",
        "2606:4700::200:5efe:10.0.0.1",
        "4000::1",
    ],
}
# Hosts that are refused before anybody looks them up
HOSTS = {
    "NET-01": [
        ("127.0.0.1", "blocked_address"),
        ("localhost", "blocked_address"),
        ("LocalHost", "blocked_address"),
        ("a.localhost", "blocked_address"),
        ("[::1]", "blocked_address"),
        ("[::ffff:10.0.0.5]", "blocked_address"),
        ("10.0.0.5", "blocked_address"),
        ("169.254.169.254", "blocked_address"),
        ("0.0.0.0", "blocked_address"),  # noqa: S104 - it is refused, not bound
        ("100.64.0.1", "blocked_address"),
        ("198.18.0.1", "blocked_address"),
        ("metadata.google.internal", "blocked_address"),
        ("metadata.google.internal.", "blocked_address"),
        ("printer.local", "blocked_address"),
        ("router.home.arpa", "blocked_address"),
        ("93.184.216.34", "blocked_address"),
        ("metadata", "bad_url"),
    ],
    "NET-02": [
        ("0177.0.0.1", "blocked_address"),
        ("0x7f.1", "blocked_address"),
        ("0x7f000001", "blocked_address"),
        ("2130706433", "blocked_address"),
        ("127.1", "blocked_address"),
        ("10.0.0.0x5", "blocked_address"),
        ("127.0.0.1.", "blocked_address"),
        ("１２７.0.0.1", "blocked_address"),
        ("127。0。0。1", "bad_url"),
        ("①②⑦.example", "bad_url"),
        ("a_b.example", "bad_url"),
        ("a..example", "bad_url"),
        ("a.example.", "bad_url"),
        ("-a.example", "bad_url"),
        ("a.1b", "bad_url"),
        ("a" * 300 + ".example", "bad_url"),
    ],
}
# URLs that are refused before anybody looks their host up
URLS = [
    ("http://badges.district.example/", "not_https"),
    ("file:///etc/passwd", "not_https"),
    ("gopher://badges.district.example/_x", "not_https"),
    ("ftp://badges.district.example/", "not_https"),
    ("data:application/json,{}", "not_https"),
    ("ws://badges.district.example/", "not_https"),
    ("jar:https://badges.district.example/!/x", "not_https"),
    ("https://good.example@evil.example/", "bad_url"),
    ("https://user:pass@badges.district.example/", "bad_url"),
    ("https://evil.example\\@good.example/", "bad_url"),
    ("https://good.example%40evil.example/", "bad_url"),
    ("https://good.example%2Eevil.example/", "bad_url"),
    ("https://badges.district.example#@evil.example/", "bad_url"),
    ("https://badges.district.example/#x", "bad_url"),
    ("https://badges.district.example:22/", "bad_url"),
    ("https://badges.district.example:25/", "bad_url"),
    ("https://badges.district.example:80/", "bad_url"),
    ("https://badges.district.example:6379/", "bad_url"),
    ("https://badges.district.example:65979/", "bad_url"),
    ("https://badges.district.example:443:443/", "bad_url"),
    ("https://badges.district.example:/", "bad_url"),
    ("https://badges.district.example/../x", "bad_url"),
    ("https://badges.district.example/./x", "bad_url"),
    ("https://badges.district.example/%2e%2e/x", "bad_url"),
    ("https://badges.district.example/a%2Fb", "bad_url"),
    ("https://badges.district.example/a%5Cb", "bad_url"),
    ("https://badges.district.example//x", "bad_url"),
    ("https://badges.district.example/a//b", "bad_url"),
    ("https://badges.district.example/a\\b", "bad_url"),
    ("https://badges.district.example/a b", "bad_url"),
    ("https://badges.district.example/x\r\nHost: evil.example", "bad_url"),
    ("https://badges.district.example/\x00", "bad_url"),
    ("https://badges.district.example/é", "bad_url"),
    ("https://badges.district.example/?q=a b", "bad_url"),
    ("//badges.district.example/", "bad_url"),
    ("https:badges.district.example", "bad_url"),
    ("https:///x", "bad_url"),
    ("badges.district.example", "bad_url"),
    (" https://badges.district.example/", "bad_url"),
    ("https://badges.district.example/" + "a" * 2_100, "bad_url"),
]


def judge(data: bytes, suffix: str) -> str:
    """Fetch, and watch that the name is looked up once at most and nothing unchecked is dialled."""
    asked: dict[str, Any] = {"url": data.decode()} if suffix == "url" else json.loads(data)
    answers: list[list[str]] = asked.get("answers", [[PUBLIC]])
    looked_up: list[str] = []
    dialled: list[str] = []

    def resolve(host: str) -> list[str]:
        looked_up.append(host)
        return answers[min(len(looked_up), len(answers)) - 1]

    async def dial(address: Address, _port: int, _seconds: float) -> httpcore.AsyncNetworkStream:
        dialled.append(str(address))
        octets = asked.get("answer", OK).encode("latin-1")
        return httpcore.AsyncMockStream([octets[at : at + 1_024] for at in range(0, len(octets), 1_024)])

    fetcher = Fetcher(
        resolver=resolve,
        dialer=dial,
        tls=TLS,
        limits=LIMITS,
        allow_origins=frozenset(asked.get("allowed", [])),
    )
    code = "ok"
    try:
        asyncio.run(fetcher.fetch(asked["url"], max_bytes=MAX_BYTES, accept="application/vc"))
    except FetchRefused as refused:
        code = refused.code
    if len(looked_up) > 1 or not set(dialled) <= set(answers[0]):
        return "dialled_unchecked"
    if dialled and code in {"bad_url", "not_https", "blocked_address"}:
        return "dialled_refused"
    return code


def _kibibytes(head: str, count: int, around: tuple[str, str] = ("", "")) -> bytes:
    """A case whose answer is a head and many times 1,024 octets, each between a prefix and a suffix."""
    body = (around[0] + "x" * 1_024 + around[1]) * count
    return json.dumps({"url": URL, "answer": head + body}).encode()


RECIPES = {"kibibytes": _kibibytes}


def cases() -> Iterable[Case]:
    """Every attack of this area."""
    yield from _answers()
    yield from _hosts()
    yield from _urls()
    yield from _redirects()
    yield from _bodies()
    yield from _loopback()


def _case(**members: Any) -> bytes:
    return json.dumps({"url": URL} | members).encode()


def _answers() -> Iterable[Case]:
    twin = _case(answers=[[PUBLIC]])
    for row, named in BAD_ANSWERS.items():
        for number, address in enumerate(named, 1):
            data = _case(answers=[[address]])
            yield Case(f"{row}-address-{number:02}", data, "json", "blocked_address", twin)
    both = _case(answers=[[PUBLIC, "2606:4700::1"]])
    for name, answers in (
        ("private-last", [PUBLIC, "10.0.0.1"]),
        ("private-first", ["10.0.0.1", PUBLIC]),
        ("loopback-among-v6", ["2606:4700::1", "::1", PUBLIC]),
        ("metadata-last-of-many", [*(f"93.184.216.{last}" for last in range(1, 60)), "169.254.169.254"]),
        ("no-address", [PUBLIC, "badges.district.example"]),
        ("empty", []),
    ):
        yield Case(f"NET-04-{name}", _case(answers=[answers]), "json", "blocked_address", both)
    rebinding = _case(answers=[[PUBLIC], ["127.0.0.1"]])
    yield Case(
        "NET-05-private-then-public",
        _case(answers=[["127.0.0.1"], [PUBLIC]]),
        "json",
        "blocked_address",
        rebinding,
    )
    yield Case(
        "NET-05-mixed-then-public",
        _case(answers=[[PUBLIC, "127.0.0.1"], [PUBLIC]]),
        "json",
        "blocked_address",
        rebinding,
    )


def _hosts() -> Iterable[Case]:
    twin = URL.encode()
    for row, hosts in HOSTS.items():
        for number, (host, expect) in enumerate(hosts, 1):
            yield Case(f"{row}-host-{number:02}", f"https://{host}/".encode(), "url", expect, twin)
    a_label = b"https://xn--80ak6aa92e.com/"
    yield Case("NET-15-unicode-host", "https://аррӏе.com/".encode(), "url", "bad_url", a_label)


def _urls() -> Iterable[Case]:
    twin = URL.encode()
    for number, (url, expect) in enumerate(URLS, 1):
        yield Case(f"NET-07-url-{number:02}", url.encode(), "url", expect, twin)


def _redirects() -> Iterable[Case]:
    twin = _case(answer=OK)
    for status in (300, 301, 302, 303, 304, 305, 307, 308):
        for name, location in (("out", "https://evil.example/"), ("in", "http://127.0.0.1/")):
            head = f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
            yield Case(f"NET-06-{status}-{name}", _case(answer=head), "json", "redirect_refused", twin)
    for name, head in (
        ("refresh", OK.replace("\r\n\r\n", "\r\nRefresh: 0; url=http://127.0.0.1/\r\n\r\n")),
        ("broken-location", "HTTP/1.1 302 X\r\nLocation: https://[\r\nContent-Length: 0\r\n\r\n"),
        ("no-location", "HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n"),
    ):
        yield Case(f"NET-06-{name}", _case(answer=head), "json", "redirect_refused", twin)


def _bodies() -> Iterable[Case]:
    head, chunked = "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    twin = _case(answer=OK)
    for name, answer in (
        ("length-beyond", f"{head}Content-Length: 4097\r\n\r\n"),
        ("length-ten-gigabytes", f"{head}Content-Length: 10737418240\r\n\r\n"),
        ("length-of-20-digits", f"{head}Content-Length: {'9' * 20}\r\n\r\n"),
    ):
        yield Case(f"NET-08-{name}", _case(answer=answer), "json", "too_large", twin)
    for name, parameters in (
        ("chunks-without-end", {"head": chunked, "around": ("400\r\n", "\r\n")}),
        ("until-close-without-end", {"head": f"{head}\r\n"}),
    ):
        large = Recipe("kibibytes", {"count": 64, **parameters})
        small = Recipe("kibibytes", {"count": 4, **parameters} | ({"head": f"{head}\r\n"}))
        yield Case(f"NET-08-{name}", large, "json", "too_large", small if name.startswith("until") else twin)
    for name in ("gzip", "br", "deflate", "zstd", "compress", "gzip, identity"):
        encoded = f"{head}Content-Encoding: {name}\r\nContent-Length: 2\r\n\r\n{{}}"
        expect = "encoded_body"
        identity = _case(answer=encoded.replace(name, "identity", 1))
        yield Case(f"NET-08-{name.replace(', ', '-')}", _case(answer=encoded), "json", expect, identity)
    for name, answer in (
        ("nothing", ""),
        ("no-http", "SSH-2.0-OpenSSH_9.6\r\n"),
        ("cut-off", f"{head}Content-Length: 9\r\n\r\n{{}}"),
        ("two-lengths", f"{head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}"),
        ("negative-length", f"{head}Content-Length: -1\r\n\r\n"),
        ("transfer-coding", f"{head}Transfer-Encoding: gzip, chunked\r\n\r\n"),
        ("broken-chunk", f"{chunked}zz\r\n"),
        ("nul-in-a-header", f"{head}A\x00: b\r\n\r\n"),
    ):
        yield Case(f"NET-14-{name}", _case(answer=answer), "json", "unreachable", twin)
    for status in (201, 204, 400, 401, 403, 404, 410, 429, 500, 502, 503):
        answer = f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n"
        yield Case(f"NET-14-status-{status}", _case(answer=answer), "json", "http_status", twin)


def _loopback() -> Iterable[Case]:
    here = {"allowed": [DEMO], "answers": [["127.0.0.1"]]}
    twin = json.dumps(here | {"url": f"{DEMO}/x"}).encode()
    for name, url, expect in (
        ("another-port", "http://localhost:8002/x", "not_https"),
        ("no-port", "http://localhost/x", "not_https"),
        ("by-address", "http://127.0.0.1:8001/x", "not_https"),
        ("https", "https://localhost:8001/x", "blocked_address"),
        ("another-name", "https://badges.district.example/x", "blocked_address"),
        ("name-behind", "http://localhost.evil.example:8001/x", "not_https"),
        ("user-name", "http://localhost:8001@evil.example/x", "bad_url"),
        ("dots", f"{DEMO}/../x", "bad_url"),
    ):
        yield Case(f"NET-01-allowed-{name}", json.dumps(here | {"url": url}).encode(), "json", expect, twin)
    elsewhere = here | {"url": f"{DEMO}/x", "answers": [[PUBLIC]]}
    yield Case(
        "NET-01-allowed-name-elsewhere", json.dumps(elsewhere).encode(), "json", "blocked_address", twin
    )

"""Requests to the verifier's site that are wrong before any badge is in them: hosts, paths, methods, lengths.

An input is a JSON object of a request: `{"method", "path", "headers": [[name, value]]}`. The site is asked as
a server would ask it, with the path and the headers as they came.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterator, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.attacks.framework import Case
from tests.site import make_site
from tests.world import World
from verifier.web.guard import Guard

AREA = "front"
OURS = "check.example.org"
EVIL = "evil.example"
SERVER_FAULT = 500


def judge(data: bytes, _suffix: str) -> str:
    """Ask: "ok" for a page that is ours; else what was answered, or the fault that it shows."""
    asked = json.loads(data)
    status, headers, body = asyncio.run(_ask(asked))
    if status >= SERVER_FAULT:
        return "broken"
    if "location" in headers:
        return "redirects"
    if EVIL.encode() in body or any(EVIL in value for value in headers.values()):
        return "repeats_it"
    if "default-src 'none'" not in headers.get("content-security-policy", ""):
        return "without_policy"
    named = {name.lower() for name, _ in asked["headers"]}
    if status == 200 and named & {"range", "x-forwarded-host", "x-http-method-override"}:
        return "not_believed"
    return "ok" if status == 200 else str(status)


async def _ask(asked: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    path, _, query = asked["path"].partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked["method"],
        "scheme": "https",
        "path": path,
        "raw_path": path.encode("utf-8"),
        "query_string": query.encode("utf-8"),
        "root_path": "",
        "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in asked["headers"]],
        "client": ("192.0.2.7", 5),
        "server": (OURS, 443),
    }
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    await _site()(scope, receive, send)
    headers = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in said[0]["headers"]}
    return said[0]["status"], headers, b"".join(one.get("body", b"") for one in said[1:])


@lru_cache(maxsize=1)
def _site() -> Guard:
    with tempfile.TemporaryDirectory() as folder:
        return make_site(World(), Path(folder))


def request(path: str = "/", method: str = "GET", host: str | None = OURS, **headers: str) -> bytes:
    """A request as an input."""
    listed = [["Host", host]] if host is not None else []
    listed += [[name.replace("_", "-"), value] for name, value in headers.items()]
    return json.dumps({"method": method, "path": path, "headers": listed}).encode()


GOOD = request()
STYLE = request("/static/app.css")
MANY = "bytes=" + ",".join(["0-0"] * 500)
HOSTS = {
    "another": EVIL,
    "empty": "",
    "ours-in-front": f"{OURS}.{EVIL}",
    "ours-behind": f"{EVIL}.{OURS}",
    "userinfo": f"{OURS}@{EVIL}",
    "userinfo-ours": f"{EVIL}@{OURS}",
    "path": f"{OURS}/{EVIL}",
    "port-of-words": f"{OURS}:{EVIL}",
    "final-dot": f"{OURS}.",
    "space": f"{OURS} {EVIL}",
    "comma": f"{OURS},{EVIL}",
    "wide": f"{OURS}\xad",
    "address": "[::1]:443",
}
NOWHERE = {
    "slashes": f"//{EVIL}",
    "slashes-and-ours": f"//{EVIL}/check",
    "backslash": f"/\\{EVIL}",
    "final-slash": "/check/",
    "break": "/check\r\nLocation: https://evil.example",
    "up": "/static/../app.py",
    "up-encoded": "/static/%2e%2e/app.py",
    "nul": "/static/app.css\x00.png",
    "absolute": f"https://{EVIL}/",
    "case": "/Check",
}
INSIDE = {"docs": "/docs", "redoc": "/redoc", "debug": "/debug", "env": "/.env", "git": "/.git/config"}
LENGTHS = {
    "letters": ("ten", "400"),
    "negative": ("-1", "400"),
    "plus": ("+1", "400"),
    "several": ("1, 1", "400"),
    "other-digits": ("\xb2", "400"),
    "too-much": (str(2**30), "413"),
    "without-end": ("9" * 300, "413"),
}


def cases() -> Iterator[Case]:
    for name, host in HOSTS.items():
        yield Case(f"WEB-02-host-{name}", request(host=host), "json", "421", GOOD)
    yield Case("WEB-02-no-host", request(host=None), "json", "421", GOOD)
    two = json.dumps({"method": "GET", "path": "/", "headers": [["Host", OURS], ["Host", EVIL]]}).encode()
    yield Case("WEB-02-two-hosts", two, "json", "421", GOOD)
    for name, path in NOWHERE.items():
        yield Case(f"WEB-02-path-{name}", request(path), "json", "404", GOOD)
    for name, (length, expect) in LENGTHS.items():
        data = request("/check", "POST", Content_Length=length)
        yield Case(f"WEB-17-length-{name}", data, "json", expect, request("/check"))
    for method in ("TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "BREW", "get"):
        yield Case(f"WEB-17-method-{method}", request(method=method), "json", "405", GOOD)
    yield Case("WEB-17-ranges", request("/static/app.css", Range=MANY), "json", "not_believed", STYLE)
    forwarded = request(X_Forwarded_Host=EVIL, X_Forwarded_Proto="http", Forwarded=f"host={EVIL}")
    yield Case("WEB-18-forwarded-host", forwarded, "json", "not_believed", GOOD)
    override = request(X_HTTP_Method_Override="DELETE")
    yield Case("WEB-03-method-override", override, "json", "not_believed", GOOD)
    for name, path in INSIDE.items():
        yield Case(f"WEB-22-{name}", request(path), "json", "404", GOOD)

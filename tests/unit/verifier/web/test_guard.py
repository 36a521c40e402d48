from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from tests.site import ask, make_site
from tests.world import World
from verifier.web import guard
from verifier.web.guard import HEADERS, MAX_BATCH, MAX_BODY, MAX_UPLOAD, SCRIPTED, Guard, headers_for


@pytest.fixture
def site(tmp_path: Path) -> Guard:
    return make_site(World(), tmp_path)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/", "GET", 200),
        ("/", "HEAD", 200),
        ("/static/app.css", "GET", 200),
        ("/c/nonsense", "GET", 200),
        ("/healthz", "GET", 200),
        ("/nowhere", "GET", 404),
        ("/", "DELETE", 405),
        ("/", "TRACE", 405),
        ("/check/", "POST", 404),
        ("/credentials/verify", "GET", 405),
        ("/credentials/verify", "POST", 415),
        ("/docs", "GET", 404),
        ("/redoc", "GET", 404),
        ("/openapi.json", "GET", 200),
        ("/developers", "GET", 200),
        ("/problems/busy", "GET", 200),
        ("/v1/verifications", "POST", 415),
        ("/v1/nothing", "GET", 404),
    ],
)
def test_every_answer_bears_every_header(site: Guard, path: str, method: str, status: int) -> None:
    answer = ask(site, path, method)
    assert answer.status_code == status
    for name, value in headers_for(method, path).items():
        assert answer.headers.get_list(name) == [value]
    kept = "public, max-age=3600" if path.startswith("/static") else "no-store"
    assert answer.headers["cache-control"] == kept
    assert "set-cookie" not in answer.headers


def test_a_fault_of_ours_bears_them_too_and_tells_nothing(
    site: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.web.pages.read_path", lambda *_: 1 / 0)
    answer = ask(site, "/c/nonsense")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert "Something went wrong on our side" in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_the_policy_lets_a_browser_run_nothing() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_page_of_a_batch_runs_our_own_script_asks_this_site_alone_and_has_no_camera() -> None:
    headers = headers_for("GET", "/batch/ANY")
    assert headers["Content-Security-Policy"] == (
        HEADERS["Content-Security-Policy"] + "; script-src 'self'; connect-src 'self'"
    )
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers_for("POST", "/batch/ANY/delete") == HEADERS
    assert headers_for("GET", "/batch") == headers_for("GET", "/batches/x") == HEADERS


def test_only_pages_that_ask_may_run_our_own_script_and_use_the_camera(site: Guard) -> None:
    for path in SCRIPTED:
        policy = headers_for("GET", path)["Content-Security-Policy"]
        assert policy == HEADERS["Content-Security-Policy"] + "; script-src 'self'"
        answer = ask(site, path, "POST")
        assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert {"/", "/check"} == SCRIPTED
    for path in ("/how", "/c/nonsense", "/s/nonsense", "/nowhere"):
        assert "script" not in ask(site, path).headers["content-security-policy"]
        assert "camera=()" in ask(site, path).headers["permissions-policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "", "check.example.org.evil.example", "check.example.org@evil.example", "[::1]"]
)
def test_another_host_is_refused(site: Guard, host: str) -> None:
    answer = ask(site, "/", headers={"Host": host})
    assert answer.status_code == 421
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["CHECK.example.org", "check.example.org:8443", "localhost:8001"])
def test_our_own_names_are_answered_at_any_port(site: Guard, host: str) -> None:
    assert ask(site, "/", headers={"Host": host}).status_code == 200


def test_no_redirect_repeats_a_host_or_an_address(site: Guard) -> None:
    assert ask(site, "/%2f%2fevil.example").status_code == 404
    assert ask(site, "/check").status_code == 200


BOUNDS = [
    ("/check", MAX_UPLOAD, 200),
    ("/batch", MAX_BATCH, 400),
    ("/credentials/verify", MAX_BODY, 415),
    ("/check/", MAX_BODY, 404),
]


@pytest.mark.parametrize(("path", "most", "status"), BOUNDS)
def test_a_body_at_the_bound_is_read_and_one_byte_more_is_not(
    site: Guard, path: str, most: int, status: int
) -> None:
    assert ask(site, path, "POST", content=bytes(most)).status_code == status
    assert ask(site, path, "POST", content=bytes(most + 1)).status_code == 413


def test_all_bodies_together_have_a_bound(site: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_HELD", 1_000)
    assert ask(site, "/check", "POST", content=bytes(1_000)).status_code == 200
    assert ask(site, "/check", "POST", content=bytes(1_001)).status_code == 503
    assert ask(site, "/check", "POST", content=bytes(1_000)).status_code == 200  # and it is given back


def test_a_body_counts_until_it_has_been_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_HELD", 1_000)

    entered, go = asyncio.Event(), asyncio.Event()

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            entered.set()
            await go.wait()
        await PlainTextResponse("ok")(scope, receive, send)

    async def both() -> list[int]:
        transport = httpx.ASGITransport(Guard(inner, ["localhost"]))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            slow = asyncio.create_task(client.post("/slow", content=bytes(900)))
            await entered.wait()
            meanwhile = await client.post("/", content=bytes(900))
            go.set()
            await slow
            after = await client.post("/", content=bytes(900))
        return [slow.result().status_code, meanwhile.status_code, after.status_code]

    assert asyncio.run(both()) == [200, 503, 200]


def test_a_body_that_says_nothing_of_its_length_is_counted(site: Guard) -> None:
    async def parts() -> object:
        for _ in range(MAX_UPLOAD // 65_536 + 1):
            yield bytes(65_536)

    assert ask(site, "/check", "POST", content=parts()).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "²", "x", "", "5, 5"])
def test_a_length_that_is_no_number_is_refused(site: Guard, length: str) -> None:
    answer = ask(
        site,
        "/check",
        "POST",
        content=b"hello",
        headers={"Content-Length": length.encode("latin-1")},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("length", [str(MAX_UPLOAD + 1), "9" * 400])
def test_too_great_a_length_is_refused_before_a_byte_is_read(site: Guard, length: str) -> None:
    assert ask(site, "/check", "POST", content=b"", headers={"Content-Length": length}).status_code == 413


def test_a_body_that_never_ends_is_given_up(site: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    # The address has a patience of its own, which is all that is shortened here.
    monkeypatch.setattr(guard, "BODIES", {"/check": (MAX_UPLOAD, 0.05)})

    async def drip() -> object:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    assert ask(site, "/check", "POST", content=drip()).status_code == 408


def test_who_has_gone_before_the_end_does_no_harm() -> None:
    seen: list[bytes] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((await receive())["body"])
        seen.append((await receive())["type"].encode())

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    scope: Scope = {"type": "http", "headers": [(b"host", b"localhost")]}
    asyncio.run(Guard(inner, ["localhost"])(scope, gone, send))
    assert seen == [b"", b"http.disconnect"]


def test_what_is_no_http_passes() -> None:
    seen: list[str] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    asyncio.run(Guard(inner, [])({"type": "lifespan"}, None, None))  # type: ignore[arg-type]  # neither is called
    assert seen == ["lifespan"]

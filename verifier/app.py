"""The verifier's site, put together and served."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from verifier.archive import ArchiveError, open_archive
from verifier.cache import Cache, asking_again_after
from verifier.checking import open_desk
from verifier.decoding import open_decoder
from verifier.fetch import Fetcher
from verifier.gather import Source
from verifier.network import open_network
from verifier.policy import Policy
from verifier.receipt_keys import ReceiptKeys, ReceiptKeysError, open_receipt_keys
from verifier.settings import Settings, SettingsError
from verifier.trust import Trust
from verifier.trust_refresh import Fetches, keep_fresh
from verifier.turns import TooBusy, Turns
from verifier.web.api import api, problem
from verifier.web.guard import Guard
from verifier.web.issuers import issuers
from verifier.web.pages import error_page, pages
from verifier.web.rate import Rate
from verifier.web.receipts import receipts
from verifier.web.site import Site
from verifier.web.uploads import Intake

STATIC = {
    "app.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "scan.js": "text/javascript; charset=utf-8",
}


AGAIN_AFTER = 5
"""Seconds after which who was turned away may ask again."""


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    source: Source | None = None,
    clock: Callable[[], datetime] = _now,
    fetcher: Fetches | None = None,
) -> Guard:
    """The whole site as an ASGI application.

    Args:
        settings: As whoever runs it decided.
        source: Who answers needs; by default the archive of the settings, else the guarded network.
        clock: Gives the time, aware.
        fetcher: Asks for trust lists; by default the guarded network.

    Raises:
        SettingsError: The trust list, the archive or the folder for what is kept cannot be used.
    """
    policy = settings.policy(clock())
    intake = Intake(open_decoder(settings.decoders))
    desk = open_desk(settings.processes, settings.check_seconds) if settings.processes else None

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _fresh_lists(app, settings, fetcher, clock):
            yield
        intake.close()
        if desk:
            desk.close()

    app = FastAPI(
        title="Cairn",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.site = Site(
        policy=policy,
        source=source or _source(settings, policy),
        rate=Rate(settings.lookups_per_minute),
        turns=_turns(settings),
        desk=desk,
        clock=clock,
        receipts=_receipts(settings),
    )
    app.state.intake = intake
    app.include_router(pages)
    app.include_router(issuers)
    app.include_router(api)
    if settings.data is not None:
        app.include_router(receipts)
    for name, media_type in STATIC.items():
        app.add_api_route(f"/static/{name}", _static(name, media_type), methods=["GET", "HEAD"])
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(TooBusy, _busy)
    app.add_exception_handler(Exception, _broken)
    return Guard(app, settings.hosts)


@contextlib.asynccontextmanager
async def _fresh_lists(
    app: FastAPI, settings: Settings, fetcher: Fetches | None, clock: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Ask for the trust lists as long as the site runs; each answer takes the place of the lists before."""
    store, sources = settings.trust_store(), settings.sources()
    if store is None or not any(one.on_web for one in sources):
        yield
        return

    def use(trust: Trust) -> None:
        site: Site = app.state.site
        app.state.site = replace(site, policy=replace(site.policy, trust=trust))

    asking = asyncio.create_task(
        keep_fresh(
            store,
            sources,
            fetcher or Fetcher(allow_origins={f"http://{pair}" for pair in settings.loopback}),
            every=settings.trust_seconds,
            clock=clock,
            use=use,
        )
    )
    try:
        yield
    finally:
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking


def _source(settings: Settings, policy: Policy) -> Source:
    if settings.archive is None:
        keeping = asking_again_after(timedelta(seconds=settings.status_seconds))
        return Cache(open_network(policy), keeping=keeping)
    try:
        return open_archive(settings.archive)
    except ArchiveError as error:
        raise SettingsError(f"CAIRN_VERIFY_ARCHIVE: {error}") from error


def _turns(settings: Settings) -> Turns:
    """Places for checks: one address has three quarters of them at most, and a quarter of the line."""
    places, line = settings.checks_at_once, settings.checks_waiting
    return Turns(places, each=max(1, places * 3 // 4), waiting=line, waiting_each=max(1, line // 4))


def _receipts(settings: Settings) -> ReceiptKeys | None:
    if settings.data is None:
        return None
    try:
        return open_receipt_keys(settings.data)
    except ReceiptKeysError as error:
        raise SettingsError(f"CAIRN_VERIFY_DATA: {error}") from error


def _static(name: str, media_type: str) -> Callable[[Request], Response]:
    content = files("verifier").joinpath("static", name).read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {"Cache-Control": "public, max-age=3600", "ETag": tag}

    def answer(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=media_type, headers=headers)

    return answer


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith("/credentials/"):
        busy = status == 503  # noqa: PLR2004 - RFC 9110, 15.6.4
        told = (
            ("too_busy", "ask again in a little while")
            if busy
            else ("refused", "this address does not answer that")
        )
        answer: Response = problem(status, "about:blank", *told)
    else:
        answer = error_page(request, status)
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


async def _busy(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the shape of a handler
    again = {"Retry-After": str(AGAIN_AFTER)}
    return await _refused(request, HTTPException(503, headers=again))


async def _broken(request: Request, error: Exception) -> Response:
    return await _refused(request, error)


def serve(settings: Settings) -> None:
    """Serve the site until it is told to stop. Nobody's address, link or code goes into a log.

    Raises:
        SettingsError: As `create_app`.
    """
    uvicorn.run(
        create_app(settings),
        host=settings.bind,
        port=settings.port,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=sorted(settings.proxies) or "127.0.0.1",
        limit_concurrency=200,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=32_768,
        log_level="warning",
    )

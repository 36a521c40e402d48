"""The verifier's site, put together and served."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from verifier.archive import ArchiveError, open_archive
from verifier.cache import Cache, asking_again_after
from verifier.gather import Source
from verifier.network import open_network
from verifier.policy import Policy
from verifier.receipt_keys import ReceiptKeys, ReceiptKeysError, open_receipt_keys
from verifier.settings import Settings, SettingsError
from verifier.web.api import api, problem
from verifier.web.guard import Guard
from verifier.web.pages import error_page, pages
from verifier.web.rate import Rate
from verifier.web.receipts import receipts
from verifier.web.site import Site

STATIC = {
    "app.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "scan.js": "text/javascript; charset=utf-8",
}


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings, *, source: Source | None = None, clock: Callable[[], datetime] = _now
) -> Guard:
    """The whole site as an ASGI application.

    Args:
        settings: As whoever runs it decided.
        source: Who answers needs; by default the archive of the settings, else the guarded network.
        clock: Gives the time, aware.

    Raises:
        SettingsError: The trust list, the archive or the folder for what is kept cannot be used.
    """
    app = FastAPI(title="Cairn", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    policy = settings.policy()
    app.state.site = Site(
        policy=policy,
        source=source or _source(settings, policy),
        rate=Rate(settings.lookups_per_minute),
        turns=asyncio.Semaphore(settings.checks_at_once),
        clock=clock,
        receipts=_receipts(settings),
    )
    app.include_router(pages)
    app.include_router(api)
    if settings.data is not None:
        app.include_router(receipts)
    for name, media_type in STATIC.items():
        app.add_api_route(f"/static/{name}", _static(name, media_type), methods=["GET", "HEAD"])
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _broken)
    return Guard(app, settings.hosts)


def _source(settings: Settings, policy: Policy) -> Source:
    if settings.archive is None:
        keeping = asking_again_after(timedelta(seconds=settings.status_seconds))
        return Cache(open_network(policy), keeping=keeping)
    try:
        return open_archive(settings.archive)
    except ArchiveError as error:
        raise SettingsError(f"CAIRN_VERIFY_ARCHIVE: {error}") from error


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
        return problem(status, "about:blank", "refused", "this address does not answer that")
    answer = error_page(request, status)
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


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

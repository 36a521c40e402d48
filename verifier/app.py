"""The verifier's site, put together and served."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from typing import Final

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
from verifier.journal import Journal
from verifier.metrics import Counted, Metrics
from verifier.network import open_network
from verifier.policy import Policy
from verifier.receipt_keys import ReceiptKeys, ReceiptKeysError, open_receipt_keys
from verifier.settings import Settings, SettingsError
from verifier.trust import Trust
from verifier.trust_refresh import Fetches, keep_fresh
from verifier.turns import TooBusy, Turns
from verifier.web.api import api
from verifier.web.batch import batch
from verifier.web.batches import Batches
from verifier.web.challenges import Challenges
from verifier.web.developers import developers
from verifier.web.guard import Guard
from verifier.web.issuers import issuers
from verifier.web.pages import error_page, pages
from verifier.web.pictures import Pictures
from verifier.web.problem import code_of, is_interface, problem, trace_of
from verifier.web.rate import Rate
from verifier.web.receipts import receipts
from verifier.web.site import Site
from verifier.web.uploads import Intake
from verifier.web.v1 import v1

STATIC = {
    "app.css": "text/css; charset=utf-8",
    "batch.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "scan.js": "text/javascript; charset=utf-8",
}


AGAIN_AFTER = 5
"""Seconds after which who was turned away may ask again."""


def _now() -> datetime:
    return datetime.now(UTC)


NO_REQUEST: Final = "0" * 32
"""Stands for a request in the journal, where what broke belongs to none."""


def create_app(
    settings: Settings,
    *,
    source: Source | None = None,
    clock: Callable[[], datetime] = _now,
    fetcher: Fetches | None = None,
    metrics: Metrics | None = None,
    journal: Journal | None = None,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> Guard:
    """The whole site as an ASGI application.

    Args:
        settings: As whoever runs it decided.
        source: Who answers needs; by default the archive of the settings, else the guarded network.
        clock: Gives the time, aware.
        fetcher: Asks for trust lists; by default the guarded network.
        metrics: Where it counts what it does; by default counts of its own that nobody reads.
        journal: Where it writes down what it does; by default nowhere.
        entropy: Gives so many random octets, for challenges.

    Raises:
        SettingsError: The trust list, the archive or the folder for what is kept cannot be used.
    """
    policy = settings.policy(clock())
    metrics = metrics if metrics is not None else Metrics()
    intake = Intake(open_decoder(settings.decoders))
    desk = open_desk(settings.processes, settings.check_seconds) if settings.processes else None

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _fresh_lists(app, settings, fetcher, clock), _tidied(batches):
            if journal is not None:
                journal.started()
            yield
        intake.close()
        drawings.close()
        if desk:
            desk.close()
        if journal is not None:
            journal.stopped()

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
        source=Counted(source, metrics) if source is not None else _source(settings, policy, metrics),
        rate=Rate(settings.lookups_per_minute),
        turns=_turns(settings),
        desk=desk,
        clock=clock,
        receipts=_receipts(settings),
        codes=Rate(settings.codes_per_minute, "codes"),
        whole=Rate(settings.checks_per_minute, "checks"),
        metrics=metrics,
        challenges=Challenges(entropy),
    )
    _watch(metrics, app.state.site)
    app.state.intake = intake
    app.state.pictures = drawings = Pictures(secrets.token_bytes, clock)
    metrics.watch("pictures", lambda: drawings.size)
    app.state.batches = batches = Batches(
        lambda: app.state.site,
        intake,
        clock=clock,
        entropy=secrets.token_bytes,
        at_once=max(1, settings.checks_at_once // 2),
        broke=partial(_write_down, journal),
    )
    app.state.journal = journal
    app.include_router(pages)
    app.include_router(issuers)
    app.include_router(batch)
    app.include_router(api)
    app.include_router(v1)
    app.include_router(developers)
    if settings.data is not None:
        app.include_router(receipts)
    for name, media_type in STATIC.items():
        app.add_api_route(f"/static/{name}", _static(name, media_type), methods=["GET", "HEAD"])
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(TooBusy, _busy)
    app.add_exception_handler(Exception, _broken)
    return Guard(app, settings.hosts, metrics=metrics, journal=journal)


def _watch(metrics: Metrics, site: Site) -> None:
    """Say how much is kept: every cache that the site has."""
    metrics.watch("status_lists", lambda: site.memory.size)
    metrics.watch("challenges", lambda: site.challenges.size)
    for name, rate in (("lookups", site.rate), ("codes", site.codes), ("checks", site.whole)):
        metrics.watch(f"addresses_{name}", partial(getattr, rate, "size"))
    if isinstance(site.source, Cache):
        answers = site.source
        metrics.watch("answers", lambda: answers.size, lambda: answers.kept_bytes)


@contextlib.contextmanager
def metrics_served(settings: Settings, metrics: Metrics) -> Iterator[int | None]:
    """Answer `GET /metrics` at its own port until left, where the settings name one; gives the port.

    Raises:
        SettingsError: The port cannot be used.
    """
    if settings.metrics_port is None:
        yield None
        return
    try:
        server = metrics.serve(settings.metrics_port, settings.metrics_bind)
    except OSError as error:
        raise SettingsError(f"CAIRN_VERIFY_METRICS_PORT: {error.strerror}: choose another") from error
    try:
        yield server.port
    finally:
        server.close()


@contextlib.asynccontextmanager
async def _tidied(batches: Batches) -> AsyncIterator[None]:
    """Forget batches whose day is over as long as the site runs, and all of them when it ends."""
    tidying = asyncio.create_task(batches.keep_tidy())
    try:
        yield
    finally:
        tidying.cancel()
        batches.close()


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


def _source(settings: Settings, policy: Policy, metrics: Metrics) -> Source:
    if settings.archive is None:
        keeping = asking_again_after(timedelta(seconds=settings.status_seconds))
        return Cache(Counted(open_network(policy), metrics), keeping=keeping)
    try:
        return Counted(open_archive(settings.archive), metrics)
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
    said = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if is_interface(request.url.path):
        return problem(request, code_of(status), headers=said)
    answer = error_page(request, status)
    answer.headers.update(said)
    return answer


async def _busy(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the shape of a handler
    again = {"Retry-After": str(AGAIN_AFTER)}
    return await _refused(request, HTTPException(503, headers=again))


def _write_down(journal: Journal | None, fault: Exception) -> None:
    """Write down what ended a batch: it happens after its request has been answered."""
    if journal is not None:
        journal.fault(fault, request=NO_REQUEST, route="/batch")


async def _broken(request: Request, error: Exception) -> Response:
    journal: Journal | None = request.app.state.journal
    if journal is not None:
        route = str(getattr(request.scope.get("route"), "path", "none"))
        journal.fault(error, request=trace_of(request), route=route)
    return await _refused(request, error)


def serve(settings: Settings) -> None:
    """Serve the site until it is told to stop. Nobody's address, link or code goes into a log.

    What it does is written to standard error, a JSON object a line (`verifier.journal`).

    Raises:
        SettingsError: As `create_app`.
    """
    journal, metrics = Journal(sys.stderr), Metrics()
    journal.take_over()
    app = create_app(settings, journal=journal, metrics=metrics)
    with metrics_served(settings, metrics):
        _run(app, settings)


def _run(app: Guard, settings: Settings) -> None:
    uvicorn.run(
        app,
        host=settings.bind,
        port=settings.port,
        log_config=None,
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

"""The issuer's HTTP application."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from issuer.api.batches import InRequest
from issuer.api.durable import Durable
from issuer.background import Background
from issuer.carry.paper import NO_PRINTING, Printing
from issuer.journal import Journal
from issuer.metrics import Metrics
from issuer.outbound import Outbound
from issuer.publisher import Publisher
from issuer.store.migrations import check_migrated
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.web import problems, public, wallet
from issuer.web.api.calling import Api
from issuer.web.api.install import install as install_api
from issuer.web.guard import Guard
from issuer.web.limiter import Limiter
from issuer.web.staff.console import create_console
from issuer.web.student.site import create_student_site
from issuer.web.watched import Watched
from keys.signer import Signer


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def create_app(
    store: Store,
    *,
    publisher: Publisher | None = None,
    background: Sequence[Background] = (),
    clock: Callable[[], datetime] = utc_now,
    limiter: Limiter | None = None,
    entropy: Entropy = os.urandom,
    outbound: Outbound | None = None,
    secret_of: Callable[[str], str] = lambda _district: "",
    console: bool = True,
    signer_of: Callable[[str], Signer] | None = None,
    printing: Printing = NO_PRINTING,
    hold: timedelta | None = None,
    webhook_key: bytes = b"",
    journal: Journal | None = None,
    metrics: Metrics | None = None,
    wallet_jwt: bool = False,
) -> FastAPI:
    """The public side of an issuer, what programs ask of it, the console of every district that has people
    under `/staff`, and the students' pages under `/my`.

    Args:
        store: An open database, migrated.
        publisher: Runs while the application does; None where another process publishes.
        background: What else runs while the application does.
        clock: Gives the time.
        limiter: Counts failed codes.
        entropy: Random bytes, for what the console gives out.
        outbound: How the districts' single sign-on is asked.
        secret_of: The secret of a district at its single sign-on.
        console: Whether there is a console at all.
        signer_of: Opens the key of a district, for what the console issues; None where it may sign nothing.
        printing: What the console prints papers with; without a verifier's address it prints none.
        hold: For how long a batch can be undone, where a worker carries batches out; None where none does.
        webhook_key: From what the secrets of webhooks are derived; empty where there are none.
        journal: Where each request is written down; None for nowhere.
        metrics: Where each request is counted; None for nowhere.
        wallet_jwt: Whether wallets may take badges as JWTs too, which is practice beyond the text.

    Raises:
        IssuerError: `migrations_missing`.
    """
    check_migrated(store)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        running = [*([publisher] if publisher is not None else ()), *background]
        for one in running:
            one.start()
        yield
        for one in reversed(running):
            one.stop()

    # No pages about the interface, which would load scripts from elsewhere; no redirect that repeats a Host
    # header.
    app = FastAPI(
        title="Cairn issuer",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.store = store
    app.state.publisher = publisher
    app.state.clock = clock
    app.state.limiter = limiter or Limiter()
    outbound = outbound or Outbound()
    app.state.entropy = entropy
    app.state.signer_of = signer_of
    app.state.wallet_jwt = wallet_jwt
    app.state.wallet_limiter = Limiter()
    app.include_router(public.router)
    wallet.install(app)
    carried = Durable(hold) if hold is not None else InRequest()
    api = Api(store, clock, entropy, signer_of, carried, webhook_key=webhook_key)
    install_api(app, api)
    if console:
        staff = create_console(
            store,
            clock=clock,
            entropy=entropy,
            outbound=outbound,
            secret_of=secret_of,
            signer_of=signer_of,
            printing=printing,
            hold=hold,
        )
        app.add_api_route("/staff", lambda: RedirectResponse("/staff/", 303), methods=["GET"])
        app.mount("/staff", staff)
    students = create_student_site(
        store,
        wallet_jwt=wallet_jwt,
        clock=clock,
        entropy=entropy,
        signer_of=signer_of,
        limiter=app.state.limiter,
        outbound=outbound,
        secret_of=secret_of,
        printing=printing,
    )
    app.add_api_route("/my", lambda: RedirectResponse("/my/", 303), methods=["GET"])
    app.mount("/my", students)
    problems.install(app)
    app.add_middleware(Guard)
    if journal is not None and metrics is not None:
        app.add_middleware(Watched, journal=journal, metrics=metrics)
    return app

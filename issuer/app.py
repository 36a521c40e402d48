"""The issuer's HTTP application."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from issuer.carry.paper import NO_PRINTING, Printing
from issuer.mail.sender import Sender
from issuer.outbound import Outbound
from issuer.publisher import Publisher
from issuer.store.migrations import check_migrated
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.web import problems, public, wallet
from issuer.web.guard import Guard
from issuer.web.limiter import Limiter
from issuer.web.staff.console import create_console
from issuer.web.student.site import create_student_site
from keys.signer import Signer


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def create_app(
    store: Store,
    *,
    publisher: Publisher | None = None,
    sender: Sender | None = None,
    clock: Callable[[], datetime] = utc_now,
    limiter: Limiter | None = None,
    entropy: Entropy = os.urandom,
    outbound: Outbound | None = None,
    secret_of: Callable[[str], str] = lambda _district: "",
    console: bool = True,
    signer_of: Callable[[str], Signer] | None = None,
    printing: Printing = NO_PRINTING,
    wallet_jwt: bool = False,
) -> FastAPI:
    """The public side of an issuer, and under `/staff` the console of every district that has people,
    and under `/my` the pages of the students.

    Args:
        store: An open database, migrated.
        publisher: Runs while the application does; None where another process publishes.
        sender: Sends mail while the application runs; None where no mail is sent, or elsewhere.
        clock: Gives the time.
        limiter: Counts failed codes.
        entropy: Random bytes, for what the console gives out.
        outbound: How the districts' single sign-on is asked.
        secret_of: The secret of a district at its single sign-on.
        console: Whether there is a console at all.
        signer_of: Opens the key of a district, for what the console issues; None where it may sign nothing.
        printing: What the console prints papers with; without a verifier's address it prints none.
        wallet_jwt: Whether wallets may take badges as JWTs too, which is practice beyond the text.

    Raises:
        IssuerError: `migrations_missing`.
    """
    check_migrated(store)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if publisher is not None:
            publisher.start()
        if sender is not None:
            sender.start()
        yield
        if sender is not None:
            sender.stop()
        if publisher is not None:
            publisher.stop()

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
    if console:
        staff = create_console(
            store,
            clock=clock,
            entropy=entropy,
            outbound=outbound,
            secret_of=secret_of,
            signer_of=signer_of,
            printing=printing,
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
    return app

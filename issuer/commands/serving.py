"""`cairn serve`: the public side of the issuer, until it is told to stop."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from issuer.access.provider import secret_from
from issuer.background import Background
from issuer.commands.desk import Desk
from issuer.commands.jobs import held_for, make_worker
from issuer.errors import IssuerError
from issuer.places.place import Place
from issuer.publication import is_loopback, publish_due
from issuer.store import queries
from issuer.store.roles import standing
from issuer.store.session import Store
from keys.signer import Signer

if TYPE_CHECKING:  # the other commands start sooner without them
    from issuer.metrics import Metrics
    from issuer.outbound import Outbound
    from issuer.publisher import Publisher

USUAL_PORT = 8000


def serve(
    ctx: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            help="The port to listen at; else that of a district at localhost, else 8000.", min=1, max=65_535
        ),
    ] = None,
    proxy: Annotated[
        str, typer.Option(help="The address of the proxy in front, whose word on the client is taken.")
    ] = "",
    publish: Annotated[bool, typer.Option(help="Keep lists published while serving.")] = True,
    mail: Annotated[bool, typer.Option(help="Send mail while serving, where a mail server is set.")] = True,
    work: Annotated[bool, typer.Option(help="Carry out jobs while serving; see `cairn worker`.")] = True,
) -> None:
    """Serve the public documents and shared badges, and keep the lists published."""
    import uvicorn  # noqa: PLC0415 - the other commands need no web server, and start sooner without one

    from issuer.app import create_app  # noqa: PLC0415 - likewise
    from issuer.carry.paper import Printing  # noqa: PLC0415 - likewise
    from issuer.health import waits  # noqa: PLC0415 - likewise
    from issuer.journal import Journal  # noqa: PLC0415 - likewise
    from issuer.metrics import Metrics  # noqa: PLC0415 - likewise
    from issuer.outbound import Outbound  # noqa: PLC0415 - likewise
    from issuer.publisher import parts_of  # noqa: PLC0415 - likewise
    from issuer.webhooks.secret import key_from  # noqa: PLC0415 - likewise

    desk: Desk = ctx.obj
    store = desk.every_district()

    def signer_of(district_id: str) -> Signer:
        with store.reading() as session:
            return desk.signer(queries.district(session, district_id))

    def secret_of(district_id: str) -> str:
        return secret_from(os.environ, desk.settings.secrets_dir, district_id)

    if (role := standing(store)) is not None and role.above:
        desk.say(
            f"The database role {role.name} is {role.above}, so the database itself does not keep districts "
            "apart. See cairn database role."
        )
    with store.reading() as session:
        districts = queries.districts(session)
    at = port or _own_port(one.origin for one in districts)
    listening = _listen(host, at)
    publisher = None
    metrics = Metrics(lambda: parts_of(store, publisher, desk.now()), lambda: waits(store, desk.now()))
    if publish:
        publisher = _publisher(desk, store, signer_of, metrics)
    journal = Journal(sys.stderr, desk.now)
    journal.take_over()
    worker = make_worker(desk, store) if work else None
    outbound = Outbound(loopback=desk.settings.loopback_origins)
    webhook_key = key_from(os.environ, desk.settings.secrets_dir)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(
                store,
                publisher=publisher,
                background=[
                    *(_sender(desk, store) if mail else ()),
                    *_teller(desk, store, outbound, webhook_key),
                ],
                clock=desk.now,
                entropy=desk.entropy,
                outbound=outbound,
                secret_of=secret_of,
                console=desk.settings.console,
                signer_of=signer_of,
                hold=held_for(desk) if desk.settings.jobs else None,
                printing=Printing(desk.settings.verifier_origin, desk.settings.fonts),
                webhook_key=webhook_key,
                journal=journal,
                metrics=metrics,
                wallet_jwt=desk.settings.wallet_jwt,
            ),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxy),
            forwarded_allow_ips=proxy or None,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=10,
            limit_concurrency=200,
        )
    )
    desk.say(f"Serving at http://{host}:{at}; stop with Ctrl-C.")
    with contextlib.ExitStack() as ends:
        if desk.settings.metrics_port:
            ends.callback(metrics.serve(desk.settings.metrics_port, desk.settings.metrics_bind).close)
        if worker is not None:
            worker.start()
            ends.callback(worker.stop)
        journal.started()
        ends.callback(journal.stopped)
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(1)


def _publisher(desk: Desk, store: Store, signer_of: Callable[[str], Signer], metrics: Metrics) -> Publisher:
    """What keeps lists published; what is due is published now."""
    from issuer.publisher import Publisher  # noqa: PLC0415 - only a server publishes by itself
    from issuer.visible import Visible  # noqa: PLC0415 - likewise

    def place_of(district_id: str) -> Place | None:
        with store.reading() as session:
            return desk.place(queries.district(session, district_id))

    visible = Visible(metrics.revocation_seen)
    with store.reading() as session:
        names = [one.id for one in queries.districts(session)]
    for name in names:
        own = store.of(name)
        with own.reading() as session:
            visible.look(session, name, desk.now())
        # Before the first request: what cannot be signed or published is better known now.
        publish_due(own, name, signer_of(name), clock=desk.now, actor=desk.actor)
    every = desk.settings.publish_every
    return Publisher(store, signer_of, clock=desk.now, every=every, place_of=place_of, visible=visible)


def _sender(desk: Desk, store: Store) -> list[Background]:
    """What sends mail, where a mail server is set."""
    from issuer.mail.sender import Sender  # noqa: PLC0415 - only a server sends by itself
    from issuer.mail.set_up import server_of  # noqa: PLC0415 - likewise

    server = server_of(desk.settings)
    if server is None:
        return []
    return [Sender(store, server, clock=desk.now, entropy=desk.entropy, every=desk.settings.mail_every)]


def _teller(desk: Desk, store: Store, outbound: Outbound, key: bytes) -> list[Background]:
    """What tells webhooks, where their secrets can be derived."""
    from issuer.webhooks.teller import Teller  # noqa: PLC0415 - only a server tells by itself

    every = desk.settings.publish_every
    return [Teller(store, outbound=outbound, key=key, clock=desk.now, every=every)] if key else []


def _own_port(origins: Iterable[str]) -> int:
    """The port that the districts of this machine say they are at, where they say one; else the usual one."""
    ports = {urlsplit(one).port or USUAL_PORT for one in origins if is_loopback(one)}
    return ports.pop() if len(ports) == 1 else USUAL_PORT


def _listen(host: str, port: int) -> socket.socket:
    """A socket at the address, before anything says that it is served.

    Raises:
        IssuerError: `bad_setting` where the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2_048)
    except OSError as fault:
        why = fault.strerror or str(fault)
        raise IssuerError(
            "bad_setting",
            f"{host}, port {port} cannot be had: {why}. Stop what is there, or choose another --port",
        ) from fault

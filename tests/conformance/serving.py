"""Serve over https on this machine, until told to end or until whoever started this has ended."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvicorn

from tests.conformance.app import Server, create_app
from tests.conformance.certificate import write_certificate
from tests.conformance.manifest import LOCAL_CONFIG, local_config

HOST: Final = "127.0.0.1"
LOOKS: Final = 0.5
"""Seconds between two looks at whether the parent is still there."""

DIDS: Final = "dids.json"


@dataclass(frozen=True)
class Serving:
    """A server that listens.

    Args:
        server: What the routes stand on.
        origin: Its address.
        certificate: The file with its certificate.
        process: What serves; to be run.
        listener: Where it listens.
    """

    server: Server
    origin: str
    certificate: Path
    process: uvicorn.Server
    listener: socket.socket

    def run(self) -> None:
        """Serve until told to end."""
        self.process.run(sockets=[self.listener])


def prepare(folder: Path, port: int) -> Serving:
    """Listen at a port, and write what a client needs into a folder.

    Args:
        folder: Gets `certificate.pem`, `key.pem`, `dids.json` and `localConfig.cjs`.
        port: 0 for any that is free.

    Raises:
        OSError: Somebody else listens at that port.
    """
    listener = socket.create_server((HOST, port))
    origin = f"https://localhost:{listener.getsockname()[1]}"
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = write_certificate(folder, datetime.now(UTC))
    server = Server(origin)
    (folder / DIDS).write_text(json.dumps(server.dids(), indent=2) + "\n", "utf-8")
    (folder / LOCAL_CONFIG).write_text(local_config(origin, server.dids()), "utf-8")
    config = uvicorn.Config(
        create_app(server),
        log_level="error",
        access_log=False,
        ssl_certfile=str(certificate),
        ssl_keyfile=str(key),
        timeout_graceful_shutdown=2,
    )
    return Serving(server, origin, certificate, uvicorn.Server(config), listener)


def end_with_parent(serving: Serving) -> None:
    """Look from time to time whether the parent is still the same, and end where it is not."""
    parent = os.getppid()

    def look() -> None:
        pause = threading.Event()
        while not pause.wait(LOOKS):
            if os.getppid() != parent:
                serving.process.should_exit = True
                return

    threading.Thread(target=look, name="parent", daemon=True).start()


@contextmanager
def beside(folder: Path, port: int = 0) -> Iterator[Serving]:
    """Serve in a thread of this process while the block runs."""
    serving = prepare(folder, port)
    thread = threading.Thread(target=serving.run, name="conformance")
    thread.start()
    try:
        yield serving
    finally:
        serving.process.should_exit = True
        thread.join()

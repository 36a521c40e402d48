"""Ports of this machine for servers that are told theirs before they listen.

A port that the system gives and takes back can go to anybody before the server has it: to another server of
the tests, or to a connection that somebody opens. These lie below those that the system gives, and each is
given out once in a while, whichever process of the tests asks.
"""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from pathlib import Path
from typing import Final

FIRST: Final = 20_000
LAST: Final = 31_999
_LAST_GIVEN: Final = Path(tempfile.gettempdir()) / f"cairn-ports-{os.getuid()}"


def free_port() -> int:
    """A port on which nobody listens, and that nobody else is given soon."""
    with _LAST_GIVEN.open("a+", encoding="ascii") as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        kept.seek(0)
        said = kept.read()
        port = int(said) if said.isdecimal() else LAST
        for _ in range(LAST - FIRST):
            port = port + 1 if FIRST <= port < LAST else FIRST
            if _is_free(port):
                kept.truncate(0)
                kept.write(str(port))
                return port
    raise AssertionError("no port of this machine is free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

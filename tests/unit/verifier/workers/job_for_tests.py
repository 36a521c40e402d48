"""What a worker does for the tests: whatever it is told, also what none should."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def answer(data: bytes) -> bytes:  # noqa: C901, PLR0912 - one row for each word
    """Do what the first word says."""
    word, _, rest = data.partition(b" ")
    match word:
        case b"echo":
            return rest
        case b"sleep":
            time.sleep(float(rest))
        case b"until":
            while not Path(rest.decode()).exists():
                time.sleep(0.005)
        case b"spin":
            while True:
                pass
        case b"die":
            os._exit(3)
        case b"raise":
            raise RuntimeError
        case b"eat":
            return str(len(bytearray(int(rest)))).encode()
        case b"large":
            return bytes(int(rest))
        case b"print":
            print("not an answer", flush=True)
            os.write(1, b"nor this")
            sys.stderr.write("nor that")
        case b"write":
            Path(rest.decode()).write_bytes(b"x")
        case b"environment":
            return " ".join(sorted(os.environ)).encode()
        case b"who":
            return str(os.getpid()).encode()
    return b"done"

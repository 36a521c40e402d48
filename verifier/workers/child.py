"""The worker's side: read a piece of work from standard input, answer on standard output, until it ends.

    python -m verifier.workers.child MODULE MEMORY SECONDS

A message is its length in four bytes, big endian, and then so many bytes.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import struct
import sys
from typing import IO, Final

LENGTH: Final = struct.Struct(">I")
MOST_FILES: Final = 64
"""File descriptors; the libraries' own files are open before the bound holds."""


def main(module: str, memory: int, seconds: int) -> None:
    """Serve until standard input ends.

    Args:
        module: Its `answer` does the work.
        memory: Bytes of address space that this process may have.
        seconds: Processor time that one piece of work may take.
    """
    # Whatever a library prints goes nowhere, so that it cannot be taken for an answer.
    out = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a descriptor is what is wanted
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    answer = importlib.import_module(module).answer
    _bound(memory)
    while (work := receive(sys.stdin.buffer)) is not None:
        _allow(seconds)
        send(out, answer(work))


def receive(stream: IO[bytes], most: int = 2**32 - 1) -> bytes | None:
    """One message; None at the stream's end, in the middle of a message too.

    Raises:
        ValueError: It says that it is longer than `most`.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > most:
        raise ValueError(f"a message of {length} bytes; at most {most} are read")
    body = stream.read(length)
    return body if len(body) == length else None


def send(stream: IO[bytes], body: bytes) -> None:
    """Write one message."""
    stream.write(LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def _bound(memory: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not everywhere: elsewhere time and output are bounded from outside
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MOST_FILES),
    ):
        with contextlib.suppress(OSError, ValueError):  # a system may not know a bound, or hold a lower one
            resource.setrlimit(what, (most, most))


def _allow(seconds: int) -> None:
    """Allow so much processor time more: a worker that nobody can kill any longer ends by itself."""
    try:
        import resource  # noqa: PLC0415 - as above
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

"""HTTP requests per second: the verifier as people run it, asked over loopback by a bounded client of ours.

The server is the product's own command in a process of its own. Its keys and lists come from an archive, so
that no second server is measured along with it.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.credentials import MIDDLE
from bench.district import District
from bench.ours import Wrong
from tests.demo.servers import free_port, running

CONNECTIONS = 4
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Served:
    """What a client saw.

    Attributes:
        per_second: Requests that were answered in a second; the median of the rounds.
        p50, p99: Milliseconds from the first byte sent to the last received.
    """

    per_second: float
    p50: float
    p99: float


def verifying(district: District, folder: Path, rounds: int, seconds: float) -> dict[str, Served]:
    """Ask `POST /credentials/verify` about the middle credential, and `GET /healthz` as the floor."""
    body = json.dumps({"verifiableCredential": json.loads(district.signed[MIDDLE][0])}).encode()
    questions = {
        "POST /credentials/verify": (_request("POST", "/credentials/verify", body), b'"verified":true'),
        "GET /healthz": (_request("GET", "/healthz"), b'"ok"'),
    }
    with _server(district, folder) as port:
        seen: dict[str, list[tuple[float, list[float]]]] = {name: [] for name in questions}
        for number in range(rounds + 1):
            for name, (request, expected) in questions.items():
                found = asyncio.run(_ask(port, request, expected, seconds))
                if number:  # the first round warms it up
                    seen[name].append(found)
    return {name: served_from(found) for name, found in seen.items()}


@contextmanager
def _server(district: District, folder: Path) -> Iterator[int]:
    district.keep(folder)
    port = free_port(0)
    settings = {
        "CAIRN_VERIFY_TRUST": str(folder / "trust.json"),
        "CAIRN_VERIFY_ARCHIVE": str(folder / "archive"),
        "CAIRN_VERIFY_PORT": str(port),
        "CAIRN_VERIFY_CHECKS_PER_MINUTE": "1000000",
    }
    ready = f"http://localhost:{port}/readyz"
    with running(["cairn-verify", "serve"], ready, settings, folder / "verifier.log"):
        yield port


def _request(method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def _ask(port: int, request: bytes, expected: bytes, seconds: float) -> tuple[float, list[float]]:
    """Ask over a few connections for so long: answers in a second, and how long each took."""
    begun = time.perf_counter()
    async with asyncio.timeout(seconds + PATIENCE):
        each = await asyncio.gather(
            *(_keep_asking(port, request, expected, begun + seconds) for _ in range(CONNECTIONS))
        )
    times = [took for one in each for took in one]
    return len(times) / (time.perf_counter() - begun), times


async def _keep_asking(port: int, request: bytes, expected: bytes, end: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times: list[float] = []
    try:
        while (begun := time.perf_counter()) < end:
            writer.write(request)
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 200 ") or expected not in body:
                raise Wrong(f"the server said {head[:40]!r} {body[:200]!r}")
            times.append(time.perf_counter() - begun)
    finally:
        writer.close()
    return times


def served_from(rounds: Sequence[tuple[float, Sequence[float]]]) -> Served:
    """What a client saw: from each round, what was done in a second and how long each answer took."""
    times = sorted(took for _, one in rounds for took in one)
    rate = statistics.median(per_second for per_second, _ in rounds)
    p50, p99 = (times[int(len(times) * part)] * 1_000 for part in (0.5, 0.99))
    return Served(rate, p50, p99)

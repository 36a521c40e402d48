"""HTTP requests per second of issuing: the console as a registrar uses it, asked over loopback by a bounded
client of ours.

The server is the product's own command in a process of its own, on SQLite. Somebody is signed in; sheets are
given and looked at beforehand. What is timed is the one request of the console that issues: it orders the
badges of a sheet, and reserves, prepares, signs, checks and stores them before it answers.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import httpx

from bench.ours import Wrong
from bench.web import CONNECTIONS, PATIENCE, Served, served_from
from issuer.roster.columns import COLUMNS
from issuer.sheets.batch import AT_ONCE
from tests.demo.servers import command, free_port, running

BADGES: Final = 12
"""Sheets of one badge in a round, over all connections: their steps before are not timed, and take longer."""

ONE: Final = "POST /staff/issue/.../review, a badge"
MANY: Final = f"the same, badges of sheets of {AT_ONCE}"

_PASSWORD: Final = "kayak moth lantern orbit"  # noqa: S105 - of nobody, on this machine, until the run ends
_EMAIL: Final = "registrar@lantern-hill.example"
_FORM: Final = re.compile(r'name="form_token" value="([^"]+)"')
_SEEN: Final = re.compile(r'name="seen" value="([0-9a-f]{64})"')


def issuing(folder: Path, rounds: int) -> dict[str, Served]:
    """Issue one badge with each request over a few connections, and a whole part of a sheet with one."""
    alone: list[tuple[float, list[float]]] = []
    together: list[tuple[float, list[float]]] = []
    with _server(folder) as (port, desk):
        numbers = count(1)
        for number in range(rounds + 1):
            ready = [desk.ordered(1, numbers) for _ in range(BADGES)]
            begun = time.perf_counter()
            times = asyncio.run(_send(port, ready))
            one = len(times) / (time.perf_counter() - begun), times
            times = asyncio.run(_send(port, [desk.ordered(AT_ONCE, numbers)]))
            if number:  # the first round warms it up
                alone.append(one)
                together.append((AT_ONCE / times[0], times))
    return {ONE: served_from(alone), MANY: served_from(together)}


class _Desk:
    """A registrar's browser.

    Args:
        origin: The district's.
        link: What the registrar was sent to choose a password.
    """

    def __init__(self, origin: str, link: str) -> None:
        self._origin = origin
        self._browser = httpx.Client(base_url=origin, timeout=PATIENCE)
        self._post(link.removeprefix(origin), {"password": _PASSWORD, "again": _PASSWORD})
        answer = self._browser.get("/staff/")
        if answer.status_code != httpx.codes.OK:
            self._post("/staff/sign-in", {"email": _EMAIL, "password": _PASSWORD})
            answer = self._browser.get("/staff/")
        self._token = _found(_FORM, answer)

    def _post(self, path: str, form: dict[str, str], sheet: bytes | None = None) -> str:
        """Send a form; gives where it leads."""
        token = getattr(self, "_token", "") or _found(_FORM, self._browser.get(path))
        answer = self._browser.post(
            path,
            data={"form_token": token} | form,
            files={"sheet": ("sheet.csv", sheet)} if sheet else None,
            headers={"Origin": self._origin},
        )
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise Wrong(f"{path} answered {answer.status_code}: {answer.text[-2000:]}")
        return answer.headers["location"].partition("?")[0]

    def ordered(self, badges: int, numbers: Iterator[int]) -> bytes:
        """The request that issues so many badges of a sheet that was given and looked at."""
        here = self._post("/staff/issue", {}).rpartition("/")[0]
        self._post(f"{here}/who", {"kind": "file"}, _sheet(list(islice(numbers, badges))))
        seen = _found(_SEEN, self._browser.get(f"{here}/review"))
        body = urlencode({"form_token": self._token, "seen": seen}).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self._browser.cookies.items())
        head = (
            f"POST {here}/review HTTP/1.1\r\nHost: {self._origin.partition('//')[2]}\r\n"
            f"Origin: {self._origin}\r\nCookie: {cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _found(pattern: re.Pattern[str], answer: httpx.Response) -> str:
    found = pattern.search(answer.text)
    if found is None:
        raise Wrong(f"{answer.url} has no {pattern.pattern!r}: {answer.status_code} {answer.text[-2000:]}")
    return found[1]


def _sheet(numbers: Sequence[int]) -> bytes:
    """Rows of a sheet, each another student's."""
    rows = [",".join(COLUMNS)]
    for number in numbers:
        row = {
            "external_id": f"2{number:08}",
            "given_name": "Wren",
            "family_name": "Abernathy-Sol",
            "birth_date": "2006-02-28",
            "school_code": "0187",
            "credential_code": "NCCER-CORE",
            "date_earned": "2026-04-18",
            "number": f"NO-{number:07}",
            "award_ref": f"B-{number}",
        }
        rows.append(",".join(row.get(name, "") for name in COLUMNS))
    return "\n".join(rows).encode()


@contextmanager
def _server(folder: Path) -> Iterator[tuple[int, _Desk]]:
    port = free_port(0)
    origin = f"http://localhost:{port}"
    key = folder / "console.key"
    key.write_bytes(secrets.token_bytes(32))
    key.chmod(0o600)
    settings = {
        "CAIRN_DATA": str(folder / "console"),
        "CAIRN_KEY_FILE": str(key),
        "CAIRN_VERIFIER_ORIGIN": "https://verify.example",
        "CAIRN_JOBS": "false",
    }
    _ran(
        [
            *f"init --tag LANTERN --origin {origin} --url https://lantern-hill.example".split(),
            "--name",
            "Lantern Hill School District",
            "--school",
            "0187=Lantern Hill High School",
        ],
        settings,
    )
    said = _ran([*f"people add --role registrar --email {_EMAIL} --name".split(), "Rosa Dell"], settings)
    link = re.search(rf"{re.escape(origin)}/staff/password/\S+", said)
    if link is None:
        raise Wrong(f"no link for the registrar: {said}")
    serve = ["cairn", "serve", "--port", str(port)]
    with running(serve, f"{origin}/healthz", settings, folder / "console.log"):
        yield port, _Desk(origin, link[0])


def _ran(words: Sequence[str], settings: dict[str, str]) -> str:
    done = subprocess.run(
        [command("cairn"), *words],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise Wrong(f"cairn {words[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


async def _send(port: int, requests: Sequence[bytes]) -> list[float]:
    """Send each request once, over a few connections; how long each took, in seconds."""
    waiting, times = iter(requests), list[float]()

    async def keep_sending() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for request in waiting:
                begun = time.perf_counter()
                writer.write(request)
                await writer.drain()
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                await reader.readexactly(int(length[1]) if length else 0)
                if not head.startswith(b"HTTP/1.1 303 ") or b"notice=issuing" in head:
                    raise Wrong(f"the console said {head[:400]!r}")
                times.append(time.perf_counter() - begun)
        finally:
            writer.close()

    async with asyncio.timeout(PATIENCE + len(requests)):
        await asyncio.gather(*(keep_sending() for _ in range(min(CONNECTIONS, len(requests)))))
    return times

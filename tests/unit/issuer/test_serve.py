"""`cairn serve` as its own process: it answers, keeps lists published, and stops when it is told."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contexts.document import STATUS_LIST_LIMITS, parse
from credential.status import StatusEntry, read_status
from issuer.cli import app
from issuer.roster.columns import COLUMNS
from tests.command_line import CliRunner
from tests.ports import free_port

pytestmark = pytest.mark.network


class Served:
    """An issuer on loopback, and its folder."""

    def __init__(self, folder: Path, database: str) -> None:
        self.port = free_port()
        (folder / "secret").write_bytes(secrets.token_bytes(32))
        self._settings = {
            "CAIRN_DATA": str(folder / "data"),
            "CAIRN_DATABASE_URL": database,
            "CAIRN_KEY_FILE": str(folder / "secret"),
            "CAIRN_PUBLISH_EVERY": "0.2",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str, data: bytes = b"") -> Any:
        done = CliRunner().invoke(app, ["--json", *arguments], input=data, env=self._settings)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "issuer.cli", "serve", "--port", str(self.port)],
            env={**os.environ, **self._settings},
            stderr=subprocess.DEVNULL,
        )

    def run_to_its_end(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "issuer.cli", "serve", "--port", str(self.port)],
            env={**os.environ, **self._settings},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def ask(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def wait(self, path: str, good: Any) -> bytes:
        for _ in range(1_800):
            try:
                status, body = self.ask(path)
            except OSError:
                status, body = 0, b""
            if status == 200 and good(body):
                return body
            time.sleep(0.1)
        raise AssertionError(f"{path} was never as expected")


@pytest.fixture
def served(tmp_path: Path, database: str) -> Iterator[Served]:
    made = Served(tmp_path, database)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_a_revocation_by_another_process_is_seen_and_the_server_stops_when_told(
    served: Served, tmp_path: Path
) -> None:
    origin = f"http://localhost:{served.port}"
    names = (
        "--name",
        "Lakeside",
        "--tag",
        "LAKE",
        "--url",
        "https://lakeside.example",
        "--school",
        "0187=High",
    )
    served.command("init", "--origin", origin, *names)
    facts = {
        "external_id": "200000001",
        "given_name": "Maya",
        "family_name": "Okafor",
        "school_code": "0187",
        "credential_code": "WCA-SAWBLADE",
        "date_earned": "2026-05-01",
        "award_ref": "R-1",
    }
    row = ",".join(facts.get(name, "") for name in COLUMNS)
    issued = served.command("issue", "-", data=f"{','.join(COLUMNS)}\n{row}\n".encode())
    assert issued["rows"][0]["outcome"] == "ready"
    served.start()
    served.wait("/readyz", lambda body: json.loads(body)["parts"]["publisher"] == "ok")
    did = json.loads(served.wait("/.well-known/did.json", bool))
    assert did["id"] == f"did:web:localhost%3A{served.port}"

    out = served.command("export", str(tmp_path / "out"))
    (file,) = Path(out["folder"]).glob("*.json")
    named = json.loads(file.read_bytes())["credentialStatus"]
    entry = StatusEntry("revocation", int(named["statusListIndex"]), named["statusListCredential"])
    path = entry.list_url.removeprefix(origin)

    assert served.ask("/staff/sign-in")[0] == 404  # nobody could sign in
    person = ("--email", "ada@lakeside.example", "--name", "Ada Fenn", "--role", "administrator")
    link = served.command("people", "add", *person)["link"]
    assert served.ask("/staff/sign-in")[0] == served.ask(link.removeprefix(origin))[0] == 200

    def says(body: bytes) -> int:
        return read_status(parse(body, STATUS_LIST_LIMITS), entry)

    assert says(served.wait(path, bool)) == 0
    served.command("revoke", "R-1", "--reason", "requested")
    served.wait(path, says)

    assert served.process is not None
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(60) in {0, -signal.SIGTERM}


def test_a_port_that_somebody_has_is_said_in_a_sentence_and_nothing_is_served(served: Served) -> None:
    names = (
        "--name",
        "Lakeside",
        "--tag",
        "LAKE",
        "--url",
        "https://lakeside.example",
        "--school",
        "0187=High",
    )
    served.command("init", "--origin", f"http://localhost:{served.port}", *names)
    with socket.create_server(("127.0.0.1", served.port)):
        done = served.run_to_its_end()
    assert done.returncode == 3
    assert f"127.0.0.1, port {served.port} cannot be had" in done.stderr
    assert "--port" in done.stderr
    assert not re.search("Serving|Traceback", done.stderr)

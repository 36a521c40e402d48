"""The verifier as it is installed: a process of its own, on loopback, with settings from its environment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential.archive import INDEX, Kept, compose_index, file_name
from tests.ports import free_port
from tests.world import World

pytestmark = pytest.mark.network

COMMAND = Path(sys.executable).with_name("cairn-verify")
STARTED_WITHIN = 180.0


def ask(url: str, body: bytes | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"} if body else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def verifier(world: World, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A verifier that knows the district by its archive alone."""
    trust = {"version": 1, "name": "State list", "entries": [{"id": world.did, "name": world.name}]}
    (tmp_path / "trust.json").write_text(json.dumps(trust), "utf-8")
    folder = tmp_path / "archive"
    folder.mkdir()
    published = {
        world.did_url: world.did_document(),
        world.list_url: world.status_list(world.list_url, (), "revocation"),
    }
    for url, body in published.items():
        (folder / file_name(url)).write_bytes(body)
    (folder / INDEX).write_bytes(
        compose_index(Kept(url, file_name(url), world.listed_at) for url in published)
    )
    port = free_port()
    settings = {
        "TRUST": tmp_path / "trust.json",
        "ARCHIVE": folder,
        "PORT": port,
        "HOSTS": "localhost",
        "SECONDS": 60,
        "CHECK_SECONDS": 60,
    }
    with subprocess.Popen(
        [str(COMMAND), "serve"],
        env=os.environ | {f"CAIRN_VERIFY_{name}": str(value) for name, value in settings.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        address = f"http://localhost:{port}"
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until and process.poll() is None:
            try:
                if ask(f"{address}/healthz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield address, process
        process.kill()


def test_it_serves_checks_and_stops_when_told_to_and_writes_down_nothing_of_it(
    world: World, verifier: tuple[str, subprocess.Popen[str]]
) -> None:
    address, process = verifier
    assert ask(f"{address}/readyz")[0] == 200
    status, page = ask(f"{address}/c/SECRETCODE")
    assert (status, b"<h1" in page) == (200, True)
    body = json.dumps({"verifiableCredential": json.loads(world.badge())}).encode()
    status, answer = ask(f"{address}/credentials/verify", body)
    assert status == 200
    assert json.loads(answer)["report"]["credential"]["awarded_to"] == "Jordan Rivera"
    assert json.loads(answer)["report"]["as_of"] == "2026-06-01T11:00:00Z"
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGTERM}
    lines = [json.loads(line) for line in said.splitlines()]
    assert [one["event"] for one in lines if one["event"] != "answered"] == ["started", "stopped"]
    assert {one["route"] for one in lines if one["event"] == "answered"} >= {
        "/c/{text}",
        "/credentials/verify",
    }
    assert not any(secret in said for secret in ("SECRETCODE", "Jordan", "did:", "127.0.0.1"))


def test_a_wrong_setting_stops_the_start_with_its_name() -> None:
    stopped = subprocess.run(
        [str(COMMAND), "serve"],
        env=os.environ | {"CAIRN_VERIFY_TRUST": "/nowhere/trust.json"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert stopped.returncode == 3
    assert "CAIRN_VERIFY_TRUST" in stopped.stderr

"""The server as it is started: its address, its files, its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from keys.did import did_key_document, parse_did
from keys.public import PublicKey
from tests.conformance.client import Client, trusting
from tests.conformance.contexts import VDL, w3c
from tests.conformance.issuing import ROUTES
from tests.conformance.keyring import NAMES
from tests.conformance.samples import PLAIN

pytestmark = pytest.mark.network

ROOT = Path(__file__).parents[2]
WORDS = [sys.executable, "-m", "tests.conformance"]
WITHIN = 60.0


def started(folder: Path, words: list[str] | None = None) -> tuple[subprocess.Popen[bytes], str]:
    """A server in a process of its own, and the address that it printed first."""
    folder.mkdir(exist_ok=True)
    said = folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen([*(words or WORDS), "--folder", str(folder)], cwd=ROOT, stdout=out)
    until = time.monotonic() + WITHIN
    while time.monotonic() < until and process.poll() is None:
        if "\n" in said.read_text("utf-8"):
            break
        time.sleep(0.1)
    return process, said.read_text("utf-8").partition("\n")[0]


def gone(origin: str, certificate: Path) -> bool:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        try:
            with trusting(certificate, origin).http as asking:
                asking.get("/status/revocation")
        except httpx.TransportError:
            return True
        time.sleep(0.2)
    return False


def test_it_prints_its_address_and_ends_when_told_to(tmp_path: Path) -> None:
    process, origin = started(tmp_path)
    assert origin.startswith("https://localhost:")
    client = trusting(tmp_path / "certificate.pem", origin)
    dids = json.loads((tmp_path / "dids.json").read_text("utf-8"))
    assert list(dids) == ["ed", "p256", "p384"]
    for name, did in dids.items():
        assert PublicKey.from_multikey(parse_did(did).identifier).key_type is NAMES[name]
        document = client.http.get(f"/identifiers/{did}")
        assert document.json()["assertionMethod"] == did_key_document(did)["assertionMethod"]
    for suite, route in ROUTES.items():
        answer = client.issue(suite, PLAIN | {"issuer": dids[route.key]})
        assert answer.status_code == 201, suite
        assert client.verify(client.issued(suite, PLAIN)).status_code == 200
    client.http.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(WITHIN) in {0, -signal.SIGTERM}
    assert oct((tmp_path / "key.pem").stat().st_mode & 0o777) == "0o600"


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'tests.conformance', *sys.argv[1:]])\n"
        "time.sleep(600)\n"
    )
    parent, origin = started(tmp_path, words=[sys.executable, "-c", program])
    with trusting(tmp_path / "certificate.pem", origin).http as asking:
        assert asking.get("/status/revocation").status_code == 200
    parent.kill()
    parent.wait(WITHIN)
    assert gone(origin, tmp_path / "certificate.pem")


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    process, origin = started(tmp_path / "one")
    port = origin.rpartition(":")[2]
    second = subprocess.run(
        [*WORDS, "--folder", str(tmp_path / "two"), "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    process.terminate()
    process.wait(WITHIN)
    assert second.returncode == 1
    assert "could not start" in second.stderr


def test_asked_once_by_itself_everything_holds(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "conformance", f"ARGS=--once --folder {tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=os.environ | {"MAKEFLAGS": ""},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    held, of, expected, last = done.stdout.splitlines()[-1].split()
    assert (of, last) == ("of", "held")
    assert held == expected
    assert int(held) > 50
    assert "NO" not in {line[:2] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("did", ["did:web:bees.example", "did:key:zNope", "did:example:1", "nothing"])
def test_only_a_did_that_is_its_own_key_is_looked_up(client: Client, did: str) -> None:
    assert client.http.get(f"/identifiers/{did}").status_code == 404


KNOWN = "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b"


@pytest.mark.parametrize(
    ("asked", "options", "error"),
    [
        (KNOWN, {}, None),
        (f"{KNOWN}#{KNOWN[8:]}", {}, None),
        (KNOWN, {"publicKeyFormat": "Multikey"}, None),
        (f"{KNOWN}#other", {}, "invalidDidUrl"),
        ("notDid:key:z6Mk", {}, "invalidDid"),
        ("did:experimental:z6Mk", {}, "invalidDid"),
        (f"did:key:-4:{KNOWN[8:]}", {}, "invalidDid"),
        ("did:key:@", {}, "invalidDid"),
        ("did:key:zTjsVPtY", {}, "invalidPublicKeyLength"),
        (f"{KNOWN}/^bar^/?query=`#{KNOWN[8:]}", {}, "invalidDidUrl"),
        (KNOWN, {"publicKeyFormat": "unknown"}, "unsupportedPublicKeyType"),
        (KNOWN, {"publicKeyFormat": "Ed25519VerificationKey2018"}, "invalidPublicKeyType"),
    ],
)
def test_a_resolvers_result_says_what_was_found_or_why_nothing_was(
    client: Client, asked: str, options: dict[str, str], error: str | None
) -> None:
    """did:key 0.9, 3.1.1 and 3.1.2."""
    accept = {"Accept": 'application/ld+json;profile="https://w3id.org/did-resolution"'}
    answer = client.http.get(f"/identifiers/{quote(asked, safe='')}", params=options, headers=accept)
    result = answer.json()
    said = result["didDereferencingMetadata" if {"#", "/"} & set(asked) else "didResolutionMetadata"]
    assert (answer.status_code, said.get("error")) == (400 if error else 200, error)
    assert (result["didDocument"] == {}) == (error is not None)
    if error is None:
        assert result["didDocument"]["id"] == asked


def test_the_context_of_driving_licences_is_in_its_set(client: Client) -> None:
    assert VDL in w3c()

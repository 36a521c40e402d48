"""Ask the verifier: its HTTP interface while the servers run, and its command over the archive alone."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.demo.district import Place
from tests.demo.servers import DemoFailed, ask, command

EXIT_CODES = {"valid": 0, "expired": 10, "revoked": 12, "tampered": 14, "issuer_unknown": 15}
AT_ONCE = 3
"""Commands that run beside one another."""


def verdict(place: Place, badge: Path) -> str:
    """What the verifier's API says of a badge in a JSON file."""
    return api(place, json.loads(badge.read_bytes()))


def api(place: Place, credential: object) -> str:
    """Ask `POST /credentials/verify`; its code."""
    return str(reported(place, credential)["code"])


def reported(place: Place, credential: object) -> dict[str, Any]:
    """Ask `POST /credentials/verify`; its report, whose code is checked against its own `verified`."""
    answer = ask(f"{place.verifier}/credentials/verify", {"verifiableCredential": credential})
    body = answer.json()
    report: dict[str, Any] = body.get("report") or {"code": f"HTTP {answer.status}"}
    if body["verified"] is not (report["code"] == "valid"):
        raise DemoFailed(f"the verifier says {report['code']} and verified: {body['verified']}")
    return report


def from_archive(place: Place, files: Sequence[Path]) -> list[tuple[dict[str, Any], int]]:
    """What `cairn-verify check --json --archive` says of each file, and its exit code."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda file: _offline(place, file), files))


def told(report: dict[str, Any], code: int) -> str:
    """An offline report's code and its exit code; an answer that depends on the archive says its time."""
    if report["code"] in {"valid", "revoked"} and not report.get("as_of"):
        return f"{report['code']} without as_of, exit {code}"
    return f"{report['code']}, exit {code}"


def _offline(place: Place, file: Path) -> tuple[dict[str, Any], int]:
    words = ["check", "--json", "--archive", str(place.archive), "--trust", str(place.trust), str(file)]
    done = subprocess.run(
        [command("cairn-verify"), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    try:
        return json.loads(done.stdout), done.returncode
    except json.JSONDecodeError:
        return {"code": done.stderr.strip()[:200]}, done.returncode

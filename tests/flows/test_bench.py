"""`make bench` runs to its end, and ends with one line that a program can read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop import digital_bazaar

ROOT = Path(__file__).parents[2]
RATIOS = {
    "issue_vs_db_js",
    "issue_vs_pyld",
    "issue_in_raw_signs",
    "verify_vs_db_js",
    "verify_in_raw_verifies",
    "full_verify_vs_openbadgeslib",
    "batch_issue_vs_db_js",
    "batch_issue_in_raw_signs",
    "two_process_scaling",
    "status_set_and_encode_ms",
}


@pytest.mark.interop
def test_the_last_line_carries_every_ratio() -> None:
    digital_bazaar.install()
    words = [sys.executable, "-m", "bench", "--quick", "--json"]
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("Microseconds for one operation")
    made = json.loads(done.stdout.splitlines()[-1])
    assert set(made) >= RATIOS | {"microseconds", "rounds", "versions"}
    assert all(isinstance(made[key], float) and made[key] > 0 for key in RATIOS)
    assert made["rounds"] == {"small": 1, "middle": 1, "large": 1}
    assert {"node", "jsonld", "PyLD", "openbadgeslib", "cryptography", "python"} <= set(made["versions"])
    assert all(median > 0 for size in made["microseconds"].values() for median in size.values())
    assert set(made["http"]) == {
        "POST /credentials/verify",
        "GET /healthz",
        "POST /staff/issue/.../review, a badge",
        "the same, badges of sheets of 50",
    }

"""The verifier runs without the issuer and without anything that could hold a private key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("verifier", "credential", "contexts", "keys")
FRAME = ("attacks/__init__.py", "attacks/framework.py", "attacks/areas/__init__.py", "unit/__init__.py")

GUARD = """
import sys

class _Gone:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "issuer" or name == "keys.custody":
            raise ModuleNotFoundError(f"{name} is not here", name=name)

sys.meta_path.insert(0, _Gone())
"""

RUN = """
import sys, pytest, verifier, keys
print(verifier.__file__, keys.__file__)
# Collecting loads every test of the verifier, and so every module of it.
sys.exit(pytest.main(["--collect-only", "-qq"]) or pytest.main(sys.argv[1:]))
"""

RUN_TOO = (
    "checks", "checking", "trust", "test_verify.py", "test_presentation.py", "test_report.py", "test_cli.py",
    "test_gather.py", "test_archive.py", "test_receipt.py", "test_trust_cli.py", "test_batch_cli.py",
    "web/test_site.py", "web/test_vcalm.py", "web/test_receipts.py",
)  # fmt: skip
"""What runs besides: each way in, and every question. All of it ran already beside the issuer."""


def test_the_verifiers_own_tests_pass_without_the_issuer(tmp_path: Path) -> None:
    leave = shutil.ignore_patterns("__pycache__", "custody.py")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=leave)
    shared = [file.name for file in (ROOT / "tests").glob("*.py")]
    for name in (*shared, *FRAME):
        (tmp_path / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)
    shutil.copytree(ROOT / "tests/unit/verifier", tmp_path / "tests/unit/verifier", ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    (tmp_path / "conftest.py").write_text(GUARD, "utf-8")
    assert not (tmp_path / "keys/custody.py").exists()
    done = subprocess.run(
        [sys.executable, "-c", RUN, *(f"tests/unit/verifier/{one}" for one in RUN_TOO)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-3_000:]
    whose = done.stdout.splitlines()[0].split()
    assert all(Path(file).is_relative_to(tmp_path) for file in whose), whose
    assert " passed" in done.stdout

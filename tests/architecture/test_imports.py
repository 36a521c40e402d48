"""The import rules hold, and hold for a reason: a wrong import is noticed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = """
import sys
from importlinter.cli import lint_imports_command
sys.argv = ["lint-imports"]
lint_imports_command()
"""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )


def test_the_import_rules_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-2_000:]
    assert "0 broken" in done.stdout


PLANTED = {
    "verifier/trust/model.py": ("import issuer", "Two roles on one format"),
    "issuer/draft.py": ("import verifier", "The issuer asks the verifier at two doors only"),
    "verifier/report.py": ("import keys.custody", "Only the issuer can reach a private key"),
    "credential/qr.py": ("import pyld", "One door: pyld"),
    "credential/dates.py": ("import cryptography", "One door: cryptography"),
    "credential/model.py": ("import jwcrypto", "One door: jwcrypto"),
    "verifier/verify.py": ("import httpx", "One door: httpx"),
    "issuer/prepare.py": ("import sqlalchemy", "One door: sqlalchemy"),
    "verifier/intake/single.py": ("import fastapi", "One door: fastapi"),
    "verifier/intake/several.py": ("import zxingcpp", "One door: pixels and pages"),
    "verifier/intake/packed.py": ("import zipfile", "One door: packed files"),
    "verifier/decoding/decoder.py": ("import verifier.decoding.job", "Only a worker process decodes"),
    "issuer/carry/paper.py": ("import typst", "One door: typst"),
    "verifier/outcome.py": ("import qrcode", "One door: pictures"),
    "contexts/document.py": ("import socket", "The pure parts do no I/O"),
}
"""File to a wrong line and the rule that it breaks."""


def test_a_wrong_import_is_noticed_by_its_rule(tmp_path: Path) -> None:
    for package in ("issuer", "verifier", "credential", "keys", "contexts"):
        for source in (ROOT / package).rglob("*.py"):
            target = tmp_path / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for file, (line, _) in PLANTED.items():
        with (tmp_path / file).open("a", encoding="utf-8") as source_file:
            source_file.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    broken = [line for line in done.stdout.splitlines() if "BROKEN" in line]
    for line, rule in PLANTED.values():
        assert any(found.startswith(rule) for found in broken), f"{line} went unnoticed: {broken}"

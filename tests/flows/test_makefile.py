"""The environment is made by uv, by uv with the system's certificates, or by pip."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

UV = '#!/bin/sh\necho "uv $1 certificates=$UV_SYSTEM_CERTS" >> said\n{}\n'
PYTHON = """#!/bin/sh
echo "python $1 $2" >> said
[ "$2" = venv ] && mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
exit 0
"""


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("uv_ends", "tries"),
    [
        ("exit 0", ["uv venv certificates=", "uv pip certificates=", "uv pip certificates="]),
        ('test "$UV_SYSTEM_CERTS" = 1', ["uv venv certificates=", *["uv pip certificates=1"] * 2]),
        ("exit 1", ["uv venv certificates=1", "python -m venv", "python -m pip", "python -m pip"]),
        (None, ["python -m venv", "python -m pip", "python -m pip"]),
    ],
)
def test_the_environment_is_made(tmp_path: Path, uv_ends: str | None, tries: list[str]) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "pyproject.toml").touch()
    tools = tmp_path / "tools"
    program(tools / "python", PYTHON)
    for name in ("make", "sh", "bash", "mkdir", "cp", "touch"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    if uv_ends is not None:
        program(tools / "uv", UV.format(uv_ends))
        (tmp_path / ".venv/bin").mkdir(parents=True)
    done = subprocess.run(
        ["make", ".venv", f"PYTHON={tools / 'python'}"],
        cwd=tmp_path,
        env={"PATH": str(tools), "HOME": os.environ["HOME"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = (tmp_path / "said").read_text().splitlines()
    assert [line for line in said if line in tries][-len(tries) :] == tries, (said, done.stderr)
    assert (tmp_path / ".venv/ready").exists()
    assert done.returncode == 0

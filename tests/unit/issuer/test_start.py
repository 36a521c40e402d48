"""A command starts soon: what only some commands need is loaded by those."""

from __future__ import annotations

import subprocess
import sys

import pytest

ONLY_WHERE_NEEDED = ("uvicorn", "fastapi", "starlette", "alembic", "PIL", "qrcode", "verifier")


def loaded_by(program: str) -> set[str]:
    script = f"import sys; {program}; print(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True
    )
    return set(done.stdout.split())


def test_the_command_line_loads_no_server_no_migrations_and_no_pictures() -> None:
    assert loaded_by("import issuer.cli") & set(ONLY_WHERE_NEEDED) == set()


@pytest.mark.parametrize(("module", "needs"), [("issuer.app", "fastapi"), ("issuer.badge_files", "PIL")])
def test_what_needs_them_loads_them(module: str, needs: str) -> None:
    assert needs in loaded_by(f"import {module}")

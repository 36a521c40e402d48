"""What holds for every test: no network unless a test says so, and what was tried is counted at the end."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket

from tests.attacks.framework import MANIFEST, read_manifest

# Every process of the tests, and every one that they start, would compile each module anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _is_here(package: str) -> bool:
    """Whether a package can be imported: the verifier's tests are run without the issuer's too."""
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


pytest_plugins = ["tests.chromium"]
if _is_here("fastapi"):
    pytest_plugins += ["tests.routes_read_once"]
if _is_here("hypothesis"):
    pytest_plugins += ["tests.examples"]
if _is_here("issuer"):
    pytest_plugins += ["tests.databases", "tests.both_databases"]

ROOT = Path(__file__).parents[1]
LOOPBACK_MARKS = ("network", "browser", "interop")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave alone what was imported and collected: the garbage collector would go through it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _no_network_unless_marked(request: pytest.FixtureRequest) -> None:
    """A unit test that opens a socket fails; a marked one is its own master, on loopback."""
    if any(request.node.get_closest_marker(mark) for mark in LOOPBACK_MARKS):
        enable_socket()
    else:
        disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def specs() -> Path:
    """The folder with the specifications' files; the one thing whose absence may skip a test."""
    named = os.environ.get("CAIRN_SPECS", "")
    if not named or not Path(named).is_dir():
        pytest.skip("CAIRN_SPECS names no folder: the specifications' own files are not read")
    return Path(named)


@contextlib.contextmanager
def demo_alone() -> Iterator[None]:
    """One demonstration at a time, whichever process of the suite plays it: its ports are fixed."""
    with (Path(tempfile.gettempdir()) / "cairn-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def played_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the demonstration leaves, played once for the whole suite; it must have held."""
    own = tmp_path_factory.getbasetemp()
    # Each process of a suite that has several has a folder of its own below the one that all share.
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, told = shared / "played-demo" / "data", shared / "played-demo" / "told.json"
    words = [sys.executable, "-m", "tests.demo", "--once", "--data", str(folder)]
    with demo_alone():
        if not told.exists():
            folder.parent.mkdir(exist_ok=True)
            done = subprocess.run(
                words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=900, check=False
            )
            told.write_text(json.dumps([done.returncode, done.stdout[-4000:] + done.stderr[-4000:]]), "utf-8")
    code, said = json.loads(told.read_text("utf-8"))
    assert code == 0, said
    return folder


def _costs(terminalreporter: pytest.TerminalReporter) -> str:
    """The slowest refusal and the most memory, as the attacks that ran have reported them."""
    told = [
        dict(report.user_properties)
        for report in terminalreporter.getreports("passed")
        if "test_attack_is_refused" in report.nodeid and report.user_properties
    ]
    if not told:
        return ""
    slowest, peak = max(one["refused_ms"] for one in told), max(one["peak_mb"] for one in told)
    return f"; slowest refusal {slowest:.0f} ms, peak memory {peak:.0f} MB"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many bad inputs the attack suite holds; pytest's own result line stays last."""
    rows = read_manifest() if MANIFEST.exists() else []
    areas = {row.area for row in rows}
    ran = {
        report.nodeid
        for report in terminalreporter.getreports("passed")
        if "test_attack_is_refused" in report.nodeid
    }
    if rows:
        line = f"attacks: {len(rows)} bad inputs in {len(areas)} areas, {len(ran)} refused in this run"
        terminalreporter.write_line(line + _costs(terminalreporter))
    unread = [r for r in terminalreporter.getreports("skipped") if "CAIRN_SPECS" in str(r.longrepr)]
    if unread:
        terminalreporter.write_line(
            f"not run: {len(unread)} tests that read the specifications' files (CAIRN_SPECS)"
        )

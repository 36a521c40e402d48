"""Whether pages can be tested in a real browser here, and what is said where they cannot.

Without Chromium the tests in `tests/browser` are left out, and the summary says how many. With
CAIRN_REQUIRE_BROWSER=1 its absence is a failure. The suite may run in several processes: those that collect
tell the one that prints.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("CAIRN_CHROMIUM") or shutil.which("chromium")
HERE = Path(__file__).parent / "browser"

_LEFT_OUT = pytest.StashKey[int]()
_TOLD = "browser_tests_left_out"


def pytest_configure(config: pytest.Config) -> None:
    """Stop before anything runs where a browser is required and there is none."""
    config.stash[_LEFT_OUT] = 0
    if os.environ.get("CAIRN_REQUIRE_BROWSER") == "1" and not CHROMIUM:
        raise pytest.UsageError("CAIRN_REQUIRE_BROWSER=1, but Chromium is not installed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a browser where there is none."""
    left_out = [] if CHROMIUM else [item for item in items if item.path.is_relative_to(HERE)]
    if left_out:
        config.stash[_LEFT_OUT] = len(left_out)
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Nothing but browser tests, and no browser: that is said, and is no fault."""
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told[_TOLD] = session.config.stash[_LEFT_OUT]
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.stash[_LEFT_OUT]:
        session.exitstatus = pytest.ExitCode.OK


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Hear from a process that collected: each collects the same, so the largest number is the number."""
    told = getattr(node, "workeroutput", {}).get(_TOLD, 0)
    node.config.stash[_LEFT_OUT] = max(told, node.config.stash[_LEFT_OUT])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out; pytest's own result line stays last."""
    if count := config.stash[_LEFT_OUT]:
        terminalreporter.write_line(f"not run: {count} browser tests (Chromium is not installed)")

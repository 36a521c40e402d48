"""The pages in a real Chromium: Debian's, driven by Playwright, on loopback alone.

Where Chromium is not installed these tests are not run, and the summary says how many. With
CAIRN_REQUIRE_BROWSER=1 that is a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_socket import enable_socket

from tests.site import make_site
from tests.world import World

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CAIRN_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",  # as root in a container there is no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (412, 1280)

_not_run = pytest.StashKey[int]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a browser where there is none; never skip it silently."""
    browser = [item for item in items if item.path.is_relative_to(HERE)]
    if CHROMIUM or not browser:
        return
    if os.environ.get("CAIRN_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError("CAIRN_REQUIRE_BROWSER=1, but Chromium is not installed")
    config.stash[_not_run] = len(browser)
    config.hook.pytest_deselected(items=browser)
    items[:] = [item for item in items if item not in browser]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Nothing but browser tests, and no browser: that is said, and is no fault."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.stash.get(_not_run, 0):
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out; pytest's own result line stays last."""
    count = config.stash.get(_not_run, 0)
    if count:
        terminalreporter.write_line(f"not run: {count} browser tests (Chromium is not installed)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file's tests, and no longer: as long as Playwright runs, so does its event loop,
    beside which other tests could not run theirs.
    """
    enable_socket()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def world() -> World:
    """The district behind the site."""
    return World()


@pytest.fixture
def address(world: World, tmp_path: Path) -> Iterator[str]:
    """The site, served on a free port of this machine for one test."""
    enable_socket()
    listener = socket.create_server(("127.0.0.1", 0))
    site = make_site(world, tmp_path, hosts=frozenset({"localhost"}))
    server = uvicorn.Server(uvicorn.Config(site, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://localhost:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A fresh page in each width; a message in its console is a fault."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 900}, locale="en-US", java_script_enabled=True
    )
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    context.close()
    assert said == []

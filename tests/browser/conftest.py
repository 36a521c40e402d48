"""The pages in a real Chromium: Debian's, driven by Playwright, on loopback alone.

Where Chromium is not installed these tests are not run: see `tests/chromium.py`.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_socket import enable_socket

from tests.chromium import CHROMIUM
from tests.site import make_site
from tests.world import World

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
PATIENCE = 60_000
"""Milliseconds that a page may take to say what is expected, on a machine that has other things to do."""

expect.set_options(timeout=PATIENCE)


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


@contextmanager
def served(world: World, folder: Path) -> Iterator[str]:
    """The site in front of this district, on a free port of this machine, until the block ends."""
    enable_socket()
    listener = socket.create_server(("127.0.0.1", 0))
    site = make_site(world, folder, hosts=frozenset({"localhost"}))
    server = uvicorn.Server(uvicorn.Config(site, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listener.close()


@pytest.fixture
def address(world: World, tmp_path: Path) -> Iterator[str]:
    """The site, served for one test."""
    with served(world, tmp_path) as origin:
        yield origin


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

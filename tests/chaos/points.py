"""Every point at which something is written to the disk, enumerated with strace: killed there, once at each.

On the embedded database the program itself is killed at its k-th call; on PostgreSQL it is the process of the
server that writes for it, upon which the whole cluster recovers.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import text

from issuer.jobs.work import Superseded, Turn, begin, rest, step
from issuer.store import jobs
from tests.chaos.databases import Database, database
from tests.chaos.judging import Found, judge
from tests.chaos.ledger import ASKED, TRYING, Account, Ledger
from tests.chaos.setting import NAME, Setting, insist

CALLS: Final = ("pwrite64", "pwritev", "fdatasync", "fsync", "ftruncate", "unlink", "rename")
"""The calls of the system by which something comes to the disk, or leaves it."""
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


def enumerate_points(kind: str, say: Callable[[str], None], *, most: int, dice: random.Random) -> Found:
    """Find every point at which a short piece of work writes, kill at each, let others finish, and judge.

    Args:
        kind: Of which database.
        say: Tells whoever watches.
        most: How many points are tried; of the commonest call not every one is, where there are more.
        dice: Which are tried then.
    """
    total, killed = Found(), Counter[str]()
    with database(kind) as home:
        setting = Setting.open(home.url)
        setting.prepare()
        setting.close()
        counts = _counted(home)
        for call, number in chosen(counts, most, dice):
            killed[call] += _killed_at(home, call, number, total)
    if not killed.total():
        total.note("broken", "nothing was killed anywhere")
    told = ", ".join(f"{count} of {counts[call]} {call}" for call, count in killed.items())
    say(f"{kind}: killed at {killed.total()} of {counts.total()} points ({told}); {len(total.words)} faults")
    return total


def chosen(counts: Counter[str], most: int, dice: random.Random) -> list[tuple[str, int]]:
    """The points that are tried: each of the rarer calls, and as many of the commonest as may be."""
    points = list[tuple[str, int]]()
    for call, count in sorted(counts.items(), key=lambda one: one[1]):
        left = min(count, max(0, most - len(points)))
        points += [(call, number) for number in sorted(dice.sample(range(1, count + 1), left))]
    return points


def _counted(home: Database) -> Counter[str]:
    """How often the work comes to each call."""
    with tempfile.TemporaryDirectory(prefix="cairn-point-") as name:
        url, ledger = home.copy(Path(name), "counted"), Path(name) / "one.ledger"
        log = _watch(url, ledger, CALLS)
        home.drop("counted")
    called = (line.partition("(")[0] for line in log.splitlines())
    return Counter(call for call in called if call in CALLS)


def _killed_at(home: Database, call: str, number: int, total: Found) -> bool:
    """One run that is killed at one call; whether it came so far. What is wrong afterwards is added up."""
    with tempfile.TemporaryDirectory(prefix="cairn-point-") as name:
        url, ledger = home.copy(Path(name), f"{call}{number}"), Path(name) / "one.ledger"
        log = _watch(url, ledger, (call,), f"inject={call}:signal=KILL:when={number}")
        setting = Setting.open(url)
        _work(setting, Ledger(ledger))
        found = insist(partial(judge, setting, Account.read([ledger])))
        setting.close()
        home.drop(f"{call}{number}")
    for words in found.words:
        what, _, said = words.partition(": ")
        total.note(what, f"killed at {call} {number}: {said}")
    total.issued += found.issued
    total.revocations += found.revocations
    return "killed by SIGKILL" in log


def _watch(url: str, ledger: Path, calls: tuple[str, ...], inject: str = "") -> str:
    """Work in a process of its own that strace watches, and gives what strace wrote.

    Raises:
        RuntimeError: strace did not come, or the work ended by itself.
    """
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        status = 1
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            _watched_work(url, ledger, ready[1], go[0])
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, it is told, and the child ends here
            traceback.print_exc()
        finally:
            os._exit(status)
    watched, log = int.from_bytes(os.read(ready[0], 8), "big"), ledger.with_suffix(".strace")
    words = ["strace", "-q", "-o", str(log), "-p", str(watched), "-e", f"trace={','.join(calls)}"]
    tracer = subprocess.Popen([*words, *(["-e", inject] if inject else [])], stderr=subprocess.DEVNULL)
    try:
        _wait_attached(watched, tracer)
    finally:
        os.write(go[1], b"g")
        _, status = os.waitpid(child, 0)
        for one in (*ready, *go):
            os.close(one)
        # It ends with what it watches: a server's process ends when its client has gone.
        tracer.wait()
    if status not in {0, signal.SIGKILL}:
        raise RuntimeError(f"the work ended by itself with {status}")
    return log.read_text("utf-8")


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


def _wait_attached(watched: int, tracer: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + ATTACHES
    status = Path(f"/proc/{watched}/status")
    while "TracerPid:\t0\n" in status.read_text("ascii"):
        if tracer.poll() is not None or time.monotonic() > end:
            raise RuntimeError("strace does not come to look at the process")
        time.sleep(0.005)

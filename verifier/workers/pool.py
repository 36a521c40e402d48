"""A few worker processes, each given one piece of work at a time, and killed when it is late.

A process is started when it is first needed and used again. After a number of answers it is made anew, so
that what a library loses does not add up. It gets none of our environment, which may hold secrets.
"""

from __future__ import annotations

import math
import queue
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from verifier.workers.child import receive, send

JOBS_EACH: Final = 100
"""Answers after which a worker is made anew, where nothing else is said."""

MAX_WORK: Final = 2**31
"""Most bytes of one piece of work: its length is written in four bytes."""

_ROOT: Final = Path(__file__).parents[2]


class WorkerFailed(Exception):  # noqa: N818 - it says what happened
    """A piece of work that was not done.

    Args:
        code: `late`: its time was up. `broke`: the process ended on it, by a fault or a bound. `busy`: no
            worker was free. `closed`: the pool has been closed.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Workers:
    """Processes that run `answer(data: bytes) -> bytes` of one module. Safe for threads.

    Args:
        module: The module's name.
        most: How many processes there are at most.
        seconds: How long one piece of work may take.
        wait: How long to wait for a free process, in seconds.
        memory: Bytes of address space that each may have.
        max_answer: Most bytes of an answer.
        starting: How much longer the first answer of a process may take: it has to load its module.
        jobs: Answers after which a process is made anew.
    """

    def __init__(
        self,
        module: str,
        *,
        most: int = 2,
        seconds: float = 8.0,
        wait: float = 10.0,
        memory: int = 1024 * 1024 * 1024,
        max_answer: int = 8 * 1024 * 1024,
        starting: float = 0.0,
        jobs: int = JOBS_EACH,
    ) -> None:
        self._module = module
        self._seconds = seconds
        self._wait = wait
        self._memory = memory
        self._max_answer = max_answer
        self._starting = starting
        self._jobs = jobs
        self._closed = False
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(most):
            self._free.put(None)
        self._alive: set[subprocess.Popen[bytes]] = set()
        self._end = weakref.finalize(self, _end_all, self._alive)

    def ask(self, data: bytes, seconds: float = math.inf) -> bytes:
        """Do one piece of work.

        Args:
            data: What `answer` is given.
            seconds: How long it may take, where that is less than the pool's own bound.

        Raises:
            WorkerFailed: It was not done.
        """
        seconds = min(seconds, self._seconds)
        if seconds <= 0:
            raise WorkerFailed("late")
        try:
            worker = self._free.get(timeout=self._wait)
        except queue.Empty:
            raise WorkerFailed("busy") from None
        try:
            if self._closed:
                raise WorkerFailed("closed")
            worker = worker if worker and worker.is_usable() else self._anew(worker)
            more = 0.0 if worker.has_answered() else self._starting
            answer, late = worker.ask(data, seconds + more, self._max_answer)
            if answer is None:
                raise WorkerFailed("late" if late else "broke")
            return answer
        finally:
            if worker and not worker.is_usable():
                self._forget(worker)
                worker = None
            self._free.put(worker)

    def close(self) -> None:
        """End every process; whatever they are at is not finished."""
        self._closed = True
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _anew(self, old: _Worker | None) -> _Worker:
        if old:
            self._forget(old)
        # `-P` and this one folder: the child runs our code and no file of the folder that we were started in.
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, nothing of what was sent
            [
                sys.executable, "-P", "-s", "-m", "verifier.workers.child", self._module,
                str(self._memory), str(math.ceil(self._seconds)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )  # fmt: skip
        self._alive.add(process)
        return _Worker(process, self._jobs)

    def _forget(self, worker: _Worker) -> None:
        worker.end()
        self._alive.discard(worker.process)


class _Worker:
    """One process, how often it may answer and how often it has."""

    def __init__(self, process: subprocess.Popen[bytes], jobs: int) -> None:
        self.process = process
        self._jobs = jobs
        self._answers = 0
        self._broken = False

    def is_usable(self) -> bool:
        return not self._broken and self._answers < self._jobs and self.process.poll() is None

    def has_answered(self) -> bool:
        return self._answers > 0

    def ask(self, data: bytes, seconds: float, max_answer: int) -> tuple[bytes | None, bool]:
        """The answer, or None and whether its time was up."""
        late = threading.Event()

        def kill() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        answer = None
        try:
            assert self.process.stdin is not None  # noqa: S101 - for mypy: both are pipes
            assert self.process.stdout is not None  # noqa: S101 - as above
            send(self.process.stdin, data)
            answer = receive(self.process.stdout, max_answer)
        except (OSError, ValueError):  # it has gone, or says too much
            answer = None
        finally:
            timer.cancel()
        self._answers += 1
        self._broken = answer is None or late.is_set()
        return answer, late.is_set()

    def end(self) -> None:
        _end_one(self.process)


def _end_one(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe:
                pipe.close()
        except OSError:
            pass  # what was still to be written has nobody to read it
    process.wait()


def _end_all(alive: set[subprocess.Popen[bytes]]) -> None:
    while alive:
        _end_one(alive.pop())

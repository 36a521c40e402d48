"""The one door to DBOS: what makes a job's steps durable, and brings those of a dead worker to a living one.

Nothing of what is decided lies here. The job's own row says what is wanted, and every step may be taken
twice. So the queue may be lost, or restored from another day than the database, and no badge is lost or
doubled: whoever works next finds the jobs' rows and queues them again.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from dbos import DBOS, DBOSConfig, SetWorkflowID

from issuer.errors import IssuerError
from issuer.jobs import work as doing
from issuer.jobs.work import Superseded, Turn, Work
from issuer.store.session import Store
from issuer.store.tries import Tries
from issuer.store.workers import SCHEMA, Workers, queue_url

JOBS, LANES = "cairn-jobs", "cairn-lanes"
"""The two queues: of jobs, which mostly wait for their lanes, and of lanes, which do the work."""
JOBS_AT_ONCE: Final = 8
"""Jobs that one worker has in hand."""
LANES_AT_ONCE: Final = 1
"""Lanes that one worker has in hand: signing fills a core."""
POLL_SECONDS: Final = 0.25
VERSION: Final = "1"
"""Which steps a job has, and in which order. Another number leaves what was begun to the old program."""
MOST_TRIES: Final = 8
FIRST_WAIT: Final = 0.5
"""Seconds before a step that failed is tried again; twice as long each time."""
FEW_TRIES: Final = 3
"""Of what is not known to go away by itself."""
AWAY: Final = frozenset({"OperationalError", "InterfaceError", "InternalError"})
"""What the database's driver says while its server is away."""
PASSES: Final = frozenset({"database_busy", "database_failed", "publish_contended"})
"""Refusals that go away by themselves."""
UNFINISHED: Final = ("PENDING", "ENQUEUED", "DELAYED")

_LOG = logging.getLogger("cairn.jobs")
_HAND: list[Work] = []
"""What this process works with; DBOS knows one application in a process."""
_RUNNING: Counter[str] = Counter()
"""The runs and lanes whose code runs in this process now, by their names."""
_COUNTING: Final = threading.Lock()


def prepare_queue(owner: Store, *, role: str = "") -> None:
    """Make the queue's tables where they are missing. Run it as the owner, and name who works with them.

    Args:
        owner: The database, opened as who may make a schema in it.
        role: The role that the program works as (PostgreSQL), or "" for the owner itself.
    """
    DBOS.migrate(queue_url(owner), schema=SCHEMA)
    workers = Workers.open(owner)
    workers.prepare()
    workers.close()
    tries = Tries.open(owner)
    tries.prepare()
    tries.close()
    if role:
        DBOS.migrate(queue_url(owner), schema=SCHEMA, application_role=role)


class Door:
    """DBOS in this process.

    Args:
        store: The database; the queue lies beside it.
        name: The worker's, the same after a restart.
    """

    def __init__(self, store: Store, name: str) -> None:
        self.name = name
        self._config: DBOSConfig = {
            "name": "cairn",
            "system_database_url": queue_url(store),
            "dbos_system_schema": SCHEMA,
            "sys_db_pool_size": 5,
            "executor_id": name,
            "application_version": VERSION,
            "log_level": "ERROR",
            "run_migrations": False,
            "max_executor_threads": 32,
        }

    def open(self, work: Work) -> None:
        """Begin to take work from the queues.

        Raises:
            IssuerError: `state_conflict` where this process works already.
        """
        if _HAND:
            raise IssuerError("state_conflict", "this process has a worker already")
        _HAND.append(work)
        try:
            DBOS(config=self._config)
            _log_like_everybody()
            DBOS.launch()
            DBOS.register_queue(JOBS, worker_concurrency=JOBS_AT_ONCE, polling_interval_sec=POLL_SECONDS)
            DBOS.register_queue(LANES, worker_concurrency=LANES_AT_ONCE, polling_interval_sec=POLL_SECONDS)
        except BaseException:
            self.close(0)
            raise

    def close(self, seconds: int) -> None:
        """Take nothing more, and let what is in hand end within so many seconds."""
        DBOS.destroy(workflow_completion_timeout_sec=seconds)
        _HAND.clear()

    @staticmethod
    def start(turn: Turn) -> None:
        """Queue a run of a job; one that was queued before is left as it is."""
        with SetWorkflowID(turn.name):
            DBOS.enqueue_workflow(JOBS, _run_job, turn.district_id, turn.job_id, turn.run)

    @staticmethod
    def has_ended(turn: Turn) -> bool | None:
        """Whether nothing more will happen to a run; None for one that was never queued."""
        found = DBOS.list_workflows(workflow_ids=[turn.name], load_input=False, load_output=False)
        return found[0].status not in UNFINISHED if found else None

    @staticmethod
    def holders() -> dict[str, list[tuple[str, str | None]]]:
        """By worker, the runs and lanes that it has in hand, each with its queue."""
        found: dict[str, list[tuple[str, str | None]]] = {}
        for one in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False):
            found.setdefault(one.executor_id or "", []).append((one.workflow_id, one.queue_name))
        return found

    @staticmethod
    def is_running(name: str) -> bool:
        """Whether the code of a run or a lane runs in this process now."""
        with _COUNTING:
            return _RUNNING[name] > 0

    @staticmethod
    def take_up(held: list[tuple[str, str | None]]) -> None:
        """Queue again what a worker had in hand, and works at no more."""
        for name, queue in held:
            DBOS.resume_workflow(name, queue_name=queue or JOBS)


def _log_like_everybody() -> None:
    """Let what DBOS says go where this process writes everything, and not, with all its words, past it."""
    own = logging.getLogger("dbos")
    for handler in list(own.handlers):
        own.removeHandler(handler)
    own.addHandler(logging.NullHandler())  # else it would make one for the console again
    own.propagate = True


@DBOS.workflow(name="cairn.job")
def _run_job(district_id: str, job_id: str, run: int) -> None:
    """One run of a job: its lanes, and then its end."""
    with _counted():
        _take(district_id, job_id, run)


def _take(district_id: str, job_id: str, run: int) -> None:
    lanes = _begin(district_id, job_id, run)
    if lanes < 1:
        return
    failed = False
    if lanes == 1:
        failed = _go(district_id, job_id, run, 0, 1)
    else:
        handles = []
        for lane in range(lanes):
            with SetWorkflowID(f"{district_id}/{job_id}/{run}/{lane}"):
                handles.append(DBOS.enqueue_workflow(LANES, _run_lane, district_id, job_id, run, lane, lanes))
        for handle in handles:
            failed = bool(handle.get_result()) or failed
    _rest(district_id, job_id, run, failed)


@DBOS.workflow(name="cairn.lane")
def _run_lane(district_id: str, job_id: str, run: int, lane: int, lanes: int) -> bool:
    """One lane of a job, to its end; gives whether something stopped it."""
    with _counted():
        return _go(district_id, job_id, run, lane, lanes)


@contextlib.contextmanager
def _counted() -> Iterator[None]:
    """Note that a workflow's code runs, until it ends: also where nobody can write down that it did."""
    name = DBOS.workflow_id or ""
    with _COUNTING:
        _RUNNING[name] += 1
    try:
        yield
    finally:
        with _COUNTING:
            _RUNNING[name] -= 1
            if not _RUNNING[name]:
                del _RUNNING[name]


def _go(district_id: str, job_id: str, run: int, lane: int, lanes: int) -> bool:
    """Take step after step; gives whether something stopped it."""
    while True:
        more, failed = _step(district_id, job_id, run, lane, lanes)
        if failed or not more:
            return bool(failed)


@DBOS.step(name="cairn.begin")
def _begin(district_id: str, job_id: str, run: int) -> int:
    found, _ = _tried(lambda: doing.begin(_HAND[0], Turn(district_id, job_id, run)))
    return found or 0


# What a step gives is kept in the queue's own tables, which are nobody's records: so whether it failed, and
# not in which words, which may name somebody. Those are kept with the job.
@DBOS.step(name="cairn.step")
def _step(district_id: str, job_id: str, run: int, lane: int, lanes: int) -> tuple[bool, bool]:
    turn = Turn(district_id, job_id, run)
    more, why = _tried(lambda: doing.step(_HAND[0], turn, (lane, lanes)))
    if why:
        _tried(lambda: doing.note_why(_HAND[0], turn, why))
    return bool(more), bool(why)


@DBOS.step(name="cairn.rest")
def _rest(district_id: str, job_id: str, run: int, failed: bool) -> None:  # noqa: FBT001 - DBOS keeps what is given by place
    turn = Turn(district_id, job_id, run)
    _, why = _tried(lambda: doing.rest(_HAND[0], turn, failed=bool(failed)))
    if why:
        # Not even that could be noted: the run ends as failed, and the next round of a worker sees it.
        raise IssuerError("state_conflict", "the end of this run could not be noted")


def _tried(call: Callable[[], Any]) -> tuple[Any, str]:
    """What a call gives, tried several times where that may help; or what is wrong, in words."""
    wait = FIRST_WAIT
    for attempt in range(1, MOST_TRIES + 1):
        try:
            return call(), ""
        except Superseded:
            return None, ""
        except ValueError as fault:
            # Every refusal of ours is a ValueError with a code.
            code = getattr(fault, "code", "")
            if code not in PASSES or attempt == MOST_TRIES:
                _LOG.warning("a step of a job was refused: %s", code or type(fault).__name__)
                return None, str(getattr(fault, "message", fault))
        except Exception as fault:  # noqa: BLE001 - a database that went away, or a bug: the job says so
            most = MOST_TRIES if type(fault).__name__ in AWAY else FEW_TRIES
            if attempt >= most:
                _LOG.exception("a step of a job failed")
                return None, f"it failed unexpectedly ({type(fault).__name__}): try again"
        _HAND[0].wait(wait)
        wait *= 2
    return None, ""

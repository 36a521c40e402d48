"""Workers: what a dead one leaves is taken up by the living; each badge is there once; no one is called."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dbos._dbos import _get_dbos_instance
from pytest_socket import disable_socket
from sqlalchemy import create_engine, text

from issuer.app import utc_now
from issuer.errors import IssuerError
from issuer.jobs import steering, work
from issuer.jobs.asking import Job
from issuer.jobs.door import Door, prepare_queue
from issuer.jobs.work import Work
from issuer.jobs.worker import Worker
from issuer.journal import Journal
from issuer.many import MOST_TOGETHER
from issuer.store import audit, jobs
from issuer.store.session import Store
from issuer.store.workers import SCHEMA, Workers, queue_url
from tests.jobs_worker import EVERY, LOST_AFTER
from tests.signers import SeededSigner
from tests.sinks import tables
from tests.unit.issuer.jobs.conftest import Batches

ROOT = Path(__file__).parents[4]
ENDS = 180.0
"""Seconds that a busy machine may take for what takes two."""
LOST_AFTER_LONG = 300.0
"""Seconds of silence that no machine keeps by being busy."""

IN_TWO_STEPS = MOST_TOGETHER + 20
"""Badges of a batch; what was in hand when a worker ended is tried one by one, so there are few of them."""
IN_THE_SECOND = MOST_TOGETHER + 10
"""Signatures after which a worker of these tests goes no further."""


def until(holds: Callable[[], bool], seconds: float = ENDS) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.05)


@pytest.fixture
def url(database: str, batches: Batches) -> str:
    """The database of the batches, for another process; its clock is the world's."""
    batches.house.time = datetime.now(UTC)
    return database


@contextlib.contextmanager
def worker(url: str, batches: Batches, *more: object) -> Iterator[subprocess.Popen[str]]:
    district = batches.house.district
    words = [sys.executable, "-m", "tests.jobs_worker", url, district.id, district.did, *map(str, more)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip()
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def is_over(batches: Batches, job: Job) -> bool:
    return batches.find(job).is_over


def test_what_a_killed_worker_leaves_is_finished_by_the_other(url: str, batches: Batches) -> None:
    job = batches.ask(batches.wanted(IN_TWO_STEPS))
    with worker(url, batches, LOST_AFTER, EVERY, IN_THE_SECOND) as first:
        until(lambda: batches.find(job).done > 0)
        with worker(url, batches):
            assert not is_over(batches, job)
            first.kill()
            until(lambda: is_over(batches, job))
    done = batches.find(job)
    assert (done.state, done.done, done.failed, done.why) == (jobs.DONE, IN_TWO_STEPS, 0, "")
    assert len(set(batches.signed())) == IN_TWO_STEPS
    with batches.store.reading() as session:
        audit.check_chain(session, batches.district)


def test_what_the_only_worker_leaves_is_finished_when_it_starts_again(url: str, batches: Batches) -> None:
    job = batches.ask(batches.wanted(IN_TWO_STEPS))
    with worker(url, batches, LOST_AFTER, EVERY, IN_THE_SECOND) as only:
        until(lambda: batches.find(job).done > 0)
        only.kill()
    assert not is_over(batches, job)
    with worker(url, batches):
        until(lambda: is_over(batches, job))
    assert (batches.find(job).state, len(batches.signed())) == (jobs.DONE, IN_TWO_STEPS)


@pytest.fixture
def made(url: str, batches: Batches) -> Iterator[Worker]:
    """A worker of this process."""
    disable_socket(allow_unix_socket=True)
    hand = Work(batches.store, lambda _: batches.house.signer, batches.house.clock, batches.house.entropy)
    found = Worker(hand, every=EVERY, lost_after=LOST_AFTER)
    found.start()
    yield found
    found.stop()


def test_a_worker_asks_nobody_but_the_database(made: Worker, batches: Batches) -> None:
    job = batches.ask(batches.wanted(3))  # sockets of the network are off: see the fixture
    until(lambda: is_over(batches, job))
    assert batches.find(job).state == jobs.DONE
    assert made.is_running
    assert made.last_fault is None
    with pytest.raises(IssuerError, match="has a worker"):
        Door(batches.store, "twin").open(batches.work)


def test_a_run_that_ended_while_nobody_could_write_it_down_is_taken_up_again(
    made: Worker, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away under the queue itself, and the worker stays: nobody else takes up its run."""
    queue = _get_dbos_instance()._sys_db
    lost: list[str] = []

    def away(*_: object, **__: object) -> None:
        lost.append("once")
        raise RuntimeError("the server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(queue, "check_operation_execution", away)
        patch.setattr(queue, "update_workflow_outcome", away)
        job = batches.ask(batches.wanted(3))
        until(lambda: len(lost) >= 2)
    assert not is_over(batches, job)
    assert made.name in Door.holders()
    until(lambda: is_over(batches, job))
    assert (batches.find(job).state, len(batches.signed())) == (jobs.DONE, 3)


def test_a_job_whose_step_fails_says_why_and_is_gone_on_with(
    made: Worker, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> bool:
        raise IssuerError("key_not_usable", "Canaria Birdsong has no key in use: run `cairn keys new`")

    with monkeypatch.context() as patch:
        patch.setattr(work, "_STEPS", {**work._STEPS, jobs.ISSUE: refuses})
        job = batches.ask(batches.wanted(1))
        until(lambda: is_over(batches, job))
    found = batches.find(job)
    assert (found.state, found.why) == (
        jobs.FAILED,
        "Canaria Birdsong has no key in use: run `cairn keys new`",
    )
    # The queue's own tables are nobody's records: they say that it failed, and not in which words.
    queue = create_engine(queue_url(batches.store))
    held = b"".join(tables(queue, None if batches.store.is_sqlite else SCHEMA).values())
    queue.dispose()
    assert job.id.encode() in held
    assert b"Canaria" not in held
    batches.act(steering.resume, job)
    until(lambda: is_over(batches, job))
    assert (batches.find(job).state, len(batches.signed())) == (jobs.DONE, 1)


def test_what_the_queue_says_goes_into_the_journal_without_its_words(
    made: Worker, capfd: pytest.CaptureFixture[str]
) -> None:
    """DBOS would write by itself, with all that an error says of whom."""
    assert made.is_running
    root, out = logging.getLogger(), io.StringIO()
    before = root.handlers[:]
    try:
        Journal(out, utc_now).take_over()
        logging.getLogger("dbos").error("Error serializing object: %s", "Canaria Birdsong")
    finally:
        root.handlers[:] = before
    assert json.loads(out.getvalue())["logger"] == "dbos"
    assert "Canaria" not in out.getvalue() + "".join(capfd.readouterr())


def test_a_queue_that_was_lost_loses_no_job(url: str, batches: Batches) -> None:
    """The job's row is the order: a restored or deleted queue is filled again from it."""
    job = batches.ask(batches.wanted(2))
    turn = batches.turn(job)
    work.begin(batches.work, turn)
    work.step(replace(batches.work), turn, (0, 1))
    assert batches.find(job).state == jobs.RUNNING  # and no queue has ever heard of it
    hand = Work(batches.store, lambda _: batches.house.signer, batches.house.clock, batches.house.entropy)
    found = Worker(hand, every=EVERY, lost_after=LOST_AFTER)
    found.start()
    try:
        until(lambda: is_over(batches, job))
    finally:
        found.stop()
    assert (batches.find(job).state, len(batches.signed())) == (jobs.DONE, 2)


@pytest.fixture
def workers(store: Store) -> Iterator[Workers]:
    prepare_queue(store)
    found = Workers.open(store, LOST_AFTER_LONG)
    yield found
    found.close()


def hear(workers: Workers, seconds: float) -> None:
    """Let all have been heard so many seconds later than it is."""
    with workers.engine.begin() as connection:
        connection.execute(text(f"UPDATE {workers._table} SET beat = {workers._now} + {seconds}"))  # noqa: S608 - a table of ours


def test_two_workers_of_a_machine_have_two_names_and_a_dead_one_s_is_taken_again(workers: Workers) -> None:
    alive = 1  # the first process of a machine always lives
    assert [workers.join("host", alive), workers.join("host", alive)] == ["host-1", "host-2"]
    assert workers.alive() == ["host-1", "host-2"]
    workers.leave("host-1")
    assert workers.alive() == ["host-2"]
    assert workers.join("host", alive) == "host-1"


def test_two_machines_of_one_name_have_two_names(workers: Workers) -> None:
    """A process of another machine cannot be looked at from here: only its silence says that it ended."""
    nobody = 2**22 + 1  # no process has such a number
    assert workers.join("host", nobody, machine="another") == "host-1"
    assert workers.join("host", 1) == "host-2"
    assert not workers.take("host-1", 1)
    hear(workers, -LOST_AFTER_LONG - 1)
    assert workers.take("host-1", 1)
    assert not workers.take("host-1", nobody, machine="another")
    # One of this machine that has ended is followed at once.
    assert workers.join("here", nobody) == workers.join("here", 1) == "here-1"


def test_a_worker_does_not_take_the_name_of_one_that_lives(store: Store, workers: Workers) -> None:
    workers.join("host", 1, machine="another")
    hear(workers, 60)
    found = Worker(
        Work(store, lambda _: SeededSigner("x 1", "did:web:x.example"), utc_now, os.urandom),
        name="host-1",
        every=0.01,
        migrate=False,
        lost_after=0.1,
    )
    with pytest.raises(IssuerError, match="give this one another name"):
        found.start()
    found.stop()


def test_one_alone_takes_up_what_a_dead_worker_left(workers: Workers) -> None:
    workers.join("host", 1)
    assert workers.claim(["host-1"]) == []  # it lives
    workers.leave("host-1")
    assert workers.claim(["host-1", "unheard-of"]) == ["host-1", "unheard-of"]
    assert workers.claim(["host-1", "unheard-of"]) == []


def test_the_queue_lies_beside_the_embedded_database_and_in_the_other(store: Store) -> None:
    found = queue_url(store)
    assert found.endswith("-jobs.db") if store.is_sqlite else found.startswith("postgresql+psycopg://")

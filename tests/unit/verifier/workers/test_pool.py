from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verifier.workers import WorkerFailed, Workers
from verifier.workers.pool import JOBS_EACH

MODULE = "tests.unit.verifier.workers.job_for_tests"


def open_workers(**options: Any) -> Workers:
    usual: dict[str, Any] = {"most": 1, "seconds": 30, "wait": 30}
    return Workers(MODULE, **(usual | options))


@pytest.fixture
def workers() -> Iterator[Workers]:
    with open_workers() as made:
        yield made


def failure(workers: Workers, data: bytes, **options: Any) -> str:
    with pytest.raises(WorkerFailed) as failed:
        workers.ask(data, **options)
    return failed.value.code


def is_alive(process: bytes) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    return True


def test_one_process_answers_again_and_again(workers: Workers) -> None:
    assert workers.ask(b"echo " + bytes(range(256))) == bytes(range(256))
    assert workers.ask(b"echo ") == b""
    assert workers.ask(b"who") == workers.ask(b"who") != str(os.getpid()).encode()


def test_what_is_late_is_killed_and_the_next_is_answered(workers: Workers) -> None:
    first = workers.ask(b"who")
    begun = time.monotonic()
    assert failure(workers, b"spin", seconds=0.3) == "late"
    assert time.monotonic() - begun < 25  # well below what it would have had without
    assert not is_alive(first)
    assert workers.ask(b"who") != first


def test_no_time_left_starts_nothing(workers: Workers) -> None:
    assert failure(workers, b"who", seconds=0) == "late"
    assert failure(workers, b"who", seconds=-1) == "late"


@pytest.mark.parametrize("work", [b"die", b"raise", b"eat 4000000000"])
def test_what_breaks_breaks_there_alone(workers: Workers, work: bytes) -> None:
    assert failure(workers, work) == "broke"
    assert workers.ask(b"echo on") == b"on"


def test_nothing_is_written_to_disk(workers: Workers, tmp_path: Path) -> None:
    target = tmp_path / "x"
    assert failure(workers, b"write " + str(target).encode()) == "broke"
    assert not target.exists() or not target.read_bytes()


def test_memory_within_the_bound_is_given() -> None:
    with open_workers(memory=512 * 1024 * 1024) as workers:
        assert workers.ask(b"eat 100000000") == b"100000000"
        assert failure(workers, b"eat 600000000") == "broke"


def test_an_answer_has_a_length() -> None:
    with open_workers(max_answer=1_000) as workers:
        assert len(workers.ask(b"large 1000")) == 1_000
        assert failure(workers, b"large 1001") == "broke"
        assert workers.ask(b"echo on") == b"on"


def test_what_a_library_prints_is_no_answer(workers: Workers) -> None:
    assert workers.ask(b"print") == b"done"
    assert workers.ask(b"echo on") == b"on"


def test_a_worker_sees_none_of_our_environment(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_KEY_PASSPHRASE", "secret")
    seen = workers.ask(b"environment").decode().split()
    assert set(seen) <= {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}


def until_taken(workers: Workers, left: int) -> None:
    """Wait until no more than so many workers are free."""
    end = time.monotonic() + 60
    while workers._free.qsize() > left:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_busy_pool_says_so(tmp_path: Path) -> None:
    with open_workers(wait=0.05) as workers:
        slow = threading.Thread(target=workers.ask, args=(f"until {tmp_path / 'go on'}".encode(),))
        slow.start()
        until_taken(workers, 0)
        assert failure(workers, b"who") == "busy"
        (tmp_path / "go on").touch()
        slow.join()
        assert workers.ask(b"echo on") == b"on"


def test_one_that_hangs_does_not_stop_another() -> None:
    with open_workers(most=2) as workers:
        workers.ask(b"who")
        found: list[str] = []
        hostile = threading.Thread(target=lambda: found.append(failure(workers, b"spin")))
        hostile.start()
        until_taken(workers, 1)
        assert workers.ask(b"echo on") == b"on"
        assert found == []  # it is still at it
        workers.close()
        hostile.join()
        assert found == ["broke"]


def test_a_worker_is_made_anew_after_so_many_answers(workers: Workers) -> None:
    seen = [workers.ask(b"who") for _ in range(JOBS_EACH + 1)]
    assert len(set(seen[:JOBS_EACH])) == 1
    assert seen[-1] != seen[0]
    assert not is_alive(seen[0])


def test_how_often_a_worker_answers_is_for_whoever_opens_the_pool_to_say() -> None:
    with open_workers(most=1, jobs=2) as workers:
        first, second, third = (workers.ask(b"who") for _ in range(3))
    assert first == second != third


def test_a_closed_pool_leaves_no_process_and_starts_none(workers: Workers) -> None:
    process = workers.ask(b"who")
    workers.close()
    assert not is_alive(process)
    assert failure(workers, b"who") == "closed"


def test_a_pool_that_is_forgotten_leaves_no_process() -> None:
    workers = open_workers()
    process = workers.ask(b"who")
    del workers
    assert not is_alive(process)

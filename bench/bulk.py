"""`python -m bench bulk`: a whole class, from its sheet to published credentials, by two workers.

The sheet is read and checked, its batch is asked for, and two workers in processes of their own carry it out
on the embedded database; the clock stops when the batch is done and its lists are published. What a second
worker adds is measured on PostgreSQL, where one and two carry out smaller batches in turn: there the clock
runs while they work, from the batch that was asked for to its end.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Final

from bench.durable import databases
from bench.ours import Wrong
from issuer.award import Award
from issuer.jobs.asking import Job, Wanted, ask_awards, find
from issuer.jobs.worker import EVERY
from issuer.roster import check, read_any
from issuer.roster.columns import COLUMNS
from issuer.sheets.look import rules
from issuer.store import jobs
from issuer.store.migrations import migrate
from issuer.store.session import Store
from issuer.store.tables import School
from issuer.store.workers import LOST_AFTER
from tests.house import House

SCHOOL: Final = "0187"
CODES: Final = ("OSHA10-GI", "OSHA10-CON", "CO-CNA")
ROUNDS: Final = 3
"""Of one worker and of two, in turn."""
FEWEST: Final = 2_000
"""Rows of each: with fewer a worker mostly waits for the next look at its queue."""
OFTEN: Final = 0.2
"""Seconds between two looks for jobs, where only the work itself is measured."""
PATIENCE: Final = 1_800
LOOKS: Final = 0.1
"""Seconds between two looks whether a batch is done."""
_SHEETS: Final = count(100)
"""Each sheet is of other students: nobody gets one badge twice."""
NAMES: Final = ("Robin Vale", "Inés Farrow", "Maya Okafor", "Tuan Lê", "Quinn Brook")


@dataclass(frozen=True, slots=True)
class Bulk:
    """What was measured.

    Attributes:
        rows: Of the sheet.
        sheet_to_published_s: Seconds from the sheet's bytes to published credentials, two workers, SQLite.
        credentials_per_s: Of that.
        cpu_s: CPU seconds that all of it took, of both workers and of who asked: with two cores to itself a
            machine needs at least half of that.
        cpu_us_each: The same for one credential, in millionths of a second.
        peak_rss_mib: The most that one of the workers held.
        peak_rss_small_mib: The same after a tenth of the rows: flat memory is hardly more for all of them.
        two_worker_scaling: How many times as many credentials two workers issue as one, on PostgreSQL.
        load: The machine's load average when it began: above its cores, others worked too.
    """

    rows: int
    sheet_to_published_s: float
    credentials_per_s: float
    cpu_s: float
    cpu_us_each: int
    peak_rss_mib: float
    peak_rss_small_mib: float
    two_worker_scaling: float
    load: float


def measure(rows: int) -> Bulk:
    """Measure a sheet of so many rows."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="cairn-bulk-") as folder:
        house = _house(f"sqlite:///{Path(folder) / 'cairn.db'}")
        with _workers(house, 2, every=EVERY) as workers:
            _issue(house, max(100, rows // 10), "small")
            small = max(map(_peak, workers))
            before = _cpu(workers)
            took, _ = _issue(house, rows, "whole")
            cpu = _cpu(workers) - before
            peak = max(map(_peak, workers))
        house.store.close()
    with databases() as urls:
        house = _house(urls[1])
        gain = _scaling(house, max(FEWEST, rows // 2))
        house.store.close()
    return Bulk(
        rows,
        round(took, 1),
        round(rows / took),
        round(cpu, 1),
        round(cpu / rows * 1e6),
        round(peak),
        round(small),
        round(gain, 2),
        load,
    )


def main(rows: int, *, as_json: bool) -> None:
    """Measure, and say so."""
    found = measure(rows)
    for name, value in asdict(found).items():
        print(f"{name:<22} {value}")
    if as_json:
        print(json.dumps(asdict(found)))


def _house(url: str) -> House:
    store = Store.open(url)
    migrate(store)
    house = House.build(store)
    house.time = datetime.now(UTC)
    with store.transaction() as session:
        session.add(School(district_id=house.district.id, code=SCHOOL, name="Example High School"))
    return house


def _sheet(rows: int, prefix: str) -> bytes:
    out, own = io.StringIO(), next(_SHEETS)
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for number in range(rows):
        given, family = NAMES[number % len(NAMES)].split()
        code = CODES[number % len(CODES)]
        writer.writerow(
            {
                "external_id": f"{own}{number:06d}",
                "given_name": given,
                "family_name": family,
                "birth_date": "2008-02-29",
                "school_code": SCHOOL,
                "credential_code": code,
                "date_earned": "2026-04-18",
                "number": f"N-{prefix}-{number}",
                "expires_on": "2028-01-31" if code == "CO-CNA" else "",
                "award_ref": f"{prefix}-{number}",
            }
        )
    return out.getvalue().encode()


def _issue(house: House, count: int, prefix: str) -> tuple[float, float]:
    """From a sheet's bytes to published credentials; gives the seconds of all, and those of the workers."""
    data = _sheet(count, prefix)
    begun = time.perf_counter()
    with house.store.of(house.district.id).reading() as session:
        against = rules(session, house.district.id, school=None, run_date=datetime.now(UTC).date())
    report = check(read_any(data, known=against.known({}), answers={}), against, None).report
    wanted = [
        Wanted(Award.from_row(row.award), row.award.school_code, row.award.credential_code)
        for row in report.rows
        if row.award is not None
    ]
    if len(wanted) != count:
        raise Wrong(
            f"only {len(wanted)} rows are ready: {next(r.why for r in report.rows if r.award is None)}"
        )
    job = ask_awards(
        house.store,
        house.district.id,
        wanted,
        key=prefix,
        hold=timedelta(0),
        now=datetime.now(UTC),
        entropy=os.urandom,
        actor="bench",
    )
    asked = time.perf_counter()
    del wanted, report
    _wait(house, job, count)
    ended = time.perf_counter()
    return ended - begun, ended - asked


def _wait(house: House, job: Job, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with house.store.of(house.district.id).reading() as session:
            state = jobs.job(session, house.district.id, job.id).state
        if state not in jobs.LIVE:
            found = find(house.store, house.district.id, job.id)
            if (found.state, found.done, found.failed) != (jobs.DONE, count, 0):
                raise Wrong(f"the batch is {found.state}: {found.done} of {count}, {found.failed} failed")
            return
        time.sleep(LOOKS)
    raise Wrong("the batch was not done in time")


def _scaling(house: House, count: int) -> float:
    """How many times as fast two workers are as one, in turn."""
    ones, twos = list[float](), list[float]()
    for number in range(ROUNDS):
        for several, times in ((1, ones), (2, twos)):
            with _workers(house, several):
                _issue(house, 100 * several, f"warm-{several}-{number}")
                times.append(_issue(house, count, f"turn-{several}-{number}")[1])
    return median(one / two for one, two in zip(ones, twos, strict=True))


@contextmanager
def _workers(house: House, several: int, *, every: float = OFTEN) -> Iterator[list[int]]:
    """So many workers, each in a process of its own, that look for jobs every so many seconds; gives their
    numbers.
    """
    url = house.store.engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-m", "tests.jobs_worker", url, house.district.id, house.district.did]
    # As outside tests: a busy machine must not look like a dead worker.
    words += [str(LOST_AFTER), str(every)]
    with ExitStack() as stack:
        made = []
        for _ in range(several):
            process = stack.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
            stack.callback(process.terminate)
            made.append(process)
        for process in made:
            if process.stdout is None or not process.stdout.readline():
                raise Wrong("a worker did not start")
        yield [process.pid for process in made]


def _cpu(pids: list[int]) -> float:
    """CPU seconds that these processes and this one have had, of the program and of the system for it."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = [
        Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split() for pid in pids
    ]
    return sum(int(one[11]) + int(one[12]) for one in fields) / ticks + time.process_time()


def _peak(pid: int) -> float:
    """The most memory that a process has held, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))

"""Who is killed: workplaces that issue batches and publish; clerks who issue, withdraw, ask for batches."""

from __future__ import annotations

import multiprocessing
import os
import random
import threading
import time
from functools import partial
from pathlib import Path

from issuer.issuance import stored
from issuer.jobs import asking
from issuer.jobs.worker import Worker
from issuer.publisher import Publisher
from issuer.store import bulk, jobs, sheet_drafts
from tests.chaos.ledger import ASKED, TRYING, Ledger
from tests.chaos.setting import NAME, Setting, acknowledge, insist, now

EVERY, LOST_AFTER, PUBLISHES = 0.2, 1.5, 1.0
"""Seconds: a worker's rounds, when it is taken for dead, and between two rounds of the publisher."""
BATCHES = (4, 40)
"""Rows of a batch: at least, at most."""


def workplace(url: str, ready: Path) -> None:
    """Carry out jobs and publish, until killed."""
    _end_with_the_storm()
    setting = Setting.open(url)
    worker = Worker(setting.work, every=EVERY, lost_after=LOST_AFTER, migrate=False)
    insist(worker.start)
    Publisher(setting.store, lambda _: setting.signer, clock=now, every=PUBLISHES).start()
    ready.touch()
    while True:
        time.sleep(3600)


def clerk(url: str, ledger_path: Path, seed: int, again: list[str]) -> None:
    """Issue, withdraw and ask for batches, until killed; first what a predecessor has begun."""
    _end_with_the_storm()
    setting, ledger, dice = Setting.open(url), Ledger(ledger_path), random.Random(seed)
    mine, batches, number = list[str](), list[str](), 0
    for ref in again:
        ledger.note(TRYING, ref=ref)
        mine.append(insist(partial(setting.issue, ref, ledger)).credential_id)
    while True:
        number += 1
        ref, thrown = f"{ledger_path.stem}-{number}", dice.random()
        if thrown < 0.25 and mine:
            insist(partial(setting.revoke, mine.pop(dice.randrange(len(mine))), ledger))
        elif thrown < 0.35:
            batches.append(_ask(setting, ledger, ref, dice.randint(*BATCHES)))
        else:
            ledger.note(TRYING, ref=ref)
            mine.append(insist(partial(setting.issue, ref, ledger)).credential_id)
            if thrown > 0.9:  # the answer was lost on its way: it is asked for again
                insist(partial(setting.issue, ref, ledger))
        for job_id in batches[:1]:
            is_collected: bool = insist(partial(_collect, setting, ledger, job_id))
            if is_collected:
                batches.remove(job_id)


def _end_with_the_storm() -> None:
    """Let nobody stay behind where the storm itself is killed."""
    storm = multiprocessing.parent_process()

    def wait() -> None:
        if storm is not None:
            storm.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _ask(setting: Setting, ledger: Ledger, key: str, count: int) -> str:
    """Ask for a batch; gives the job's name."""
    refs = [f"{key}/{number}" for number in range(count)]
    job_id = insist(partial(setting.ask, key, refs))
    ledger.note(ASKED, key=key, refs=refs)
    return job_id


def _collect(setting: Setting, ledger: Ledger, job_id: str) -> bool:
    """Take the badges of a batch home once it is done; whether it was."""
    job = asking.find(setting.store, NAME, job_id)
    if job.state != jobs.DONE:
        return False
    with setting.store.reading() as session:
        rows = sheet_drafts.rows(session, NAME, job.subject, state=sheet_drafts.ISSUED)
        made = bulk.credentials(session, NAME, [row.award_ref for row in rows])
    for row in made.values():
        acknowledge(ledger, stored(setting.store, NAME, row.id))
    return True

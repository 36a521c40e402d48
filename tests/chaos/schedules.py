"""Orders of events under which one mistake each must show. Nothing in them is left to chance.

Each gives what the judge found afterwards; without a mistake that is nothing.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from issuer.backup import back_up, restore
from issuer.errors import IssuerError
from issuer.jobs.steering import stop
from issuer.jobs.work import Superseded, Turn, begin, rest, step
from issuer.store import jobs
from issuer.taking_back import go_on_without
from keys.public import PublicKey
from keys.signer import Signer
from tests.chaos.judging import Found, check_places, judge
from tests.chaos.ledger import UNDONE, Account, Ledger
from tests.chaos.setting import NAME, Setting, now

EARLIER: Final = timedelta(seconds=30)
WAITS: Final = 30.0
"""Seconds for one of two to come to where it waits for the other."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a schedule is played.

    Attributes:
        url: The database, with the district in it.
        folder: An empty folder.
    """

    url: str
    folder: Path

    @property
    def ledger(self) -> Path:
        """The file in which is kept what was acknowledged."""
        return self.folder / "one.ledger"

    def found(self) -> Found:
        """What the judge says of this database and this ledger."""
        setting = Setting.open(self.url)
        try:
            return judge(setting, Account.read([self.ledger]))
        finally:
            setting.close()


def killed_once_acknowledged(stage: Stage) -> Found:
    """A process says that a badge is issued, and is killed in that moment."""
    child = os.fork()
    if not child:
        setting = replace(Setting.open(stage.url), clock=lambda: now() - EARLIER)
        with suppress(Exception):
            setting.issue("R-1", Ledger(stage.ledger))
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    return stage.found()


def two_under_one_reference(stage: Stage) -> Found:
    """One reference is issued under by two at once, and both look before either has written."""
    setting, inside = Setting.open(stage.url), threading.Event()

    def slowly(length: int) -> bytes:
        """Drawn when the first has taken the reference, and has not yet said so for good."""
        inside.set()
        _until_somebody_waits(setting)
        return os.urandom(length)

    def first() -> None:
        with suppress(IssuerError, SQLAlchemyError):
            setting.issue("R-1", Ledger(stage.ledger), entropy=slowly)

    other = threading.Thread(target=first)
    other.start()
    inside.wait(WAITS)
    with suppress(IssuerError, SQLAlchemyError):
        setting.issue("R-1", Ledger(stage.ledger))
    other.join()
    setting.close()
    return stage.found()


def withdrawn_before_and_kept_after_a_publication(stage: Stage) -> Found:
    """A withdrawal is decided, a list is published meanwhile, and then the withdrawal is kept."""
    setting, ledger = Setting.open(stage.url), Ledger(stage.ledger)
    ids = [setting.issue(f"R-{number}", ledger).credential_id for number in range(3)]
    setting.revoke(ids[0], ledger)
    setting.publish()
    decided = now()
    setting.revoke(ids[1], ledger)
    setting.publish()
    replace(setting, clock=lambda: decided).revoke(ids[2], ledger)
    setting.publish()
    setting.close()
    return stage.found()


def overtaken_while_signing_a_list(stage: Stage) -> Found:
    """While one publisher signs a list, a badge is withdrawn and another publishes that."""
    setting, ledger = Setting.open(stage.url), Ledger(stage.ledger)
    ids = [setting.issue(f"R-{number}", ledger).credential_id for number in range(2)]
    setting.revoke(ids[0], ledger)

    def overtake() -> None:
        setting.revoke(ids[1], ledger)
        setting.publish()

    replace(setting, signer=_Interrupted(setting.signer, _once(overtake))).publish()
    setting.close()
    return stage.found()


def stopped_while_a_worker_is_silent(stage: Stage) -> Found:
    """A worker is silent in the middle of a batch, others stop the batch, and it wakes."""
    setting, refs = Setting.open(stage.url), [f"R-{number}" for number in range(3)]
    turn = Turn(NAME, setting.ask("batch", refs), 1)

    def others() -> None:
        stop(setting.store, NAME, turn.job_id, now=now(), actor="chaos")
        with setting.store.reading() as session:
            run = jobs.job(session, NAME, turn.job_id).run
        rest(setting.work, Turn(NAME, turn.job_id, run))
        Ledger(stage.ledger).note(UNDONE, refs=refs)

    meanwhile = _once(others)

    def waking() -> datetime:
        """What the time is, for one that sleeps when it first asks: it has read which rows wait."""
        meanwhile()
        return now()

    begin(setting.work, turn)
    with suppress(Superseded):
        step(replace(setting.work, clock=waking), turn, (0, 1))
    setting.close()
    return stage.found()


def restored_from_before_a_badge(stage: Stage) -> Found:
    """A badge is issued after the backup that comes back, and another one after that."""
    setting, ledger, keys = Setting.open(stage.url), Ledger(stage.ledger), stage.folder / "keys"
    keys.mkdir()
    setting.issue("R-1", ledger)
    back_up(setting.store, keys, stage.folder / "backup", now=now())
    setting.issue("R-2", ledger)
    setting.close()
    back = Setting.open(f"sqlite:///{stage.folder / 'back.db'}")
    restore(stage.folder / "backup", back.store, back.store, stage.folder / "again", now=now(), actor="chaos")
    go_on_without(back.store, NAME, now=now(), actor="chaos")
    back.issue("R-3", ledger)
    found = Found()
    # What the backup does not know is lost by its nature; that a place is used twice would not be.
    check_places(back, Account.read([stage.ledger]), found)
    back.close()
    return found


SCHEDULES: Final[dict[str, Callable[[Stage], Found]]] = {
    one.__name__: one
    for one in (
        killed_once_acknowledged,
        two_under_one_reference,
        withdrawn_before_and_kept_after_a_publication,
        overtaken_while_signing_a_list,
        stopped_while_a_worker_is_silent,
        restored_from_before_a_badge,
    )
}


@dataclass(frozen=True, slots=True)
class _Interrupted:
    """A signer to whom something happens before each signature."""

    signer: Signer
    before: Callable[[], None]

    @property
    def public_key(self) -> PublicKey:
        return self.signer.public_key

    @property
    def verification_method(self) -> str:
        return self.signer.verification_method

    @property
    def controller(self) -> str:
        return self.signer.controller

    def sign(self, message: bytes) -> bytes:
        self.before()
        return self.signer.sign(message)


def _once(call: Callable[[], None]) -> Callable[[], None]:
    """The call, at the first time only."""
    left = [call]

    def called() -> None:
        if left:
            left.pop()()

    return called


def _until_somebody_waits(setting: Setting) -> None:
    """Wait until a connection waits for a lock that another holds (PostgreSQL)."""
    end = time.monotonic() + WAITS
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while time.monotonic() < end:
        with setting.store.reading() as session:
            if session.execute(asked).scalar_one():
                return
        time.sleep(0.02)

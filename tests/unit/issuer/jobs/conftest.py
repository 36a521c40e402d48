"""A district with a batch to issue, and workers in this process or in processes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from issuer.jobs import asking
from issuer.jobs.asking import Job, Wanted
from issuer.jobs.work import Superseded, Turn, Work, begin, rest, step
from issuer.store import audit, jobs, queries
from issuer.store.session import Store
from issuer.store.tables import School
from tests.house import House

SCHOOL = "0187"


@dataclass
class Batches:
    """A house whose jobs are asked for, and carried out a step at a time."""

    house: House

    @property
    def store(self) -> Store:
        return self.house.store

    @property
    def district(self) -> str:
        return self.house.district.id

    @property
    def work(self) -> Work:
        return Work(
            self.store,
            lambda _: self.house.signer,
            self.house.clock,
            self.house.entropy,
            wait=lambda _seconds: None,
        )

    def wanted(self, count: int, prefix: str = "A", **changes: Any) -> list[Wanted]:
        return [
            Wanted(
                self.house.award(f"{prefix}-{number}", student_id=f"S-{prefix}-{number}", **changes),
                SCHOOL,
                "CO-CNA",
            )
            for number in range(1, count + 1)
        ]

    def ask(self, wanted: Sequence[Wanted], key: str = "june", hold: timedelta = asking.HOLD) -> Job:
        return asking.ask_awards(
            self.store,
            self.district,
            wanted,
            key=key,
            hold=hold,
            now=self.house.time,
            entropy=self.house.entropy,
            actor="test",
        )

    def find(self, job: Job) -> Job:
        return asking.find(self.store, self.district, job.id)

    def find_id(self, job_id: str) -> Job:
        return asking.find(self.store, self.district, job_id)

    def other(self, kind: str, asks: dict[str, Any]) -> Job:
        """A job of another kind than issuing."""
        with self.store.transaction() as session:
            row = asking.ask_in(
                session,
                self.district,
                kind,
                key=kind,
                asks=asks,
                now=self.house.time,
                entropy=self.house.entropy,
                actor="test",
            )
        return self.find_id(row.id)

    def turn(self, job: Job) -> Turn:
        """The run that a worker would take up now."""
        with self.store.reading() as session:
            row = jobs.job(session, self.district, job.id)
            return Turn(self.district, row.id, row.run)

    def run(self, job: Job) -> Job:
        """Carry a job out as a worker does, all of its lanes one after the other."""
        turn = self.turn(job)
        lanes = begin(self.work, turn)
        for lane in range(lanes):
            try:
                while step(self.work, turn, (lane, lanes)):
                    pass
            except Superseded:
                pass
        rest(self.work, turn)
        return self.find(job)

    def act(self, what: Any, job: Job, **more: Any) -> Job:
        found: Job = what(self.store, self.district, job.id, now=self.house.time, actor="test", **more)
        return found

    def signed(self) -> list[str]:
        with self.store.reading() as session:
            return queries.signed_ids(session, self.district)

    def audited(self, prefix: str) -> list[str]:
        with self.store.reading() as session:
            rows = audit.read(session, self.district, audit.Wanted(action=prefix, most=1_000))
        return [row.action for row in reversed(rows)]


@pytest.fixture
def batches(house: House) -> Batches:
    with house.store.transaction() as session:
        session.add(School(district_id=house.district.id, code=SCHOOL, name="Example High School"))
    return Batches(house)

"""A district that issues today, and how each process finds it: by the database's address alone."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from issuer.award import Award
from issuer.catalog import default_catalogue
from issuer.district import Founding, found, offer
from issuer.errors import IssuerError
from issuer.issuance import Issued, issue
from issuer.jobs.asking import Wanted, ask_awards
from issuer.jobs.door import prepare_queue
from issuer.jobs.work import Work
from issuer.publication import publish_due
from issuer.revocation import revoke
from issuer.signing_keys import mirror
from issuer.store.migrations import migrate
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import School
from keys.key_record import KeyRecord
from keys.signer import Signer
from tests.chaos.ledger import ISSUED, REVOKED, REVOKING, Ledger
from tests.signers import SeededSigner

NAME, SCHOOL, CODE = "riverbend", "0187", "CO-CNA"
ORIGIN = "https://badges.riverbend.example"
DID = "did:web:badges.riverbend.example"
PASSES = frozenset({"database_busy", "database_failed", "publish_contended"})
"""Refusals that go away once the database is back."""
LONGEST = 120.0
"""Seconds for which somebody tries the same thing again."""

_T = TypeVar("_T")


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Setting:
    """The district, in a database, as one process sees it.

    Attributes:
        store: The database.
        signer: The district's key.
        clock: Gives the time.
    """

    store: Store
    signer: Signer
    clock: Callable[[], datetime] = now

    @classmethod
    def open(cls, url: str) -> Setting:
        """Find it in a database that was prepared."""
        return cls(Store.open(url), SeededSigner(f"{NAME} chaos", DID))

    def prepare(self) -> None:
        """Make the tables and found the district."""
        migrate(self.store)
        prepare_queue(self.store)
        at = now() - timedelta(minutes=1)
        facts = Founding(NAME, "Riverbend School District", "RIVER", ORIGIN, "https://riverbend.example", {})
        found(self.store, facts, now=at, entropy=os.urandom, actor="chaos")
        offer(self.store, NAME, default_catalogue().entries[:4], now=at, actor="chaos")
        record = KeyRecord(self.signer.public_key, DID, at - timedelta(days=1))
        mirror(self.store, NAME, [record], now=at, actor="chaos")
        with self.store.transaction() as session:
            session.add(School(district_id=NAME, code=SCHOOL, name="Example High School"))

    def award(self, ref: str) -> Award:
        """An award of a person of its own; the same reference is the same award in every process."""
        number = int(hashlib.sha256(ref.encode()).hexdigest()[:12], 16)
        return Award(
            ref,
            student_id=f"S-{number}",
            achievement_id="co-cna",
            # Days that stay the same when a run goes over midnight.
            date_earned=date(2025, 11, 3),
            last_day=date(2090, 1, 31),
            recipient_name=f"Maya Okafor {number % 1000}",
            number=f"NA-{number}",
            adult_on=date(2025, 10, 1),
        )

    def issue(self, ref: str, ledger: Ledger, *, entropy: Entropy = os.urandom) -> Issued:
        """Issue a badge, and acknowledge it."""
        made = issue(
            self.award(ref),
            store=self.store,
            district_id=NAME,
            signer=self.signer,
            now=self.clock(),
            entropy=entropy,
            actor="chaos",
        )
        acknowledge(ledger, made)
        return made

    def ask(self, key: str, refs: Sequence[str]) -> str:
        """Ask for a batch of badges; gives the job's name."""
        wanted = [Wanted(self.award(ref), SCHOOL, CODE) for ref in refs]
        asked = ask_awards(
            self.store,
            NAME,
            wanted,
            key=key,
            hold=timedelta(0),
            now=self.clock(),
            entropy=os.urandom,
            actor="chaos",
        )
        return asked.id

    def revoke(self, credential_id: str, ledger: Ledger) -> None:
        """Withdraw a badge, and acknowledge it."""
        ledger.note(REVOKING, id=credential_id)
        reason = "issued-in-error"
        revoke(self.store, NAME, credential_id, reason=reason, note="", now=self.clock(), actor="chaos")
        ledger.note(REVOKED, id=credential_id, at=time.time())

    def publish(self) -> None:
        """Bring everything up to date that is published."""
        publish_due(self.store, NAME, self.signer, clock=self.clock, actor="chaos")

    @property
    def work(self) -> Work:
        """What a worker works with."""
        return Work(self.store, lambda _: self.signer, self.clock, os.urandom)

    def close(self) -> None:
        """Give every connection back."""
        self.store.close()


def acknowledge(ledger: Ledger, made: Issued) -> None:
    """Somebody has the badge from here on."""
    digest, place = hashlib.sha256(made.document).hexdigest(), place_of(made.document)
    ledger.note(ISSUED, ref=made.award_ref, id=made.credential_id, sha256=digest, place=place)


def place_of(document: bytes) -> str:
    """Where a badge says that its status is."""
    entry = json.loads(document)["credentialStatus"]
    return f"{entry['statusListCredential']}#{entry['statusListIndex']}"


def insist(call: Callable[[], _T], seconds: float = LONGEST) -> _T:
    """Do the same thing again while the database is away or busy, as a person or a program would."""
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except IssuerError as fault:
            if fault.code not in PASSES or time.monotonic() > end:
                raise
        except SQLAlchemyError:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)

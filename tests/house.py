"""A district that can issue, in a database; its clock and its random bytes are the test's too."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from issuer.award import Award
from issuer.catalog import default_catalogue
from issuer.district import Founding, found, offer
from issuer.issuance import Issued, issue
from issuer.publication import publish_due
from issuer.signing_keys import mirror
from issuer.store import queries
from issuer.store.session import Store
from issuer.store.tables import Credential, District
from keys.key_record import KeyRecord
from tests.signers import SeededSigner

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ORIGIN = "https://badges.riverbend.example"


@dataclass
class Entropy:
    """Bytes that look random and are the same in every run."""

    seed: str = "entropy"
    drawn: int = 0

    def __call__(self, length: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(f"{self.seed} {self.drawn}".encode()).digest(length)


@dataclass
class House:
    """A district, its key, its clock and its source of random bytes."""

    store: Store
    district: District
    signer: SeededSigner
    entropy: Entropy = field(default_factory=Entropy)
    time: datetime = NOW

    @classmethod
    def build(cls, store: Store, name: str = "riverbend", origin: str = ORIGIN) -> House:
        """Found a district with one key and a handful of achievements."""
        entropy = Entropy(name)
        district = found(
            store,
            Founding(
                name, f"{name.title()} School District", name.upper(), origin, f"https://{name}.example", {}
            ),
            now=NOW,
            entropy=entropy,
            actor="test",
        )
        offer(store, name, default_catalogue().entries[:4], now=NOW, actor="test")
        made = cls(store, district, SeededSigner(f"{name} 1", district.did), entropy)
        made.take_key(made.signer)
        return made

    def clock(self) -> datetime:
        return self.time

    def later(self, **step: float) -> datetime:
        self.time += timedelta(**step)
        return self.time

    def take_key(self, signer: SeededSigner, **ends: datetime) -> None:
        """Make a key known to the store, with its ends."""
        record = KeyRecord(signer.public_key, self.district.did, NOW - timedelta(days=1), **ends)
        mirror(self.store, self.district.id, [record], now=self.time, actor="test")

    def award(self, ref: str = "A-1", **changes: Any) -> Award:
        facts: dict[str, Any] = {
            "student_id": "100000001",
            "achievement_id": "co-cna",
            "date_earned": date(2026, 4, 18),
            "last_day": date(2028, 1, 31),
            "recipient_name": "Maya Okafor",
            "number": "NA-000123",
            "adult_on": date(2026, 3, 2),
        }
        return Award(ref, **(facts | changes))

    def issue(self, ref: str = "A-1", **changes: Any) -> Issued:
        return issue(
            self.award(ref, **changes),
            store=self.store,
            district_id=self.district.id,
            signer=self.signer,
            now=self.time,
            entropy=self.entropy,
            actor="test",
        )

    def publish(self) -> None:
        publish_due(self.store, self.district.id, self.signer, clock=self.clock, actor="test")

    def row(self, credential_id: str) -> Credential:
        with self.store.reading() as session:
            return queries.credential(session, self.district.id, credential_id)


def attempt(store: Store, *statements: str) -> None:
    """Run statements in one transaction of the program's."""
    with store.transaction() as session:
        for statement in statements:
            session.execute(text(statement))


def without_triggers(store: Store, table: str) -> None:
    """What somebody with the administrator's password can do: drop the guards."""
    with store.engine.begin() as connection:
        for what in ("update", "delete"):
            on = "" if store.is_sqlite else f" ON {table}"
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{what}{on}"))

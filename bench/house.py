"""Issuing as the district's own server does it: an award in, a stored credential out.

Everything is kept before the next step begins: three transactions of the database, a proof, and the check of
that proof as a stranger would make it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from bench.district import District
from bench.measuring import Operation
from issuer.award import Award
from issuer.catalog import default_catalogue
from issuer.catalog.achievement import slug
from issuer.district import Founding, found, offer
from issuer.issuance import issue
from issuer.signing_keys import mirror
from issuer.store.migrations import migrate
from issuer.store.session import Store
from keys.key_record import KeyRecord


@contextmanager
def issuing(district: District, folder: Path) -> Iterator[Operation]:
    """One award after the other, each another student's, into SQLite below `folder`."""
    store = Store.open(str(folder / "cairn.db"))
    try:
        migrate(store)
        world, now = district.world, district.now
        founding = Founding("lantern-hill", world.name, "LANTERN", world.origin, f"{world.origin}/", {})
        made = found(store, founding, now=now, entropy=os.urandom, actor="benchmark")
        offer(store, made.id, default_catalogue().entries[:1], now=now, actor="benchmark")
        record = KeyRecord(district.signer.public_key, made.did, now - timedelta(days=1))
        mirror(store, made.id, [record], now=now, actor="benchmark")
        offered = default_catalogue().entries[0]
        numbers = count(1)

        def once() -> bytes:
            number = next(numbers)
            award = Award(
                f"award-{number}",
                student_id=f"student-{number:09d}",
                achievement_id=slug(offered.code),
                date_earned=date(2024, 5, 18),
                last_day=date(2094, 1, 31) if offered.takes_expiry else None,
                recipient_name="Wren Abernathy-Sol",
                number=f"NO-{number:07d}",
            )
            return issue(
                award,
                store=store,
                district_id=made.id,
                signer=district.signer,
                now=now,
                entropy=os.urandom,
                actor="benchmark",
            ).document

        yield Operation(once)
    finally:
        store.close()

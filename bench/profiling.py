"""In which functions the time goes, of the operations that the goals are about."""

from __future__ import annotations

import cProfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import ours
from bench.credentials import MIDDLE
from bench.district import founded
from bench.measuring import Operation

TIMES: Final = 200
_SHOWN: Final = 25
_ROOT: Final = str(Path(__file__).parents[1])


def profiles() -> Iterator[str]:
    """For each operation the functions in which it spends most, with what they call and without.

    The profiler makes small functions look slower than they are: the order says more than the numbers.
    """
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        district = founded(Path(folder), datetime.now(UTC), students=8)
    operations = {
        "issue": ours.issuing(district, district.drafts[MIDDLE]),
        "verify": ours.checking(district, district.signed[MIDDLE]),
        "full verify": ours.judging(district, MIDDLE, "json"),
        "VC-JWT, sign": ours.signing_a_token(district),
    }
    for name, operation in operations.items():
        operation.call()
        yield f"\n{name}: µs in all, µs in the function itself, calls"
        yield from _spent(operation)


def _spent(operation: Operation) -> Iterator[str]:
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(TIMES):
        operation.call()
    profile.disable()
    profile.create_stats()
    found = sorted(profile.stats.items(), key=lambda one: one[1][3], reverse=True)
    for (file, line, function), (_, calls, itself, inside, *_) in found[:_SHOWN]:
        where = f"{file.removeprefix(_ROOT + '/')}:{line}"
        each = f"{inside / TIMES * 1e6:>8.0f} {itself / TIMES * 1e6:>8.0f} {calls / TIMES:>8.1f}"
        yield f"  {each}  {function} ({where})"

"""In which functions the time goes, of the operations that the goals are about."""

from __future__ import annotations

import cProfile
import pstats
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
        district = founded(Path(folder), datetime.now(UTC))
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
    found = pstats.Stats(profile).get_stats_profile().func_profiles.items()
    for function, spent in sorted(found, key=lambda one: one[1].cumtime, reverse=True)[:_SHOWN]:
        where = f"{spent.file_name.removeprefix(_ROOT + '/')}:{spent.line_number}"
        inside, itself = spent.cumtime / TIMES * 1e6, spent.tottime / TIMES * 1e6
        calls = int(str(spent.ncalls).partition("/")[0]) / TIMES
        yield f"  {inside:>8.0f} {itself:>8.0f} {calls:>8.1f}  {function} ({where})"

"""A process that issues for as long as it is told to: `python -m bench.worker`.

A line `{"seconds": number}` in, a line `{"issued": count, "took": seconds}` out.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.credentials import MIDDLE
from bench.district import founded
from bench.ours import issuing


def main() -> None:
    """Answer lines until there are no more."""
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        district = founded(Path(folder), datetime.now(UTC), students=8)
    issue = issuing(district, district.drafts[MIDDLE]).call
    for line in sys.stdin:
        seconds, issued, begun = json.loads(line)["seconds"], 0, time.perf_counter()
        while (took := time.perf_counter() - begun) < seconds:
            issue()
            issued += 1
        print(json.dumps({"issued": issued, "took": took}), flush=True)


if __name__ == "__main__":
    main()

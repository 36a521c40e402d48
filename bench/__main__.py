"""`python -m bench`: measure, print a table, and with `--json` one line of JSON at the end.

`bulk` measures a whole class instead, from its sheet to published credentials. `scale` says whether
lookups and publishing stay flat up to a million.

`--profile` says instead in which functions the time goes: what to read when a goal is missed.
"""

from __future__ import annotations

import argparse

from bench import bulk, scale
from bench.profiling import profiles
from bench.report import as_json, table
from bench.run import FULL, QUICK, measure


def main() -> None:
    """Read the arguments, measure, print."""
    reader = argparse.ArgumentParser(prog="bench", description="Measure, as ratios in one run.")
    reader.add_argument("--json", action="store_true", help="end with everything as one line of JSON")
    reader.add_argument("--quick", action="store_true", help="one short round: shows that it runs, no more")
    reader.add_argument("--profile", action="store_true", help="say instead in which functions the time goes")
    reader.add_argument(
        "what",
        nargs="?",
        choices=["bulk", "scale"],
        help="a whole class, from its sheet to published; or a million credentials against ten thousand",
    )
    reader.add_argument("--rows", type=int, default=20_000, help="of the sheet of a whole class")
    reader.add_argument("--credentials", type=int, default=1_000_000, help="of the large database of scale")
    asked = reader.parse_args()
    if asked.what == "bulk":
        bulk.main(asked.rows, as_json=asked.json)
        return
    if asked.what == "scale":
        scale.main(asked.credentials, as_json=asked.json)
        return
    if asked.profile:
        print("\n".join(profiles()))
        return
    measured = measure(QUICK if asked.quick else FULL)
    print("\n".join(table(measured)))
    if asked.json:
        print(as_json(measured))


if __name__ == "__main__":
    main()

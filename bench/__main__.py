"""`python -m bench`: measure, print a table, and with `--json` one line of JSON at the end."""

from __future__ import annotations

import argparse

from bench.report import as_json, table
from bench.run import FULL, QUICK, measure


def main() -> None:
    """Read the arguments, measure, print."""
    reader = argparse.ArgumentParser(prog="bench", description="Measure, as ratios in one run.")
    reader.add_argument("--json", action="store_true", help="end with everything as one line of JSON")
    reader.add_argument("--quick", action="store_true", help="one short round: shows that it runs, no more")
    asked = reader.parse_args()
    measured = measure(QUICK if asked.quick else FULL)
    print("\n".join(table(measured)))
    if asked.json:
        print(as_json(measured))


if __name__ == "__main__":
    main()

"""Serve for tests of conformance until stopped; with `--once`, ask this server itself and say what held."""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.conformance import self_check
from tests.conformance.client import trusting
from tests.conformance.contexts import VDL, w3c
from tests.conformance.manifest import LOCAL_CONFIG
from tests.conformance.serving import DIDS, beside, end_with_parent, prepare


def main() -> int:
    """Serve, or check; 0 where all held."""
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("--once", action="store_true", help="ask the server everything once, and end")
    parser.add_argument("--port", type=int, default=0, help="where to listen; any free port without it")
    parser.add_argument(
        "--folder", type=Path, help=f"for {DIDS} and the certificate; a temporary one without it"
    )
    asked = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a text stream, unless it is a test's
    with tempfile.TemporaryDirectory() as temporary:
        folder = (asked.folder or Path(temporary)).resolve()
        try:
            return once(folder, asked.port) if asked.once else serve(folder, asked.port)
        except OSError as fault:
            print(f"The server could not start: {fault}", file=sys.stderr)
            return 1


def serve(folder: Path, port: int) -> int:
    """Serve until told to end, or until the parent has ended."""
    serving = prepare(folder, port)
    end_with_parent(serving)
    print(serving.origin)
    print(f"its certificate: {serving.certificate}")
    print(f"its issuers: {folder / DIDS}")
    print(f"for the W3C's test suites: {folder / LOCAL_CONFIG}")
    if VDL not in w3c():
        print(f"not read: {VDL}, whose package is installed by `make interop`")
    serving.run()
    return 0


def once(folder: Path, port: int) -> int:
    """Ask everything once, and print a line for each."""
    with beside(folder, port) as serving:
        client = trusting(serving.certificate, serving.origin)
        with client.http:
            lines = list(self_check.play(client, datetime.now(UTC)))
    for said, held in lines:
        print(f"{'yes' if held else 'NO ':3}  {said}")
    count = sum(held for _, held in lines)
    print(f"{count} of {len(lines)} held")
    return 0 if count == len(lines) else 1


if __name__ == "__main__":
    sys.exit(main())

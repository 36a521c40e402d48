"""Serve until stopped or, with `--once`, play the story without a person and say whether all of it held."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from tests.demo import story
from tests.demo.district import Place
from tests.demo.servers import DemoFailed, free_port


def main() -> int:
    """Run the demonstration; 0 only if everything was as it should be."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="play the story without a person, and end")
    parser.add_argument(
        "--data", type=Path, default=Path("demo-data"), help="the folder; made anew each time"
    )
    asked = parser.parse_args()
    # Told to end, the demo ends its servers too. What it prints can be read while it runs, also in a file.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a text stream, unless it is a test's
    place = Place(asked.data.resolve(), free_port(8700), free_port(8701))
    try:
        return once(place) if asked.once else serve(place)
    except DemoFailed as fault:
        print(f"\nThe demo stopped: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before its end.", file=sys.stderr)
        return 1


def once(place: Place) -> int:
    """The whole story, and a table of what was expected and what was seen."""
    began = time.monotonic()
    place.make_anew()
    issued = story.begin(place, story.today())
    with story.both_servers(place):
        story.show(place, issued)
        ledger = story.play(place, issued)
        story.keep_archive(place)
    story.close(place, issued, ledger)
    (place.folder / "table.txt").write_text(f"{ledger.table()}\n", "utf-8")
    print(f"\nWhat was expected, and what was seen:\n\n{ledger.table()}\n")
    held = sum(expected == seen for _, expected, seen in ledger.lines)
    print(
        f"{held} of {len(ledger.lines)} held, in {time.monotonic() - began:.1f} s. The files: {place.folder}"
    )
    return 0 if ledger.held else 1


def serve(place: Place) -> int:
    """The district and the verifier, until Ctrl-C."""
    place.make_anew()
    issued = story.begin(place, story.today())
    with story.both_servers(place):
        story.show(place, issued)
        try:
            story.let_people_in(place)
            print("\nTry: open a link, upload a file to the verifier, change a letter and upload it again.")
            print("Stop with Ctrl-C.")
            while True:
                time.sleep(3_600)
        except KeyboardInterrupt:
            print("\nStopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

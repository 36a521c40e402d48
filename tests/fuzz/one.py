"""One target under atheris, until the first find: `python -m tests.fuzz.one NAME [libFuzzer's arguments]`."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["contexts", "credential", "keys", "verifier"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz until libFuzzer's own bounds end it."""
    name, *arguments = sys.argv[1:]
    run = TARGETS[name].run
    atheris.Setup([sys.argv[0], *arguments], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Write the attack inputs and their manifest from the area modules: `python -m tests.attacks.build`."""

from __future__ import annotations

import dataclasses
import json

from tests.attacks.framework import INPUTS, LARGEST_FILE, MANIFEST, rows_and_files


def main() -> None:
    """Write what has changed and remove what no case names any more."""
    rows, files = rows_and_files()
    for name, data in files.items():
        if len(data) > LARGEST_FILE:
            raise SystemExit(f"{name} has {len(data)} bytes: make it a Recipe")
        target = INPUTS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != data:
            target.write_bytes(data)
    for old in INPUTS.rglob("*"):
        if old.is_file() and old.relative_to(INPUTS).as_posix() not in files:
            old.unlink()
    lines = (json.dumps(dataclasses.asdict(row), sort_keys=True) for row in rows)
    MANIFEST.write_text("".join(line + "\n" for line in lines), "utf-8")
    print(f"{len(rows)} attacks, {len(files)} files")


if __name__ == "__main__":
    main()

"""Write the messy sheets as files: `python -m tests.unit.issuer.roster.sheets.build`."""

from __future__ import annotations

from pathlib import Path

from tests.unit.issuer.roster.sheets.messy import messy

FILES = Path(__file__).parent / "files"


def main() -> None:
    """Write every sheet, and remove what is none any more."""
    FILES.mkdir(exist_ok=True)
    made = {one.name: one.data for one in messy()}
    for old in FILES.iterdir():
        if old.name not in made:
            old.unlink()
    for name, data in made.items():
        (FILES / name).write_bytes(data)
    print(f"{len(made)} sheets")


if __name__ == "__main__":
    main()

"""Fuzz everything, one after the other: `make fuzz`, `make fuzz ARGS="--seconds 600 --only png,jws"`."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.attacks.framework import INPUTS
from tests.fuzz.targets import TARGETS

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
INTERFACES = ("verifier", "issuer")
LONGEST_INPUT = 65_536
LONGEST_RUN = 10
MEGABYTES = 2_048
_DONE = re.compile(r"Done (\d+) (?:runs|in)|stat::number_of_executed_units:\s*(\d+)")


def fuzz(name: str, seconds: int, kept: Path) -> tuple[int, int, str]:
    """Fuzz one target.

    Args:
        name: The target.
        seconds: How long.
        kept: Where a find and what was learned are written.

    Returns:
        Executions, finds, and what was said of the first.
    """
    learned = kept / name
    learned.mkdir(parents=True, exist_ok=True)
    seeds = [CORPUS / name, *(INPUTS / area for area in TARGETS[name].seeds)]
    command = [
        *(sys.executable, "-m", "tests.fuzz.one", name, str(learned)),
        *(str(folder) for folder in seeds if folder.is_dir()),
        *(f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", f"-timeout={LONGEST_RUN}"),
        *(f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={kept}/{name}-", "-print_final_stats=1"),
    ]
    done = subprocess.run(
        command, cwd=HERE.parents[1], capture_output=True, text=True, errors="replace", check=False
    )
    said = done.stderr + done.stdout
    runs = max((int(a or b) for a, b in _DONE.findall(said)), default=0)
    return runs, int(done.returncode != 0), said[-3_000:] if done.returncode else ""


def main() -> int:
    """Fuzz all that was asked for; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--only", default="", help="targets, with commas between them")
    parser.add_argument("--keep", type=Path, help="where finds and what was learned are kept")
    asked = parser.parse_args()
    names = [one for one in asked.only.split(",") if one] or [*TARGETS, *INTERFACES]
    kept = asked.keep or Path(tempfile.mkdtemp(prefix="fuzz-"))
    total, finds = 0, 0
    for name in names:
        if name in INTERFACES:
            command = [sys.executable, "-m", "tests.fuzz.interfaces", name, str(asked.seconds)]
            broke = subprocess.run(command, cwd=HERE.parents[1], check=False).returncode != 0
            finds += broke
            continue
        runs, found, said = fuzz(name, asked.seconds, kept)
        total, finds = total + runs, finds + found
        print(f"{name}: {runs} executions, {found} found", flush=True)
        if said:
            print(said)
    readers = len(set(names) - set(INTERFACES))
    print(f"fuzz: {total} executions of {readers} readers, {finds} found; kept in {kept}")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())

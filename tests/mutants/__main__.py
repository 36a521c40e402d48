"""Take each guard out of a copy of the tree and run its tests there: what survives is not guarded."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.deciding import DECIDING
from tests.mutants.guards import MUTANTS
from tests.mutants.jobs import JOBS_MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.programs import PROGRAMS
from tests.mutants.sharing import SHARING
from tests.mutants.students import STUDENTS

ROOT = Path(__file__).parents[2]
COPIED = ("contexts", "credential", "issuer", "keys", "tests", "verifier")
SECONDS = 300
SETS = {
    "verifier": MUTANTS,
    "deciding": DECIDING,
    "programs": PROGRAMS,
    "jobs": JOBS_MUTANTS,
    "sharing": SHARING,
    "students": STUDENTS,
}


def killed_by(mutant: Mutant, tree: Path) -> str:
    """The first test that fails without the guard; "" where none does.

    Raises:
        ValueError: The guard does not stand in its file once.
    """
    file = tree / mutant.file
    before = file.read_text("utf-8")
    if before.count(mutant.guard) != 1:
        raise ValueError(f"{mutant.file}: {mutant.guard!r} stands {before.count(mutant.guard)} times")
    file.write_text(before.replace(mutant.guard, mutant.without), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutant.tests.split(" ")]
    try:
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "a run that did not end"
    finally:
        file.write_text(before, "utf-8")
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED tests", "ERROR tests"))]
    if done.returncode > 2 and not failed:
        raise ValueError(f"{mutant.tests}: {done.stdout[-500:]}{done.stderr[-500:]}")
    if not failed:
        return "a run that failed" if done.returncode else ""
    return failed[0].split(" ")[1]


def main(names: list[str]) -> int:
    """Try every mutant of the sets that are named, or of all; 1 where one survives."""
    mutants = [one for name in names or SETS for one in SETS[name]]
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in COPIED:
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "node"))
        shutil.copy(ROOT / "pyproject.toml", tree)
        for mutant in mutants:
            test = killed_by(mutant, tree)
            survived += not test
            print(
                f"{'killed' if test else 'SURVIVED'}: {mutant.file}: {mutant.guard[:60]!r} {test}", flush=True
            )
    print(f"mutants: {len(mutants) - survived} of {len(mutants)} killed")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

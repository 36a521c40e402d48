"""Play one schedule in this process: `python -m tests.chaos.directed SCHEDULE URL FOLDER [MISTAKE]`.

Its exit code says what the judge found: 0 nothing, 3 something.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.chaos.plants import plant

HOLDS, CAUGHT = 0, 3


def main(schedule: str, url: str, folder: str, mistake: str = "") -> int:
    """Put the mistake in, if there is one, before anything of the program is loaded."""
    planted = plant(mistake) if mistake else None
    from sqlalchemy import text  # only now: the mistake is in

    from tests.chaos.schedules import SCHEDULES, Stage
    from tests.chaos.setting import Setting

    if planted is not None and planted.statements:
        setting = Setting.open(url)
        with setting.store.transaction() as session:
            for statement in planted.statements:
                session.execute(text(statement))
        setting.close()
    found = SCHEDULES[schedule](Stage(url, Path(folder)))
    print("\n".join(found.words))
    return HOLDS if found.holds else CAUGHT


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

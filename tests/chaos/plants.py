"""Six mistakes that a program like this can hold; each is put into a process as it loads the code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Final


@dataclass(frozen=True, slots=True)
class Plant:
    """One mistake, and the schedule of events under which it must show.

    Attributes:
        name: What it is called.
        schedule: A name of `tests.chaos.schedules`.
        database: On which kind it shows.
        module: Where the guard stands, or "" where it stands in the database.
        guard: The text as it is, once in that module.
        without: The text that takes its place.
        statements: What is done to the tables instead.
    """

    name: str
    schedule: str
    database: str = "sqlite"
    module: str = ""
    guard: str = ""
    without: str = ""
    statements: tuple[str, ...] = ()


PLANTS: Final = (
    Plant(
        "acknowledge early",
        "killed_once_acknowledged",
        module="issuer.issuance",
        guard="    first = row.state == State.PREPARED and _sign(",
        without=(
            "    if row.state == State.PREPARED:\n"
            "        made = secure(prepared or prepared_again(row), signer, also_jwt=False, now=now)[VC]\n"
            "        return Issued(row.id, row.award_ref, made, None, now, first=True)\n"
            "    first = row.state == State.PREPARED and _sign("
        ),
    ),
    Plant(
        "no unique index",
        "two_under_one_reference",
        database="postgresql",
        statements=(
            "ALTER TABLE award DROP CONSTRAINT pk_award CASCADE",
            "ALTER TABLE credential DROP CONSTRAINT uq_credential_district_id_award_ref",
        ),
    ),
    Plant(
        "read-modify-write of the list",
        "withdrawn_before_and_kept_after_a_publication",
        module="issuer.publication",
        guard="withdrawn=kept.withdrawn | notes.keys() | {w.list_index for w in rows},",
        without=(
            "withdrawn=(positions(before.body, url) if before else frozenset())\n"
            "            | {w.list_index for w in rows if not before or w.revoked_at > before.published_at},"
        ),
    ),
    Plant(
        "publish without compare-and-swap",
        "overtaken_while_signing_a_list",
        module="issuer.store.published",
        guard="    if edition.version != _after(session, district_id, before):\n        return False\n",
        without="    edition = replace(edition, version=_after(session, district_id, before))\n",
    ),
    Plant(
        "a lease without a token",
        "stopped_while_a_worker_is_silent",
        module="issuer.store.jobs",
        guard="        .where(JobRow.run == run, JobRow.state == RUNNING)\n",
        without="",
    ),
    Plant(
        "indices reused after a restore",
        "restored_from_before_a_badge",
        module="issuer.restoring",
        guard="    closed = status_lists.close_open(session, district_id, now=now)\n",
        without="    closed = ()\n",
    ),
)

BROUGHT: Final = {
    "issuer.publication": "from issuer.kept_answers import positions\n",
    "issuer.store.published": "from dataclasses import replace\n",
}
"""What a mistake needs besides; it goes before the module's own imports of the program."""


class _Loader(SourceFileLoader):
    """Loads one module with a mistake in it, and leaves nothing of that in a cache."""

    def __init__(self, fullname: str, path: str, plant: Plant) -> None:
        super().__init__(fullname, path)
        self._plant = plant

    def get_code(self, fullname: str) -> CodeType:
        """Compile the text with the mistake."""
        path, plant = self.get_filename(fullname), self._plant
        text = self.get_data(path).decode()
        if text.count(plant.guard) != 1:
            raise ValueError(f"{path}: {plant.guard!r} stands {text.count(plant.guard)} times")
        text = text.replace(plant.guard, plant.without)
        text = text.replace("\nfrom issuer.", f"\n{BROUGHT.get(plant.module, '')}from issuer.", 1)
        made: CodeType = self.source_to_code(text.encode(), path)
        return made


class _Finder(MetaPathFinder):
    """Finds the one module in which the mistake is."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give that module our own loader; everything else is left to others."""
        if fullname != self._plant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            raise ValueError(f"there is no {fullname}")
        spec.loader = _Loader(fullname, spec.origin, self._plant)
        return spec


def plant(named: str) -> Plant:
    """Put a mistake into this process, which must not have loaded the program yet.

    Raises:
        ValueError: It has.
    """
    found = next(one for one in PLANTS if one.name == named)
    if found.module in sys.modules:
        raise ValueError(f"{found.module} is loaded already")
    if found.module:
        sys.meta_path.insert(0, _Finder(found))
    return found

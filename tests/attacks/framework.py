"""What an attack is, and where its bytes come from.

Each module in `tests.attacks.areas` has `AREA`, `cases()` and `judge(data, suffix)`. A case's input is either
bytes, kept as a file, or a `Recipe`: the name of a function in the module's `RECIPES` with its parameters,
for inputs that are too large to keep.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.attacks import areas

HERE = Path(__file__).parent
INPUTS = HERE / "inputs"
MANIFEST = HERE / "manifest.jsonl"
LARGEST_FILE = 16_384


@dataclass(frozen=True, slots=True)
class Recipe:
    """A large input, by the name of the function in `RECIPES` that makes it and its JSON parameters."""

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One attack.

    Args:
        id: The threat's row and a few words: `JWT-01-none`.
        data: The hostile input.
        suffix: The file's ending, which the judge is told.
        expect: The code that refuses it.
        twin: The nearest good input, which the same judge must pass.
    """

    id: str
    data: bytes | Recipe
    suffix: str
    expect: str
    twin: bytes | Recipe


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the manifest."""

    id: str
    area: str
    input: str
    expect: str
    twin: str


def area_modules() -> Iterator[ModuleType]:
    """Every module in `tests.attacks.areas`, by name."""
    for found in sorted(pkgutil.iter_modules(areas.__path__), key=lambda m: m.name):
        yield importlib.import_module(f"{areas.__name__}.{found.name}")


def module_for(area: str) -> ModuleType:
    """The module whose `AREA` this is."""
    return next(module for module in area_modules() if area == module.AREA)


def reference(area: str, data: bytes | Recipe, suffix: str, stem: str) -> str:
    """How the manifest names an input: a file below `inputs/`, or a recipe."""
    if isinstance(data, Recipe):
        return f"recipe:{data.name}:{json.dumps(data.parameters, sort_keys=True)}"
    return f"{area}/{stem}.{suffix}"


def rows_and_files() -> tuple[list[Row], dict[str, bytes]]:
    """The whole manifest, and the files that it names, as the area modules say them today."""
    rows: list[Row] = []
    files: dict[str, bytes] = {}
    for module in area_modules():
        cases: Iterable[Case] = module.cases()
        for case in cases:
            named = reference(module.AREA, case.data, case.suffix, case.id)
            twin_stem = "twin-" + (
                hashlib.sha256(case.twin).hexdigest()[:12] if isinstance(case.twin, bytes) else ""
            )
            twin = reference(module.AREA, case.twin, case.suffix, twin_stem)
            files |= {n: d for n, d in ((named, case.data), (twin, case.twin)) if isinstance(d, bytes)}
            rows.append(Row(case.id, module.AREA, named, case.expect, twin))
    return sorted(rows, key=lambda r: (r.area, r.id)), files


def read_manifest() -> list[Row]:
    """The committed manifest."""
    return [Row(**json.loads(line)) for line in MANIFEST.read_text("utf-8").splitlines()]


def load(row: Row, name: str) -> tuple[bytes, str]:
    """The bytes that a manifest entry names, and the ending that the judge is told."""
    if name.startswith("recipe:"):
        _, recipe, parameters = name.split(":", 2)
        made: bytes = module_for(row.area).RECIPES[recipe](**json.loads(parameters))
        return made, "recipe"
    return (INPUTS / name).read_bytes(), name.rsplit(".", 1)[-1]

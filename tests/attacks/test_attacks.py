"""Every attack is refused with its code, and its twin passes."""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
import time

import pytest

from tests.attacks.database import on_server
from tests.attacks.framework import INPUTS, MANIFEST, Row, load, module_for, read_manifest, rows_and_files
from tests.databases import DATABASES, Fresh

PLAYED = ("STA-12-", "STA-15-", "STA-17-before", "STA-17-nobody", "STA-17-while-signing")
"""The courses of events that an issuer plays; not those with a copied file or a trigger of SQLite's."""
KILOBYTES_IN_A_MEGABYTE = 1024 if sys.platform == "linux" else 1024 * 1024  # macOS counts bytes
ROWS = read_manifest() if MANIFEST.exists() else []
IN_A_DATABASE = [row for row in ROWS if row.area in {"issuing", "evidence_in"} or row.id.startswith(PLAYED)]
TWINS = sorted({(row.area, row.twin) for row in ROWS})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.area}-{row.id}")
def test_attack_is_refused_with_its_code(row: Row, request: pytest.FixtureRequest) -> None:
    data, suffix = load(row, row.input)
    judge = module_for(row.area).judge
    begun = time.perf_counter()
    said = judge(data, suffix)
    took = (time.perf_counter() - begun) * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_IN_A_MEGABYTE
    request.node.user_properties += [("refused_ms", took), ("peak_mb", peak)]
    assert said == row.expect


@pytest.mark.parametrize(("area", "twin"), TWINS, ids=[f"{area}-{twin[:60]}" for area, twin in TWINS])
def test_twin_passes(area: str, twin: str) -> None:
    data, suffix = load(Row("", area, "", "", twin), twin)
    assert module_for(area).judge(data, suffix) == "ok"


@pytest.mark.skipif("postgresql" not in DATABASES, reason="PostgreSQL comes as a wheel on Linux alone")
@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
@pytest.mark.parametrize("row", IN_A_DATABASE, ids=lambda row: f"{row.area}-{row.id}")
def test_a_servers_database_refuses_it_too_and_takes_its_twin(row: Row, fresh: Fresh) -> None:
    judge = module_for(row.area).judge
    with on_server(fresh):
        assert judge(*load(row, row.input)) == row.expect
        assert judge(*load(row, row.twin)) == "ok"


def test_manifest_is_what_the_areas_say() -> None:
    rows, files = rows_and_files()
    assert [dataclasses.asdict(row) for row in ROWS] == [dataclasses.asdict(row) for row in rows]
    kept = {
        path.relative_to(INPUTS).as_posix(): path.read_bytes() for path in INPUTS.rglob("*") if path.is_file()
    }
    assert kept == files


def test_no_two_inputs_are_equal() -> None:
    seen: dict[tuple[str, bytes], str] = {}
    for row in ROWS:
        key = (row.area, row.input.encode() if row.input.startswith("recipe:") else load(row, row.input)[0])
        assert key not in seen, f"{row.id} repeats {seen[key]}"
        seen[key] = row.id


def test_every_line_of_the_manifest_has_its_members() -> None:
    for line in MANIFEST.read_text("utf-8").splitlines():
        assert set(json.loads(line)) == {"id", "area", "input", "expect", "twin"}

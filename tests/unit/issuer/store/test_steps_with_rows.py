"""The steps from the first release on, with rows in every table that there is before each of them.

After a step every row is as it was, and what the program before read and wrote can still be read and written:
a step only adds (`docs/operate/upgrade.md`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.types import Boolean, Integer

from issuer.store import migrations
from issuer.store.columns import Json
from issuer.store.migrations import check_migrated
from issuer.store.session import Store
from issuer.store.tables import Base
from tests.databases import DATABASES, Postgres

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
CHOICES = re.compile(r"\(?(\w+)\)?(?:::text)? (?:IN \(|= ANY \(\(?ARRAY\[)'([^']*)'")
"""A rule that says which texts a column may have, on either database: the column, and the first of them."""
SAID: dict[tuple[str, str], Any] = {
    ("api_key", "ends"): AT.replace(year=2027, tzinfo=None),
    ("status_list", "purpose"): "revocation",
    ("decision", "subjects"): "",
    ("sheet_draft", "kind"): "",
    ("evidence", "body"): b"evidence",
    ("badge_picture", "design"): "{}",
    ("claim", "kind"): "slip",
    ("approval", "conflict"): "none",
}
"""What a rule asks for that no column shows by itself."""


@pytest.fixture(params=DATABASES)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database of each kind without a table."""
    if request.param == "sqlite":
        opened = Store.open(str(tmp_path / "steps.db"))
        yield opened
        opened.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    server._run("CREATE DATABASE steps")
    opened = Store.open(server.url.replace("/cairn?", "/steps?"))
    yield opened
    opened.close()
    server._run("DROP DATABASE steps WITH (FORCE)")


def take_step(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def look(engine: Engine) -> tuple[MetaData, dict[tuple[str, str], str]]:
    """The tables as they are, and by table and column the text that a rule asks for."""
    metadata = MetaData()
    metadata.reflect(engine)
    metadata.remove(metadata.tables["alembic_version"])
    found: dict[tuple[str, str], str] = {}
    for (_, table), rules in inspect(engine).get_multi_check_constraints().items():
        for rule in rules:
            found |= {(table, name): first for name, first in CHOICES.findall(rule["sqltext"])}
    return metadata, found


def value(column: Column[Any], chosen: dict[tuple[str, str], str], salt: str) -> Any:
    """Something that a column may hold; what may be empty is left so."""
    at = (column.table.name, column.name)
    if at in SAID:
        return SAID[at]
    if column.nullable:
        return None
    if at in chosen:
        return chosen[at]
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer):
        return 1
    if isinstance(column.type, Date):
        return AT.date()
    if isinstance(column.type, DateTime):
        return AT if getattr(column.type, "timezone", False) else AT.replace(tzinfo=None)
    if isinstance(column.type, LargeBinary):
        return salt.encode()
    if isinstance(column.type, JSON):
        return {}
    known = Base.metadata.tables.get(column.table.name)
    is_json = known is not None and column.name in known.c and isinstance(known.c[column.name].type, Json)
    return "{}" if is_json else f"{column.name} {salt}"


def fill(
    engine: Engine,
    tables: list[Table],
    chosen: dict[tuple[str, str], str],
    salt: str,
    made: dict[str, dict[str, Any]],
) -> None:
    """A row for each of some tables, leading to those of its parents; `made` takes them by their tables."""
    with engine.begin() as connection:
        for table in tables:
            row = {one.name: value(one, chosen, salt) for one in table.columns}
            for key in table.foreign_key_constraints:
                if all(not one.nullable for one in key.columns) and key.referred_table.name in made:
                    parent = made[key.referred_table.name]
                    row |= {one.parent.name: parent[one.column.name] for one in key.elements}
            connection.execute(insert(table), [row])
            made[table.name] = row


def held(engine: Engine, tables: list[Table]) -> dict[str, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in tables
        }


def test_every_step_keeps_every_row_and_what_the_program_before_reads_and_writes(bare: Store) -> None:
    steps = ScriptDirectory(str(Path(str(migrations.__file__)).parent))
    revisions = [one.revision for one in reversed(list(steps.walk_revisions()))]
    assert revisions[0] == "0001"
    before: list[Table] = []
    chosen: dict[tuple[str, str], str] = {}
    for revision in revisions:
        kept = held(bare.engine, before)
        take_step(bare.engine, revision)
        # As the program before has them: it names its own columns, and none that came later.
        assert held(bare.engine, before) == kept, revision
        made: dict[str, dict[str, Any]] = {}
        fill(bare.engine, before, chosen, revision, made)
        metadata, chosen = look(bare.engine)
        old, before = {one.name for one in before}, metadata.sorted_tables
        fill(bare.engine, [one for one in before if one.name not in old], chosen, revision, made)
    with bare.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    check_migrated(bare)
    with bare.reading() as session:
        for mapper in Base.registry.mappers:
            assert session.scalars(select(mapper.class_)).all(), mapper.class_.__name__

"""What steps say of their tables: how a moment is kept, whose rows are seen, what may never happen to one.

The steps have this in common and nothing else of the program, so that they mean the same in ten years: what
stands here is added to and not changed.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

MOMENT: Final = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
"""A time in UTC."""

OWN: Final = "district_id = current_setting('cairn.district', true)"
"""Whose rows a transaction sees on PostgreSQL. NULL where no district was said, and then true for no row."""

_KEPT: Final = "rows are kept as they were written"


def on_postgresql() -> bool:
    """Whether the step is taken there; elsewhere it is SQLite."""
    return op.get_bind().dialect.name == "postgresql"


def own_rows(*tables: str) -> None:
    """On PostgreSQL, let a transaction see the rows of its own district alone; FORCE binds the owner too."""
    if on_postgresql():
        for table in tables:
            op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
            op.execute(f'CREATE POLICY one_district ON "{table}" USING ({OWN}) WITH CHECK ({OWN})')


def forbid(table: str, when: str, condition: str = "TRUE") -> None:
    """Make the database itself refuse an UPDATE or a DELETE where a condition of the row alone holds."""
    name, said = _named(table, when), f"irreversible: {table} {_KEPT}"
    if on_postgresql():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$body$ BEGIN RAISE EXCEPTION '{said}'; END $body$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION {name}()"
        )
    else:
        _on_sqlite(table, when, condition, said)


def forbid_by_others(table: str, when: str, condition: str, said: str = "") -> None:
    """The same where the condition looks into other tables, which PostgreSQL allows in the function alone.

    Args:
        table: Whose rows.
        when: INSERT, UPDATE or DELETE.
        condition: SQL, of NEW and OLD.
        said: What a refusal says, where it is not that rows are kept as they were written.
    """
    name, said = _named(table, when), said or f"irreversible: {table} {_KEPT}"
    if on_postgresql():
        back = "OLD" if when == "DELETE" else "NEW"
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$body$ BEGIN IF {condition} THEN RAISE EXCEPTION '{said}'; END IF; RETURN {back}; END $body$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    else:
        _on_sqlite(table, when, condition, said)


def forbid_instead(table: str, when: str, condition: str, said: str = "") -> None:
    """Put another condition in the place of a guard's."""
    op.execute(f"DROP TRIGGER {_named(table, when)}" + (f" ON {table}" if on_postgresql() else ""))
    forbid_by_others(table, when, condition, said)


def _named(table: str, when: str) -> str:
    return f"{table}_no_{when.lower()}"


def _on_sqlite(table: str, when: str, condition: str, said: str) -> None:
    op.execute(
        f"CREATE TRIGGER {_named(table, when)} BEFORE {when} ON {table} FOR EACH ROW "
        f"WHEN ({condition}) BEGIN SELECT RAISE(ABORT, '{said}'); END"
    )

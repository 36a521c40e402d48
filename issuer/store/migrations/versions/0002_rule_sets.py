"""The rule sets that districts load, and the triggers that keep each as it was loaded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def _forbid(table: str, when: str) -> None:
    """Make the database itself refuse an UPDATE or a DELETE."""
    name = f"{table}_no_{when.lower()}"
    said = f"irreversible: {table} rows are kept as they were written"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$body$ BEGIN RAISE EXCEPTION '{said}'; END $body$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "rule_set",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_rule_set_district_id"),
        sa.PrimaryKeyConstraint("district_id", "name", "version", name="pk_rule_set"),
    )
    _forbid("rule_set", "UPDATE")
    _forbid("rule_set", "DELETE")

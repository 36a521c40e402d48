"""Returns from a backup, and the index by which the version of a past moment is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
OWN = "district_id = current_setting('cairn.district', true)"
SAID = "irreversible: restoration rows are kept as they were written"


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "restoration",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("restored_at", MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1", name="ck_restoration_number_from_one"),
        sa.CheckConstraint("floor >= 1", name="ck_restoration_floor_from_one"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_restoration_district_id"),
        sa.PrimaryKeyConstraint("district_id", "number", name="pk_restoration"),
    )
    op.create_index("ix_published_begin", "published", ["district_id", "path", "valid_from"])
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for when in ("UPDATE", "DELETE"):
        name = f"restoration_no_{when.lower()}"
        if on_postgresql:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$body$ BEGIN RAISE EXCEPTION '{SAID}'; END $body$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {when} ON restoration FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {when} ON restoration FOR EACH ROW "
                f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )
    if on_postgresql:
        op.execute('ALTER TABLE "restoration" ENABLE ROW LEVEL SECURITY')
        op.execute('ALTER TABLE "restoration" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY one_district ON "restoration" USING ({OWN}) WITH CHECK ({OWN})')

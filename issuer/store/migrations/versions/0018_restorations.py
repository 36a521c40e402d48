"""Returns from a backup, and the index by which the version of a past moment is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid, own_rows

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


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
    forbid("restoration", "UPDATE")
    forbid("restoration", "DELETE")
    own_rows("restoration")

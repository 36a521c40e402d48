"""Jobs that outlast a page, and the lane in which a row of a sheet is issued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, own_rows

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "job",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("updated", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("made", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('issue', 'withdraw', 'import', 'publish', 'mail', 'report')", name="ck_job_kind_known"
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'pausing', 'paused', 'stopping', 'stopped', 'done', 'failed')",
            name="ck_job_state_known",
        ),
        sa.CheckConstraint("done >= 0 AND run >= 1", name="ck_job_counts_from_zero"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_job_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_job"),
        sa.UniqueConstraint("district_id", "key", name="uq_job_district_id_key"),
    )
    op.create_index("ix_job_state", "job", ["district_id", "state"])
    op.create_index("ix_job_subject", "job", ["district_id", "kind", "subject"])
    op.add_column("sheet_draft_row", sa.Column("lane", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_sheet_draft_row_award", "sheet_draft_row", ["district_id", "award_ref"])
    own_rows("job")

"""Sheets that somebody is working on, and the rows of them that are being issued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, own_rows

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "sheet_draft",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("updated", MOMENT, nullable=False),
        sa.Column("school", sa.Text(), nullable=True),
        sa.Column("certification", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("fixes", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'handed', 'asked', 'issuing', 'done')", name="ck_sheet_draft_state_known"
        ),
        sa.CheckConstraint("sheet IS NULL OR length(sheet) <= 12582912", name="ck_sheet_draft_sheet_bounded"),
        sa.CheckConstraint("(kind = '') = (sheet IS NULL)", name="ck_sheet_draft_kind_of_sheet"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_sheet_draft_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_sheet_draft"),
    )
    op.create_index("ix_sheet_draft_updated", "sheet_draft", ["district_id", "updated"])
    op.create_table(
        "sheet_draft_row",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("award_ref", sa.Text(), nullable=False),
        sa.Column("school_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("award", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'issued', 'failed')", name="ck_sheet_draft_row_state_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_sheet_draft_row_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "draft_id"],
            ["sheet_draft.district_id", "sheet_draft.id"],
            name="fk_sheet_draft_row_district_id_draft_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "draft_id", "line", name="pk_sheet_draft_row"),
    )
    op.create_index("ix_sheet_draft_row_state", "sheet_draft_row", ["district_id", "draft_id", "state"])
    own_rows("sheet_draft", "sheet_draft_row")

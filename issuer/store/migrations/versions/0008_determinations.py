"""Scores and attestations, by which a student's readiness is judged besides certifications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "measure",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("retracted_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('score', 'attested')", name="ck_measure_kind_known"),
        sa.CheckConstraint("(kind = 'score') = (value <> '')", name="ck_measure_score_has_value"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_measure_district_id"),
        sa.PrimaryKeyConstraint(
            "district_id",
            "student_id",
            "kind",
            "assessment",
            "part",
            "measured_on",
            "value",
            name="pk_measure",
        ),
    )

"""Where awards were ordered from, and what became of students: what reports count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "award_school",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("award_ref", sa.Text(), nullable=False),
        sa.Column("school_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_award_school_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "school_code"],
            ["school.district_id", "school.code"],
            name="fk_award_school_district_id_school_code",
        ),
        sa.PrimaryKeyConstraint("district_id", "award_ref", name="pk_award_school"),
    )
    op.create_table(
        "outcome",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('hired', 'enrolled', 'neither')", name="ck_outcome_kind_known"),
        sa.CheckConstraint("source IN ('survey', 'employer', 'endorsement')", name="ck_outcome_source_known"),
        sa.CheckConstraint("consent <> ''", name="ck_outcome_consent_named"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_outcome_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_outcome"),
    )
    op.create_index("ix_outcome_student", "outcome", ["district_id", "student_id"], unique=False)

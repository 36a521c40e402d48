"""The index by which a student's awards are found, however many others there are."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_index("ix_award_student", "award", ["district_id", "student_id"])

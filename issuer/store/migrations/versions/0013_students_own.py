"""What students come in with, and what is told them: sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
OWN = "district_id = current_setting('cairn.district', true)"
TABLES = ("student_session",)


def upgrade() -> None:
    """Take the step."""
    _sessions()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
            op.execute(f'CREATE POLICY one_district ON "{table}" USING ({OWN}) WITH CHECK ({OWN})')


def _sessions() -> None:
    op.create_table(
        "student_session",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=True),
        sa.CheckConstraint(
            "method IN ('link', 'slip', 'code', 'sign-on', 'passkey')", name="ck_student_session_method_known"
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_student_session_district_id"),
        sa.PrimaryKeyConstraint("district_id", "token_hash", name="pk_student_session"),
    )
    op.create_index("ix_student_session_student", "student_session", ["district_id", "student_id"])

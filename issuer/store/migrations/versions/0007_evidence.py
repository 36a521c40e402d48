"""The evidence of awards, which stands from the moment at which the award's badge is prepared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid_by_others

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


PREPARED = """EXISTS (
  SELECT 1 FROM credential
  WHERE credential.district_id = {row}.district_id AND credential.award_ref = {row}.award_ref
  AND credential.state <> 'reserved')"""
"""Whether the badge of the row's award has been prepared."""

SAID = "irreversible: evidence stands once its badge is prepared"


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "evidence",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("award_ref", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sri", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('file', 'link', 'badge')", name="ck_evidence_kind_known"),
        sa.CheckConstraint("place IN ('embedded', 'kept', 'elsewhere')", name="ck_evidence_place_known"),
        sa.CheckConstraint("(place = 'elsewhere') = (body IS NULL)", name="ck_evidence_kept_has_body"),
        sa.CheckConstraint("(place = 'embedded') = (url IS NULL)", name="ck_evidence_embedded_has_no_url"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_evidence_district_id"),
        sa.PrimaryKeyConstraint("district_id", "award_ref", "number", name="pk_evidence"),
    )
    forbid_by_others("evidence", "UPDATE", "TRUE", SAID)
    forbid_by_others("evidence", "INSERT", PREPARED.format(row="NEW"), SAID)
    forbid_by_others("evidence", "DELETE", PREPARED.format(row="OLD"), SAID)

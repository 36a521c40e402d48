"""What shares are for and show, who agreed to sharing, and how often what was disclosed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid, own_rows

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

AUDIENCES = "'employer', 'college', 'anyone', 'paper'"

CONSENT_CHANGED = """(
  NEW.district_id <> OLD.district_id OR NEW.id <> OLD.id OR NEW.student_id <> OLD.student_id
  OR NEW.kind <> OLD.kind OR NEW.audiences <> OLD.audiences OR NEW.how <> OLD.how
  OR coalesce(NEW.share_id, '') <> coalesce(OLD.share_id, '') OR NEW.given_on <> OLD.given_on
  OR NEW.recorded_by <> OLD.recorded_by OR NEW.recorded_at <> OLD.recorded_at
  OR OLD.ended_at IS NOT NULL)"""
"""What may never happen to a consent: other words, another day, a second end."""
DISCLOSURE_CHANGED = """(
  NEW.district_id <> OLD.district_id OR NEW.share_id <> OLD.share_id OR NEW.day <> OLD.day
  OR NEW.credential_id <> OLD.credential_id OR NEW.audience <> OLD.audience OR NEW.name <> OLD.name
  OR NEW.evidence <> OLD.evidence OR NEW.times <> OLD.times + 1 OR NEW.last_at < OLD.last_at)"""
"""The ledger only counts on."""


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "share_terms",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("share_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("derived_id", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Boolean(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=True),
        sa.Column("made", MOMENT, nullable=False),
        sa.CheckConstraint(f"audience IN ({AUDIENCES})", name="ck_share_terms_audience_known"),
        sa.CheckConstraint("name IN ('full', 'short')", name="ck_share_terms_name_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_share_terms_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "share_id"],
            ["share.district_id", "share.id"],
            name="fk_share_terms_district_id_share_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "share_id", name="pk_share_terms"),
    )
    op.create_index("ix_share_terms_credential", "share_terms", ["district_id", "credential_id"])
    op.create_table(
        "consent",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audiences", sa.Text(), nullable=False),
        sa.Column("share_id", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('guardian', 'student', 'opt-out')", name="ck_consent_kind_known"),
        sa.CheckConstraint(
            "how IN ('paper', 'electronic', 'in-person', 'share')", name="ck_consent_how_known"
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name="ck_consent_ended_whole_or_not_at_all"
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_consent_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_consent"),
    )
    op.create_index("ix_consent_student", "consent", ["district_id", "student_id"])
    op.create_table(
        "disclosure",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("share_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.CheckConstraint(f"audience IN ({AUDIENCES}, 'school')", name="ck_disclosure_audience_known"),
        sa.CheckConstraint("name IN ('full', 'short')", name="ck_disclosure_name_known"),
        sa.CheckConstraint("times >= 1", name="ck_disclosure_times_from_one"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_disclosure_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_disclosure_district_id_credential_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "share_id", "day", name="pk_disclosure"),
    )
    op.create_index("ix_disclosure_credential", "disclosure", ["district_id", "credential_id"])
    forbid("share_terms", "UPDATE", "TRUE")
    forbid("consent", "UPDATE", CONSENT_CHANGED)
    forbid("disclosure", "UPDATE", DISCLOSURE_CHANGED)
    own_rows("share_terms", "consent", "disclosure")

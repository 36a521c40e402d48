"""The committee: members, quorum, proposals, approvals, endorsements, reviews, decisions and their ends.

What was approved, endorsed, reviewed or decided is kept as it was written; an end is a row of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


NEVER_CHANGED = (
    "quorum", "endorsement", "endorsement_end", "approval", "approval_end", "alignment_review", "decision",
    "decision_end",
)  # fmt: skip
"""Rows of these are written once: neither edited nor removed."""

PROPOSAL_CHANGED = """
  NEW.district_id <> OLD.district_id OR NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.author <> OLD.author
  OR NEW.document <> OLD.document OR NEW.sha256 <> OLD.sha256 OR NEW.created <> OLD.created
  OR (OLD.signed_off_by IS NOT NULL
      AND (NEW.signed_off_by IS NULL OR NEW.signed_off_by <> OLD.signed_off_by))
  OR (OLD.signed_off_on IS NOT NULL
      AND (NEW.signed_off_on IS NULL OR NEW.signed_off_on <> OLD.signed_off_on))
  OR (OLD.state || '>' || NEW.state) NOT IN (
    'open>open', 'open>decided', 'open>withdrawn', 'decided>decided', 'withdrawn>withdrawn')
"""
"""What may never happen to a proposal: another text after somebody approved it, a step back."""

MEMBER_CHANGED = """
  NEW.district_id <> OLD.district_id OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.since <> OLD.since
  OR (OLD.endorser IS NOT NULL AND (NEW.endorser IS NULL OR NEW.endorser <> OLD.endorser))
"""
"""What may never happen to a member: to stand for something else than when they approved."""


def upgrade() -> None:
    """Take the step."""
    _people()
    _papers()
    _decisions()
    for table in NEVER_CHANGED:
        forbid(table, "UPDATE")
        forbid(table, "DELETE")
    forbid("proposal", "UPDATE", PROPOSAL_CHANGED)
    forbid("proposal", "DELETE")
    forbid("member", "UPDATE", MEMBER_CHANGED)
    forbid("member", "DELETE")


def _people() -> None:
    op.create_table(
        "quorum",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_quorum_district_id"),
        sa.PrimaryKeyConstraint("district_id", "number", name="pk_quorum"),
    )
    op.create_table(
        "member",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("endorser", sa.Text(), nullable=True),
        sa.Column("endorser_key", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_member_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_member"),
        sa.UniqueConstraint("district_id", "endorser", name="uq_member_district_id_endorser"),
    )


def _papers() -> None:
    op.create_table(
        "proposal",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("signed_off_by", sa.Text(), nullable=True),
        sa.Column("signed_off_on", sa.Date(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('open', 'decided', 'withdrawn')", name="ck_proposal_state_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_proposal_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "author"],
            ["member.district_id", "member.id"],
            name="fk_proposal_district_id_author",
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_code", "proposal", ["district_id", "code"], unique=False)
    op.create_table(
        "endorsement",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_endorsement_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "member_id"],
            ["member.district_id", "member.id"],
            name="fk_endorsement_district_id_member_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_endorsement"),
    )
    op.create_index("ix_endorsement_code", "endorsement", ["district_id", "code"], unique=False)
    op.create_table(
        "endorsement_end",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("endorsement_id", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_endorsement_end_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "endorsement_id"],
            ["endorsement.district_id", "endorsement.id"],
            name="fk_endorsement_end_district_id_endorsement_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "endorsement_id", name="pk_endorsement_end"),
    )
    op.create_table(
        "approval",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("endorsement_id", sa.Text(), nullable=True),
        sa.Column("conflict", sa.Text(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.CheckConstraint(
            "conflict IS NOT NULL OR document IS NOT NULL OR endorsement_id IS NOT NULL",
            name="ck_approval_shown",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_approval_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "endorsement_id"],
            ["endorsement.district_id", "endorsement.id"],
            name="fk_approval_district_id_endorsement_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "member_id"],
            ["member.district_id", "member.id"],
            name="fk_approval_district_id_member_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "proposal_id"],
            ["proposal.district_id", "proposal.id"],
            name="fk_approval_district_id_proposal_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "proposal_id", "member_id", name="pk_approval"),
    )
    op.create_table(
        "approval_end",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_approval_end_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "proposal_id", "member_id"],
            ["approval.district_id", "approval.proposal_id", "approval.member_id"],
            name="fk_approval_end_district_id_proposal_id_member_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "proposal_id", "member_id", name="pk_approval_end"),
    )
    op.create_table(
        "alignment_review",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("next_review", sa.Date(), nullable=False),
        sa.Column("item_ended", sa.Date(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.CheckConstraint("row_number >= 1 AND number >= 1", name="ck_alignment_review_numbers_from_one"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_alignment_review_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "member_id"],
            ["member.district_id", "member.id"],
            name="fk_alignment_review_district_id_member_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "proposal_id"],
            ["proposal.district_id", "proposal.id"],
            name="fk_alignment_review_district_id_proposal_id",
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "proposal_id", "row_number", "number", name="pk_alignment_review"
        ),
    )


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("menu_version", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=True),
        sa.Column("next_review", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.CheckConstraint("subjects = '' OR minutes IS NOT NULL", name="ck_decision_go_has_minutes"),
        sa.CheckConstraint("effective_from >= decided_on", name="ck_decision_not_back_dated"),
        sa.CheckConstraint("subjects IN ('', 'ENG', 'MTH', 'ENG MTH')", name="ck_decision_subjects_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_decision_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "proposal_id"],
            ["proposal.district_id", "proposal.id"],
            name="fk_decision_district_id_proposal_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "supersedes"],
            ["decision.district_id", "decision.id"],
            name="fk_decision_district_id_supersedes",
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_decision"),
        sa.UniqueConstraint("district_id", "proposal_id", name="uq_decision_district_id_proposal_id"),
        sa.UniqueConstraint("id", name="uq_decision_id"),
    )
    op.create_index("ix_decision_code", "decision", ["district_id", "code"], unique=False)
    op.create_table(
        "decision_end",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('ended', 'superseded')", name="ck_decision_end_kind_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_decision_end_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "decision_id"],
            ["decision.district_id", "decision.id"],
            name="fk_decision_end_district_id_decision_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "decision_id", "number", name="pk_decision_end"),
    )

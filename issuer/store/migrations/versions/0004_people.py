"""People, their sessions and links, single sign-on, and what two of them must agree on.

A step says in full what it makes and takes nothing from the program but its guards, so that it means the same
in ten years.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


REQUEST_CHANGED = """
  NEW.district_id <> OLD.district_id OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind
  OR NEW.content <> OLD.content OR NEW.content_sha256 <> OLD.content_sha256
  OR NEW.asked_by <> OLD.asked_by OR NEW.asked_at <> OLD.asked_at OR NEW.ends <> OLD.ends
  OR (OLD.outcome IS NOT NULL AND (NEW.outcome IS NULL OR NEW.outcome <> OLD.outcome
      OR NEW.settled_by <> OLD.settled_by OR NEW.settled_at <> OLD.settled_at))
  OR (OLD.done IS NOT NULL AND (NEW.done IS NULL OR NEW.done <> OLD.done))
"""
"""What may never happen to a request: other content, another asker, another answer."""


def upgrade() -> None:
    """Take the step."""
    _tables()
    forbid("person", "DELETE")
    forbid("approval_request", "UPDATE", REQUEST_CHANGED)
    forbid("approval_request", "DELETE")


def _tables() -> None:
    op.create_table(
        "access_policy",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_access_policy_district_id"),
        sa.PrimaryKeyConstraint("district_id", name="pk_access_policy"),
    )
    op.create_table(
        "sign_in_rate",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last", MOMENT, nullable=False),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_sign_in_rate_district_id"),
        sa.PrimaryKeyConstraint("district_id", "bucket", name="pk_sign_in_rate"),
    )
    op.create_table(
        "sign_on_provider",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("hosted_domain", sa.Text(), nullable=True),
        sa.Column("changed", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_sign_on_provider_district_id"),
        sa.PrimaryKeyConstraint("district_id", name="pk_sign_on_provider"),
    )
    op.create_table(
        "person",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("school_code", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_set", MOMENT, nullable=True),
        sa.Column("sign_on_issuer", sa.Text(), nullable=True),
        sa.Column("sign_on_subject", sa.Text(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("disabled", MOMENT, nullable=True),
        sa.CheckConstraint("(role = 'clerk') = (school_code IS NOT NULL)", name="ck_person_clerk_has_school"),
        sa.CheckConstraint(
            "role IN ('administrator', 'registrar', 'coordinator', 'approver', 'clerk', 'auditor')",
            name="ck_person_role_known",
        ),
        sa.CheckConstraint(
            "(sign_on_issuer IS NULL) = (sign_on_subject IS NULL)",
            name="ck_person_sign_on_whole_or_not_at_all",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "school_code"],
            ["school.district_id", "school.code"],
            name="fk_person_district_id_school_code",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_person_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_person"),
        sa.UniqueConstraint("district_id", "email", name="uq_person_district_id_email"),
        sa.UniqueConstraint(
            "district_id",
            "sign_on_issuer",
            "sign_on_subject",
            name="uq_person_district_id_sign_on_issuer_sign_on_subject",
        ),
    )
    op.create_table(
        "approval_request",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("done", MOMENT, nullable=True),
        sa.CheckConstraint(
            "done IS NULL OR outcome = 'confirmed'", name="ck_approval_request_done_only_confirmed"
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR (outcome = 'taken-back') = (settled_by = asked_by)",
            name="ck_approval_request_two_people",
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('confirmed', 'refused', 'taken-back')",
            name="ck_approval_request_outcome_known",
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_by IS NULL) AND (outcome IS NULL) = (settled_at IS NULL)",
            name="ck_approval_request_settled_whole_or_not_at_all",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "asked_by"],
            ["person.district_id", "person.id"],
            name="fk_approval_request_district_id_asked_by",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "settled_by"],
            ["person.district_id", "person.id"],
            name="fk_approval_request_district_id_settled_by",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_approval_request_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_approval_request"),
    )
    op.create_index(
        "ix_approval_request_outcome", "approval_request", ["district_id", "outcome"], unique=False
    )
    op.create_table(
        "person_link",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("used", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name="fk_person_link_district_id_person_id",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_person_link_district_id"),
        sa.PrimaryKeyConstraint("district_id", "token_hash", name="pk_person_link"),
    )
    op.create_index("ix_person_link_person", "person_link", ["district_id", "person_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=True),
        sa.CheckConstraint("method IN ('password', 'sign-on')", name="ck_staff_session_method_known"),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name="fk_staff_session_district_id_person_id",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_staff_session_district_id"),
        sa.PrimaryKeyConstraint("district_id", "token_hash", name="pk_staff_session"),
    )
    op.create_index("ix_staff_session_person", "staff_session", ["district_id", "person_id"], unique=False)

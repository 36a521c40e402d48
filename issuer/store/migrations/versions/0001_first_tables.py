"""The first tables, and the triggers that keep finished things finished.

A step says in full what it makes and takes nothing from the program but its guards, so that it means the same
in ten years.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


NEVER_CHANGED = ("audit", "published", "status")
"""Rows of these are written once: neither edited nor removed."""

CREDENTIAL_CHANGED = """
  NEW.district_id <> OLD.district_id OR NEW.id <> OLD.id OR NEW.award_ref <> OLD.award_ref
  OR NEW.subject_id <> OLD.subject_id OR NEW.list_id <> OLD.list_id OR NEW.list_index <> OLD.list_index
  OR (OLD.state <> 'reserved' AND NEW.also_jwt <> OLD.also_jwt) OR NEW.reserved_at <> OLD.reserved_at
  OR (OLD.prepared IS NOT NULL AND (NEW.prepared IS NULL OR NEW.prepared <> OLD.prepared))
  OR (OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NULL OR NEW.signed_at <> OLD.signed_at))
  OR (OLD.state || '>' || NEW.state) NOT IN (
    'reserved>reserved', 'reserved>prepared', 'prepared>prepared', 'prepared>signed',
    'signed>signed', 'signed>released', 'released>released')
"""
"""What may never happen to a credential: other bytes, another position, a step back, a step left out."""


def upgrade() -> None:
    """Take the step."""
    _tables()
    for table in NEVER_CHANGED:
        forbid(table, "UPDATE")
        forbid(table, "DELETE")
    forbid("secured", "UPDATE")
    forbid("credential", "UPDATE", CREDENTIAL_CHANGED)
    forbid("credential", "DELETE")


def _tables() -> None:
    op.create_table(
        "district",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("code_salt", sa.LargeBinary(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_district"),
        sa.UniqueConstraint("did", name="uq_district_did"),
        sa.UniqueConstraint("origin", name="uq_district_origin"),
        sa.UniqueConstraint("tag", name="uq_district_tag"),
    )
    op.create_table(
        "achievement",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_achievement_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", "version", name="pk_achievement"),
    )
    op.create_table(
        "edition",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("certifications", sa.LargeBinary(), nullable=False),
        sa.Column("kinds", sa.LargeBinary(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_edition_district_id"),
        sa.PrimaryKeyConstraint("district_id", "number", name="pk_edition"),
    )
    op.create_table(
        "audit",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_audit_district_id"),
        sa.PrimaryKeyConstraint("district_id", "number", name="pk_audit"),
    )
    op.create_table(
        "audit_head",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_audit_head_district_id"),
        sa.PrimaryKeyConstraint("district_id", name="pk_audit_head"),
    )
    op.create_table(
        "published",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_published_district_id"),
        sa.PrimaryKeyConstraint("district_id", "path", "version", name="pk_published"),
    )
    op.create_table(
        "school",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_school_district_id"),
        sa.PrimaryKeyConstraint("district_id", "code", name="pk_school"),
    )
    op.create_table(
        "signing_key",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("multikey", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("retired", MOMENT, nullable=True),
        sa.Column("compromised_since", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_signing_key_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_signing_key"),
        sa.UniqueConstraint("id", name="uq_signing_key_id"),
        sa.UniqueConstraint("multikey", name="uq_signing_key_multikey"),
    )
    op.create_table(
        "status_list",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("permutation_key", sa.LargeBinary(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("opened", MOMENT, nullable=False),
        sa.Column("closed", MOMENT, nullable=True),
        sa.CheckConstraint("purpose = 'revocation'", name="ck_status_list_purpose_known"),
        sa.CheckConstraint("used >= 0 AND used <= size", name="ck_status_list_used_within_size"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_status_list_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_status_list"),
    )
    op.create_index(
        "uq_status_list_open",
        "status_list",
        ["district_id"],
        unique=True,
        sqlite_where=sa.text("closed IS NULL"),
        postgresql_where=sa.text("closed IS NULL"),
    )
    op.create_table(
        "award",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("award_ref", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("achievement_id", sa.Text(), nullable=False),
        sa.Column("achievement_version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "achievement_id", "achievement_version"],
            ["achievement.district_id", "achievement.id", "achievement.version"],
            name="fk_award_district_id_achievement_id_achievement_version",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_award_district_id"),
        sa.PrimaryKeyConstraint("district_id", "award_ref", name="pk_award"),
    )
    op.create_table(
        "credential",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("award_ref", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("also_jwt", sa.Boolean(), nullable=False),
        sa.Column("reserved_at", MOMENT, nullable=False),
        sa.Column("prepared", sa.LargeBinary(), nullable=True),
        sa.Column("prepared_at", MOMENT, nullable=True),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'reserved') = (prepared IS NULL)", name="ck_credential_prepared_has_bytes"
        ),
        sa.CheckConstraint(
            "(state IN ('signed', 'released')) = (signed_at IS NOT NULL)",
            name="ck_credential_signed_has_time",
        ),
        sa.CheckConstraint(
            "state IN ('reserved', 'prepared', 'signed', 'released')", name="ck_credential_state_known"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "award_ref"],
            ["award.district_id", "award.award_ref"],
            name="fk_credential_district_id_award_ref",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "list_id"],
            ["status_list.district_id", "status_list.id"],
            name="fk_credential_district_id_list_id",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_credential_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_credential"),
        sa.UniqueConstraint("district_id", "award_ref", name="uq_credential_district_id_award_ref"),
        sa.UniqueConstraint(
            "district_id", "list_id", "list_index", name="uq_credential_district_id_list_id_list_index"
        ),
        sa.UniqueConstraint("id", name="uq_credential_id"),
    )
    op.create_index("ix_credential_state", "credential", ["district_id", "state"], unique=False)
    op.create_table(
        "secured",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.CheckConstraint("form IN ('vc', 'jwt')", name="ck_secured_form_known"),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_secured_district_id_credential_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "key_id"],
            ["signing_key.district_id", "signing_key.id"],
            name="fk_secured_district_id_key_id",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_secured_district_id"),
        sa.PrimaryKeyConstraint("district_id", "credential_id", "form", "number", name="pk_secured"),
    )
    op.create_index("ix_secured_key", "secured", ["district_id", "key_id"], unique=False)
    op.create_table(
        "share",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=True),
        sa.Column("stopped", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_share_district_id_credential_id",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_share_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_share"),
        sa.UniqueConstraint("code_hash", name="uq_share_code_hash"),
        sa.UniqueConstraint("token_hash", name="uq_share_token_hash"),
    )
    op.create_table(
        "status",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('corrected', 'issued-in-error', 'no-longer-valid', 'requested')",
            name="ck_status_reason_known",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_status_district_id_credential_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "list_id"],
            ["status_list.district_id", "status_list.id"],
            name="fk_status_district_id_list_id",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_status_district_id"),
        sa.PrimaryKeyConstraint("district_id", "credential_id", name="pk_status"),
        sa.UniqueConstraint(
            "district_id", "list_id", "list_index", name="uq_status_district_id_list_id_list_index"
        ),
    )

"""Copies of badges that are derived from an original, for a wallet or a share; offers to wallets.

What is derived stands and falls with its original: its withdrawal is read from the original's own row.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid_by_others, own_rows

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


NAMED = """EXISTS (
  SELECT 1 FROM erased WHERE erased.district_id = OLD.district_id
  AND erased.kind = 'credential' AND erased.ref = OLD.credential_id)"""
"""Whether an erasure names the original."""

SAME = """coalesce(
  NEW.{column} = OLD.{column} OR (NEW.{column} IS NULL AND OLD.{column} IS NULL), FALSE)"""
"""Whether a column that may be empty is as it was; never unknown, so that a trigger never lets by."""

DERIVED_CHANGED = """(
  NEW.district_id <> OLD.district_id OR NEW.id <> OLD.id OR NEW.credential_id <> OLD.credential_id
  OR NEW.purpose <> OLD.purpose OR NEW.made_for <> OLD.made_for OR NEW.subject_id <> OLD.subject_id
  OR NEW.list_id <> OLD.list_id OR NEW.list_index <> OLD.list_index OR NEW.also_jwt <> OLD.also_jwt
  OR NEW.reserved_at <> OLD.reserved_at
  OR (OLD.prepared IS NOT NULL AND (NEW.prepared IS NULL OR NEW.prepared <> OLD.prepared))
  OR (OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NULL OR NEW.signed_at <> OLD.signed_at))
  OR (OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <> OLD.withdrawn_at
      OR NEW.withdrawn_reason <> OLD.withdrawn_reason))
  OR (OLD.state || '>' || NEW.state) NOT IN (
    'reserved>reserved', 'reserved>prepared', 'prepared>prepared', 'prepared>signed', 'signed>signed'))"""
"""What may never happen to a derived credential: other content, a second end, a way back."""

DERIVED_EMPTIED = f"""(
  coalesce(length(NEW.prepared), 1) = 0 AND NEW.subject_id = ''
  AND NEW.district_id = OLD.district_id AND NEW.id = OLD.id AND NEW.credential_id = OLD.credential_id
  AND NEW.purpose = OLD.purpose AND NEW.made_for = OLD.made_for AND NEW.list_id = OLD.list_id
  AND NEW.list_index = OLD.list_index AND NEW.also_jwt = OLD.also_jwt AND NEW.state = OLD.state
  AND NEW.reserved_at = OLD.reserved_at AND {SAME.format(column="signed_at")}
  AND {SAME.format(column="withdrawn_at")} AND {SAME.format(column="withdrawn_reason")}
  AND EXISTS (
    SELECT 1 FROM status
    WHERE status.district_id = OLD.district_id AND status.credential_id = OLD.credential_id)
  AND {NAMED})"""  # noqa: S608 - texts of this file
"""One whose original was withdrawn and erased, without its bytes; its place in the list stays."""


def upgrade() -> None:
    """Take the step."""
    _derived()
    forbid_by_others("derived_credential", "UPDATE", f"{DERIVED_CHANGED} AND NOT {DERIVED_EMPTIED}")
    forbid_by_others("derived_credential", "DELETE", "TRUE")
    forbid_by_others("derived_secured", "UPDATE", "TRUE")
    forbid_by_others("derived_secured", "DELETE", f"NOT {NAMED}")
    _offers()
    own_rows("derived_credential", "derived_secured", "wallet_offer", "wallet_nonce")


def _derived() -> None:
    op.create_table(
        "derived_credential",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("made_for", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("also_jwt", sa.Boolean(), nullable=False),
        sa.Column("reserved_at", MOMENT, nullable=False),
        sa.Column("prepared", sa.LargeBinary(), nullable=True),
        sa.Column("prepared_at", MOMENT, nullable=True),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("purpose IN ('wallet', 'share')", name="ck_derived_credential_purpose_known"),
        sa.CheckConstraint(
            "state IN ('reserved', 'prepared', 'signed')", name="ck_derived_credential_state_known"
        ),
        sa.CheckConstraint(
            "(state = 'reserved') = (prepared IS NULL)", name="ck_derived_credential_prepared_has_bytes"
        ),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL)", name="ck_derived_credential_signed_has_time"
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name="ck_derived_credential_withdrawn_whole_or_not_at_all",
        ),
        sa.CheckConstraint(
            "withdrawn_reason IS NULL OR withdrawn_reason IN "
            "('corrected', 'issued-in-error', 'no-longer-valid', 'requested')",
            name="ck_derived_credential_reason_known",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_derived_credential_district_id_credential_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "list_id"],
            ["status_list.district_id", "status_list.id"],
            name="fk_derived_credential_district_id_list_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_derived_credential"),
        sa.UniqueConstraint(
            "district_id",
            "credential_id",
            "purpose",
            "made_for",
            name="uq_derived_credential_receiver",
        ),
        sa.UniqueConstraint(
            "district_id",
            "list_id",
            "list_index",
            name="uq_derived_credential_district_id_list_id_list_index",
        ),
        sa.UniqueConstraint("id", name="uq_derived_credential_id"),
    )
    op.create_table(
        "derived_secured",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("derived_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.CheckConstraint("form IN ('vc', 'jwt')", name="ck_derived_secured_form_known"),
        sa.ForeignKeyConstraint(
            ["district_id", "derived_id"],
            ["derived_credential.district_id", "derived_credential.id"],
            name="fk_derived_secured_district_id_derived_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_derived_secured_district_id_credential_id",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "key_id"],
            ["signing_key.district_id", "signing_key.id"],
            name="fk_derived_secured_district_id_key_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "derived_id", "form", "number", name="pk_derived_secured"),
    )
    op.create_index("ix_derived_secured_key", "derived_secured", ["district_id", "key_id"])


def _offers() -> None:
    op.create_table(
        "wallet_offer",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reference_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tx_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("redeemed", MOMENT, nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("token_ends", MOMENT, nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("configuration", sa.Text(), nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("event", sa.Text(), nullable=True),
        sa.CheckConstraint("tries >= 0", name="ck_wallet_offer_tries_counted"),
        sa.CheckConstraint(
            "(redeemed IS NULL) = (token_ends IS NULL)", name="ck_wallet_offer_redeemed_has_token"
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_wallet_offer_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_wallet_offer_district_id_credential_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_wallet_offer"),
        sa.UniqueConstraint("district_id", "code_hash", name="uq_wallet_offer_district_id_code_hash"),
        sa.UniqueConstraint(
            "district_id", "reference_hash", name="uq_wallet_offer_district_id_reference_hash"
        ),
        sa.UniqueConstraint("district_id", "token_hash", name="uq_wallet_offer_district_id_token_hash"),
    )
    op.create_table(
        "wallet_nonce",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("nonce_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_wallet_nonce_district_id"),
        sa.PrimaryKeyConstraint("district_id", "nonce_hash", name="pk_wallet_nonce"),
    )

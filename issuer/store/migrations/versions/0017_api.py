"""Keys, tokens, requests and batches of the programming interface; webhooks and what is to be told them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, own_rows

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = (
    "api_key",
    "api_token",
    "api_request",
    "api_batch",
    "api_batch_row",
    "webhook",
    "webhook_message",
)


def upgrade() -> None:
    """Take the step."""
    _keys()
    _batches()
    _webhooks()
    own_rows(*TABLES)


def _district(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=f"fk_{table}_district_id")


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        [f"{other}.district_id", f"{other}.id"],
        name=f"fk_{table}_district_id_{column}",
    )


def _keys() -> None:
    op.create_table(
        "api_key",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("active_from", MOMENT, nullable=True),
        sa.Column("two_people", sa.Boolean(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=True),
        sa.Column("revoked", MOMENT, nullable=True),
        sa.CheckConstraint("ends > created", name="ck_api_key_ends_later"),
        _district("api_key"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_api_key"),
    )
    op.create_table(
        "api_token",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        _district("api_token"),
        _of("api_token", "key_id", "api_key"),
        sa.PrimaryKeyConstraint("district_id", "token_hash", name="pk_api_token"),
    )
    op.create_index("ix_api_token_ends", "api_token", ["district_id", "ends"])
    op.create_table(
        "api_request",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        _district("api_request"),
        _of("api_request", "key_id", "api_key"),
        sa.PrimaryKeyConstraint("district_id", "key_id", "name_hash", name="pk_api_request"),
    )
    op.create_index("ix_api_request_asked_at", "api_request", ["district_id", "asked_at"])


def _batches() -> None:
    op.create_table(
        "api_batch",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("finished", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('running', 'done')", name="ck_api_batch_state_known"),
        _district("api_batch"),
        _of("api_batch", "key_id", "api_key"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_api_batch"),
    )
    op.create_table(
        "api_batch_row",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("award_ref", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('issued', 'skipped', 'failed')", name="ck_api_batch_row_state_known"),
        _district("api_batch_row"),
        _of("api_batch_row", "batch_id", "api_batch"),
        sa.PrimaryKeyConstraint("district_id", "batch_id", "row", name="pk_api_batch_row"),
    )
    op.create_index("ix_api_batch_row_student", "api_batch_row", ["district_id", "student_id"])


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rotated", MOMENT, nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("disabled", MOMENT, nullable=True),
        sa.Column("removed", MOMENT, nullable=True),
        sa.CheckConstraint("number >= 1", name="ck_webhook_number_from_one"),
        _district("webhook"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_webhook"),
    )
    op.create_table(
        "webhook_message",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("audit_number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("happened", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'given-up')", name="ck_webhook_message_state_known"
        ),
        _district("webhook_message"),
        _of("webhook_message", "webhook_id", "webhook"),
        sa.PrimaryKeyConstraint("district_id", "webhook_id", "audit_number", name="pk_webhook_message"),
    )
    op.create_index("ix_webhook_message_due", "webhook_message", ["district_id", "state", "due"])

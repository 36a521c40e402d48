"""Pictures that badges name, a ledger that only an erasure takes rows from, and the mail to seniors."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid, forbid_by_others, on_postgresql, own_rows

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAMED = """EXISTS (
  SELECT 1 FROM erased
  WHERE erased.district_id = OLD.district_id AND erased.kind = '{kind}' AND erased.ref = OLD.{ref})"""
"""Whether an erasure names the row."""

KINDS = "kind IN ('award', 'credential', 'request', 'share', 'consent')"
PURPOSES = (
    "purpose IN ('new-badge', 'code', 'hand-over', 'hand-over-done', 'withdrawn', 'replaced', 'senior')"
)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "achievement_image",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("made_from", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_achievement_image_district_id"),
        sa.PrimaryKeyConstraint("district_id", "made_from", name="pk_achievement_image"),
    )
    op.create_index("ix_achievement_image_sha256", "achievement_image", ["district_id", "sha256"])
    own_rows("achievement_image")
    if on_postgresql():
        for table, name, condition in (
            ("erased", "ck_erased_ck_erased_kind_known", KINDS),
            ("outbox_mail", "ck_outbox_mail_ck_outbox_mail_purpose_known", PURPOSES),
        ):
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})")
    else:
        _anew("erased", _erased)
        for when in ("UPDATE", "DELETE"):
            forbid("erased", when)
        _anew("outbox_mail", _outbox_mail)
    for when in ("UPDATE", "DELETE"):
        forbid("achievement_image", when)
    forbid_by_others("consent", "DELETE", "NOT " + NAMED.format(kind="consent", ref="id"))
    forbid_by_others("disclosure", "DELETE", "NOT " + NAMED.format(kind="share", ref="share_id"))


def _anew(table: str, create: Callable[[], None]) -> None:
    """Give a table of SQLite, which changes no constraint, another one with the same rows.

    It is not renamed, because triggers of other tables name it.
    """
    op.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608 - names of this file
    op.execute(f"DROP TABLE {table}")
    create()
    op.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608 - names of this file
    op.execute(f"DROP TABLE kept_{table}")


def _erased() -> None:
    op.create_table(
        "erased",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("erasure_id", sa.Text(), nullable=False),
        sa.CheckConstraint(KINDS, name="ck_erased_kind_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_erased_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "erasure_id"],
            ["erasure.district_id", "erasure.id"],
            name="fk_erased_district_id_erasure_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "kind", "ref", name="pk_erased"),
    )


def _outbox_mail() -> None:
    op.create_table(
        "outbox_mail",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("lease_ends", MOMENT, nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("settled", MOMENT, nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.CheckConstraint(PURPOSES, name="ck_outbox_mail_purpose_known"),
        sa.CheckConstraint(
            "(state = 'sending') = (lease IS NOT NULL)", name="ck_outbox_mail_sending_has_lease"
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed')", name="ck_outbox_mail_state_known"
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_outbox_mail_district_id"),
        sa.UniqueConstraint(
            "district_id", "purpose", "about", name="uq_outbox_mail_district_id_purpose_about"
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_outbox_mail"),
    )
    op.create_index("ix_outbox_mail_due", "outbox_mail", ["district_id", "state", "due"])
    op.create_index("ix_outbox_mail_student", "outbox_mail", ["district_id", "student_id"])

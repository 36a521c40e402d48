"""Legal holds, erasures with their certificates, and the pictures that a district chose.

What was finished stays finished. The one exception is what an erasure names in `erased`: a record of it may
be emptied of what it said of a person, and keeps its identifier, its place in a status list and its time.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, forbid, forbid_by_others, forbid_instead, own_rows

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


NAMED = """EXISTS (
  SELECT 1 FROM erased
  WHERE erased.district_id = OLD.district_id AND erased.kind = '{kind}' AND erased.ref = {ref})"""
"""Whether an erasure names the row."""

SAME = """coalesce(
  NEW.{column} = OLD.{column} OR (NEW.{column} IS NULL AND OLD.{column} IS NULL), FALSE)"""
"""Whether a column that may be empty is as it was; never unknown, so that a trigger never lets by."""

CREDENTIAL_CHANGED = """(
  NEW.district_id <> OLD.district_id OR NEW.id <> OLD.id OR NEW.award_ref <> OLD.award_ref
  OR NEW.subject_id <> OLD.subject_id OR NEW.list_id <> OLD.list_id OR NEW.list_index <> OLD.list_index
  OR (OLD.state <> 'reserved' AND NEW.also_jwt <> OLD.also_jwt) OR NEW.reserved_at <> OLD.reserved_at
  OR (OLD.prepared IS NOT NULL AND (NEW.prepared IS NULL OR NEW.prepared <> OLD.prepared))
  OR (OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NULL OR NEW.signed_at <> OLD.signed_at))
  OR (OLD.state || '>' || NEW.state) NOT IN (
    'reserved>reserved', 'reserved>prepared', 'prepared>prepared', 'prepared>signed',
    'signed>signed', 'signed>released', 'released>released'))"""
CREDENTIAL_EMPTIED = f"""(
  OLD.state IN ('signed', 'released') AND coalesce(length(NEW.prepared), 1) = 0 AND NEW.subject_id = ''
  AND NEW.district_id = OLD.district_id AND NEW.id = OLD.id AND NEW.award_ref = OLD.award_ref
  AND NEW.list_id = OLD.list_id AND NEW.list_index = OLD.list_index AND NEW.state = OLD.state
  AND NEW.also_jwt = OLD.also_jwt AND NEW.reserved_at = OLD.reserved_at
  AND {SAME.format(column="signed_at")}
  AND EXISTS (
    SELECT 1 FROM status WHERE status.district_id = OLD.district_id AND status.credential_id = OLD.id)
  AND {NAMED.format(kind="credential", ref="OLD.id")})"""  # noqa: S608 - texts of this file
"""A badge that was withdrawn, without its bytes. Its place in the status list stays, and stays withdrawn."""

STATUS_EMPTIED = f"""(
  NEW.note = '' AND NEW.district_id = OLD.district_id AND NEW.credential_id = OLD.credential_id
  AND NEW.list_id = OLD.list_id AND NEW.list_index = OLD.list_index AND NEW.revoked_at = OLD.revoked_at
  AND NEW.reason = OLD.reason AND {NAMED.format(kind="credential", ref="OLD.credential_id")})"""
"""A withdrawal without the district's own note."""

REQUEST_CHANGED = """(
  NEW.district_id <> OLD.district_id OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind
  OR NEW.content <> OLD.content OR NEW.content_sha256 <> OLD.content_sha256
  OR NEW.asked_by <> OLD.asked_by OR NEW.asked_at <> OLD.asked_at OR NEW.ends <> OLD.ends
  OR (OLD.outcome IS NOT NULL AND (NEW.outcome IS NULL OR NEW.outcome <> OLD.outcome
      OR NEW.settled_by <> OLD.settled_by OR NEW.settled_at <> OLD.settled_at))
  OR (OLD.done IS NOT NULL AND (NEW.done IS NULL OR NEW.done <> OLD.done)))"""
REQUEST_EMPTIED = f"""(
  NEW.content = '{{}}'
  AND NEW.district_id = OLD.district_id AND NEW.id = OLD.id AND NEW.kind = OLD.kind
  AND NEW.content_sha256 = OLD.content_sha256 AND NEW.asked_by = OLD.asked_by
  AND NEW.asked_at = OLD.asked_at AND NEW.ends = OLD.ends
  AND {SAME.format(column="outcome")} AND {SAME.format(column="settled_by")}
  AND {SAME.format(column="settled_at")} AND {SAME.format(column="done")}
  AND {NAMED.format(kind="request", ref="OLD.id")})"""
"""A request without what it said; its digest and what became of it stay."""

EVIDENCE_PREPARED = """EXISTS (
  SELECT 1 FROM credential
  WHERE credential.district_id = OLD.district_id AND credential.award_ref = OLD.award_ref
  AND credential.state <> 'reserved')"""


HOLD_CHANGED = """
  NEW.district_id <> OLD.district_id OR NEW.student_id <> OLD.student_id OR NEW.number <> OLD.number
  OR NEW.why <> OLD.why OR NEW.placed_by <> OLD.placed_by OR NEW.placed_at <> OLD.placed_at
  OR OLD.released_at IS NOT NULL
"""
"""What may never happen to a hold: another reason, another beginning, another end."""


def upgrade() -> None:
    """Take the step."""
    _tables()
    named = "NOT " + NAMED.format(kind="award", ref="OLD.award_ref")
    forbid_instead("credential", "UPDATE", f"{CREDENTIAL_CHANGED} AND NOT {CREDENTIAL_EMPTIED}")
    forbid_instead("status", "UPDATE", f"NOT {STATUS_EMPTIED}")
    forbid_instead("approval_request", "UPDATE", f"{REQUEST_CHANGED} AND NOT {REQUEST_EMPTIED}")
    forbid_instead(
        "evidence",
        "DELETE",
        f"{EVIDENCE_PREPARED} AND {named}",
        "irreversible: evidence stands once its badge is prepared",
    )
    forbid_by_others("secured", "DELETE", "NOT " + NAMED.format(kind="credential", ref="OLD.credential_id"))
    for table in ("erasure", "erased", "badge_picture"):
        for when in ("UPDATE", "DELETE"):
            forbid(table, when)
    forbid("legal_hold", "UPDATE", HOLD_CHANGED)
    forbid("legal_hold", "DELETE")
    own_rows("legal_hold", "erasure", "erased", "badge_picture")


def _tables() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)",
            name="ck_legal_hold_released_whole_or_not_at_all",
        ),
        sa.CheckConstraint("number >= 1", name="ck_legal_hold_number_from_one"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_legal_hold_district_id"),
        sa.PrimaryKeyConstraint("district_id", "student_id", "number", name="pk_legal_hold"),
    )
    op.create_table(
        "erasure",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_erasure_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_erasure"),
    )
    op.create_index("ix_erasure_student", "erasure", ["district_id", "student_id"])
    op.create_table(
        "erased",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("erasure_id", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('award', 'credential', 'request')", name="ck_erased_kind_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_erased_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "erasure_id"],
            ["erasure.district_id", "erasure.id"],
            name="fk_erased_district_id_erasure_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "kind", "ref", name="pk_erased"),
    )
    op.create_table(
        "badge_picture",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("design", sa.Text(), nullable=True),
        sa.Column("pixels", sa.LargeBinary(), nullable=True),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.CheckConstraint("(design IS NULL) <> (pixels IS NULL)", name="ck_badge_picture_drawn_or_pixels"),
        sa.CheckConstraint("alt <> ''", name="ck_badge_picture_alt_said"),
        sa.CheckConstraint("number >= 1", name="ck_badge_picture_number_from_one"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_badge_picture_district_id"),
        sa.PrimaryKeyConstraint("district_id", "code", "number", name="pk_badge_picture"),
    )

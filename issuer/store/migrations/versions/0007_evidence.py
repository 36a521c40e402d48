"""The evidence of awards, which stands from the moment at which the award's badge is prepared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")

PREPARED = """EXISTS (
  SELECT 1 FROM credential
  WHERE credential.district_id = {row}.district_id AND credential.award_ref = {row}.award_ref
  AND credential.state <> 'reserved')"""
"""Whether the badge of the row's award has been prepared."""


def _forbid(when: str, condition: str) -> None:
    """Make the database itself refuse an INSERT, an UPDATE or a DELETE of evidence."""
    name = f"evidence_no_{when.lower()}"
    said = "irreversible: evidence stands once its badge is prepared"
    back = "OLD" if when == "DELETE" else "NEW"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$body$ BEGIN IF {condition} THEN RAISE EXCEPTION '{said}'; END IF; RETURN {back}; END $body$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON evidence FOR EACH ROW EXECUTE FUNCTION {name}()")
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON evidence FOR EACH ROW "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )


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
    _forbid("UPDATE", "TRUE")
    _forbid("INSERT", PREPARED.format(row="NEW"))
    _forbid("DELETE", PREPARED.format(row="OLD"))

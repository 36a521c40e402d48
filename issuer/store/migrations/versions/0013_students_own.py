"""What students come in with: sessions, links and slips, codes, passkeys; and the mail that tells them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import MOMENT, own_rows

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = (
    "student_session", "student_contact", "claim", "student_problem", "student_code",
    "student_passkey", "passkey_challenge", "outbox_mail", "code_request", "mail_choice",
)  # fmt: skip


def upgrade() -> None:
    """Take the step."""
    _sessions()
    _student_contact()
    _claim()
    _student_problem()
    _student_code()
    _student_passkey()
    _passkey_challenge()
    _outbox_mail()
    _code_request()
    _mail_choice()
    own_rows(*TABLES)


def _sessions() -> None:
    op.create_table(
        "student_session",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=True),
        sa.CheckConstraint(
            "method IN ('link', 'slip', 'code', 'sign-on', 'passkey')", name="ck_student_session_method_known"
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_student_session_district_id"),
        sa.PrimaryKeyConstraint("district_id", "token_hash", name="pk_student_session"),
    )
    op.create_index("ix_student_session_student", "student_session", ["district_id", "student_id"])


def _student_contact() -> None:
    op.create_table(
        "student_contact",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("school_email", sa.Text(), nullable=True),
        sa.Column("own_email", sa.Text(), nullable=True),
        sa.Column("own_since", MOMENT, nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("teacher", sa.Text(), nullable=False),
        sa.Column("updated", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_student_contact_district_id"),
        sa.PrimaryKeyConstraint("district_id", "student_id", name="pk_student_contact"),
    )
    op.create_index("ix_student_contact_own", "student_contact", ["district_id", "own_email"])
    op.create_index("ix_student_contact_school", "student_contact", ["district_id", "school_email"])


def _claim() -> None:
    op.create_table(
        "claim",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("kept", MOMENT, nullable=True),
        sa.Column("stopped", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('link', 'slip')", name="ck_claim_kind_known"),
        sa.CheckConstraint("(kind = 'link') = (credential_id IS NOT NULL)", name="ck_claim_link_names_badge"),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_claim_district_id_credential_id",
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_claim_district_id"),
        sa.UniqueConstraint("district_id", "secret_hash", name="uq_claim_district_id_secret_hash"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_claim"),
    )
    op.create_index("ix_claim_credential", "claim", ["district_id", "credential_id"])
    op.create_index("ix_claim_student", "claim", ["district_id", "student_id"])


def _student_problem() -> None:
    op.create_table(
        "student_problem",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("closed", MOMENT, nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(closed IS NULL) = (closed_by IS NULL) AND (closed IS NULL) = (answer IS NULL)",
            name="ck_student_problem_closed_whole_or_not_at_all",
        ),
        sa.CheckConstraint("kind IN ('name', 'not-mine', 'other')", name="ck_student_problem_kind_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_student_problem_district_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "credential_id"],
            ["credential.district_id", "credential.id"],
            name="fk_student_problem_district_id_credential_id",
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_student_problem"),
    )
    op.create_index("ix_student_problem_closed", "student_problem", ["district_id", "closed"])
    op.create_index("ix_student_problem_student", "student_problem", ["district_id", "student_id"])


def _student_code() -> None:
    op.create_table(
        "student_code",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("used", MOMENT, nullable=True),
        sa.CheckConstraint("purpose IN ('sign-in', 'hand-over')", name="ck_student_code_purpose_known"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_student_code_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_student_code"),
    )
    op.create_index("ix_student_code_address", "student_code", ["district_id", "address"])
    op.create_index("ix_student_code_student", "student_code", ["district_id", "student_id"])


def _student_passkey() -> None:
    op.create_table(
        "student_passkey",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("last_used", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_student_passkey_district_id"),
        sa.UniqueConstraint("district_id", "key_id", name="uq_student_passkey_district_id_key_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_student_passkey"),
    )
    op.create_index("ix_student_passkey_student", "student_passkey", ["district_id", "student_id"])


def _passkey_challenge() -> None:
    op.create_table(
        "passkey_challenge",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_passkey_challenge_district_id"),
        sa.PrimaryKeyConstraint("district_id", "challenge_hash", name="pk_passkey_challenge"),
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
        sa.CheckConstraint(
            "purpose IN ('new-badge', 'code', 'hand-over', 'hand-over-done', 'withdrawn', 'replaced')",
            name="ck_outbox_mail_purpose_known",
        ),
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


def _code_request() -> None:
    op.create_table(
        "code_request",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_code_request_district_id"),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_code_request"),
    )


def _mail_choice() -> None:
    op.create_table(
        "mail_choice",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("new_badges_since", MOMENT, nullable=True),
        sa.Column("changed", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_mail_choice_district_id"),
        sa.PrimaryKeyConstraint("district_id", name="pk_mail_choice"),
    )

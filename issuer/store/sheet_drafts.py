"""Sheets that somebody is working on, step by step, and the rows of them that are being issued.

Both tables are working papers: they may be changed and thrown away. What was issued from them stands in the
records of the awards, and what was done to them in the audit trail.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    and_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, defer, mapped_column

from issuer.errors import IssuerError
from issuer.store.columns import Json
from issuer.store.session import Session
from issuer.store.tables import Base, Credential, State, Status

LARGEST_SHEET: Final = 12_582_912
"""Bytes of a sheet that is kept."""
OPEN, HANDED, ASKED, ISSUING, DONE = "open", "handed", "asked", "issuing", "done"
"""What a draft's state is: worked on; ready for somebody who may issue; waiting for a second person; its rows
are being issued; all of them were tried."""
QUEUED, ISSUED, FAILED = "queued", "issued", "failed"
"""What a row's state is."""
COULD_NOT: Final = (
    "This badge could not be issued: each time it was tried, the program ended. Tell whoever runs the "
    "program, and name the reference. The other rows were not held up."
)
"""Why a row was given up that ended whatever tried it."""
STUDENTS: Final = "students"
"""The kind of a sheet that waits to be taken into the roster: no page of issuing shows it."""
LANES: Final = 16
"""Into so many lanes the rows of a sheet are dealt, so that several workers issue them at once."""


class SheetDraft(Base):
    """A sheet that somebody is working on. Its file's name is not kept."""

    __tablename__ = "sheet_draft"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'handed', 'asked', 'issuing', 'done')", name="state_known"),
        CheckConstraint("sheet IS NULL OR length(sheet) <= 12582912", name="sheet_bounded"),
        CheckConstraint("(kind = '') = (sheet IS NULL)", name="kind_of_sheet"),
        Index("ix_sheet_draft_updated", "district_id", "updated"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    created_by: Mapped[str]
    created: Mapped[datetime]
    updated_by: Mapped[str]
    updated: Mapped[datetime]
    school: Mapped[str | None]
    certification: Mapped[str]
    kind: Mapped[str]
    sheet: Mapped[bytes | None]
    sha256: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    fixes: Mapped[dict[str, Any]] = mapped_column(Json)
    recorded_by: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[str]
    request_id: Mapped[str | None]


class SheetDraftRow(Base):
    """A row whose badge was ordered: as it was shown when somebody said that it be issued."""

    __tablename__ = "sheet_draft_row"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "draft_id"], ["sheet_draft.district_id", "sheet_draft.id"]),
        CheckConstraint("state IN ('queued', 'issued', 'failed')", name="state_known"),
        Index("ix_sheet_draft_row_state", "district_id", "draft_id", "state"),
        Index("ix_sheet_draft_row_award", "district_id", "award_ref"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    draft_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    award_ref: Mapped[str]
    school_code: Mapped[str]
    code: Mapped[str]
    award: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str]
    credential_id: Mapped[str | None]
    why: Mapped[str]
    lane: Mapped[int] = mapped_column(server_default="0")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a draft are in which state."""

    queued: int = 0
    issued: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.queued + self.issued + self.failed


def draft(
    session: Session, district_id: str, draft_id: str, *, lock: bool = False, whole: bool = False
) -> SheetDraft:
    """One draft; with its sheet's bytes only where the whole is asked for.

    Raises:
        IssuerError: `not_found`.
    """
    query = select(SheetDraft).where(SheetDraft.district_id == district_id, SheetDraft.id == draft_id)
    if not whole:
        query = query.options(defer(SheetDraft.sheet))
    if lock:
        query = query.with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None:
        raise IssuerError("not_found", "there is no such sheet")
    return row


def drafts(session: Session, district_id: str, school: str | None, most: int) -> Sequence[SheetDraft]:
    """The drafts of a district, or of one of its schools, without their sheets; latest first."""
    query = select(SheetDraft).where(SheetDraft.district_id == district_id, SheetDraft.kind != STUDENTS)
    if school is not None:
        query = query.where(SheetDraft.school == school)
    return session.scalars(
        query.options(defer(SheetDraft.sheet)).order_by(SheetDraft.updated.desc(), SheetDraft.id).limit(most)
    ).all()


def count(session: Session, district_id: str) -> int:
    """How many drafts a district has."""
    return session.scalars(
        select(func.count()).select_from(SheetDraft).where(SheetDraft.district_id == district_id)
    ).one()


def remove(session: Session, district_id: str, draft_id: str) -> None:
    """Throw a draft away, with its rows."""
    remove_rows(session, district_id, draft_id)
    session.execute(
        delete(SheetDraft).where(SheetDraft.district_id == district_id, SheetDraft.id == draft_id)
    )


def remove_rows(session: Session, district_id: str, draft_id: str) -> None:
    """Throw away the rows that were ordered."""
    session.execute(
        delete(SheetDraftRow).where(
            SheetDraftRow.district_id == district_id, SheetDraftRow.draft_id == draft_id
        )
    )


def lane_of(student_id: str) -> int:
    """The lane of a student's rows: two of one student are never issued at once."""
    return zlib.crc32(student_id.encode()) % LANES


def rows(
    session: Session,
    district_id: str,
    draft_id: str,
    *,
    state: str = "",
    most: int | None = None,
    lane: tuple[int, int] = (0, 1),
    after: int = 0,
) -> Sequence[SheetDraftRow]:
    """The rows that were ordered, in the sheet's order: all, those in one state, of one lane, after one."""
    query = select(SheetDraftRow).where(
        SheetDraftRow.district_id == district_id, SheetDraftRow.draft_id == draft_id
    )
    if state:
        query = query.where(SheetDraftRow.state == state)
    if after:
        query = query.where(SheetDraftRow.line > after)
    if lane != (0, 1):
        number, several = lane
        query = query.where(SheetDraftRow.lane % several == number)
    return session.scalars(query.order_by(SheetDraftRow.line).limit(most)).all()


def lines(
    session: Session, district_id: str, draft_id: str, *, most: int, lane: tuple[int, int]
) -> Sequence[int]:
    """The numbers of the next rows of a lane that wait, in the sheet's order."""
    number, several = lane
    return session.scalars(
        select(SheetDraftRow.line)
        .where(
            SheetDraftRow.district_id == district_id,
            SheetDraftRow.draft_id == draft_id,
            SheetDraftRow.state == QUEUED,
            SheetDraftRow.lane % several == number,
        )
        .order_by(SheetDraftRow.line)
        .limit(most)
    ).all()


def give_up(session: Session, district_id: str, draft_id: str, line: int, why: str) -> None:
    """Note of one row that waits that it is not tried any more."""
    session.execute(
        update(SheetDraftRow)
        .where(
            SheetDraftRow.district_id == district_id,
            SheetDraftRow.draft_id == draft_id,
            SheetDraftRow.line == line,
            SheetDraftRow.state == QUEUED,
        )
        .values(state=FAILED, why=why)
        .execution_options(synchronize_session=False)
    )


def given_up(session: Session, district_id: str, refs: Sequence[str]) -> frozenset[str]:
    """Those among references that were given up, on whatever sheet, because they end whatever tries them."""
    return frozenset(
        session.scalars(
            select(SheetDraftRow.award_ref).where(
                SheetDraftRow.district_id == district_id,
                SheetDraftRow.award_ref.in_(refs),
                SheetDraftRow.state == FAILED,
                SheetDraftRow.why == COULD_NOT,
            )
        )
    )


def counted(session: Session, district_id: str, draft_ids: Iterable[str]) -> Mapping[str, Counted]:
    """How far each of some drafts has come."""
    found: dict[str, dict[str, int]] = {one: {} for one in draft_ids}
    lines = session.execute(
        select(SheetDraftRow.draft_id, SheetDraftRow.state, func.count())
        .where(SheetDraftRow.district_id == district_id, SheetDraftRow.draft_id.in_(found))
        .group_by(SheetDraftRow.draft_id, SheetDraftRow.state)
    )
    for draft_id, state, number in lines:
        found[draft_id][state] = number
    return {one: Counted(**states) for one, states in found.items()}


def tallies(session: Session, district_id: str, draft_id: str) -> Sequence[tuple[str, str, int]]:
    """How many rows were ordered, by school and by code."""
    lines = session.execute(
        select(SheetDraftRow.school_code, SheetDraftRow.code, func.count())
        .where(SheetDraftRow.district_id == district_id, SheetDraftRow.draft_id == draft_id)
        .group_by(SheetDraftRow.school_code, SheetDraftRow.code)
    )
    return [(school, code, number) for school, code, number in lines]


def standing(session: Session, district_id: str, draft_id: str, *, most: int) -> Sequence[str]:
    """Badges that were signed for rows of a sheet and are not withdrawn, by the awards' references.

    The credentials are asked, not the rows: a crash may have come between the two.
    """
    gone = select(Status.credential_id).where(
        Status.district_id == district_id, Status.credential_id == Credential.id
    )
    return session.scalars(
        select(Credential.award_ref)
        .join(SheetDraftRow, _own_credential())
        .where(
            Credential.district_id == district_id,
            Credential.state.in_((State.SIGNED, State.RELEASED)),
            SheetDraftRow.draft_id == draft_id,
            ~gone.exists(),
        )
        .order_by(Credential.award_ref)
        .limit(most)
    ).all()


def withdrawn(session: Session, district_id: str, draft_id: str) -> int:
    """How many badges of a sheet have been withdrawn."""
    found: int = session.scalars(_withdrawn(func.count(), district_id, draft_id)).one()
    return found


def withdrawn_ids(session: Session, district_id: str, draft_id: str) -> frozenset[str]:
    """Which badges of a sheet have been withdrawn."""
    return frozenset(session.scalars(_withdrawn(Status.credential_id, district_id, draft_id)))


def _withdrawn(what: Any, district_id: str, draft_id: str) -> Any:
    return (
        select(what)
        .select_from(SheetDraftRow)
        .join(Credential, _own_credential())
        .join(
            Status,
            (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id),
        )
        .where(SheetDraftRow.district_id == district_id, SheetDraftRow.draft_id == draft_id)
    )


def settle_signed(session: Session, district_id: str, draft_id: str) -> None:
    """Note of rows that wait that their badge is there: it was signed, and then something came between."""
    signed = (
        select(Credential.id)
        .where(_own_credential(), Credential.state.in_((State.SIGNED, State.RELEASED)))
        .scalar_subquery()
    )
    session.execute(
        update(SheetDraftRow)
        .where(
            SheetDraftRow.district_id == district_id,
            SheetDraftRow.draft_id == draft_id,
            SheetDraftRow.state == QUEUED,
            signed.is_not(None),
        )
        .values(state=ISSUED, credential_id=signed)
        .execution_options(synchronize_session=False)
    )


def _own_credential() -> ColumnElement[bool]:
    """That a credential is the one of a row's award."""
    return and_(
        Credential.district_id == SheetDraftRow.district_id,
        Credential.award_ref == SheetDraftRow.award_ref,
    )


def leave_queued(session: Session, district_id: str, draft_id: str, why: str) -> None:
    """Give up every row that still waits."""
    session.execute(
        update(SheetDraftRow)
        .where(
            SheetDraftRow.district_id == district_id,
            SheetDraftRow.draft_id == draft_id,
            SheetDraftRow.state == QUEUED,
        )
        .values(state=FAILED, why=why)
    )


def settle_some(session: Session, settled: Iterable[tuple[SheetDraftRow, tuple[str | None, str]]]) -> None:
    """Note of rows that waited each one's badge, or why there is none; what was noted first stays."""
    values = [
        {
            "d": row.district_id,
            "s": row.draft_id,
            "l": row.line,
            "state_now": ISSUED if made else FAILED,
            "badge": made,
            "said": why,
        }
        for row, (made, why) in settled
    ]
    if not values:
        return
    table = SheetDraftRow.metadata.tables[SheetDraftRow.__tablename__]
    session.connection().execute(
        update(table)
        .where(table.c.district_id == bindparam("d"), table.c.draft_id == bindparam("s"))
        .where(table.c.line == bindparam("l"), table.c.state == QUEUED)
        .values(state=bindparam("state_now"), credential_id=bindparam("badge"), why=bindparam("said")),
        values,
    )


def queue_failed(session: Session, district_id: str, draft_id: str) -> None:
    """Let every row wait again that failed."""
    session.execute(
        update(SheetDraftRow)
        .where(
            SheetDraftRow.district_id == district_id,
            SheetDraftRow.draft_id == draft_id,
            SheetDraftRow.state == FAILED,
        )
        .values(state=QUEUED, why="")
    )

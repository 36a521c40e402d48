"""The rows of many awards, each kind with one question. What is locked is locked in the order of its keys.

Whoever changes many rows in one transaction takes the awards first, then the credentials, then positions or
the audit chain, as `issuer.issuance` does for one: so no two wait for each other.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from issuer.store.evidence import EvidenceRow
from issuer.store.session import Session
from issuer.store.sheet_drafts import QUEUED, SheetDraftRow, lane_of
from issuer.store.tables import Award, Base, Credential, Secured, State


def awards(
    session: Session, district_id: str, refs: Sequence[str], *, lock: bool = False
) -> dict[str, Award]:
    """The awards under these references, by reference; with `lock`, nobody else changes them meanwhile."""
    asked = (
        select(Award)
        .where(Award.district_id == district_id, Award.award_ref.in_(refs))
        .order_by(Award.award_ref)
        .execution_options(populate_existing=True)
    )
    return {row.award_ref: row for row in session.scalars(asked.with_for_update() if lock else asked)}


AT_ONCE: Final = 1_000
"""Rows that are handed to the database's driver together."""


def add(session: Session, table: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write many new rows of one table: their columns, each by its name.

    They are written as they are, and no object is kept for any of them: for a class that is most of the work.
    """
    session.flush()
    statement, left = insert(table.metadata.tables[table.__tablename__]), iter(rows)
    while part := list(itertools.islice(left, AT_ONCE)):
        session.connection().execute(statement, part)


def put_ordered(
    session: Session,
    district_id: str,
    draft_id: str,
    rows: Iterable[tuple[int, str, str, Mapping[str, Any]]],
) -> None:
    """Write down the rows of a sheet that were ordered.

    Args:
        session: A writing transaction.
        district_id: Whose sheet.
        draft_id: Which sheet.
        rows: Of each its line, its school, the catalogue's code, and the award as JSON.
    """
    values = (
        {
            "district_id": district_id,
            "draft_id": draft_id,
            "line": line,
            "award_ref": award["award_ref"],
            "school_code": school_code,
            "code": code,
            "award": award,
            "state": QUEUED,
            "credential_id": None,
            "why": "",
            "lane": lane_of(award["student_id"]),
        }
        for line, school_code, code, award in rows
    )
    add(session, SheetDraftRow, values)


def add_awards(session: Session, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Take references for awards: all of them, or none where another took one just now."""
    try:
        with session.begin_nested():
            add(session, Award, rows)
    except IntegrityError:
        return False
    return True


def orders(session: Session, district_id: str, refs: Sequence[str]) -> dict[str, str]:
    """By reference, the digest of what is ordered; nobody orders otherwise until this transaction ends."""
    asked = (
        select(Award.award_ref, Award.content_sha256)
        .where(Award.district_id == district_id, Award.award_ref.in_(refs))
        .order_by(Award.award_ref)
        .with_for_update()
    )
    return {row.award_ref: row.content_sha256 for row in session.execute(asked)}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a credential has come, without its bytes."""

    id: str
    state: str
    list_id: str
    list_index: int
    also_jwt: bool


def standing(session: Session, district_id: str, refs: Sequence[str]) -> dict[str, Standing]:
    """By the award's reference, how far each credential has come; none comes further meanwhile."""
    asked = (
        select(
            Credential.award_ref,
            Credential.id,
            Credential.state,
            Credential.list_id,
            Credential.list_index,
            Credential.also_jwt,
        )
        .where(Credential.district_id == district_id, Credential.award_ref.in_(refs))
        .order_by(Credential.award_ref)
        .with_for_update()
    )
    return {
        row.award_ref: Standing(row.id, row.state, row.list_id, row.list_index, row.also_jwt)
        for row in session.execute(asked)
    }


@dataclass(frozen=True, slots=True)
class Ready:
    """What was prepared for a credential: its bytes, and the moment until which it holds."""

    id: str
    raw: bytes
    valid_until: datetime | None


def put_prepared(session: Session, district_id: str, ready: Sequence[Ready], *, now: datetime) -> None:
    """Keep the bytes that will be signed of credentials that have nothing but their place."""
    if ready:
        table = Credential.metadata.tables[Credential.__tablename__]
        session.connection().execute(
            update(table)
            .where(table.c.district_id == bindparam("d"), table.c.id == bindparam("i"))
            .where(table.c.state == State.RESERVED.value)
            .values(
                state=State.PREPARED.value,
                prepared=bindparam("raw"),
                prepared_at=bindparam("at"),
                valid_until=bindparam("ends"),
            ),
            [
                {"d": district_id, "i": one.id, "raw": one.raw, "at": now, "ends": one.valid_until}
                for one in ready
            ],
        )


def put_signed(session: Session, district_id: str, ids: Sequence[str], *, now: datetime) -> None:
    """Note of credentials that were prepared that they are signed."""
    session.execute(
        update(Credential)
        .where(Credential.district_id == district_id, Credential.id.in_(ids))
        .where(Credential.state == State.PREPARED.value)
        .values(state=State.SIGNED.value, signed_at=now)
        .execution_options(synchronize_session=False)
    )


def credentials(
    session: Session, district_id: str, refs: Sequence[str], *, lock: bool = False
) -> dict[str, Credential]:
    """The credentials that awards led to, by the award's reference; with `lock` as `awards`."""
    asked = (
        select(Credential)
        .where(Credential.district_id == district_id, Credential.award_ref.in_(refs))
        .order_by(Credential.award_ref)
        .execution_options(populate_existing=True)
    )
    return {row.award_ref: row for row in session.scalars(asked.with_for_update() if lock else asked)}


def evidence(session: Session, district_id: str, refs: Sequence[str]) -> dict[str, list[EvidenceRow]]:
    """The evidence of awards, by reference, in the order in which it was added; nothing for one without."""
    found: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in session.scalars(
        select(EvidenceRow)
        .where(EvidenceRow.district_id == district_id, EvidenceRow.award_ref.in_(refs))
        .order_by(EvidenceRow.award_ref, EvidenceRow.number)
        .execution_options(populate_existing=True)
    ):
        found[row.award_ref].append(row)
    return dict(found)


def secured(session: Session, district_id: str, ids: Sequence[str]) -> dict[str, dict[str, Secured]]:
    """What is given out for credentials now: by id, for each form the newest."""
    found: dict[str, dict[str, Secured]] = defaultdict(dict)
    for row in session.scalars(
        select(Secured)
        .where(Secured.district_id == district_id, Secured.credential_id.in_(ids))
        .order_by(Secured.credential_id, Secured.form, Secured.number)
    ):
        found[row.credential_id][row.form] = row
    return dict(found)

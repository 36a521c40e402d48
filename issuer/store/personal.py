"""A student's rows in every table, found, counted, taken out and emptied, as the register of tables says.

Every question names the district first. Nothing here decides whether something may go.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, delete, func, or_, select, type_coerce, update
from sqlalchemy import Text as SqlText
from sqlalchemy.exc import DBAPIError

from issuer.retention.register import DELETE, EMPTY, Table, about_students
from issuer.roster.errors import SheetError
from issuer.roster.grid import SHEET_LIMITS
from issuer.roster.open_file import open_file
from issuer.store.access_tables import ApprovalRequest
from issuer.store.session import Session, Store, driver
from issuer.store.share_tables import Consent, Disclosure
from issuer.store.sheet_drafts import ASKED, DONE, ISSUING, SheetDraft, SheetDraftRow
from issuer.store.tables import Award, Base, Credential, Share, State

EMPTIED: Final = "erased"
"""What stands as the digest of an award that was emptied: no order has it, so no order is taken for it."""
_KEPT_FACTS: Final = ("award_ref", "achievement_id", "date_earned", "last_day", "provisional", "also_jwt")
"""What stays of an award, so that it is counted and never issued again."""
_NOT_OUT: Final = {"sheet_draft": frozenset({"sheet", "fixes", "answers"})}
"""Columns with other students in them: they are in no export."""


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a student's rows are found.

    Attributes:
        student_id: The number.
        awards: References of the awards.
        credentials: Ids of their badges.
        shares: Ids of the links and codes that open them.
        sheets: Ids of the sheets in work that name the student.
        requests: Ids of the requests for a second person that are about a badge.
        busy: Why some of it cannot go now: `badge` for one that is half made, `sheet` for one that is not
            done, `request` for one that waits.
    """

    student_id: str
    awards: tuple[str, ...]
    credentials: tuple[str, ...]
    shares: tuple[str, ...]
    sheets: tuple[str, ...]
    requests: tuple[str, ...]
    busy: frozenset[str]


def keys_of(session: Session, district_id: str, student_id: str, now: datetime) -> Keys:
    """By what the rows of one student are found now."""
    awards = _strings(
        session,
        select(Award.award_ref).where(Award.district_id == district_id, Award.student_id == student_id),
    )
    badges = session.execute(
        select(Credential.id, Credential.state)
        .where(Credential.district_id == district_id, Credential.award_ref.in_(awards))
        .order_by(Credential.id)
    ).all()
    credentials = tuple(one.id for one in badges)
    shares = _strings(
        session,
        select(Share.id).where(Share.district_id == district_id, Share.credential_id.in_(credentials)),
    )
    sheets, sheet_busy = _sheets(session, district_id, student_id)
    requests, request_busy = _requests(session, district_id, credentials, now)
    busy = {"sheet"} if sheet_busy else set()
    if request_busy:
        busy.add("request")
    if any(one.state == State.PREPARED for one in badges):
        busy.add("badge")
    return Keys(student_id, awards, credentials, shares, sheets, requests, frozenset(busy))


def ledger_of(session: Session, district_id: str, keys: Keys) -> dict[str, tuple[str, ...]]:
    """What the ledger of a student's disclosures and consents is taken out by, by the kind of `Erased`."""
    return {
        "share": _strings(
            session,
            select(Disclosure.share_id)
            .where(Disclosure.district_id == district_id, Disclosure.credential_id.in_(keys.credentials))
            .distinct(),
        ),
        "consent": _strings(
            session,
            select(Consent.id).where(
                Consent.district_id == district_id, Consent.student_id == keys.student_id
            ),
        ),
    }


def rows_of(session: Session, district_id: str, table: Table, keys: Keys) -> list[dict[str, Any]]:
    """The student's rows of one table, column by column, without what is somebody else's."""
    made = Base.metadata.tables[table.name]
    columns = [one for one in made.columns if one.name not in _NOT_OUT.get(table.name, ())]
    asked = select(*columns).where(made.c.district_id == district_id, _whose(made, table, keys))
    found = session.execute(asked.order_by(*made.primary_key.columns)).mappings()
    return [dict(row) for row in found]


def count(session: Session, district_id: str, table: Table, keys: Keys) -> int:
    """How many rows of one table are the student's."""
    made = Base.metadata.tables[table.name]
    asked = select(func.count()).select_from(made)
    return int(session.scalar(asked.where(made.c.district_id == district_id, _whose(made, table, keys))) or 0)


def anything(session: Session, district_id: str, keys: Keys) -> bool:
    """Whether any table holds a row of the student."""
    return any(count(session, district_id, one, keys) for one in about_students())


def remove(
    session: Session, district_id: str, tables: Iterable[Table], keys: Keys, pseudonym: str
) -> dict[str, int]:
    """Delete or empty the student's rows of some tables; how many of each.

    Args:
        session: A writing transaction in which `erased` names every finished record.
        district_id: Whose student.
        tables: Which.
        keys: By what the rows are found.
        pseudonym: What takes the place of the number in an award that is emptied.
    """
    wanted = {one.name: one for one in tables}
    done: dict[str, int] = {}
    # What points at other rows goes before them.
    for made in reversed(Base.metadata.sorted_tables):
        table = wanted.get(made.name)
        if table is None or table.does not in (DELETE, EMPTY):
            continue
        if table.does == EMPTY:
            done[table.name] = _empty(session, district_id, table, keys, pseudonym)
            continue
        gone = session.execute(
            delete(made)
            .where(made.c.district_id == district_id, _whose(made, table, keys))
            .returning(made.c.district_id)
        ).all()
        done[table.name] = len(gone)
    session.expire_all()
    return done


def ages(session: Session, district_id: str, table: Table) -> dict[str, date | None]:
    """For each student with rows in a table: the day of the newest; None where one has no age yet."""
    made = Base.metadata.tables[table.name]
    at = func.coalesce(*(made.c[name] for name in table.dated)) if table.dated[1:] else made.c[table.dated[0]]
    who, source = _owner(made, table)
    waits = made.c[table.while_true] if table.while_true else None
    asked = select(who, at.label("at"), *([waits.label("waits")] if waits is not None else []))
    rows = session.execute(
        asked.select_from(source).where(made.c.district_id == district_id).execution_options(yield_per=1000)
    )
    found: dict[str, date | None] = {}
    for row in rows:
        if row.at is None or (waits is not None and row.waits):
            found[row[0]] = None
        else:
            day = row.at.date() if isinstance(row.at, datetime) else row.at
            known = found.get(row[0], day)
            found[row[0]] = None if known is None else max(known, day)
    return found


def old_sheets(session: Session, district_id: str, before: datetime) -> tuple[str, ...]:
    """Sheets in work that nobody has changed since a moment, and that are not being issued."""
    return _strings(
        session,
        select(SheetDraft.id)
        .where(SheetDraft.district_id == district_id, SheetDraft.updated <= before)
        .where(SheetDraft.state.not_in((ASKED, ISSUING)))
        .order_by(SheetDraft.id),
    )


def sheet_days(session: Session, district_id: str, sheets: Collection[str]) -> dict[str, date]:
    """The day on which each of some sheets in work was last changed."""
    rows = session.execute(
        select(SheetDraft.id, SheetDraft.updated).where(
            SheetDraft.district_id == district_id, SheetDraft.id.in_(sheets)
        )
    )
    return {row.id: row.updated.date() for row in rows}


def in_sheets(session: Session, district_id: str, student_id: str, sheets: Collection[str]) -> bool:
    """Whether one of some sheets in work names a student."""
    return bool(set(_sheets(session, district_id, student_id)[0]) & set(sheets))


def _owner(made: Any, table: Table) -> tuple[ColumnElement[str], FromClause]:
    """The column with the student's number, and what it takes to reach it."""
    if table.through == "student":
        return made.c.student_id, made
    award = Base.metadata.tables["award"]
    if table.name == "award":
        return award.c.student_id, award
    if table.through == "award":
        return award.c.student_id, made.join(
            award, (award.c.district_id == made.c.district_id) & (award.c.award_ref == made.c.award_ref)
        )
    badge = Base.metadata.tables["credential"]
    return award.c.student_id, made.join(
        badge, (badge.c.district_id == made.c.district_id) & (badge.c.id == made.c.credential_id)
    ).join(award, (award.c.district_id == badge.c.district_id) & (award.c.award_ref == badge.c.award_ref))


def _whose(made: Any, table: Table, keys: Keys) -> ColumnElement[bool]:
    """Which rows are the student's."""
    column, values = {
        "student": ("student_id", (keys.student_id,)),
        "award": ("award_ref", keys.awards),
        "credential": ("id" if table.name == "credential" else "credential_id", keys.credentials),
        "share": ("share_id", keys.shares),
        "sheet": ("id" if table.name == "sheet_draft" else "draft_id", keys.sheets),
        "request": ("id", keys.requests),
    }[table.through]
    found: ColumnElement[bool] = made.c[column].in_(values)
    if table.name == "sheet_draft_row":
        return found & _ordered_for(keys.student_id)
    return found


def _empty(session: Session, district_id: str, table: Table, keys: Keys, pseudonym: str) -> int:
    made = Base.metadata.tables[table.name]
    if table.name == "award":
        rows = session.scalars(
            select(Award).where(Award.district_id == district_id, Award.award_ref.in_(keys.awards))
        ).all()
        for row in rows:
            row.facts = emptied(row.facts, pseudonym)
            row.student_id, row.content_sha256, row.fingerprint = pseudonym, EMPTIED, EMPTIED
        session.flush()
        return len(rows)
    emptying: dict[str, dict[str, Any]] = {
        "credential": {"prepared": b"", "subject_id": ""},
        "derived_credential": {"prepared": b"", "subject_id": ""},
        "status": {"note": ""},
        "approval_request": {"content": {}},
    }
    values = emptying[table.name]
    asked = update(made).where(made.c.district_id == district_id, _whose(made, table, keys))
    if table.name in ("credential", "derived_credential"):
        asked = asked.where(made.c.prepared.is_not(None))
    return len(session.execute(asked.values(**values).returning(made.c.district_id)).all())


def emptied(facts: Mapping[str, Any], pseudonym: str) -> dict[str, Any]:
    """An award without anything of its student: what, when, and under which reference."""
    left = {name: (facts.get(name) if name in _KEPT_FACTS else None) for name in facts}
    left |= {"student_id": pseudonym, "withheld": [], "fingerprint": EMPTIED}
    left.pop("evidence", None)
    if facts.get("determined"):
        left["determined"] = {"subjects": facts["determined"]["subjects"], "rule": "", "credentials": []}
    else:
        left.pop("determined", None)
    return left


def _sheets(session: Session, district_id: str, student_id: str) -> tuple[tuple[str, ...], bool]:
    """The sheets in work that name a student, and whether one of them is not done."""
    ordered = set(
        session.scalars(
            select(SheetDraftRow.draft_id).where(
                SheetDraftRow.district_id == district_id, _ordered_for(student_id)
            )
        )
    )
    busy, found = False, []
    drafts = session.execute(
        select(
            SheetDraft.id,
            SheetDraft.state,
            SheetDraft.sheet,
            type_coerce(SheetDraft.fixes, SqlText).label("fixes"),
        )
        .where(SheetDraft.district_id == district_id)
        .order_by(SheetDraft.id)
        .execution_options(yield_per=10)
    )
    for row in drafts:
        if row.id in ordered or json.dumps(student_id) in row.fixes or _names(row.sheet, student_id):
            found.append(row.id)
            busy = busy or row.state != DONE
    return tuple(found), busy


def _ordered_for(student_id: str) -> ColumnElement[bool]:
    said = f'"student_id":{json.dumps(student_id, ensure_ascii=False)}'
    return type_coerce(SheetDraftRow.award, SqlText).contains(said, autoescape=True)


def _names(sheet: bytes | None, student_id: str) -> bool:
    """Whether a cell of a sheet is the student's number; a sheet that cannot be read is looked through."""
    if sheet is None:
        return False
    try:
        grids = open_file(sheet, SHEET_LIMITS, {}).grids
    except SheetError:
        return student_id.encode() in sheet
    return any(cell.strip() == student_id for grid in grids for row in grid.rows for cell in row)


def _requests(
    session: Session, district_id: str, credentials: Collection[str], now: datetime
) -> tuple[tuple[str, ...], bool]:
    """The requests about some badges, and whether one of them waits."""
    if not credentials:
        return (), False
    content = type_coerce(ApprovalRequest.content, SqlText)
    rows = session.execute(
        select(ApprovalRequest.id, ApprovalRequest.outcome, ApprovalRequest.ends)
        .where(ApprovalRequest.district_id == district_id)
        .where(or_(*(content.contains(one, autoescape=True) for one in credentials)))
        .order_by(ApprovalRequest.id)
    ).all()
    return tuple(row.id for row in rows), any(row.outcome is None and row.ends > now for row in rows)


def _strings(session: Session, asked: Select[Any]) -> tuple[str, ...]:
    return tuple(str(one) for one in session.scalars(asked))


def sweep(store: Store) -> bool:
    """Take what was deleted out of the database's file too; whether that could be done now.

    SQLite writes its file anew and empties its log; PostgreSQL frees the rows of tables that this role owns.
    """
    try:
        if store.is_sqlite:
            # By the driver alone: what SQLAlchemy runs is in a transaction, where nothing is rewritten.
            raw = store.engine.raw_connection()
            with closing(raw), closing(raw.cursor()) as cursor:
                cursor.execute("VACUUM")
                return bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM")
    except (DBAPIError, driver().Error):
        return False
    return True

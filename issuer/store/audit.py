"""The audit chain: each row's hash covers the row before it, so an edited or removed row is found.

Cutting off the newest rows and setting the head back cannot be seen from inside; whoever keeps a copy of the
head (`cairn audit` prints it) sees that too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from sqlalchemy import func, insert, select

from issuer.errors import IssuerError
from issuer.store.columns import canonical_json, checked_time
from issuer.store.session import Session
from issuer.store.tables import Audit, AuditHead

_HASH = re.compile(r"[0-9a-f]{64}")
BEGINNING = "0" * 64
"""What the first row names as the hash before it."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: how many rows it has, and the hash of the last one."""

    number: int
    hash: str

    def __str__(self) -> str:
        """`NUMBER:HASH`, to be written down."""
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote.

        Raises:
            IssuerError: `audit_broken` when it is no such text.
        """
        number, _, digest = text.strip().partition(":")
        if not number.isascii() or not number.isdigit() or not _HASH.fullmatch(digest):
            raise IssuerError("bad_setting", "a head is NUMBER:HASH, as `cairn audit` prints it")
        return cls(int(number), digest)


def begin_chain(session: Session, district_id: str) -> None:
    """Give a new district an empty chain."""
    session.add(AuditHead(district_id=district_id, number=0, hash=BEGINNING))
    session.flush()


def length(session: Session, district_id: str) -> int:
    """How many rows the chain has; who wants to know what comes after reads this first."""
    found = session.scalar(select(AuditHead.number).where(AuditHead.district_id == district_id))
    return int(found or 0)


def since(session: Session, district_id: str, number: int, most: int) -> list[tuple[str, str]]:
    """Action and subject of the rows after a number, the first of them first."""
    asked = (
        select(Audit.action, Audit.subject)
        .where(Audit.district_id == district_id, Audit.number > number)
        .order_by(Audit.number)
        .limit(most)
    )
    return [(row.action, row.subject) for row in session.execute(asked)]


def hold(session: Session, district_id: str) -> None:
    """Stand in the line of the chain's writers until this transaction ends: what it finds stays as it is."""
    session.get(AuditHead, district_id, with_for_update=True)


def record(
    session: Session,
    district_id: str,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    facts: Mapping[str, Any],
) -> Head:
    """Add one row to the district's chain, inside the caller's transaction.

    Args:
        session: A writing transaction. If it is rolled back, nothing was recorded and nothing happened.
        district_id: Whose chain.
        at: When.
        actor: Who did it: an account, or a command.
        action: What was done, as `credential.signed`.
        subject: The id of what it was done to.
        facts: Ids, times and digests that belong to it. Never a person's name.

    Raises:
        IssuerError: `audit_broken` when the district has no chain.
    """
    return record_all(session, district_id, [Done(action, subject, facts)], at=at, actor=actor)


@dataclass(frozen=True, slots=True)
class Done:
    """One of several things that were done at once: what, to what, and the facts, as `record` takes them."""

    action: str
    subject: str
    facts: Mapping[str, Any]


def record_all(session: Session, district_id: str, done: Iterable[Done], *, at: datetime, actor: str) -> Head:
    """Add one row for each to the district's chain, in their order, as `record` would.

    Returns:
        Where the chain stands afterwards.

    Raises:
        IssuerError: As `record`.
    """
    head = session.scalars(
        select(AuditHead)
        .where(AuditHead.district_id == district_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if head is None:
        raise IssuerError("audit_broken", f"the district {district_id} has no audit chain")
    number, digest, rows = head.number, head.hash, list[dict[str, Any]]()
    moment = checked_time(at)
    for one in done:
        row = {
            "district_id": district_id,
            "number": number + 1,
            "at": moment,
            "actor": actor,
            "action": one.action,
            "subject": one.subject,
            "facts": dict(one.facts),
            "previous": digest,
        }
        number, digest = number + 1, _digest(row)
        rows.append(row | {"hash": digest})
    head.number, head.hash = number, digest
    session.flush()
    if rows:
        session.connection().execute(insert(Audit.metadata.tables[Audit.__tablename__]), rows)
    return Head(number, digest)


def latest(session: Session, district_id: str, *, beside: Collection[str] = ()) -> str:
    """The hash of the newest row, which stands for all before it; "" where there is none.

    Args:
        session: A transaction.
        district_id: Whose chain.
        beside: Rows whose action begins with one of these words and a dot are read over.
    """
    asked = select(Audit.hash).where(Audit.district_id == district_id)
    for word in beside:
        asked = asked.where(Audit.action.not_like(f"{word}.%"))
    return session.scalars(asked.order_by(Audit.number.desc()).limit(1)).one_or_none() or ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows somebody wants to read. Each part that is given narrows them.

    Attributes:
        action: As `credential.signed`; a part before the dot, as `credential`, takes all that begin with it.
        actor: Who did it, exactly.
        subject: The id of what it was done to, exactly.
        since: Not before this moment.
        before: Only rows with a smaller number: the next page of what was read.
        most: At most so many, the newest ones.
    """

    action: str = ""
    actor: str = ""
    subject: str = ""
    since: datetime | None = None
    before: int | None = None
    most: int = 100


MOST_READ = 1_000
"""Rows that are read at a time, whatever is wanted."""


def read(session: Session, district_id: str, wanted: Wanted) -> list[Audit]:
    """Rows of the district's chain, the newest first. Reading says nothing of whether the chain holds."""
    asked = select(Audit).where(Audit.district_id == district_id)
    if wanted.action:
        prefix = f"{wanted.action}."
        asked = asked.where(
            (Audit.action == wanted.action) | (func.substr(Audit.action, 1, len(prefix)) == prefix)
        )
    if wanted.actor:
        asked = asked.where(Audit.actor == wanted.actor)
    if wanted.subject:
        asked = asked.where(Audit.subject == wanted.subject)
    if wanted.since is not None:
        asked = asked.where(Audit.at >= wanted.since)
    if wanted.before is not None:
        asked = asked.where(Audit.number < wanted.before)
    most = max(1, min(wanted.most, MOST_READ))
    return list(session.scalars(asked.order_by(Audit.number.desc()).limit(most)))


def actions(session: Session, district_id: str) -> list[str]:
    """Every action that the district's chain names."""
    return sorted(session.scalars(select(Audit.action).where(Audit.district_id == district_id).distinct()))


def check_chain(session: Session, district_id: str, *, kept: Head | None = None) -> Head:
    """Read the whole chain and find any row that was edited, removed, added or moved.

    Args:
        session: A reading transaction.
        district_id: Whose chain.
        kept: Where the chain stood when somebody wrote it down: it must still lead through there.

    Raises:
        IssuerError: `audit_broken`, naming the first row that does not hold.
    """
    rows = session.scalars(
        select(Audit)
        .where(Audit.district_id == district_id)
        .order_by(Audit.number)
        .execution_options(yield_per=1000, populate_existing=True)
    )
    with closing(rows):
        previous, number = _follow(rows, kept)
    head = session.get(AuditHead, district_id, populate_existing=True)
    if head is None or (head.number, head.hash) != (number, previous):
        raise IssuerError("audit_broken", f"the audit chain ends at row {number}, which is not its head")
    return Head(number, previous)


def _follow(rows: Iterable[Audit], kept: Head | None) -> tuple[str, int]:
    """Go through the rows one by one: the hash and the number of the last.

    Raises:
        IssuerError: `audit_broken`.
    """
    previous, number = BEGINNING, 0
    for row in rows:
        if row.number != number + 1:
            raise IssuerError("audit_broken", f"audit row {number + 1} is missing")
        if row.previous != previous or row.hash != _hash(row):
            raise IssuerError("audit_broken", f"audit row {row.number} is not what was recorded")
        previous, number = row.hash, row.number
        if kept is not None and kept.number == number:
            if kept.hash != previous:
                raise IssuerError("audit_broken", f"audit row {number} is not the one that was written down")
            kept = None
    if kept is not None and kept != Head(0, BEGINNING):
        raise IssuerError("audit_broken", f"the chain ends at row {number}, before the head that was kept")
    return previous, number


_COVERED: Final = ("district_id", "number", "at", "actor", "action", "subject", "facts", "previous")


def _hash(row: Audit) -> str:
    """What the hash of a row must be."""
    return _digest({name: getattr(row, name) for name in _COVERED})


def _digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of everything in the row but its own hash."""
    covered = {
        "district": row["district_id"],
        "number": row["number"],
        "at": row["at"].isoformat(timespec="microseconds"),
        "actor": row["actor"],
        "action": row["action"],
        "subject": row["subject"],
        "facts": row["facts"],
        "previous": row["previous"],
    }
    return hashlib.sha256(canonical_json(covered).encode()).hexdigest()

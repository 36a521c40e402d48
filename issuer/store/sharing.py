"""What the sharing tables are asked. Every question names the district first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from issuer.errors import IssuerError
from issuer.store.session import Session
from issuer.store.share_tables import Consent, Disclosure, ShareTerms
from issuer.store.students import StudentRow
from issuer.store.tables import Award, Credential, Share

MOST_OPEN: Final = 30
"""Shares of one badge that are open at the same time."""
MOST_MADE: Final = 300
"""Shares that were ever made of one badge, by the student and the school, so that a page lists every one."""
SCHOOL: Final = "school"


@dataclass(frozen=True, slots=True)
class Checks:
    """How often a share was opened, and when last."""

    times: int
    last_at: datetime


def count_of_badge(session: Session, district_id: str, credential_id: str) -> int:
    """How many shares were ever made of a badge."""
    asked = select(func.count()).select_from(Share)
    return int(
        session.scalar(asked.where(Share.district_id == district_id, Share.credential_id == credential_id))
        or 0
    )


def of_badge(
    session: Session, district_id: str, credential_id: str, also: Sequence[str] = ()
) -> list[tuple[Share, ShareTerms | None]]:
    """Every share of a badge, the newest first; those that the school made have no terms.

    Args:
        session: A transaction.
        district_id: Whose.
        credential_id: The badge.
        also: Ids of what was derived from it.
    """
    rows = session.execute(
        select(Share, ShareTerms)
        .outerjoin(
            ShareTerms, (ShareTerms.district_id == Share.district_id) & (ShareTerms.share_id == Share.id)
        )
        .where(Share.district_id == district_id, Share.credential_id.in_([credential_id, *also]))
        .order_by(Share.created.desc(), Share.id)
        .limit(MOST_MADE)
    )
    return [(row[0], row[1]) for row in rows]


def shared_by(session: Session, district_id: str, student_id: str, share_id: str) -> str | None:
    """The badge of a share of a student's; None for another's and for none, by one question for both."""
    return session.scalar(
        select(Share.credential_id)
        .join(
            Credential, (Credential.district_id == Share.district_id) & (Credential.id == Share.credential_id)
        )
        .join(
            Award, (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref)
        )
        .where(Share.district_id == district_id, Share.id == share_id, Award.student_id == student_id)
    )


def terms_of(session: Session, district_id: str, share_id: str) -> ShareTerms | None:
    """What a share is for; None of one that the school made."""
    return session.get(ShareTerms, (district_id, share_id))


def open_of_student(session: Session, district_id: str, student_id: str, now: datetime) -> list[Share]:
    """Every share of every badge of a student that opens something."""
    return list(
        session.scalars(
            select(Share)
            .join(
                Credential,
                (Credential.district_id == Share.district_id) & (Credential.id == Share.credential_id),
            )
            .join(
                Award,
                (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref),
            )
            .where(Share.district_id == district_id, Award.student_id == student_id)
            .where(Share.stopped.is_(None), Share.ends.is_(None) | (Share.ends > now))
            .order_by(Share.created, Share.id)
        )
    )


def students_with_open_shares(session: Session, district_id: str, now: datetime) -> list[str]:
    """The number of every student of whom a share opens something."""
    return list(
        session.scalars(
            select(Award.student_id)
            .join(
                Credential,
                (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
            )
            .join(
                Share, (Share.district_id == Credential.district_id) & (Share.credential_id == Credential.id)
            )
            .where(Award.district_id == district_id)
            .where(Share.stopped.is_(None), Share.ends.is_(None) | (Share.ends > now))
            .distinct()
            .order_by(Award.student_id)
        )
    )


def student_of(session: Session, district_id: str, credential_id: str) -> str:
    """Whose badge it is.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.scalar(
        select(Award.student_id)
        .join(
            Credential,
            (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
        )
        .where(Credential.district_id == district_id, Credential.id == credential_id)
    )
    if found is None:
        raise IssuerError("not_found", "there is no such badge")
    return found


def birth_date_of(session: Session, district_id: str, student_id: str) -> str | None:
    """The birth date as the roster has it today, or None."""
    return session.scalar(
        select(StudentRow.birth_date).where(
            StudentRow.district_id == district_id, StudentRow.student_id == student_id
        )
    )


def consents(session: Session, district_id: str, student_id: str) -> list[Consent]:
    """Everything that was agreed or opted out of about a student, the newest first."""
    return list(
        session.scalars(
            select(Consent)
            .where(Consent.district_id == district_id, Consent.student_id == student_id)
            .order_by(Consent.recorded_at.desc(), Consent.id)
        )
    )


def consent(session: Session, district_id: str, student_id: str, consent_id: str) -> Consent:
    """One of them, to be ended.

    Raises:
        IssuerError: `not_found`, also for one that is about another student.
    """
    found = session.get(Consent, (district_id, consent_id), with_for_update=True)
    if found is None or found.student_id != student_id:
        raise IssuerError("not_found", "nothing like that is recorded of this student")
    return found


def count_disclosure(session: Session, row: Disclosure) -> None:
    """Count one more retrieval under a share on a day: the first writes the row, each later adds one."""
    values = {column.name: getattr(row, column.name) for column in Disclosure.__table__.columns}
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(Disclosure) if is_sqlite else postgresql.insert(Disclosure)
    session.execute(
        insert.values(**values).on_conflict_do_update(
            index_elements=["district_id", "share_id", "day"],
            set_={
                "times": Disclosure.times + 1,
                "last_at": func.max(Disclosure.last_at, row.last_at)
                if is_sqlite
                else func.greatest(Disclosure.last_at, row.last_at),
            },
        )
    )


def checks(session: Session, district_id: str, share_ids: Sequence[str]) -> Mapping[str, Checks]:
    """How often each of some shares was opened; those that never were are left out."""
    rows = session.execute(
        select(Disclosure.share_id, func.sum(Disclosure.times), func.max(Disclosure.last_at))
        .where(Disclosure.district_id == district_id, Disclosure.share_id.in_(share_ids))
        .group_by(Disclosure.share_id)
    )
    return {row[0]: Checks(int(row[1]), row[2]) for row in rows}


def disclosures(
    session: Session, district_id: str, credential_ids: Sequence[str], most: int
) -> list[Disclosure]:
    """What was given out of some badges, the newest day first."""
    return list(
        session.scalars(
            select(Disclosure)
            .where(Disclosure.district_id == district_id, Disclosure.credential_id.in_(credential_ids))
            .order_by(Disclosure.day.desc(), Disclosure.share_id)
            .limit(most)
        )
    )

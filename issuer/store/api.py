"""What the programming interface asks its tables. Every question names the district first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from issuer.errors import IssuerError
from issuer.roster import Student
from issuer.store.api_tables import ApiBatch, ApiBatchRow, ApiKey, ApiRequest, ApiToken
from issuer.store.session import Session
from issuer.store.students import StudentRow, as_student
from issuer.store.tables import Achievement, Award, Credential, State, Status


def key(session: Session, district_id: str, key_id: str, *, lock: bool = False) -> ApiKey | None:
    """One key of the district."""
    return session.get(ApiKey, (district_id, key_id), with_for_update=lock or None)


def keys(session: Session, district_id: str) -> Sequence[ApiKey]:
    """Every key that the district ever made, oldest first."""
    return session.scalars(
        select(ApiKey).where(ApiKey.district_id == district_id).order_by(ApiKey.created, ApiKey.id)
    ).all()


def note_used(session: Session, district_id: str, key_id: str, day: str) -> None:
    """Note the day of a key's use."""
    session.execute(
        update(ApiKey).where(ApiKey.district_id == district_id, ApiKey.id == key_id).values(last_day=day)
    )


def token(session: Session, district_id: str, token_hash: bytes) -> ApiToken | None:
    """An access token of the district."""
    return session.get(ApiToken, (district_id, token_hash))


def drop_tokens(session: Session, district_id: str, *, before: datetime, key_id: str = "") -> None:
    """Throw away tokens that have ended, or all of one key."""
    which = ApiToken.key_id == key_id if key_id else ApiToken.ends < before
    session.execute(delete(ApiToken).where(ApiToken.district_id == district_id, which))


def request(session: Session, district_id: str, key_id: str, name_hash: bytes) -> ApiRequest | None:
    """What was asked for under an `Idempotency-Key`."""
    return session.get(ApiRequest, (district_id, key_id, name_hash), populate_existing=True)


def add_request(session: Session, row: ApiRequest) -> bool:
    """Take an `Idempotency-Key`. Whether this call took it; False means that another did just now."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def settle_request(session: Session, row: ApiRequest, status: int, subject: str) -> None:
    """Note that a request was done, and to what it led; what another process noted first stays."""
    session.execute(
        update(ApiRequest)
        .where(
            ApiRequest.district_id == row.district_id,
            ApiRequest.key_id == row.key_id,
            ApiRequest.name_hash == row.name_hash,
            ApiRequest.status.is_(None),
        )
        .values(status=status, subject=subject)
    )


def free_request(session: Session, row: ApiRequest) -> None:
    """Give an `Idempotency-Key` back whose request was refused and did nothing."""
    session.execute(
        delete(ApiRequest).where(
            ApiRequest.district_id == row.district_id,
            ApiRequest.key_id == row.key_id,
            ApiRequest.name_hash == row.name_hash,
            ApiRequest.sha256 == row.sha256,
            ApiRequest.status.is_(None),
        )
    )


def forget_requests(session: Session, district_id: str, *, before: datetime) -> None:
    """Forget what was done long ago."""
    session.execute(
        delete(ApiRequest).where(ApiRequest.district_id == district_id, ApiRequest.asked_at < before)
    )


def students(session: Session, district_id: str, ids: Collection[str]) -> dict[str, Student] | None:
    """Some students by number; None where the district has imported no roster at all."""
    if (
        session.scalars(
            select(StudentRow.student_id).where(StudentRow.district_id == district_id).limit(1)
        ).first()
        is None
    ):
        return None
    rows = session.scalars(
        select(StudentRow).where(StudentRow.district_id == district_id, StudentRow.student_id.in_(ids))
    )
    return {row.student_id: as_student(row) for row in rows}


def issued_before(session: Session, district_id: str, refs: Collection[str]) -> dict[str, str]:
    """Fingerprint by reference of those of some awards that have been signed."""
    rows = session.execute(
        select(Award.award_ref, Award.fingerprint)
        .join(
            Credential,
            (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
        )
        .where(Award.district_id == district_id, Award.award_ref.in_(refs))
        .where(Credential.state.in_([State.SIGNED.value, State.RELEASED.value]))
    )
    return {row.award_ref: row.fingerprint for row in rows}


def batch(session: Session, district_id: str, batch_id: str, *, lock: bool = False) -> ApiBatch:
    """One batch.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.get(ApiBatch, (district_id, batch_id), with_for_update=lock or None)
    if found is None:
        raise IssuerError("not_found", "there is no such batch")
    return found


def batch_or_none(session: Session, district_id: str, batch_id: str) -> ApiBatch | None:
    """One batch, if it was begun."""
    return session.get(ApiBatch, (district_id, batch_id))


def batch_rows(
    session: Session, district_id: str, batch_id: str, *, after: int = 0, most: int = 1_000
) -> Sequence[ApiBatchRow]:
    """What became of the awards of a batch, in their order."""
    return session.scalars(
        select(ApiBatchRow)
        .where(ApiBatchRow.district_id == district_id, ApiBatchRow.batch_id == batch_id)
        .where(ApiBatchRow.row > after)
        .order_by(ApiBatchRow.row)
        .limit(most)
    ).all()


def batch_counts(session: Session, district_id: str, batch_id: str) -> dict[str, int]:
    """How many awards of a batch are in which state."""
    lines = session.execute(
        select(ApiBatchRow.state, func.count().label("number"))
        .where(ApiBatchRow.district_id == district_id, ApiBatchRow.batch_id == batch_id)
        .group_by(ApiBatchRow.state)
    )
    return {line.state: line.number for line in lines}


def put_row(session: Session, row: ApiBatchRow) -> None:
    """Note what became of an award of a batch, in the place of what was noted before."""
    session.merge(row)


@dataclass(frozen=True, slots=True)
class Listed:
    """An award with its credential, as a list shows it."""

    award_ref: str
    student_id: str
    code: str
    facts: dict[str, object]
    credential_id: str
    state: str
    reserved_at: datetime
    valid_until: datetime | None
    revoked_at: datetime | None
    reason: str | None


def awards(
    session: Session,
    district_id: str,
    *,
    after: tuple[datetime, str] | None = None,
    refs: Collection[str] | None = None,
    status: str = "",
    code: str = "",
    most: int,
) -> list[Listed]:
    """Awards in the order in which their credentials were reserved: what comes later stands at the end.

    Args:
        session: For reading.
        district_id: Whose.
        after: The last one that was read: when it was reserved, and its credential's id.
        refs: Only awards under these references.
        status: `active` or `withdrawn` for those alone.
        code: Only awards of this code of the catalogue.
        most: At most so many.
    """
    query = (
        select(
            Award.award_ref,
            Award.student_id,
            Achievement.code,
            Award.facts,
            Credential.id,
            Credential.state,
            Credential.reserved_at,
            Credential.valid_until,
            Status.revoked_at,
            Status.reason,
        )
        .join(
            Credential,
            (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
        )
        .join(
            Achievement,
            (Achievement.district_id == Award.district_id)
            & (Achievement.id == Award.achievement_id)
            & (Achievement.version == Award.achievement_version),
        )
        .outerjoin(
            Status,
            (Status.district_id == Credential.district_id) & (Status.credential_id == Credential.id),
        )
        .where(Award.district_id == district_id)
    )
    if after is not None:
        query = query.where(tuple_(Credential.reserved_at, Credential.id) > after)
    if refs is not None:
        query = query.where(Award.award_ref.in_(refs))
    if status:
        query = query.where(
            Status.credential_id.is_not(None) if status == "withdrawn" else Status.credential_id.is_(None)
        )
    if code:
        query = query.where(Achievement.code == code)
    rows = session.execute(query.order_by(Credential.reserved_at, Credential.id).limit(most))
    return [Listed(*row) for row in rows]

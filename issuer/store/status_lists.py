"""Positions in status lists: handed out once, and the answers that are given at each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, update

from issuer.errors import IssuerError
from issuer.permutation import KEY_BYTES, LIST_SIZE, position
from issuer.store.session import Session
from issuer.store.tables import Credential, District, Status, StatusList

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no letter that can be taken for a digit."""

Entropy = Callable[[int], bytes]
"""A source of random bytes, as `secrets.token_bytes`."""


@dataclass(frozen=True, slots=True)
class Position:
    """One place in one list."""

    list_id: str
    index: int


def random_name(entropy: Entropy, letters: int = 16) -> str:
    """A name that nobody has used and nobody can guess: 5 bits a letter."""
    return "".join(ALPHABET[byte & 31] for byte in entropy(letters))


def reserve(session: Session, district_id: str, *, now: datetime, entropy: Entropy) -> Position:
    """Take a position that was never taken before; a full list is closed and a new one opened.

    The row lock of the counting UPDATE puts writers in line; a unique constraint says it again.
    """
    taken = _take(session, district_id)
    if taken is None:
        # One at a time may open a list, and it looks again first: another may just have opened one.
        session.execute(
            select(District.id).where(District.id == district_id).with_for_update(key_share=True)
        ).one()
        taken = _take(session, district_id)
    if taken is None:
        _open(session, district_id, now=now, entropy=entropy)
        taken = _take(session, district_id)
    if taken is None:
        raise IssuerError("state_conflict", "a status list that was just opened has no position to give")
    if taken.used == taken.size:
        close_open(session, district_id, now=now)
    return Position(taken.id, position(taken.used - 1, taken.permutation_key))


def reserve_some(
    session: Session, district_id: str, count: int, *, now: datetime, entropy: Entropy
) -> list[Position]:
    """As `reserve`, so many positions: as many at once as the open list has left, and never more."""
    found: list[Position] = []
    while len(found) < count:
        left = session.execute(
            select(StatusList.id, StatusList.used, StatusList.size, StatusList.permutation_key)
            .where(StatusList.district_id == district_id, StatusList.closed.is_(None))
            .where(StatusList.used < StatusList.size)
            .with_for_update()
        ).one_or_none()
        # The last position closes the list, and where none is open the other way opens one.
        several = min(count - len(found), left.size - left.used - 1) if left is not None else 0
        if left is None or several < 1:
            found.append(reserve(session, district_id, now=now, entropy=entropy))
            continue
        session.execute(
            update(StatusList)
            .where(StatusList.district_id == district_id, StatusList.id == left.id)
            .values(used=left.used + several)
            .execution_options(synchronize_session=False)
        )
        found += [
            Position(left.id, position(number, left.permutation_key))
            for number in range(left.used, left.used + several)
        ]
    return found


def _take(session: Session, district_id: str) -> Row[str, int, int, bytes] | None:
    """Count one position of the open list as used, if there is an open list."""
    return session.execute(
        update(StatusList)
        .where(StatusList.district_id == district_id, StatusList.closed.is_(None))
        .where(StatusList.used < StatusList.size)
        .values(used=StatusList.used + 1)
        .returning(StatusList.id, StatusList.used, StatusList.size, StatusList.permutation_key)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def _open(session: Session, district_id: str, *, now: datetime, entropy: Entropy) -> None:
    """Open a list under a new random name: a restored backup never reuses an old one's positions."""
    session.add(
        StatusList(
            district_id=district_id,
            id=random_name(entropy),
            purpose="revocation",
            size=LIST_SIZE,
            used=0,
            permutation_key=entropy(KEY_BYTES),
            changes=1,
            opened=now,
            closed=None,
        )
    )
    session.flush()


def close_open(session: Session, district_id: str, *, now: datetime) -> tuple[str, ...]:
    """Hand out no more positions of the lists that are open now; what was handed out stays.

    After a backup was restored this is a must: positions that were handed out after it was made are used,
    though the restored rows do not say so.
    """
    closed = session.scalars(
        update(StatusList)
        .where(StatusList.district_id == district_id, StatusList.closed.is_(None))
        .values(closed=now)
        .returning(StatusList.id)
        .execution_options(synchronize_session=False)
    ).all()
    return tuple(closed)


def count_change(session: Session, district_id: str, list_id: str) -> None:
    """Note, in the transaction that changes an answer, that the published list is behind."""
    session.execute(
        update(StatusList)
        .where(StatusList.district_id == district_id, StatusList.id == list_id)
        .values(changes=StatusList.changes + 1)
        .execution_options(synchronize_session=False)
    )


def all_lists(session: Session, district_id: str) -> Sequence[StatusList]:
    """Every list that the district has opened, oldest first."""
    return session.scalars(
        select(StatusList)
        .where(StatusList.district_id == district_id)
        .order_by(StatusList.opened, StatusList.id)
    ).all()


def one(session: Session, district_id: str, list_id: str) -> StatusList:
    """One list.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.get(StatusList, (district_id, list_id))
    if found is None:
        raise IssuerError("not_found", f"the district has no status list {list_id}")
    return found


FROM_THE_LIST = "restored from the published list"
"""The note of a revocation of which only the bit is known: neither its day nor its reason is told anybody."""


def withdrawals(session: Session, district_id: str, list_id: str) -> Sequence[Row[int, datetime, str, bool]]:
    """Every revocation in one list, by position: `list_index`, `revoked_at`, `reason`, `untold`."""
    return session.execute(
        select(
            Status.list_index,
            Status.revoked_at,
            Status.reason,
            (Status.note == FROM_THE_LIST).label("untold"),
        )
        .where(Status.district_id == district_id, Status.list_id == list_id)
        .order_by(Status.list_index)
    ).all()


def credential_at(session: Session, district_id: str, list_id: str, index: int) -> str | None:
    """The credential whose status is at a position, if the rows know one."""
    return session.scalar(
        select(Credential.id).where(
            Credential.district_id == district_id,
            Credential.list_id == list_id,
            Credential.list_index == index,
        )
    )


def revoked_between(
    session: Session, district_id: str, list_id: str, *, after: datetime, until: datetime
) -> Sequence[datetime]:
    """When each revocation of a list was made that was made after one moment and not after another."""
    return session.scalars(
        select(Status.revoked_at)
        .where(Status.district_id == district_id, Status.list_id == list_id)
        .where(Status.revoked_at > after, Status.revoked_at <= until)
        .order_by(Status.revoked_at)
    ).all()


def first_after(session: Session, district_id: str, list_id: str, after: datetime) -> datetime | None:
    """When the first revocation of a list was made that was made after a moment."""
    return session.scalar(
        select(func.min(Status.revoked_at))
        .where(Status.district_id == district_id, Status.list_id == list_id)
        .where(Status.revoked_at > after)
    )


def is_waiting(
    session: Session, district_id: str, list_id: str, *, after: datetime, before: datetime
) -> bool:
    """Whether a list has a revocation from between two moments."""
    found = session.scalar(
        select(Status.credential_id)
        .where(Status.district_id == district_id, Status.list_id == list_id)
        .where(Status.revoked_at > after, Status.revoked_at < before)
        .limit(1)
    )
    return found is not None

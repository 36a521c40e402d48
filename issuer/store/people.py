"""What the console asks about people, their sessions and links. Every question names the district first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from issuer.errors import IssuerError
from issuer.store.access_tables import (
    AccessPolicy,
    ApprovalRequest,
    Person,
    PersonLink,
    SignInRate,
    SignOnProvider,
    StaffSession,
)
from issuer.store.session import Session


def everybody(session: Session, district_id: str) -> Sequence[Person]:
    """All people of a district, those who are disabled too, by name."""
    return session.scalars(
        select(Person).where(Person.district_id == district_id).order_by(Person.name, Person.id)
    ).all()


def is_anybody(session: Session, district_id: str) -> bool:
    """Whether the district has people at all."""
    found = session.execute(select(Person.id).where(Person.district_id == district_id).limit(1))
    return found.first() is not None


def person(session: Session, district_id: str, person_id: str, *, lock: bool = False) -> Person:
    """One person; with `lock`, nobody else changes them until this transaction ends.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.get(Person, (district_id, person_id), with_for_update=lock or None)
    if found is None:
        raise IssuerError("not_found", "the district has no such person")
    return found


def person_by_email(session: Session, district_id: str, email: str) -> Person | None:
    """The person with an e-mail address, in its normal spelling."""
    return session.scalars(
        select(Person).where(Person.district_id == district_id, Person.email == email)
    ).one_or_none()


def person_by_subject(session: Session, district_id: str, issuer: str, subject: str) -> Person | None:
    """The person whom single sign-on knows under a subject."""
    return session.scalars(
        select(Person).where(
            Person.district_id == district_id,
            Person.sign_on_issuer == issuer,
            Person.sign_on_subject == subject,
        )
    ).one_or_none()


def add_person(session: Session, row: Person) -> bool:
    """Add somebody. False where the district has somebody with this e-mail."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def lock_administrators(session: Session, district_id: str) -> list[str]:
    """The ids of the administrators who are not disabled; nobody else changes them until the end."""
    return list(
        session.scalars(
            select(Person.id)
            .where(
                Person.district_id == district_id, Person.role == "administrator", Person.disabled.is_(None)
            )
            .order_by(Person.id)
            .with_for_update()
        )
    )


def bind_subject(session: Session, district_id: str, person_id: str, issuer: str, subject: str) -> bool:
    """Bind a person to a subject, once. False where they are bound already, or somebody else is to it."""
    try:
        with session.begin_nested():
            bound = session.scalars(
                update(Person)
                .where(
                    Person.district_id == district_id,
                    Person.id == person_id,
                    Person.sign_on_subject.is_(None),
                )
                .values(sign_on_issuer=issuer, sign_on_subject=subject)
                .returning(Person.id)
                .execution_options(synchronize_session=False)
            ).all()
    except IntegrityError:
        return False
    return len(bound) == 1


def use_link(session: Session, district_id: str, token_hash: bytes, now: datetime) -> str | None:
    """Use a link, once: whose it was, or None where it was used, has ended or never was."""
    return session.scalars(
        update(PersonLink)
        .where(
            PersonLink.district_id == district_id,
            PersonLink.token_hash == token_hash,
            PersonLink.used.is_(None),
            PersonLink.ends > now,
        )
        .values(used=now)
        .returning(PersonLink.person_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def live_link(session: Session, district_id: str, token_hash: bytes, now: datetime) -> PersonLink | None:
    """A link that can be used."""
    found = session.get(PersonLink, (district_id, token_hash))
    return found if found is not None and found.used is None and found.ends > now else None


def forget_links(session: Session, district_id: str, person_id: str) -> None:
    """Make every link of a person useless."""
    session.execute(
        delete(PersonLink).where(PersonLink.district_id == district_id, PersonLink.person_id == person_id)
    )


def staff_session(
    session: Session, district_id: str, token_hash: bytes
) -> tuple[StaffSession, Person] | None:
    """A session and its person, whatever has become of either."""
    found = session.execute(
        select(StaffSession, Person)
        .join(
            Person,
            (Person.district_id == StaffSession.district_id) & (Person.id == StaffSession.person_id),
        )
        .where(StaffSession.district_id == district_id, StaffSession.token_hash == token_hash)
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def touch_session(session: Session, district_id: str, token_hash: bytes, now: datetime) -> None:
    """Note that a session was used; one that has ended stays ended."""
    session.execute(
        update(StaffSession)
        .where(
            StaffSession.district_id == district_id,
            StaffSession.token_hash == token_hash,
            StaffSession.ended.is_(None),
        )
        .values(last_seen=now)
        .execution_options(synchronize_session=False)
    )


def end_session(session: Session, district_id: str, token_hash: bytes, now: datetime) -> str | None:
    """End a session: whose it was, or None where it had ended or never was."""
    return session.scalars(
        update(StaffSession)
        .where(
            StaffSession.district_id == district_id,
            StaffSession.token_hash == token_hash,
            StaffSession.ended.is_(None),
        )
        .values(ended=now)
        .returning(StaffSession.person_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def end_sessions(session: Session, district_id: str, person_id: str, now: datetime) -> int:
    """End every session of a person; how many there were."""
    ended = session.scalars(
        update(StaffSession)
        .where(
            StaffSession.district_id == district_id,
            StaffSession.person_id == person_id,
            StaffSession.ended.is_(None),
        )
        .values(ended=now)
        .returning(StaffSession.token_hash)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ended)


def forget_sessions(session: Session, district_id: str, person_id: str, before: datetime, most: int) -> None:
    """Remove a person's sessions that were last seen before a time, and all but the `most` newest."""
    newest = (
        select(StaffSession.token_hash)
        .where(StaffSession.district_id == district_id, StaffSession.person_id == person_id)
        .order_by(StaffSession.created.desc())
        .limit(most)
    )
    session.execute(
        delete(StaffSession)
        .where(StaffSession.district_id == district_id, StaffSession.person_id == person_id)
        .where(or_(StaffSession.last_seen < before, StaffSession.token_hash.not_in(newest)))
        .execution_options(synchronize_session=False)
    )


def rates(session: Session, district_id: str, buckets: Iterable[str]) -> dict[str, SignInRate]:
    """The rows of these buckets, made where there were none, and locked in one order until the end."""
    found = {}
    for bucket in sorted(buckets):
        row = session.get(SignInRate, (district_id, bucket), with_for_update=True)
        if row is None:
            beginning = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
            fresh = SignInRate(
                district_id=district_id, bucket=bucket, failures=0, last=beginning, free_at=beginning
            )
            try:
                with session.begin_nested():
                    session.add(fresh)
            except IntegrityError:  # another attempt made it just now
                session.expire_all()
            row = session.get_one(SignInRate, (district_id, bucket), with_for_update=True)
        found[bucket] = row
    return found


def forget_rates(session: Session, district_id: str, before: datetime) -> None:
    """Remove what was counted before a time."""
    session.execute(
        delete(SignInRate)
        .where(SignInRate.district_id == district_id, SignInRate.last < before)
        .execution_options(synchronize_session=False)
    )


def forget_subjects(session: Session, district_id: str) -> None:
    """Bind nobody to a provider's name for them any more."""
    session.execute(
        update(Person)
        .where(Person.district_id == district_id)
        .values(sign_on_issuer=None, sign_on_subject=None)
        .execution_options(synchronize_session=False)
    )


def provider(session: Session, district_id: str) -> SignOnProvider | None:
    """The district's single sign-on, if it has one."""
    return session.get(SignOnProvider, district_id)


def policy(session: Session, district_id: str) -> AccessPolicy | None:
    """What the district asks for, if it ever said so."""
    return session.get(AccessPolicy, district_id)


def request(session: Session, district_id: str, request_id: str, *, lock: bool = False) -> ApprovalRequest:
    """One request for a second person.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.get(ApprovalRequest, (district_id, request_id), with_for_update=lock or None)
    if found is None:
        raise IssuerError("not_found", "the district has no such request")
    return found


def open_requests(session: Session, district_id: str, now: datetime) -> Sequence[ApprovalRequest]:
    """What waits for a second person, and what was confirmed but is not done; oldest first."""
    waiting = ApprovalRequest.outcome.is_(None) & (ApprovalRequest.ends > now)
    unfinished = (ApprovalRequest.outcome == "confirmed") & ApprovalRequest.done.is_(None)
    return session.scalars(
        select(ApprovalRequest)
        .where(ApprovalRequest.district_id == district_id)
        .where(or_(waiting, unfinished))
        .order_by(ApprovalRequest.asked_at, ApprovalRequest.id)
    ).all()


def settled_requests(session: Session, district_id: str, most: int) -> Sequence[ApprovalRequest]:
    """What was settled last."""
    return session.scalars(
        select(ApprovalRequest)
        .where(ApprovalRequest.district_id == district_id, ApprovalRequest.outcome.is_not(None))
        .order_by(ApprovalRequest.settled_at.desc(), ApprovalRequest.id)
        .limit(most)
    ).all()

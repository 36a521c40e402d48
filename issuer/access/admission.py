"""From whom the district's provider vouches for to a person whom an administrator added."""

from __future__ import annotations

from datetime import datetime

from issuer.access import sessions
from issuer.access.errors import AccessError
from issuer.access.openid import Vouched
from issuer.access.people import Person, normal_email
from issuer.store import access_tables, audit, people
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy


def admit(store: Store, district_id: str, vouched: Vouched, *, now: datetime, entropy: Entropy) -> str:
    """Begin a session for somebody whom single sign-on vouches for; its token.

    The provider's name for them decides. The first time it is not known yet: then a verified e-mail finds the
    person, and they are bound to that name for good. No account is ever made here.

    Raises:
        AccessError: `sign_on_refused`.
    """
    with store.of(district_id).transaction() as session:
        row = people.person_by_subject(session, district_id, vouched.issuer, vouched.subject)
        if row is None:
            row = _by_email(session, district_id, vouched, now)
        if row is None or row.disabled is not None:
            raise AccessError(
                "sign_on_refused",
                "your school account is not set up here, or no longer: ask your district administrator to "
                "add you with the e-mail of your school account",
            )
        return sessions.begin(session, Person.of(row), sessions.SIGN_ON, now=now, entropy=entropy)


def bind(
    store: Store, district_id: str, person_id: str, issuer: str, subject: str, *, now: datetime, actor: str
) -> None:
    """Bind a person to the provider's name for them beforehand, where it vouches for no e-mails.

    Raises:
        AccessError: `person_refused` where either is bound already.
        IssuerError: `not_found`.
    """
    with store.of(district_id).transaction() as session:
        people.person(session, district_id, person_id, lock=True)
        if not people.bind_subject(session, district_id, person_id, issuer, subject):
            raise AccessError(
                "person_refused", "this person, or this subject, is bound already: reset them first"
            )
        _say_bound(session, district_id, person_id, now, actor)


def _by_email(
    session: Session, district_id: str, vouched: Vouched, now: datetime
) -> access_tables.Person | None:
    """The person with the e-mail that the provider has verified, now bound to its name for them."""
    if vouched.email is None:
        return None
    try:
        row = people.person_by_email(session, district_id, normal_email(vouched.email))
    except AccessError:
        return None
    if row is None or row.disabled is not None or row.sign_on_subject is not None:
        return None
    if not people.bind_subject(session, district_id, row.id, vouched.issuer, vouched.subject):
        return None
    _say_bound(session, district_id, row.id, now, f"person:{row.id}")
    return row


def _say_bound(session: Session, district_id: str, person_id: str, now: datetime, actor: str) -> None:
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="person.sign-on-bound",
        subject=person_id,
        facts={},
    )

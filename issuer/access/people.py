"""The people of a district: added by an administrator, given a link to set a password, never removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from issuer.access.errors import AccessError
from issuer.access.passwords import check_new, check_password, hash_password
from issuer.access.roles import NAMES, Permission, Role, may
from issuer.access.tokens import new_token, token_hash
from issuer.store import access_tables, audit, people, queries
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name
from issuer.text import fault_in, length, normal

LINK_LASTS: Final = timedelta(hours=72)
"""From Friday to Monday."""
LONGEST_NAME: Final = 100
LONGEST_EMAIL: Final = 254
MOST_PEOPLE: Final = 2_000
"""People of one district. A page shows them all."""
# The part of RFC 5321 that mail systems agree on; an address that reaches nobody is found by its link.
_EMAIL: Final = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the console.

    Attributes:
        district_id: Their district.
        id: What the audit trail calls them.
        email: In lower case; what they sign in with.
        name: As colleagues see it.
        role: What they may do.
        school: A clerk's school; None for every other role.
        disabled: Whether they may no longer sign in.
        has_password: Whether they have set one.
        has_sign_on: Whether single sign-on knows them.
    """

    district_id: str
    id: str
    email: str
    name: str
    role: Role
    school: str | None
    disabled: bool
    has_password: bool
    has_sign_on: bool

    @classmethod
    def of(cls, row: access_tables.Person) -> Self:
        """What a row says, without its secrets."""
        return cls(
            row.district_id,
            row.id,
            row.email,
            row.name,
            Role(row.role),
            row.school_code,
            row.disabled is not None,
            row.password_hash is not None,
            row.sign_on_subject is not None,
        )

    @property
    def actor(self) -> str:
        """Who the audit trail says did it."""
        return f"person:{self.id}"

    def may(self, permission: Permission) -> bool:
        """Whether their role may do something."""
        return may(self.role, permission)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that sets a password once. It is told once, here, and kept nowhere.

    Attributes:
        person: Whose.
        url: The whole address.
        ends: From when on it does nothing.
    """

    person: Person
    url: str
    ends: datetime


def normal_email(text: str) -> str:
    """The one spelling of an e-mail address.

    Raises:
        AccessError: `person_refused`.
    """
    email = normal(text).lower()
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise AccessError("person_refused", "write the e-mail address as in rosa@example.edu", "email")
    return email


def add(
    store: Store,
    district_id: str,
    *,
    email: str,
    name: str,
    role: Role,
    school: str | None = None,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Link:
    """Add somebody, and make a link with which they set their password.

    Args:
        store: The database.
        district_id: The district.
        email: Any spelling; nobody else in the district has it.
        name: What colleagues call them.
        role: What they may do.
        school: The code of a clerk's school, for a clerk alone.
        now: The time.
        entropy: Random bytes.
        actor: Who adds them.

    Raises:
        AccessError: `person_refused`, naming the field.
    """
    email, name = normal_email(email), normal(name)
    fault = fault_in(name)
    if fault or not 0 < length(name) <= LONGEST_NAME:
        raise AccessError("person_refused", f"the name has {fault or 'no or too many characters'}", "name")
    with store.of(district_id).transaction() as session:
        _check_school(session, district_id, role, school)
        if len(people.everybody(session, district_id)) >= MOST_PEOPLE:
            raise AccessError("person_refused", f"a district has at most {MOST_PEOPLE} people here")
        row = access_tables.Person(
            district_id=district_id,
            id=random_name(entropy),
            email=email,
            name=name,
            role=role.value,
            school_code=school,
            password_hash=None,
            password_set=None,
            sign_on_issuer=None,
            sign_on_subject=None,
            created=now,
            disabled=None,
        )
        if not people.add_person(session, row):
            raise AccessError(
                "person_refused", "somebody has this e-mail already: change their role instead", "email"
            )
        _say(session, row, "person.added", now, actor, role=role.value, school=school)
        return _link(session, row, now, entropy)


def change_role(
    store: Store,
    district_id: str,
    person_id: str,
    *,
    role: Role,
    school: str | None,
    now: datetime,
    actor: str,
) -> Person:
    """Give somebody another role. They are signed out, and sign in again with it.

    Raises:
        AccessError: `person_refused`: it is oneself, the last administrator, or a clerk without a school.
        IssuerError: `not_found`.
    """
    with store.of(district_id).transaction() as session:
        row = _changeable(session, district_id, person_id, actor, keeps=role is Role.ADMINISTRATOR)
        _check_school(session, district_id, role, school)
        if (row.role, row.school_code) != (role.value, school):
            row.role, row.school_code = role.value, school
            session.flush()
            people.end_sessions(session, district_id, person_id, now)
            _say(session, row, "person.role-changed", now, actor, role=role.value, school=school)
        return Person.of(row)


def disable(store: Store, district_id: str, person_id: str, *, now: datetime, actor: str) -> Person:
    """Let somebody sign in no longer, from this moment on.

    Raises:
        AccessError: `person_refused` for oneself and for the last administrator.
        IssuerError: `not_found`.
    """
    with store.of(district_id).transaction() as session:
        row = _changeable(session, district_id, person_id, actor, keeps=False)
        if row.disabled is None:
            row.disabled = now
            session.flush()
            people.end_sessions(session, district_id, person_id, now)
            people.forget_links(session, district_id, person_id)
            _say(session, row, "person.disabled", now, actor)
        return Person.of(row)


def reset(
    store: Store, district_id: str, person_id: str, *, now: datetime, entropy: Entropy, actor: str
) -> Link:
    """Forget how somebody signed in, sign them out, let them in again if disabled, and make them a new link.

    Raises:
        IssuerError: `not_found`.
    """
    with store.of(district_id).transaction() as session:
        row = people.person(session, district_id, person_id, lock=True)
        row.password_hash = row.password_set = row.sign_on_issuer = row.sign_on_subject = None
        row.disabled = None
        session.flush()
        people.end_sessions(session, district_id, person_id, now)
        people.forget_links(session, district_id, person_id)
        _say(session, row, "person.reset", now, actor)
        return _link(session, row, now, entropy)


def whose_link(store: Store, district_id: str, token: str, *, now: datetime) -> Person:
    """Whose a link is, while it can be used.

    Raises:
        AccessError: `link_ended`.
    """
    with store.of(district_id).reading() as session:
        link = people.live_link(session, district_id, token_hash(token), now)
        row = people.person(session, district_id, link.person_id) if link else None
    if row is None or row.disabled is not None:
        raise _link_ended()
    return Person.of(row)


def set_password(store: Store, district_id: str, token: str, password: str, *, now: datetime) -> Person:
    """Set a password with a link, which is used by it. Whoever was signed in as this person is signed out.

    Raises:
        AccessError: `link_ended`; `password_refused`, and the link can still be used.
    """
    person = whose_link(store, district_id, token, now=now)
    _check_password(store, person, password)
    kept = hash_password(password)
    with store.of(district_id).transaction() as session:
        if people.use_link(session, district_id, token_hash(token), now) != person.id:
            raise _link_ended()
        row = people.person(session, district_id, person.id, lock=True)
        if row.disabled is not None:
            raise _link_ended()
        _keep_password(session, row, kept, now, person.actor)
    return person


def change_password(store: Store, person: Person, *, current: str, password: str, now: datetime) -> None:
    """Change one's own password. All sessions end, this one too: whoever has stolen one has it no longer.

    Raises:
        AccessError: `password_refused`, naming the field.
    """
    with store.of(person.district_id).reading() as session:
        before = people.person(session, person.district_id, person.id).password_hash
    if not check_password(before, current):
        raise AccessError("password_refused", "this is not your password now", "current")
    _check_password(store, person, password)
    kept = hash_password(password)
    with store.of(person.district_id).transaction() as session:
        row = people.person(session, person.district_id, person.id, lock=True)
        if row.password_hash != before:
            raise AccessError("password_refused", "your password was just changed elsewhere", "current")
        _keep_password(session, row, kept, now, person.actor)


def everybody(store: Store, district_id: str) -> tuple[Person, ...]:
    """All people of a district, by name."""
    with store.of(district_id).reading() as session:
        return tuple(Person.of(row) for row in people.everybody(session, district_id))


def find(store: Store, district_id: str, person_id: str) -> Person:
    """One person.

    Raises:
        IssuerError: `not_found`.
    """
    with store.of(district_id).reading() as session:
        return Person.of(people.person(session, district_id, person_id))


def _check_password(store: Store, person: Person, password: str) -> None:
    with store.reading() as session:
        district = queries.district(session, person.district_id)
    check_new(password, own_words=(person.name, person.email, district.name))


def _keep_password(session: Session, row: access_tables.Person, kept: str, now: datetime, actor: str) -> None:
    row.password_hash, row.password_set = kept, now
    session.flush()
    people.end_sessions(session, row.district_id, row.id, now)
    people.forget_links(session, row.district_id, row.id)
    _say(session, row, "person.password-set", now, actor)


def _changeable(
    session: Session, district_id: str, person_id: str, actor: str, *, keeps: bool
) -> access_tables.Person:
    """Somebody whose role may change: not oneself, and not the last administrator unless they stay one."""
    administrators = people.lock_administrators(session, district_id)
    row = people.person(session, district_id, person_id, lock=True)
    if actor == f"person:{person_id}":
        raise AccessError("person_refused", "another administrator changes your own role", "role")
    if not keeps and administrators == [person_id]:
        raise AccessError(
            "person_refused",
            "this is the last administrator: make somebody else one first, or nobody can add people",
            "role",
        )
    return row


def _check_school(session: Session, district_id: str, role: Role, school: str | None) -> None:
    if (role is Role.CLERK) != (school is not None):
        raise AccessError(
            "person_refused",
            "choose the clerk's school" if role is Role.CLERK else f"{NAMES[role]}: leave the school out",
            "school",
        )
    if school is not None and school not in queries.schools(session, district_id):
        raise AccessError("person_refused", "the district has no school with this code", "school")


def _link(session: Session, row: access_tables.Person, now: datetime, entropy: Entropy) -> Link:
    token, ends = new_token(entropy), now + LINK_LASTS
    session.add(
        access_tables.PersonLink(
            district_id=row.district_id,
            token_hash=token_hash(token),
            person_id=row.id,
            created=now,
            ends=ends,
            used=None,
        )
    )
    session.flush()
    origin = queries.district(session, row.district_id).origin
    return Link(Person.of(row), f"{origin}/staff/password/{token}", ends)


def _link_ended() -> AccessError:
    return AccessError(
        "link_ended", "this link was used before or is too old: ask your administrator for a new one"
    )


def _say(
    session: Session,
    row: access_tables.Person,
    action: str,
    now: datetime,
    actor: str,
    **facts: str | None,
) -> None:
    audit.record(session, row.district_id, at=now, actor=actor, action=action, subject=row.id, facts=facts)

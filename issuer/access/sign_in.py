"""Sign in with e-mail and password."""

from __future__ import annotations

from datetime import datetime

from issuer.access import attempts, sessions
from issuer.access.errors import AccessError
from issuer.access.passwords import LONGEST, check_password, hash_password, is_outdated
from issuer.access.people import LONGEST_EMAIL, Person, normal_email
from issuer.store import audit, people
from issuer.store.session import Store
from issuer.store.status_lists import Entropy


def sign_in(
    store: Store,
    district_id: str,
    *,
    email: str,
    password: str,
    address: str,
    now: datetime,
    entropy: Entropy,
) -> str:
    """Begin a session for somebody who knows their password; its token.

    One answer for an unknown e-mail, a wrong password, no password and a disabled person, after the same
    work.

    Args:
        store: The database.
        district_id: The district whose console this is.
        email: As typed.
        password: As typed.
        address: The network address that it comes from.
        now: The time.
        entropy: Random bytes.

    Raises:
        AccessError: `sign_in_refused`, `sign_in_slowed`, `sign_in_busy`.
    """
    store = store.of(district_id)
    try:
        spelled = normal_email(email[: LONGEST_EMAIL + 1])
    except AccessError:
        spelled = ""  # nobody's, and counted together
    attempts.take(store, district_id, spelled, address, now=now)
    with store.reading() as session:
        row = people.person_by_email(session, district_id, spelled)
    kept = row.password_hash if row is not None and row.disabled is None else None
    fits = check_password(kept, password)
    if row is None or not fits or kept is None:
        if row is not None:
            _say_failed(store, district_id, row.id, "disabled" if row.disabled else "password", now)
        raise _refused()
    renewed = hash_password(password) if is_outdated(kept) and len(password) <= LONGEST else None
    with store.transaction() as session:
        current = people.person(session, district_id, row.id, lock=True)
        if current.disabled is not None or current.password_hash != kept:
            raise _refused()  # changed while we looked
        if renewed is not None:
            current.password_hash = renewed
            session.flush()
        attempts.succeeded(session, district_id, spelled, address)
        return sessions.begin(session, Person.of(current), sessions.PASSWORD, now=now, entropy=entropy)


def _say_failed(store: Store, district_id: str, person_id: str, why: str, now: datetime) -> None:
    """Record it at the person whom it was about. What nobody is known by is only counted."""
    with store.transaction() as session:
        audit.record(
            session,
            district_id,
            at=now,
            actor="sign-in",
            action="sign-in.failed",
            subject=person_id,
            facts={"why": why},
        )


def _refused() -> AccessError:
    return AccessError(
        "sign_in_refused",
        "the e-mail or the password is not right: check both, or ask your administrator for a new link",
    )

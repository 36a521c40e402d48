"""What the issuer asks its tables. Every question names the district first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from issuer.errors import IssuerError
from issuer.store.session import Session
from issuer.store.tables import (
    Achievement,
    Award,
    Credential,
    District,
    Edition,
    School,
    Secured,
    Share,
    SigningKey,
    State,
    Status,
)


def districts(session: Session) -> Sequence[District]:
    """Every district of this store, by id."""
    return session.scalars(select(District).order_by(District.id)).all()


def district(session: Session, district_id: str) -> District:
    """One district.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.get(District, district_id)
    if found is None:
        raise IssuerError("not_found", f"there is no district {district_id!r}: run `cairn init`")
    return found


def district_or_none(session: Session, district_id: str) -> District | None:
    """One district, if there is one under this name."""
    return session.get(District, district_id)


def district_at(session: Session, authority: str) -> District | None:
    """The district that publishes at a host, or at `HOST:PORT`."""
    origins = (f"https://{authority}", f"http://{authority}")
    return session.scalars(select(District).where(District.origin.in_(origins))).first()


def edition(session: Session, district_id: str) -> Edition | None:
    """The newest edition of the catalogue that the district took."""
    return session.scalars(
        select(Edition).where(Edition.district_id == district_id).order_by(Edition.number.desc()).limit(1)
    ).one_or_none()


def schools(session: Session, district_id: str) -> dict[str, str]:
    """The district's schools: code to name."""
    rows = session.scalars(select(School).where(School.district_id == district_id).order_by(School.code))
    return {row.code: row.name for row in rows}


def achievements(session: Session, district_id: str) -> Sequence[Achievement]:
    """The newest version of everything that the district can award, by id."""
    newest = (
        select(Achievement.id, func.max(Achievement.version).label("version"))
        .where(Achievement.district_id == district_id)
        .group_by(Achievement.id)
        .subquery()
    )
    return session.scalars(
        select(Achievement)
        .join(newest, (Achievement.id == newest.c.id) & (Achievement.version == newest.c.version))
        .where(Achievement.district_id == district_id)
        .order_by(Achievement.id)
    ).all()


def achievement(
    session: Session, district_id: str, achievement_id: str, *, version: int | None = None
) -> Achievement | None:
    """One version of an achievement, or its newest."""
    wanted = select(Achievement).where(
        Achievement.district_id == district_id, Achievement.id == achievement_id
    )
    if version is not None:
        wanted = wanted.where(Achievement.version == version)
    return session.scalars(wanted.order_by(Achievement.version.desc()).limit(1)).one_or_none()


def award(session: Session, district_id: str, award_ref: str, *, lock: bool = False) -> Award | None:
    """The award under one reference; with `lock`, nobody else changes it until this transaction ends."""
    return session.get(Award, (district_id, award_ref), with_for_update=lock or None)


def add_award(session: Session, row: Award) -> bool:
    """Take a reference for an award. Whether this call took it; False means that another did just now."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def credential(session: Session, district_id: str, credential_id: str, *, lock: bool = False) -> Credential:
    """One credential; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.get(Credential, (district_id, credential_id), with_for_update=lock or None)
    if found is None:
        raise IssuerError("not_found", f"the district has no credential {credential_id}")
    return found


def credential_of_award(session: Session, district_id: str, award_ref: str) -> Credential | None:
    """The credential that an award led to."""
    return session.scalars(
        select(Credential).where(Credential.district_id == district_id, Credential.award_ref == award_ref)
    ).one_or_none()


def issued_before(session: Session, district_id: str) -> dict[str, str]:
    """Fingerprint by award reference of everything that has been signed."""
    rows = session.execute(
        select(Award.award_ref, Award.fingerprint)
        .join(
            Credential,
            (Credential.district_id == Award.district_id) & (Credential.award_ref == Award.award_ref),
        )
        .where(Award.district_id == district_id)
        .where(Credential.state.in_([State.SIGNED.value, State.RELEASED.value]))
    )
    return {row.award_ref: row.fingerprint for row in rows}


def signed_ids(session: Session, district_id: str) -> list[str]:
    """Every credential that has been signed, in the order of their reservation."""
    rows = session.scalars(
        select(Credential.id)
        .where(Credential.district_id == district_id)
        .where(Credential.state.in_([State.SIGNED.value, State.RELEASED.value]))
        .order_by(Credential.reserved_at, Credential.id)
    )
    return list(rows)


def codes_of(session: Session, district_id: str, credential_ids: Sequence[str]) -> dict[str, str]:
    """The catalogue's code of what each credential was given for."""
    rows = session.execute(
        select(Credential.id, Achievement.code)
        .join(
            Award, (Award.district_id == Credential.district_id) & (Award.award_ref == Credential.award_ref)
        )
        .join(
            Achievement,
            (Achievement.district_id == Award.district_id)
            & (Achievement.id == Award.achievement_id)
            & (Achievement.version == Award.achievement_version),
        )
        .where(Credential.district_id == district_id, Credential.id.in_(credential_ids))
    )
    return {row.id: row.code for row in rows}


def unfinished(session: Session, district_id: str) -> Sequence[Credential]:
    """Credentials whose bytes are recorded and whose signature is not."""
    return session.scalars(
        select(Credential)
        .where(Credential.district_id == district_id, Credential.state == State.PREPARED)
        .order_by(Credential.reserved_at, Credential.id)
    ).all()


def advance(
    session: Session, row: Credential, before: State, **changes: str | bytes | datetime | None
) -> bool:
    """Move a credential on, if it is still where the caller saw it.

    Returns:
        Whether this call moved it. False means that somebody else was first.
    """
    moved = session.execute(
        update(Credential)
        .where(Credential.district_id == row.district_id, Credential.id == row.id)
        .where(Credential.state == before)
        .values(**changes)
        .returning(Credential.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return moved is not None


def secured(session: Session, district_id: str, credential_id: str) -> dict[str, Secured]:
    """What is given out for a credential now: for each form the newest."""
    rows = session.scalars(
        select(Secured)
        .where(Secured.district_id == district_id, Secured.credential_id == credential_id)
        .order_by(Secured.form, Secured.number)
    )
    return {row.form: row for row in rows}


def status(session: Session, district_id: str, credential_id: str) -> Status | None:
    """The revocation of a credential, if it was revoked."""
    return session.get(Status, (district_id, credential_id))


def signing_keys(session: Session, district_id: str) -> Sequence[SigningKey]:
    """Every key of the district, oldest first."""
    return session.scalars(
        select(SigningKey)
        .where(SigningKey.district_id == district_id)
        .order_by(SigningKey.created, SigningKey.id)
    ).all()


def add_signing_key(session: Session, row: SigningKey) -> bool:
    """Make a key the district's. False where any district of this store has it already.

    The constraint answers, not a query: one district's rows are all that a query can see.
    """
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def check_key_in_use(session: Session, district_id: str, key_id: str) -> None:
    """Refuse a signature by a key that the DID document does not show as usable.

    It belongs into the transaction that records the signature: a key may end while it signs.

    Raises:
        IssuerError: `key_not_usable`.
    """
    row = session.get(SigningKey, (district_id, key_id), with_for_update={"read": True})
    if row is None or row.retired is not None or row.compromised_since is not None:
        raise IssuerError("key_not_usable", f"{key_id} is not a key in use: see `cairn keys list`")


@dataclass(frozen=True, slots=True)
class Signed:
    """A credential that a key has signed, and when."""

    credential_id: str
    form: str
    number: int
    signed_at: datetime


def live_under_key(session: Session, district_id: str, key_id: str, *, now: datetime) -> list[Signed]:
    """What this key signed and what still lives: not revoked, not over, not signed anew by another key."""
    rows = session.execute(
        _live_under_key(district_id, key_id, now).order_by(
            Secured.signed_at, Secured.credential_id, Secured.form
        )
    )
    return [Signed(*row) for row in rows]


def is_live_under_key(session: Session, district_id: str, key_id: str, *, now: datetime) -> bool:
    """Whether anything that this key signed still lives; found at the first, however much it signed."""
    return session.execute(_live_under_key(district_id, key_id, now).limit(1)).first() is not None


def _live_under_key(district_id: str, key_id: str, now: datetime) -> Select[str, str, int, datetime]:
    later = aliased(Secured)
    return (
        select(Secured.credential_id, Secured.form, Secured.number, Secured.signed_at)
        .join(
            Credential,
            (Credential.district_id == Secured.district_id) & (Credential.id == Secured.credential_id),
        )
        .outerjoin(
            Status,
            (Status.district_id == Secured.district_id) & (Status.credential_id == Secured.credential_id),
        )
        .where(Secured.district_id == district_id, Secured.key_id == key_id)
        .where(
            ~exists().where(
                later.district_id == Secured.district_id,
                later.credential_id == Secured.credential_id,
                later.form == Secured.form,
                later.number > Secured.number,
            )
        )
        .where(Status.credential_id.is_(None))
        .where(Credential.valid_until.is_(None) | (Credential.valid_until > now))
    )


def share(session: Session, district_id: str, share_id: str, *, lock: bool = False) -> Share:
    """One share.

    Raises:
        IssuerError: `not_found`.
    """
    found = session.get(Share, (district_id, share_id), with_for_update=lock or None)
    if found is None:
        raise IssuerError("not_found", f"the district has no share {share_id}")
    return found


def share_by_token(session: Session, district_id: str, token_hash: bytes) -> Share | None:
    """The share that a link's token opens."""
    return session.scalars(
        select(Share).where(Share.district_id == district_id, Share.token_hash == token_hash)
    ).one_or_none()


def share_by_code(session: Session, district_id: str, code_hash: bytes) -> Share | None:
    """The share that a code opens."""
    return session.scalars(
        select(Share).where(Share.district_id == district_id, Share.code_hash == code_hash)
    ).one_or_none()

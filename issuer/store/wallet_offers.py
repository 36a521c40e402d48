"""Offers to wallets and the nonces that were used. Every secret is a hash; each is taken once, by one UPDATE.

Whoever changes a row names the state in which it must be; of two at once, one finds it so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    UniqueConstraint,
    delete,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.session import Session
from issuer.store.tables import Base


class WalletOffer(Base):
    """One badge, offered to the wallet that brings the code; once a key was shown, for that key alone."""

    __tablename__ = "wallet_offer"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "credential_id"], ["credential.district_id", "credential.id"]),
        UniqueConstraint("district_id", "code_hash"),
        UniqueConstraint("district_id", "reference_hash"),
        UniqueConstraint("district_id", "token_hash"),
        CheckConstraint("tries >= 0", name="tries_counted"),
        CheckConstraint("(redeemed IS NULL) = (token_ends IS NULL)", name="redeemed_has_token"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str]
    code_hash: Mapped[bytes]
    reference_hash: Mapped[bytes]
    tx_hash: Mapped[bytes | None]
    tries: Mapped[int]
    created: Mapped[datetime]
    ends: Mapped[datetime]
    redeemed: Mapped[datetime | None]
    token_hash: Mapped[bytes | None]
    token_ends: Mapped[datetime | None]
    holder: Mapped[str | None]
    configuration: Mapped[str | None]
    waits: Mapped[bool]
    event: Mapped[str | None]


class WalletNonce(Base):
    """A nonce that was used. It is forgotten once it would be refused for its age."""

    __tablename__ = "wallet_nonce"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    nonce_hash: Mapped[bytes] = mapped_column(primary_key=True)
    ends: Mapped[datetime]


def by_code(session: Session, district_id: str, code_hash: bytes) -> WalletOffer | None:
    """The offer that a pre-authorized code opens."""
    return session.scalars(
        select(WalletOffer).where(WalletOffer.district_id == district_id, WalletOffer.code_hash == code_hash)
    ).one_or_none()


def by_reference(session: Session, district_id: str, reference_hash: bytes) -> WalletOffer | None:
    """The offer that an address names."""
    return session.scalars(
        select(WalletOffer).where(
            WalletOffer.district_id == district_id, WalletOffer.reference_hash == reference_hash
        )
    ).one_or_none()


def by_token(session: Session, district_id: str, token_hash: bytes) -> WalletOffer | None:
    """The offer for which a token was given."""
    return session.scalars(
        select(WalletOffer).where(
            WalletOffer.district_id == district_id, WalletOffer.token_hash == token_hash
        )
    ).one_or_none()


def count_try(session: Session, row: WalletOffer, most: int) -> bool:
    """Count one try of a transaction code, before it is looked at; False where there are none left."""
    return _changed(session, row, WalletOffer.tries < most, tries=WalletOffer.tries + 1)


def redeem(session: Session, row: WalletOffer, *, now: datetime, token_hash: bytes, ends: datetime) -> bool:
    """Take the code, once. Whether this call took it."""
    return _changed(
        session,
        row,
        WalletOffer.redeemed.is_(None) & (WalletOffer.ends > now),
        redeemed=now,
        token_hash=token_hash,
        token_ends=ends,
    )


def bind(session: Session, row: WalletOffer, holder: str, configuration: str) -> bool:
    """Bind an offer to the first key that is shown; a second key, or another form, is refused."""
    return _changed(
        session,
        row,
        WalletOffer.holder.is_(None)
        | ((WalletOffer.holder == holder) & (WalletOffer.configuration == configuration)),
        holder=holder,
        configuration=configuration,
    )


def wait(session: Session, row: WalletOffer, *, waits: bool) -> bool:
    """Note that a credential is made later, or that it was given out now. Whether this call changed it."""
    return _changed(session, row, WalletOffer.waits.is_(not waits), waits=waits)


def report(session: Session, row: WalletOffer, event: str) -> bool:
    """Note what a wallet says became of its credential. Whether that is news."""
    return _changed(session, row, WalletOffer.event.is_(None) | (WalletOffer.event != event), event=event)


def end_others(session: Session, district_id: str, credential_id: str, *, now: datetime) -> None:
    """End the offers of a badge that nobody has taken: a new one takes their place."""
    session.execute(
        update(WalletOffer)
        .where(WalletOffer.district_id == district_id, WalletOffer.credential_id == credential_id)
        .where(WalletOffer.redeemed.is_(None), WalletOffer.ends > now)
        .values(ends=now)
        .execution_options(synchronize_session=False)
    )


def spend_nonce(
    session: Session, district_id: str, nonce_hash: bytes, *, ends: datetime, now: datetime
) -> bool:
    """Take a nonce, once. Whether this call took it. What is past its end is forgotten on the way."""
    session.execute(
        delete(WalletNonce).where(WalletNonce.district_id == district_id, WalletNonce.ends <= now)
    )
    try:
        with session.begin_nested():
            session.add(WalletNonce(district_id=district_id, nonce_hash=nonce_hash, ends=ends))
    except IntegrityError:
        return False
    return True


def _changed(session: Session, row: WalletOffer, condition: Any, **values: Any) -> bool:
    """One UPDATE that says in which state the row must be."""
    found = session.execute(
        update(WalletOffer)
        .where(WalletOffer.district_id == row.district_id, WalletOffer.id == row.id, condition)
        .values(**values)
        .returning(WalletOffer.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return found is not None

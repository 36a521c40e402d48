"""Offer a badge to a wallet: a link, six digits, and what the link leads to (OpenID4VCI 1.0, 4).

What comes after, from the code to the badge, is `issuer.into_wallets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from issuer.derived import check_stands
from issuer.errors import IssuerError
from issuer.store import audit, queries, wallet_offers
from issuer.store.columns import checked_time
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name
from issuer.store.tables import Credential, District
from issuer.store.wallet_offers import WalletOffer
from issuer.wallet import offers
from issuer.wallet.metadata import JWT, LDP, configuration_id


@dataclass(frozen=True, slots=True)
class NewOffer:
    """An offer that was just made. Its secrets are told once, here, and kept nowhere.

    Attributes:
        offer_id: For the records.
        link: `openid-credential-offer://`, by reference: for the QR code and the button.
        by_value: The same with the offer inside, for wallets that fetch nothing.
        tx_code: Six digits to be typed, or None. Not in either link.
        ends: When the offer is over.
    """

    offer_id: str
    link: str
    by_value: str
    tx_code: str | None
    ends: datetime


def make_offer(
    store: Store,
    district_id: str,
    credential_id: str,
    *,
    now: datetime,
    entropy: Entropy,
    actor: str,
    with_tx_code: bool = True,
    lifetime: timedelta = offers.OFFER_LIFETIME,
    jwt: bool = False,
) -> NewOffer:
    """Offer a badge to a wallet. An earlier offer of it that nobody has taken ends now.

    Args:
        store: The database.
        district_id: Whose badge.
        credential_id: Which.
        now: The time.
        entropy: Random bytes.
        actor: Who offers it: the student, or the school on the student's word.
        with_tx_code: Whether six digits must be typed besides, so that a photo of the QR code is no badge.
        lifetime: How long it stands, at most `offers.LONGEST_OFFER`.
        jwt: Whether it may be taken as a JWT too.

    Raises:
        IssuerError: `not_found`; `not_signed`; `state_conflict` for a badge that is withdrawn or over;
            `bad_time`.
    """
    if not timedelta(0) < lifetime <= offers.LONGEST_OFFER:
        raise IssuerError("bad_time", "an offer stands for at most 24 hours: give fewer")
    reference = offers.new_reference(entropy(20))
    code, offer_id = offers.code_of(reference), random_name(entropy)
    typed = offers.tx_code(entropy(8)) if with_tx_code else None
    ends = checked_time(now + lifetime)
    with store.transaction() as session:
        district = queries.district(session, district_id)
        row = queries.credential(session, district_id, credential_id, lock=True)
        check_stands(session, row, now)
        wallet_offers.end_others(session, district_id, credential_id, now=now)
        session.add(
            WalletOffer(
                district_id=district_id,
                id=offer_id,
                credential_id=credential_id,
                code_hash=offers.secret_hash(code),
                reference_hash=offers.secret_hash(reference),
                tx_hash=typed and offers.tx_hash(typed, offer_id, district.code_salt),
                tries=0,
                created=now,
                ends=ends,
                waits=False,
            )
        )
        note(session, district_id, "wallet.offered", credential_id, offer_id, now=now, actor=actor)
        value = _offer(session, row, district, code, asks=typed is not None, jwt=jwt)
    return NewOffer(
        offer_id,
        offers.link_by_reference(district.origin, reference),
        offers.link_by_value(value),
        typed,
        ends,
    )


def referred_offer(
    store: Store, district: District, reference: str, *, now: datetime, jwt: bool
) -> dict[str, Any]:
    """The offer that an address names (OpenID4VCI 1.0, 4.1.3).

    Raises:
        IssuerError: `not_found` for one that never was, is over or was taken: one answer.
    """
    with store.reading() as session:
        row = wallet_offers.by_reference(session, district.id, offers.secret_hash(reference))
        if row is None or row.ends <= now or row.redeemed is not None or row.tries >= offers.MOST_TRIES:
            raise IssuerError("not_found", "there is no such offer, or no longer: make a new one")
        badge = queries.credential(session, district.id, row.credential_id)
        return _offer(
            session, badge, district, offers.code_of(reference), asks=row.tx_hash is not None, jwt=jwt
        )


def _offer(
    session: Session, badge: Credential, district: District, code: str, *, asks: bool, jwt: bool
) -> dict[str, Any]:
    achievement = achievement_of(session, badge)
    forms = (LDP, JWT) if jwt else (LDP,)
    named = [configuration_id(achievement, form) for form in forms]
    return offers.offer(district.origin, named, code, with_tx_code=asks)


def achievement_of(session: Session, badge: Credential) -> str:
    """What a badge is given for: by this its configurations are named.

    Raises:
        IssuerError: `state_conflict`.
    """
    award = queries.award(session, badge.district_id, badge.award_ref)
    if award is None:
        raise IssuerError("state_conflict", f"{badge.id} has no award")
    return award.achievement_id


def note(
    session: Session,
    district_id: str,
    action: str,
    credential_id: str,
    offer_id: str,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Note a step of an offer in the audit: ids alone."""
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action=action,
        subject=credential_id,
        facts={"offer": offer_id},
    )

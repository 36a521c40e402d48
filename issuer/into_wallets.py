"""Put a badge that was offered into a wallet: a token for its code, a copy bound to the wallet's key.

What the wallet gets is a derived credential (`derived.py`): the same award under an id and a status position
of its own, which falls with the original. An offer makes one copy, for the first key that is shown.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from issuer.derivation import Derivation
from issuer.derived import derive
from issuer.errors import IssuerError
from issuer.prepare import PrepareRefused
from issuer.store import queries, wallet_offers
from issuer.store.derived import WALLET
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import Credential, District
from issuer.store.wallet_offers import WalletOffer
from issuer.wallet import nonces, offers
from issuer.wallet.metadata import JWT, LDP, configuration_id
from issuer.wallet.proofs import read_proofs
from issuer.wallet.refusal import WalletRefused
from issuer.wallet_offering import achievement_of, note
from keys.signer import Signer

INTERVAL: Final = 5
"""Seconds after which a wallet asks again for a credential that is made later."""
EVENTS: Final = frozenset({"credential_accepted", "credential_failure", "credential_deleted"})
ACTOR: Final = "wallet"
_LATER: Final = frozenset({"key_not_usable", "database_busy", "publish_contended"})
"""What passes by itself, or when somebody opens the key: the wallet is told to come again."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a credential request is answered: a credential, or that it is made later.

    Attributes:
        form: `LDP` or `JWT`.
        body: The stored bytes; None where it is made later.
        notification_id: What the wallet reports under.
        transaction_id: What it asks again with; None where there is a body.
    """

    form: str
    body: bytes | None
    notification_id: str
    transaction_id: str | None


def give_token(
    store: Store, district: District, code: str, typed: str | None, *, now: datetime, entropy: Entropy
) -> str:
    """Take a pre-authorized code, once, and give a token for it (OpenID4VCI 1.0, 6).

    Every try of a transaction code is counted before it is looked at, so that no number of requests at once
    has more than `offers.MOST_TRIES`.

    Raises:
        WalletRefused: `invalid_grant`, in the same words for a code that never was, is over, was taken or
            came with the wrong digits; `invalid_request` where digits are missing or none were asked for.
    """
    with store.reading() as session:
        row = wallet_offers.by_code(session, district.id, offers.secret_hash(code))
    hashed = offers.tx_hash(typed, row.id if row else "", district.code_salt) if typed is not None else None
    if row is None or row.ends <= now or row.redeemed is not None:
        raise _no_grant()
    if row.tx_hash is not None and hashed is None:
        raise WalletRefused("invalid_request", "this offer needs its tx_code")
    if row.tx_hash is None and hashed is not None:
        raise WalletRefused("invalid_request", "this offer has no tx_code: send none")
    if row.tx_hash is not None:
        fits = hmac.compare_digest(hashed or b"", row.tx_hash)
        with store.transaction() as session:
            counted = wallet_offers.count_try(session, row, offers.MOST_TRIES)
            if counted and not fits:
                note(
                    session, district.id, "wallet.code_wrong", row.credential_id, row.id, now=now, actor=ACTOR
                )
        if not (counted and fits):
            raise _no_grant()
    token = offers.access_token(entropy(32))
    with store.transaction() as session:
        taken = wallet_offers.redeem(
            session,
            row,
            now=now,
            token_hash=offers.secret_hash(token),
            ends=now + offers.TOKEN_LIFETIME,
        )
        if taken:
            note(session, district.id, "wallet.redeemed", row.credential_id, row.id, now=now, actor=ACTOR)
    if not taken:
        raise _no_grant()
    return token


def new_nonce(district: District, *, now: datetime, entropy: Entropy) -> str:
    """A nonce for a proof (OpenID4VCI 1.0, 7)."""
    return nonces.new_nonce(district.code_salt, entropy(nonces.RANDOM_BYTES), now)


def give_credential(
    store: Store,
    district: District,
    token: str,
    asked: dict[str, Any],
    *,
    signer_of: Callable[[str], Signer] | None,
    now: datetime,
    entropy: Entropy,
    jwt: bool,
) -> Given:
    """Answer a credential request (OpenID4VCI 1.0, 8).

    In this order: the token, the request, the proof with its nonce, the key that the offer is bound to, and
    only then a copy is made and signed.

    Raises:
        WalletRefused: The codes of 8.3.1; `invalid_token`.
    """
    row, badge = _granted(store, district, token, now)
    form = _form_asked(store, badge, asked, jwt=jwt)
    if "credential_response_encryption" in asked:
        raise WalletRefused("invalid_encryption_parameters", "answers are not encrypted here")
    proven = read_proofs(asked.get("proofs"), issuer=district.origin, now=now)
    ends = nonces.ends_at(district.code_salt, proven.nonce, now)
    if ends is None:
        raise _stale()
    with store.transaction() as session:
        fresh = wallet_offers.spend_nonce(
            session, district.id, offers.secret_hash(proven.nonce), ends=ends, now=now
        )
        bound = fresh and wallet_offers.bind(session, row, proven.holder, form)
    if not fresh:
        raise _stale()
    if not bound:
        raise WalletRefused(
            "credential_request_denied", "this offer was used with another key or form: ask for a new offer"
        )
    body = _made(
        store, district, badge.id, proven.holder, form, signer_of=signer_of, now=now, entropy=entropy
    )
    with store.transaction() as session:
        wallet_offers.wait(session, row, waits=body is None)
    later = offers.transaction_id(token) if body is None else None
    return Given(form, body, offers.notification_id(token), later)


def give_deferred(
    store: Store,
    district: District,
    token: str,
    transaction: str,
    *,
    signer_of: Callable[[str], Signer] | None,
    now: datetime,
    entropy: Entropy,
) -> Given:
    """Answer a deferred credential request (OpenID4VCI 1.0, 9): once the credential is given out, no more.

    Raises:
        WalletRefused: `invalid_transaction_id`, `credential_request_denied`, `invalid_token`.
    """
    row, badge = _granted(store, district, token, now)
    if not offers.same(transaction, offers.transaction_id(token)) or not row.waits or row.holder is None:
        raise WalletRefused("invalid_transaction_id", "nothing waits under this transaction_id")
    form = row.configuration or LDP
    body = _made(store, district, badge.id, row.holder, form, signer_of=signer_of, now=now, entropy=entropy)
    if body is None:
        return Given(form, None, offers.notification_id(token), transaction)
    with store.transaction() as session:
        first = wallet_offers.wait(session, row, waits=False)
    if not first:
        raise WalletRefused("invalid_transaction_id", "nothing waits under this transaction_id")
    return Given(form, body, offers.notification_id(token), None)


def take_notice(
    store: Store, district: District, token: str, named: str, event: str, *, now: datetime
) -> None:
    """Note what became of a credential in its wallet (OpenID4VCI 1.0, 11). The same again changes nothing.

    Raises:
        WalletRefused: `invalid_notification_id`, `invalid_notification_request`, `invalid_token`.
    """
    row, badge = _granted(store, district, token, now)
    if event not in EVENTS:
        raise WalletRefused("invalid_notification_request", "event is one of the three of the text")
    if row.holder is None or not offers.same(named, offers.notification_id(token)):
        raise WalletRefused("invalid_notification_id", "no credential was given out under this id")
    with store.transaction() as session:
        if wallet_offers.report(session, row, event):
            action = "wallet." + event.removeprefix("credential_")
            note(session, district.id, action, badge.id, row.id, now=now, actor=ACTOR)


def _granted(store: Store, district: District, token: str, now: datetime) -> tuple[WalletOffer, Credential]:
    """What a token was given for."""
    with store.reading() as session:
        row = wallet_offers.by_token(session, district.id, offers.secret_hash(token))
        if row is None or row.token_ends is None or row.token_ends <= now:
            raise WalletRefused("invalid_token", "the token is unknown or over: ask for a new offer")
        return row, queries.credential(session, district.id, row.credential_id)


def _form_asked(store: Store, badge: Credential, asked: dict[str, Any], *, jwt: bool) -> str:
    """Which form is asked for, if it is one that was offered."""
    if "credential_identifier" in asked and "credential_configuration_id" in asked:
        raise WalletRefused("invalid_credential_request", "send one of the two ways to name a credential")
    if "credential_identifier" in asked:
        raise WalletRefused(
            "unknown_credential_identifier", "no identifiers were given: send credential_configuration_id"
        )
    named = asked.get("credential_configuration_id")
    if not isinstance(named, str):
        raise WalletRefused("invalid_credential_request", "send credential_configuration_id, one text")
    with store.reading() as session:
        achievement = achievement_of(session, badge)
    for form in (LDP, JWT) if jwt else (LDP,):
        if named == configuration_id(achievement, form):
            return form
    raise WalletRefused("unknown_credential_configuration", "the offer names no such configuration")


def _made(
    store: Store,
    district: District,
    credential_id: str,
    holder: str,
    form: str,
    *,
    signer_of: Callable[[str], Signer] | None,
    now: datetime,
    entropy: Entropy,
) -> bytes | None:
    """The copy for one key, made once; None where it can only be made later.

    Raises:
        WalletRefused: `credential_request_denied` where there will be none.
    """
    if signer_of is None:
        return None
    receiver = hashlib.sha256(f"{form} {holder}".encode()).hexdigest()
    derivation = Derivation(WALLET, receiver, subject_id=holder, also_jwt=form == JWT)
    try:
        made = derive(
            store,
            district.id,
            credential_id,
            derivation,
            signer=signer_of(district.id),
            now=now,
            entropy=entropy,
            actor=ACTOR,
        )
    except PrepareRefused as fault:
        raise WalletRefused(
            "credential_request_denied", "this badge cannot be bound to such a key: use another"
        ) from fault
    except IssuerError as fault:
        if fault.code in _LATER:
            return None
        if fault.code in ("state_conflict", "too_many_copies", "not_signed"):
            raise WalletRefused(
                "credential_request_denied", "the badge is withdrawn or over, or has too many copies"
            ) from fault
        raise
    if form == JWT:
        return None if made.jwt is None else made.jwt.encode("ascii")
    return made.document


def _no_grant() -> WalletRefused:
    return WalletRefused("invalid_grant", "the code or its tx_code is wrong, was used or is over")


def _stale() -> WalletRefused:
    return WalletRefused("invalid_nonce", "the nonce was used, is over or is not ours: get a new one")

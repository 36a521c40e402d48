"""Wallets that ask at the same moment, each on a connection of its own: one key, one copy, one nonce."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from issuer.into_wallets import Given, give_credential, give_token
from issuer.store import derived
from issuer.store.session import Store
from issuer.wallet.refusal import WalletRefused
from issuer.wallet_offering import make_offer
from tests.house import Entropy, House
from tests.signers import did_key_signer
from tests.unit.issuer.web.test_wallet import client_of
from tests.wallets import CONFIGURATION, Wallet, code_in, offered

AT_ONCE = 4


def at_once(database: str, asks: Sequence[Callable[[Store], Any]]) -> list[Any]:
    """What each answers, or the code of its refusal; all begin together, as processes of one issuer do."""
    answers: list[Any] = [None] * len(asks)
    ready = threading.Barrier(len(asks))

    def run(number: int) -> None:
        store = Store.open(database)
        ready.wait()
        try:
            answers[number] = asks[number](store)
        except WalletRefused as fault:
            answers[number] = fault.code
        finally:
            store.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(asks))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def asking(house: House, token: str, proof: str, seed: str) -> Callable[[Store], Given]:
    """A credential request with one proof."""
    return lambda store: give_credential(
        store,
        house.district,
        token,
        {"credential_configuration_id": CONFIGURATION, "proofs": {"jwt": [proof]}},
        signer_of=lambda _: house.signer,
        now=house.time,
        entropy=Entropy(seed),
        jwt=False,
    )


def test_of_many_keys_at_once_one_gets_the_badge(house: House, database: str) -> None:
    badge = house.issue().credential_id
    wallet = Wallet(client_of(house), house)
    token = wallet.token(offered(house, badge))
    asks = []
    for number in range(AT_ONCE):
        wallet.signer = did_key_signer(f"wallet {number}")
        asks.append(asking(house, token, wallet.jwt_proof(wallet.nonce()), f"ask {number}"))
    answers = at_once(database, asks)
    assert answers.count("credential_request_denied") == AT_ONCE - 1
    (given,) = (one for one in answers if isinstance(one, Given))
    with house.store.reading() as session:
        (copy,) = derived.of(session, house.district.id, badge)
    assert given.body is not None
    assert copy.subject_id.encode() in given.body


def test_one_key_that_asks_many_times_at_once_gets_one_copy(house: House, database: str) -> None:
    badge = house.issue().credential_id
    wallet = Wallet(client_of(house), house)
    token = wallet.token(offered(house, badge))
    asks = [
        asking(house, token, wallet.jwt_proof(wallet.nonce()), f"ask {number}") for number in range(AT_ONCE)
    ]
    answers = at_once(database, asks)
    assert len({one.body for one in answers}) == 1
    with house.store.reading() as session:
        assert len(derived.of(session, house.district.id, badge)) == 1


def test_one_nonce_shown_many_times_at_once_counts_once(house: House, database: str) -> None:
    wallet = Wallet(client_of(house), house)
    token = wallet.token(offered(house, house.issue().credential_id))
    proof = wallet.jwt_proof(wallet.nonce())
    answers = at_once(database, [asking(house, token, proof, f"ask {number}") for number in range(AT_ONCE)])
    assert answers.count("invalid_nonce") == AT_ONCE - 1


def test_of_many_offers_at_once_the_last_alone_can_be_taken(house: House, database: str) -> None:
    badge = house.issue().credential_id

    def offering(number: int) -> Callable[[Store], Any]:
        return lambda store: make_offer(
            store, house.district.id, badge, now=house.time, entropy=Entropy(f"offer {number}"), actor="test"
        )

    made = at_once(database, [offering(number) for number in range(AT_ONCE)])
    taken = []
    for offer in made:
        try:
            taken.append(
                give_token(
                    house.store, house.district, code_in(offer), offer.tx_code,
                    now=house.time, entropy=house.entropy,
                )
            )  # fmt: skip
        except WalletRefused as fault:
            taken.append(fault.code)
    assert taken.count("invalid_grant") == AT_ONCE - 1

"""A determination goes into a wallet too: bound to the student's key, with the whole of its evidence."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from credential.withdrawal import Reason
from issuer.district import offer_readiness
from issuer.revocation import revoke
from tests.house import House
from tests.unit.issuer.test_derived_as_verified import judged
from tests.unit.issuer.test_determining import issued
from tests.unit.issuer.test_determining import judged as assessed
from tests.unit.issuer.web.test_wallet import client_of, refused
from tests.wallets import Wallet, offer_in, offered
from verifier.evidence import Outcome


@pytest.fixture
def determined(house: House) -> tuple[House, Any]:
    offer_readiness(house.store, house.district.id, now=house.time, actor="test")
    house.issue()
    return house, issued(house, assessed(house))


def taken(wallet: Wallet, offer: Any) -> dict[str, Any]:
    (named,) = offer_in(offer)["credential_configuration_ids"]
    answer = wallet.ask(
        wallet.token(offer), {"jwt": [wallet.jwt_proof(wallet.nonce())]}, credential_configuration_id=named
    )
    assert answer.status_code == 200, answer.text
    badge: dict[str, Any] = answer.json()["credentials"][0]["credential"]
    return badge


def test_a_determination_is_bound_to_the_key_and_verifies_with_its_evidence(
    determined: tuple[House, Any],
) -> None:
    house, original = determined
    wallet = Wallet(client_of(house), house)
    badge = taken(wallet, offered(house, original.credential_id))
    first = json.loads(original.document)
    assert badge["credentialSubject"]["id"] == wallet.signer.controller
    assert badge["id"] != first["id"]
    for same in ("evidence", "awardedDate", "name", "validFrom"):
        assert badge[same] == first[same]
    assert badge["credentialSubject"]["result"] == first["credentialSubject"]["result"]
    document = json.dumps(badge).encode()
    assert judged(house, document) is judged(house, original.document) is Outcome.VALID


def test_it_falls_with_the_determination(determined: tuple[House, Any]) -> None:
    house, original = determined
    wallet = Wallet(client_of(house), house)
    document = json.dumps(taken(wallet, offered(house, original.credential_id))).encode()
    assert judged(house, document) is Outcome.VALID
    waiting = offered(house, original.credential_id)
    house.time += timedelta(minutes=5)
    revoke(
        house.store, house.district.id, original.credential_id,
        reason=Reason.ISSUED_IN_ERROR, note="", now=house.time, actor="test",
    )  # fmt: skip
    assert judged(house, document) is Outcome.INVALID
    (named,) = offer_in(waiting)["credential_configuration_ids"]
    answer = wallet.ask(
        wallet.token(waiting), {"jwt": [wallet.jwt_proof(wallet.nonce())]}, credential_configuration_id=named
    )
    refused(answer, "credential_request_denied")


def test_the_metadata_names_what_the_offer_names(determined: tuple[House, Any]) -> None:
    house, original = determined
    wallet = Wallet(client_of(house), house)
    named = offer_in(offered(house, original.credential_id))["credential_configuration_ids"]
    known = wallet.client.request("GET", "/.well-known/openid-credential-issuer").json()
    assert set(named) <= known["credential_configurations_supported"].keys()

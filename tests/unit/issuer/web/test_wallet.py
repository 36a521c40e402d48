"""What wallets ask: the whole way, and every way in which it must not go."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text

from contexts.document import parse
from credential.proof.data_integrity import check_proof
from credential.proof.vc_jwt import check_jwt, split
from credential.withdrawal import Reason
from issuer.app import create_app
from issuer.errors import IssuerError
from issuer.into_wallets import give_token
from issuer.revocation import revoke
from issuer.store import derived
from issuer.store.session import Store
from issuer.store.tables import Audit
from issuer.wallet import offers
from issuer.wallet.refusal import WalletRefused
from issuer.wallet_offering import make_offer
from issuer.web.limiter import Limiter, Rate
from issuer.web.wallet import LARGEST_REQUEST
from keys.did import did_jwk
from keys.multibase import base64url_encode
from keys.public import KeyType
from tests.house import ORIGIN, House
from tests.signers import did_key_signer
from tests.unit.issuer.web.asking import Client
from tests.wallets import CONFIGURATION, Wallet, code_in, offer_in, offered, p256_did_jwk


def client_of(house: House, **how: Any) -> Client:
    how = {"signer_of": lambda _: house.signer} | how
    return Client(create_app(house.store, clock=house.clock, entropy=house.entropy, **how), ORIGIN)


@pytest.fixture
def wallet(house: House) -> Wallet:
    return Wallet(client_of(house), house)


def withdraw(house: House, credential_id: str) -> None:
    revoke(
        house.store,
        house.district.id,
        credential_id,
        reason=Reason.ISSUED_IN_ERROR,
        note="",
        now=house.time,
        actor="test",
    )


def refused(answer: Any, code: str, status: int = 400) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.json()["error_description"].isascii()


# The whole way


@pytest.mark.parametrize("kind", ["jwt", "di_vp"])
def test_a_badge_comes_bound_to_the_key_that_was_shown(house: House, wallet: Wallet, kind: str) -> None:
    issued = house.issue()
    token, nonce = wallet.token(offered(house, issued.credential_id)), wallet.nonce()
    proof = wallet.jwt_proof(nonce) if kind == "jwt" else wallet.di_vp_proof(nonce)
    answer = wallet.ask(token, {kind: [proof]})
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["credentials"]
    badge = one["credential"]
    assert badge["credentialSubject"]["id"] == wallet.signer.controller
    assert badge["id"] != issued.credential_id
    raw = json.dumps(badge).encode()
    check_proof(parse(raw), lambda _: house.signer.public_key)
    with house.store.reading() as session:
        (row,) = derived.of(session, house.district.id, issued.credential_id)
        stored = derived.secured(session, house.district.id, row.id)["vc"].body
    assert stored in answer.content  # byte for byte as it was signed
    assert answer.headers["cache-control"] == "no-store"


def test_the_key_of_a_phone_and_a_bare_jwk_become_did_jwk(house: House, wallet: Wallet) -> None:
    issued = house.issue()
    wallet.signer = p256_did_jwk()
    assert wallet.take(offered(house, issued.credential_id))["credentialSubject"]["id"] == did_jwk(
        wallet.signer.public_key
    )
    wallet.signer = did_key_signer("bare", KeyType.P384)
    token, nonce = wallet.token(offered(house, issued.credential_id)), wallet.nonce()
    proof = wallet.jwt_proof(nonce, header={"kid": None, "jwk": dict(wallet.signer.public_key.jwk())})
    badge = wallet.ask(token, {"jwt": [proof]}).json()["credentials"][0]["credential"]
    assert badge["credentialSubject"]["id"] == did_jwk(wallet.signer.public_key)


def test_the_offer_by_reference_is_the_offer_by_value(house: House, wallet: Wallet) -> None:
    offer = offered(house, house.issue().credential_id)
    address = parse_qs(urlsplit(offer.link).query)["credential_offer_uri"][0]
    assert address.startswith(f"{ORIGIN}/wallet/offers/")
    answer = wallet.client.get(address.removeprefix(ORIGIN))
    assert answer.json() == offer_in(offer)
    assert answer.headers["content-type"] == "application/json"
    grant = answer.json()["grants"][offers.GRANT]
    assert grant["tx_code"]["length"] == len(offer.tx_code or "") == 6
    assert len(grant["tx_code"]["description"]) <= 300
    assert (offer.tx_code or "") not in offer.link + offer.by_value
    wallet.token(offer)
    gone, never = wallet.client.get(address.removeprefix(ORIGIN)), wallet.client.get("/wallet/offers/X")
    assert (gone.status_code, gone.content) == (never.status_code, never.content)
    assert gone.status_code == 404


def test_the_metadata_says_where_and_what(house: House, wallet: Wallet) -> None:
    value = wallet.client.get("/.well-known/openid-credential-issuer").json()
    assert value["credential_issuer"] == ORIGIN
    found = value["credential_configurations_supported"][CONFIGURATION]
    assert found["format"] == "ldp_vc"
    assert found["credential_signing_alg_values_supported"] == ["eddsa-rdfc-2022"]
    assert {one["locale"] for one in found["credential_metadata"]["display"]} == {"en-US", "es-US"}
    assert not any(name.endswith("jwt_vc_json") for name in value["credential_configurations_supported"])
    server = wallet.client.get("/.well-known/oauth-authorization-server").json()
    assert server["issuer"] == ORIGIN
    assert server["pre-authorized_grant_anonymous_access_supported"] is True
    for name in ("credential_endpoint", "nonce_endpoint", "deferred_credential_endpoint"):
        assert wallet.client.request("POST", value[name].removeprefix(ORIGIN)).status_code != 404


def test_a_name_goes_between_host_and_path() -> None:
    assert (
        offers.well_known("https://a.example/east", "openid-credential-issuer")
        == "https://a.example/.well-known/openid-credential-issuer/east"
    )
    assert offers.well_known("https://a.example", "x") == "https://a.example/.well-known/x"


def test_a_jwt_only_where_the_district_wants_it(house: House) -> None:
    issued = house.issue()
    wallet = Wallet(client_of(house, wallet_jwt=True), house)
    offer = offered(house, issued.credential_id, jwt=True)
    assert offer_in(offer)["credential_configuration_ids"] == [CONFIGURATION, "co-cna.jwt_vc_json"]
    answer = wallet.ask(
        wallet.token(offer),
        {"jwt": [wallet.jwt_proof(wallet.nonce())]},
        credential_configuration_id="co-cna.jwt_vc_json",
    )
    token = answer.json()["credentials"][0]["credential"]
    document = check_jwt(split(token), lambda _: house.signer.public_key).document.value
    assert document["credentialSubject"]["id"] == wallet.signer.controller
    plain = Wallet(client_of(house), house)
    refused(
        plain.ask(
            plain.token(offered(house, issued.credential_id)),
            {"jwt": [plain.jwt_proof(plain.nonce())]},
            credential_configuration_id="co-cna.jwt_vc_json",
        ),
        "unknown_credential_configuration",
    )


def test_one_offer_makes_one_copy_and_not_one_of_each_form(house: House) -> None:
    issued = house.issue()
    wallet = Wallet(client_of(house, wallet_jwt=True), house)
    token = wallet.token(offered(house, issued.credential_id, jwt=True))
    assert wallet.ask(token, {"jwt": [wallet.jwt_proof(wallet.nonce())]}).status_code == 200
    answer = wallet.ask(
        token,
        {"jwt": [wallet.jwt_proof(wallet.nonce())]},
        credential_configuration_id="co-cna.jwt_vc_json",
    )
    refused(answer, "credential_request_denied")
    with house.store.reading() as session:
        assert len(derived.of(session, house.district.id, issued.credential_id)) == 1


def test_asking_again_with_the_same_key_gives_the_same_badge_and_another_key_none(
    house: House, wallet: Wallet
) -> None:
    issued = house.issue()
    token = wallet.token(offered(house, issued.credential_id))
    first = wallet.ask(token, {"jwt": [wallet.jwt_proof(wallet.nonce())]})
    again = wallet.ask(token, {"jwt": [wallet.jwt_proof(wallet.nonce())]})
    assert first.content == again.content
    wallet.signer = did_key_signer("a thief's wallet")
    refused(wallet.ask(token, {"jwt": [wallet.jwt_proof(wallet.nonce())]}), "credential_request_denied")
    with house.store.reading() as session:
        assert len(derived.of(session, house.district.id, issued.credential_id)) == 1


# Codes


def test_a_code_is_taken_once(house: House, wallet: Wallet) -> None:
    offer = offered(house, house.issue().credential_id)
    wallet.token(offer)
    refused(wallet.ask_token(offer), "invalid_grant")


def test_after_five_wrong_tries_the_offer_is_dead_for_the_right_digits_too(
    house: House, wallet: Wallet
) -> None:
    offer = offered(house, house.issue().credential_id)
    wrong = "000000" if offer.tx_code != "000000" else "111111"
    for _ in range(offers.MOST_TRIES):
        refused(wallet.ask_token(offer, tx_code=wrong), "invalid_grant")
    refused(wallet.ask_token(offer), "invalid_grant")
    other = offered(house, house.issue("A-2", number="NA-2").credential_id)
    for _ in range(offers.MOST_TRIES - 1):
        refused(wallet.ask_token(other, tx_code=wrong), "invalid_grant")
    assert wallet.ask_token(other).status_code == 200


def test_wrong_unknown_used_and_over_are_answered_alike(house: House, wallet: Wallet) -> None:
    issued = house.issue()
    old, offer = offered(house, issued.credential_id), offered(house, issued.credential_id)
    replaced = wallet.ask_token(old)
    wrong = wallet.ask_token(offer, tx_code="999999" if offer.tx_code != "999999" else "111111")
    unknown = wallet.ask_token(offer, **{"pre-authorized_code": "A" * 43})
    wallet.token(offer)
    used = wallet.ask_token(offer)
    late = offered(house, issued.credential_id)
    house.later(minutes=15)
    over = wallet.ask_token(late)
    answers = {one.content for one in (replaced, wrong, unknown, used, over)}
    assert len(answers) == 1
    refused(over, "invalid_grant")


def test_an_offer_stands_to_its_last_moment(house: House, wallet: Wallet) -> None:
    offer = offered(house, house.issue().credential_id)
    house.later(minutes=14, seconds=59)
    assert wallet.ask_token(offer).status_code == 200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"tx_code": None}, "invalid_request"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"pre-authorized_code": None}, "invalid_request"),
        ({"pre-authorized_code": "x" * 129}, "invalid_grant"),
        ({f"more{number}": "x" for number in range(14)}, "invalid_request"),
        ({"pre-authorized_code": ["a", "b"]}, "invalid_request"),
    ],
)
def test_a_token_request_is_read_strictly(
    house: House, wallet: Wallet, fields: dict[str, Any], code: str
) -> None:
    refused(wallet.ask_token(offered(house, house.issue().credential_id), **fields), code)


def test_so_many_fields_are_read_and_no_more(house: House, wallet: Wallet) -> None:
    offer = offered(house, house.issue().credential_id)
    assert wallet.ask_token(offer, **{f"more{n}": "x" for n in range(13)}).status_code == 200


def test_digits_that_nobody_asked_for_are_refused(house: House, wallet: Wallet) -> None:
    offer = offered(house, house.issue().credential_id, with_tx_code=False)
    assert "tx_code" not in offer_in(offer)["grants"][offers.GRANT]
    refused(wallet.ask_token(offer, tx_code="123456"), "invalid_request")
    assert wallet.ask_token(offer).status_code == 200


def test_of_what_is_used_or_over_no_try_is_counted(house: House, wallet: Wallet) -> None:
    badge = house.issue().credential_id
    used = offered(house, badge)
    wallet.token(used)
    over = offered(house, badge)
    refused(wallet.ask_token(used, tx_code="000000"), "invalid_grant")
    house.time = over.ends
    refused(wallet.ask_token(over, tx_code="000000"), "invalid_grant")
    with house.store.reading() as session:
        tries = session.execute(text("SELECT tries FROM wallet_offer ORDER BY tries")).scalars().all()
        assert tries == [0, 1]
        assert not session.scalars(select(Audit).where(Audit.action == "wallet.code_wrong")).all()


def test_of_many_at_once_one_takes_the_code(house: House, database: str) -> None:
    offer = offered(house, house.issue().credential_id)
    won, lost = [], []
    ready = threading.Barrier(6)

    def take(number: int) -> None:
        store = Store.open(database)
        ready.wait()
        try:
            won.append(
                give_token(
                    store,
                    house.district,
                    code_in(offer),
                    offer.tx_code,
                    now=house.time,
                    entropy=lambda length: bytes([number]) * length,
                )
            )
        except WalletRefused as fault:
            lost.append(fault.code)
        finally:
            store.close()

    # Four have tries left at most; the fifth and sixth lose for one reason or the other.
    threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(won) == 1
    assert lost == ["invalid_grant"] * 5


def test_of_many_guesses_at_once_no_more_than_five_are_looked_at(house: House, database: str) -> None:
    offer = offered(house, house.issue().credential_id)
    ready = threading.Barrier(8)

    def guess(number: int) -> None:
        store = Store.open(database)
        ready.wait()
        with pytest.raises(WalletRefused, match="invalid_grant"):
            give_token(
                store,
                house.district,
                code_in(offer),
                f"wrong{number}",
                now=house.time,
                entropy=house.entropy,
            )
        store.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with house.store.reading() as session:
        assert session.execute(text("SELECT tries FROM wallet_offer")).scalar() == offers.MOST_TRIES
        wrong = session.scalars(select(Audit).where(Audit.action == "wallet.code_wrong")).all()
    assert len(wrong) == offers.MOST_TRIES


def test_who_guesses_codes_waits(house: House) -> None:
    app = create_app(house.store, clock=house.clock, entropy=house.entropy)
    app.state.wallet_limiter = Limiter(client=Rate(2, 60.0))
    wallet = Wallet(Client(app, ORIGIN), house)
    offer = offered(house, house.issue().credential_id)
    for _ in range(2):
        refused(wallet.ask_token(offer, **{"pre-authorized_code": "A" * 43}), "invalid_grant")
    refused(wallet.ask_token(offer), "too_many_requests", 429)


def test_only_hashes_are_kept(house: House, wallet: Wallet) -> None:
    offer = offered(house, house.issue().credential_id)
    token = wallet.token(offer)
    reference = offer.link.rpartition("%2F")[2]
    with house.store.reading() as session:
        said = str(session.execute(text("SELECT * FROM wallet_offer")).all())
        said += str(session.execute(text("SELECT facts FROM audit")).all())
    for secret in (token, code_in(offer), reference, offer.tx_code or "?"):
        assert secret not in said


def test_an_offer_stands_a_day_at_most(house: House) -> None:
    issued = house.issue()
    offered(house, issued.credential_id, lifetime=timedelta(hours=24))
    with pytest.raises(IssuerError, match="bad_time"):
        offered(house, issued.credential_id, lifetime=timedelta(hours=24, seconds=1))


def test_what_is_withdrawn_is_neither_offered_nor_given(house: House, wallet: Wallet) -> None:
    issued = house.issue()
    token = wallet.token(offered(house, issued.credential_id))
    withdraw(house, issued.credential_id)
    refused(wallet.ask(token, {"jwt": [wallet.jwt_proof(wallet.nonce())]}), "credential_request_denied")
    with pytest.raises(IssuerError, match="state_conflict"):
        offered(house, issued.credential_id)


def test_another_districts_badge_cannot_be_offered_or_taken(house: House, wallet: Wallet) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    issued = house.issue()
    with pytest.raises(IssuerError, match="not_found"):
        make_offer(
            other.store,
            other.district.id,
            issued.credential_id,
            now=other.time,
            entropy=other.entropy,
            actor="test",
        )
    elsewhere = Wallet(Client(create_app(house.store, clock=house.clock), other.district.origin), other)
    refused(elsewhere.ask_token(offered(house, issued.credential_id)), "invalid_grant")


# Proofs


BENT: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another audience": ({}, {"aud": "https://evil.example"}, "invalid_proof"),
    "several audiences": ({}, {"aud": [ORIGIN, "https://evil.example"]}, "invalid_proof"),
    "no audience": ({}, {"aud": None}, "invalid_proof"),
    "no nonce": ({}, {"nonce": None}, "invalid_nonce"),
    "a nonce of another's making": (
        {},
        {"nonce": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        "invalid_nonce",
    ),
    "made too long ago": ({}, {"iat": 1_780_315_200 - 301}, "invalid_proof"),
    "made in the future": ({}, {"iat": 1_780_315_200 + 61}, "invalid_proof"),
    "no time": ({}, {"iat": None}, "invalid_proof"),
    "a time that is no number": ({}, {"iat": "now"}, "invalid_proof"),
    "over": ({}, {"exp": 1_780_315_200}, "invalid_proof"),
    "another type": ({"typ": "JWT"}, {}, "invalid_proof"),
    "no type": ({"typ": None}, {}, "invalid_proof"),
    "no signature": ({"alg": "none"}, {}, "invalid_proof"),
    "a shared secret": ({"alg": "HS256"}, {}, "invalid_proof"),
    "another algorithm than the key's": ({"alg": "ES256"}, {}, "invalid_proof"),
    "no key": ({"kid": None}, {}, "invalid_proof"),
    "somebody else's key": ({"kid": did_key_signer("other").verification_method}, {}, "invalid_proof"),
    "a key without a fragment": (
        {"kid": did_key_signer("a student's wallet").controller},
        {},
        "invalid_proof",
    ),
    "two keys": ({"jwk": dict(did_key_signer("a student's wallet").public_key.jwk())}, {}, "invalid_proof"),
    "a key at an address": ({"kid": "did:web:evil.example#key-1"}, {}, "invalid_proof"),
    "a key at this machine": ({"kid": "did:web:localhost%3A80#key-1"}, {}, "invalid_proof"),
    "a certificate": ({"kid": None, "x5c": ["MIIB"]}, {}, "invalid_proof"),
    "an address of keys": ({"jku": "https://evil.example/keys"}, {}, "invalid_proof"),
    "a critical extension": ({"crit": ["exp"]}, {}, "invalid_proof"),
}


@pytest.mark.parametrize("bent", BENT)
def test_a_bent_proof_is_refused_and_a_straight_one_taken(house: House, wallet: Wallet, bent: str) -> None:
    header, claims, code = BENT[bent]
    assert house.time.timestamp() == 1_780_315_200
    token, nonce = wallet.token(offered(house, house.issue().credential_id)), wallet.nonce()
    proof = wallet.jwt_proof(**({"nonce": nonce} | claims), header=header)
    refused(wallet.ask(token, {"jwt": [proof]}), code)
    # Its twin differs in nothing else, and what was refused has used up nothing.
    assert wallet.ask(token, {"jwt": [wallet.jwt_proof(nonce)]}).status_code == 200


@pytest.mark.parametrize(
    "how",
    [
        {"domain": "https://evil.example"},
        {"domain": None},
        {"holder": ""},
        {"holder": did_key_signer("other").controller},  # signed by the wallet for somebody else
    ],
)
def test_a_presentation_is_for_us_and_by_its_holder(
    house: House, wallet: Wallet, how: dict[str, Any]
) -> None:
    token, nonce = wallet.token(offered(house, house.issue().credential_id)), wallet.nonce()
    answer = wallet.ask(token, {"di_vp": [wallet.di_vp_proof(nonce, **how)]})
    if how == {"holder": ""}:
        assert answer.status_code == 200  # it need not name one
        return
    refused(answer, "invalid_proof")
    assert wallet.ask(token, {"di_vp": [wallet.di_vp_proof(nonce)]}).status_code == 200


def test_a_presentation_that_was_changed_old_or_without_nonce_is_refused(
    house: House, wallet: Wallet
) -> None:
    token, nonce = wallet.token(offered(house, house.issue().credential_id)), wallet.nonce()
    good = wallet.di_vp_proof(nonce)
    other = did_key_signer("other").controller
    refused(wallet.ask(token, {"di_vp": [good | {"holder": other}]}), "invalid_proof")
    refused(wallet.ask(token, {"di_vp": [good | {"id": "urn:uuid:1"}]}), "invalid_proof")
    old = wallet.di_vp_proof(nonce, created=house.time - timedelta(seconds=301))
    refused(wallet.ask(token, {"di_vp": [old]}), "invalid_proof")
    assert wallet.ask(token, {"di_vp": [wallet.di_vp_proof(None)]}).json()["error"] == "invalid_nonce"
    unsigned = {name: part for name, part in good.items() if name != "proof"}
    refused(wallet.ask(token, {"di_vp": [unsigned]}), "invalid_proof")
    assert wallet.ask(token, {"di_vp": [good]}).status_code == 200


def test_a_nonce_is_taken_once_and_ends(house: House, wallet: Wallet) -> None:
    issued = house.issue()
    token, nonce = wallet.token(offered(house, issued.credential_id)), wallet.nonce()
    assert wallet.ask(token, {"jwt": [wallet.jwt_proof(nonce)]}).status_code == 200
    refused(wallet.ask(token, {"jwt": [wallet.jwt_proof(nonce)]}), "invalid_nonce")
    old = wallet.nonce()
    house.later(minutes=5)
    late = wallet.token(offered(house, issued.credential_id))
    refused(wallet.ask(late, {"jwt": [wallet.jwt_proof(old)]}), "invalid_nonce")
    wallet.take(offered(house, issued.credential_id))
    with house.store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM wallet_nonce")).scalar() == 1  # old ones went


def test_a_nonce_of_another_district_is_none_of_ours(house: House, wallet: Wallet) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    theirs = Client(create_app(house.store, clock=house.clock), other.district.origin)
    nonce = theirs.request("POST", "/wallet/nonce").json()["c_nonce"]
    token = wallet.token(offered(house, house.issue().credential_id))
    refused(wallet.ask(token, {"jwt": [wallet.jwt_proof(nonce)]}), "invalid_nonce")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"proofs": None}, "invalid_proof"),
        ({"proofs": {}}, "invalid_proof"),
        ({"proofs": {"jwt": []}}, "invalid_proof"),
        ({"proofs": {"attestation": ["x"]}}, "invalid_proof"),
        ({"proofs": {"jwt": ["x"], "di_vp": [{}]}}, "invalid_proof"),
        ({"proofs": {"jwt": ["x", "y"]}}, "invalid_credential_request"),
        ({"proofs": {"jwt": ["x" * 8_193]}}, "invalid_proof"),
        ({"proofs": {"jwt": [7]}}, "invalid_proof"),
        ({"proofs": {"di_vp": ["x"]}}, "invalid_proof"),
        ({"credential_configuration_id": None}, "invalid_credential_request"),
        ({"credential_configuration_id": "co-other.ldp_vc"}, "unknown_credential_configuration"),
        ({"credential_identifier": "x"}, "invalid_credential_request"),
        (
            {"credential_identifier": "x", "credential_configuration_id": None},
            "unknown_credential_identifier",
        ),
        ({"credential_response_encryption": {}}, "invalid_encryption_parameters"),
        ({"padding": "x" * LARGEST_REQUEST}, "invalid_credential_request"),
    ],
)
def test_a_credential_request_is_read_strictly(
    house: House, wallet: Wallet, members: dict[str, Any], code: str
) -> None:
    token, nonce = wallet.token(offered(house, house.issue().credential_id)), wallet.nonce()
    sent = {"proofs": {"jwt": [wallet.jwt_proof(nonce)]}} | members
    refused(wallet.ask(token, sent.pop("proofs"), **sent), code)


def test_an_rsa_key_and_a_private_key_are_refused(house: House, wallet: Wallet) -> None:
    token, nonce = wallet.token(offered(house, house.issue().credential_id)), wallet.nonce()
    jwk = dict(wallet.signer.public_key.jwk()) | {"d": "AAAA"}
    proof = wallet.jwt_proof(nonce, header={"kid": None, "jwk": jwk})
    refused(wallet.ask(token, {"jwt": [proof]}), "invalid_proof")
    rsa = {"kty": "RSA", "n": base64url_encode(b"\xc5" * 256), "e": "AQAB"}
    answer = wallet.ask(token, {"jwt": [wallet.jwt_proof(nonce, header={"kid": None, "jwk": rsa})]})
    refused(answer, "invalid_proof")
    assert wallet.ask(token, {"jwt": [wallet.jwt_proof(nonce)]}).status_code == 200


# Tokens, later, notices


def test_a_token_is_needed_and_lives_five_minutes(house: House, wallet: Wallet) -> None:
    token = wallet.token(offered(house, house.issue().credential_id))
    proofs = {"jwt": [wallet.jwt_proof(wallet.nonce())]}
    for path in ("/wallet/credential", "/wallet/deferred", "/wallet/notification"):
        without = wallet.post(path, {})
        refused(without, "invalid_token", 401)
        assert without.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    refused(wallet.ask("A" * 43, proofs), "invalid_token", 401)
    house.later(minutes=5)
    refused(wallet.ask(token, {"jwt": [wallet.jwt_proof(wallet.nonce())]}), "invalid_token", 401)


def test_without_a_key_at_hand_the_badge_is_made_later(house: House) -> None:
    issued = house.issue()
    shut, opened = Wallet(client_of(house, signer_of=None), house), Wallet(client_of(house), house)
    token = shut.token(offered(house, issued.credential_id))
    answer = shut.ask(token, {"jwt": [shut.jwt_proof(shut.nonce())]})
    assert answer.status_code == 202
    assert answer.json()["interval"] > 0
    waiting = {"transaction_id": answer.json()["transaction_id"]}
    bearer = {"Authorization": f"Bearer {token}"}
    refused(shut.post("/wallet/deferred", {"transaction_id": "x"}, **bearer), "invalid_transaction_id")
    assert shut.post("/wallet/deferred", waiting, **bearer).status_code == 202
    done = opened.post("/wallet/deferred", waiting, **bearer)
    assert done.status_code == 200
    badge = done.json()["credentials"][0]["credential"]
    assert badge["credentialSubject"]["id"] == shut.signer.controller
    refused(opened.post("/wallet/deferred", waiting, **bearer), "invalid_transaction_id")
    # Also where no key is at hand: a wallet that was served is not told to wait for what never comes.
    refused(shut.post("/wallet/deferred", waiting, **bearer), "invalid_transaction_id")


def test_nothing_waits_where_nothing_was_put_off(house: House, wallet: Wallet) -> None:
    token = wallet.token(offered(house, house.issue().credential_id))
    waiting = {"transaction_id": offers.transaction_id(token)}
    refused(
        wallet.post("/wallet/deferred", waiting, Authorization=f"Bearer {token}"), "invalid_transaction_id"
    )


def test_a_notice_is_taken_once_and_repeated_without_harm(house: House, wallet: Wallet) -> None:
    token = wallet.token(offered(house, house.issue().credential_id))
    bearer = {"Authorization": f"Bearer {token}"}
    early = {"notification_id": offers.notification_id(token), "event": "credential_accepted"}
    refused(wallet.post("/wallet/notification", early, **bearer), "invalid_notification_id")
    answer = wallet.ask(token, {"jwt": [wallet.jwt_proof(wallet.nonce())]}).json()
    said = {"notification_id": answer["notification_id"], "event": "credential_accepted"}
    for _ in range(2):
        done = wallet.post("/wallet/notification", said | {"event_description": "fine"}, **bearer)
        assert (done.status_code, done.content) == (204, b"")
    refused(
        wallet.post("/wallet/notification", said | {"event": "lost"}, **bearer),
        "invalid_notification_request",
    )
    refused(
        wallet.post("/wallet/notification", said | {"notification_id": "x"}, **bearer),
        "invalid_notification_id",
    )
    with house.store.reading() as session:
        found = session.scalars(select(Audit.action).where(Audit.action == "wallet.accepted")).all()
    assert len(found) == 1

"""Keys over time: retired ones stay checkable, stolen ones stop counting, what lives is signed anew."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contexts.document import parse
from credential.proof.data_integrity import check_proof
from credential.proof.vc_jwt import check_jwt, split
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.publication import DID_PATH, list_path
from issuer.revocation import revoke
from issuer.signing_keys import KEYS_OF_EXAMPLES, affected, mirror, republish, sign_anew
from issuer.store import audit, published, queries
from issuer.store.tables import Audit, Secured
from keys.key_record import KeyRecord
from keys.public import PublicKey
from tests.house import House
from tests.signers import SeededSigner


def did_document(house: House) -> dict[str, Any]:
    house.publish()
    with house.store.reading() as session:
        found = published.current(session, house.district.id, DID_PATH)
    assert found is not None
    value: dict[str, Any] = json.loads(found.body)
    return value


def rotate(house: House) -> SeededSigner:
    """A new key is in use, the old one has ended now."""
    old, house.signer = house.signer, SeededSigner(f"{house.signer.word}+", house.district.did)
    house.take_key(house.signer)
    house.take_key(old, retired=house.time)
    return old


def methods(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in document["verificationMethod"]}


def test_a_retired_key_stays_while_what_it_signed_lives(house: House) -> None:
    made = house.issue(last_day=None)
    old = rotate(house)
    document = did_document(house)
    assert set(methods(document)) == {old.verification_method, house.signer.verification_method}
    assert methods(document)[old.verification_method]["expires"] == "2026-06-01T12:00:00Z"
    assert old.verification_method in document["assertionMethod"]
    house.later(days=2_000)
    assert old.verification_method in methods(did_document(house))
    revoke(
        house.store,
        house.district.id,
        made.credential_id,
        reason="requested",
        note="",
        now=house.time,
        actor="test",
    )
    assert set(methods(did_document(house))) == {house.signer.verification_method}


def test_a_retired_key_leaves_when_the_last_credential_is_over(house: House) -> None:
    house.issue()  # holds until 2028-01-31
    old = rotate(house)
    house.later(days=30)
    assert old.verification_method in methods(did_document(house))
    house.later(days=700)
    assert old.verification_method not in methods(did_document(house))


def test_a_retired_key_stays_for_the_list_that_it_signed_last(house: House) -> None:
    old = rotate(house)
    assert old.verification_method in methods(did_document(house))
    house.later(hours=25)
    assert old.verification_method not in methods(did_document(house))


def test_a_retired_key_signs_no_list_and_no_badge(house: House) -> None:
    house.issue()
    house.signer = rotate(house)
    with pytest.raises(IssuerError, match="key_not_usable"):
        house.publish()
    with pytest.raises(IssuerError, match="key_not_usable"):
        house.issue("A-2")


def test_after_a_rotation_the_lists_carry_the_new_keys_proof(house: House) -> None:
    made = house.issue()
    house.publish()
    rotate(house)
    republish(house.store, house.district.id, house.signer, clock=house.clock, actor="test")
    with house.store.reading() as session:
        found = published.current(
            session, house.district.id, list_path(house.row(made.credential_id).list_id)
        )
    assert found is not None
    assert found.version == 2
    assert json.loads(found.body)["proof"][0]["verificationMethod"] == house.signer.verification_method


def test_a_compromised_key_is_marked_for_good_and_asserts_nothing(house: House) -> None:
    stolen = rotate(house)
    since = house.time - timedelta(days=3)
    house.take_key(stolen, compromised_since=since)
    house.later(days=5_000)
    document = did_document(house)
    assert methods(document)[stolen.verification_method]["revoked"] == "2026-05-29T12:00:00Z"
    assert document["assertionMethod"] == [house.signer.verification_method]


def test_the_earliest_time_of_compromise_stands(house: House) -> None:
    stolen = rotate(house)
    for days in (3, 9, 1):
        house.take_key(stolen, compromised_since=house.time - timedelta(days=days))
    with house.store.reading() as session:
        row = next(r for r in queries.signing_keys(session, house.district.id) if r.compromised_since)
    assert row.compromised_since == house.time - timedelta(days=9)


def test_what_a_stolen_key_signed_is_listed_and_signed_anew(house: House) -> None:
    """KEY-11."""
    early = house.issue("A-1", also_jwt=True)
    since = house.later(days=1)
    late = house.issue("A-2")
    gone = house.issue("A-3")
    over = house.issue("A-4", last_day=house.time.date())
    revoke(
        house.store,
        house.district.id,
        gone.credential_id,
        reason="requested",
        note="",
        now=since,
        actor="test",
    )
    house.later(days=2)
    stolen = rotate(house)
    house.take_key(stolen, compromised_since=since)
    new = house.issue("A-5")

    hit = affected(house.store, house.district.id, stolen.verification_method, since=since, now=house.time)
    assert [(one.credential_id, one.form, one.after) for one in hit] == [
        (early.credential_id, "jwt", False),
        (early.credential_id, "vc", False),
        (late.credential_id, "vc", True),
    ]
    assert over.credential_id not in {one.credential_id for one in hit}
    assert new.credential_id not in {one.credential_id for one in hit}
    before = {one.credential_id: house.row(one.credential_id) for one in hit}
    done = sign_anew(
        house.store,
        house.district.id,
        [one.credential_id for one in hit],
        house.signer,
        now=house.time,
        actor="test",
    )
    assert done == [early.credential_id, late.credential_id]
    for credential_id, was in before.items():
        made, row = stored(house.store, house.district.id, credential_id), house.row(credential_id)
        assert (row.list_id, row.list_index, row.prepared) == (was.list_id, was.list_index, was.prepared)
        value = json.loads(made.document)
        assert value["id"] == credential_id
        assert value["proof"][0]["verificationMethod"] == house.signer.verification_method
        check_proof(parse(made.document), lambda _: house.signer.public_key)
        value.pop("proof")
        assert row.prepared is not None
        assert value == json.loads(row.prepared)
    again = stored(house.store, house.district.id, early.credential_id)
    assert again.jwt is not None
    assert again.jwt != early.jwt
    check_jwt(split(again.jwt), lambda _: house.signer.public_key)
    assert (
        affected(house.store, house.district.id, stolen.verification_method, since=since, now=house.time)
        == []
    )
    with house.store.reading() as session:
        audit.check_chain(session, house.district.id)
        kept = session.scalars(
            select(Secured).where(Secured.credential_id == early.credential_id, Secured.number == 1)
        ).all()
        assert {row.body for row in kept} == {early.document, (early.jwt or "").encode()}
        said = session.scalars(
            select(Audit).where(Audit.action == "credential.signed", Audit.subject == late.credential_id)
        ).all()
        assert [row.facts["number"] for row in said] == [1, 2]


def test_signing_anew_twice_signs_once(house: House) -> None:
    made = house.issue()
    rotate(house)
    again = [made.credential_id, made.credential_id]
    run = [
        sign_anew(house.store, house.district.id, again, house.signer, now=house.time, actor="test")
        for _ in range(2)
    ]
    assert run == [[made.credential_id], []]


def test_the_idempotent_answer_is_the_newest_proof(house: House) -> None:
    first = house.issue()
    rotate(house)
    sign_anew(
        house.store, house.district.id, [first.credential_id], house.signer, now=house.time, actor="test"
    )
    again = house.issue()
    assert again.credential_id == first.credential_id
    assert house.signer.verification_method.encode() in again.document


def test_a_key_of_another_district_is_refused(house: House) -> None:
    """KEY-07."""
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    with pytest.raises(IssuerError, match="key_not_usable"):
        house.take_key(SeededSigner(other.signer.word, house.district.did))
    house.take_key(SeededSigner("somebody new", house.district.did))


def test_a_key_that_anybody_has_is_refused(house: House) -> None:
    """KEY-11."""
    for multikey in sorted(KEYS_OF_EXAMPLES):
        record = KeyRecord(PublicKey.from_multikey(multikey), house.district.did, house.time)
        with pytest.raises(IssuerError, match="key_not_usable"):
            mirror(house.store, house.district.id, [record], now=house.time, actor="test")


def test_private_halves_are_nowhere_in_the_store(house: House) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    house.issue()
    private = house.signer.private
    assert isinstance(private, Ed25519PrivateKey)
    raw = private.private_bytes_raw()
    with house.store.reading() as session:
        for key in queries.signing_keys(session, house.district.id):
            assert raw.hex() not in str(vars(key))
            assert raw not in key.multikey.encode()

"""Derived credentials: they say what the original says, hold no longer, and fall with it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from contexts.document import parse
from credential.proof.data_integrity import check_proof
from credential.status import Bitstring, StatusEntry
from credential.withdrawal import Reason
from issuer import derived as making
from issuer import securing
from issuer.catalog.retention import RecordClass
from issuer.correction import Correction, correct
from issuer.derivation import Derivation, derived_document
from issuer.derived import Derived, derive, withdraw_derived
from issuer.errors import IssuerError
from issuer.prepare import PrepareRefused
from issuer.publication import list_path
from issuer.retention.erasure import erase
from issuer.revocation import revoke
from issuer.signing_keys import affected, sign_anew
from issuer.store import derived, published, status_lists
from issuer.store.derived import SHARE, WALLET
from issuer.store.tables import Audit, Credential
from keys.did import did_key
from tests.house import House, attempt
from tests.signers import SeededSigner

HOLDER = did_key(SeededSigner("a wallet", "did:example:none").public_key)


def make(house: House, credential_id: str, made_for: str = "one", **what: Any) -> Derived:
    derivation = Derivation(**({"purpose": WALLET, "made_for": made_for, "subject_id": HOLDER} | what))
    return derive(
        house.store,
        house.district.id,
        credential_id,
        derivation,
        signer=house.signer,
        now=house.time,
        entropy=house.entropy,
        actor="test",
    )


def set_bits(house: House) -> set[int]:
    """The positions that are withdrawn in what is published now."""
    house.publish()
    with house.store.reading() as session:
        lists = status_lists.all_lists(session, house.district.id)
        assert len(lists) == 1
        found = published.current(session, house.district.id, list_path(lists[0].id))
    assert found is not None
    encoded = json.loads(found.body)["credentialSubject"]["encodedList"]
    return set(Bitstring.decode(encoded).set_indices())


def place(house: House, made: Derived) -> int:
    with house.store.reading() as session:
        return derived.one(session, house.district.id, made.derived_id).list_index


def withdraw(house: House, credential_id: str) -> None:
    revoke(
        house.store,
        house.district.id,
        credential_id,
        reason=Reason.NO_LONGER_VALID,
        note="",
        now=house.time,
        actor="test",
    )


def test_it_is_bound_to_the_wallet_and_says_the_rest_as_the_original_does(house: House) -> None:
    issued = house.issue()
    house.later(days=30)
    made = make(house, issued.credential_id)
    before, after = json.loads(issued.document), json.loads(made.document)
    assert check_proof(parse(made.document), lambda _: house.signer.public_key).document.value["id"]
    assert after["id"] == made.derived_id != before["id"]
    assert after["credentialSubject"].pop("id") == HOLDER
    assert after["credentialStatus"] != before["credentialStatus"]
    before["credentialSubject"].pop("id")
    for name in ("id", "credentialStatus", "proof"):
        before.pop(name), after.pop(name)
    assert after == before
    assert after["validFrom"] == "2026-06-01T12:00:00Z"
    assert after["validUntil"] == "2028-01-31T23:59:59Z"


def test_the_same_receiver_gets_the_same_bytes_again(house: House) -> None:
    issued = house.issue()
    first, again = make(house, issued.credential_id), make(house, issued.credential_id)
    assert (first.first, again.first) == (True, False)
    assert first.document == again.document
    assert make(house, issued.credential_id, "two").derived_id != first.derived_id


def test_other_content_for_the_same_receiver_is_refused(house: House) -> None:
    issued = house.issue()
    make(house, issued.credential_id, purpose=SHARE, subject_id=None)
    with pytest.raises(IssuerError, match="state_conflict"):
        make(house, issued.credential_id, purpose=SHARE, subject_id=None, name="Maya O.")


def test_a_share_may_hide_the_name_and_leave_the_evidence_out(house: House) -> None:
    issued = house.issue(evidence_url="https://work.example/weld.jpg", evaluator="Ms. Adler")
    made = make(house, issued.credential_id, purpose=SHARE, subject_id=None, name=None, evidence=False)
    shown, original = json.loads(made.document), json.loads(issued.document)
    assert b"Okafor" not in made.document
    assert "evidence" not in shown
    assert shown["credentialSubject"]["id"].startswith("urn:uuid:")
    assert shown["credentialSubject"]["id"] != original["credentialSubject"]["id"]
    # Nothing that is the original's alone may join the two.
    assert shown["credentialSubject"]["source"]["id"] != original["credentialSubject"]["source"]["id"]
    part = make(house, issued.credential_id, "two", purpose=SHARE, subject_id=None, name="Maya O.")
    assert json.loads(part.document)["credentialSubject"]["identifier"][0]["identityHash"] == "Maya O."


def test_withdrawing_the_original_withdraws_all_that_was_derived(house: House) -> None:
    issued, other = house.issue(), house.issue("A-2", number="NA-2")
    made = [make(house, issued.credential_id), make(house, issued.credential_id, "two")]
    left = make(house, other.credential_id)
    assert set_bits(house) == set()
    withdraw(house, issued.credential_id)
    own = house.row(issued.credential_id).list_index
    assert set_bits(house) == {own, *(place(house, one) for one in made)}
    assert place(house, left) not in set_bits(house)
    with pytest.raises(IssuerError, match="state_conflict"):
        make(house, issued.credential_id, "three")
    with pytest.raises(IssuerError, match="state_conflict"):
        make(house, issued.credential_id)


def test_the_list_is_behind_at_once_also_where_the_derived_one_is_in_another(house: House) -> None:
    issued = house.issue()
    with house.store.transaction() as session:
        status_lists.close_open(session, house.district.id, now=house.time)
    made = make(house, issued.credential_id)
    house.publish()
    with house.store.reading() as session:
        second = derived.one(session, house.district.id, made.derived_id).list_id
        before = status_lists.one(session, house.district.id, second).changes
    assert second != house.row(issued.credential_id).list_id
    withdraw(house, issued.credential_id)
    with house.store.reading() as session:
        assert status_lists.one(session, house.district.id, second).changes == before + 1
    house.publish()
    with house.store.reading() as session:
        found = published.current(session, house.district.id, list_path(second))
    assert found is not None
    bits = Bitstring.decode(json.loads(found.body)["credentialSubject"]["encodedList"])
    assert bits.set_indices() == (place(house, made),)


def test_a_corrected_badge_takes_what_was_derived_from_it_along(house: House) -> None:
    issued = house.issue()
    made = make(house, issued.credential_id)
    right = Correction("Maya Okafor", date(2026, 4, 19), date(2028, 1, 31), "NA-000123", None, None)
    correct(
        house.store,
        house.district.id,
        "A-1",
        right,
        signer=house.signer,
        now=house.time,
        entropy=house.entropy,
        actor="test",
    )
    with house.store.reading() as session:
        fell = derived.withdrawn(session, derived.one(session, house.district.id, made.derived_id))
    assert fell is not None
    assert fell.reason == "corrected"
    assert place(house, made) in set_bits(house)


def test_one_copy_alone_is_withdrawn_and_the_original_stands(house: House) -> None:
    issued = house.issue()
    made = make(house, issued.credential_id)

    def end() -> bool:
        return withdraw_derived(
            house.store,
            house.district.id,
            made.derived_id,
            reason=Reason.REQUESTED,
            now=house.time,
            actor="test",
        )

    assert (end(), end()) == (True, False)
    assert set_bits(house) == {place(house, made)}
    with pytest.raises(IssuerError, match="state_conflict"):
        make(house, issued.credential_id)
    assert make(house, issued.credential_id, "two").first


def test_what_is_over_gets_no_copy(house: House) -> None:
    issued = house.issue()
    house.time = datetime(2028, 1, 31, 23, 59, 58, tzinfo=UTC)
    make(house, issued.credential_id)
    house.later(seconds=1)
    with pytest.raises(IssuerError, match="state_conflict"):
        make(house, issued.credential_id, "two")


def test_a_copy_bears_nothing_that_was_withheld_from_its_badge(house: House) -> None:
    issued = house.issue(withheld=("2008-03-02",))
    for name in ("Maya 100000001", "Maya 2008-03-02"):
        with pytest.raises(PrepareRefused):
            make(house, issued.credential_id, name, purpose=SHARE, subject_id=None, name=name)


def test_what_nobody_holds_yet_gets_no_copy(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("issuer.issuance.secure", stop)
        with pytest.raises(RuntimeError):
            house.issue()
    with house.store.reading() as session:
        half = session.scalars(select(Credential.id)).one()
    with pytest.raises(IssuerError, match="not_signed"):
        make(house, half)


def test_so_many_copies_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_DERIVED", 2)
    issued = house.issue()
    make(house, issued.credential_id, "1")
    make(house, issued.credential_id, "2")
    with pytest.raises(IssuerError, match="too_many_copies"):
        make(house, issued.credential_id, "3")


def test_an_original_that_falls_while_the_copy_is_signed_leaves_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = house.issue()
    true = securing.secure

    def slow(*args: Any, **names: Any) -> Any:
        withdraw(house, issued.credential_id)
        return true(*args, **names)

    monkeypatch.setattr(making, "secure", slow)
    with pytest.raises(IssuerError, match="state_conflict"):
        make(house, issued.credential_id)
    with house.store.reading() as session:
        (row,) = derived.of(session, house.district.id, issued.credential_id)
        assert not derived.secured(session, house.district.id, row.id)


def test_a_crash_before_the_signature_goes_on_with_the_recorded_bytes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = house.issue()

    def stop(*_: object, **__: object) -> None:
        raise OSError("the machine is gone")

    with monkeypatch.context() as patch:
        patch.setattr(making, "secure", stop)
        with pytest.raises(OSError, match="gone"):
            make(house, issued.credential_id)
    made = make(house, issued.credential_id)
    with house.store.reading() as session:
        assert len(derived.of(session, house.district.id, issued.credential_id)) == 1
        actions = session.scalars(select(Audit.action).order_by(Audit.number)).all()
    assert made.first
    assert actions[-2:] == ["derived.prepared", "derived.signed"]


def test_a_stolen_keys_copies_are_signed_anew_and_its_key_stays_while_they_live(house: House) -> None:
    issued = house.issue()
    made = make(house, issued.credential_id)
    old, house.signer = house.signer, SeededSigner("another", house.district.did)
    house.take_key(house.signer)
    hit = affected(house.store, house.district.id, old.verification_method, since=house.time, now=house.time)
    assert {one.credential_id for one in hit} == {issued.credential_id, made.derived_id}
    ids = [one.credential_id for one in hit]

    def again() -> list[str]:
        return sign_anew(house.store, house.district.id, ids, house.signer, now=house.time, actor="test")

    assert set(again()) == set(ids)
    assert again() == []
    fresh = making.stored_derived(house.store, house.district.id, made.derived_id)
    assert json.loads(fresh.document)["proof"][0]["verificationMethod"] == house.signer.verification_method


def test_an_erasure_empties_copies_and_their_places_stay_withdrawn(house: House) -> None:
    issued = house.issue()
    made = make(house, issued.credential_id)
    erase(
        house.store,
        house.district.id,
        "100000001",
        signer=house.signer,
        now=house.time,
        entropy=house.entropy,
        actors=("test",),
        only=frozenset({RecordClass.BADGES}),
    )
    with house.store.reading() as session:
        row = derived.one(session, house.district.id, made.derived_id)
        assert (row.prepared, row.subject_id) == (b"", "")
        assert not derived.secured(session, house.district.id, made.derived_id)
    assert place(house, made) in set_bits(house)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM derived_credential",
        "DELETE FROM derived_secured",
        "UPDATE derived_secured SET form = 'jwt'",
        "UPDATE derived_credential SET prepared = ''",
        "UPDATE derived_credential SET subject_id = ''",
        "UPDATE derived_credential SET state = 'prepared', signed_at = NULL",
    ],
)
def test_the_database_itself_keeps_what_was_made(house: House, statement: str) -> None:
    make(house, house.issue().credential_id)
    with pytest.raises(IssuerError, match="irreversible"):
        attempt(house.store, statement)


def test_another_districts_credential_is_not_found(house: House) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    with pytest.raises(IssuerError, match="not_found"):
        make(other, house.issue().credential_id)


def test_rows_name_no_student(house: House) -> None:
    made = make(house, house.issue().credential_id)
    with house.store.reading() as session:
        facts = session.execute(text("SELECT facts FROM audit")).scalars().all()
    assert not any("Okafor" in str(one) or "100000001" in str(one) for one in facts)
    assert made.first


def test_a_copy_without_evidence_names_nothing_that_the_evidence_was_linked_by() -> None:
    linked = [{"id": "https://files.example/essay.pdf", "digestSRI": "sha384-" + "A" * 64}]
    original = {
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "credentialSubject": {"type": ["AchievementSubject"]},
        "evidence": [{"type": ["Evidence"], "id": "https://files.example/essay.pdf"}],
        "relatedResource": linked,
    }

    def copy(*, evidence: bool) -> dict[str, Any]:
        return derived_document(
            original,
            Derivation(SHARE, "an employer", evidence=evidence),
            derived_id="urn:uuid:00000000-0000-4000-8000-000000000002",
            subject_id="urn:uuid:00000000-0000-4000-8000-000000000003",
            status=StatusEntry("revocation", 7, "https://badges.example/status/1"),
        )

    assert copy(evidence=True)["relatedResource"] == linked
    assert "files.example" not in json.dumps(copy(evidence=False))

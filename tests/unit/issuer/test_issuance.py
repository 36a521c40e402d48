"""Issuing: one award, one credential, whatever breaks in between."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from contexts.document import parse
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.vc_jwt import check_jwt, split
from issuer import issuance, securing
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.issuance import rehearse, resume
from issuer.prepare import PrepareRefused
from issuer.store import audit, queries
from issuer.store.session import Store
from issuer.store.tables import Audit, Secured, State
from tests.house import Entropy, House
from tests.signers import SeededSigner


class Crash(BaseException):
    """The process is gone."""


def actions(house: House) -> list[str]:
    with house.store.reading() as session:
        rows = session.scalars(
            select(Audit.action).where(Audit.action.like("credential.%")).order_by(Audit.number)
        )
        return list(rows)


def test_issued_bytes_check_under_the_districts_key(house: House) -> None:
    made = house.issue(also_jwt=True)
    checked = check_proof(parse(made.document), lambda _: house.signer.public_key)
    assert checked.document.value["credentialSubject"]["achievement"]["humanCode"] == "CO-CNA"
    assert made.jwt is not None
    assert (
        check_jwt(split(made.jwt), lambda _: house.signer.public_key).document.value == checked.document.value
    )
    assert house.row(made.credential_id).state == State.SIGNED


def test_the_student_number_is_in_the_records_and_not_in_the_badge(house: House) -> None:
    made = house.issue()
    assert b"100000001" not in made.document
    with house.store.reading() as session:
        known = queries.award(session, house.district.id, "A-1")
        assert known is not None
        assert known.student_id == "100000001"


def test_audit_says_prepared_before_it_says_signed(house: House) -> None:
    made = house.issue()
    assert actions(house) == ["credential.prepared", "credential.signed"]
    with house.store.reading() as session:
        signed = session.scalars(select(Audit).where(Audit.action == "credential.signed")).one()
        assert signed.facts["sha256"]["vc"] == hashlib.sha256(made.document).hexdigest()
        assert signed.facts["key"] == house.signer.verification_method


def test_the_same_award_gives_the_first_answer(house: House) -> None:
    first = house.issue()
    house.later(hours=1)
    again = house.issue()
    assert (again.credential_id, again.document, again.first) == (first.credential_id, first.document, False)
    assert actions(house) == ["credential.prepared", "credential.signed"]


@pytest.mark.parametrize(
    "changes", [{"number": "NA-000124"}, {"date_earned": date(2026, 4, 19)}, {"student_id": "100000002"}]
)
def test_other_content_under_the_same_reference_is_refused(house: House, changes: dict[str, Any]) -> None:
    house.issue()
    with pytest.raises(IssuerError, match="award_ref_reused"):
        house.issue(**changes)


def test_two_districts_may_use_the_same_reference(house: House) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    assert house.issue().credential_id != other.issue().credential_id


def test_unknown_achievement_is_refused_and_leaves_nothing(house: House) -> None:
    with pytest.raises(IssuerError, match="not_found"):
        house.issue(achievement_id="no-such-thing")
    with house.store.reading() as session:
        assert queries.award(session, house.district.id, "A-1") is None


def test_a_row_that_cannot_be_prepared_can_be_mended_under_its_reference(house: House) -> None:
    with pytest.raises(PrepareRefused):
        house.issue(recipient_name="100000001")
    assert actions(house) == []
    assert house.issue().first


def test_a_mended_order_may_ask_for_another_form(house: House) -> None:
    with pytest.raises(PrepareRefused):
        house.issue(recipient_name="100000001")
    assert house.issue(also_jwt=True).jwt is not None


def test_many_issuers_of_one_award_at_once_give_one_credential(house: House) -> None:
    made: list[issuance.Issued] = []
    ready = threading.Barrier(4)

    def issuer(number: int) -> None:
        mine = replace(house, entropy=Entropy(f"issuer {number}"))
        ready.wait()
        made.append(mine.issue())

    threads = [threading.Thread(target=issuer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len({(one.credential_id, one.document) for one in made}) == 1
    assert sum(one.first for one in made) == 1
    assert actions(house) == ["credential.prepared", "credential.signed"]


def test_rehearsal_finds_faults_and_reserves_nothing(house: House) -> None:
    award = house.award(recipient_name="100000001")
    with pytest.raises(PrepareRefused):
        rehearse(award, store=house.store, district_id=house.district.id, now=house.time)
    rehearse(house.award(), store=house.store, district_id=house.district.id, now=house.time)
    with house.store.reading() as session:
        assert queries.award(session, house.district.id, "A-1") is None


def test_rehearsal_finds_a_reused_reference(house: House) -> None:
    house.issue()
    with pytest.raises(IssuerError, match="award_ref_reused"):
        rehearse(house.award(number="X"), store=house.store, district_id=house.district.id, now=house.time)


def _crash_in(store: Store, monkeypatch: pytest.MonkeyPatch, number: int, *, kept: bool) -> None:
    """Make the `number`-th writing transaction from now on the last: lost, or kept and then cut off."""
    real, begun = store.transaction, iter(range(1, 100))

    @contextmanager
    def transaction() -> Any:
        fatal = next(begun) == number
        with real() as session:
            yield session
            if fatal and not kept:
                raise Crash
        if fatal:
            raise Crash

    monkeypatch.setattr(store, "transaction", transaction)


@pytest.mark.parametrize("cut", ["lost", "kept"])
@pytest.mark.parametrize("number", [1, 2, 3], ids=["reserve", "prepared", "signed"])
def test_after_a_crash_at_any_step_there_is_one_credential(
    house: House, monkeypatch: pytest.MonkeyPatch, number: int, cut: str
) -> None:
    with monkeypatch.context() as patch:
        _crash_in(house.store, patch, number, kept=cut == "kept")
        with pytest.raises(Crash):
            house.issue()
    with house.store.reading() as session:
        before = queries.credential_of_award(session, house.district.id, "A-1")
    house.later(minutes=5)
    made = house.issue()
    check_proof(parse(made.document), lambda _: house.signer.public_key)
    assert actions(house) == ["credential.prepared", "credential.signed"]
    with house.store.reading() as session:
        audit.check_chain(session, house.district.id)
        assert len(session.scalars(select(Secured)).all()) == 1
    if before is not None:
        after = house.row(made.credential_id)
        assert (after.id, after.list_id, after.list_index) == (before.id, before.list_id, before.list_index)
        if before.prepared is not None:
            assert after.prepared == before.prepared


def test_resume_signs_the_stored_bytes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _crash_in(house.store, patch, 2, kept=True)
        with pytest.raises(Crash):
            house.issue()
    house.later(days=1)
    done = resume(house.store, house.district.id, signer=house.signer, now=house.time, actor="test")
    assert [one.award_ref for one in done] == ["A-1"]
    row = house.row(done[0].credential_id)
    assert row.prepared is not None
    said = json.loads(done[0].document)
    said.pop("proof")
    assert said == json.loads(row.prepared)
    assert resume(house.store, house.district.id, signer=house.signer, now=house.time, actor="test") == []


def test_stored_bytes_that_were_changed_are_not_signed(house: House) -> None:
    made = house.issue()
    row = house.row(made.credential_id)
    assert row.prepared is not None
    row.prepared = row.prepared.replace(b'"name":', b'"name" :', 1)
    with pytest.raises(IssuerError, match="state_conflict"):
        securing.prepared_again(row)


def test_without_the_audit_row_nothing_is_signed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[bytes] = []

    class Watched(SeededSigner):
        def sign(self, message: bytes) -> bytes:
            signed.append(message)
            return super().sign(message)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    house.signer = Watched(house.signer.word, house.signer.controller)
    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", full)
        with pytest.raises(OSError, match="no space"):
            house.issue()
    assert signed == []
    with house.store.reading() as session:
        row = queries.credential_of_award(session, house.district.id, "A-1")
        assert row is not None
        assert row.state == State.RESERVED


def test_a_wrong_signature_is_never_recorded(house: House) -> None:
    good = house.signer

    class Broken(SeededSigner):
        def sign(self, message: bytes) -> bytes:
            return super().sign(message + b"!")

    house.signer = Broken(good.word, good.controller)
    with pytest.raises(IssuerError, match="signature_failed"):
        house.issue()
    house.signer = good
    assert house.issue().first


def test_a_signer_of_another_district_is_refused(house: House) -> None:
    house.signer = SeededSigner("somebody", "did:web:elsewhere.example")
    with pytest.raises(IssuerError, match="signature_failed"):
        house.issue()


def test_our_own_check_decides_even_where_the_maker_is_content(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = add_proof

    def other_content(document: Any, *args: Any, **named: Any) -> Any:
        return real(replace(document, value=document.value | {"name": "Something else"}), *args, **named)

    monkeypatch.setattr(securing, "add_proof", other_content)
    with pytest.raises(IssuerError, match="signature_failed"):
        house.issue()


def test_a_key_that_ended_meanwhile_signs_nothing(house: House) -> None:
    house.take_key(house.signer, retired=house.time)
    with pytest.raises(IssuerError, match="key_not_usable"):
        house.issue()
    assert actions(house) == ["credential.prepared"]


def test_two_issuers_of_one_award_leave_one_proof(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes between the first one's signature and its record."""
    real: Callable[..., dict[str, bytes]] = securing.secure
    inner: list[issuance.Issued] = []

    def overtaken(*args: Any, **named: Any) -> dict[str, bytes]:
        forms = real(*args, **named)
        if not inner:
            monkeypatch.setattr(issuance, "secure", real)
            house.later(seconds=5)
            inner.append(house.issue())
        return forms

    monkeypatch.setattr(issuance, "secure", overtaken)
    outer = house.issue()
    assert (outer.first, inner[0].first) == (False, True)
    assert outer.document == inner[0].document
    assert actions(house) == ["credential.prepared", "credential.signed"]


@pytest.mark.parametrize("step", ["_record_prepared", "prepared_from"], ids=["unread", "read"])
def test_a_corrected_order_that_comes_between_is_not_mixed_up_with_the_first(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Another process corrects what was reserved, and is cut off before it has prepared it."""
    real = getattr(issuance, step)

    def overtaken(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(issuance, step, real)
        with monkeypatch.context() as patch:
            _crash_in(house.store, patch, 1, kept=True)
            with pytest.raises(Crash):
                house.issue(number="NA-000999")
        return real(*args, **named)

    monkeypatch.setattr(issuance, step, overtaken)
    with pytest.raises(IssuerError, match="database_busy"):
        house.issue()
    said = json.loads(house.issue(number="NA-000999").document)["credentialSubject"]["licenseNumber"]
    with house.store.reading() as session:
        known = queries.award(session, house.district.id, "A-1")
        assert known is not None
        assert Award.from_json(known.facts).number == said


def test_award_reads_back_what_it_wrote(house: House) -> None:
    award = house.award(withheld=("2008-03-02",), fingerprint="f" * 64)
    assert Award.from_json(json.loads(json.dumps(award.to_json()))) == award
    assert replace(award, fingerprint="e" * 64).digest() != award.digest()


def test_a_withheld_text_stops_the_badge(house: House) -> None:
    with pytest.raises(PrepareRefused):
        house.issue(evaluator="born 2008-03-02", withheld=("2008-03-02",))


def test_p256_keys_issue_too(house: House) -> None:
    from keys.public import KeyType

    house.signer = SeededSigner("curve", house.district.did, KeyType.P256)
    house.take_key(house.signer)
    made = house.issue(also_jwt=True)
    assert json.loads(made.document)["proof"][0]["cryptosuite"] == "ecdsa-rdfc-2019"

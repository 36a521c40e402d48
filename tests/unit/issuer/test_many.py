"""Issuing many awards at once: for each badge it is as if it had been issued alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from contexts.document import parse
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.vc_jwt import check_jwt, split
from issuer import issuance, many, permutation, securing
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.evidence.attach import attach as attach_evidence
from issuer.evidence.links import link_item
from issuer.issuance import Issued, resume
from issuer.many import NotIssued, issue_many
from issuer.prepare import PrepareRefused
from issuer.store import audit, bulk, queries, status_lists
from issuer.store.session import Store
from issuer.store.tables import Audit, Credential, Secured, State, StatusList
from tests.house import Entropy, House, without_triggers
from tests.signers import SeededSigner


class Crash(BaseException):
    """The process is gone."""


REFS = ("A-3", "A-1", "A-2", "A-5", "A-4")


def together(house: House, awards: Sequence[Award]) -> list[Issued | NotIssued]:
    return issue_many(
        awards,
        store=house.store,
        district_id=house.district.id,
        signer=house.signer,
        now=house.time,
        entropy=house.entropy,
        actor="test",
    )


def some(house: House, refs: Sequence[str] = REFS, **changes: Any) -> list[Award]:
    return [
        house.award(ref, **({"student_id": f"10000{number:04}", "number": f"NA-{ref}"} | changes))
        for number, ref in enumerate(refs)
    ]


def issued(found: Sequence[Issued | NotIssued]) -> list[Issued]:
    assert all(isinstance(one, Issued) for one in found), found
    return [one for one in found if isinstance(one, Issued)]


def audited(house: House) -> dict[str, list[str]]:
    """What the audit says of each credential, in its order."""
    found: dict[str, list[str]] = {}
    with house.store.reading() as session:
        audit.check_chain(session, house.district.id)
        for row in session.scalars(
            select(Audit).where(Audit.action.like("credential.%")).order_by(Audit.number)
        ):
            found.setdefault(row.subject, []).append(row.action)
    return found


def check_whole(house: House, count: int) -> None:
    """Each award has one credential, one position, one proof that fits, and two audit rows."""
    with house.store.reading() as session:
        rows = session.scalars(select(Credential)).all()
        bodies = {row.credential_id: row.body for row in session.scalars(select(Secured))}
    assert len(rows) == len(bodies) == count
    assert len({(row.list_id, row.list_index) for row in rows}) == count
    for row in rows:
        assert row.state == State.SIGNED
        assert row.prepared is not None
        said = check_proof(parse(bodies[row.id]), lambda _: house.signer.public_key).document
        assert said.raw == row.prepared
    assert audited(house) == {row.id: ["credential.prepared", "credential.signed"] for row in rows}


def test_many_are_issued_each_as_it_would_be_alone(house: House) -> None:
    alone = house.issue("A-0", number="NA-A-0")
    found = issued(together(house, some(house)))
    assert [one.award_ref for one in found] == list(REFS)
    assert all(one.first for one in found)
    check_whole(house, len(REFS) + 1)
    own = ("id", "credentialStatus", "proof")
    for one in found:
        said, other = json.loads(one.document), json.loads(alone.document)
        assert said["credentialSubject"].pop("licenseNumber") == f"NA-{one.award_ref}"
        del other["credentialSubject"]["licenseNumber"]
        for value in (said, other):
            del value["credentialSubject"]["id"]
            for name in own:
                del value[name]
        assert said == other


def test_the_same_awards_give_the_first_answers(house: House) -> None:
    first = issued(together(house, some(house)))
    house.later(hours=1)
    again = issued(together(house, some(house)))
    assert [one.document for one in again] == [one.document for one in first]
    assert not any(one.first for one in again)
    assert house.issue("A-1", student_id="100000001", number="NA-A-1").document == first[1].document
    check_whole(house, len(REFS))


def test_none_are_none(house: House) -> None:
    assert together(house, []) == []
    assert audited(house) == {}


def test_a_reference_that_stands_twice_is_one_badge(house: House) -> None:
    award = house.award("A-1")
    found = together(house, [award, house.award("A-2"), award, replace(award, number="NA-OTHER")])
    documents = [one.document for one in issued(found[:3])]
    assert documents[0] == documents[2] != documents[1]
    assert isinstance(found[3], IssuerError)
    assert found[3].code == "award_ref_reused"
    check_whole(house, 2)


def test_what_is_wrong_with_one_award_stops_no_other(house: House) -> None:
    house.issue("A-1", number="NA-OTHER")
    awards = some(house)
    awards[0] = replace(awards[0], achievement_id="no-such-thing")
    awards[3] = replace(awards[3], recipient_name=awards[3].student_id)
    found = together(house, awards)
    codes = [one.code if isinstance(one, IssuerError) else "" for one in found]
    assert codes == ["not_found", "award_ref_reused", "", "withheld_value", ""]
    assert isinstance(found[3], PrepareRefused)
    with house.store.reading() as session:
        assert queries.award(session, house.district.id, "A-3") is None
        waiting = queries.credential_of_award(session, house.district.id, "A-5")
        assert waiting is not None
        assert waiting.state == State.RESERVED
    mended = [house.award("A-5", number="NA-A-5"), house.award("A-3")]
    assert all(one.first for one in issued(together(house, mended)))
    check_whole(house, len(REFS))


def test_a_jwt_is_made_where_it_was_asked_for(house: House) -> None:
    awards = [house.award("A-1", also_jwt=True), house.award("A-2")]
    first, second = issued(together(house, awards))
    assert first.jwt is not None
    assert second.jwt is None
    said = check_jwt(split(first.jwt), lambda _: house.signer.public_key)
    assert said.document.value["id"] == first.credential_id


def test_more_than_go_together_are_issued_in_parts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MOST_TOGETHER", 3)
    begun: list[int] = []
    real = house.store.transaction

    @contextmanager
    def counted() -> Any:
        begun.append(1)
        with real() as session:
            yield session

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "transaction", counted)
        assert len(issued(together(house, some(house, [f"B-{n}" for n in range(3)])))) == 3
        assert len(begun) == 3  # reserved, prepared, signed
        assert len(issued(together(house, some(house, [f"C-{n}" for n in range(4)])))) == 4
        assert len(begun) == 9
    check_whole(house, 7)


def _crash_in(store: Store, monkeypatch: pytest.MonkeyPatch, number: int, *, kept: bool) -> None:
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


@pytest.mark.parametrize("way", ["again", "alone", "resumed"])
@pytest.mark.parametrize("cut", ["lost", "kept"])
@pytest.mark.parametrize("number", [1, 2, 3], ids=["reserve", "prepared", "signed"])
def test_after_a_crash_at_any_step_each_award_has_one_credential(
    house: House, monkeypatch: pytest.MonkeyPatch, number: int, cut: str, way: str
) -> None:
    with monkeypatch.context() as patch:
        _crash_in(house.store, patch, number, kept=cut == "kept")
        with pytest.raises(Crash):
            together(house, some(house))
    with house.store.reading() as session:
        before = bulk.credentials(session, house.district.id, REFS)
    house.later(minutes=5)
    if way == "resumed":
        resume(house.store, house.district.id, signer=house.signer, now=house.time, actor="test")
    if way == "alone":
        house.issue("A-1", student_id="100000001", number="NA-A-1")
    issued(together(house, some(house)))
    check_whole(house, len(REFS))
    for ref, row in before.items():
        with house.store.reading() as session:
            after = queries.credential_of_award(session, house.district.id, ref)
        assert after is not None
        assert (after.id, after.list_id, after.list_index) == (row.id, row.list_id, row.list_index)
        if row.prepared is not None:
            assert after.prepared == row.prepared


def test_many_issuers_of_the_same_awards_at_once_give_each_one_credential(house: House) -> None:
    found: list[list[Issued]] = []
    ready = threading.Barrier(4)

    def issuer(number: int) -> None:
        mine = replace(house, entropy=Entropy(f"issuer {number}"))
        awards = some(house, [f"A-{one}" for one in range(12)])
        part = awards[number:] + awards[:number]
        ready.wait()
        if number % 2:
            found.append(sorted(issued(together(mine, part)), key=lambda one: one.award_ref))
        else:
            found.append(sorted(issued(together(mine, part[::-1])), key=lambda one: one.award_ref))

    threads = [threading.Thread(target=issuer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({tuple(one.document for one in each) for each in found}) == 1
    assert sum(one.first for each in found for one in each) == 12
    check_whole(house, 12)


def test_without_the_audit_rows_nothing_is_signed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[bytes] = []

    class Watched(SeededSigner):
        def sign(self, message: bytes) -> bytes:
            signed.append(message)
            return super().sign(message)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    house.signer = Watched(house.signer.word, house.signer.controller)
    with monkeypatch.context() as patch:
        patch.setattr(audit, "record_all", full)
        with pytest.raises(OSError, match="no space"):
            together(house, some(house))
    assert signed == []
    with house.store.reading() as session:
        rows = bulk.credentials(session, house.district.id, REFS)
    assert {row.state for row in rows.values()} == {State.RESERVED.value}


def test_one_wrong_signature_is_never_recorded_and_costs_no_other_badge(house: House) -> None:
    good, count = house.signer, iter(range(100))

    class Broken(SeededSigner):
        def sign(self, message: bytes) -> bytes:
            return super().sign(message + (b"!" if next(count) == 3 else b""))

    house.signer = Broken(good.word, good.controller)
    with pytest.raises(IssuerError, match="signature_failed"):
        together(house, some(house))
    with house.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Secured)) == 0
    house.signer = good
    issued(together(house, some(house)))
    check_whole(house, len(REFS))


def test_our_own_check_decides_even_where_the_maker_is_content(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = add_proof

    def other_content(document: Any, *args: Any, **named: Any) -> Any:
        return real(replace(document, value=document.value | {"name": "Something else"}), *args, **named)

    monkeypatch.setattr(securing, "add_proof", other_content)
    with pytest.raises(IssuerError, match="signature_failed"):
        together(house, some(house))


def test_a_key_that_ended_meanwhile_signs_nothing(house: House) -> None:
    house.take_key(house.signer, retired=house.time)
    with pytest.raises(IssuerError, match="key_not_usable"):
        together(house, some(house))
    assert all(actions == ["credential.prepared"] for actions in audited(house).values())
    with house.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Secured)) == 0


def test_stored_bytes_that_were_changed_are_not_signed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _crash_in(house.store, patch, 2, kept=True)
        with pytest.raises(Crash):
            together(house, some(house))
    without_triggers(house.store, "credential")
    with house.store.transaction() as session:
        row = bulk.credentials(session, house.district.id, REFS)["A-2"]
        assert row.prepared is not None
        row.prepared = row.prepared.replace(b'"name":', b'"name" :', 1)
    with pytest.raises(IssuerError, match="state_conflict"):
        together(house, some(house))


def test_an_order_that_comes_between_is_not_mixed_up_with_the_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process corrects what was reserved, and is cut off before it has prepared it."""
    real = issuance.prepared_from

    def overtaken(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(many, "prepared_from", real)
        with monkeypatch.context() as patch:
            _crash_in(house.store, patch, 1, kept=True)
            with pytest.raises(Crash):
                house.issue("A-2", number="NA-000999")
        return real(*args, **named)

    monkeypatch.setattr(many, "prepared_from", overtaken)
    with pytest.raises(IssuerError, match="database_busy"):
        together(house, some(house))
    assert audited(house) == {}
    issued(together(house, some(house)))
    check_whole(house, len(REFS))


def test_one_that_another_prepared_meanwhile_keeps_the_others_bytes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = issuance.prepared_from

    def overtaken(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(many, "prepared_from", real)
        house.later(seconds=5)
        house.issue("A-2", student_id="100000002", number="NA-A-2")
        return real(*args, **named)

    monkeypatch.setattr(many, "prepared_from", overtaken)
    awards = some(house)
    found = issued(together(house, awards))
    assert [one.first for one in found] == [True, True, False, True, True]
    check_whole(house, len(REFS))


def test_evidence_that_was_attached_is_in_its_badge_and_in_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(house, "A-2")
    found = issued(together(house, some(house)))
    with_evidence = [one.award_ref for one in found if b"https://work.example/" in one.document]
    assert with_evidence == ["A-2"]
    real = issuance.prepared_from

    def overtaken(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(many, "prepared_from", real)
        attach(house, "B-1")
        return real(*args, **named)

    monkeypatch.setattr(many, "prepared_from", overtaken)
    with pytest.raises(IssuerError, match="database_busy"):
        together(house, some(house, ["B-1", "B-2"]))
    assert len(issued(together(house, some(house, ["B-1", "B-2"])))) == 2


def attach(house: House, ref: str) -> None:
    attach_evidence(
        house.store,
        house.district.id,
        ref,
        link_item(f"https://work.example/{ref}", digest="0" * 64),
        now=house.time,
        actor="test",
    )


@pytest.mark.parametrize(
    "used", [permutation.LIST_SIZE - 3, permutation.LIST_SIZE - 1, permutation.LIST_SIZE - 5]
)
def test_positions_of_a_list_that_fills_up_go_on_in_the_next(house: House, used: int) -> None:
    house.issue("A-0")
    with house.store.transaction() as session:
        first = session.scalars(select(StatusList)).one()
        first.used = used
    issued(together(house, some(house)))
    with house.store.reading() as session:
        lists = session.scalars(select(StatusList).order_by(StatusList.opened, StatusList.closed)).all()
        rows = session.scalars(select(Credential).where(Credential.award_ref != "A-0")).all()
    left = permutation.LIST_SIZE - used
    by_list = {one.id: sum(row.list_id == one.id for row in rows) for one in lists}
    assert sorted(by_list.values()) == sorted([left, len(REFS) - left] if left < len(REFS) else [left])
    full = next(one for one in lists if one.id == first.id)
    assert full.used == permutation.LIST_SIZE
    assert full.closed is not None
    taken = {
        permutation.position(number, first.permutation_key) for number in range(used, permutation.LIST_SIZE)
    }
    assert {row.list_index for row in rows if row.list_id == first.id} == taken


def test_no_position_is_given_where_none_is_asked_for(house: House) -> None:
    with house.store.transaction() as session:
        assert (
            status_lists.reserve_some(session, house.district.id, 0, now=house.time, entropy=house.entropy)
            == []
        )

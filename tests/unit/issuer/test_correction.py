"""A corrected badge takes the place of the wrong one: nothing is lost, nothing is doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from contexts.document import parse
from credential.withdrawal import Reason
from issuer import correction
from issuer.award import Determined
from issuer.correction import (
    MOST_CORRECTIONS,
    Correction,
    Replaced,
    correct,
    corrected,
    corrected_ref,
    finish,
    interrupted,
    next_ref,
    preview,
)
from issuer.errors import IssuerError
from issuer.evidence.attach import attach
from issuer.evidence.files import file_item
from issuer.issuance import issue, stored
from issuer.revocation import revoke
from issuer.store import audit, evidence, queries, report_queries
from issuer.store.outcome_tables import AwardSchool
from issuer.store.tables import Audit, Credential, School, Status
from tests.house import House


class Crashed(Exception):  # noqa: N818 - it is one
    """The program stopped here."""


def right(house: House, **changes: Any) -> Correction:
    return replace(Correction.of(house.award()), **({"recipient_name": "Maya Okafor-Lind"} | changes))


def mend(house: House, ref: str = "A-1", **changes: Any) -> Replaced:
    return correct(
        house.store, house.district.id, ref, right(house, **changes), signer=house.signer, now=house.time,
        entropy=house.entropy, actor="test",
    )  # fmt: skip


def ids(house: House) -> set[str]:
    with house.store.reading() as session:
        return set(session.scalars(select(Credential.id)))


def actions(house: House, name: str) -> list[Audit]:
    with house.store.reading() as session:
        audit.check_chain(session, house.district.id)
        return list(session.scalars(select(Audit).where(Audit.action == name)))


def reason(house: House, credential_id: str) -> str:
    with house.store.reading() as session:
        found = queries.status(session, house.district.id, credential_id)
    return found.reason if found else ""


def test_the_right_badge_keeps_the_day_the_evidence_and_the_school(house: House) -> None:
    attach(house.store, house.district.id, "A-1", file_item(b"A sample."), now=house.time, actor="test")
    with house.store.transaction() as session:
        session.add(School(district_id=house.district.id, code="0187", name="Riverbend High School"))
        session.flush()
        report_queries.put_school(session, house.district.id, "A-1", "0187")
    before = house.issue()
    house.later(days=30)
    done = mend(house)
    old, new = parse(before.document).value, parse(done.made.document).value
    assert new["awardedDate"] == old["awardedDate"]
    assert new["evidence"] == old["evidence"]
    assert new["validFrom"] > old["validFrom"]
    assert new["credentialSubject"]["identifier"][0]["identityHash"] == "Maya Okafor-Lind"
    assert new["credentialSubject"]["licenseNumber"] == old["credentialSubject"]["licenseNumber"]
    assert (done.made.award_ref, done.old_id, done.first) == ("A-1~c1", before.credential_id, True)
    with house.store.reading() as session:
        assert session.get_one(AwardSchool, (house.district.id, "A-1~c1")).school_code == "0187"
        assert [one.award_ref for one in report_queries.standing(session, house.district.id)] == ["A-1~c1"]


def test_the_old_badge_is_withdrawn_as_corrected_and_never_deleted(house: House) -> None:
    before = house.issue()
    done = mend(house)
    assert reason(house, before.credential_id) == Reason.CORRECTED
    assert reason(house, done.made.credential_id) == ""
    assert stored(house.store, house.district.id, before.credential_id).document == before.document
    (row,) = actions(house, "credential.replaced")
    assert (row.subject, row.facts) == (
        before.credential_id,
        {"by": done.made.credential_id, "award": "A-1~c1"},
    )


def test_the_same_correction_again_changes_nothing(house: House) -> None:
    house.issue()
    first = mend(house)
    house.later(days=1)
    rows = len(actions(house, "credential.replaced")), len(ids(house))
    again = mend(house)
    assert (again.made.credential_id, again.made.document) == (
        first.made.credential_id,
        first.made.document,
    )
    assert (first.first, again.first) == (True, False)
    assert (len(actions(house, "credential.replaced")), len(ids(house))) == rows == (1, 2)
    assert len(actions(house, "credential.revoked")) == 1


@pytest.mark.parametrize("step", ["rehearse", "carry_over", "issue", "_check_same", "_withdraw"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_step_loses_and_doubles_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    attach(house.store, house.district.id, "A-1", file_item(b"A sample."), now=house.time, actor="test")
    before = house.issue()
    real = getattr(correction, step)

    def crash(*arguments: Any, **named: Any) -> Any:
        if when == "after":
            real(*arguments, **named)
        raise Crashed

    with monkeypatch.context() as patch:
        patch.setattr(correction, step, crash)
        with pytest.raises(Crashed):
            mend(house)
    with house.store.reading() as session:
        standing = report_queries.standing(session, house.district.id)
        begun = interrupted(session, house.district.id)
    assert standing, "somebody is left without a badge"
    new_first = (step, when) in {
        ("issue", "after"), ("_check_same", "before"), ("_check_same", "after"), ("_withdraw", "before"),
    }  # fmt: skip
    assert begun == ({"A-1": "A-1~c1"} if new_first else {})
    house.later(minutes=5)
    done = mend(house)
    assert len(ids(house)) == 2
    assert reason(house, before.credential_id) == Reason.CORRECTED
    assert len(actions(house, "credential.replaced")) == 1
    with house.store.reading() as session:
        assert interrupted(session, house.district.id) == {}
        assert len(evidence.items(session, house.district.id, "A-1~c1")) == 1
        assert [one.award_ref for one in report_queries.standing(session, house.district.id)] == ["A-1~c1"]
    assert "evidence" in parse(done.made.document).value


def test_what_broke_off_is_finished_as_it_was_ordered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = house.issue()

    def crash(*_arguments: Any, **_named: Any) -> bool:
        raise Crashed

    with monkeypatch.context() as patch:
        patch.setattr(correction, "_withdraw", crash)
        with pytest.raises(Crashed):
            mend(house)
    done = finish(
        house.store, house.district.id, "A-1", signer=house.signer, now=house.later(days=1),
        entropy=house.entropy, actor="test",
    )  # fmt: skip
    assert (done.first, done.old_id) == (True, before.credential_id)
    name = parse(done.made.document).value["credentialSubject"]["identifier"][0]["identityHash"]
    assert name == "Maya Okafor-Lind"
    with pytest.raises(IssuerError, match="not_found: no correction of A-1~c1 was begun"):
        finish(
            house.store, house.district.id, "A-1~c1", signer=house.signer, now=house.time,
            entropy=house.entropy, actor="test",
        )  # fmt: skip


def test_one_badge_is_corrected_in_one_way_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.issue()

    def crash(*_arguments: Any, **_named: Any) -> bool:
        raise Crashed

    with monkeypatch.context() as patch:
        patch.setattr(correction, "_withdraw", crash)
        with pytest.raises(Crashed):
            mend(house)
    for _ in range(2):  # while the first stands unfinished, and after it is done
        with pytest.raises(IssuerError, match="state_conflict: somebody corrected this badge otherwise"):
            mend(house, recipient_name="Maya Lind")
        mend(house)
    assert len(ids(house)) == 2
    with pytest.raises(IssuerError, match="state_conflict"):
        mend(house, recipient_name="Maya Lind")


def test_what_was_signed_meanwhile_for_another_order_is_not_taken_for_ours(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = house.issue()

    def other(award: Any, **named: Any) -> Any:
        return issue(replace(award, recipient_name="Maya Lind"), **named)

    monkeypatch.setattr(correction, "issue", other)
    with pytest.raises(IssuerError, match="state_conflict: somebody corrected this badge otherwise"):
        mend(house)
    assert reason(house, before.credential_id) == ""


def test_a_corrected_badge_can_be_corrected(house: House) -> None:
    house.issue()
    mend(house)
    second = mend(house, "A-1~c1", recipient_name="Maya Lind")
    assert second.made.award_ref == "A-1~c2"
    with house.store.reading() as session:
        assert [one.award_ref for one in report_queries.standing(session, house.district.id)] == ["A-1~c2"]
        assert len(session.scalars(select(Status)).all()) == 2


def test_what_cannot_be_corrected_is_refused_and_nothing_is_kept(house: House) -> None:
    made = house.issue()
    known = ids(house)
    for changes, expected in (
        ({"recipient_name": "Maya Okafor"}, "state_conflict: nothing would change"),
        ({"recipient_name": " Maya Okafor "}, "state_conflict: nothing would change"),
        ({"recipient_name": " "}, "bad_request: a badge that names somebody needs a name"),
        ({"last_day": date(2026, 4, 17)}, "bad_time: the last day 2026-04-17 is before"),
        ({"date_earned": date(2026, 6, 2)}, "bad_time: 2026-06-02 has not come yet"),
        ({"number": ""}, "kind_rule: A license needs its number"),
        ({"recipient_name": "Maya \u202eOkafor"}, "turns the reading direction"),
    ):
        with pytest.raises(IssuerError, match=expected):
            mend(house, **changes)
    with pytest.raises(IssuerError, match="not_found: there is no award 'A-9'"):
        mend(house, "A-9")
    assert ids(house) == known
    revoke(
        house.store, house.district.id, made.credential_id, reason="requested", note="", now=house.time,
        actor="test",
    )  # fmt: skip
    with pytest.raises(IssuerError, match="state_conflict: the badge of A-1 is withdrawn"):
        mend(house)
    with pytest.raises(IssuerError, match="state_conflict: the badge of A-1 is withdrawn"):
        preview(house.store, house.district.id, "A-1", right(house), now=house.time)
    assert ids(house) == known


def test_a_badge_withdrawn_by_hand_as_corrected_gets_no_second_successor(house: House) -> None:
    made = house.issue()
    revoke(
        house.store, house.district.id, made.credential_id, reason="corrected", note="", now=house.time,
        actor="test",
    )  # fmt: skip
    with pytest.raises(IssuerError, match="issue a right one under a new reference"):
        mend(house)
    assert len(ids(house)) == 1


def test_a_determination_is_judged_again_instead(house: House) -> None:
    award = house.award(determined=Determined(("ENG",), "{}", ()))
    with pytest.raises(IssuerError, match="state_conflict: a determination says what follows"):
        corrected(award, right(house))


def test_a_preview_writes_nothing(house: House) -> None:
    made = house.issue()
    rows = len(actions(house, "credential.prepared"))
    shown = preview(house.store, house.district.id, "A-1", right(house, number="NA-000321"), now=house.time)
    assert shown.before == made.document
    after = parse(shown.after.raw).value
    assert after["credentialSubject"]["identifier"][0]["identityHash"] == "Maya Okafor-Lind"
    assert after["credentialSubject"]["licenseNumber"] == "NA-000321"
    assert len(ids(house)) == 1
    assert len(actions(house, "credential.prepared")) == rows


def test_references_follow_from_each_other_up_to_a_bound() -> None:
    assert next_ref(f"A~c{MOST_CORRECTIONS - 1}") == f"A~c{MOST_CORRECTIONS}"
    with pytest.raises(IssuerError, match="was corrected 99 times"):
        next_ref(f"A~c{MOST_CORRECTIONS}")
    assert [corrected_ref(ref) for ref in ("A", "A~c", "A~c0", "A~c01", "A~c100", "A~cx")] == [None] * 6
    assert corrected_ref("A~2030-01-31~c1") == "A~2030-01-31"

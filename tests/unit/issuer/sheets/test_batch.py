"""The rows of a sheet are issued each once, whatever happens between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from issuer.access.errors import AccessError
from issuer.access.roles import Role
from issuer.errors import IssuerError
from issuer.many import issue_many
from issuer.sheets import batch, order
from issuer.sheets import draft as drafts
from issuer.sheets.draft import Draft
from issuer.sheets.look import look_at
from issuer.sheets.order import Ordered
from issuer.store import queries, sheet_drafts
from issuer.store.sheet_drafts import Counted
from tests import awards
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.web.staff.test_issue import rows

DAY = date(2026, 6, 1)


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


def given(staff: Staff, data: bytes) -> Draft:
    """A sheet that was given."""
    house, person = staff.house, staff.person(Role.REGISTRAR)
    made = drafts.start(house.store, person, now=house.time, entropy=house.entropy)
    drafts.take(house.store, person, made.id, data, drafts.FILE, now=house.time)
    return made


def ready(staff: Staff, draft: Draft) -> tuple[Ordered, ...]:
    with staff.house.store.reading() as session:
        found = drafts.find(session, staff.person(Role.REGISTRAR), draft.id)
        checked = look_at(session, staff.district, found, run_date=DAY).checked
    return order.ordered(checked) if checked else ()


def ordered(staff: Staff, data: bytes) -> Draft:
    """A sheet whose badges were ordered."""
    made = given(staff, data)
    found, person = ready(staff, made), staff.person(Role.REGISTRAR)
    seen = order.digest(found)
    return order.order(staff.house.store, person, made.id, found, seen=seen, now=staff.house.time)


def some(staff: Staff, draft: Draft, most: int = batch.AT_ONCE) -> Counted:
    house = staff.house
    return batch.issue_some(
        house.store,
        staff.district,
        draft.id,
        signer=house.signer,
        clock=house.clock,
        entropy=house.entropy,
        actor="test",
        most=most,
    )


def signed(staff: Staff) -> list[str]:
    with staff.house.store.reading() as session:
        return queries.signed_ids(session, staff.district)


def test_a_sheet_is_issued_a_part_at_a_time(staff: Staff) -> None:
    draft = ordered(staff, rows(5))
    assert some(staff, draft, 2) == Counted(queued=3, issued=2)
    assert some(staff, draft, 2) == Counted(queued=1, issued=4)
    assert some(staff, draft, 2) == Counted(issued=5)
    assert some(staff, draft, 2) == Counted(issued=5)
    assert len(signed(staff)) == 5
    assert [one for one in staff.audited() if one[1] == "sheet.issued"] == [
        ("test", "sheet.issued", draft.id)
    ]


@pytest.mark.parametrize("when", ["before it is signed", "after it is signed"])
def test_a_crash_is_gone_on_from(staff: Staff, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    draft = ordered(staff, rows(3))

    def crashing(awards: Any, **named: Any) -> Any:
        if when == "after it is signed":
            issue_many(awards, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(batch, "issue_many", crashing)
        with pytest.raises(KeyboardInterrupt):
            some(staff, draft)
    before = signed(staff)
    assert len(before) == (3 if when == "after it is signed" else 0)
    assert some(staff, draft) == Counted(issued=3)
    assert len(signed(staff)) == 3
    assert set(before) <= set(signed(staff))


def test_two_who_press_at_once_issue_each_row_once(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = ordered(staff, rows(3))
    inside: list[Counted] = []

    def meanwhile(awards: Any, **named: Any) -> Any:
        if not inside:
            inside.append(Counted())
            inside.append(some(staff, draft))
        return issue_many(awards, **named)

    monkeypatch.setattr(batch, "issue_many", meanwhile)
    assert some(staff, draft) == Counted(issued=3)
    assert inside[1] == Counted(issued=3)
    assert len(signed(staff)) == 3


def test_what_another_sheet_gave_meanwhile_is_not_given_again(staff: Staff) -> None:
    first = ordered(staff, rows(2))
    second_rows = awards.sheet(
        *(
            {
                "external_id": f"20000000{one}",
                "given_name": "Inés",
                "family_name": "Farrow",
                "school_code": "0187",
                "credential_code": "CO-CNA",
                "date_earned": "2026-04-18",
                "expires_on": "2028-01-31",
                "number": f"NA-{one}",
                "award_ref": f"OTHER-{one}",
            }
            for one in (2, 3)
        )
    )
    second = ordered(staff, second_rows)
    assert some(staff, first) == Counted(issued=2)
    assert some(staff, second) == Counted(issued=1, failed=1)
    with staff.house.store.reading() as session:
        failed = sheet_drafts.rows(session, staff.district, second.id, state=sheet_drafts.FAILED)
    assert [row.award_ref for row in failed] == ["OTHER-2"]
    assert "as B-2" in failed[0].why
    assert len(signed(staff)) == 3


def test_what_is_wrong_with_one_row_stops_no_other(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = ordered(staff, rows(3))

    def failing(awards: Any, **named: Any) -> Any:
        good = iter(issue_many([one for one in awards if one.award_ref != "B-2"], **named))
        fault = IssuerError("bad_text", "a text is bad")
        return [fault if one.award_ref == "B-2" else next(good) for one in awards]

    with monkeypatch.context() as patch:
        patch.setattr(batch, "issue_many", failing)
        assert some(staff, draft) == Counted(issued=2, failed=1)
    person = staff.person(Role.REGISTRAR)
    batch.try_again(staff.house.store, person, draft.id, now=staff.house.time)
    with pytest.raises(AccessError):
        batch.try_again(staff.house.store, person, draft.id, now=staff.house.time)
    assert some(staff, draft) == Counted(issued=3)


def test_what_is_wrong_with_everything_stops_and_loses_nothing(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = ordered(staff, rows(2))

    def busy(_awards: Any, **_named: Any) -> Any:
        raise IssuerError("database_busy", "try again")

    with monkeypatch.context() as patch:
        patch.setattr(batch, "issue_many", busy)
        with pytest.raises(IssuerError) as refused:
            some(staff, draft)
    assert refused.value.code == "database_busy"
    assert some(staff, draft) == Counted(issued=2)


def test_nothing_is_issued_that_was_not_ordered(staff: Staff) -> None:
    draft = given(staff, rows(1))
    with pytest.raises(AccessError):
        some(staff, draft)
    assert signed(staff) == []


def test_only_what_was_seen_is_ordered_and_only_once(staff: Staff) -> None:
    draft, person, house = given(staff, rows(2)), staff.person(Role.REGISTRAR), staff.house
    found = ready(staff, draft)
    assert len(found) == 2
    seen = order.digest(found)
    changed = (found[0], replace(found[1], award=replace(found[1].award, recipient_name="Somebody Else")))
    for rows_, digest in ((changed, seen), (found[:1], seen), (found, "0" * 64), ((), order.digest(()))):
        with pytest.raises(AccessError):
            order.order(house.store, person, draft.id, rows_, seen=digest, now=house.time)
    order.order(house.store, person, draft.id, found, seen=seen, now=house.time)
    with pytest.raises(AccessError):
        order.order(house.store, person, draft.id, found, seen=seen, now=house.time)
    with house.store.reading() as session:
        assert order.kept_rows(session, staff.district, draft.id) == found


def test_rows_of_one_student_for_one_thing_are_held_against_each_other(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = ordered(staff, rows(3))
    with staff.house.store.transaction() as session:
        for row in sheet_drafts.rows(session, staff.district, draft.id, state=sheet_drafts.QUEUED, most=9):
            row.award = row.award | {"student_id": "200000001"}
    parts: list[list[str]] = []

    def seen(awards: Any, **named: Any) -> Any:
        parts.append([one.award_ref for one in awards])
        return issue_many(awards, **named)

    monkeypatch.setattr(batch, "issue_many", seen)
    assert some(staff, draft) == Counted(issued=1, failed=2)
    assert parts == [["B-1"], [], []]
    assert len(signed(staff)) == 1

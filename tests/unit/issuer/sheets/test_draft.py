"""A sheet in work: what is kept of it, and who may take which step."""

from __future__ import annotations

import pytest

from issuer.access.errors import AccessError
from issuer.access.roles import Role
from issuer.errors import IssuerError
from issuer.roster import Fix, Fixes
from issuer.sheets import draft as drafts
from issuer.sheets.draft import Draft
from issuer.store import sheet_drafts
from issuer.store.sheet_drafts import LARGEST_SHEET
from tests.house import House
from tests.staff import Staff


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


def begun(staff: Staff, role: Role = Role.REGISTRAR) -> Draft:
    house = staff.house
    return drafts.start(house.store, staff.person(role), now=house.time, entropy=house.entropy)


def again(staff: Staff, draft: Draft, role: Role = Role.REGISTRAR) -> Draft:
    with staff.house.store.reading() as session:
        return drafts.find(session, staff.person(role), draft.id)


def test_every_step_is_kept_for_a_colleague(staff: Staff) -> None:
    store, now = staff.house.store, staff.house.time
    draft = begun(staff)
    registrar, colleague = staff.person(Role.REGISTRAR), staff.person(Role.COORDINATOR)
    drafts.choose(store, registrar, draft.id, "CO-CNA", now=now)
    drafts.take(store, registrar, draft.id, b"a,b\n1,2\n", drafts.FILE, now=now)
    drafts.answer(store, colleague, draft.id, {"dates": "month-first", "sheet": "x"}, now=now)
    drafts.answer(store, colleague, draft.id, {"sheet": ""}, now=now)
    drafts.fix(store, colleague, draft.id, Fixes((Fix(2, "number", "X"),), frozenset({3})), now=now)
    drafts.put_back(store, colleague, draft.id, 3, now=now)
    kept = again(staff, draft)
    assert (kept.certification, kept.kind, kept.answers) == ("CO-CNA", "file", {"dates": "month-first"})
    assert kept.fixes == Fixes((Fix(2, "number", "X"),))
    assert kept.recorded_by == tuple(sorted((registrar.actor, colleague.actor)))
    with store.reading() as session:
        assert sheet_drafts.draft(session, staff.district, draft.id, whole=True).sheet == b"a,b\n1,2\n"


def test_another_sheet_forgets_what_was_said_about_the_first(staff: Staff) -> None:
    store, now, person = staff.house.store, staff.house.time, staff.person(Role.REGISTRAR)
    draft = begun(staff)
    drafts.take(store, person, draft.id, b"first", drafts.FILE, now=now)
    drafts.answer(store, person, draft.id, {"dates": "day-first"}, now=now)
    drafts.fix(store, person, draft.id, Fixes(skip=frozenset({2})), now=now)
    drafts.take(store, person, draft.id, b"first", drafts.FILE, now=now)
    assert again(staff, draft).answers
    drafts.take(store, person, draft.id, b"second", drafts.FILE, now=now)
    assert (again(staff, draft).answers, again(staff, draft).fixes) == ({}, Fixes())


def test_a_sheet_is_bounded(staff: Staff) -> None:
    store, now, person = staff.house.store, staff.house.time, staff.person(Role.REGISTRAR)
    draft = begun(staff)
    drafts.take(store, person, draft.id, b"x" * LARGEST_SHEET, drafts.FILE, now=now)
    with pytest.raises(AccessError) as refused:
        drafts.take(store, person, draft.id, b"x" * (LARGEST_SHEET + 1), drafts.FILE, now=now)
    assert refused.value.code == "draft_refused"


def test_answers_and_corrections_are_bounded(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    store, now, person = staff.house.store, staff.house.time, staff.person(Role.REGISTRAR)
    draft = begun(staff)
    drafts.answer(store, person, draft.id, {"sheet": "x" * drafts.LONGEST_ANSWER}, now=now)
    most = {f"k{one}": "x" for one in range(drafts.MOST_ANSWERS - 1)}
    drafts.answer(store, person, draft.id, most, now=now)
    for more in ({"one-more": "x"}, {"sheet": "x" * (drafts.LONGEST_ANSWER + 1)}):
        with pytest.raises(AccessError):
            drafts.answer(store, person, draft.id, more, now=now)
    longest = Fix(2, "number", "x" * drafts.LONGEST_CELL)
    monkeypatch.setattr(drafts, "MOST_FIXES", 2)
    drafts.fix(store, person, draft.id, Fixes((longest,), frozenset({3})), now=now)
    for too_much in (Fixes(skip=frozenset({4})), Fixes((Fix(2, "number", longest.value + "x"),))):
        with pytest.raises(AccessError):
            drafts.fix(store, person, draft.id, too_much, now=now)


def test_sheets_in_work_are_bounded(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)
    begun(staff)
    begun(staff)
    with pytest.raises(AccessError):
        begun(staff)


def test_a_clerk_sees_the_sheets_of_one_school(staff: Staff) -> None:
    house = staff.house
    own, other = begun(staff, Role.CLERK), begun(staff)
    assert (own.school, other.school) == ("0187", None)
    with house.store.reading() as session:
        assert [one.id for one in drafts.in_work(session, staff.person(Role.CLERK))] == [own.id]
        assert len(drafts.in_work(session, staff.person(Role.REGISTRAR))) == 2
    clerk = staff.person(Role.CLERK)
    with pytest.raises(IssuerError) as refused:
        drafts.choose(house.store, clerk, other.id, "CO-CNA", now=house.time)
    assert refused.value.code == "not_found"


def test_what_is_ordered_changes_no_longer(staff: Staff) -> None:
    house, person = staff.house, staff.person(Role.REGISTRAR)
    draft = begun(staff)
    for state in (sheet_drafts.ASKED, sheet_drafts.ISSUING, sheet_drafts.DONE):
        with house.store.transaction() as session:
            sheet_drafts.draft(session, staff.district, draft.id, lock=True).state = state
        with pytest.raises(AccessError):
            drafts.take(house.store, person, draft.id, b"x", drafts.FILE, now=house.time)
        with pytest.raises(AccessError):
            drafts.fix(house.store, person, draft.id, Fixes(skip=frozenset({2})), now=house.time)


def test_no_district_reaches_another_s(staff: Staff) -> None:
    draft = begun(staff)
    eastfield = Staff(House.build(staff.house.store, "eastfield", "https://badges.eastfield.example"))
    with staff.house.store.of("eastfield").reading() as session, pytest.raises(IssuerError) as refused:
        drafts.find(session, eastfield.person(Role.REGISTRAR), draft.id)
    assert refused.value.code == "not_found"

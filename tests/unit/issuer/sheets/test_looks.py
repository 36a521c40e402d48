"""What is kept of a sheet in work: always what looking anew would give, and with little work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from issuer.access.roles import Role
from issuer.roster import Fix, Fixes, Level, SheetRules
from issuer.roster import sheet as sheets
from issuer.roster.report import Student
from issuer.sheets import draft as drafts
from issuer.sheets import look, looks
from issuer.sheets.draft import Draft
from issuer.sheets.look import Look, look_at
from issuer.sheets.looks import MOST_SHEETS, Looks
from issuer.store import audit, students
from issuer.store.session import Session
from issuer.store.students import Incoming
from issuer.store.tables import School
from tests import awards
from tests.house import House
from tests.staff import SCHOOL, Staff

ROW = {
    "given_name": "Inés",
    "family_name": "Farrow",
    "birth_date": "2008-02-29",
    "school_code": SCHOOL,
    "credential_code": "OSHA10-GI",
    "date_earned": "2026-04-18",
}
Now = Callable[..., Look]


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)


def rows(count: int = 6, **changes: str) -> bytes:
    """A sheet whose last row is wrong."""
    made = [ROW | {"external_id": str(200000000 + one), "award_ref": f"B-{one}"} for one in range(count)]
    made[-1]["school_code"] = "9999"
    return awards.sheet(*(one | changes for one in made))


@pytest.fixture
def draft(staff: Staff) -> Draft:
    house = staff.house
    begun = drafts.start(house.store, staff.person(), now=house.time, entropy=house.entropy)
    drafts.take(house.store, staff.person(), begun.id, rows(), drafts.FILE, now=house.time)
    return begun


def found(staff: Staff, draft: Draft) -> Draft:
    with staff.house.store.reading() as session:
        return drafts.find(session, staff.person(), draft.id)


@pytest.fixture
def now(staff: Staff, draft: Draft) -> Now:
    """Looks with what is kept, and compares it with looking anew."""
    kept = Looks()

    def at(**instead: Any) -> Look:
        with staff.house.store.reading() as session:
            given = (session, staff.district, drafts.find(session, staff.person(), draft.id))
            day = staff.house.time.date()
            seen, anew = (
                kept.at(*given, run_date=day, **instead),
                look_at(*given, run_date=day, **instead),
            )
        assert seen.against == anew.against
        assert seen.checked == anew.checked
        assert (seen.refused is None) == (anew.refused is None)
        return seen

    return at


def singly(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows that are checked from here on."""
    checked: list[int] = []
    single = sheets._single

    def counted(record: Any, rules: Any) -> Any:
        checked.append(record.line)
        return single(record, rules)

    monkeypatch.setattr(sheets, "_single", counted)
    return checked


def kept_only(session: Session, staff: Staff, draft: Draft, kept: Looks) -> Look:
    return kept.at(session, staff.district, found(staff, draft), run_date=staff.house.time.date())


def test_a_page_that_is_opened_again_checks_no_row(
    staff: Staff, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Looks()
    with staff.house.store.reading() as session:
        first = kept_only(session, staff, draft, kept)
        checked = singly(monkeypatch)
        assert kept_only(session, staff, draft, kept) is first
    assert checked == []


def test_after_a_correction_only_its_rows_are_checked(
    staff: Staff, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, person, store = Looks(), staff.person(), staff.house.store
    with store.reading() as session:
        kept_only(session, staff, draft, kept)
    fixes = Fixes((Fix(7, "school_code", SCHOOL),), frozenset({3}))
    drafts.fix(store, person, draft.id, fixes, now=staff.house.time)
    checked = singly(monkeypatch)
    with store.reading() as session:
        kept_only(session, staff, draft, kept)
    assert sorted(checked) == [3, 7]
    drafts.put_back(store, person, draft.id, 3, now=staff.house.time)
    checked.clear()
    with store.reading() as session:
        kept_only(session, staff, draft, kept)
    assert checked == [3]


def test_what_is_kept_is_what_looking_anew_gives(staff: Staff, draft: Draft, now: Now) -> None:
    store, person, time = staff.house.store, staff.person(), staff.house.time
    now()
    drafts.fix(store, person, draft.id, Fixes((Fix(7, "school_code", SCHOOL),)), now=time)
    now()
    drafts.fix(store, person, draft.id, Fixes((Fix(3, "award_ref", "B-0"),)), now=time)  # beside row 2
    now()
    drafts.fix(store, person, draft.id, Fixes((Fix(3, "award_ref", "B-1"),), frozenset({2})), now=time)
    now()
    drafts.put_back(store, person, draft.id, 2, now=time)
    now()
    drafts.answer(store, person, draft.id, {"dates": "day-first"}, now=time)
    now()
    drafts.choose(store, person, draft.id, "CO-CNA", now=time)
    now()
    now(answers={}, fixes=Fixes())
    now(sheet=rows(3), answers={}, fixes=Fixes())
    now(sheet=b"nothing that is a sheet")
    now(fixes=Fixes((Fix(999, "number", "1"),)))
    now()
    drafts.take(store, person, draft.id, rows(4), drafts.FILE, now=time)
    now()


def test_whatever_rows_are_checked_against_may_change(staff: Staff, draft: Draft, now: Now) -> None:
    house = staff.house
    assert now().levels[Level.ERROR] == 1
    with house.store.transaction() as session:
        session.add(School(district_id=staff.district, code="9999", name="A new school"))
    assert now().levels[Level.ERROR] == 0
    house.issue("B-1", student_id="200000001")
    now()
    with house.store.transaction() as session:
        one = Student("200000002", "Noor", "Zand", school_code=SCHOOL)
        students.take(session, staff.district, [Incoming(one)], source="sheet", now=house.time, actor="test")
    now()
    house.time += timedelta(days=400)
    now()


def test_a_clerk_s_sheet_is_looked_at_for_one_school(staff: Staff) -> None:
    house, kept = staff.house, Looks()
    clerk = staff.person(Role.CLERK)
    begun = drafts.start(house.store, clerk, now=house.time, entropy=house.entropy)
    drafts.take(house.store, clerk, begun.id, rows(), drafts.FILE, now=house.time)
    with house.store.reading() as session:
        own = drafts.find(session, clerk, begun.id)
        narrow = kept.at(session, staff.district, own, run_date=house.time.date())
        wide = kept.at(session, staff.district, replace(own, school=None), run_date=house.time.date())
        assert narrow.against == look.rules(
            session, staff.district, school=SCHOOL, run_date=house.time.date()
        )
        assert wide.against == look.rules(session, staff.district, school=None, run_date=house.time.date())


def test_a_sheet_that_changed_in_between_is_not_kept_under_the_name_of_the_other(
    staff: Staff, draft: Draft
) -> None:
    kept, person, house = Looks(), staff.person(), staff.house
    before = found(staff, draft)
    drafts.take(house.store, person, draft.id, rows(3), drafts.FILE, now=house.time)
    with house.store.reading() as session:
        kept.at(session, staff.district, before, run_date=house.time.date())
    drafts.take(house.store, person, draft.id, rows(), drafts.FILE, now=house.time)
    with house.store.reading() as session:
        seen = kept_only(session, staff, draft, kept)
    assert before.sha256 == hashlib.sha256(rows()).hexdigest()
    assert seen.checked is not None
    assert len(seen.checked.report.rows) == 6


@pytest.mark.parametrize("more", [0, 1])
def test_a_process_keeps_so_many_sheets_and_no_more(
    staff: Staff, draft: Draft, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, house = Looks(), staff.house
    with house.store.reading() as session:
        kept_only(session, staff, draft, kept)
        for number in range(MOST_SHEETS - 1 + more):
            other = replace(found(staff, draft), id=f"other-{number}")
            kept.at(session, staff.district, other, run_date=house.time.date(), sheet=rows())
        checked = singly(monkeypatch)
        kept_only(session, staff, draft, kept)
    assert bool(checked) == bool(more)


def test_another_district_s_sheet_of_the_same_name_is_another(staff: Staff, draft: Draft) -> None:
    kept = Looks()
    other = Staff(House.build(staff.house.store, "eastfield", "https://badges.eastfield.example"))
    with other.house.store.transaction() as session:
        session.add(School(district_id=other.district, code="9999", name="Theirs"))
    day = date(2026, 6, 1)
    with staff.house.store.reading() as session:
        ours = kept.at(session, staff.district, found(staff, draft), run_date=day, sheet=rows())
        theirs = kept.at(session, other.district, found(staff, draft), run_date=day, sheet=rows())
        assert ours.against.schools != theirs.against.schools


def test_what_is_done_to_sheets_is_no_reason_to_check_again(staff: Staff, draft: Draft) -> None:
    district = staff.district
    with staff.house.store.reading() as session:
        before = audit.latest(session, district, beside=looks.BESIDE)
        whole = audit.latest(session, district)
    drafts.fix(staff.house.store, staff.person(), draft.id, Fixes(skip=frozenset({2})), now=staff.house.time)
    with staff.house.store.reading() as session:
        assert audit.latest(session, district, beside=looks.BESIDE) == before
        assert audit.latest(session, district) != whole
        assert audit.latest(session, "nobody") == ""
    staff.house.issue("B-9")
    with staff.house.store.reading() as session:
        assert audit.latest(session, district, beside=looks.BESIDE) != before
        assert isinstance(look.rules(session, district, school=None, run_date=date(2026, 6, 1)), SheetRules)

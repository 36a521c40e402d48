from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from issuer.errors import IssuerError
from issuer.revocation import revoke
from issuer.roster import Held, Student
from issuer.store import students
from issuer.store.audit import check_chain
from issuer.store.held import held
from issuer.store.students import FACTS, Incoming, StudentRow, Taken
from issuer.store.tables import Audit
from tests.house import House

ODILE = Student("0012", "Odile", "Hart", "Dilly", "", date(2009, 2, 3), "0187", "11")
ANSEL = Student("0013", "Ansel", "Fall")


def take(house: House, *incoming: Student | Incoming, **options: Any) -> Taken:
    given = [
        one if isinstance(one, Incoming) else Incoming(one, source_id=f"u-{one.student_id}")
        for one in incoming
    ]
    settings: dict[str, Any] = {"source": "oneroster", "now": house.time, "actor": "test"}
    with house.store.transaction() as session:
        return students.take(session, house.district.id, given, **(settings | options))


def roster(house: House) -> dict[str, Student] | None:
    with house.store.reading() as session:
        return students.roster(session, house.district.id)


def audits(house: House) -> list[Audit]:
    from sqlalchemy import select

    with house.store.reading() as session:
        check_chain(session, house.district.id)
        return list(
            session.scalars(select(Audit).where(Audit.action == "students.taken").order_by(Audit.number))
        )


def test_a_district_that_imported_nobody_has_no_roster(house: House) -> None:
    assert roster(house) is None


def test_what_was_taken_comes_back(house: House) -> None:
    assert take(house, ODILE, ANSEL) == Taken(("0012", "0013"), (), (), 0)
    assert roster(house) == {"0012": ODILE, "0013": ANSEL}


def test_the_same_again_changes_nothing_and_writes_nothing(house: House) -> None:
    take(house, ODILE, ANSEL, complete=True)
    with house.store.reading() as session:
        before = {row.student_id: row.updated for row in session.query(StudentRow)}
    house.later(days=1)
    again = take(house, ODILE, ANSEL, complete=True)
    assert (again.nothing, again.same) == (True, 2)
    with house.store.reading() as session:
        assert {row.student_id: row.updated for row in session.query(StudentRow)} == before
    assert len(audits(house)) == 1


def test_the_audit_names_nobody(house: House) -> None:
    take(house, ODILE)
    (row,) = audits(house)
    assert (row.subject, row.facts) == ("oneroster", {"new": 1, "changed": 0, "left": 0, "same": 0})


def test_who_is_missing_from_everybody_has_left_and_is_kept(house: House) -> None:
    take(house, ODILE, ANSEL)
    assert take(house, ODILE, complete=True).left == ("0013",)
    found = roster(house)
    assert found is not None
    assert not found["0013"].active
    assert take(house, ODILE, complete=True).nothing
    assert take(house, ODILE, ANSEL, complete=True).changed == ("0013",)


def test_who_came_from_elsewhere_does_not_leave_with_an_archive(house: House) -> None:
    take(house, ANSEL, source="sheet")
    assert take(house, ODILE, complete=True).left == ()


def test_a_delta_names_who_has_left(house: House) -> None:
    take(house, ODILE, ANSEL)
    assert take(house, gone=["0012", "9999"]).left == ("0012",)


def test_a_birth_date_that_is_known_is_never_forgotten(house: House) -> None:
    take(house, ODILE)
    assert take(house, Student("0012", "Odile", "Hart", "Dilly", "", None, "0187", "12")).changed == ("0012",)
    found = roster(house)
    assert found is not None
    assert (found["0012"].birth_date, found["0012"].grade) == (date(2009, 2, 3), "12")


def test_a_sheet_changes_only_what_it_has_columns_for(house: House) -> None:
    take(house, ODILE)
    says = frozenset({"given_name", "family_name", "grade"})
    take(house, Incoming(Student("0012", "Odile", "Harte", grade="12"), says), source="sheet")
    found = roster(house)
    assert found is not None
    assert found["0012"] == Student("0012", "Odile", "Harte", "Dilly", "", date(2009, 2, 3), "0187", "12")
    with house.store.reading() as session:
        assert students.by_source(session, house.district.id, "oneroster") == {"u-0012": "0012"}
    assert take(house, complete=True).left == ("0012",)


def test_trying_changes_nothing(house: House) -> None:
    take(house, ODILE)
    changed = Student("0012", "Odile", "Harte")
    assert take(house, changed, ANSEL, dry_run=True) == Taken(("0013",), ("0012",), (), 0)
    assert roster(house) == {"0012": ODILE}
    assert len(audits(house)) == 1


def test_every_fact_of_a_student_is_kept(house: House) -> None:
    assert set(FACTS) == {name for name in Student.__slots__ if name != "student_id"}


def test_two_districts_do_not_see_each_other(house: House) -> None:
    other = House.build(house.store, "hillcrest", "https://badges.hillcrest.example")
    take(house, ODILE)
    take(other, ANSEL)
    assert (roster(house), roster(other)) == ({"0012": ODILE}, {"0013": ANSEL})
    with house.store.reading() as session, pytest.raises(IssuerError, match="not_found"):
        students.student(session, other.district.id, "0012")
    take(other, ANSEL, complete=True)
    assert roster(house) == {"0012": ODILE}


def test_one_student_is_found(house: House) -> None:
    take(house, ODILE)
    with house.store.reading() as session:
        assert students.student(session, house.district.id, "0012") == ODILE


def test_what_a_column_means_is_remembered_for_each_kind_of_sheet(house: House) -> None:
    def remember(layout: dict[str, str], kind: str = "awards") -> None:
        with house.store.transaction() as session:
            students.remember(session, house.district.id, kind, layout, now=house.time)

    remember({"nr": "number", "prog": "credential_code"})
    remember({"nr": "external_id"})
    remember({"nr": "grade"}, "students")
    with house.store.reading() as session:
        assert students.remembered(session, house.district.id, "awards") == {
            "nr": "external_id",
            "prog": "credential_code",
        }
        assert students.remembered(session, "hillcrest", "awards") == {}


def test_what_students_have_is_what_was_signed_and_not_withdrawn(house: House) -> None:
    first, second = house.issue("A-1"), house.issue("A-2", number="NA-2", date_earned=date(2026, 5, 1))
    key = ("100000001", "CO-CNA")
    with house.store.reading() as session:
        assert held(session, house.district.id) == {
            key: (Held(date(2026, 4, 18), "NA-000123", "A-1"), Held(date(2026, 5, 1), "NA-2", "A-2"))
        }
        assert held(session, "hillcrest") == {}
    revoke(
        house.store,
        house.district.id,
        first.credential_id,
        reason="requested",
        note="",
        now=house.time,
        actor="test",
    )
    with house.store.reading() as session:
        assert [one.award_ref for one in held(session, house.district.id)[key]] == ["A-2"]
    assert second.credential_id

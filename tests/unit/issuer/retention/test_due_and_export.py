"""What time lets go, whom a hold keeps, and what a student gets who asks for everything."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from issuer.access.roles import Role
from issuer.errors import IssuerError
from issuer.retention.due import Today, due, throw_sheets
from issuer.retention.erasure import preview
from issuer.retention.export import export
from issuer.retention.holding import hold
from issuer.rule_sets import retention_on
from issuer.shares import create_share, stop_share
from issuer.sheets import draft as drafts
from issuer.store import sheet_drafts
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.retention.test_erasure import MAYA, enrol, go, rules


def today(house: House) -> Today:
    with house.store.reading() as session:
        day = house.time.date()
        return due(session, house.district.id, retention_on(session, house.district.id, day), day)


def found(house: House) -> dict[str, set[str]]:
    return {one.student_id: set(one.classes) for one in today(house).students}


def test_nothing_is_due_before_its_day_and_everything_of_a_class_on_it(house: House) -> None:
    rules(house, scores={"months": 1})
    enrol(house)
    house.later(days=29)  # June 30: the score was recorded on June 1
    assert found(house) == {}
    house.later(days=1)
    assert found(house) == {MAYA: {"scores"}}
    enrol(house)
    assert found(house) == {MAYA: {"scores"}}


def test_a_student_who_is_enrolled_stays_on_the_roster(house: House) -> None:
    rules(house, roster={"months": 1}, scores={"months": None})
    enrol(house)
    enrol(house, "200", "Ashgrove", active=False)
    house.later(days=40)
    assert found(house) == {"200": {"roster"}}


def test_a_link_that_is_open_has_no_age(house: House) -> None:
    rules(house, shares={"months": 1})
    badge = house.issue()
    made = create_share(
        house.store, house.district.id, badge.credential_id, now=house.time, entropy=house.entropy, actor="t"
    )
    house.later(days=400)
    assert found(house) == {}
    stop_share(house.store, house.district.id, made.share_id, now=house.time, actor="t")
    house.later(days=31)
    assert found(house) == {MAYA: {"shares"}}


def test_what_is_due_goes_and_the_rest_stays(house: House) -> None:
    rules(house, scores={"months": 1})
    enrol(house)
    house.issue()
    house.later(days=40)
    one = today(house).students[0]
    done = go(house, only=one.classes)
    assert {line.table for line in done.plan.going} == {"measure"}
    assert not done.value["asked"]
    assert found(house) == {}


def test_a_hold_is_said_and_keeps_what_is_due(house: House) -> None:
    rules(house, scores={"months": 1})
    enrol(house)
    hold(house.store, house.district.id, MAYA, why="A court", now=house.time, actor="test")
    house.later(days=40)
    one = today(house).students[0]
    assert one.held
    with pytest.raises(IssuerError, match="on_hold"):
        go(house, only=one.classes)


def test_an_award_that_was_emptied_is_never_due_again(house: House) -> None:
    rules(house, badges={"months": 1, "onRequest": True})
    house.issue()
    go(house)
    house.later(days=400)
    assert found(house) == {}


def sheet(staff: Staff, *numbers: str) -> str:
    house, registrar = staff.house, staff.person(Role.REGISTRAR)
    made = drafts.start(house.store, registrar, now=house.time, entropy=house.entropy)
    lines = ["external_id,given_name,family_name", *(f"{one},A,B" for one in numbers)]
    drafts.take(house.store, registrar, made.id, "\n".join(lines).encode(), drafts.FILE, now=house.time)
    return made.id


def test_a_sheet_in_work_that_names_the_student_is_an_obstacle(house: House) -> None:
    staff = Staff(house)
    enrol(house)
    sheet(staff, "300", MAYA)
    with pytest.raises(IssuerError, match="a sheet in work names the student"):
        go(house)
    enrol(house, "200")
    go(house, "200")


def test_a_sheet_that_names_somebody_under_a_hold_too_stays_with_both(house: House) -> None:
    enrol(house)
    sheet(Staff(house), "300", MAYA)

    def obstacles() -> str:
        found = preview(house.store, house.district.id, MAYA, now=house.time)
        return " ".join(one.message for one in found.obstacles)

    assert "another one who is under a legal hold" not in obstacles()
    hold(house.store, house.district.id, "300", why="A court", now=house.time, actor="test")
    assert "another one who is under a legal hold" in obstacles()


def test_old_sheets_go_unless_they_name_somebody_under_a_hold(house: House) -> None:
    staff = Staff(house)
    kept, gone = sheet(staff, "300"), sheet(staff, "301")
    hold(house.store, house.district.id, "300", why="A court", now=house.time, actor="test")
    house.later(days=400)
    now = today(house)
    assert now.sheets == (gone,)
    throw_sheets(house.store, house.district.id, now, now=house.time, actor="test")
    with house.store.reading() as session:
        assert [one.id for one in sheet_drafts.drafts(session, house.district.id, None, 10)] == [kept]


def test_an_export_has_everything_and_nobody_else(house: House) -> None:
    enrol(house)
    enrol(house, "200", "Ashgrove")
    badge = house.issue()
    house.issue("B-1", student_id="200", recipient_name="Ina Ashgrove", number="NA-9")
    sheet(Staff(house), MAYA, "200")
    data = export(house.store, house.district.id, MAYA, now=house.time, actor="test")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(files["everything.json"])
    stem = badge.credential_id.removeprefix("urn:uuid:")
    assert files[f"badges/{stem}-1.json"] == badge.document
    assert {"student", "measure", "award", "credential", "secured", "sheet_draft"} <= set(said["records"])
    assert said["records"]["student"][0]["family_name"] == "Quillfeather"
    assert "credential.signed" in {one["what"] for one in said["whoDidWhat"]}
    assert "student.exported" in {one["what"] for one in said["whoDidWhat"]}
    whole = b"".join(files.values())
    assert b"Ashgrove" not in whole
    assert b"NA-9" not in whole
    assert b"Scores" in files["READ-ME.txt"]


def test_an_export_of_nobody_is_not_found_and_is_recorded_nowhere(house: House) -> None:
    with pytest.raises(IssuerError, match="not_found"):
        export(house.store, house.district.id, "nobody", now=house.time, actor="test")

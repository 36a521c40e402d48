"""The rows of many awards: what is written together, and how they are found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from issuer.store import bulk, jobs
from issuer.store.bulk import Ready
from issuer.store.held import held
from issuer.store.session import Store
from issuer.store.sheet_drafts import SheetDraft, SheetDraftRow, lane_of
from issuer.store.tables import Base, Credential, State
from tests.house import House


def states(house: House) -> dict[str, tuple[str, bytes | None]]:
    with house.store.reading() as session:
        return {row.award_ref: (row.state, row.prepared) for row in session.scalars(select(Credential))}


def test_only_what_has_nothing_but_its_place_gets_its_bytes(house: House) -> None:
    made = house.issue("A-1")
    before = states(house)
    with house.store.transaction() as session:
        ready = [Ready(made.credential_id, b"other", None)]
        bulk.put_prepared(session, house.district.id, ready, now=house.time)
    assert states(house) == before


def test_only_what_was_prepared_becomes_signed(house: House) -> None:
    made = house.issue("A-1")
    with house.store.transaction() as session:
        later = house.time + timedelta(days=1)
        bulk.put_signed(session, house.district.id, [made.credential_id], now=later)
    with house.store.reading() as session:
        row = session.scalars(select(Credential)).one()
    assert (row.state, row.signed_at) == (State.SIGNED, made.signed_at)


@pytest.mark.parametrize("count", [0, 1, 3, 4])
def test_rows_are_written_in_parts_and_all_of_them(
    house: House, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    house.issue("A-0")
    ordered = [
        (line, "0187", "OSHA10-GI", {"award_ref": f"A-{line}", "student_id": f"1000{line}"})
        for line in range(1, count + 1)
    ]
    with house.store.transaction() as session:
        session.add(sheet(house, "s"))
        bulk.put_ordered(session, house.district.id, "s", iter(ordered))
    with house.store.reading() as session:
        rows = session.scalars(select(SheetDraftRow).order_by(SheetDraftRow.line)).all()
    assert [(row.line, row.school_code, row.code, row.award) for row in rows] == ordered
    assert all(row.lane == lane_of(row.award["student_id"]) for row in rows)
    assert {row.state for row in rows} <= {"queued"}


def sheet(house: House, name: str) -> SheetDraft:
    return SheetDraft(
        district_id=house.district.id, id=name, created_by="test", created=house.time,
        updated_by="test", updated=house.time, school=None, certification="", kind="", sheet=None,
        sha256="", answers={}, fixes={}, recorded_by=[], state="issuing", request_id=None,
    )  # fmt: skip


def test_what_a_class_has_is_found_without_going_through_every_badge_of_the_district(tmp_path: Path) -> None:
    """It is asked at every part of a class, while nobody else may prepare."""
    store = Store.open(str(tmp_path / "a.db"))
    Base.metadata.create_all(store.engine)
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    with store.reading() as session:
        held(session, "d", students=["1", "2"], prepared=True)
        jobs.held_until(session, "d", "A-1", now=House.time)
    with store.engine.connect() as connection:
        plans = [
            " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given))
            for words, given in asked
            if words.startswith("SELECT")
        ]
    store.close()
    assert "SEARCH award USING INDEX ix_award_student (district_id=? AND student_id=?)" in plans[0]
    assert "USING INDEX ix_sheet_draft_row_award (district_id=? AND award_ref=?)" in plans[1]
    assert "SEARCH job USING INDEX ix_job_subject (district_id=? AND kind=? AND subject=?)" in plans[2]

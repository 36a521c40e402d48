"""Whatever is done to the audit chain afterwards is found."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from issuer.errors import IssuerError
from issuer.store import audit
from issuer.store.audit import Head, check_chain
from issuer.store.session import Store
from issuer.store.tables import Audit
from tests.house import NOW, House, attempt, without_triggers

ROWS = 5


@pytest.fixture
def chain(house: House) -> House:
    with house.store.reading() as session:
        begun = check_chain(session, house.district.id).number
    for number in range(ROWS):
        with house.store.transaction() as session:
            audit.record(
                session,
                house.district.id,
                at=NOW,
                actor="test",
                action="probe",
                subject=f"s{number}",
                facts={"n": number, "first": begun + 1},
            )
    return house


def head(house: House) -> Head:
    with house.store.reading() as session:
        return check_chain(session, house.district.id)


def test_an_untouched_chain_holds(chain: House) -> None:
    assert head(chain).number >= ROWS


EDITS = [
    "actor = 'x'",
    "action = 'x'",
    "subject = 'x'",
    "facts = '[1]'",
    "previous = hash",
    "hash = previous",
    "at = '2020-01-01 00:00:00'",
    "number = number + 1000",
]


def found(house: House, *statements: str, kept: Head | None = None) -> bool:
    """Whether a check finds what the statements did; then they are undone."""
    without_triggers(house.store, "audit")
    with Session(house.store.engine) as session:
        for statement in statements:
            assert session.execute(text(statement)).rowcount == 1  # type: ignore[attr-defined]  # a DML result has it
        try:
            check_chain(session, house.district.id, kept=kept)
        except IssuerError as fault:
            return fault.code == "audit_broken"
        finally:
            session.rollback()
    return False


def test_any_edited_row_is_found(chain: House) -> None:
    last = head(chain).number
    for number in (1, 3, last):
        for edit in EDITS:
            statement = f"UPDATE audit SET {edit} WHERE number = {number}"  # noqa: S608 - from the list above
            assert found(chain, statement), statement
    head(chain)


def test_any_removed_row_is_found(chain: House) -> None:
    for number in (1, 3, head(chain).number):
        assert found(chain, f"DELETE FROM audit WHERE number = {number}")  # noqa: S608 - a number


def test_a_removed_row_is_named(chain: House) -> None:
    without_triggers(chain.store, "audit")
    attempt(chain.store, "DELETE FROM audit WHERE number = 3")
    with pytest.raises(IssuerError, match="audit row 3 is missing"):
        head(chain)


def test_a_forged_row_with_a_hash_of_its_own_is_found(chain: House) -> None:
    without_triggers(chain.store, "audit")
    with chain.store.transaction() as session:
        row = session.get_one(Audit, (chain.district.id, 3))
        row.actor = "somebody else"
        row.hash = audit._hash(row)
    with pytest.raises(IssuerError, match="audit row 4 is not what was recorded"):
        head(chain)


def test_the_whole_chain_of_another_district_is_found(chain: House) -> None:
    other = House.build(chain.store, "eastfield", "https://badges.eastfield.example")
    row = (
        "number, at, actor, action, subject, facts, previous, hash FROM audit WHERE district_id = 'riverbend'"
    )
    mine = "(SELECT number FROM audit_head WHERE district_id = 'riverbend')"
    hashed = "(SELECT hash FROM audit_head WHERE district_id = 'riverbend')"
    without_triggers(chain.store, "audit")
    attempt(
        chain.store,
        "DELETE FROM audit WHERE district_id = 'eastfield'",
        f"INSERT INTO audit SELECT 'eastfield', {row}",
        f"UPDATE audit_head SET number = {mine}, hash = {hashed} WHERE district_id = 'eastfield'",  # noqa: S608 - the lines above
    )
    with pytest.raises(IssuerError, match="audit row 1 is not what was recorded"):
        head(other)


def test_two_rows_that_changed_places_are_found(chain: House) -> None:
    moves = ((2, 999), (3, 2), (999, 3))
    assert found(
        chain,
        *(f"UPDATE audit SET number = {new} WHERE number = {old}" for old, new in moves),  # noqa: S608 - numbers
    )


def test_a_row_of_another_district_is_found(chain: House) -> None:
    other = House.build(chain.store, "eastfield", "https://badges.eastfield.example")
    row = "at, actor, action, subject, facts, previous, hash FROM audit WHERE district_id = 'riverbend'"
    last = head(other).number
    statement = f"INSERT INTO audit SELECT 'eastfield', {last + 1}, {row} AND number = {ROWS}"
    assert found(other, statement)
    head(chain)


def test_a_head_that_was_set_back_is_found_by_who_kept_it(chain: House) -> None:
    kept = head(chain)
    before = kept.number - 1
    last_hash = f"(SELECT hash FROM audit WHERE number = {before})"  # noqa: S608 - a number
    cut = (
        f"DELETE FROM audit WHERE number = {kept.number}",  # noqa: S608 - a number
        f"UPDATE audit_head SET number = {before}, hash = {last_hash}",  # noqa: S608 - a number
    )
    assert not found(chain, *cut), "from inside nothing is missing"
    assert found(chain, *cut, kept=kept)


def test_a_kept_head_holds_while_the_chain_grows(chain: House) -> None:
    kept = Head.parse(str(head(chain)))
    chain.issue()
    with chain.store.reading() as session:
        assert check_chain(session, chain.district.id, kept=kept).number == kept.number + 2
        with pytest.raises(IssuerError, match="written down"):
            check_chain(session, chain.district.id, kept=Head(kept.number, "0" * 64))


@pytest.mark.parametrize("text", ["", "5", "5:xyz", "-5:" + "0" * 64, "٥:" + "0" * 64])
def test_a_head_that_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(IssuerError, match="bad_setting"):
        Head.parse(text)


def test_writers_at_once_make_one_chain(house: House) -> None:
    def write(name: str) -> None:
        for number in range(10):
            with house.store.transaction() as session:
                audit.record(
                    session,
                    house.district.id,
                    at=datetime.now(UTC),
                    actor=name,
                    action="probe",
                    subject=str(number),
                    facts={},
                )

    before = head(house).number
    writers = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert head(house).number == before + 40


def test_a_district_without_a_chain_records_nothing(store: Store) -> None:
    with pytest.raises(IssuerError, match="audit_broken"), store.transaction() as session:
        audit.record(session, "none", at=NOW, actor="a", action="b", subject="c", facts={})


def test_names_of_people_are_nowhere_in_the_audit(house: House) -> None:
    house.issue()
    with house.store.reading() as session:
        for row in session.scalars(select(Audit)):
            assert "Maya" not in str(row.facts)
            assert "100000001" not in str(row.facts) + row.subject

"""Rows planted in every table that holds something of a student: an erasure leaves no trace of what they say.

The rows are made from the register and the tables' own checks, so a table that somebody adds is planted and
searched too, without a word here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    Date,
    Integer,
    LargeBinary,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.sql.schema import Column
from sqlalchemy.sql.schema import Table as Made

from issuer.catalog.retention import RecordClass
from issuer.derivation import Derivation
from issuer.derived import derive
from issuer.retention.register import DELETE, EMPTY, STAY, Table, about_students
from issuer.shares import create_share
from issuer.store import personal
from issuer.store.columns import Json, Moment, Text
from issuer.store.derived import WALLET
from issuer.store.outbox import CodeRequest
from issuer.store.roles import make_role
from issuer.store.session import Store
from issuer.store.tables import Base
from tests.databases import DATABASES, Postgres
from tests.house import House
from tests.unit.issuer.retention.test_erasure import MAYA, everything, go, rules

CANARY = "zqx-canary"
"""In everything that is planted, and nowhere else."""
STUDENT_ID = "zqx-number"
"""The student's own number: it stays in the certificate, in a hold and in the audit, and nowhere else."""
ONE_OF = re.compile(r"(\w+) IN \(([^)]*)\)")
NUMBERED = {"audit", "legal_hold", "erasure"}


def allowed(made: Made) -> dict[str, str]:
    """For each column that a check binds to some words: the first of them."""
    found: dict[str, str] = {}
    for check in made.constraints:
        if isinstance(check, CheckConstraint):
            for name, words in ONE_OF.findall(str(check.sqltext)):
                found[name] = words.split(",")[0].strip().strip("'")
    return found


def cell(column: Column[Any], said: str, now: datetime) -> Any:
    """A value of the column's type that says something where it can say anything."""
    values: tuple[tuple[type, Any], ...] = (
        (Moment, now),
        (Date, date(2026, 5, 1)),
        (Boolean, False),
        (Integer, 1),
        (LargeBinary, f"{said} {column.name}".encode()),
        (Json, {"said": said}),
        (Text, f"{said} {column.name}"),
    )
    return next(value for kind, value in values if isinstance(column.type, kind))


@contextmanager
def unbound(store: Store) -> Iterator[Connection]:
    """A transaction in which neither keys between tables nor triggers count: each row stands for itself."""
    with store.engine.connect() as connection:
        if not store.is_sqlite:
            with connection.begin():
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                yield connection
            return
        # By the driver alone: inside a transaction SQLite does not hear this.
        raw = connection.connection.cursor()
        raw.execute("PRAGMA foreign_keys = OFF")
        guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        with connection.begin():
            for name, _ in guards:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for _, made in guards:
                connection.exec_driver_sql(made)
        raw.execute("PRAGMA foreign_keys = ON")


def plant(house: House, owner: Store) -> None:
    """A badge with a copy and a link, by the program; then a row in every table that has none yet."""
    badge = house.issue(
        student_id=STUDENT_ID, recipient_name=f"{CANARY} Quillfeather", withheld=(f"{CANARY} 2008",)
    )
    place: dict[str, Any] = {"now": house.time, "entropy": house.entropy, "actor": "test"}
    derive(
        house.store,
        house.district.id,
        badge.credential_id,
        Derivation(WALLET, "one", subject_id="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
        signer=house.signer,
        **place,
    )
    shared = create_share(house.store, house.district.id, badge.credential_id, **place)
    own = {
        "district_id": house.district.id,
        "student_id": STUDENT_ID,
        "award_ref": "A-1",
        "credential_id": badge.credential_id,
        "share_id": shared.share_id,
    }
    with unbound(owner) as connection:
        for table in about_students():
            made = Base.metadata.tables[table.name]
            if table.name == "erasure" or _filled(connection, made, house):
                continue
            row = {
                column.name: cell(column, CANARY if says(table, column.name) else "planted", house.time)
                for column in made.columns
            }
            row |= {name: value for name, value in allowed(made).items() if name in row}
            row |= {name: value for name, value in own.items() if name in row}
            connection.execute(insert(made).values(row | _special(table, badge.credential_id)))
        for number, name in enumerate(("school_email", "own_email")):
            asked = {
                "id": str(number),
                "language": "en",
                "created": house.time,
                "district_id": own["district_id"],
            }
            connection.execute(insert(CodeRequest).values(asked | {"address": f"{CANARY} {name}"}))


def _filled(connection: Connection, made: Made, house: House) -> bool:
    asked = select(func.count()).select_from(made).where(made.c.district_id == house.district.id)
    return bool(connection.execute(asked).scalar_one())


def says(table: Table, column: str) -> bool:
    """Whether a column may say something of the student that an erasure takes out."""
    if table.does == DELETE:
        return column in table.elements
    return (table.name, column) in {("status", "note"), ("approval_request", "content")}


SPECIAL: dict[str, dict[str, Any]] = {
    "evidence": {"place": "kept"},
    "outbox_mail": {"state": "sending"},
    "sheet_draft": {"id": "sheet-1", "state": "done"},
    "sheet_draft_row": {"draft_id": "sheet-1", "award": {"student_id": STUDENT_ID, "said": CANARY}},
}
"""What a table's checks ask for between two columns, and what makes a row the student's."""


def _special(table: Table, credential_id: str) -> dict[str, Any]:
    if table.through == "request":
        return {"content": {"credential_id": credential_id, "said": CANARY}, "outcome": "confirmed"}
    return SPECIAL.get(table.name, {})


def check_nothing_is_left(house: House, owner: Store) -> None:
    seen = House(owner, house.district, house.signer)
    before = everything(seen)
    assert before.count(CANARY) > len(about_students())
    with owner.reading() as session:
        keys = personal.keys_of(session, house.district.id, STUDENT_ID, house.time)
        counts = {one.name: personal.count(session, house.district.id, one, keys) for one in about_students()}
    assert [name for name, rows in counts.items() if not rows] == ["erasure"]
    rules(house, badges={"onRequest": True})
    done = go(house, STUDENT_ID)
    assert done.plan.classes == frozenset(RecordClass)
    left = everything(seen)
    assert CANARY not in left, [line for line in left.split("\n") if CANARY in line]
    with owner.reading() as session:
        for one in about_students():
            rows = personal.count(session, house.district.id, one, keys)
            assert rows == {DELETE: 0, EMPTY: counts[one.name], STAY: counts[one.name]}.get(one.does) or (
                one.name == "erasure" and rows == 1
            ), one.name
        for made in Base.metadata.sorted_tables:
            said = "\n".join(str(list(row)) for row in session.execute(select(made)))
            assert STUDENT_ID not in said or made.name in NUMBERED, made.name


def test_what_is_planted_in_every_table_is_gone_from_every_table_and_file(house: House) -> None:
    plant(house, house.store)
    check_nothing_is_left(house, house.store)
    assert personal.sweep(house.store)
    if house.store.is_sqlite:  # PostgreSQL's files are the server's own
        files = list(Path(str(house.store.engine.url.database)).parent.glob("cairn.db*"))
        assert files
        assert CANARY.encode() not in b"".join(one.read_bytes() for one in files)


@pytest.mark.skipif("postgresql" not in DATABASES, reason="PostgreSQL comes as a wheel on Linux alone")
def test_the_lesser_role_erases_as_much(postgres: Postgres) -> None:
    owner = Store.open(postgres.url)
    make_role(owner, "cairn_lesser")
    lesser = Store.open(postgres.url.replace("postgres:@", "cairn_lesser:@"))
    try:
        house = House.build(lesser.of("riverbend"))
        plant(house, owner)
        check_nothing_is_left(house, owner)
    finally:
        lesser.close()
        owner.close()
        postgres.clean()


def test_the_planted_rows_are_another_students_to_an_erasure_of_somebody_else(house: House) -> None:
    plant(house, house.store)
    house.issue("B-1", student_id=MAYA, number="NA-9")
    before = everything(house).count(CANARY)
    rules(house, badges={"onRequest": True})
    go(house, MAYA)
    assert everything(house).count(CANARY) == before

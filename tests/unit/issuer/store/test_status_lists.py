"""Positions are handed out once, whoever asks, whenever, and after whatever."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text

from issuer.errors import IssuerError
from issuer.permutation import LIST_SIZE
from issuer.store import status_lists
from issuer.store.session import Store
from issuer.store.status_lists import Position, close_open, random_name, reserve
from issuer.store.tables import Credential, StatusList
from tests.house import NOW, Entropy, House, attempt

TAKERS, EACH = 4, 40


def take(house: House, entropy: Entropy | None = None) -> Position:
    with house.store.transaction() as session:
        return reserve(session, house.district.id, now=house.time, entropy=entropy or house.entropy)


def test_writers_at_once_never_get_the_same_position(house: House) -> None:
    """STA-13; they also begin together, when no list is open yet."""
    taken: list[Position] = []
    ready = threading.Barrier(TAKERS)

    def taker(number: int) -> None:
        ready.wait()
        mine = [take(house, Entropy(f"taker {number} {turn}")) for turn in range(EACH)]
        taken.extend(mine)

    threads = [threading.Thread(target=taker, args=(number,)) for number in range(TAKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == TAKERS * EACH == len(set(taken))
    assert len({one.list_id for one in taken}) == 1


def test_a_full_list_is_closed_and_another_opened(house: House) -> None:
    """STA-15: one before the end, the end, one after."""
    first = take(house)
    attempt(house.store, f"UPDATE status_list SET used = {LIST_SIZE - 2}")  # noqa: S608 - a number
    last_two = [take(house), take(house)]
    with house.store.reading() as session:
        assert session.scalars(select(StatusList.closed)).all() == [house.time]
    after = take(house)
    assert {one.list_id for one in last_two} == {first.list_id}
    assert after.list_id != first.list_id
    with house.store.reading() as session:
        used = {row.id: row.used for row in status_lists.all_lists(session, house.district.id)}
    assert used == {first.list_id: LIST_SIZE, after.list_id: 1}


def test_no_position_is_left_to_a_closed_list(house: House) -> None:
    first = take(house)
    with house.store.transaction() as session:
        assert close_open(session, house.district.id, now=NOW) == (first.list_id,)
        assert close_open(session, house.district.id, now=NOW) == ()
    assert take(house).list_id != first.list_id


def test_after_a_restore_no_position_is_shared_with_any_that_was_handed_out(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """STA-16: what was issued after the backup is unknown to the restored rows, and in use."""
    path, backup = tmp_path / "cairn.db", tmp_path / "backup.db"
    shutil.copy(sqlite_template, path)
    house = House.build(Store.open(str(path)))
    early = [take(house) for _ in range(20)]
    with house.store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.execute(text("VACUUM INTO :path"), {"path": str(backup)})
    late = [take(house) for _ in range(10)]
    with house.store.transaction() as session:
        close_open(session, house.district.id, now=NOW)
    late += [take(house) for _ in range(10)]
    house.store.close()

    restored = House(Store.open(str(backup)), house.district, house.signer, Entropy("after the restore"))
    with restored.store.transaction() as session:
        close_open(session, house.district.id, now=NOW)
    again = [take(restored) for _ in range(20)]
    restored.store.close()
    assert len({*early, *late, *again}) == 60
    assert not {one.list_id for one in again} & {one.list_id for one in (*early, *late)}


def test_lists_and_positions_belong_to_their_district(house: House) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    assert take(house).list_id != take(other).list_id
    with house.store.reading() as session, pytest.raises(IssuerError, match="not_found"):
        status_lists.one(session, other.district.id, take(house).list_id)


def test_the_database_refuses_a_position_twice(house: House) -> None:
    house.issue("A-1")
    house.issue("A-2")
    with house.store.reading() as session:
        one, two = session.scalars(select(Credential).order_by(Credential.award_ref)).all()
    assert (one.list_id, one.list_index) != (two.list_id, two.list_index)
    attempt_again = (
        "INSERT INTO credential SELECT district_id, 'urn:uuid:x', award_ref, state, subject_id, list_id, "
        "list_index, also_jwt, reserved_at, prepared, prepared_at, valid_until, signed_at, released_at "
        "FROM credential WHERE award_ref = 'A-1'"
    )
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        attempt(house.store, attempt_again)


def test_names_say_nothing_and_do_not_meet() -> None:
    entropy = Entropy()
    names = {random_name(entropy) for _ in range(500)}
    assert len(names) == 500
    assert all(len(name) == 16 and set(name) <= set(status_lists.ALPHABET) for name in names)

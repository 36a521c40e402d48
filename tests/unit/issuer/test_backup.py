"""A backup comes back whole, into an empty database only, and nothing of the time after it is used twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from issuer.archive import published_answers
from issuer.backup import MANIFEST, back_up, look_at_backup, restore
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.publication import list_path
from issuer.store import published, queries
from issuer.store.copying import copy_out
from issuer.store.session import Store
from issuer.taking_back import take_back
from tests.house import NOW, House


def test_the_drill(house: House, empty: Store, keys: Path, tmp_path: Path) -> None:
    """STA-16: issue, back up, issue more, lose everything, restore, issue: no position is used twice."""
    kept = [house.issue(f"A-{number}") for number in range(3)]
    house.publish()
    made = back_up(house.store, keys, tmp_path / "backup", now=house.time)
    assert look_at_backup(tmp_path / "backup") == made
    lost = [house.issue(f"B-{number}") for number in range(3)]
    house.later(hours=13)
    house.publish()
    used = {(row.list_id, row.list_index) for row in (house.row(one.credential_id) for one in kept + lost)}
    path = list_path(house.row(kept[0].credential_id).list_id)
    with house.store.reading() as session:
        last = published.current(session, house.district.id, path)

    house.later(hours=1)
    done = restore(tmp_path / "backup", empty, empty, tmp_path / "new keys", now=house.time, actor="test")
    assert [one.district_id for one in done] == ["riverbend"]
    assert [file.name for file in (tmp_path / "new keys").iterdir()] == [f"key-{'a' * 43}.json"]

    again = House(empty, house.district, house.signer, house.entropy, time=house.time)
    assert [stored(empty, "riverbend", one.credential_id).document for one in kept] == [
        one.document for one in kept
    ]
    with pytest.raises(IssuerError, match="not_found"):
        again.row(lost[0].credential_id)
    saved = [body for _, body in published_answers(house.store, "riverbend")]
    assert take_back(empty, "riverbend", saved, now=house.time, actor="test").settles
    new = [again.row(again.issue(f"C-{number}").credential_id) for number in range(3)]
    collisions = used & {(row.list_id, row.list_index) for row in new}
    assert collisions == set()
    again.publish()
    with empty.reading() as session:
        shown = published.current(session, "riverbend", path)
    assert shown is not None
    assert last is not None
    assert shown.version > last.version, "what was published before it was lost is older than what follows"


def test_nothing_that_is_there_is_written_over(
    house: House, empty: Store, keys: Path, tmp_path: Path
) -> None:
    back_up(house.store, keys, tmp_path / "backup", now=house.time)
    for target, where in ((house.store, tmp_path / "new"), (empty, keys)):
        with pytest.raises(IssuerError, match=r"backup_failed.*(not empty|already holds)"):
            restore(tmp_path / "backup", target, target, where, now=house.time, actor="test")
    with pytest.raises(IssuerError, match=r"backup_failed.*not empty"):
        back_up(house.store, keys, tmp_path / "backup", now=house.time)


def test_a_backup_is_for_its_owner_alone(house: House, empty: Store, keys: Path, tmp_path: Path) -> None:
    back_up(house.store, keys, tmp_path / "backup", now=house.time)
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    assert [path for path in (tmp_path / "backup").rglob("*") if path.stat().st_mode & 0o077] == [
        tmp_path / "backup" / MANIFEST
    ], "the manifest names files and digests, and nobody"


@pytest.fixture
def small(tmp_path: Path, sqlite_template: Path, keys: Path) -> Path:
    store = Store.open(f"sqlite:///{sqlite_template}")
    back_up(store, keys, tmp_path / "backup", now=NOW)
    store.close()
    return tmp_path / "backup"


def test_a_backup_that_was_changed_is_not_restored(small: Path) -> None:
    manifest = json.loads((small / MANIFEST).read_text("utf-8"))
    bad: list[object] = [
        [],
        {},
        {**manifest, "form": 2},
        {**manifest, "database": "oracle"},
        {**manifest, "files": {}},
        {**manifest, "files": {**manifest["files"], "../x": "0"}},
        {**manifest, "files": {**manifest["files"], "keys/../../x.json": "0"}},
        {**manifest, "made": "yesterday"},
    ]
    for one in bad:
        (small / MANIFEST).write_text(json.dumps(one), "utf-8")
        with pytest.raises(IssuerError, match=r"backup_failed.*damaged"):
            look_at_backup(small)
    (small / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    look_at_backup(small)
    with (small / "database.sqlite").open("r+b") as file:
        file.seek(5_000)
        file.write(b"x")
    with pytest.raises(IssuerError, match=r"backup_failed.*not what the manifest says"):
        look_at_backup(small)
    (small / MANIFEST).unlink()
    with pytest.raises(IssuerError, match=r"backup_failed.*no finished backup"):
        look_at_backup(small)


def test_a_manifest_has_a_largest_size(small: Path) -> None:
    (small / MANIFEST).write_bytes(b" " * 1_048_577)
    with pytest.raises(IssuerError, match="damaged"):
        look_at_backup(small)
    manifest = b"{}".ljust(1_048_576)
    (small / MANIFEST).write_bytes(manifest)
    with pytest.raises(IssuerError, match="damaged"):
        look_at_backup(small)


def test_without_the_servers_programs_a_backup_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    store = Store.open(f"postgresql://nobody@/none?host={tmp_path}")
    with pytest.raises(IssuerError, match=r"backup_failed: pg_dump is not on this machine: install"):
        copy_out(store, tmp_path / "dump")


def test_every_district_of_a_backup_is_looked_through(
    house: House, empty: Store, keys: Path, tmp_path: Path
) -> None:
    House.build(house.store, "eastfield", "https://badges.eastfield.example")
    back_up(house.store, keys, tmp_path / "backup", now=house.time)
    done = restore(tmp_path / "backup", empty, empty, tmp_path / "new", now=house.time, actor="test")
    with empty.reading() as session:
        assert [one.district_id for one in done] == [one.id for one in queries.districts(session)]

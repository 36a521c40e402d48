"""Whether an issuer can do its work is seen before anybody is harmed."""

from __future__ import annotations

from pathlib import Path

from issuer.health import look, waits
from issuer.jobs import asking
from issuer.metrics import Metrics
from issuer.revocation import revoke
from issuer.store import jobs
from issuer.store.session import Store
from tests.house import NOW, House


def lists(house: House) -> str:
    return look(house.store, house.time).parts["lists"]


def test_a_house_in_order_is_ready(house: House) -> None:
    house.issue()
    house.publish()
    assert look(house.store, house.time).ready


def test_a_new_list_has_a_minute(house: House) -> None:
    house.publish()
    house.issue()
    house.later(seconds=60)
    assert lists(house) == "ok"
    house.later(seconds=1)
    assert lists(house) == "a list is not published"


def test_a_revocation_has_a_minute(house: House) -> None:
    made = house.issue()
    house.publish()
    house.later(hours=1)
    revoke(
        house.store,
        house.district.id,
        made.credential_id,
        reason="requested",
        note="",
        now=house.time,
        actor="test",
    )
    house.later(seconds=60)
    assert lists(house) == "ok"
    house.later(seconds=1)
    assert lists(house) == "a revocation waits to be published"
    house.publish()
    assert lists(house) == "ok"


def test_what_waits_says_for_how_long(house: House) -> None:
    made = house.issue()
    house.publish()
    assert waits(house.store, house.time) == {"revocation": 0.0, "job": 0.0}
    house.later(hours=1)
    named = {"reason": "requested", "note": "", "actor": "test"}
    revoke(house.store, house.district.id, made.credential_id, now=house.time, **named)
    with house.store.transaction() as session:
        asking.ask_in(
            session,
            house.district.id,
            jobs.PUBLISH,
            key="now",
            now=house.time,
            entropy=house.entropy,
            actor="test",
        )
    house.later(seconds=7)
    assert waits(house.store, house.time) == {"revocation": 7.0, "job": 7.0}
    told = Metrics(dict, lambda: waits(house.store, house.time)).text()
    assert 'cairn_waiting_seconds{what="revocation"} 7.0' in told
    assert 'cairn_waiting_seconds{what="job"} 7.0' in told
    house.publish()
    assert waits(house.store, house.time) == {"revocation": 0.0, "job": 7.0}


def test_of_a_database_that_cannot_be_asked_no_number_is_made_up(tmp_path: Path, bare_database: str) -> None:
    away = Store.open(str(tmp_path / "nowhere" / "cairn.db"))
    empty = Store.open(bare_database)
    for store in (away, empty):
        assert waits(store, NOW) == {}
        told = Metrics(dict, lambda here=store: waits(here, NOW)).text()  # type: ignore[misc]
        assert 'cairn_waiting_seconds{what="job"} NaN' in told
        store.close()


def test_no_key_in_use_is_noticed(house: House) -> None:
    house.publish()
    house.take_key(house.signer, retired=house.time)
    assert look(house.store, house.time).parts["keys"] == "no key is in use"


def test_an_empty_store_is_not_ready(store: Store) -> None:
    assert look(store, NOW).parts["keys"] == "no district is set up"


def test_a_database_without_tables_is_not_ready(bare_database: str) -> None:
    empty = Store.open(bare_database)
    assert look(empty, NOW).parts["migrations"] == "not those of this program"
    empty.close()


def test_a_database_that_does_not_answer_is_not_ready(tmp_path: Path) -> None:
    assert not look(Store.open(f"postgresql://nobody@/none?host={tmp_path}"), NOW).ready

"""The thread that keeps lists published goes on, whatever happens, and stops when it is told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from issuer import publisher as publisher_module
from issuer.errors import IssuerError
from issuer.publication import list_path, publish_due
from issuer.publisher import Publisher
from issuer.revocation import revoke
from issuer.store import published
from issuer.visible import Visible
from tests.house import House


def version(house: House, list_id: str) -> int:
    with house.store.reading() as session:
        found = published.current(session, house.district.id, list_path(list_id))
    return found.version if found else 0


def publisher(house: House, **changes: Any) -> Publisher:
    named: dict[str, Any] = {"clock": house.clock, "every": 0.01} | changes
    return Publisher(house.store, lambda _: house.signer, **named)


def until(condition: Any) -> bool:
    for _ in range(18_000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_a_revocation_is_seen_without_anybody_asking(house: House) -> None:
    made = house.issue()
    list_id = house.row(made.credential_id).list_id
    runs = publisher(house)
    runs.start()
    try:
        assert until(lambda: version(house, list_id) == 1)
        revoke(
            house.store,
            house.district.id,
            made.credential_id,
            reason="requested",
            note="",
            now=house.time,
            actor="test",
        )
        assert until(lambda: version(house, list_id) == 2)
    finally:
        runs.stop()
    assert not runs.is_running


def test_each_revocation_is_told_once_with_the_seconds_that_it_took(house: House) -> None:
    """Also one that another process published, and one that was made while nobody published."""
    first, second, third = (house.issue(f"A-{number}").credential_id for number in range(3))
    house.publish()
    told = list[float]()
    visible = Visible(told.append)
    runs = publisher(house, visible=visible)
    with house.store.reading() as session:
        visible.look(session, house.district.id, house.time)

    def withdraw(credential_id: str) -> None:
        named: dict[str, Any] = {"reason": "requested", "note": "", "actor": "test"}
        revoke(house.store, house.district.id, credential_id, now=house.time, **named)

    house.later(seconds=10)
    withdraw(first)
    house.later(seconds=7)
    withdraw(second)
    house.later(seconds=2)
    runs.round()
    assert told == [9.0, 2.0]
    runs.round()
    house.later(seconds=5)
    withdraw(third)
    house.later(seconds=1)
    house.publish()
    house.later(seconds=3)
    runs.round()
    assert told == [9.0, 2.0, 4.0]


def test_a_revocation_that_a_place_does_not_take_is_not_told_as_seen(house: House) -> None:
    credential_id = house.issue().credential_id
    house.publish()
    told, away = list[float](), [True]

    class Shut:
        def put(self, documents: Any) -> Any:
            if away:
                raise IssuerError("place_failed", "the bucket does not answer")
            return list(documents) and {}

    visible = Visible(told.append)
    runs = publisher(house, visible=visible, place_of=lambda _: Shut())
    with house.store.reading() as session:
        visible.look(session, house.district.id, house.time)
    named: dict[str, Any] = {"reason": "requested", "note": "", "actor": "test"}
    house.later(seconds=1)
    revoke(house.store, house.district.id, credential_id, now=house.time, **named)
    runs.round()
    assert told == []
    away.clear()
    house.later(seconds=40)
    runs.round()
    assert told == [40.0]


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        (IssuerError("key_not_usable", "no key"), "key_not_usable: no key"),
        (PermissionError("the key file"), "unexpected"),
        (RuntimeError("a bug"), "unexpected"),
    ],
    ids=["refusal", "unreadable-file", "bug"],
)
def test_one_districts_fault_does_not_hold_up_another(house: House, fault: Exception, kept: str) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    list_id = other.row(other.issue().credential_id).list_id

    def signer_of(name: str) -> Any:
        if name == "riverbend":
            raise fault
        return other.signer

    runs = Publisher(house.store, signer_of, clock=house.clock, every=1)
    runs.round()
    assert version(other, list_id) == 1
    assert runs.last_fault == kept


def test_it_outlives_the_unexpected(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    list_id = house.row(house.issue().credential_id).list_id
    failed: list[int] = []

    def once(*args: Any, **named: Any) -> Any:
        if not failed:
            failed.append(1)
            raise RuntimeError("a bug")
        return publish_due(*args, **named)

    monkeypatch.setattr(publisher_module, "publish_due", once)
    runs = publisher(house)
    runs.start()
    try:
        assert until(lambda: version(house, list_id) == 1)
        assert until(lambda: runs.last_fault is None)
    finally:
        runs.stop()


def test_it_finishes_what_a_crash_left(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from issuer import issuance
    from issuer.store import queries

    def stop(*_: object, **__: object) -> None:
        raise OSError("the machine is gone")

    with monkeypatch.context() as patch:
        patch.setattr(issuance, "secure", stop)
        with pytest.raises(OSError, match="gone"):
            house.issue()
    publisher(house).round()
    with house.store.reading() as session:
        row = queries.credential_of_award(session, house.district.id, "A-1")
    assert row is not None
    assert row.state == "signed"

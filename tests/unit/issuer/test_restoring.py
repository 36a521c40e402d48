"""After a return from a backup nothing is used that may have been used before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from issuer.errors import IssuerError
from issuer.publication import DID_PATH, list_path, publish_did
from issuer.restoring import note_return
from issuer.store import published, restorations, status_lists
from issuer.store.tables import Audit
from issuer.taking_back import go_on_without
from tests.house import House, attempt


def note(house: House) -> restorations.Restoration | int:
    floor = note_return(house.store, house.district.id, now=house.time, actor="test").floor
    go_on_without(house.store, house.district.id, now=house.time, actor="test")
    return floor


def version(house: House, path: str) -> int:
    with house.store.reading() as session:
        found = published.current(session, house.district.id, path)
    return found.version if found else 0


def test_open_lists_are_closed_and_the_next_badge_opens_another(house: House) -> None:
    before = house.row(house.issue().credential_id).list_id
    done = note_return(house.store, house.district.id, now=house.time, actor="test")
    assert done.closed == (before,)
    assert house.row(house.issue("A-2").credential_id).list_id != before


def test_versions_go_on_above_every_version_that_the_backup_had_forgotten(house: House) -> None:
    list_id = house.row(house.issue().credential_id).list_id
    house.publish()
    assert version(house, list_path(list_id)) == 1
    floor = note(house)
    house.publish()
    assert version(house, list_path(list_id)) == floor == 202_478_400
    house.later(hours=13)
    house.publish()
    assert version(house, list_path(list_id)) == floor + 1
    house.take_key(house.signer, retired=house.time)
    publish_did(house.store, house.district.id, now=house.time, actor="test")
    assert version(house, DID_PATH) == floor


def test_the_same_backup_restored_again_gets_a_higher_floor(house: House) -> None:
    first = note(house)
    assert isinstance(first, int)
    house.later(seconds=1)
    assert note(house) == first + 1
    assert note(house) == first + 2, "within one second"


def test_a_floor_fits_its_column_until_long_after_us() -> None:
    at = datetime(2080, 1, 1, tzinfo=UTC)
    assert (at - restorations.COUNTED_FROM).total_seconds() < 2**31


def test_every_list_is_published_anew(house: House) -> None:
    """What is published outside may know less than the rows: the backup is not the only thing that ages."""
    list_id = house.row(house.issue().credential_id).list_id
    house.publish()
    with house.store.reading() as session:
        before = status_lists.one(session, house.district.id, list_id).changes
    note(house)
    with house.store.reading() as session:
        assert status_lists.one(session, house.district.id, list_id).changes == before + 1


def test_a_return_is_in_the_audit_and_is_never_taken_back(house: House) -> None:
    note(house)
    with house.store.reading() as session:
        said = session.scalars(select(Audit).where(Audit.action == "store.restored")).one()
        assert said.subject == house.district.id
    for statement in ("UPDATE restoration SET floor = 1", "DELETE FROM restoration"):
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(house.store, statement)


def test_a_return_of_one_district_changes_nothing_of_another(house: House) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    other.issue()
    note(house)
    other.publish()
    assert version(other, DID_PATH) == 1


def test_nobody_says_what_was_served_while_a_backup_was_forgotten(house: House) -> None:
    """A badge may have been withdrawn in what is lost: an older list is no answer for then."""
    path = list_path(house.row(house.issue().credential_id).list_id)
    house.publish()
    began, between = house.time, house.later(hours=2)
    house.later(hours=2)
    note(house)
    returned = house.time
    with house.store.reading() as session:
        did = published.at(session, house.district.id, DID_PATH, returned)
        assert did is not None, "what is served now was served since the return"
        assert published.at(session, house.district.id, DID_PATH, between) is None
    house.later(hours=1)
    house.publish()
    with house.store.reading() as session:
        first, lost, newest = (
            published.at(session, house.district.id, path, when) for when in (began, between, house.time)
        )
    assert first is not None
    assert first.version == 1
    assert lost is None
    assert newest is not None
    assert newest.version > 1

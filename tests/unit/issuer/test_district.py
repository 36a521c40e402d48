"""Setting a district up, and what it can award."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from issuer.catalog import CatalogueError, default_catalogue
from issuer.district import Founding, default_files, district_catalogue, found, offer, take_catalogue
from issuer.errors import IssuerError
from issuer.store import audit, queries
from issuer.store.session import Store
from issuer.store.tables import Achievement, District
from tests.house import NOW, Entropy, House

GOOD = Founding(
    "lakeside",
    "Lakeside School District",
    "LAKE",
    "https://badges.lakeside.example",
    "https://lakeside.example",
    {"0187": "Lakeside High"},
)


def make(store: Store, founding: Founding) -> District:
    return found(store, founding, now=NOW, entropy=Entropy(), actor="test")


def test_the_did_follows_from_the_origin(store: Store) -> None:
    assert make(store, GOOD).did == "did:web:badges.lakeside.example"
    with store.reading() as session:
        assert queries.schools(session, "lakeside") == {"0187": "Lakeside High"}
        assert audit.check_chain(session, "lakeside").number == 1


def test_a_try_may_live_on_this_machine(store: Store) -> None:
    assert make(store, replace(GOOD, origin="http://localhost:8123")).did == "did:web:localhost%3A8123"


def test_the_same_again_changes_nothing(store: Store) -> None:
    make(store, GOOD)
    make(store, replace(GOOD, schools={"0188": "Lakeside East"}))
    with store.reading() as session:
        assert len(queries.districts(session)) == 1
        assert queries.schools(session, "lakeside") == {"0187": "Lakeside High", "0188": "Lakeside East"}


UNUSABLE = [
    replace(GOOD, origin="http://badges.lakeside.example"),
    replace(GOOD, origin="https://badges.lakeside.example/"),
    replace(GOOD, origin="https://badges.lakeside.example/x"),
    replace(GOOD, origin="https://u@badges.lakeside.example"),
    replace(GOOD, origin="https://192.0.2.7"),
    replace(GOOD, origin="https://"),
    replace(GOOD, origin="ftp://badges.lakeside.example"),
    replace(GOOD, tag="lake"),
    replace(GOOD, tag="L" * 17),
    replace(GOOD, tag=""),
    replace(GOOD, district_id="Lake Side"),
    replace(GOOD, name=""),
    replace(GOOD, name="Lakeside\u202e"),
    replace(GOOD, name="L" * 201),
    replace(GOOD, url="javascript:alert(1)"),
]


def test_what_cannot_be_used_is_refused_before_anything_is_written(store: Store) -> None:
    for founding in UNUSABLE:
        with pytest.raises(IssuerError, match="bad_setting"):
            make(store, founding)
    with store.reading() as session:
        assert session.scalars(select(District)).all() == []


def test_a_district_does_not_become_another(store: Store) -> None:
    make(store, GOOD)
    for founding in [
        replace(GOOD, name="Other"),
        replace(GOOD, tag="OTHER"),
        replace(GOOD, origin="https://other.example"),
    ]:
        with pytest.raises(IssuerError, match="bad_setting"):
            make(store, founding)


def test_offering_again_makes_no_new_version(house: House) -> None:
    entries = default_catalogue().entries
    assert len(offer(house.store, "riverbend", entries[:5], now=NOW, actor="test")) == 1
    assert offer(house.store, "riverbend", entries[:5], now=NOW, actor="test") == ()


def test_a_changed_definition_is_a_new_version_and_old_badges_keep_theirs(house: House) -> None:
    first = house.issue("A-1")
    entry = default_catalogue().get("CO-CNA")
    assert entry is not None
    assert offer(
        house.store,
        "riverbend",
        (replace(entry, description="Another description."),),
        now=NOW,
        actor="test",
    ) == ("co-cna",)
    second = house.issue("A-2")
    with house.store.reading() as session:
        versions = session.scalars(
            select(Achievement.version).where(Achievement.id == "co-cna").order_by(Achievement.version)
        ).all()
    assert list(versions) == [1, 2]
    described = [
        json.loads(made.document)["credentialSubject"]["achievement"]["description"]
        for made in (first, second)
    ]
    assert described[0] != described[1] == "Another description."


def test_a_district_may_take_another_edition(house: House) -> None:
    certifications, kinds = default_files()
    value = json.loads(certifications)
    value["catalogue"]["version"] = "2027.1"
    value["entries"] = value["entries"][:2]
    text = json.dumps(value).encode()
    for _ in range(2):
        taken = take_catalogue(house.store, "riverbend", text, kinds, now=NOW, actor="test")
        assert len(taken.entries) == 2
    with house.store.reading() as session:
        assert district_catalogue(session, "riverbend").edition.version == "2027.1"
        row = queries.edition(session, "riverbend")
        assert row is not None
        assert row.number == 1


def test_a_catalogue_with_a_fault_changes_nothing(house: House) -> None:
    with pytest.raises(CatalogueError):
        take_catalogue(house.store, "riverbend", b"{}", default_files()[1], now=NOW, actor="test")
    with house.store.reading() as session:
        assert queries.edition(session, "riverbend") is None

"""One person is one member, whatever place, spelling, key or old paper they come with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from issuer.committee import people, proposing
from issuer.decisions.errors import DecisionRefused
from issuer.signing_keys import KEYS_OF_EXAMPLES
from issuer.store import decisions, queries
from keys.did import did_jwk, did_key
from keys.public import PublicKey
from tests.committee import ENDORSER, Committee, endorsement, proposal
from tests.house import House
from tests.signers import did_key_signer, public_key


@pytest.fixture
def committee(house: House) -> Committee:
    return Committee.build(house)


def add(
    committee: Committee,
    kind: str,
    name: str,
    since: date = date(2026, 1, 1),
    keys: dict[str, Any] | None = None,
) -> str:
    house = committee.house
    return people.add_member(
        house.store,
        house.district.id,
        kind=kind,
        name=name,
        since=since,
        now=house.time,
        actor="test",
        **(keys or {}),
    ).id


def leave(committee: Committee, member_id: str, last_day: date) -> None:
    house = committee.house
    people.end_member(
        house.store, house.district.id, member_id, last_day=last_day, now=house.time, actor="test"
    )


def moved(committee: Committee) -> tuple[str, str]:
    """One person who was faculty until yesterday and speaks for industry since today."""
    first = add(committee, "faculty", "Rosa Quill")
    leave(committee, first, committee.day - timedelta(days=1))
    return first, add(committee, "industry", "Rosa Quill", committee.day)


@pytest.mark.parametrize("spelling", ["Rósa Quill", "Rosa Quill.", "ROSA-QUILL", "Ro\u017fa Quill"])
def test_a_spelling_makes_nobody_another_person(committee: Committee, spelling: str) -> None:
    add(committee, "faculty", "Rosa Quill")
    with pytest.raises(DecisionRefused, match="has this name already"):
        add(committee, "industry", spelling)
    add(committee, "industry", "Rosa M. Quill")


def test_who_changed_places_does_not_come_back_to_the_first_as_well(committee: Committee) -> None:
    first, _ = moved(committee)
    yesterday = committee.day - timedelta(days=1)
    with pytest.raises(DecisionRefused, match="has this name already"):
        leave(committee, first, committee.day)
    leave(committee, first, yesterday)
    leave(committee, first, yesterday - timedelta(days=1))


def test_a_last_day_that_was_typed_wrongly_is_mended(committee: Committee) -> None:
    first = add(committee, "faculty", "Rosa Quill")
    leave(committee, first, date(2026, 3, 1))
    leave(committee, first, date(2026, 9, 1))
    with committee.house.store.reading() as session:
        row = decisions.member_row(session, committee.house.district.id, first)
        assert row.until == date(2026, 9, 1)


def test_who_changed_places_has_one_word_on_a_proposal(committee: Committee) -> None:
    first, second = moved(committee)
    ref = committee.propose()
    committee.approve(ref, first, on=committee.day - timedelta(days=1))
    with pytest.raises(DecisionRefused, match=f"approved_before.*as {first}"):
        committee.approve(ref, second)
    committee.approve(ref, "administrator-1")
    with pytest.raises(DecisionRefused, match="no_quorum"):
        committee.decide(ref)


def test_who_proposed_in_another_place_does_not_approve(committee: Committee) -> None:
    first = add(committee, "faculty", "Rosa Quill")
    ref = committee.propose(proposal(author=first))
    leave(committee, first, committee.day - timedelta(days=1))
    second = add(committee, "industry", "Rosa Quill", committee.day)
    with pytest.raises(DecisionRefused, match=f"not_an_approver.*as {first}"):
        committee.approve(ref, second)


def sign_off(committee: Committee, ref: str, member: str, on: date) -> None:
    house = committee.house
    proposing.sign_off(
        house.store, house.district.id, ref, member_id=member, on=on, now=house.time, actor="test"
    )


def test_who_proposed_in_another_place_does_not_sign_off(committee: Committee) -> None:
    first = add(committee, "faculty", "Rosa Quill")
    ref = committee.propose(proposal(author=first, origin="student"))
    leave(committee, first, committee.day - timedelta(days=1))
    second = add(committee, "counselor", "Rosa Quill", committee.day)
    with pytest.raises(DecisionRefused, match="not_an_approver"):
        sign_off(committee, ref, second, committee.day)
    sign_off(committee, ref, "counselor-1", committee.day)


@pytest.mark.parametrize("on", [date(2026, 4, 30), date(2026, 6, 2)])
def test_a_proposal_is_signed_off_after_it_was_written_and_not_tomorrow(
    committee: Committee, on: date
) -> None:
    ref = committee.propose(proposal(origin="student"))
    with pytest.raises(DecisionRefused, match="bad_dates"):
        sign_off(committee, ref, "counselor-1", on)
    sign_off(committee, ref, "counselor-1", date(2026, 5, 1))


SAME_KEY: list[dict[str, Any]] = [
    {"endorser": did_jwk(ENDORSER.public_key)},
    {"endorser": "did:web:other.example", "endorser_key": ENDORSER.public_key.multikey()},
]


@pytest.mark.parametrize("keys", SAME_KEY)
def test_two_members_never_sign_with_one_key(committee: Committee, keys: dict[str, Any]) -> None:
    with pytest.raises(DecisionRefused, match="industry-1 signs with this key already"):
        add(committee, "faculty", "Wren Abara", keys=keys)
    house = committee.house
    usual: dict[str, Any] = {"now": house.time, "actor": "test"}
    with pytest.raises(DecisionRefused, match="industry-1 signs with this key already"):
        people.give_key(house.store, house.district.id, "faculty-1", **keys, **usual)
    own = did_jwk(public_key("faculty 1"))
    for _ in range(2):
        given = people.give_key(house.store, house.district.id, "faculty-1", endorser=own, **usual)
        assert given.endorser == own


def test_two_members_never_sign_under_one_place_on_the_web(committee: Committee) -> None:
    add(committee, "industry", "Wren Abara", keys={"endorser": "did:web:mill.example"})
    for key in ("", public_key("another").multikey()):
        keys = {"endorser": "did:web:mill.example", "endorser_key": key}
        with pytest.raises(DecisionRefused, match="another member signs under this DID"):
            add(committee, "faculty", "Odo Lind", keys=keys)


def test_the_districts_own_key_endorses_nothing_under_any_name(committee: Committee) -> None:
    with committee.house.store.reading() as session:
        (own,) = queries.signing_keys(session, committee.house.district.id)
    key = PublicKey.from_multikey(own.multikey)
    for keys in (
        {"endorser": did_key(key)},
        {"endorser": did_jwk(key)},
        {"endorser": "did:web:other.example", "endorser_key": own.multikey},
    ):
        with pytest.raises(DecisionRefused, match="a district does not endorse itself"):
            add(committee, "industry", "Wren Abara", keys=keys)


@pytest.mark.parametrize("multikey", sorted(KEYS_OF_EXAMPLES))
def test_a_key_with_which_anybody_can_sign_is_nobodys(committee: Committee, multikey: str) -> None:
    for keys in (
        {"endorser": f"did:key:{multikey}"},
        {"endorser": did_jwk(PublicKey.from_multikey(multikey))},
        {"endorser": "did:web:other.example", "endorser_key": multikey},
    ):
        with pytest.raises(DecisionRefused, match="anybody can sign with this key"):
            add(committee, "industry", "Wren Abara", keys=keys)


def test_a_did_without_a_key_that_can_be_read_is_refused(committee: Committee) -> None:
    for endorser in ("did:key:zNonsense", "did:jwk:e30"):
        with pytest.raises(DecisionRefused, match="bad_member"):
            add(committee, "industry", "Wren Abara", keys={"endorser": endorser})
    add(committee, "industry", "Wren Abara", keys={"endorser": did_key_signer("wren").controller})


def test_an_endorsement_from_before_the_proposal_approves_nothing(committee: Committee) -> None:
    ref = committee.propose()
    old = endorsement(committee.target, validFrom="2026-04-30T09:00:00Z")
    with pytest.raises(DecisionRefused, match=r"bad_endorsement.*before this was proposed"):
        committee.approve(ref, "industry-1", document=None, endorsement=old)
    with committee.house.store.reading() as session:
        assert decisions.endorsements(session, committee.house.district.id, committee.house.time) == []
    of_the_day = endorsement(committee.target, validFrom="2026-05-01T12:00:00Z")
    committee.approve(ref, "industry-1", document=None, endorsement=of_the_day)


def test_an_approval_is_not_older_than_the_endorsement_that_shows_it(committee: Committee) -> None:
    ref = committee.propose()
    signed = endorsement(committee.target, validFrom="2026-05-20T12:00:00Z")
    with pytest.raises(DecisionRefused, match=r"bad_dates.*2026-05-20"):
        committee.approve(ref, "industry-1", document=None, endorsement=signed, on=date(2026, 5, 19))
    committee.approve(ref, "industry-1", document=None, endorsement=signed, on=date(2026, 5, 20))

"""The whole story: propose, endorse, approve, decide for English only, issue, look again, renew, end."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from contexts.document import compose, parse
from credential.model import AchievementCredential
from credential.proof.data_integrity import check_proof
from credential.readiness import Subject
from issuer.committee import approving, proposing
from issuer.decisions.errors import DecisionRefused
from issuer.district import offer_decided
from issuer.store import audit, decisions, queries
from tests.committee import ENDORSER, Committee, endorsement, proposal
from tests.house import House


@pytest.fixture
def committee(house: House) -> Committee:
    return Committee.build(house)


def offered(house: House) -> tuple[int, dict[str, Any]]:
    offer_decided(house.store, house.district.id, now=house.time, actor="test")
    with house.store.reading() as session:
        row = queries.achievement(session, house.district.id, "co-cna")
    assert row is not None
    return row.version, parse(row.document).value


def names(achievement: dict[str, Any]) -> list[str]:
    return [row["targetName"] for row in achievement["alignment"]]


def test_the_whole_story(committee: Committee) -> None:
    house = committee.house
    before, bare = offered(house)
    ref = committee.propose()
    assert ref == "CO-CNA.1"
    signed = endorsement(committee.target)
    committee.approve(ref, "industry-1", endorsement=signed, document=None)
    with pytest.raises(DecisionRefused, match="no_quorum"):
        committee.decide(ref)
    committee.approve(ref, "administrator-1", "faculty-1")
    starts = committee.day + timedelta(days=14)
    made = committee.decide(ref, Subject.ENGLISH, effective_from=starts)

    # It counts from its first day on, and for English alone.
    assert committee.active() == []
    assert committee.active(starts) == [made]
    assert made.subjects == {Subject.ENGLISH}

    # The endorsement is carried at once, the alignments when the decision takes effect; math's never.
    version, carried = offered(house)
    assert version == before + 1
    assert names(carried) == names(bare)
    assert [one["id"] for one in carried["endorsement"]] == [json.loads(signed)["id"]]
    assert carried["endorsement"] == [json.loads(signed)]
    assert offered(house)[0] == version
    house.later(days=14)
    version, carried = offered(house)
    assert version == before + 2
    assert names(carried) == [*names(bare), "Write for a purpose"]

    # A badge of it is signed with all that, and the endorsement in it still checks under its endorser's key.
    issued = house.issue()
    with house.store.reading() as session:
        body = queries.secured(session, house.district.id, issued.credential_id)["vc"].body
    badge = AchievementCredential.from_json(parse(body).value)
    (inside,) = badge.credential_subject.achievement.endorsement
    check_proof(compose(inside.to_json()), lambda _: ENDORSER.public_key)
    assert [one.target_name for one in badge.credential_subject.achievement.alignment] == names(carried)

    # The endorser withdraws: new versions omit the endorsement, the badge of the past is what it was.
    approving.withdraw_endorsement(
        house.store,
        house.district.id,
        json.loads(signed)["id"],
        on=committee.day,
        why="We have closed.",
        now=house.time,
        actor="test",
    )
    version, carried = offered(house)
    assert version == before + 3
    assert "endorsement" not in carried
    with house.store.reading() as session:
        assert queries.secured(session, house.district.id, issued.credential_id)["vc"].body == body

    # The body retires the examination.
    ended = committee.end(made.id, committee.day + timedelta(days=3))
    assert committee.active(date(2026, 6, 18)) == [ended]
    assert committee.active(date(2026, 6, 19)) == []
    house.later(days=4)
    assert names(offered(house)[1]) == names(bare)
    with house.store.reading() as session:
        assert queries.status(session, house.district.id, issued.credential_id) is None
        audit.check_chain(session, house.district.id)


def test_a_renewal_is_a_new_vote_and_waits_for_overdue_reviews(committee: Committee) -> None:
    house = committee.house
    first = committee.decide(committee.approved(), Subject.ENGLISH, Subject.MATH)
    house.later(days=400)
    again = proposing.propose_again(
        house.store,
        house.district.id,
        first.id,
        author="cte-1",
        next_review=date(2028, 7, 1),
        today=committee.day,
        now=house.time,
        actor="test",
    )
    committee.approve(again, "administrator-1", "faculty-1", "industry-1")
    with pytest.raises(DecisionRefused, match="review_overdue"):
        committee.decide(again, supersedes=first.id)
    # Overdue or not, the decision that stands goes on, and so do its awards.
    assert committee.active() == [first]
    for row in (1, 2, 3):
        proposing.review(
            house.store,
            house.district.id,
            again,
            row=row,
            member_id="faculty-1",
            on=committee.day,
            next_review=date(2028, 7, 1),
            today=committee.day,
            now=house.time,
            actor="test",
        )
    with pytest.raises(DecisionRefused, match="overlap"):
        committee.decide(again)
    second = committee.decide(again, supersedes=first.id)
    assert committee.active() == [second]
    assert [one.id for one in committee.active(committee.day - timedelta(days=1))] == [first.id]


def test_a_standard_that_ended_blocks_a_renewal(committee: Committee) -> None:
    house = committee.house
    ref = committee.approved()
    proposing.review(
        house.store,
        house.district.id,
        ref,
        row=1,
        member_id="faculty-1",
        on=committee.day,
        next_review=date(2028, 7, 1),
        item_ended=date(2026, 5, 31),
        today=committee.day,
        now=house.time,
        actor="test",
    )
    with pytest.raises(DecisionRefused, match="item_ended"):
        committee.decide(ref)


def test_a_students_wish_needs_a_counselor(committee: Committee) -> None:
    house = committee.house
    ref = committee.approved(proposal(origin="student"))
    with pytest.raises(DecisionRefused, match="not_signed_off"):
        committee.decide(ref)
    usual: dict[str, Any] = {"on": committee.day, "now": house.time, "actor": "test"}
    with pytest.raises(DecisionRefused, match="not_an_approver"):
        proposing.sign_off(house.store, house.district.id, ref, member_id="faculty-1", **usual)
    proposing.sign_off(house.store, house.district.id, ref, member_id="counselor-1", **usual)
    with pytest.raises(DecisionRefused, match="approved_before"):
        proposing.sign_off(house.store, house.district.id, ref, member_id="counselor-1", **usual)
    assert committee.decide(ref).subjects == {Subject.ENGLISH}


def test_districts_do_not_see_each_other(committee: Committee) -> None:
    house = committee.house
    other = House.build(house.store, "lakeside", "https://badges.lakeside.example")
    made = committee.decide(committee.approved())
    with house.store.reading() as session:
        assert decisions.active_decisions(session, other.district.id, committee.day) == []
        assert decisions.members(session, other.district.id) == []
        assert decisions.additions(session, other.district.id, house.time) == {}
        with pytest.raises(ValueError, match="not_found"):
            decisions.decision(session, other.district.id, made.id)

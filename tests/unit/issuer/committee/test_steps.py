"""Each step up to the vote, in a database: what it refuses and what it keeps."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from contexts.document import parse
from credential.readiness import Subject
from issuer.committee import approving, people, proposing
from issuer.decisions.endorsement import MOST_ENDORSEMENTS
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import Policy
from issuer.district import offer_decided
from issuer.errors import IssuerError
from issuer.store import audit, decisions, queries
from tests.committee import (
    ENGLISH_ROW,
    PROPOSAL,
    Committee,
    data,
    endorsement,
    proposal,
    sections,
)
from tests.house import House
from tests.signers import did_key_signer


@pytest.fixture
def committee(house: House) -> Committee:
    return Committee.build(house)


def usual(committee: Committee) -> dict[str, Any]:
    return {"now": committee.house.time, "actor": "test"}


def place(committee: Committee) -> tuple[Any, str]:
    return committee.house.store, committee.house.district.id


def head(committee: Committee) -> int:
    with committee.house.store.reading() as session:
        return audit.check_chain(session, committee.house.district.id).number


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (proposal(code="NOT-THERE"), "not_votable"),
        (proposal(code="WCA-PASSPORT"), "no_certification"),
        (proposal(date="2026-06-02"), "bad_dates"),
        (proposal(author="cte-9"), "not_found"),
        (proposal(recognition={"body": ""}), "wrong_type"),
        (sections(standards={"alignments": [ENGLISH_ROW | {"name": "SSN: 123-45-6789"}]}), "does_not_fit"),
    ],
)
def test_what_is_not_taken_leaves_no_trace(committee: Committee, value: dict[str, Any], code: str) -> None:
    before = head(committee)
    with pytest.raises(IssuerError) as refused:
        committee.propose(value)
    assert refused.value.code == code
    assert head(committee) == before


def test_proposals_are_counted_for_each_certification(committee: Committee) -> None:
    refs = [committee.propose(), committee.propose(), committee.propose(proposal(code="CO-EMT"))]
    assert refs == ["CO-CNA.1", "CO-CNA.2", "CO-EMT.1"]


def test_what_was_withdrawn_or_decided_is_closed(committee: Committee) -> None:
    ref = committee.approved()
    with pytest.raises(DecisionRefused, match="no_reason"):
        proposing.withdraw(*place(committee), ref, why="", **usual(committee))
    proposing.withdraw(*place(committee), ref, why="A better one comes.", **usual(committee))
    second = committee.approved()
    committee.decide(second)
    for closed in (ref, second):
        with pytest.raises(DecisionRefused, match="not_open"):
            committee.approve(closed, "postsecondary-1")
        with pytest.raises(DecisionRefused, match="not_open"):
            committee.decide(closed)
        with pytest.raises(DecisionRefused, match="not_open"):
            proposing.withdraw(*place(committee), closed, why="No.", **usual(committee))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": None}, "no_document"),
        ({"document": "minutes.pdf"}, "no_minutes"),
        ({"document": "sha256:12"}, "no_minutes"),
        ({"endorsement": b"{}"}, "no_document"),
        ({"on": date(2026, 4, 30)}, "bad_dates"),
        ({"on": date(2026, 6, 2)}, "bad_dates"),
        ({"conflict": ""}, "no_reason"),
    ],
)
def test_an_approval_is_shown_or_refused(committee: Committee, changes: dict[str, Any], code: str) -> None:
    ref = committee.propose()
    with pytest.raises(DecisionRefused) as refused:
        committee.approve(ref, "faculty-1", **changes)
    assert refused.value.code == code
    committee.approve(ref, "faculty-1", document=approving.paper_digest(b"a letter"))


def test_who_proposed_or_approved_does_not_approve_again(committee: Committee) -> None:
    ref = committee.approved()
    for member, code in (
        ("cte-1", "not_an_approver"),
        ("counselor-1", "not_an_approver"),
        ("industry-1", "approved_before"),
    ):
        with pytest.raises(DecisionRefused, match=code):
            committee.approve(ref, member)
    with pytest.raises(IssuerError, match="not_found"):
        committee.approve(ref, "nobody-1")


def test_a_conflict_of_interest_is_recorded_and_does_not_count(committee: Committee) -> None:
    ref = committee.propose()
    committee.approve(ref, "industry-1", conflict="My company sells the course.", document=None)
    committee.approve(ref, "administrator-1", "faculty-1", "postsecondary-1")
    with pytest.raises(DecisionRefused, match="no_quorum"):
        committee.decide(ref)
    committee.add("industry")
    committee.approve(ref, "industry-2")
    made = committee.decide(ref)
    with committee.house.store.reading() as session:
        row = decisions.decision_row(session, committee.house.district.id, made.id)
    assert "industry-1" not in json.dumps(row.basis)
    assert row.basis["quorum"] == Policy().to_json() | {"number": 0}


def test_what_is_taken_back_does_not_count(committee: Committee) -> None:
    ref = committee.approved()

    def take_back(member: str, why: str = "I read it again.", days: int = 0) -> None:
        approving.take_back(
            *place(committee),
            ref,
            member_id=member,
            on=committee.day + timedelta(days=days),
            today=committee.day,
            why=why,
            **usual(committee),
        )

    with pytest.raises(DecisionRefused, match="no_reason"):
        take_back("faculty-1", "")
    for days in (-1, 1):  # before it was given, and not yet
        with pytest.raises(DecisionRefused, match="bad_dates"):
            take_back("faculty-1", days=days)
    take_back("faculty-1")
    for member in ("faculty-1", "postsecondary-1"):
        with pytest.raises(DecisionRefused, match="approved_before"):
            take_back(member)
    with pytest.raises(DecisionRefused, match="no_quorum"):
        committee.decide(ref)
    with pytest.raises(DecisionRefused, match="approved_before"):
        committee.approve(ref, "faculty-1")
    committee.approve(ref, "postsecondary-1")
    committee.decide(ref)


def test_an_endorsement_that_is_withdrawn_takes_its_approval_with_it(committee: Committee) -> None:
    ref = committee.propose()
    signed = endorsement(committee.target)
    committee.approve(ref, "industry-1", document=None, endorsement=signed)
    committee.approve(ref, "administrator-1", "faculty-1")
    identifier = json.loads(signed)["id"]

    def withdraw(why: str = "We have closed.") -> None:
        approving.withdraw_endorsement(
            *place(committee), identifier, on=committee.day, why=why, **usual(committee)
        )

    with pytest.raises(DecisionRefused, match="no_reason"):
        withdraw("")
    withdraw()
    with pytest.raises(DecisionRefused, match="bad_endorsement"):
        withdraw()
    with pytest.raises(DecisionRefused, match="no_quorum"):
        committee.decide(ref)
    with pytest.raises(DecisionRefused, match="bad_endorsement"):
        committee.endorse(signed)


def test_an_endorsement_is_taken_once_and_under_its_own_id(committee: Committee) -> None:
    signed = endorsement(committee.target)
    assert committee.endorse(signed) == committee.endorse(signed)
    with pytest.raises(DecisionRefused, match="another endorsement has this id"):
        committee.endorse(endorsement(committee.target, name="Something else"))
    with pytest.raises(DecisionRefused, match="not_a_member"):
        committee.endorse(signed, member="faculty-1")
    with pytest.raises(DecisionRefused, match="endorsement_target"):
        committee.endorse(signed, code="CO-EMT")
    with pytest.raises(DecisionRefused, match="not_votable"):
        committee.endorse(signed, code="NOT-THERE")


def test_as_many_endorsements_as_a_badge_carries_with_as_many_alignments(committee: Committee) -> None:
    from issuer.decisions.reading import MOST_ROWS

    rows = [ENGLISH_ROW | {"code": f"E{n}", "url": f"https://a.example/{n}"} for n in range(MOST_ROWS - 2)]
    value = sections(standards={"alignments": [*rows, PROPOSAL["sections"]["standards"]["alignments"][1]]})
    committee.decide(committee.approved(value), Subject.ENGLISH, Subject.MATH)
    for number in range(MOST_ENDORSEMENTS + 1):
        signer = did_key_signer(f"employer {number}")
        member = committee.add("industry", did=signer.controller)
        signed = endorsement(
            committee.target, signer, id=f"urn:uuid:5f0c4a52-6f0f-4c6f-9d80-1d6a4a8c1e0{number}"
        )
        if number < MOST_ENDORSEMENTS:
            committee.endorse(signed, member=member)
            continue
        with pytest.raises(DecisionRefused, match="too_many"):
            committee.endorse(signed, member=member)
    house = committee.house
    offer_decided(house.store, house.district.id, now=house.time, actor="test")
    issued = house.issue()
    with house.store.reading() as session:
        body = parse(queries.secured(session, house.district.id, issued.credential_id)["vc"].body).value
    achievement = body["credentialSubject"]["achievement"]
    assert len(achievement["endorsement"]) == MOST_ENDORSEMENTS
    assert len(achievement["alignment"]) == MOST_ROWS


def test_an_endorsement_ends_by_itself(committee: Committee) -> None:
    committee.endorse(endorsement(committee.target, validUntil="2026-06-10T00:00:00Z"))
    house = committee.house

    def carried() -> bool:
        offer_decided(house.store, house.district.id, now=house.time, actor="test")
        with house.store.reading() as session:
            row = queries.achievement(session, house.district.id, "co-cna")
        assert row is not None
        return "endorsement" in parse(row.document).value

    assert carried()
    house.later(days=9)
    assert not carried()


def test_nothing_is_written_where_nothing_changed(committee: Committee) -> None:
    house = committee.house
    committee.decide(committee.approved())
    assert offer_decided(house.store, house.district.id, now=house.time, actor="test") == ("co-cna",)
    before = head(committee)
    assert offer_decided(house.store, house.district.id, now=house.time, actor="test") == ()
    assert head(committee) == before


def test_another_edition_of_the_catalogue_keeps_what_was_decided(committee: Committee) -> None:
    from issuer.district import default_files, take_catalogue

    house = committee.house
    committee.decide(committee.approved())
    certifications, kinds = default_files()
    take_catalogue(house.store, house.district.id, certifications, kinds, now=house.time, actor="test")
    with house.store.reading() as session:
        row = queries.achievement(session, house.district.id, "co-cna")
    assert row is not None
    carried = parse(row.document).value["alignment"]
    assert "RWC.HS.3.1" in [one["targetCode"] for one in carried]


def test_a_paper_is_named_by_its_digest() -> None:
    assert approving.paper_digest(b"x" * 10).startswith("sha256:")
    approving.paper_digest(b"x" * approving.LARGEST_PAPER)
    for body in (b"", b"x" * (approving.LARGEST_PAPER + 1)):
        with pytest.raises(DecisionRefused, match="no_document"):
            approving.paper_digest(body)


def test_a_file_is_read_whole(committee: Committee) -> None:
    ref = proposing.propose(
        *place(committee), data(PROPOSAL), author="faculty-1", today=committee.day, **usual(committee)
    )
    with committee.house.store.reading() as session:
        row = decisions.proposal_row(session, committee.house.district.id, ref)
    assert row.author == "cte-1"
    assert row.document == PROPOSAL


def leave(committee: Committee, member: str) -> None:
    people.end_member(*place(committee), member, last_day=date(2026, 5, 31), **usual(committee))


def test_who_has_left_neither_proposes_nor_reviews_nor_endorses(committee: Committee) -> None:
    ref = committee.propose()
    signed = endorsement(committee.target)
    for member in ("cte-1", "faculty-1", "industry-1"):
        leave(committee, member)
    with pytest.raises(DecisionRefused, match="bad_member"):
        committee.propose()
    with pytest.raises(DecisionRefused, match="not_an_approver"):
        committee.review(ref)
    with pytest.raises(DecisionRefused, match="not_an_approver"):
        committee.endorse(signed)
    committee.review(ref, member_id="administrator-1")


def sign_off(committee: Committee, ref: str, member: str) -> None:
    proposing.sign_off(*place(committee), ref, member_id=member, on=committee.day, **usual(committee))


def test_a_counselor_signs_off_a_students_wish_and_not_their_own(committee: Committee) -> None:
    with pytest.raises(DecisionRefused, match="not a student's wish"):
        sign_off(committee, committee.propose(), "counselor-1")
    own = committee.propose(proposal(origin="student", author="counselor-1"))
    with pytest.raises(DecisionRefused, match="who proposes does not sign off"):
        sign_off(committee, own, "counselor-1")
    committee.add("counselor")
    sign_off(committee, own, "counselor-2")
    other = committee.propose(proposal(origin="student"))
    leave(committee, "counselor-1")
    with pytest.raises(DecisionRefused, match="is no counselor of"):
        sign_off(committee, other, "counselor-1")

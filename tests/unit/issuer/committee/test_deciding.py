"""A vote and what follows, in a database; and what nobody can change afterwards."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from issuer.committee import approving, deciding, people, proposing
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import Policy
from issuer.errors import IssuerError
from issuer.store import audit, decisions
from issuer.store.decision_tables import Decision as DecisionRow
from tests.committee import (
    MENU,
    MINUTES,
    Committee,
    endorsement,
    proposal,
)
from tests.house import House, attempt


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


def no(committee: Committee, ref: str, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "on": committee.day,
        "why": "No teacher yet.",
        "minutes": None,
        "menu_version": MENU,
        "today": committee.day,
        "entropy": committee.house.entropy,
    }
    store, district_id = place(committee)
    return deciding.decide_no(store, district_id, ref, **(given | changes), **usual(committee))


def test_a_no_is_recorded_and_ends_nothing(committee: Committee) -> None:
    standing = committee.decide(committee.approved())
    second = committee.propose()
    with pytest.raises(DecisionRefused, match="no_reason"):
        no(committee, second, why="")
    made = no(committee, second)
    assert committee.active() == [standing]
    with committee.house.store.reading() as session:
        found = decisions.decisions(session, committee.house.district.id)
        row = decisions.decision_row(session, committee.house.district.id, made.id)
    assert {one.id for one in found} == {standing.id, made.id}
    assert (row.why, row.subjects) == ("No teacher yet.", "")
    with pytest.raises(DecisionRefused, match="bad_dates"):
        committee.end(made.id, committee.day)


def test_one_decision_for_each_certification_and_day(committee: Committee) -> None:
    first = committee.decide(committee.approved(), effective_until=date(2026, 12, 31))
    with pytest.raises(DecisionRefused, match="overlap"):
        committee.decide(committee.approved())
    after = committee.decide("CO-CNA.2", effective_from=date(2027, 1, 1))
    assert committee.active(date(2026, 12, 31)) == [first]
    assert committee.active(date(2027, 1, 1)) == [after]
    emt = committee.decide(committee.approved(proposal(code="CO-EMT")))
    assert committee.active() == [first, emt]


def test_an_end_only_ever_comes_earlier(committee: Committee) -> None:
    made = committee.decide(committee.approved())
    committee.end(made.id, committee.day + timedelta(days=30))
    committee.end(made.id, committee.day + timedelta(days=10))
    with pytest.raises(DecisionRefused, match="bad_dates"):
        committee.end(made.id, committee.day + timedelta(days=20))
    assert committee.active(committee.day + timedelta(days=10))
    assert not committee.active(committee.day + timedelta(days=11))
    with pytest.raises(IssuerError, match="not_found"):
        committee.end("urn:uuid:0", committee.day)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"row": 0}, "bad_dates"),
        ({"row": 4}, "bad_dates"),
        ({"on": date(2026, 4, 30)}, "bad_dates"),
        ({"on": date(2026, 6, 2)}, "bad_dates"),
        ({"next_review": date(2026, 6, 1)}, "bad_dates"),
        ({"member_id": "nobody-1"}, "not_found"),
    ],
)
def test_a_review_that_does_not_fit(committee: Committee, changes: dict[str, Any], code: str) -> None:
    ref = committee.propose()
    with pytest.raises(IssuerError) as refused:
        committee.review(ref, **changes)
    assert refused.value.code == code


def test_the_newest_review_counts_and_an_end_stays(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = committee.propose()
    assert committee.review(ref, row=3).next_review == date(2028, 6, 1)
    committee.review(ref, item_ended=date(2027, 1, 1))
    assert committee.review(ref, next_review=date(2029, 1, 1)).ended == date(2027, 1, 1)
    monkeypatch.setattr(proposing, "MOST_REVIEWS", 2)
    with pytest.raises(DecisionRefused, match="too_many"):
        committee.review(ref)


def test_a_certification_has_a_bound_of_proposals(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposing, "MOST_PROPOSALS", 1)
    committee.propose()
    with pytest.raises(DecisionRefused, match="too_many"):
        committee.propose()


FORBIDDEN = [
    *(
        f"{what} {table}{change}"
        for table, column in {
            "quorum": "number",
            "endorsement": "sha256",
            "endorsement_end": "why",
            "approval": "kind",
            "approval_end": "why",
            "alignment_review": "next_review",
            "decision": "subjects",
            "decision_end": "last_day",
        }.items()
        for what, change in (("UPDATE", f" SET {column} = {column}"), ("DELETE FROM", ""))
    ),
    "DELETE FROM proposal",
    "UPDATE proposal SET document = '{}'",
    "UPDATE proposal SET author = 'faculty-1'",
    "UPDATE proposal SET state = 'open'",
    "UPDATE proposal SET signed_off_by = 'faculty-1'",
    "DELETE FROM member",
    "UPDATE member SET kind = 'industry'",
    "UPDATE member SET endorser = NULL",
]


def test_the_database_itself_keeps_what_was_approved_and_decided(committee: Committee) -> None:
    house = committee.house
    people.set_policy(*place(committee), Policy(), **usual(committee))
    ref = committee.propose(proposal(origin="student"))
    proposing.sign_off(*place(committee), ref, member_id="counselor-1", on=committee.day, **usual(committee))
    signed = endorsement(committee.target)
    committee.approve(ref, "industry-1", document=None, endorsement=signed)
    committee.approve(ref, "administrator-1", "faculty-1", "postsecondary-1")
    approving.take_back(
        *place(committee),
        ref,
        member_id="postsecondary-1",
        on=committee.day,
        today=committee.day,
        why="No.",
        **usual(committee),
    )
    committee.review(ref)
    made = committee.decide(ref)
    committee.end(made.id, committee.day)
    approving.withdraw_endorsement(
        *place(committee), json.loads(signed)["id"], on=committee.day, why="No.", **usual(committee)
    )
    for statement in FORBIDDEN:
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(house.store, statement)


BROKEN: dict[str, dict[str, Any]] = {
    "back-dated": {"effective_from": date(2026, 5, 31)},
    "an unknown subject": {"subjects": "SCI"},
    "no minutes": {"minutes": None},
    "a second decision on one proposal": {"id": "urn:uuid:2"},
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_itself_refuses_a_decision_that_breaks_a_rule(committee: Committee, name: str) -> None:
    from sqlalchemy.exc import DBAPIError

    decided = committee.decide(committee.approved())
    fresh = committee.propose()
    ref = "CO-CNA.1" if name == "a second decision on one proposal" else fresh
    given: dict[str, Any] = {
        "district_id": committee.house.district.id,
        "id": "urn:uuid:3",
        "proposal_id": ref,
        "code": "CO-CNA",
        "subjects": "ENG",
        "decided_on": committee.day,
        "effective_from": committee.day,
        "effective_until": None,
        "menu_version": MENU,
        "minutes": MINUTES,
        "next_review": decided.next_review,
        "why": "",
        "basis": {},
        "supersedes": None,
        "created": committee.house.time,
    }
    with pytest.raises((DBAPIError, IssuerError)), committee.house.store.transaction() as session:
        session.add(DecisionRow(**(given | BROKEN[name])))
    with committee.house.store.transaction() as session:
        session.add(DecisionRow(**(given | {"proposal_id": fresh})))

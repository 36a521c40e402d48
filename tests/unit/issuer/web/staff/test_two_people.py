"""Where the district asks two people: ending a decision, and asking two people for less."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape

import pytest

from issuer.access import approvals, policy
from issuer.access.policy import Apart, Kind, Policy
from issuer.access.roles import Role
from issuer.decisions.member import Policy as Quorum
from issuer.store import decisions
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.committee import Decided
from tests.unit.issuer.web.staff.test_certifications import PLACE, faults

At = Callable[..., Browser]
BOTH = Policy(frozenset({Kind.DECIDE, Kind.WITHDRAW}), frozenset({Apart.PROPOSE_AND_DECIDE}))
END = {"last_day": "2026-06-30", "ended_why": "The body retires it."}
SETTINGS = "/staff/settings/approval"


def ask_for(house: House, rules: Policy) -> None:
    policy.change(house.store, house.district.id, rules, now=house.time, actor="test")


def asked(house: House) -> list[approvals.Request]:
    with house.store.reading() as session:
        return [
            one for one in approvals.waiting(session, house.district.id, house.time) if one.outcome is None
        ]


def rules(house: House) -> Policy:
    with house.store.reading() as session:
        return policy.read(session, house.district.id)


def until(house: House, made: Decided) -> date | None:
    with house.store.reading() as session:
        return decisions.decision(session, house.district.id, made.decision).effective_until


def confirm(browser: Browser, request: approvals.Request) -> int:
    form = {"seen": request.sha256}
    return browser.post(f"/staff/approvals/{request.id}/confirm", form).status_code


def test_an_end_waits_for_a_second_person(at: At, house: House) -> None:
    made = Decided.of(house)
    ask_for(house, Policy(frozenset({Kind.DECIDE})))
    first, second = at(Role.APPROVER), at(Role.APPROVER, 2)
    place = f"{PLACE}/proposals/{made.decided}/end"
    assert list(faults(first.post(place, END | {"ended_why": ""}).text)) == ["ended_why"]
    assert list(faults(first.post(place, END | {"last_day": "2026-05-31"}).text)) == ["last_day"]
    assert asked(house) == []
    answer = first.post(place, END)
    (request,) = asked(house)
    assert answer.headers["location"] == f"/staff/approvals/{request.id}?notice=asked-end"
    assert until(house, made) is None
    assert confirm(first, request) == 403
    shown = unescape(second.get(f"/staff/approvals/{request.id}").text)
    for words in ("CO-CNA", "June 30, 2026", "The body retires it."):
        assert words in shown
    assert confirm(second, request) == 303
    assert until(house, made) == date(2026, 6, 30)


def test_an_end_that_is_confirmed_late_undoes_nothing(at: At, house: House) -> None:
    made = Decided.of(house)
    ask_for(house, Policy(frozenset({Kind.DECIDE})))
    at(Role.APPROVER).post(f"{PLACE}/proposals/{made.decided}/end", END | {"last_day": "2026-06-02"})
    (request,) = asked(house)
    house.later(days=5)
    assert confirm(at(Role.APPROVER, 2), request) == 303
    assert until(house, made) == date(2026, 6, 6)


def test_an_end_is_recorded_at_once_where_nobody_asks_for_two(at: At, house: House) -> None:
    made = Decided.of(house)
    answer = at(Role.APPROVER).post(f"{PLACE}/proposals/{made.decided}/end", END)
    assert answer.headers["location"].endswith("notice=ended")
    assert until(house, made) == date(2026, 6, 30)
    assert asked(house) == []


def test_asking_two_people_for_less_needs_another_administrator(at: At, house: House) -> None:
    ask_for(house, BOTH)
    first, second = at(), at(Role.ADMINISTRATOR, 2)
    first.post(SETTINGS, {"two_people": "decide", "apart": "propose_and_decide"})
    (request,) = asked(house)
    assert rules(house) == BOTH
    shown = unescape(second.get(f"/staff/approvals/{request.id}").text)
    assert "Withdraw or replace a badge" in shown
    assert confirm(first, request) == 403
    assert confirm(at(Role.APPROVER), request) == 403
    assert rules(house) == BOTH
    assert confirm(second, request) == 303
    assert rules(house) == Policy(frozenset({Kind.DECIDE}), BOTH.apart)


def test_asking_for_more_needs_nobody_else(at: At, house: House, staff: Staff) -> None:
    staff.person(Role.ADMINISTRATOR, 2)
    at().post(SETTINGS, {"two_people": ["decide", "withdraw"], "apart": "propose_and_decide"})
    assert rules(house) == BOTH
    assert asked(house) == []


@pytest.mark.parametrize("alone", ["nobody", "without a password"])
def test_the_only_administrator_changes_it_alone(at: At, house: House, staff: Staff, alone: str) -> None:
    ask_for(house, BOTH)
    if alone != "nobody":
        staff.link(Role.ADMINISTRATOR, 2)
    at().post(SETTINGS)
    assert rules(house) == Policy()


def test_what_changed_since_it_was_asked_for_is_not_confirmed(at: At, house: House) -> None:
    ask_for(house, BOTH)
    first, second = at(), at(Role.ADMINISTRATOR, 2)
    first.post(SETTINGS, {"two_people": "decide"})
    (request,) = asked(house)
    ask_for(house, Policy(BOTH.two_people | {Kind.ISSUE_BATCH}, BOTH.apart))
    assert confirm(second, request) == 409
    assert rules(house).two_people > BOTH.two_people


def test_nobody_chooses_two_people_for_choosing(at: At, house: House) -> None:
    assert 'value="policy"' not in at().get(SETTINGS).text
    at().post(SETTINGS, {"two_people": ["policy", "decide"]})
    assert rules(house) == Policy(frozenset({Kind.DECIDE}))


QUORUM = "/staff/certifications/committee/quorum"
LESS = {"approvals": "2", "kinds": "2"}


def quorum(house: House) -> Quorum:
    with house.store.reading() as session:
        return decisions.policy(session, house.district.id)[1]


def test_a_lower_quorum_needs_another_administrator(at: At, house: House) -> None:
    first, second = at(), at(Role.ADMINISTRATOR, 2)
    first.post(QUORUM, LESS)
    (request,) = asked(house)
    assert quorum(house) == Quorum()
    shown = unescape(second.get(f"/staff/approvals/{request.id}").text)
    assert "A decision needs 3 approvals from members of 3 different kinds." in shown
    assert "A decision needs 2 approvals from members of 2 different kinds." in shown
    assert confirm(first, request) == 403
    assert confirm(at(Role.APPROVER), request) == 403
    assert quorum(house) == Quorum()
    assert confirm(second, request) == 303
    assert quorum(house) == Quorum(2, 2, frozenset())


def test_a_quorum_without_a_kind_that_had_to_be_there_is_lower(at: At, house: House, staff: Staff) -> None:
    staff.person(Role.ADMINISTRATOR, 2)
    at().post(QUORUM, {"approvals": "9", "kinds": "4"})
    assert quorum(house) == Quorum()
    assert len(asked(house)) == 1


def test_a_higher_quorum_needs_nobody_else(at: At, house: House, staff: Staff) -> None:
    staff.person(Role.ADMINISTRATOR, 2)
    at().post(QUORUM, {"approvals": "4", "kinds": "3", "must": "industry"})
    assert quorum(house).approvals == 4
    assert asked(house) == []


def test_a_quorum_that_changed_since_it_was_asked_for_is_not_confirmed(at: At, house: House) -> None:
    first, second = at(), at(Role.ADMINISTRATOR, 2)
    first.post(QUORUM, LESS)
    (request,) = asked(house)
    first.post(QUORUM, {"approvals": "5", "kinds": "3", "must": "industry"})
    assert confirm(second, request) == 409
    assert quorum(house).approvals == 5


def test_nobody_is_the_only_administrator_by_disabling_the_other(at: At, house: House, staff: Staff) -> None:
    ask_for(house, BOTH)
    first, other = at(), staff.person(Role.ADMINISTRATOR, 2)
    assert first.post(f"/staff/people/{other.id}/disable").status_code == 303
    first.post(SETTINGS)
    first.post(QUORUM, LESS)
    assert (rules(house), quorum(house)) == (BOTH, Quorum())
    assert len(asked(house)) == 2


def test_what_broke_off_long_ago_undoes_nothing_set_since(at: At, house: House, staff: Staff) -> None:
    ask_for(house, BOTH)
    first, second = at(), staff.person(Role.ADMINISTRATOR, 2)
    first.post(SETTINGS)
    first.post(QUORUM, LESS)
    for request in asked(house):
        approvals.confirm(house.store, second, request.id, seen_sha256=request.sha256, now=house.time)
        confirmed = request.id
        more = {"approvals": "5", "kinds": "3", "must": "industry"}
        first.post(QUORUM, more)
        first.post(SETTINGS, {"two_people": ["decide", "withdraw", "erase"], "apart": "propose_and_decide"})
        assert first.post(f"/staff/approvals/{confirmed}/finish").status_code == 303
    assert quorum(house).approvals == 5
    assert rules(house) == Policy(BOTH.two_people | {Kind.ERASE}, BOTH.apart)

"""Two people for one thing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from issuer.access import approvals, policy
from issuer.access.approvals import LASTS, Request, ask, confirm, done, refuse
from issuer.access.errors import AccessError
from issuer.access.people import Person
from issuer.access.policy import Apart, Kind, Policy
from issuer.access.roles import Role
from issuer.errors import IssuerError
from issuer.store import people
from tests.house import House, attempt
from tests.staff import Staff

CONTENT = {"rows": ["A-1", "A-2"], "sheet": "0" * 64}


def asked(staff: Staff, person: Person, kind: Kind = Kind.ISSUE_BATCH, content: Any = CONTENT) -> Request:
    return ask(staff.house.store, person, kind, content, now=staff.house.time, entropy=staff.house.entropy)


def confirmed(staff: Staff, person: Person, request: Request, **changes: Any) -> Request:
    words: dict[str, Any] = {"seen_sha256": request.sha256, "now": staff.house.time}
    return confirm(staff.house.store, person, request.id, **(words | changes))


def waiting(staff: Staff) -> list[str]:
    with staff.house.store.reading() as session:
        return [one.id for one in approvals.waiting(session, staff.district, staff.house.time)]


def test_one_asks_and_another_confirms_and_then_it_is_done_once(staff: Staff) -> None:
    registrar, approver = staff.person(), staff.person(Role.APPROVER)
    request = asked(staff, registrar)
    assert waiting(staff) == [request.id]
    agreed = confirmed(staff, approver, request)
    assert (agreed.outcome, agreed.settled_by, agreed.content) == ("confirmed", approver.id, CONTENT)
    assert waiting(staff) == [request.id]  # confirmed, and not done yet
    for _ in range(2):
        done(staff.house.store, approver, request.id, now=staff.house.time)
    assert waiting(staff) == []
    said = [(actor, action) for actor, action, subject in staff.audited() if subject == request.id]
    assert said == [
        (registrar.actor, "approval.asked"),
        (approver.actor, "approval.confirmed"),
        (approver.actor, "approval.done"),
    ]


def test_nobody_confirms_what_they_asked_for(staff: Staff) -> None:
    approver = staff.person(Role.APPROVER)
    request = asked(staff, approver, Kind.DECIDE)
    with pytest.raises(AccessError, match="same_person"):
        confirmed(staff, approver, request)
    with pytest.raises((IssuerError, DBAPIError)):
        attempt(
            staff.house.store,
            "UPDATE approval_request SET outcome = 'confirmed', settled_by = asked_by, settled_at = asked_at",
        )
    assert confirmed(staff, staff.person(Role.APPROVER, 2), request).outcome == "confirmed"


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.COORDINATOR, Role.CLERK, Role.AUDITOR])
def test_who_may_not_approve_does_not(staff: Staff, role: Role) -> None:
    request = asked(staff, staff.person())
    with pytest.raises(AccessError, match="not_allowed"):
        confirmed(staff, staff.person(role, 2), request)
    with pytest.raises(AccessError, match="not_allowed"):
        refuse(staff.house.store, staff.person(role, 2), request.id, now=staff.house.time)


def test_who_may_not_do_it_may_not_ask_for_it(staff: Staff) -> None:
    with pytest.raises(AccessError, match="not_allowed"):
        asked(staff, staff.person(Role.CLERK))


def test_only_what_was_shown_is_confirmed(staff: Staff) -> None:
    request, approver = asked(staff, staff.person()), staff.person(Role.APPROVER)
    for seen in ("", "0" * 64, request.sha256.upper(), "ü"):
        with pytest.raises(AccessError, match="not what was asked for"):
            confirmed(staff, approver, request, seen_sha256=seen)
    with pytest.raises(AccessError, match="has changed since"):
        confirmed(staff, approver, request, still_true=lambda _session, _request: False)
    assert confirmed(staff, approver, request).outcome == "confirmed"


def test_a_request_that_is_not_what_its_digest_says_is_not_confirmed(staff: Staff) -> None:
    request, approver = asked(staff, staff.person()), staff.person(Role.APPROVER)
    with staff.house.store.of(staff.district).transaction() as session:
        row = people.request(session, staff.district, request.id)
        written = {column.name: getattr(row, column.key) for column in inspect(type(row)).columns}
        session.add(type(row)(**written | {"id": "written-by-hand", "content": {"rows": ["A-1", "Z-9"]}}))
    with pytest.raises(AccessError, match="not what was recorded"):
        confirm(
            staff.house.store,
            approver,
            "written-by-hand",
            seen_sha256=request.sha256,
            now=staff.house.time,
        )


def test_the_database_lets_nobody_change_what_was_asked_for(staff: Staff) -> None:
    request, approver = asked(staff, staff.person()), staff.person(Role.APPROVER)
    for statement in (
        "UPDATE approval_request SET content = '{}'",
        "UPDATE approval_request SET content_sha256 = 'x'",
        "UPDATE approval_request SET kind = 'withdraw'",
        "DELETE FROM approval_request",
    ):
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(staff.house.store, statement)
    confirmed(staff, approver, request)
    for statement in (
        "UPDATE approval_request SET outcome = 'refused'",
        "UPDATE approval_request SET outcome = NULL, settled_by = NULL, settled_at = NULL",
    ):
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(staff.house.store, statement)


def test_what_is_too_old_is_asked_for_again(staff: Staff) -> None:
    request, approver = asked(staff, staff.person()), staff.person(Role.APPROVER)
    staff.house.time += LASTS - timedelta(seconds=1)
    assert waiting(staff) == [request.id]
    staff.house.time += timedelta(seconds=1)
    assert waiting(staff) == []
    with pytest.raises(AccessError, match="in time"):
        confirmed(staff, approver, request)


def test_what_is_settled_stays_settled(staff: Staff) -> None:
    registrar, approver = staff.person(), staff.person(Role.APPROVER)
    request = asked(staff, registrar)
    assert refuse(staff.house.store, approver, request.id, now=staff.house.time).outcome == "refused"
    with pytest.raises(AccessError, match="settled before"):
        confirmed(staff, approver, request)
    with pytest.raises(AccessError, match="nobody has confirmed"):
        done(staff.house.store, approver, request.id, now=staff.house.time)
    other = asked(staff, registrar)
    assert refuse(staff.house.store, registrar, other.id, now=staff.house.time).outcome == "taken-back"
    with staff.house.store.reading() as session:
        assert {one.id for one in approvals.settled(session, staff.district)} == {request.id, other.id}


def test_a_request_of_another_district_is_not_there(staff: Staff) -> None:
    request = asked(staff, staff.person())
    eastfield = Staff(House.build(staff.house.store, "eastfield", "https://badges.eastfield.example"))
    approver = eastfield.person(Role.APPROVER)
    with pytest.raises(IssuerError, match="not_found"):
        confirmed(eastfield, approver, request)
    with pytest.raises(IssuerError, match="not_found"):
        refuse(staff.house.store, approver, request.id, now=staff.house.time)


def test_a_request_is_bounded(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "LARGEST_CONTENT", len('{"a":"1234"}'))
    asked(staff, staff.person(), content={"a": "1234"})
    with pytest.raises(AccessError, match="too much"):
        asked(staff, staff.person(), content={"a": "12345"})


def test_a_district_asks_for_nothing_until_it_does(staff: Staff) -> None:
    with staff.house.store.reading() as session:
        assert policy.read(session, staff.district) == Policy()
    wanted = Policy(frozenset({Kind.WITHDRAW}), frozenset({Apart.PROPOSE_AND_DECIDE}))
    for asked_for in (wanted, wanted, Policy()):
        policy.change(staff.house.store, staff.district, asked_for, now=staff.house.time, actor="test")
        with staff.house.store.reading() as session:
            assert policy.read(session, staff.district) == asked_for
    assert [action for _, action, _ in staff.audited()].count("policy.changed") == 2


def test_two_steps_are_two_peoples_where_the_district_asks() -> None:
    Policy().check_apart(Apart.PROPOSE_AND_DECIDE, "a", "a")
    asks = Policy(apart=frozenset({Apart.PROPOSE_AND_DECIDE}))
    asks.check_apart(Apart.PROPOSE_AND_DECIDE, "a", "b")
    asks.check_apart(Apart.RECORD_AND_ISSUE, "a", "a")
    with pytest.raises(AccessError, match="same_person"):
        asks.check_apart(Apart.PROPOSE_AND_DECIDE, "a", "a")

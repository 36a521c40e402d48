"""A revocation is one row, for good."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from credential.withdrawal import Reason
from issuer import issuance
from issuer.errors import IssuerError
from issuer.revocation import Revoked, revoke
from issuer.store import audit, queries
from issuer.store.tables import Audit, Status
from tests.house import House, attempt


def withdraw(house: House, credential_id: str, **changes: Any) -> Revoked:
    asked: dict[str, Any] = {
        "reason": "no-longer-valid",
        "note": "the board said so",
        "now": house.time,
        "actor": "test",
    }
    return revoke(house.store, house.district.id, credential_id, **(asked | changes))


def test_a_revocation_is_kept_with_its_audit_row(house: House) -> None:
    made = house.issue()
    done = withdraw(house, made.credential_id)
    assert (done.first, done.reason) == (True, Reason.NO_LONGER_VALID)
    with house.store.reading() as session:
        row = session.scalars(select(Status)).one()
        assert (row.revoked_at, row.reason, row.note) == (house.time, "no-longer-valid", "the board said so")
        said = session.scalars(select(Audit).where(Audit.action == "credential.revoked")).one()
        assert said.subject == made.credential_id
        assert "board" not in str(said.facts)


def test_the_first_revocation_stands(house: House) -> None:
    made = house.issue()
    first = withdraw(house, made.credential_id)
    house.later(days=1)
    again = withdraw(house, made.credential_id, reason="corrected")
    assert (again.first, again.revoked_at, again.reason) == (False, first.revoked_at, first.reason)


def test_there_is_no_way_back(house: House) -> None:
    """STA-19."""
    withdraw(house, house.issue().credential_id)
    for statement in ("DELETE FROM status", "UPDATE status SET list_index = list_index + 1"):
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(house.store, statement)


def test_a_reason_outside_the_list_is_refused(house: House) -> None:
    made = house.issue()
    for reason in ("", "theft", "CORRECTED", "corrected "):
        with pytest.raises(IssuerError, match="bad_reason"):
            withdraw(house, made.credential_id, reason=reason)


def test_nothing_is_revoked_that_nobody_can_hold(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise OSError("the machine is gone")

    with monkeypatch.context() as patch:
        patch.setattr(issuance, "secure", stop)
        with pytest.raises(OSError, match="gone"):
            house.issue()
    with house.store.reading() as session:
        row = queries.credential_of_award(session, house.district.id, "A-1")
    assert row is not None
    with pytest.raises(IssuerError, match="not_signed"):
        withdraw(house, row.id)


def test_another_districts_credential_is_not_found(house: House) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    with pytest.raises(IssuerError, match="not_found"):
        withdraw(other, house.issue().credential_id)


def test_without_the_audit_row_nothing_is_revoked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = house.issue()

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(audit, "record", full)
    with pytest.raises(OSError, match="no space"):
        withdraw(house, made.credential_id)
    with house.store.reading() as session:
        assert queries.status(session, house.district.id, made.credential_id) is None

"""A renewed award is the same award until a later day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from contexts.document import parse
from issuer.errors import IssuerError
from issuer.evidence.attach import attach
from issuer.evidence.files import file_item
from issuer.issuance import Issued
from issuer.renewal import renew
from issuer.revocation import revoke
from issuer.store import audit, queries
from issuer.store.tables import Audit, Credential
from tests.house import House

LATER = date(2030, 1, 31)


def again(house: House, ref: str = "A-1", last_day: date = LATER, by: str = "") -> Issued:
    return renew(
        house.store, house.district.id, ref, last_day=last_day, by=by, signer=house.signer, now=house.time,
        entropy=house.entropy, actor="test",
    )  # fmt: skip


def value(made: Issued) -> dict[str, Any]:
    return parse(made.document).value


def test_a_renewed_badge_says_the_same_until_a_later_day(house: House) -> None:
    piece = file_item(b"A work sample.")
    attach(house.store, house.district.id, "A-1", piece, now=house.time, actor="test")
    before = value(house.issue())
    house.later(days=700)
    after = value(again(house))
    assert (before["validUntil"], after["validUntil"]) == ("2028-01-31T23:59:59Z", "2030-01-31T23:59:59Z")
    assert (before["validFrom"], after["validFrom"]) == ("2026-06-01T12:00:00Z", "2028-05-01T12:00:00Z")
    assert after["id"] != before["id"]
    for same in ("awardedDate", "name", "evidence"):
        assert after[same] == before[same]
    for same in ("achievement", "identifier", "licenseNumber"):
        assert after["credentialSubject"][same] == before["credentialSubject"][same]


def test_the_badge_before_it_is_not_withdrawn_and_the_audit_joins_the_two(house: House) -> None:
    first = house.issue()
    made = again(house)
    with house.store.reading() as session:
        assert queries.status(session, house.district.id, first.credential_id) is None
        row = session.scalars(select(Audit).where(Audit.action == "credential.renewed")).one()
        audit.check_chain(session, house.district.id)
    assert (row.subject, row.facts) == (
        made.credential_id,
        {"of": first.credential_id, "by": "", "until": "2030-01-31"},
    )


def test_the_same_renewal_is_issued_once(house: House) -> None:
    house.issue()
    made = again(house)
    house.later(days=1)
    second = again(house)
    assert (second.credential_id, second.document, second.first) == (made.credential_id, made.document, False)
    with house.store.reading() as session:
        assert len(session.scalars(select(Credential)).all()) == 2
        assert len(session.scalars(select(Audit).where(Audit.action == "credential.renewed")).all()) == 1


def test_a_renewal_is_renewed_again_under_the_first_reference(house: House) -> None:
    house.issue()
    ref = again(house).award_ref
    assert ref == "A-1~2030-01-31"
    assert again(house, ref, date(2032, 1, 31)).award_ref == "A-1~2032-01-31"


def test_a_higher_award_of_the_same_student_may_be_the_reason(house: House) -> None:
    house.issue()
    house.issue("H-1", number="NA-000999")
    house.issue("H-2", student_id="100000002")
    with pytest.raises(IssuerError, match="state_conflict: H-2 is another student's"):
        again(house, by="H-2")
    with pytest.raises(IssuerError, match="not_found: there is no award 'H-3'"):
        again(house, by="H-3")
    assert again(house, by="H-1").first


def test_what_cannot_be_renewed_is_refused(house: House) -> None:
    made = house.issue()
    house.issue("E-1", last_day=None)
    for ref, day, expected in (
        ("A-9", LATER, "not_found"),
        ("A-1", date(2028, 1, 31), "state_conflict: A-1 holds until 2028-01-31"),
        ("E-1", LATER, "state_conflict: E-1 names no last day"),
    ):
        with pytest.raises(IssuerError, match=expected):
            again(house, ref, day)
    revoke(
        house.store, house.district.id, made.credential_id, reason="no-longer-valid", note="", now=house.time,
        actor="test",
    )  # fmt: skip
    with pytest.raises(IssuerError, match="state_conflict: the badge of A-1 is withdrawn"):
        again(house)

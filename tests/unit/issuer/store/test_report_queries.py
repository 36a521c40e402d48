"""What reports read from the records, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from issuer.errors import IssuerError
from issuer.outcomes import LONGEST, Told, record_outcome, withdraw_consent
from issuer.reports.facts import OutcomeKind, Source
from issuer.reports.gather import gather
from issuer.revocation import revoke
from issuer.store import audit, queries, report_queries
from issuer.store.report_queries import Standing
from issuer.store.tables import Audit, School
from tests.house import House, attempt


def standing(house: House) -> list[Standing]:
    with house.store.reading() as session:
        return report_queries.standing(session, house.district.id)


def withdraw(house: House, credential_id: str, reason: str) -> None:
    revoke(
        house.store, house.district.id, credential_id, reason=reason, note="", now=house.time, actor="test"
    )


def put_school(house: House, ref: str, code: str) -> None:
    with house.store.transaction() as session:
        session.merge(School(district_id=house.district.id, code=code, name=f"School {code}"))
        session.flush()
        report_queries.put_school(session, house.district.id, ref, code)


def test_what_is_known_of_an_award(house: House) -> None:
    put_school(house, "A-1", "0187")
    house.issue("A-1", evaluator="Lina Ferrer")
    assert standing(house) == [
        Standing(
            "A-1",
            "100000001",
            "CO-CNA",
            date(2026, 4, 18),
            date(2028, 1, 31),
            "Lina Ferrer",
            "NA-000123",
            "0187",
        )
    ]


def test_an_award_without_a_school_stands(house: House) -> None:
    house.issue("A-1", last_day=date(2028, 1, 31))
    assert standing(house)[0].school_code == ""


@pytest.mark.parametrize("reason", ["corrected", "issued-in-error", "no-longer-valid", "requested"])
def test_a_withdrawn_badge_is_in_no_count(house: House, reason: str) -> None:
    made = house.issue("A-1")
    house.issue("A-2", student_id="100000002")
    withdraw(house, made.credential_id, reason)
    assert [one.award_ref for one in standing(house)] == ["A-2"]


def test_what_was_replaced_counts_once(house: House) -> None:
    made = house.issue("A-1", recipient_name="Maia Okafor")
    withdraw(house, made.credential_id, "corrected")
    house.issue("A-1R", recipient_name="Maya Okafor")
    assert [one.award_ref for one in standing(house)] == ["A-1R"]


def test_what_is_not_signed_is_in_no_count(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(BaseException):
        pass

    def stop(*_: object, **__: object) -> None:
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr("issuer.issuance.secure", stop)
        with pytest.raises(Stop):
            house.issue("A-1")
    assert standing(house) == []
    house.issue("A-1")
    assert len(standing(house)) == 1


def test_another_district_s_awards_are_its_own(house: House) -> None:
    other = House.build(house.store, "hillside", "https://badges.hillside.example")
    house.issue("A-1")
    other.issue("A-1", student_id="9")
    assert [one.student_id for one in standing(house)] == ["100000001"]
    assert [one.student_id for one in standing(other)] == ["9"]


def test_once_signed_an_award_keeps_its_school(house: House) -> None:
    put_school(house, "A-1", "0187")
    put_school(house, "A-1", "0242")
    house.issue("A-1")
    put_school(house, "A-1", "0318")
    assert standing(house)[0].school_code == "0242"


def test_a_school_that_was_not_known_can_be_said_later(house: House) -> None:
    house.issue("A-1")
    put_school(house, "A-1", "0318")
    assert standing(house)[0].school_code == "0318"


def test_an_award_is_ordered_from_a_school_of_the_district(house: House) -> None:
    with pytest.raises(IntegrityError), house.store.transaction() as session:
        report_queries.put_school(session, house.district.id, "A-1", "9999")


def test_the_rows_of_a_report(house: House) -> None:
    house.issue("A-1")
    with house.store.reading() as session:
        rows = gather(session, house.district.id)
    (one,) = rows.earned
    assert (one.code, one.kind, one.cluster) == (
        "CO-CNA",
        "STATE_LICENSE",
        "Health Science, Criminal Justice, and Public Safety",
    )
    assert rows.unknown == ()
    assert one.cluster in rows.clusters


# Outcomes.

CLUSTER = "Health Science, Criminal Justice, and Public Safety"
TOLD = Told("100000001", OutcomeKind.HIRED, date(2026, 5, 30), CLUSTER, "form 17", Source.SURVEY)


def record(house: House, told: Told = TOLD, **changes: Any) -> str:
    return record_outcome(
        house.store,
        house.district.id,
        replace(told, **changes),
        clusters=frozenset({CLUSTER}),
        now=house.time,
        entropy=house.entropy,
        actor="test",
    )


def test_an_outcome_is_recorded_with_its_consent_and_counted_until_it_is_taken_back(house: House) -> None:
    made = record(house)
    with house.store.reading() as session:
        (row,) = gather(session, house.district.id).outcomes
    assert (row.kind, row.on, row.consent, row.withdrawn) == (
        OutcomeKind.HIRED,
        date(2026, 5, 30),
        "form 17",
        False,
    )
    withdraw_consent(house.store, house.district.id, made, now=house.later(days=1), actor="test")
    withdraw_consent(house.store, house.district.id, made, now=house.later(days=1), actor="test")
    with house.store.reading() as session:
        assert gather(session, house.district.id).outcomes[0].withdrawn
        rows = session.query(Audit).filter(Audit.action.like("outcome.%")).order_by(Audit.number).all()
        assert [row.action for row in rows] == ["outcome.recorded", "outcome.consent_withdrawn"]
        assert not any("100000001" in str(row.facts) or "form 17" in str(row.facts) for row in rows)
        audit.check_chain(session, house.district.id)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no consent": ({"consent": "  "}, "no_consent"),
    "no student": ({"student_id": ""}, "bad_text"),
    "a long reference": ({"consent": "x" * (LONGEST + 1)}, "bad_text"),
    "a hidden sign": ({"consent": "form\u202e17"}, "bad_text"),
    "an unknown cluster": ({"cluster": "Space"}, "bad_setting"),
    "hired nowhere": ({"cluster": ""}, "bad_setting"),
    "a day to come": ({"since": date(2026, 6, 2)}, "bad_time"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_recorded(house: House, name: str) -> None:
    changes, code = REFUSED[name]
    with pytest.raises(IssuerError, match=code):
        record(house, **changes)
    record(house, consent="x" * LONGEST)
    record(house, kind=OutcomeKind.ENROLLED, cluster="", since=date(2026, 6, 1))


def test_the_database_itself_asks_for_consent(house: House) -> None:
    record(house)
    with pytest.raises((IssuerError, DBAPIError)):
        attempt(house.store, "UPDATE outcome SET consent = ''")


def test_an_outcome_of_another_district_cannot_be_withdrawn(house: House) -> None:
    other = House.build(house.store, "hillside", "https://badges.hillside.example")
    made = record(house)
    with pytest.raises(IssuerError, match="not_found"):
        withdraw_consent(house.store, other.district.id, made, now=house.time, actor="test")
    with house.store.reading() as session:
        assert report_queries.outcomes(session, other.district.id) == []
        assert queries.district(session, other.district.id).id == "hillside"

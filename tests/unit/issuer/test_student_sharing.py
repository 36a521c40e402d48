"""A student shares what they choose, for as long as they choose, and every share falls with its badge."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from credential.withdrawal import Reason
from issuer import student_sharing
from issuer.consents import choose_policy, end_consent, record_agreement, record_opt_out
from issuer.errors import IssuerError
from issuer.revocation import revoke
from issuer.shares import NewShare, ShareEnded, open_token, policy_of
from issuer.sharing.policy import Audience, Minors, Policy
from issuer.sharing.terms import NameShown, State, Terms
from issuer.store import derived, queries, sharing
from issuer.store.share_tables import Consent, Disclosure
from issuer.store.tables import Audit
from tests.house import House

STUDENT = "100000001"
WORK = Terms(Audience.EMPLOYER, "Home Depot interview", last_day=date(2026, 8, 30))
FULL = Terms(Audience.EMPLOYER, "In full", name=NameShown.FULL, evidence=True)


def share(house: House, credential_id: str, terms: Terms = WORK, student: str = STUDENT) -> NewShare:
    return student_sharing.share_badge(
        house.store,
        district(house),
        student,
        credential_id,
        terms,
        signer=lambda: house.signer,
        now=house.time,
        entropy=house.entropy,
        actor="student",
    )


def district(house: House) -> Any:
    with house.store.reading() as session:
        return queries.district(session, house.district.id)


def opened(house: House, made: NewShare) -> dict[str, Any]:
    body = open_token(house.store, district(house), made.token, form="vc", now=house.time).body
    value: dict[str, Any] = json.loads(body)
    return value


def agree(house: House, *audiences: Audience) -> str:
    return record_agreement(
        house.store, house.district.id, STUDENT, audiences or (Audience.EMPLOYER,),
        how="paper", given_on=house.time.date(), now=house.time, entropy=house.entropy, actor="registrar",
    )  # fmt: skip


def test_a_short_name_is_in_a_credential_of_its_own_that_says_the_rest_alike(house: House) -> None:
    original = house.issue(evidence_url="https://riverbend.example/portfolio")
    value = opened(house, share(house, original.credential_id))
    first = json.loads(original.document)
    assert value["credentialSubject"]["identifier"][0]["identityHash"] == "Maya O."
    assert "Okafor" not in json.dumps(value)
    assert "portfolio" not in json.dumps(value)
    assert original.credential_id not in json.dumps(value)
    assert value["credentialSubject"]["id"] != first["credentialSubject"]["id"]
    assert value["credentialStatus"] != first["credentialStatus"]
    for same in ("issuer", "validFrom", "validUntil", "awardedDate", "name"):
        assert value[same] == first[same]
    assert value["credentialSubject"]["achievement"] == first["credentialSubject"]["achievement"]


def test_two_shares_of_one_badge_have_nothing_that_joins_them(house: House) -> None:
    badge = house.issue().credential_id
    one, two = (opened(house, share(house, badge)) for _ in range(2))
    assert one["id"] != two["id"]
    assert one["credentialSubject"]["id"] != two["credentialSubject"]["id"]
    assert one["credentialStatus"]["statusListIndex"] != two["credentialStatus"]["statusListIndex"]


def test_in_full_the_badge_itself_is_shared(house: House) -> None:
    original = house.issue()
    made = share(house, original.credential_id, FULL)
    body = open_token(house.store, district(house), made.token, form="vc", now=house.time).body
    assert body == original.document


def test_a_withdrawn_badge_takes_every_share_with_it(house: House) -> None:
    badge = house.issue().credential_id
    made = share(house, badge)
    before = opened(house, made)
    house.publish()
    revoke(
        house.store, house.district.id, badge, reason=Reason.REQUESTED, note="", now=house.time, actor="test"
    )
    with house.store.reading() as session:
        row = derived.one(session, house.district.id, before["id"])
        assert derived.withdrawn(session, row) is not None
        cards = student_sharing.cards(session, district(house), badge, house.time)
    assert [one.state for one in cards] == [State.WITHDRAWN]
    assert opened(house, made) == before
    with pytest.raises(IssuerError, match="state_conflict"):
        share(house, badge)


def test_a_share_counts_each_check_and_never_who(house: House) -> None:
    badge = house.issue().credential_id
    made = share(house, badge)
    for _ in range(3):
        opened(house, made)
    house.later(days=1)
    opened(house, made)
    with house.store.reading() as session:
        rows = session.scalars(select(Disclosure).order_by(Disclosure.day)).all()
        assert [(row.day, row.times, row.audience, row.name) for row in rows] == [
            ("2026-06-01", 3, "employer", "short"),
            ("2026-06-02", 1, "employer", "short"),
        ]
        [card] = student_sharing.cards(session, district(house), badge, house.time)
    assert card.checks == sharing.Checks(4, house.time)


def test_a_stopped_share_and_one_that_ended_count_nothing(house: House) -> None:
    badge = house.issue().credential_id
    made, other = share(house, badge), share(house, badge)
    student_sharing.stop(
        house.store, district(house), STUDENT, made.share_id, now=house.time, actor="student"
    )
    with pytest.raises(IssuerError, match="share_stopped"):
        opened(house, made)
    house.time = datetime(2026, 8, 31, 11, 59, 59, tzinfo=UTC)
    assert opened(house, other)
    house.time += timedelta(seconds=1)
    with pytest.raises(ShareEnded) as caught:
        opened(house, other)
    assert caught.value.last_day == date(2026, 8, 30)
    with house.store.reading() as session:
        assert [row.times for row in session.scalars(select(Disclosure))] == [1]


def test_another_students_badge_and_share_are_not_found(house: House) -> None:
    badge = house.issue().credential_id
    made = share(house, badge)
    with pytest.raises(IssuerError, match="not_found"):
        share(house, badge, student="100000002")
    with pytest.raises(IssuerError, match="not_found"):
        student_sharing.stop(
            house.store, district(house), "100000002", made.share_id, now=house.time, actor="student"
        )
    assert opened(house, made)


def test_somebody_under_18_shares_what_a_guardian_agreed_to(house: House) -> None:
    badge = house.issue(adult_on=date(2027, 1, 1)).credential_id
    with pytest.raises(IssuerError, match=r"sharing_refused: .*guardian"):
        share(house, badge)
    agreement = agree(house)
    made = share(house, badge)
    assert opened(house, made)
    with pytest.raises(IssuerError, match="sharing_refused"):
        share(house, badge, Terms(Audience.COLLEGE, "State college", "A-17"))
    end_consent(house.store, house.district.id, STUDENT, agreement, now=house.time, actor="registrar")
    with pytest.raises(IssuerError, match="share_stopped"):
        opened(house, made)
    with pytest.raises(IssuerError, match="sharing_refused"):
        share(house, badge)
    with house.store.reading() as session:
        assert {row.kind for row in session.scalars(select(Consent))} == {"guardian", "student"}
        actions = [row.action for row in session.scalars(select(Audit).order_by(Audit.number))]
    assert {"consent.recorded", "consent.ended", "share.stopped"} <= set(actions)


def test_the_eighteenth_birthday_moves_the_right_without_anything_being_run(house: House) -> None:
    badge = house.issue(adult_on=date(2026, 6, 2)).credential_id
    agreement = agree(house)
    house.time = datetime(2026, 6, 2, 11, 59, 59, tzinfo=UTC)
    end_consent(house.store, house.district.id, STUDENT, agreement, now=house.time, actor="registrar")
    with pytest.raises(IssuerError, match="sharing_refused"):
        share(house, badge)
    house.later(seconds=1)
    assert opened(house, share(house, badge))
    with pytest.raises(IssuerError, match="18 or older"):
        agree(house)


def test_unknown_age_is_a_minor(house: House) -> None:
    with pytest.raises(IssuerError, match="sharing_refused"):
        share(house, house.issue(adult_on=None).credential_id)


def test_an_opt_out_stops_what_rests_on_no_agreement_and_nothing_else(house: House) -> None:
    badge = house.issue(adult_on=date(2027, 1, 1)).credential_id
    choose_policy(
        house.store, house.district.id, Policy(minors=Minors.ALLOWED), now=house.time, actor="registrar"
    )
    made = share(house, badge)
    college = Terms(Audience.COLLEGE, "State college", "A-17")
    agree(house, Audience.COLLEGE)
    kept = share(house, badge, college)
    record_opt_out(
        house.store, house.district.id, STUDENT, how="paper", given_on=house.time.date(), now=house.time,
        entropy=house.entropy, actor="registrar",
    )  # fmt: skip
    with pytest.raises(IssuerError, match="share_stopped"):
        opened(house, made)
    assert opened(house, kept)


def test_a_policy_of_off_stops_the_shares_of_minors_alone(house: House) -> None:
    young = house.issue(adult_on=date(2027, 1, 1)).credential_id
    grown = house.issue("A-2", student_id="100000002").credential_id
    agree(house)
    one, two = share(house, young), share(house, grown, student="100000002")
    choose_policy(
        house.store, house.district.id, Policy(minors=Minors.OFF), now=house.time, actor="registrar"
    )
    assert policy_of(district(house)).minors is Minors.OFF
    with pytest.raises(IssuerError, match="share_stopped"):
        opened(house, one)
    assert opened(house, two)


@pytest.mark.parametrize("most", [3])
def test_a_badge_has_so_many_open_shares_and_no_more(
    house: House, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_sharing, "MOST_OPEN", most)
    badge = house.issue().credential_id
    made = [share(house, badge, FULL) for _ in range(most)]
    with pytest.raises(IssuerError, match="too_many_shares"):
        share(house, badge, FULL)
    student_sharing.stop(
        house.store, district(house), STUDENT, made[0].share_id, now=house.time, actor="student"
    )
    assert share(house, badge, FULL).token

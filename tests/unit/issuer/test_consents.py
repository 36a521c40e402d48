"""What a registrar records of guardians and families: what is taken, what is refused, what it stops."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from issuer.consents import choose_policy, end_consent, record_agreement, record_opt_out
from issuer.errors import IssuerError
from issuer.shares import create_share, open_token
from issuer.sharing.policy import Audience, Minors, Policy
from issuer.store.share_tables import Consent
from issuer.store.tables import Audit, Share
from tests.house import House
from tests.unit.issuer.test_student_sharing import STUDENT, agree, district, share

WORK = (Audience.EMPLOYER,)


def recorded(house: House, audiences: Any = WORK, **changes: Any) -> str:
    said: dict[str, Any] = {"how": "paper", "given_on": house.time.date()} | changes
    return record_agreement(
        house.store, house.district.id, STUDENT, audiences,
        now=house.time, entropy=house.entropy, actor="registrar", **said,
    )  # fmt: skip


def opted_out(house: House, **changes: Any) -> str:
    said: dict[str, Any] = {"how": "paper", "given_on": house.time.date()} | changes
    return record_opt_out(
        house.store, house.district.id, STUDENT,
        now=house.time, entropy=house.entropy, actor="registrar", **said,
    )  # fmt: skip


def audited(house: House) -> int:
    with house.store.reading() as session:
        return session.scalar(select(func.count()).select_from(Audit)) or 0


@pytest.mark.parametrize(
    ("audiences", "changes"),
    [
        ((), {}),
        ((Audience.PAPER,), {}),
        (WORK, {"how": "share"}),
        (WORK, {"how": "hearsay"}),
    ],
)
def test_an_agreement_says_for_whom_and_how(house: House, audiences: Any, changes: Any) -> None:
    with pytest.raises(IssuerError, match="bad_request"):
        recorded(house, audiences, **changes)
    assert recorded(house)


def test_an_opt_out_says_how(house: House) -> None:
    with pytest.raises(IssuerError, match="bad_request"):
        opted_out(house, how="share")


def test_nobody_agrees_on_a_day_that_has_not_come_in_the_district(house: House) -> None:
    # Noon in UTC is the midnight before the same day in the last place on earth.
    house.time -= timedelta(seconds=1)
    with pytest.raises(IssuerError, match="bad_time"):
        recorded(house, given_on=date(2026, 6, 1))
    house.later(seconds=1)
    assert recorded(house, given_on=date(2026, 6, 1))
    with pytest.raises(IssuerError, match="bad_time"):
        opted_out(house, given_on=date(2026, 6, 2))


def test_ending_it_again_changes_nothing(house: House) -> None:
    made = recorded(house)
    place: dict[str, Any] = {"actor": "registrar"}
    end_consent(house.store, house.district.id, STUDENT, made, now=house.time, **place)
    before, first = audited(house), house.time
    end_consent(house.store, house.district.id, STUDENT, made, now=house.later(days=1), **place)
    assert audited(house) == before
    with house.store.reading() as session:
        assert session.scalars(select(Consent.ended_at)).one() == first


def test_a_students_own_consent_ends_with_the_share_alone(house: House) -> None:
    made = share(house, house.issue().credential_id)
    with pytest.raises(IssuerError, match="state_conflict"):
        end_consent(house.store, house.district.id, STUDENT, made.share_id, now=house.time, actor="r")


def test_what_is_recorded_of_another_student_is_not_found(house: House) -> None:
    made = recorded(house)
    with pytest.raises(IssuerError, match="not_found"):
        end_consent(house.store, house.district.id, "200", made, now=house.time, actor="registrar")
    with house.store.reading() as session:
        assert session.scalars(select(Consent.ended_at)).one() is None


def schools_link(house: House, *, agreed: bool = True) -> str:
    badge = house.issue(adult_on=None).credential_id
    return create_share(
        house.store, house.district.id, badge,
        now=house.time, entropy=house.entropy, actor="registrar", agreed=agreed,
    ).token  # fmt: skip


def opens(house: House, token: str) -> bool:
    try:
        open_token(house.store, district(house), token, form="vc", now=house.time)
    except IssuerError as fault:
        if fault.code != "share_stopped":
            raise
        return False
    return True


def test_the_schools_link_stands_while_a_guardian_agrees_and_stops_with_the_agreement(house: House) -> None:
    first = agree(house)
    token = schools_link(house, agreed=False)
    second = agree(house, Audience.COLLEGE)
    place: dict[str, Any] = {"now": house.time, "actor": "registrar"}
    end_consent(house.store, house.district.id, STUDENT, first, **place)
    assert opens(house, token)
    end_consent(house.store, house.district.id, STUDENT, second, **place)
    assert not opens(house, token)


@pytest.mark.parametrize(
    "policy", [Policy(Minors.OFF), Policy(Minors.GUARDIAN, frozenset())], ids=["off", "nobody"]
)
def test_a_policy_that_allows_nothing_stops_the_schools_link_whatever_was_agreed(
    house: House, policy: Policy
) -> None:
    agree(house)
    token = schools_link(house)
    assert opens(house, token)
    choose_policy(house.store, house.district.id, policy, now=house.time, actor="registrar")
    assert not opens(house, token)


def test_an_opt_out_stops_the_schools_link_where_nobody_agreed(house: House) -> None:
    policy = Policy(Minors.ALLOWED)
    choose_policy(house.store, house.district.id, policy, now=house.time, actor="registrar")
    token = schools_link(house, agreed=False)
    assert opens(house, token)
    opted_out(house)
    assert not opens(house, token)
    with house.store.reading() as session:
        assert session.scalars(select(Share.stopped)).one() == house.time


def test_a_policy_that_is_the_same_is_not_recorded_again(house: House) -> None:
    place: dict[str, Any] = {"now": house.time, "actor": "registrar"}
    choose_policy(house.store, house.district.id, Policy(Minors.OFF), **place)
    before = audited(house)
    choose_policy(house.store, house.district.id, Policy(Minors.OFF), **place)
    assert audited(house) == before

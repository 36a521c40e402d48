"""How much one badge may have, at the limit and one past it; and what a refusal leaves behind."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from credential.withdrawal import Reason
from issuer import student_sharing
from issuer.consents import choose_policy, end_consent
from issuer.derived import MOST_DERIVED, derive
from issuer.district import offer_readiness
from issuer.errors import IssuerError
from issuer.revocation import revoke
from issuer.shares import create_share
from issuer.sharing.policy import Audience, Minors, Policy
from issuer.sharing.terms import NameShown, Terms
from issuer.store import derived, sharing
from issuer.store.derived import SHARE, DerivedCredential
from issuer.store.session import Store
from issuer.store.share_tables import Consent, ShareTerms
from issuer.store.sharing import MOST_MADE, MOST_OPEN
from issuer.store.tables import Credential, Share, State
from tests.house import House
from tests.unit.issuer.test_determining import issued, judged
from tests.unit.issuer.test_student_sharing import FULL, STUDENT, agree, district, share


def plant_shares(house: House, badge: str, many: int, *, stopped: datetime | None) -> None:
    """Shares that were made long ago, as rows."""
    rows = [
        {
            "district_id": house.district.id,
            "id": f"planted-{number}",
            "credential_id": badge,
            "token_hash": f"token {number}".encode(),
            "created": house.time,
            "stopped": stopped,
        }
        for number in range(many)
    ]
    with house.store.transaction() as session:
        session.execute(insert(Share), rows)


def plant_copies(house: House, badge: str, many: int) -> None:
    """Copies that were begun, as rows."""
    with house.store.transaction() as session:
        like = session.scalars(select(Credential)).one()
        rows = [
            {
                "district_id": house.district.id,
                "id": f"urn:planted:{number}",
                "credential_id": badge,
                "purpose": SHARE,
                "made_for": str(number),
                "subject_id": f"urn:planted:{number}",
                "state": "reserved",
                "list_id": like.list_id,
                "list_index": -1 - number,
                "also_jwt": False,
                "reserved_at": house.time,
            }
            for number in range(many)
        ]
        session.execute(insert(DerivedCredential), rows)


def made(house: House, badge: str) -> int:
    with house.store.reading() as session:
        return sharing.count_of_badge(session, house.district.id, badge)


def test_a_badge_has_thirty_open_shares_and_not_one_more(house: House) -> None:
    badge = house.issue().credential_id
    plant_shares(house, badge, MOST_OPEN - 1, stopped=None)
    last = share(house, badge, FULL)
    with pytest.raises(IssuerError, match="too_many_shares"):
        share(house, badge, FULL)
    assert made(house, badge) == MOST_OPEN
    student_sharing.stop(
        house.store, district(house), STUDENT, last.share_id, now=house.time, actor="student"
    )
    assert share(house, badge, FULL).token


def test_shares_that_ended_are_not_open(house: House) -> None:
    badge = house.issue().credential_id
    plant_shares(house, badge, MOST_OPEN - 1, stopped=None)
    day = house.time.date() + timedelta(days=1)
    share(house, badge, Terms(Audience.EMPLOYER, "A", name=NameShown.FULL, last_day=day))
    house.later(days=1)
    with pytest.raises(IssuerError, match="too_many_shares"):
        share(house, badge, FULL)
    house.later(days=1)
    assert share(house, badge, FULL).token


def test_three_hundred_shares_are_ever_made_of_a_badge_by_its_student(house: House) -> None:
    badge = house.issue().credential_id
    plant_shares(house, badge, MOST_MADE - 1, stopped=house.time)
    assert share(house, badge, FULL).token
    with pytest.raises(IssuerError, match="too_many_made"):
        share(house, badge, FULL)
    with house.store.reading() as session:
        cards = student_sharing.cards(session, district(house), badge, house.time)
    assert len(cards) == made(house, badge) == MOST_MADE


def test_three_hundred_shares_are_ever_made_of_a_badge_by_the_school(house: House) -> None:
    badge = house.issue().credential_id
    plant_shares(house, badge, MOST_MADE - 1, stopped=house.time)
    place: dict[str, Any] = {"now": house.time, "entropy": house.entropy, "actor": "registrar"}
    create_share(house.store, house.district.id, badge, **place)
    with pytest.raises(IssuerError, match="too_many_made"):
        create_share(house.store, house.district.id, badge, **place)
    assert made(house, badge) == MOST_MADE


def test_a_hundred_copies_are_ever_made_of_a_badge(house: House) -> None:
    badge = house.issue().credential_id
    plant_copies(house, badge, MOST_DERIVED - 1)
    assert share(house, badge).token
    with pytest.raises(IssuerError, match="too_many_copies"):
        share(house, badge)
    # What shows the badge whole needs no copy.
    assert share(house, badge, FULL).token


def test_a_share_that_has_ended_before_it_begins_is_not_made(house: House) -> None:
    badge = house.issue().credential_id
    day = house.time.date() - timedelta(days=2)
    with pytest.raises(IssuerError, match="bad_time"):
        share(house, badge, Terms(Audience.EMPLOYER, "A", last_day=day))
    assert made(house, badge) == 0


def test_a_determination_is_shared_whole_or_not_at_all(house: House) -> None:
    offer_readiness(house.store, house.district.id, now=house.time, actor="test")
    house.issue()
    badge = issued(house, judged(house)).credential_id
    for terms in (Terms(Audience.EMPLOYER, "A"), Terms(Audience.EMPLOYER, "A", name=NameShown.FULL)):
        with pytest.raises(IssuerError, match="state_conflict"):
            share(house, badge, terms)
    assert share(house, badge, FULL).token


# Check, sign, check again with the badge locked: what fails gives nothing out


class NoSigner(Exception):  # noqa: N818 - it says what happened
    """The key was asked for."""


def attempt_with(house: House, badge: str, signer: Any) -> None:
    student_sharing.share_badge(
        house.store, district(house), STUDENT, badge, Terms(Audience.EMPLOYER, "Work"),
        signer=signer, now=house.time, entropy=house.entropy, actor="student",
    )  # fmt: skip


def nothing_was_given_out(house: House, badge: str) -> None:
    with house.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Share)) == 0
        assert session.scalar(select(func.count()).select_from(ShareTerms)) == 0
        assert session.scalar(select(func.count()).select_from(Consent).where(Consent.kind == "student")) == 0
        row = session.get(Credential, (house.district.id, badge))
        assert row is not None
        assert (row.state, row.released_at) == (State.SIGNED, None)


def test_what_may_not_be_shared_is_not_signed(house: House) -> None:
    badge = house.issue(adult_on=None).credential_id

    def signer() -> Any:
        raise NoSigner

    with pytest.raises(IssuerError, match="sharing_refused"):
        attempt_with(house, badge, signer)
    with house.store.reading() as session:
        assert derived.of(session, house.district.id, badge) == []
    nothing_was_given_out(house, badge)


def _withdraw(house: House, badge: str, _agreement: str) -> None:
    revoke(
        house.store, house.district.id, badge,
        reason=Reason.ISSUED_IN_ERROR, note="", now=house.time, actor="registrar",
    )  # fmt: skip


def _take_back(house: House, _badge: str, agreement: str) -> None:
    end_consent(house.store, house.district.id, STUDENT, agreement, now=house.time, actor="registrar")


def _switch_off(house: House, _badge: str, _agreement: str) -> None:
    choose_policy(house.store, house.district.id, Policy(Minors.OFF), now=house.time, actor="registrar")


@pytest.mark.parametrize("meanwhile", [_take_back, _switch_off, _withdraw])
def test_what_changes_while_the_copy_is_signed_stops_the_share(
    house: House, monkeypatch: pytest.MonkeyPatch, meanwhile: Any
) -> None:
    badge = house.issue(adult_on=None).credential_id
    agreement = agree(house)
    true = derive

    def slow(*args: Any, **names: Any) -> Any:
        done = true(*args, **names)
        meanwhile(house, badge, agreement)
        return done

    monkeypatch.setattr(student_sharing, "derive", slow)
    with pytest.raises(IssuerError, match=r"sharing_refused|state_conflict"):
        attempt_with(house, badge, lambda: house.signer)
    nothing_was_given_out(house, badge)


def test_the_bound_is_looked_at_again_while_the_badge_is_locked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    badge = house.issue().credential_id
    true = derive

    def slow(*args: Any, **names: Any) -> Any:
        done = true(*args, **names)
        plant_shares(house, badge, MOST_OPEN, stopped=None)
        return done

    monkeypatch.setattr(student_sharing, "derive", slow)
    with pytest.raises(IssuerError, match="too_many_shares"):
        attempt_with(house, badge, lambda: house.signer)
    assert made(house, badge) == MOST_OPEN


def test_an_agreement_that_ends_at_the_same_moment_leaves_no_share_open(
    house: House, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    badge = house.issue(adult_on=None).credential_id
    agreement = agree(house)
    true, calls, other = student_sharing._check, [], Store.open(database)

    def end() -> None:
        end_consent(other, house.district.id, STUDENT, agreement, now=house.time, actor="registrar")

    registrar = threading.Thread(target=end)

    def checked(*args: Any) -> None:
        true(*args)
        calls.append(args)
        if len(calls) == 2:  # the second, with the badge locked; the share is not written yet
            registrar.start()
            registrar.join(0.2)

    monkeypatch.setattr(student_sharing, "_check", checked)
    share(house, badge)
    registrar.join()
    other.close()
    with house.store.reading() as session:
        assert session.scalars(select(Share)).one().stopped is not None

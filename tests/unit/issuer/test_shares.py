"""A link or a code opens one badge, until it is stopped; the database alone opens nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from credential.withdrawal import Reason
from issuer import correction
from issuer.award import Award
from issuer.consents import choose_policy, record_opt_out
from issuer.correction import Correction, correct, next_ref
from issuer.errors import IssuerError
from issuer.revocation import revoke
from issuer.shares import NewShare, create_share, open_code, open_token, stop_share
from issuer.sharing.policy import Audience, Minors, Policy
from issuer.store import audit, queries
from issuer.store.tables import Audit, Share, State
from tests.house import House


def share(house: House, credential_id: str, **changes: Any) -> NewShare:
    return create_share(
        house.store,
        house.district.id,
        credential_id,
        now=house.time,
        entropy=house.entropy,
        actor="test",
        **changes,
    )


def test_token_and_code_open_the_stored_bytes(house: House) -> None:
    made = house.issue(also_jwt=True)
    opened = share(house, made.credential_id)
    assert opened.code is not None
    by_token = open_token(house.store, house.district, opened.token, form="vc", now=house.time)
    by_code = open_code(house.store, house.district, opened.code, form="vc", now=house.time)
    assert by_token == by_code
    assert (by_token.body, by_token.media_type) == (made.document, "application/vc")
    as_jwt = open_token(house.store, house.district, opened.token, form="jwt", now=house.time)
    assert (as_jwt.body.decode(), as_jwt.media_type) == (made.jwt, "application/vc+jwt")
    assert house.row(made.credential_id).state == State.RELEASED


def test_where_there_is_no_jwt_the_document_is_given(house: House) -> None:
    made = house.issue()
    opened = share(house, made.credential_id)
    assert (
        open_token(house.store, house.district, opened.token, form="jwt", now=house.time).body
        == made.document
    )


@pytest.mark.parametrize(
    ("adult_on", "why"), [(date(2030, 5, 9), "under 18"), (None, "no birth date is known")]
)
def test_a_minors_badge_is_shared_only_when_a_guardian_agrees(
    house: House, adult_on: date | None, why: str
) -> None:
    made = house.issue(adult_on=adult_on)
    with pytest.raises(IssuerError, match=f"not_agreed: .*{why}.*cairn share A-1 --agreed"):
        share(house, made.credential_id)
    with house.store.reading() as session:
        assert session.scalars(select(Share)).all() == []
    assert house.row(made.credential_id).state == State.SIGNED
    opened = share(house, made.credential_id, agreed=True)
    told = open_token(house.store, house.district, opened.token, form="vc", now=house.time)
    assert told.body == made.document
    with house.store.reading() as session:
        recorded = session.scalars(select(Audit).where(Audit.action == "share.created")).one()
    assert recorded.facts["agreed"] is True


def test_nobody_is_of_age_before_the_birthday_has_come_everywhere(house: House) -> None:
    made = house.issue(adult_on=house.time.date() + timedelta(days=1))
    midnight = house.time.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    house.time = midnight + timedelta(hours=11, minutes=59)
    with pytest.raises(IssuerError, match="not_agreed"):
        share(house, made.credential_id)
    house.time = midnight + timedelta(hours=12)
    assert share(house, made.credential_id).token


def test_only_hashes_are_kept(house: House) -> None:
    opened = share(house, house.issue().credential_id)
    assert opened.code is not None
    with house.store.reading() as session:
        for table in ("share", "audit"):
            rows = str([tuple(row) for row in session.execute(text(f"SELECT * FROM {table}"))])  # noqa: S608 - two names
            assert opened.token not in rows
            assert opened.code not in rows
    assert opened.token not in repr(opened.share_id)


def test_a_share_without_a_code_has_none(house: House) -> None:
    assert share(house, house.issue().credential_id, with_code=False).code is None


@pytest.mark.parametrize("kind", ["token", "code"])
def test_what_was_never_given_opens_nothing(house: House, kind: str) -> None:
    share(house, house.issue().credential_id)
    ask, secret = (open_token, "0" * 32) if kind == "token" else (open_code, "0" * 12)
    with pytest.raises(IssuerError, match="not_shared"):
        ask(house.store, house.district, secret, form="vc", now=house.time)


def test_a_share_of_another_district_opens_nothing_here(house: House) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    opened = share(house, house.issue().credential_id)
    assert opened.code is not None
    with pytest.raises(IssuerError, match="not_shared"):
        open_token(house.store, other.district, opened.token, form="vc", now=house.time)
    with pytest.raises(IssuerError, match="not_shared"):
        open_code(house.store, other.district, opened.code, form="vc", now=house.time)
    with pytest.raises(IssuerError, match="not_found"):
        stop_share(house.store, other.district.id, opened.share_id, now=house.time, actor="test")


def test_a_stopped_share_tells_its_holder_so(house: House) -> None:
    opened = share(house, house.issue().credential_id)
    for _ in range(2):
        stop_share(house.store, house.district.id, opened.share_id, now=house.time, actor="test")
    with pytest.raises(IssuerError, match="share_stopped"):
        open_token(house.store, house.district, opened.token, form="vc", now=house.time)
    with house.store.reading() as session:
        assert len(session.scalars(select(Audit).where(Audit.action == "share.stopped")).all()) == 1


def test_a_share_ends_at_its_time_and_not_before(house: House) -> None:
    opened = share(house, house.issue().credential_id, ends=house.time + timedelta(days=1))
    before, at = house.time + timedelta(days=1, microseconds=-1), house.time + timedelta(days=1)
    assert open_token(house.store, house.district, opened.token, form="vc", now=before).body
    with pytest.raises(IssuerError, match="share_ended"):
        open_token(house.store, house.district, opened.token, form="vc", now=at)


def test_two_shares_of_one_badge_are_stopped_one_by_one(house: House) -> None:
    made = house.issue()
    first, second = share(house, made.credential_id), share(house, made.credential_id)
    stop_share(house.store, house.district.id, first.share_id, now=house.time, actor="test")
    assert open_token(house.store, house.district, second.token, form="vc", now=house.time).body
    with house.store.reading() as session:
        assert len(session.scalars(select(Share)).all()) == 2


def test_a_badge_that_is_not_there_cannot_be_shared(house: House) -> None:
    with pytest.raises(IssuerError, match="not_found"):
        share(house, "urn:uuid:00000000-0000-4000-8000-000000000000")


def correct_name(house: House, ref: str, name: str) -> bytes:
    house.later(days=1)
    with house.store.reading() as session:
        award = queries.award(session, house.district.id, ref)
    assert award is not None
    right = replace(Correction.of(Award.from_json(award.facts)), recipient_name=name)
    done = correct(
        house.store, house.district.id, ref, right, signer=house.signer, now=house.time,
        entropy=house.entropy, actor="test",
    )  # fmt: skip
    return done.made.document


def test_a_link_leads_to_the_badge_that_took_the_place_of_a_corrected_one(house: House) -> None:
    made = house.issue()
    given = share(house, made.credential_id)
    assert given.code is not None

    def opened(*, current: bool) -> set[bytes]:
        ways: tuple[tuple[Any, str | None], ...] = ((open_token, given.token), (open_code, given.code))
        return {
            way(house.store, house.district, secret, form="vc", now=house.time, current=current).body
            for way, secret in ways
        }

    assert opened(current=True) == opened(current=False) == {made.document}
    first = correct_name(house, "A-1", "Maya Okafor-Lind")
    assert opened(current=True) == {first}
    last = correct_name(house, next_ref("A-1"), "Maya O. Lind")
    assert opened(current=False) == {made.document}
    assert opened(current=True) == {last}
    with house.store.reading() as session:
        audit.check_chain(session, house.district.id)
        released = session.scalars(select(Audit.subject).where(Audit.action == "credential.released")).all()
    assert len(released) == len(set(released)) == 3
    stop_share(house.store, house.district.id, given.share_id, now=house.time, actor="test")
    with pytest.raises(IssuerError, match="share_stopped"):
        opened(current=True)


def test_a_correction_that_broke_off_leads_nowhere_yet(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = house.issue()
    given = share(house, made.credential_id)

    def crashed(*_: Any, **__: Any) -> None:
        raise RuntimeError("the program stopped here")

    monkeypatch.setattr(correction, "_withdraw", crashed)
    with pytest.raises(RuntimeError):
        correct_name(house, "A-1", "Maya Okafor-Lind")
    told = open_token(house.store, house.district, given.token, form="vc", now=house.time, current=True)
    assert told.body == made.document


def test_a_badge_that_was_withdrawn_for_another_reason_leads_to_none(house: House) -> None:
    made = house.issue()
    given = share(house, made.credential_id)
    revoke(
        house.store, house.district.id, made.credential_id, reason=Reason.ISSUED_IN_ERROR, note="",
        now=house.time, actor="test",
    )  # fmt: skip
    told = open_token(house.store, house.district, given.token, form="vc", now=house.time, current=True)
    assert told.body == made.document


EVERYBODY = frozenset({Audience.EMPLOYER, Audience.COLLEGE})


@pytest.mark.parametrize(
    "policy",
    [Policy(Minors.OFF, EVERYBODY, "America/Denver"), Policy(Minors.ALLOWED, frozenset(), "America/Denver")],
)
def test_no_word_of_a_guardians_stands_for_the_districts_policy(house: House, policy: Policy) -> None:
    choose_policy(house.store, house.district.id, policy, now=house.time, actor="test")
    made = house.issue(adult_on=None)
    for agreed in (False, True):
        with pytest.raises(IssuerError, match="sharing_refused: the district lets nobody under 18"):
            share(house, made.credential_id, agreed=agreed)
    with house.store.reading() as session:
        assert session.scalars(select(Share)).all() == []
    assert share(house, house.issue("A-2").credential_id).token  # of age


def test_an_opt_out_stands_against_the_schools_link_until_a_guardian_agrees(house: House) -> None:
    policy = Policy(Minors.ALLOWED, EVERYBODY, "America/Denver")
    choose_policy(house.store, house.district.id, policy, now=house.time, actor="test")
    made = house.issue(adult_on=None)
    assert share(house, made.credential_id).token  # as the district allows
    record_opt_out(
        house.store,
        house.district.id,
        "100000001",
        how="paper",
        given_on=house.time.date(),
        now=house.time,
        entropy=house.entropy,
        actor="test",
    )
    with pytest.raises(IssuerError, match="not_agreed"):
        share(house, made.credential_id)
    assert share(house, made.credential_id, agreed=True).token


def test_the_schools_link_turns_18_on_the_districts_own_calendar(house: House) -> None:
    policy = Policy(Minors.GUARDIAN, EVERYBODY, "America/Denver")
    choose_policy(house.store, house.district.id, policy, now=house.time, actor="test")
    made = house.issue(adult_on=house.time.date() + timedelta(days=1))
    midnight = house.time.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    house.time = midnight + timedelta(hours=5, minutes=59)
    with pytest.raises(IssuerError, match="not_agreed"):
        share(house, made.credential_id)
    house.time = midnight + timedelta(hours=6)
    assert share(house, made.credential_id).token

"""What guardians agreed to and families opted out of, as the registrar records it, and the district's policy.

Whatever takes a right away stops what rests on it in the same transaction: a link of somebody under 18 does
not outlive the agreement, and an opt-out counts at once (34 CFR 99.37). Nobody has to run anything on a
birthday: of whoever is of age, nothing of this is asked any more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from issuer.award import Award
from issuer.errors import IssuerError
from issuer.shares import policy_of, standing_of
from issuer.sharing.ages import day_in, zone_named
from issuer.sharing.policy import CHOSEN, Audience, Policy, refusal
from issuer.store import audit, dossier, queries, sharing
from issuer.store.session import Session, Store
from issuer.store.share_tables import Consent
from issuer.store.status_lists import Entropy, random_name

GUARDIAN, OPT_OUT = "guardian", "opt-out"
HOW: Final = ("paper", "electronic", "in-person")


def record_agreement(
    store: Store,
    district_id: str,
    student_id: str,
    audiences: Collection[Audience],
    *,
    how: str,
    given_on: date,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> str:
    """Record that a guardian agreed. Its id, by which it is ended.

    Raises:
        IssuerError: `bad_request` for no audience or no known way; `bad_time` for a day that has not come;
            `state_conflict` for somebody who is of age.
    """
    if not audiences or not set(audiences) <= set(CHOSEN) or how not in HOW:
        raise IssuerError("bad_request", "say for whom the guardian agreed, and how")
    return _record(
        store, district_id, student_id, GUARDIAN, audiences,
        how=how, given_on=given_on, now=now, entropy=entropy, actor=actor,
    )  # fmt: skip


def record_opt_out(
    store: Store,
    district_id: str,
    student_id: str,
    *,
    how: str,
    given_on: date,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> str:
    """Record that the family opted out of directory information; what rests on no agreement stops now.

    Raises:
        IssuerError: As `record_agreement`.
    """
    if how not in HOW:
        raise IssuerError("bad_request", "say how the family opted out")
    return _record(
        store, district_id, student_id, OPT_OUT, (),
        how=how, given_on=given_on, now=now, entropy=entropy, actor=actor,
    )  # fmt: skip


def end_consent(
    store: Store, district_id: str, student_id: str, consent_id: str, *, now: datetime, actor: str
) -> None:
    """Take an agreement or an opt-out back. Doing it again changes nothing.

    Raises:
        IssuerError: `not_found`; `state_conflict` for the student's own consent, which is ended by stopping
            the share.
    """
    with store.transaction() as session:
        row = sharing.consent(session, district_id, student_id, consent_id)
        if row.kind not in (GUARDIAN, OPT_OUT):
            raise IssuerError("state_conflict", "a student's own consent ends when the share is stopped")
        if row.ended_at is not None:
            return
        row.ended_at, row.ended_by = now, actor
        session.flush()
        _say(session, district_id, "consent.ended", student_id, row, now=now, actor=actor)
        _stop_refused(session, district_id, student_id, now=now, actor=actor)


def choose_policy(store: Store, district_id: str, policy: Policy, *, now: datetime, actor: str) -> None:
    """Make a policy the district's from now on; open shares that it does not allow stop with it."""
    with store.transaction() as session:
        row = queries.district(session, district_id)
        if policy_of(row) == policy:
            return
        row.profile = row.profile | {"sharing": policy.to_json()}
        session.flush()
        audit.record(
            session, district_id, at=now, actor=actor, action="district.sharing", subject=district_id,
            facts=policy.to_json(),
        )  # fmt: skip
        for student_id in sharing.students_with_open_shares(session, district_id, now):
            _stop_refused(session, district_id, student_id, now=now, actor=actor)


def _record(
    store: Store,
    district_id: str,
    student_id: str,
    kind: str,
    audiences: Collection[Audience],
    *,
    how: str,
    given_on: date,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> str:
    with store.transaction() as session:
        district = queries.district(session, district_id)
        if given_on > day_in(now, zone_named(policy_of(district).zone)):
            raise IssuerError("bad_time", f"{given_on} has not come yet")
        if standing_of(
            session, district, student_id, now, adult_on=_adult_on(session, district_id, student_id)
        ).adult:
            raise IssuerError("state_conflict", "this student is 18 or older, and decides alone")
        row = Consent(
            district_id=district_id,
            id=random_name(entropy),
            student_id=student_id,
            kind=kind,
            audiences=",".join(one.value for one in CHOSEN if one in audiences),
            share_id=None,
            how=how,
            given_on=given_on.isoformat(),
            recorded_by=actor,
            recorded_at=now,
            ended_by=None,
            ended_at=None,
        )
        session.add(row)
        session.flush()
        _say(session, district_id, "consent.recorded", student_id, row, now=now, actor=actor)
        _stop_refused(session, district_id, student_id, now=now, actor=actor)
    return row.id


def _adult_on(session: Session, district_id: str, student_id: str) -> date | None:
    """The latest day from which on an award calls the student of age; None where one does not know."""
    known = [
        Award.from_json(dict(one.facts)).adult_on
        for one in dossier.badges_of(session, district_id, student_id)
    ]
    return None if None in known or not known else max(day for day in known if day is not None)


def _stop_refused(session: Session, district_id: str, student_id: str, *, now: datetime, actor: str) -> None:
    """Stop every open share of a student that could not be made today."""
    district = queries.district(session, district_id)
    standing = standing_of(
        session, district, student_id, now, adult_on=_adult_on(session, district_id, student_id)
    )
    policy = policy_of(district)
    for share in sharing.open_of_student(session, district_id, student_id, now):
        terms = sharing.terms_of(session, district_id, share.id)
        # What the school made has a code for paper.
        audience = Audience(terms.audience) if terms else Audience.PAPER
        if refusal(policy, standing, audience) is None:
            continue
        share.stopped = now
        session.flush()
        audit.record(
            session, district_id, at=now, actor=actor, action="share.stopped", subject=share.credential_id,
            facts={"share": share.id},
        )  # fmt: skip


def _say(
    session: Session,
    district_id: str,
    action: str,
    student_id: str,
    row: Consent,
    *,
    now: datetime,
    actor: str,
) -> None:
    audit.record(
        session, district_id, at=now, actor=actor, action=action, subject=student_id,
        facts={"consent": row.id, "kind": row.kind, "audiences": row.audiences, "how": row.how},
    )  # fmt: skip

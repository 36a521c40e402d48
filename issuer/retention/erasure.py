"""Destroy what is held about a student, in one transaction, with a signed certificate of what went."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credential.withdrawal import Reason
from issuer.catalog.retention import RecordClass, Schedule
from issuer.errors import IssuerError
from issuer.retention import certificate
from issuer.retention.plan import Plan, plan
from issuer.retention.register import about_students
from issuer.revocation import revoke_in
from issuer.rule_sets import retention_on
from issuer.store import audit, contacts, holds, outbox, personal, queries
from issuer.store.retention_tables import Erasure
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from keys.signer import Signer

PSEUDONYM = "erased-"
"""Begins what takes the place of a student's number in an award that was emptied."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What an erasure did.

    Attributes:
        id: The certificate's `urn:uuid`.
        plan: What was done.
        token: The certificate, as a compact JWS.
        value: What it says.
    """

    id: str
    plan: Plan
    token: str
    value: dict[str, Any]


def preview(store: Store, district_id: str, student_id: str, *, now: datetime) -> Plan:
    """What an erasure would do, on the student's or a guardian's word. Nothing is written.

    Raises:
        IssuerError: `not_found`.
    """
    with store.reading() as session:
        return plan(session, district_id, student_id, schedule_at(session, district_id, now), now=now)


def erase(
    store: Store,
    district_id: str,
    student_id: str,
    *,
    signer: Signer,
    now: datetime,
    entropy: Entropy,
    actors: Sequence[str],
    seen: str | None = None,
    only: frozenset[RecordClass] | None = None,
) -> Destroyed:
    """Destroy what may go, in one transaction: all of it is gone with its certificate, or nothing is.

    Badges that stand and go are withdrawn in it; `publish_due` makes that seen, and `personal.sweep` takes
    the bytes out of the database's file.

    Args:
        store: The database.
        district_id: Whose student.
        student_id: The number.
        signer: Who signs the certificate, as the district.
        now: The time.
        entropy: Random bytes.
        actors: Who asked and who confirmed; the last one does it.
        seen: The digest of the plan that they saw; None where nobody saw one.
        only: The classes whose period is over, where nobody asked but time.

    Raises:
        IssuerError: `not_found`; `on_hold`; `not_erasable`, also where the plan is not what was seen.
    """
    with store.transaction() as session:
        audit.hold(session, district_id)
        schedule = schedule_at(session, district_id, now)
        found = plan(session, district_id, student_id, schedule, now=now, only=only)
        if seen is not None and found.digest != seen:
            raise IssuerError("not_erasable", "the records have changed since you looked: look again")
        found.check()
        name = uuid.UUID(bytes=entropy(16), version=4)
        erasure_id = name.urn
        head = _record(session, district_id, found, str(name), now=now, actor=actors[-1])
        district = queries.district(session, district_id)
        value = {
            "id": erasure_id,
            "district": {"id": district.did, "name": district.name},
            "student": student_id,
            "asked": only is None,
            "by": list(actors),
            "destroyedAt": now.isoformat(timespec="seconds"),
            "schedule": found.schedule,
            "destroyed": certificate.lines_json(found.going),
            "kept": certificate.lines_json(found.staying),
            "withdrawn": len(found.standing),
            "auditRow": str(head),
        }
        token = certificate.sign(value, signer)
        _withdraw(session, district_id, found, now=now, actor=actors[-1])
        holds.add_erasure(
            session,
            Erasure(
                district_id=district_id,
                id=erasure_id,
                student_id=student_id,
                schedule=found.schedule,
                certificate=token,
                done_by=", ".join(actors),
                done_at=now,
            ),
        )
        _destroy(session, district_id, found, erasure_id, f"{PSEUDONYM}{name}")
    return Destroyed(erasure_id, found, token, value)


def schedule_at(session: Session, district_id: str, now: datetime) -> Schedule:
    """The rules of retention of a moment's day, where this machine is."""
    return retention_on(session, district_id, now.astimezone().date())


def _record(
    session: Session, district_id: str, found: Plan, name: str, *, now: datetime, actor: str
) -> audit.Head:
    return audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="student.erased",
        subject=f"urn:uuid:{name}",
        facts={
            "schedule": found.schedule,
            "plan": found.digest,
            "records": {one.table: one.rows for one in found.going},
        },
    )


def _withdraw(session: Session, district_id: str, found: Plan, *, now: datetime, actor: str) -> None:
    for one in found.standing:
        revoke_in(session, district_id, one, reason=Reason.REQUESTED, note="", now=now, actor=actor)


def _destroy(session: Session, district_id: str, found: Plan, erasure_id: str, pseudonym: str) -> None:
    """Name every finished record that goes, then take everything out."""
    if RecordClass.BADGES in found.classes:
        for kind, refs in (
            ("award", found.keys.awards),
            ("credential", found.keys.credentials),
            ("request", found.keys.requests),
        ):
            holds.mark(session, district_id, erasure_id, kind, refs)
    if RecordClass.SHARES in found.classes:
        for kind, refs in personal.ledger_of(session, district_id, found.keys).items():
            holds.mark(session, district_id, erasure_id, kind, refs)
    reached = contacts.contact(session, district_id, found.keys.student_id)
    if RecordClass.ROSTER in found.classes and reached is not None:
        # An address for which a code was asked is nobody's until it is looked up.
        own = {one for one in (reached.school_email, reached.own_email) if one}
        outbox.drop_requests(session, district_id, own)
    going = [one for one in about_students() if one.record_class in found.classes]
    personal.remove(session, district_id, going, found.keys, pseudonym)

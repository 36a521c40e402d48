"""What became of students who were certified: recorded with the consent that allows it to be counted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from issuer.errors import IssuerError
from issuer.reports.facts import OutcomeKind, Source
from issuer.store import audit, report_queries
from issuer.store.outcome_tables import OutcomeRecord
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.text import fault_in, length, normal

LONGEST = 200
"""Characters of a reference, a cluster or a student's number."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody said about a student.

    Attributes:
        student_id: The student's number.
        kind: Hired, enrolled, or neither.
        since: The day from which on it is so.
        cluster: The career cluster of the work or the program, in the catalogue's words; "" where unknown.
        consent: Reference of the consent: a form, a row of the district's register.
        source: Who said it.
    """

    student_id: str
    kind: OutcomeKind
    since: date
    cluster: str
    consent: str
    source: Source


def record_outcome(
    store: Store,
    district_id: str,
    told: Told,
    *,
    clusters: frozenset[str],
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> str:
    """Write an outcome down.

    Args:
        store: The database.
        district_id: Whose student.
        told: What was said.
        clusters: The clusters of the catalogue.
        now: The time.
        entropy: Random bytes for the id.
        actor: Who writes it down, for the audit.

    Returns:
        Its id, a `urn:uuid`, by which the consent can be taken back.

    Raises:
        IssuerError: `no_consent` without a reference; `bad_setting` for an unknown cluster or where a hired
            student's is missing; `bad_time` for a day to come; `bad_text`.
    """
    if not told.consent.strip():
        raise IssuerError(
            "no_consent", "an outcome is counted only with consent: give the reference of the form"
        )
    for text in (told.student_id, told.consent):
        fault = fault_in(normal(text)) or ("too many characters" if length(text) > LONGEST else None)
        if fault or not text.strip():
            raise IssuerError(
                "bad_text", f"a student's number and a reference are plain text; this has {fault}"
            )
    if told.cluster not in clusters and (told.cluster or told.kind is OutcomeKind.HIRED):
        raise IssuerError(
            "bad_setting",
            f"{told.cluster!r} is none of the catalogue's career clusters: {'; '.join(sorted(clusters))}",
        )
    if told.since > now.date():
        raise IssuerError("bad_time", f"{told.since} is still to come: record it when it is so")
    outcome_id = f"urn:uuid:{uuid.UUID(bytes=entropy(16), version=4)}"
    with store.transaction() as session:
        session.add(
            OutcomeRecord(
                district_id=district_id,
                id=outcome_id,
                student_id=normal(told.student_id),
                kind=told.kind.value,
                since=told.since.isoformat(),
                cluster=told.cluster,
                consent=normal(told.consent),
                source=told.source.value,
                recorded_at=now,
                withdrawn_at=None,
            )
        )
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="outcome.recorded",
            subject=outcome_id,
            facts={"kind": told.kind.value, "source": told.source.value},
        )
    return outcome_id


def withdraw_consent(store: Store, district_id: str, outcome_id: str, *, now: datetime, actor: str) -> None:
    """Take a consent back: the outcome is in no count from now on.

    Raises:
        IssuerError: `not_found`.
    """
    with store.transaction() as session:
        row = report_queries.outcome(session, district_id, outcome_id)
        if row is None:
            raise IssuerError("not_found", f"the district has no outcome {outcome_id}")
        if row.withdrawn_at is not None:
            return
        row.withdrawn_at = now
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="outcome.consent_withdrawn",
            subject=outcome_id,
            facts={},
        )

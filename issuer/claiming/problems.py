"""What a student says is wrong with a badge: it goes to the registrar's queue, and is answered there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from issuer.claiming import sessions
from issuer.claiming.errors import ClaimError
from issuer.errors import IssuerError
from issuer.store import audit, claims
from issuer.store.claims import StudentProblem
from issuer.store.session import Store
from issuer.store.status_lists import Entropy, random_name
from issuer.text import fault_in, normal

LONGEST: Final = 1_000
MOST_OPEN: Final = 5
"""So many of one student's wait at once."""


class What(StrEnum):
    """What is wrong."""

    NAME = "name"
    NOT_MINE = "not-mine"
    OTHER = "other"


def report(
    store: Store,
    district_id: str,
    student_id: str,
    credential_id: str | None,
    *,
    what: str,
    said: str,
    now: datetime,
    entropy: Entropy,
) -> str:
    """Put it into the registrar's queue; its id.

    Raises:
        ClaimError: `problem_refused`, naming the field.
    """
    if what not in list(What):
        raise ClaimError("problem_refused", "choose what is wrong", "what")
    text = normal(said.replace("\r\n", "\n"))
    if len(text) > LONGEST or fault_in(text, lines=True) is not None:
        raise ClaimError("problem_refused", f"write at most {LONGEST} characters", "said")
    with store.of(district_id).transaction() as session:
        if claims.open_of(session, district_id, student_id) >= MOST_OPEN:
            raise ClaimError("problem_refused", "what you told us before is still being looked at", "")
        name = random_name(entropy)
        session.add(
            StudentProblem(
                district_id=district_id,
                id=name,
                student_id=student_id,
                credential_id=credential_id,
                kind=what,
                said=text,
                created=now,
                closed=None,
                closed_by=None,
                answer=None,
            )
        )
        session.flush()
        audit.record(
            session,
            district_id,
            at=now,
            actor=sessions.actor_of(student_id),
            action="problem.reported",
            subject=credential_id or student_id,
            facts={"problem": name, "what": what},
        )
    return name


def close(store: Store, district_id: str, problem_id: str, *, answer: str, now: datetime, actor: str) -> None:
    """Answer it, and take it out of the queue.

    Raises:
        ClaimError: `problem_refused` for an answer that is too long or empty.
        IssuerError: `not_found`; `state_conflict` where it was answered before.
    """
    text = normal(answer.replace("\r\n", "\n"))
    with store.of(district_id).transaction() as session:
        row = claims.problem(session, district_id, problem_id)
        if row is None:  # first, so that nobody learns of another district's by what is wrong with an answer
            raise IssuerError("not_found", "there is no such message")
        if not text or len(text) > LONGEST or fault_in(text, lines=True) is not None:
            raise ClaimError("problem_refused", f"write an answer of at most {LONGEST} characters", "answer")
        if row.closed is not None:
            raise IssuerError("state_conflict", "this was answered before")
        row.closed, row.closed_by, row.answer = now, actor, text
        session.flush()
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="problem.closed",
            subject=row.credential_id or row.student_id,
            facts={"problem": problem_id},
        )

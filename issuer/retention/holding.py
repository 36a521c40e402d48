"""Legal holds: while one stands, nothing of the student is destroyed, whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from issuer.errors import IssuerError
from issuer.store import audit, holds, personal
from issuer.store.session import Store
from issuer.text import fault_in, length

LONGEST_WHY: Final = 500


def hold(store: Store, district_id: str, student_id: str, *, why: str, now: datetime, actor: str) -> bool:
    """Hold what is kept about a student. Whether that is new; a hold that stands is left as it is.

    Raises:
        IssuerError: `bad_text` for a reason that is empty, too long or has a bad character.
    """
    if not why.strip() or length(why) > LONGEST_WHY or fault_in(why) is not None:
        raise IssuerError("bad_text", f"say why in 1 to {LONGEST_WHY} characters, on one line")
    with store.transaction() as session:
        audit.hold(session, district_id)
        if holds.hold(session, district_id, student_id) is not None:
            return False
        number = holds.place(session, district_id, student_id, why=why.strip(), now=now, actor=actor)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="student.held",
            subject=student_id,
            facts={"number": number},
        )
    return True


def release(store: Store, district_id: str, student_id: str, *, now: datetime, actor: str) -> None:
    """End the hold. From now on records may go again.

    Raises:
        IssuerError: `not_found` where none stands.
    """
    with store.transaction() as session:
        audit.hold(session, district_id)
        row = holds.hold(session, district_id, student_id, lock=True)
        if row is None:
            raise IssuerError("not_found", f"no legal hold stands for a student {student_id}")
        row.released_by, row.released_at = actor, now
        session.flush()
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="student.released",
            subject=student_id,
            facts={"number": row.number},
        )


def is_known(store: Store, district_id: str, student_id: str, *, now: datetime) -> bool:
    """Whether anything is held about a student."""
    with store.reading() as session:
        keys = personal.keys_of(session, district_id, student_id, now)
        return personal.anything(session, district_id, keys)

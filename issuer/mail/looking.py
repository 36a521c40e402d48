"""How far a sender has looked for what is told unasked, so that a round without news reads no badge.

Whatever makes a mail due writes a line of the audit chain in its own transaction, and the chain's writers
stand in line: what was not there when its head was read has a greater number. The mark is the sender's own
and is lost with it: a sender that begins looks at the whole, and so does each once in `WHOLE`, whatever the
chain says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.store import audit, jobs
from issuer.store.session import Session

WHOLE: Final = timedelta(hours=1)
"""So long at most between two looks at every badge that may be told."""
MOST_LINES: Final = 1_000
"""Lines of the chain that one look reads; behind so many it looks at the whole."""
SIGNED: Final = "credential.signed"
QUIET: Final = (
    "badge.claimed", "credential.prepared", "credential.released", "derived.", "did.", "mail.failed",
    "mail.queued", "mail.sent", "paper.", "passkey.", "problem.", "session.", "share.", "sign-in.", "slips.",
    "student-session.",
)  # fmt: skip
"""How the actions begin that make no mail due. One that nobody has named here makes a sender look."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has looked.

    Attributes:
        number: The last line of the chain that was there.
        at: When.
        again: When something is due without anybody's doing, or the whole is to be looked at.
    """

    number: int
    at: datetime
    again: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be looked at.

    Attributes:
        whole: Whether everything.
        signed: If not, the badges that were signed since.
        mark: How far one has looked then.
    """

    whole: bool
    signed: tuple[str, ...]
    mark: Mark


def look(session: Session, district_id: str, before: Mark | None, *, now: datetime) -> Look:
    """What is to be looked at, after what was looked at before; called first in its transaction."""
    number = audit.length(session, district_id)
    until = jobs.next_let_go(session, district_id, now)
    if before is None or not before.at <= now < before.again or number < before.number:
        return Look(True, (), Mark(number, now, _soonest(now + WHOLE, until)))
    signed: list[str] = []
    lines = audit.since(session, district_id, before.number, MOST_LINES + 1)
    whole = len(lines) > MOST_LINES
    for action, subject in lines:
        if action == SIGNED:
            signed.append(subject)
        elif not action.startswith(QUIET):
            whole = True
    again = now + WHOLE if whole else before.again
    return Look(whole, () if whole else tuple(signed), Mark(number, now, _soonest(again, until)))


def _soonest(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else min(one, other)

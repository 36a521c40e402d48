"""Order the badges of a sheet: as they were shown, row by row, before the first of them is signed.

Where the district wants two people, the order waits until a second one has confirmed exactly it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer.access import approvals
from issuer.access.errors import AccessError
from issuer.access.people import Person
from issuer.access.policy import Apart, Policy
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.roster import Checked
from issuer.sheets.draft import Draft, find, refused, say
from issuer.store import bulk, sheet_drafts
from issuer.store.columns import canonical_json
from issuer.store.session import Session, Store
from issuer.store.sheet_drafts import ASKED, DONE, HANDED, ISSUING, OPEN, SheetDraft


@dataclass(frozen=True, slots=True)
class Ordered:
    """One row as it will be issued.

    Attributes:
        line: The row, as a spreadsheet program counts it.
        school_code: From which school it is ordered.
        code: The catalogue's code.
        award: What is issued.
    """

    line: int
    school_code: str
    code: str
    award: Award

    @property
    def kept(self) -> list[Any]:
        """As it enters the digest."""
        return [self.line, self.school_code, self.code, self.award.to_json()]


def ordered(checked: Checked) -> tuple[Ordered, ...]:
    """The rows that are ready, as they would be issued."""
    return tuple(
        Ordered(row.line, row.award.school_code, row.award.credential_code, Award.from_row(row.award))
        for row in checked.report.rows
        if row.award is not None
    )


def digest(rows: Iterable[Ordered]) -> str:
    """SHA-256 over all that will be issued, in hexadecimal: who was shown it sends it back."""
    return hashlib.sha256(canonical_json([row.kept for row in rows]).encode()).hexdigest()


def content(district_id: str, draft: Draft, rows: Sequence[Ordered]) -> dict[str, Any]:
    """What a second person is asked to confirm."""
    return {
        "district": district_id,
        "sheet": draft.id,
        "badges": len(rows),
        "certifications": dict(Counter(row.code for row in rows)),
        "schools": dict(Counter(row.school_code for row in rows)),
        "sha256": digest(rows),
    }


def check_apart(policy: Policy, draft: Draft, person: Person) -> None:
    """Refuse to issue to who recorded, where the district wants two people for that.

    Raises:
        AccessError: `same_person`.
    """
    for actor in draft.recorded_by:
        policy.check_apart(Apart.RECORD_AND_ISSUE, actor, person.actor)


def order(
    store: Store,
    person: Person,
    draft_id: str,
    rows: Sequence[Ordered],
    *,
    seen: str,
    request: Callable[[], approvals.Request] | None = None,
    then: Callable[[Session, SheetDraft], object] | None = None,
    now: datetime,
) -> Draft:
    """Write down what will be issued; from here on the sheet's rows change no longer.

    Args:
        store: The database.
        person: Who says so.
        draft_id: Of which sheet.
        rows: What is ready now.
        seen: The digest of what the person was shown.
        request: Asks a second person, where the district wants one; nothing is issued until they confirm.
        then: Done in the same transaction, once nobody else need be asked: asks for the job that issues.
        now: When.

    Raises:
        AccessError: `draft_refused` where it was ordered before, nothing is ready, or it is not as it was
            seen.
    """
    with store.of(person.district_id).reading() as session:
        if not find(session, person, draft_id).can_change:
            raise _ordered_before()
    if not rows:
        raise refused("no row is ready: mend the rows first")
    if digest(rows) != seen:
        raise refused("the rows are not as you were shown them: read them again, then issue")
    asked = request() if request else None
    with store.of(person.district_id).transaction() as session:
        row = sheet_drafts.draft(session, person.district_id, draft_id, lock=True)
        if row.state not in (OPEN, HANDED):
            raise _ordered_before()
        bulk.put_ordered(
            session,
            row.district_id,
            row.id,
            ((one.line, one.school_code, one.code, one.award.to_json()) for one in rows),
        )
        row.state, row.request_id = (ASKED, asked.id) if asked else (ISSUING, None)
        row.updated, row.updated_by = now, person.actor
        facts = {"rows": len(rows), "sha256": seen, "request": row.request_id}
        say(session, row, "sheet.ordered", person.actor, now, **facts)
        if then is not None and asked is None:
            session.flush()
            then(session, row)
        return Draft.of(row)


def kept_rows(session: Session, district_id: str, draft_id: str) -> tuple[Ordered, ...]:
    """What was ordered, as it is kept."""
    return tuple(
        Ordered(row.line, row.school_code, row.code, Award.from_json(row.award))
        for row in sheet_drafts.rows(session, district_id, draft_id)
    )


def is_as_asked(session: Session, request: approvals.Request) -> bool:
    """Whether what a request names is still what is kept, and nothing of it has begun."""
    try:
        row = sheet_drafts.draft(session, request.content["district"], request.content["sheet"])
    except (IssuerError, KeyError):
        return False
    rows = kept_rows(session, row.district_id, row.id)
    return (
        row.state == ASKED
        and row.request_id == request.id
        and len(rows) == request.content["badges"]
        and digest(rows) == request.content["sha256"]
    )


def release(
    store: Store,
    person: Person,
    request: approvals.Request,
    *,
    then: Callable[[Session, SheetDraft], object] | None = None,
    now: datetime,
) -> str:
    """Let what a second person confirmed be issued; `then` as `order` has it. Again, it changes nothing.

    Returns:
        The sheet's name.

    Raises:
        AccessError: `draft_refused` where the sheet is not what was confirmed.
    """
    with store.of(person.district_id).transaction() as session:
        row = sheet_drafts.draft(session, person.district_id, request.content["sheet"], lock=True)
        if row.request_id != request.id or row.state not in (ASKED, ISSUING, DONE):
            raise refused("this sheet is not the one that was asked about")
        if row.state == ASKED:
            row.state, row.updated, row.updated_by = ISSUING, now, person.actor
            say(session, row, "sheet.released", person.actor, now, request=request.id)
        if then is not None:
            then(session, row)
        return row.id


def reopen(store: Store, person: Person, draft_id: str, *, now: datetime) -> None:
    """Let the rows of a sheet change again whose request was refused, taken back or not confirmed in time.

    Raises:
        AccessError: `draft_refused` while the request waits, or once it was confirmed.
    """
    with store.of(person.district_id).transaction() as session:
        find(session, person, draft_id)
        row = sheet_drafts.draft(session, person.district_id, draft_id, lock=True)
        if row.state != ASKED or row.request_id is None:
            raise refused("nothing about this sheet was refused")
        request = approvals.one(session, person.district_id, row.request_id)
        if request.outcome == approvals.CONFIRMED or (request.outcome is None and request.ends > now):
            raise refused("a second person has still to say something about it: take the request back first")
        sheet_drafts.remove_rows(session, person.district_id, draft_id)
        row.state, row.request_id, row.updated, row.updated_by = OPEN, None, now, person.actor
        say(session, row, "sheet.reopened", person.actor, now)


def _ordered_before() -> AccessError:
    return refused("its badges are ordered already: look how far they have come")

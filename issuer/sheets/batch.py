"""Issue the rows of a sheet that were ordered, some at a time, each of them once.

A crash, a lost connection or a second press goes on where it stopped: `many.issue_many` gives back what was
issued under a reference and signs nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from issuer.access.people import Person
from issuer.award import Award
from issuer.catalog import Catalogue
from issuer.district import district_catalogue, offer_decided
from issuer.errors import IssuerError
from issuer.issuance import Issued
from issuer.many import NotIssued, issue_many
from issuer.prepare import PrepareRefused
from issuer.publication import publish_due
from issuer.sheets.draft import find, refused, say
from issuer.store import report_queries, sheet_drafts
from issuer.store.held import held
from issuer.store.session import Session, Store
from issuer.store.sheet_drafts import (
    DONE,
    ISSUING,
    QUEUED,
    Counted,
    SheetDraft,
    SheetDraftRow,
)
from issuer.store.status_lists import Entropy
from issuer.twins import award_held, same_day
from keys.signer import Signer

AT_ONCE: Final = 50
"""Rows that are issued for one press of a button."""


def issue_some(
    store: Store,
    district_id: str,
    draft_id: str,
    *,
    signer: Signer,
    clock: Callable[[], datetime],
    entropy: Entropy,
    actor: str,
    most: int = AT_ONCE,
    lane: tuple[int, int] = (0, 1),
    check: Callable[[Session], None] | None = None,
    finish: bool = True,
) -> Counted:
    """Issue the next rows of a sheet, and say how far it has come.

    Args:
        store: The database.
        district_id: Who issues.
        draft_id: Which sheet; it was ordered.
        signer: Signs as the district.
        clock: Gives the time; badges that are issued together have one.
        entropy: Random bytes.
        actor: Who the audit says issues.
        most: How many rows are tried.
        lane: Only rows of one lane of several.
        check: As `many.issue_many` takes it.
        finish: Whether the sheet is brought to its end with its last row.

    Raises:
        AccessError: `draft_refused` where nothing was ordered.
        IssuerError: As `many.issue_many`; what is wrong with one row alone is noted at the row.
    """
    own = store.of(district_id)
    with own.reading() as session:
        draft = sheet_drafts.draft(session, district_id, draft_id)
        if draft.state not in (ISSUING, DONE):
            raise refused("nothing was ordered of this sheet yet")
        rows = sheet_drafts.rows(session, district_id, draft_id, state=QUEUED, most=most, lane=lane)
        catalogue = district_catalogue(session, district_id)
    if rows:
        offer_decided(own, district_id, now=clock(), actor=actor)
    for part in _parts(rows):
        outcomes = _issue(
            own, part, catalogue, signer=signer, now=clock(), entropy=entropy, actor=actor, check=check
        )
        with own.transaction() as session:
            sheet_drafts.settle_some(session, zip(part, outcomes, strict=True))
    with own.reading() as session:
        so_far = sheet_drafts.counted(session, district_id, [draft_id])[draft_id]
    if finish and so_far.queued == 0:
        end_sheet(own, district_id, draft_id, now=clock(), actor=actor)
        publish_due(own, district_id, signer, clock=clock, actor=actor)
    return so_far


def try_again(store: Store, person: Person, draft_id: str, *, now: datetime) -> None:
    """Let the rows be tried once more that could not be issued.

    Raises:
        AccessError: `draft_refused` while others still wait.
    """
    with store.of(person.district_id).transaction() as session:
        find(session, person, draft_id)
        row = sheet_drafts.draft(session, person.district_id, draft_id, lock=True)
        if row.state != DONE:
            raise refused("its badges are still being issued: go on with that first")
        sheet_drafts.queue_failed(session, person.district_id, draft_id)
        row.state, row.updated, row.updated_by = ISSUING, now, person.actor
        say(session, row, "sheet.tried-again", person.actor, now)


def _parts(rows: Iterable[SheetDraftRow]) -> Iterator[list[SheetDraftRow]]:
    """Rows that are issued together: of no student two for one thing, since each is held against the last."""
    part: dict[tuple[str, str], SheetDraftRow] = {}
    for row in rows:
        key = (str(row.award["student_id"]), row.code)
        if key in part:
            yield list(part.values())
            part = {}
        part[key] = row
    if part:
        yield list(part.values())


def _issue(
    store: Store,
    rows: Sequence[SheetDraftRow],
    catalogue: Catalogue,
    *,
    signer: Signer,
    now: datetime,
    entropy: Entropy,
    actor: str,
    check: Callable[[Session], None] | None,
) -> list[tuple[str | None, str]]:
    """For each row its badge's id, or why there is none."""
    awards = [Award.from_json(row.award) for row in rows]
    district_id = rows[0].district_id
    with store.transaction() as session:
        # Another sheet may have given the student the same since this one was checked.
        has = held(session, district_id, students=[award.student_id for award in awards])
        others = [
            same_day(award, has.get((award.student_id, row.code), ()), catalogue, row.code)
            for row, award in zip(rows, awards, strict=True)
        ]
        # Before the badges, so that no crash leaves a badge of which nobody knows the school.
        report_queries.put_schools(
            session,
            district_id,
            {
                award.award_ref: row.school_code
                for row, award, other in zip(rows, awards, others, strict=True)
                if other is None
            },
        )
    made = iter(
        issue_many(
            [award for award, other in zip(awards, others, strict=True) if other is None],
            store=store,
            district_id=district_id,
            signer=signer,
            now=now,
            entropy=entropy,
            actor=actor,
            check=check,
            once=True,
        )
    )
    return [_outcome(award_held(other.award_ref) if other is not None else next(made)) for other in others]


def _outcome(made: Issued | NotIssued) -> tuple[str | None, str]:
    """A badge's id, or why there is none."""
    match made:
        case Issued():
            return made.credential_id, ""
        case PrepareRefused():
            return None, " ".join(f"{one.message}." for one in made.faults)
        case IssuerError():
            return None, f"{made.message[:1].upper()}{made.message[1:]}."
        case _:
            return None, f"{made}."


def end_sheet(store: Store, district_id: str, draft_id: str, *, now: datetime, actor: str) -> None:
    """Note that every row was tried, if it was."""
    with store.transaction() as session:
        row: SheetDraft = sheet_drafts.draft(session, district_id, draft_id, lock=True)
        counted = sheet_drafts.counted(session, district_id, [draft_id])[draft_id]
        if row.state == ISSUING and counted.queued == 0:
            row.state, row.updated = DONE, now
            say(session, row, "sheet.issued", actor, now, issued=counted.issued, failed=counted.failed)

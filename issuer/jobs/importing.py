"""Take a file of students into the roster as a job: it waits as a sheet, and is thrown away at the end."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from datetime import datetime

from issuer.jobs.asking import Job, ask_in, look
from issuer.roster.oneroster import is_archive
from issuer.roster.report import harmless
from issuer.sheets.draft import refused
from issuer.store import audit, jobs, sheet_drafts
from issuer.store.jobs import JobRow
from issuer.store.session import Session, Store
from issuer.store.sheet_drafts import ISSUING, LARGEST_SHEET, STUDENTS, SheetDraft
from issuer.store.status_lists import Entropy, random_name
from issuer.student_roster import Brought, BroughtSheet, take_archive, take_sheet


def ask_import(
    store: Store,
    district_id: str,
    data: bytes,
    *,
    sha256: str,
    answers: Mapping[str, str],
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Job:
    """Ask that the roster be brought up to a file. The same file while it waits is the same job.

    Args:
        store: The database.
        district_id: Whose roster.
        data: A OneRoster zip, or a sheet of students.
        sha256: Its digest, in hexadecimal.
        answers: What was said about its columns.
        now: When.
        entropy: Random bytes.
        actor: Who asks.

    Raises:
        AccessError: `draft_refused` for more bytes than are kept.
    """
    if len(data) > LARGEST_SHEET:
        raise refused(f"the file is larger than {LARGEST_SHEET // 1_048_576} MB: split it", "file")
    said = hashlib.sha256(f"{sha256}{json.dumps(dict(answers), sort_keys=True)}".encode()).hexdigest()
    with store.of(district_id).transaction() as session:
        audit.hold(session, district_id)
        for waiting in jobs.jobs(session, district_id, states=jobs.LIVE):
            if waiting.kind == jobs.IMPORT and waiting.asks.get("sha256") == said:
                return look(session, waiting)
        draft = SheetDraft(
            district_id=district_id,
            id=random_name(entropy),
            created_by=actor,
            created=now,
            updated_by=actor,
            updated=now,
            school=None,
            certification="",
            kind=STUDENTS,
            sheet=data,
            sha256=sha256,
            answers=dict(answers),
            fixes={"fixes": [], "skip": []},
            recorded_by=[actor],
            state=ISSUING,
            request_id=None,
        )
        session.add(draft)
        session.flush()
        row = ask_in(
            session,
            district_id,
            jobs.IMPORT,
            key=f"import:{draft.id}",
            subject=draft.id,
            asks={"total": 1, "sha256": said},
            now=now,
            entropy=entropy,
            actor=actor,
        )
        return look(session, row)


def import_students(session: Session, row: JobRow, *, now: datetime) -> bytes:
    """Bring the roster up to the file of a job, and throw the file away.

    Returns:
        What became of it, as CSV: counts, and each row that was refused with why.

    Raises:
        SheetError: Nothing of it can be taken.
    """
    draft = sheet_drafts.draft(session, row.district_id, row.subject, lock=True, whole=True)
    data, today = draft.sheet or b"", now.astimezone().date()
    bad: list[tuple[str, str, str]] = []
    found: Brought | BroughtSheet
    if is_archive(data):
        found = take_archive(session, row.district_id, data, today=today, now=now, actor=row.asked_by)
    else:
        found = take_sheet(
            session,
            row.district_id,
            data,
            today=today,
            answers=draft.answers,
            now=now,
            actor=row.asked_by,
        )
        bad = [(str(one.line), one.code, one.words.text()) for one in found.people.refused]
    taken = found.taken
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    counts = {
        "new": len(taken.new),
        "changed": len(taken.changed),
        "left": len(taken.left),
        "same": taken.same,
        "addresses": found.addresses.taken,
        "addresses refused": found.addresses.refused,
    }
    writer.writerows((name, number, "") for name, number in counts.items())
    writer.writerows(tuple(map(harmless, one)) for one in bad)
    sheet_drafts.remove(session, row.district_id, row.subject)
    return out.getvalue().encode("utf-8")

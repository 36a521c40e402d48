"""What became of each row of a batch, as a file."""

from __future__ import annotations

import csv
import io
from typing import Final

from issuer.errors import IssuerError
from issuer.roster.report import harmless
from issuer.store import jobs, sheet_drafts
from issuer.store.jobs import JobRow
from issuer.store.session import Session

COLUMNS: Final = ("row", "award_ref", "student_id", "school_code", "credential_code", "state", "badge", "why")
WITHDRAWN: Final = "withdrawn"


def outcome_csv(session: Session, row: JobRow) -> bytes:
    """The rows of a batch, or what another job has made.

    Raises:
        IssuerError: `not_found` where there is nothing to be written down.
    """
    if row.kind not in (jobs.ISSUE, jobs.WITHDRAW):
        if row.made is None:
            raise IssuerError("not_found", "this job has made no file")
        return row.made
    gone = sheet_drafts.withdrawn_ids(session, row.district_id, row.subject)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in sheet_drafts.rows(session, row.district_id, row.subject):
        state = WITHDRAWN if one.credential_id in gone else one.state
        texts = (one.award_ref, str(one.award["student_id"]), one.school_code, one.code)
        writer.writerow((one.line, *map(harmless, (*texts, state, one.credential_id or "", one.why))))
    return out.getvalue().encode("utf-8-sig")

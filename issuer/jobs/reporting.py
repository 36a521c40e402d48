"""Make a report as a job. A report has suppressed counts only, so it may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from issuer.errors import IssuerError
from issuer.reports.facts import school_year
from issuer.reports.gather import gather
from issuer.reports.report import NAMES, make_report
from issuer.reports.suppression import Mode
from issuer.reports.written import WRITERS, Format
from issuer.rule_sets import suppression_on
from issuer.store.session import Session


def make(session: Session, district_id: str, asks: Mapping[str, Any], *, today: date) -> bytes:
    """The report that a job asks for, as it is written.

    Args:
        session: A reading transaction.
        district_id: Whose.
        asks: `name`, one of the reports' names; perhaps `year`, `mode`, `students`, `format`.
        today: The day on which it is made.

    Raises:
        IssuerError: `bad_setting` for a report that there is not.
    """
    name = str(asks.get("name", ""))
    if name not in NAMES:
        raise IssuerError("bad_setting", f"there is no report {name[:40]!r}: {', '.join(NAMES)}")
    made = make_report(
        name,
        gather(session, district_id),
        int(asks.get("year") or school_year(today)),
        rules=suppression_on(session, district_id, today),
        mode=Mode(asks.get("mode", Mode.ASSESSMENT)),
        students=asks.get("students"),
        today=today,
    )
    return WRITERS[Format(asks.get("format", Format.CSV))](made).encode("utf-8")

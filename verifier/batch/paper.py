"""What stands on a batch's pages of paper, as `verifier.render.batch_pdf` draws them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from verifier.batch.export import one_line
from verifier.batch.rows import Row
from verifier.batch.table import RowTold, told, twice
from verifier.batch.words import BATCH
from verifier.evidence import Outcome
from verifier.receipt import receipt_file
from verifier.words import LOCALES, spell_day

LONGEST_PRINTED: Final = 500
_HEAD: Final = ("row", "verdict", "applicant_name", "award", "suggestion", "look_twice")


def paper(rows: Sequence[Row], verifier: str, now: datetime, locale: str) -> dict[str, Any]:
    """The batch in words, and its receipts.

    Args:
        rows: As they were settled.
        verifier: Who checked: the origin of the site.
        now: When the paper is made, aware.
        locale: "en" or "es".
    """
    words, day = BATCH[locale], spell_day(now.date(), LOCALES[locale])
    receipts = [
        {
            "name": f"receipt-{row.label.replace('.', '-')}.json",
            "file": receipt_file(row.receipt).decode("ascii"),
            "about": words["pdf.attached"].format(row=row.label),
        }
        for row in rows
        if row.receipt
    ]
    signed = "pdf.checked" if receipts else "pdf.unsigned"
    valid = sum(1 for row in rows if row.outcome is Outcome.VALID)
    return {
        "title": words["pdf.title"],
        "lang": locale,
        "day": [now.year, now.month, now.day],
        "counted": words["pdf.counted"].format(valid=valid, count=len(rows), twice=twice(rows)),
        "lines": [words[signed].format(verifier=verifier, day=day), words["pdf.suggestions"]],
        "head": [words[f"column.{name}"] for name in _HEAD],
        "rows": [_row(told(row, locale)) for row in rows],
        "receipts": receipts,
        "unprintable": words["pdf.unprintable"],
    }


def _row(said: RowTold) -> dict[str, Any]:
    award = said.row.award
    applicants = [" ".join(filter(None, one)) for one in said.applicants]
    about = (
        (award.number, said.row.issuer_name, award.earned.isoformat() if award.earned else "")
        if award
        else ()
    )
    return {
        "label": said.row.label,
        "family": said.row.family,
        "verdict": _printed(said.headline),
        "place": _printed(said.place),
        "name": _printed(" / ".join(award.names)) if award else "",
        "applicant": [_printed(line) for line in (*applicants, said.found_by) if line],
        "award": _printed(award.name) if award else "",
        "about": [_printed(line) for line in about if line],
        "suggestion": [_printed(line) for line in (*said.suggestions, *said.why_not, said.same_as) if line],
        "twice": [_printed(line) for line in said.look_twice],
    }


def _printed(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST_PRINTED else line[: LONGEST_PRINTED - 1] + "…"

"""Invented awards: a sheet, a row, a draft; each test changes the one thing that it is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from credential.status import StatusEntry
from issuer.catalog import default_catalogue, example_district
from issuer.catalog.achievement import achievement, slug
from issuer.draft import AwardFacts, DistrictFacts, draft_credential
from issuer.roster import RowReport, SheetReport, read_sheet
from issuer.roster.columns import COLUMNS

RUN_DATE = date(2026, 6, 1)
ISSUED_AT = datetime(2026, 6, 1, 15, 30, tzinfo=UTC)
ORIGIN = "https://pinon-mesa.example"
DISTRICT = DistrictFacts("did:web:pinon-mesa.example", "Piñon Mesa Example School District", f"{ORIGIN}/")
CREDENTIAL_ID = "urn:uuid:6b1e0f3e-3b52-4a6c-9d8f-0a4c7e5c1a10"
SUBJECT_ID = "urn:uuid:0d5ad3b4-6c1e-4f0e-8f5e-2f3f6f5b7a21"
STATUS = StatusEntry("revocation", 90210, f"{ORIGIN}/status/7")

GOOD_ROW = {
    "external_id": "200000001",
    "given_name": "Inés",
    "family_name": "Farrow",
    "birth_date": "2008-02-29",
    "school_code": "0187",
    "credential_code": "COMPTIA-A+",
    "date_earned": "2026-04-18",
    "number": "COMP-7",
    "award_ref": "B-1",
}
"""A row that is ready."""


def sheet(*rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """A CSV file of rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read(data: bytes, **options: Any) -> SheetReport:
    """A sheet under the usual rules."""
    given: dict[str, Any] = {
        "run_date": RUN_DATE,
        "catalogue": default_catalogue(),
        "schools": example_district().schools,
    }
    return read_sheet(data, **(given | options))


def row(options: Mapping[str, Any] | None = None, /, **changes: str) -> RowReport:
    """What becomes of the good row with some cells changed."""
    return read(sheet(GOOD_ROW | changes), **(options or {})).rows[0]


def facts(code: str = "COMPTIA-A+", **changes: Any) -> AwardFacts:
    """What a student earned, by a code of the catalogue."""
    entry = default_catalogue().get(code)
    assert entry is not None
    given: dict[str, Any] = {
        "achievement": achievement(entry, f"{ORIGIN}/achievements/{slug(code)}"),
        "date_earned": date(2026, 4, 18),
        "last_day": date(2029, 4, 17) if entry.takes_expiry else None,
        "recipient_name": "Inés Farrow",
        "number": "COMP-7",
    }
    return AwardFacts(**(given | changes))


def draft(code: str = "COMPTIA-A+", **changes: Any) -> dict[str, Any]:
    """A draft as JSON, which a test may change before it is prepared."""
    made = draft_credential(
        facts(code, **changes), DISTRICT, credential_id=CREDENTIAL_ID, issued_at=ISSUED_AT, status=STATUS
    )
    return made.to_json()

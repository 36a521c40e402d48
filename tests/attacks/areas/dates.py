"""Dates that are no dates, in every member that holds one (LD-21)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from contexts.document import parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from tests.attacks.framework import Case
from tests.good_credential import ACHIEVEMENT, CREDENTIAL
from verifier.checks.shape import check_shape

AREA = "dates"
NOON = "2026-05-01T12:00:00Z"

# Each with the nearest date that is one.
BAD: tuple[tuple[str, Any, str], ...] = (
    ("february-30", "2026-02-30T09:00:00Z", "2026-02-28T09:00:00Z"),
    ("february-29-no-leap-year", "2027-02-29T09:00:00Z", "2028-02-29T09:00:00Z"),
    ("april-31", "2026-04-31T09:00:00Z", "2026-04-30T09:00:00Z"),
    ("month-13", "2026-13-01T09:00:00Z", "2026-12-01T09:00:00Z"),
    ("month-0", "2026-00-01T09:00:00Z", "2026-01-01T09:00:00Z"),
    ("day-0", "2026-05-00T09:00:00Z", NOON),
    ("hour-24-and-a-second", "2026-05-01T24:00:01Z", "2026-05-01T24:00:00Z"),
    ("hour-24-and-a-fraction", "2026-05-01T24:00:00.1Z", "2026-05-01T24:00:00.0Z"),
    ("hour-25", "2026-05-01T25:00:00Z", "2026-05-01T23:00:00Z"),
    ("second-60", "2026-06-30T23:59:60Z", "2026-06-30T23:59:59Z"),
    ("minute-60", "2026-05-01T23:60:00Z", "2026-05-01T23:59:00Z"),
    ("beyond-9999-in-utc", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59+14:00"),
    ("beyond-9999-at-24", "9999-12-31T24:00:00Z", "9999-12-30T24:00:00Z"),
    ("before-year-1-in-utc", "0001-01-01T00:00:00+00:01", "0001-01-01T00:00:00-00:01"),
    ("year-0", "0000-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
    ("year-minus-1", "-0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("year-of-five-digits", "12026-05-01T09:00:00Z", NOON),
    ("year-with-leading-zero", "02026-05-01T09:00:00Z", NOON),
    ("year-of-two-digits", "26-05-01T09:00:00Z", NOON),
    ("offset-14-01", "2026-05-01T09:00:00+14:01", "2026-05-01T09:00:00+14:00"),
    ("offset-15", "2026-05-01T09:00:00-15:00", "2026-05-01T09:00:00-14:00"),
    ("offset-without-colon", "2026-05-01T09:00:00+0200", "2026-05-01T09:00:00+02:00"),
    ("offset-of-hours", "2026-05-01T09:00:00+02", "2026-05-01T09:00:00+02:00"),
    ("offset-minus-sign-u2212", "2026-05-01T09:00:00\u221207:00", "2026-05-01T09:00:00-07:00"),
    ("lower-case-t", "2026-05-01t09:00:00Z", NOON),
    ("lower-case-z", "2026-05-01T09:00:00z", NOON),
    ("space-for-t", "2026-05-01 09:00:00Z", NOON),
    ("no-seconds", "2026-05-01T09:00Z", NOON),
    ("no-time", "2026-05-01", NOON),
    ("basic-format", "20260501T090000Z", NOON),
    ("week-date", "2026-W18-5T09:00:00Z", NOON),
    ("ordinal-date", "2026-121T09:00:00Z", NOON),
    ("comma-for-point", "2026-05-01T09:00:00,5Z", "2026-05-01T09:00:00.5Z"),
    ("point-without-digits", "2026-05-01T09:00:00.Z", "2026-05-01T09:00:00.123456789Z"),
    ("digits-of-another-script", "\u0968\u0966\u0968\u096c-05-01T09:00:00Z", NOON),
    ("full-width-digits", "\uff12\uff10\uff12\uff16-05-01T09:00:00Z", NOON),
    ("named-zone", "2026-05-01T09:00:00[America/Denver]", "2026-05-01T09:00:00"),
    ("epoch-text", "1767225600", NOON),
    ("american", "05/01/2026", NOON),
    ("empty", "", NOON),
    ("space-before", " 2026-05-01T09:00:00Z", NOON),
    ("newline-after", "2026-05-01T09:00:00Z\n", NOON),
    ("fraction-without-end", "2026-05-01T09:00:00." + "0" * 4_000 + "Z", "2026-05-01T09:00:00.000Z"),
    ("two-dates", "2026-05-01T09:00:00Z/2026-05-02T09:00:00Z", NOON),
    ("words", "next spring", NOON),
)
ELSEWHERE = (
    "validUntil", "awardedDate", "credentialSubject/activityStartDate", "credentialSubject/activityEndDate",
    "proof/0/created", "proof/0/expires",
)  # fmt: skip


def judge(data: bytes, suffix: str) -> str:
    try:
        check_shape(parse(data))
    except (DocumentError, CredentialError) as refusal:
        return refusal.code
    return "ok"


def dated(path: str, value: Any) -> bytes:
    """A small good credential with this value in one member."""
    document: dict[str, Any] = {
        **{name: CREDENTIAL[name] for name in ("@context", "id", "type", "validFrom")},
        "issuer": "did:web:badges.riverbend.example",
        "credentialSubject": {
            "id": "urn:uuid:1",
            "type": ["AchievementSubject"],
            "achievement": {
                name: ACHIEVEMENT[name] for name in ("id", "type", "name", "description", "criteria")
            },
        },
        "proof": [{"type": "DataIntegrityProof"}],
    }
    document = copy.deepcopy(document)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    holder: Any = document
    for step in steps:
        holder = holder[step]
    holder[last] = value
    return json.dumps(document, separators=(",", ":")).encode()


def cases() -> Iterator[Case]:
    for name, bad, good in BAD:
        yield Case(f"LD-21-{name}", dated("validFrom", bad), "json", "bad_date", dated("validFrom", good))
    for path in ELSEWHERE:
        # Two that the pattern of our schema lets through, so that the calendar's own guard is met everywhere.
        for word, bad in (("february-30", "2026-02-30T09:00:00Z"), ("week-date", "2026-W18-5T09:00:00Z")):
            name = f"LD-21-{path.replace('/', '-')}-{word}"
            yield Case(name, dated(path, bad), "json", "bad_date", dated(path, "2027-05-01T12:00:00Z"))
    for name, value in (
        ("number", 1_767_225_600),
        ("list", [NOON]),
        ("object", {"@value": NOON}),
        ("true", True),
    ):
        yield Case(f"LD-21-{name}", dated("validFrom", value), "json", "schema", dated("validFrom", NOON))

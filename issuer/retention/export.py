"""Everything that is held about one student, as a ZIP archive: for the student, a parent, or another school.

`everything.json` has every row of every table; `badges/` and `evidence/` have the files as they are given
out; `READ-ME.txt` says in plain words what each part is, how long it is kept, and who did
what with it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from issuer.catalog.retention import CLASS_NAMES, Schedule
from issuer.errors import IssuerError
from issuer.retention.register import Table, about_students
from issuer.roster.package import pack_files
from issuer.rule_sets import retention_on
from issuer.store import audit, dossier, holds, personal, queries
from issuer.store.audit import MOST_READ, Wanted
from issuer.store.personal import Keys
from issuer.store.session import Session, Store

MOST_EVENTS: Final = 20_000
"""Entries of the audit trail that one export has."""
_SUFFIX: Final = {"vc": "json", "jwt": "jwt"}
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME: Final = 80
_Found = Sequence[tuple[Table, Sequence[Mapping[str, Any]]]]


def export(store: Store, district_id: str, student_id: str, *, now: datetime, actor: str) -> bytes:
    """Everything about one student. That it was exported is in the audit trail, which is written first.

    Raises:
        IssuerError: `not_found` where nothing is held.
    """
    with store.transaction() as session:
        keys = personal.keys_of(session, district_id, student_id, now)
        if not personal.anything(session, district_id, keys):
            raise IssuerError("not_found", f"nothing is held about a student {student_id}")
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="student.exported",
            subject=student_id,
            facts={},
        )
    with store.reading() as session:
        district = queries.district(session, district_id)
        schedule = retention_on(session, district_id, now.astimezone().date())
        inside = dossier.in_house(session, district_id, keys.credentials, now)
        tables = [
            (one, rows)
            for one in about_students()
            if (rows := _may_leave(one, personal.rows_of(session, district_id, one, keys), inside))
        ]
        events = _events(session, district_id, keys)
        held = holds.hold(session, district_id, student_id) is not None
    files = _files(tables)
    everything = {
        "district": {"id": district.did, "name": district.name},
        "student": student_id,
        "exportedAt": now.isoformat(timespec="seconds"),
        "legalHold": held,
        "records": {one.name: _shown(rows) for one, rows in tables},
        "whoDidWhat": events,
    }
    files["everything.json"] = _json(everything)
    files["READ-ME.txt"] = _words(district.name, student_id, tables, schedule, events).encode()
    return pack_files(files)


def _may_leave(
    table: Table, rows: Sequence[Mapping[str, Any]], inside: Collection[str]
) -> list[Mapping[str, Any]]:
    """Rows without the signed badges of a batch that can be undone: no file can be called back."""
    return [one for one in rows if table.name != "secured" or one["credential_id"] not in inside]


def _events(session: Session, district_id: str, keys: Keys) -> list[dict[str, Any]]:
    """What the audit trail has about the student, oldest first: who did what, and when."""
    found: list[dict[str, Any]] = []
    for subject in (keys.student_id, *keys.awards, *keys.credentials, *keys.requests):
        before = None
        while len(found) < MOST_EVENTS:
            rows = audit.read(session, district_id, Wanted(subject=subject, before=before, most=MOST_READ))
            found += [
                {"row": row.number, "at": row.at.isoformat(), "by": row.actor, "what": row.action,
                 "to": row.subject, "facts": row.facts}
                for row in rows
            ]  # fmt: skip
            if len(rows) < MOST_READ:
                break
            before = rows[-1].number
    return sorted(found, key=lambda one: one["row"])[:MOST_EVENTS]


def _files(tables: _Found) -> dict[str, bytes]:
    """The badges and the evidence, as files."""
    made: dict[str, bytes] = {}
    for one, rows in tables:
        for row in rows:
            if one.name == "secured":
                stem = str(row["credential_id"]).removeprefix("urn:uuid:")
                made[f"badges/{stem}-{row['number']}.{_SUFFIX[row['form']]}"] = bytes(row["body"])
            elif one.name == "evidence" and row["body"] is not None:
                # The name in the archive is ours: one that somebody chose could lead out of the folder.
                name = _UNSAFE.sub("-", str(row["name"])).strip(".-")[-_LONGEST_NAME:] or "file"
                made[f"evidence/{len(made) + 1:03}-{name}"] = bytes(row["body"])
    return made


def _shown(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: _value(one) for name, one in row.items() if name != "district_id"} for row in rows]


def _value(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode("ascii")}
    return value.isoformat() if isinstance(value, date) else value


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _words(
    district: str,
    student_id: str,
    tables: _Found,
    schedule: Schedule,
    events: Sequence[Mapping[str, Any]],
) -> str:
    lines = [
        f"What {district} holds about the student {student_id}",
        "",
        "This folder has personal records. Keep it where only you can read it.",
        "",
        "everything.json   every record, as the district's program keeps it",
        "badges            each badge as it was signed; show it, or keep it",
        "evidence          files on which badges rest",
        "",
        "WHAT IS HELD, AND WHY",
    ]
    for one, rows in tables:
        lines += ["", f"{one.name}: {len(rows)}", f"  Why: {one.purpose}."]
        lines += [f"  {words}" for words in one.elements.values()]
        if one.record_class is not None:
            lines.append(f"  How long: {kept(schedule, one)}")
    lines += ["", "WHO DID WHAT", ""]
    lines += [f"{one['at'][:16].replace('T', ' ')}  {one['what']:<26} {one['by']}" for one in events]
    lines += [
        "",
        "Something is wrong? You may ask the district to correct it. A badge is corrected by a new one.",
        "",
    ]
    return "\n".join(lines)


def kept(schedule: Schedule, table: Table) -> str:
    """How long a table's rows are kept, in words."""
    if table.record_class is None:
        return ""
    period = schedule.periods[table.record_class]
    months = "for good" if period.months is None else f"{period.months} months"
    return f"{months} ({CLASS_NAMES[table.record_class]}). {period.basis}"

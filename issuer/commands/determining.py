"""`cairn determine`: judge students, and issue what they have shown and what is not determined yet.

How a day's decisions and rules are found is a parameter: `command` makes the command for one way of finding.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from credential.readiness import Subject
from issuer.access.policy import Apart, Kind
from issuer.commands.desk import Desk
from issuer.decisions.decision import Decision
from issuer.determining import Candidate, Determination, assess, candidates, determine
from issuer.district import offer_readiness
from issuer.errors import IssuerError
from issuer.issuance import Issued, resume
from issuer.prepare import PrepareRefused
from issuer.publication import publish_due
from issuer.readiness import RuleSet
from issuer.readiness_words import sentences, uncounted
from issuer.securing import release
from issuer.store import queries
from issuer.store.session import Session
from issuer.store.tables import District
from keys.signer import Signer

NO_RULE = "no option of the menu applies on that day"
PARTIAL = 4
"""The exit code when some students need a person."""

Judging: TypeAlias = Callable[[Session, str, date, Collection[str]], tuple[Sequence[Decision], RuleSet]]
"""Session, district, day, and the codes that a student holds -> the decisions and the rules of the day."""

_FAULTS = frozenset({"names_differ", "too_much_evidence", "award_ref_reused", "state_conflict", "bad_text"})
"""What is wrong with one student's determination; anything else stops the run."""


def command(judging: Judging) -> Callable[..., None]:
    """The command, for one way of finding a day's decisions and rules."""

    def determine_(
        ctx: typer.Context,
        *,
        student: Annotated[str, typer.Option(help="One student's number.")] = "",
        everybody: Annotated[bool, typer.Option("--all", help="Every student.")] = False,
        on: Annotated[
            str, typer.Option(help="Judge for this day, such as 2026-06-01; today if left out.")
        ] = "",
        name: Annotated[str, typer.Option(help="With --student: the name for the badge.")] = "",
        out: Annotated[Path | None, typer.Option(help="A folder for the badges, one file each.")] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge and issue nothing.")] = False,
    ) -> None:
        """Determine readiness in English and math, and issue a badge for what was shown.

        Run it again: a subject is determined once. Exit code 4 means that some students need a person.
        """
        desk: Desk = ctx.obj
        if everybody == bool(student):
            raise IssuerError("bad_setting", "name one student with --student, or take --all")
        if name and not student:
            raise IssuerError("bad_setting", "--name goes with --student")
        run(desk, judging, student=student, on=_day(desk, on), name=name or None, out=out, dry_run=dry_run)

    return determine_


def run(
    desk: Desk,
    judging: Judging,
    *,
    student: str,
    on: date,
    name: str | None,
    out: Path | None,
    dry_run: bool,
) -> None:
    """Judge one student or, with "", all of them; print what came of each."""
    district = desk.district()
    if not dry_run:
        desk.two_people(Kind.ISSUE_BATCH, f"determine:{on.isoformat()}", pair=Apart.RECORD_AND_ISSUE)
    offer_readiness(desk.store(), district.id, now=desk.now(), actor=desk.actor)
    signer = None if dry_run else desk.signer(district)
    if signer is not None:
        # What a crash left prepared is signed as it was judged: on another day it would be another.
        resume(desk.store(), district.id, signer=signer, now=desk.now(), actor=desk.actor)
    with desk.store().reading() as session:
        asked = candidates(session, district.id, students=[student] if student else None)
        if student and not asked:
            raise IssuerError("not_found", f"nothing is recorded of student {student}")
        judged = [(one, *_rules(session, judging, district, on, one)) for one in asked]
    rows = []
    for one, decisions, rules in judged:
        row, issued = _one(desk, district, signer, one, decisions, rules, on, name)
        rows.append(row)
        if out is not None and issued is not None:
            _write(desk, district, out, issued)
    if signer is not None:
        publish_due(desk.store(), district.id, signer, clock=desk.now, actor=desk.actor)
    desk.data({"district": district.id, "on": on.isoformat(), "students": rows}, "\n".join(_lines(rows)))
    if any(row["outcome"] == "refused" for row in rows):
        raise typer.Exit(PARTIAL)


def _rules(
    session: Session, judging: Judging, district: District, on: date, one: Candidate
) -> tuple[Sequence[Decision], RuleSet]:
    return judging(session, district.id, on, {held.code for held in one.record.certifications})


def _one(  # noqa: PLR0917 - what judging one student takes
    desk: Desk,
    district: District,
    signer: Signer | None,
    one: Candidate,
    decisions: Sequence[Decision],
    rules: RuleSet,
    on: date,
    name: str | None,
) -> tuple[dict[str, Any], Issued | None]:
    row: dict[str, Any] = {"student": one.student_id}
    try:
        found = assess(one, decisions, rules, on, name=name)
        row |= _judged(found)
        if found.award is None:
            return row, None
        if found.award.recipient_name is None:
            why = "no name is known: give it with --student and --name"
            return row | {"outcome": "refused", "code": "no_name", "why": why}, None
        done = determine(
            found,
            store=desk.store(),
            district_id=district.id,
            signer=signer,
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
        )
    except PrepareRefused as fault:
        why = "; ".join(str(each.message) for each in fault.faults)
        return row | {"outcome": "refused", "code": fault.code, "why": why}, None
    except IssuerError as fault:
        if fault.code not in _FAULTS:
            raise
        return row | {"outcome": "refused", "code": fault.code, "why": fault.message}, None
    if done.issued is None:
        return row, None
    issued = {"outcome": "issued", "credential_id": done.issued.credential_id}
    return row | issued | {"award_ref": done.issued.award_ref}, done.issued


def _judged(found: Determination) -> dict[str, Any]:
    return {
        "outcome": found.code,
        "version": found.readiness.document.version,
        "determined": list(found.award.determined.subjects) if found.award and found.award.determined else [],
        "subjects": {
            str(subject): {
                "met": judgement is not None and judgement.met,
                "why": list(sentences(judgement)) if judgement else [NO_RULE],
                "not_counted": list(uncounted(found.readiness.uncounted[subject])),
            }
            for subject, judgement in ((s, found.readiness.judgements.get(s)) for s in Subject)
        },
    }


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['student']:<12} {row['outcome']}  {' '.join(row.get('determined', []))}".rstrip()
        for words in (row.get("why"), row.get("credential_id")):
            if words:
                yield f"    {words}"
        for subject, judged in row.get("subjects", {}).items():
            yield f"    {subject}: {'met' if judged['met'] else 'not met'}"
            yield from (f"      {line}" for line in judged["why"])
            if not judged["met"]:
                yield from (f"      does not count: {line}" for line in judged["not_counted"])


def _write(desk: Desk, district: District, folder: Path, issued: Issued) -> None:
    """One determination as a file, named by its id."""
    with desk.store().transaction() as session:
        row = queries.credential(session, district.id, issued.credential_id, lock=True)
        release(session, row, now=desk.now(), actor=desk.actor)
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / issued.credential_id.removeprefix("urn:uuid:")
    stem.with_suffix(".json").write_bytes(issued.document)


def _day(desk: Desk, text: str) -> date:
    """The day that was asked for, or today where this machine is."""
    if not text:
        return min(desk.now().astimezone().date(), desk.now().date())
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise IssuerError("bad_time", f"{text!r} is not a day such as 2026-06-01") from fault

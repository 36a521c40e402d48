"""`cairn issue`, `cairn export`, `cairn revoke` and `cairn publish`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from credential.withdrawal import Reason
from issuer.access.policy import Apart, Kind
from issuer.award import Award
from issuer.commands.checking import answers, checked_sheet, run_date
from issuer.commands.desk import Desk
from issuer.commands.issued_rows import Done, Wish, run_rows, write_files
from issuer.commands.jobs import held_for
from issuer.commands.sharing import check_links, find, links
from issuer.district import district_catalogue, offer_decided
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.jobs.asking import Wanted, ask_awards, sheet_digest
from issuer.places.place import Put
from issuer.public_documents import public_documents
from issuer.publication import publish_due
from issuer.revocation import revoke as revoke_credential
from issuer.roster import Checked, Order, Outcome, SheetReport, report_csv
from issuer.store import queries
from issuer.store.tables import District
from keys.signer import Signer

PARTIAL = 4
"""The exit code when some rows failed."""


def issue_sheet(
    ctx: typer.Context,
    sheet: Annotated[Path, typer.Argument(help="A sheet: CSV, .xlsx, .xls or .ods; - for standard input.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row and issue nothing.")] = False,
    jwt: Annotated[bool, typer.Option("--jwt", help="Sign each badge as a JWT too.")] = False,
    share: Annotated[
        bool, typer.Option("--share", help="Make a link and a code for each badge of an adult.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="A folder for the badges, one file each.")] = None,
    report: Annotated[Path | None, typer.Option(help="A file for the report as CSV.")] = None,
    dates: Annotated[Order | None, typer.Option(help="How the sheet writes days with slashes.")] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="A folder with evidence: A-1.jpg goes to the award A-1.")
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE, as a question of the sheet asks; may be repeated.")
    ] = None,
    fixes: Annotated[Path | None, typer.Option(help="A JSON file of corrections to rows.")] = None,
    problems: Annotated[
        Path | None, typer.Option(help="A workbook for the rows that need a person, with what to fix.")
    ] = None,
    today: Annotated[str, typer.Option(help="With --dry-run: check as if on this day.")] = "",
    background: Annotated[
        bool, typer.Option("--background", help="Leave the issuing to workers; see `cairn jobs`.")
    ] = False,
) -> None:
    """Issue a badge for each ready row of a sheet, and say what became of every row.

    Run it again after mending rows: what was issued is not issued twice. Exit code 4 means that some rows
    need a person.
    """
    desk: Desk = ctx.obj
    _check_options(dry_run=dry_run, today=today, evidence=evidence)
    if background and (dry_run or share or out is not None or evidence is not None):
        raise IssuerError(
            "bad_setting", "--background issues badges and gives none out: leave the others away"
        )
    if share:
        check_links(desk)
    district = desk.district()
    data = sys.stdin.buffer.read() if str(sheet) == "-" else sheet.read_bytes()
    with desk.store().reading() as session:
        catalogue = district_catalogue(session, district.id)
    given = answers(answer or ()) | ({"dates": dates.value} if dates else {})
    looked = checked_sheet(
        desk, district, data, catalogue, run_date=run_date(desk, today), given=given, fixes=fixes
    )
    checked = looked.report
    if not dry_run:
        digest = hashlib.sha256(data).hexdigest()
        desk.two_people(Kind.ISSUE_BATCH, f"sheet:{digest}", pair=Apart.RECORD_AND_ISSUE)
    if background:
        _leave_to_workers(desk, district, checked, jwt=jwt)
        return
    signer = None if dry_run else _signer(desk, district)
    wish = Wish(jwt=jwt, share=share, out=out, evidence=evidence)
    done, stopped = run_rows(desk, district, checked.rows, signer, wish=wish, catalogue=catalogue)
    if signer is not None and stopped is None:
        publish_due(desk.store(), district.id, signer, clock=desk.now, actor=desk.actor)
    final = replace(checked, rows=tuple(one.row for one in done))
    _write_reports(looked, final, report, problems)
    _print(desk, district, done)
    _summary(desk, final, done, dry_run=dry_run)
    if stopped is not None:
        if len(done) < len(checked.rows):
            desk.say(f"Stopped at row {checked.rows[len(done)].line}; run it again to go on from there.")
        raise stopped
    if final.count(Outcome.REJECT):
        raise typer.Exit(PARTIAL)


def _leave_to_workers(desk: Desk, district: District, checked: SheetReport, *, jwt: bool) -> None:
    """Ask for the ready rows as a batch. The same rows again are the same batch."""
    wanted = [
        Wanted(Award.from_row(row.award, also_jwt=jwt), row.award.school_code, row.award.credential_code)
        for row in checked.rows
        if row.award is not None
    ]
    job = ask_awards(
        desk.store(),
        district.id,
        wanted,
        key=f"awards:{sheet_digest(wanted)}",
        hold=held_for(desk),
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    desk.data(job.to_json(), f"{job.id}  {job.done} of {job.total}")
    desk.say(f"cairn jobs show {job.id} --follow says how far it is; a worker carries it out.")
    if checked.count(Outcome.REJECT):
        raise typer.Exit(PARTIAL)


def _signer(desk: Desk, district: District) -> Signer:
    """Who signs, once the achievements say what is decided today."""
    offer_decided(desk.store(), district.id, now=desk.now(), actor=desk.actor)
    return desk.signer(district)


def _check_options(*, dry_run: bool, today: str, evidence: Path | None) -> None:
    """Refuse options that contradict each other, before anything is done."""
    if evidence is not None and dry_run:
        raise IssuerError("bad_setting", "--evidence attaches files, so it does not go with --dry-run")
    if today and not dry_run:
        raise IssuerError(
            "bad_setting", "--today goes with --dry-run only: badges are issued on the day that is"
        )


def _write_reports(looked: Checked, final: SheetReport, report: Path | None, problems: Path | None) -> None:
    """What became of the rows, and those that need a person as a workbook, where they are wanted."""
    if report is not None:
        report.write_text(report_csv(final), "utf-8")
    if problems is not None:
        from issuer.render.workbook import problem_rows  # noqa: PLC0415 - loaded where a workbook is written

        problems.write_bytes(problem_rows(replace(looked, report=final)))


def _print(desk: Desk, district: District, done: list[Done]) -> None:
    rows = []
    for one in done:
        row: dict[str, Any] = {
            "line": one.row.line,
            "award_ref": one.row.award_ref,
            "outcome": one.row.outcome.value,
            "code": one.row.code,
            "why": one.row.why,
            "notes": [{"code": note.code, "text": note.text} for note in one.row.notes],
        }
        if one.issued is not None:
            row["credential_id"] = one.issued.credential_id
            row["achievement"] = one.row.award.credential_code if one.row.award else ""
        if one.share is not None:
            row["share"] = links(desk, one.share)
        rows.append(row)
    desk.data({"district": district.id, "rows": rows}, "\n".join(_lines(rows)))


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"row {row['line']:>4}  {row['award_ref']:<12} {row['outcome']:<7} {row['code']}".rstrip()
        for words in (row["why"], *(note["text"] for note in row["notes"])):
            if words:
                yield f"          {words}"
        shown = row.get("share", {})
        for words in (row.get("credential_id"), shown.get("link"), shown.get("code")):
            if words:
                yield f"          {words}"


def _summary(desk: Desk, report: SheetReport, done: list[Done], *, dry_run: bool) -> None:
    issued = sum(one.issued is not None for one in done)
    ready = report.count(Outcome.READY)
    rejected, skipped = report.count(Outcome.REJECT), report.count(Outcome.SKIP)
    said = f"{_count(ready, 'row is', 'rows are')} ready; nothing was issued"
    if not dry_run:
        said = f"{_count(issued, 'badge is', 'badges are')} issued"
    desk.say(
        f"{said}; {_count(rejected, 'row needs', 'rows need')} a person, "
        f"{_count(skipped, 'was', 'were')} skipped."
    )
    if any(one.row.code == "AMBIGUOUS_DATE" for one in done):
        desk.say("To say it once for the sheet, add --dates month-first or --dates day-first.")


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    badges: Annotated[list[str] | None, typer.Argument(help="Which badges; without any, all.")] = None,
) -> None:
    """Write badges as files as they are today: JSON, JWT where there is one, and pictures that carry them."""
    desk: Desk = ctx.obj
    district = desk.district()
    wanted = [find(desk, district, named) for named in badges or []]
    with desk.store().reading() as session:
        catalogue = district_catalogue(session, district.id)
        wanted = wanted or queries.signed_ids(session, district.id)
        codes = queries.codes_of(session, district.id, wanted)
    for credential_id in wanted:
        issued = stored(desk.store(), district.id, credential_id)
        write_files(desk, district, folder, issued, catalogue.get(codes[credential_id]))
    desk.data({"folder": str(folder), "badges": wanted}, f"{len(wanted)} badges are in {folder}")


def revoke(
    ctx: typer.Context,
    badge: Annotated[str, typer.Argument(help="The badge's urn:uuid, or its award reference.")],
    *,
    reason: Annotated[Reason, typer.Option(help="Why, as coarse as strangers may know it.")],
    note: Annotated[str, typer.Option(help="For the district's own eyes.")] = "",
) -> None:
    """Revoke a badge for good, and publish the list that says so."""
    desk: Desk = ctx.obj
    district = desk.district()
    found = find(desk, district, badge)
    desk.two_people(Kind.WITHDRAW, found)
    revoked = revoke_credential(
        desk.store(),
        district.id,
        found,
        reason=reason,
        note=note,
        now=desk.now(),
        actor=desk.actor,
    )
    publish_due(desk.store(), district.id, desk.signer(district), clock=desk.now, actor=desk.actor)
    when = revoked.revoked_at.isoformat(timespec="seconds")
    said = "is revoked" if revoked.first else f"was revoked before, on {when}"
    desk.data(
        {
            "credential_id": revoked.credential_id,
            "revoked_at": when,
            "reason": revoked.reason.value,
            "first": revoked.first,
        },
        f"{revoked.credential_id} {said} ({revoked.reason.value}); the list that says so is published",
    )


def publish(
    ctx: typer.Context,
    *,
    to: Annotated[
        str,
        typer.Option(
            help="Put every public document there too: a folder or s3://BUCKET/PREFIX; or CAIRN_PUBLISH_TO."
        ),
    ] = "",
) -> None:
    """Publish what is due: the DID document, and every list that is behind or nears its end."""
    desk: Desk = ctx.obj
    district = desk.district()
    place = desk.place(district, to)
    offer_decided(desk.store(), district.id, now=desk.now(), actor=desk.actor)
    outcomes = publish_due(desk.store(), district.id, desk.signer(district), clock=desk.now, actor=desk.actor)
    rows: list[dict[str, Any]] = [
        {"url": f"{district.origin}/{one.path}", "version": one.version, "published": one.published}
        for one in outcomes
    ]
    words = [
        f"{row['url']} version {row['version']}{' published' if row['published'] else ' stands'}"
        for row in rows
    ]
    if place is not None:
        done = place.put(public_documents(desk.store(), district.id))
        rows += [{"put": path, "outcome": what.value} for path, what in done.items()]
        words += [f"{path} {what.value}" for path, what in done.items() if what is not Put.STANDS]
        words.append(f"{len(done)} public documents are in {to or desk.settings.publish_to}")
    desk.data(rows, "\n".join(words))

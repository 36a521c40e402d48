"""`cairn issue`, `cairn export`, `cairn revoke`, `cairn publish`, `cairn restored`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from credential.withdrawal import Reason
from issuer.award import Award
from issuer.catalog import Entry
from issuer.commands.checking import answers, checked_sheet, run_date
from issuer.commands.desk import Desk
from issuer.commands.evidence import attach_folder
from issuer.commands.sharing import check_links, find, give_share, links
from issuer.district import district_catalogue, offer_decided
from issuer.errors import IssuerError
from issuer.evidence.errors import EvidenceRefused
from issuer.issuance import Issued, issue, rehearse, stored
from issuer.prepare import PrepareRefused
from issuer.publication import publish_due
from issuer.revocation import revoke as revoke_credential
from issuer.roster import AwardRow, Checked, Note, Order, Outcome, RowReport, SheetReport, report_csv
from issuer.securing import release
from issuer.shares import NewShare
from issuer.store import audit, queries, report_queries, status_lists
from issuer.store.tables import District
from keys.signer import Signer

PARTIAL = 4
"""The exit code when some rows failed."""

_ROW_FAULTS = frozenset({"award_ref_reused", "bad_text", "bad_time", "bad_number", "not_found"})
"""What is wrong with one row; anything else stops the run. Run again, it goes on where it stopped."""


@dataclass(frozen=True, slots=True)
class Done:
    """A row, and what came of it beyond the check."""

    row: RowReport
    issued: Issued | None = None
    share: NewShare | None = None


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
) -> None:
    """Issue a badge for each ready row of a sheet, and say what became of every row.

    Run it again after mending rows: what was issued is not issued twice. Exit code 4 means that some rows
    need a person.
    """
    desk: Desk = ctx.obj
    _check_options(dry_run=dry_run, today=today, evidence=evidence)
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
    signer = None if dry_run else _signer(desk, district)
    done: list[Done] = []
    stopped: ValueError | None = None
    for row in checked.rows:
        try:
            one = _one(desk, district, row, signer, jwt=jwt, share=share, evidence=evidence)
        except ValueError as fault:
            # Links and codes are told once: what was done before the fault must still be printed.
            stopped = fault
            break
        done.append(one)
        if out is not None and one.issued is not None and one.row.award is not None:
            _write(desk, district, out, one.issued, catalogue.get(one.row.award.credential_code))
    if signer is not None and stopped is None:
        publish_due(desk.store(), district.id, signer, clock=desk.now, actor=desk.actor)
    final = replace(checked, rows=tuple(one.row for one in done))
    _write_reports(looked, final, report, problems)
    _print(desk, district, done)
    _summary(desk, final, done, dry_run=dry_run)
    if stopped is not None:
        desk.say(f"Stopped at row {checked.rows[len(done)].line}; run it again to go on from there.")
        raise stopped
    if final.count(Outcome.REJECT):
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


def _one(
    desk: Desk,
    district: District,
    row: RowReport,
    signer: Signer | None,
    *,
    jwt: bool,
    share: bool,
    evidence: Path | None,
) -> Done:
    """Issue one ready row, or rehearse it where there is no signer; a row's fault is its outcome."""
    if row.award is None:
        return Done(row)
    try:
        if evidence is not None:
            attach_folder(desk, district, evidence, row.award_ref)
        return _issued(desk, district, row, row.award, signer, jwt=jwt, share=share)
    except PrepareRefused as fault:
        return Done(_rejected(row, fault.code, "; ".join(str(one.message) for one in fault.faults)))
    except IssuerError as fault:
        if fault.code not in _ROW_FAULTS and not isinstance(fault, EvidenceRefused):
            raise
        return Done(_rejected(row, fault.code, fault.message))


def _issued(
    desk: Desk,
    district: District,
    row: RowReport,
    award_row: AwardRow,
    signer: Signer | None,
    *,
    jwt: bool,
    share: bool,
) -> Done:
    award = Award.from_row(award_row, also_jwt=jwt)
    if signer is None:
        rehearse(award, store=desk.store(), district_id=district.id, now=desk.now())
        return Done(row)
    with desk.store().transaction() as session:
        # Before the badge, so that no crash leaves a badge of which nobody knows the school.
        report_queries.put_school(session, district.id, award.award_ref, award_row.school_code)
    made = issue(
        award,
        store=desk.store(),
        district_id=district.id,
        signer=signer,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    if not share:
        return Done(row, made)
    try:
        return Done(row, made, give_share(desk, district, made.credential_id))
    except IssuerError as fault:
        if fault.code != "not_agreed":
            raise
        return Done(
            replace(row, notes=(*row.notes, Note("LINK_WAITS", f"No link yet: {fault.message}."))), made
        )


def _rejected(row: RowReport, code: str, why: str) -> RowReport:
    return RowReport(row.line, row.award_ref, Outcome.REJECT, code.upper(), why)


def _write(desk: Desk, district: District, folder: Path, issued: Issued, entry: Entry | None) -> None:
    """One badge as files, named by its id."""
    from issuer.badge_files import badge_files  # noqa: PLC0415 - what draws is loaded where something is drawn
    from issuer.pictures import picture_at  # noqa: PLC0415 - likewise

    with desk.store().transaction() as session:
        row = queries.credential(session, district.id, issued.credential_id, lock=True)
        release(session, row, now=desk.now(), actor=desk.actor)
        at = row.signed_at or desk.now()
        picture = picture_at(session, district.id, entry, at) if entry else None
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / issued.credential_id.removeprefix("urn:uuid:")
    for suffix, content in badge_files(issued.document, issued.jwt, entry, picture).items():
        stem.with_suffix(suffix).write_bytes(content)


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
        _write(desk, district, folder, issued, catalogue.get(codes[credential_id]))
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
    revoked = revoke_credential(
        desk.store(),
        district.id,
        find(desk, district, badge),
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


def publish(ctx: typer.Context) -> None:
    """Publish what is due: the DID document, and every list that is behind or nears its end."""
    desk: Desk = ctx.obj
    district = desk.district()
    offer_decided(desk.store(), district.id, now=desk.now(), actor=desk.actor)
    outcomes = publish_due(desk.store(), district.id, desk.signer(district), clock=desk.now, actor=desk.actor)
    rows = [
        {"url": f"{district.origin}/{one.path}", "version": one.version, "published": one.published}
        for one in outcomes
    ]
    words = [
        f"{row['url']} version {row['version']}{' published' if row['published'] else ' stands'}"
        for row in rows
    ]
    desk.data(rows, "\n".join(words))


def restored(ctx: typer.Context) -> None:
    """After a restore from a backup: close every open list, since its later positions may be in use."""
    desk: Desk = ctx.obj
    district = desk.district()
    now = desk.now()
    with desk.store().transaction() as session:
        closed = status_lists.close_open(session, district.id, now=now)
        audit.record(
            session,
            district.id,
            at=now,
            actor=desk.actor,
            action="store.restored",
            subject=district.id,
            facts={"closed": list(closed)},
        )
    desk.data(
        {"closed": list(closed)}, f"{len(closed)} open lists are closed; the next badge opens a new one"
    )

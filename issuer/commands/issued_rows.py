"""The rows of a sheet on their way to badges, links and files: what comes of each."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from issuer.award import Award
from issuer.catalog import Catalogue, Entry
from issuer.commands.desk import Desk
from issuer.commands.evidence import attach_folder
from issuer.commands.sharing import give_share
from issuer.errors import IssuerError
from issuer.evidence.errors import EvidenceRefused
from issuer.issuance import Issued, rehearse
from issuer.many import MOST_TOGETHER, ROW_FAULTS, NotIssued, issue_many
from issuer.prepare import PrepareRefused
from issuer.roster import Note, Outcome, RowReport
from issuer.securing import release
from issuer.shares import NewShare
from issuer.store import queries, report_queries
from issuer.store.tables import District
from keys.signer import Signer


@dataclass(frozen=True, slots=True)
class Done:
    """A row, and what came of it beyond the check."""

    row: RowReport
    issued: Issued | None = None
    share: NewShare | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted besides the badges.

    Attributes:
        jwt: Each badge as a JWT too.
        share: A link and a code for each badge of an adult.
        out: A folder for the badges.
        evidence: A folder with evidence.
    """

    jwt: bool = False
    share: bool = False
    out: Path | None = None
    evidence: Path | None = None


def run_rows(
    desk: Desk,
    district: District,
    rows: Sequence[RowReport],
    signer: Signer | None,
    *,
    wish: Wish,
    catalogue: Catalogue,
) -> tuple[list[Done], ValueError | None]:
    """Issue the ready rows, or rehearse them where there is no signer.

    Returns:
        What came of each row up to where it stopped, and what stopped it; None where nothing did.
    """
    done: list[Done] = []
    for part in _shown(rows):
        try:
            if signer is None:
                done += [_rehearsed(desk, district, row, jwt=wish.jwt) for row in part]
                continue
            issued = _issued(desk, district, part, signer, jwt=wish.jwt, evidence=wish.evidence)
        except ValueError as fault:
            return done, fault
        stopped = None
        for one in issued:
            try:
                done.append(_shared(desk, district, one) if wish.share else one)
            except ValueError as fault:
                # The badge is there, and links and codes are told once: all of it must still be printed.
                stopped, why = stopped or fault, f"No link: {fault}. Make it with cairn share."
                done.append(replace(one, row=_noted(one.row, "NO_LINK", why)))
            if wish.out is not None and one.issued is not None and one.row.award is not None:
                entry = catalogue.get(one.row.award.credential_code)
                write_files(desk, district, wish.out, one.issued, entry)
        if stopped is not None:
            return done, stopped
    return done, None


def _parts(rows: Sequence[RowReport]) -> Iterator[Sequence[RowReport]]:
    """Rows that are issued together."""
    for start in range(0, len(rows), MOST_TOGETHER):
        yield rows[start : start + MOST_TOGETHER]


def _shown(rows: Sequence[RowReport]) -> Iterator[Sequence[RowReport]]:
    """The same, with a bar where somebody looks on."""
    if sys.stderr.isatty() and len(rows) > MOST_TOGETHER:
        with typer.progressbar(length=len(rows), label="Rows", file=sys.stderr) as bar:
            for part in _parts(rows):
                yield part
                bar.update(len(part))
        return
    yield from _parts(rows)


def _rehearsed(desk: Desk, district: District, row: RowReport, *, jwt: bool) -> Done:
    """Do all with one row that leaves nothing behind; a row's fault is its outcome."""
    if row.award is None:
        return Done(row)
    award = Award.from_row(row.award, also_jwt=jwt)
    try:
        rehearse(award, store=desk.store(), district_id=district.id, now=desk.now())
    except IssuerError as fault:
        return Done(_at_fault(row, fault))
    return Done(row)


def _issued(
    desk: Desk,
    district: District,
    rows: Sequence[RowReport],
    signer: Signer,
    *,
    jwt: bool,
    evidence: Path | None,
) -> list[Done]:
    """Issue the ready rows among these together; a row's fault is its outcome."""
    done = [Done(row) for row in rows]
    awards: dict[int, Award] = {}
    for number, row in enumerate(rows):
        if row.award is None:
            continue
        try:
            if evidence is not None:
                attach_folder(desk, district, evidence, row.award_ref)
        except IssuerError as fault:
            done[number] = Done(_at_fault(row, fault))
        else:
            awards[number] = Award.from_row(row.award, also_jwt=jwt)
    with desk.store().transaction() as session:
        # Before the badges, so that no crash leaves a badge of which nobody knows the school.
        for number, award in awards.items():
            ordered = rows[number].award
            if ordered is not None:
                report_queries.put_school(session, district.id, award.award_ref, ordered.school_code)
    made = issue_many(
        list(awards.values()),
        store=desk.store(),
        district_id=district.id,
        signer=signer,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
        once=True,
    )
    for number, one in zip(awards, made, strict=True):
        row = rows[number]
        done[number] = Done(row, one) if isinstance(one, Issued) else Done(_at_fault(row, one))
    return done


def _shared(desk: Desk, district: District, one: Done) -> Done:
    """The same with a link, where somebody may have one."""
    if one.issued is None:
        return one
    try:
        return replace(one, share=give_share(desk, district, one.issued.credential_id))
    except IssuerError as fault:
        if fault.code != "not_agreed":
            raise
        return replace(one, row=_noted(one.row, "LINK_WAITS", f"No link yet: {fault.message}."))


def _noted(row: RowReport, code: str, text: str) -> RowReport:
    return replace(row, notes=(*row.notes, Note(code, text)))


def _at_fault(row: RowReport, fault: NotIssued) -> RowReport:
    """What is wrong with one row, as its outcome; anything else is raised again."""
    if isinstance(fault, PrepareRefused):
        return _rejected(row, fault.code, "; ".join(str(one.message) for one in fault.faults))
    expected = not isinstance(fault, IssuerError) or isinstance(fault, EvidenceRefused)
    if not expected and fault.code not in ROW_FAULTS:
        raise fault
    return _rejected(row, fault.code, fault.message)


def _rejected(row: RowReport, code: str, why: str) -> RowReport:
    return RowReport(row.line, row.award_ref, Outcome.REJECT, code.upper(), why)


def write_files(desk: Desk, district: District, folder: Path, issued: Issued, entry: Entry | None) -> None:
    """One badge as files, named by its id."""
    from issuer.badge_files import badge_files  # noqa: PLC0415 - what draws is loaded where something is drawn
    from issuer.carry.facts import facts_of  # noqa: PLC0415 - likewise
    from issuer.carry.picture import picture_of  # noqa: PLC0415 - likewise

    with desk.store().transaction() as session:
        row = queries.credential(session, district.id, issued.credential_id, lock=True)
        release(session, row, now=desk.now(), actor=desk.actor)
        at = row.signed_at or desk.now()
        picture = picture_of(session, district.id, facts_of(issued.document), entry, at)
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / issued.credential_id.removeprefix("urn:uuid:")
    for suffix, content in badge_files(issued.document, issued.jwt, entry, picture).items():
        stem.with_suffix(suffix).write_bytes(content)

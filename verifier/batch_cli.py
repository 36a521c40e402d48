"""`cairn-verify batch`: the same as the page for colleges, from a folder into files.

Exit codes: 0 all are valid, 4 some are not, 2 a wrong call or a sheet that cannot be used, 3 a wrong setting.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from verifier.archive import ArchiveError, open_archive
from verifier.batch.applicants import load_applicants
from verifier.batch.checking import check_items
from verifier.batch.crosswalk import Basis
from verifier.batch.crosswalk_file import load_crosswalk
from verifier.batch.export import batch_csv
from verifier.batch.numbers import key_of, take_numbers
from verifier.batch.rows import College, Row, make_rows, settle
from verifier.batch.sheet import MAX_SHEET, SheetRefused
from verifier.batch.table import cells, head, row_json, told
from verifier.batch.words import BATCH, say_fault
from verifier.cache import Cache
from verifier.checked_digest import checked_digest
from verifier.decoding import open_decoder
from verifier.evidence import Outcome, Presented, Verdict
from verifier.gather import Memory, Source, gather_presented
from verifier.intake import MAX_UPLOAD, MOST_ITEMS, Item, read_files
from verifier.policy import Policy
from verifier.presentation import verify_presented
from verifier.presented import Judged
from verifier.receipt import draft_receipt, sign_receipt
from verifier.receipt_keys import ReceiptKeys, ReceiptKeysError, open_receipt_keys
from verifier.report import explain
from verifier.settings import SettingsError, from_environment
from verifier.web.plain import plain
from verifier.words import LOCALES

USAGE, CONFIGURATION, SOME_NOT_VALID = 2, 3, 4
AT_ONCE = 4
MOST_SECONDS = 600.0
"""How long the pictures and PDFs of one call may take together."""

VERIFIER = "cairn-verify"
"""Who checked, by the receipts of a command: it has no web address."""


def batch(  # noqa: PLR0917 - each option of the command is a parameter
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR...", help="Folders or files: badges, pictures, PDFs, ZIPs, lists of links."
        ),
    ],
    crosswalk: Annotated[
        Path | None, typer.Option(help="Your crosswalk, CSV or JSON: certification to course and credits.")
    ] = None,
    in_force: Annotated[
        Basis,
        typer.Option(help="Which day a row of the crosswalk must be in force on: when earned, or today."),
    ] = Basis.EARNED,
    applicants: Annotated[
        Path | None, typer.Option(help="Your list of applicants, CSV: number, name, e-mail.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the rows into this CSV file.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write the rows into this workbook.")] = None,
    pdf: Annotated[
        Path | None,
        typer.Option(
            help="Write the rows into this PDF, with signed receipts where CAIRN_VERIFY_DATA is set."
        ),
    ] = None,
    trust: Annotated[Path | None, typer.Option(help="The trust list. Default: CAIRN_VERIFY_TRUST.")] = None,
    archive: Annotated[
        Path | None, typer.Option(help="Take every answer from this archive; ask no network.")
    ] = None,
    lang: Annotated[str, typer.Option(help="en or es.")] = "en",
    json_: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Check many badges for a college: whose they are, and what your crosswalk suggests for them.

    Exit codes: 0 all are valid, 4 some are not, 2 a wrong call or a sheet that cannot be used, 3 a wrong
    setting.
    """
    if lang not in LOCALES:
        _stop(USAGE, f"--lang {lang}: choose one of {', '.join(LOCALES)}")
    college = _college(crosswalk, applicants, in_force, lang)
    policy, keys = _settings(trust)
    source = _source(archive, policy)
    now = datetime.now(UTC)
    numbers: dict[str, tuple[str, ...]] = {}
    with open_decoder() as decoder:
        items = read_files(_files(folders, numbers), decode=decoder.for_upload(MOST_SECONDS))
    rows = asyncio.run(_rows(items, numbers, college, policy, source, now, keys, lang))
    _write(csv, lambda: batch_csv(rows, lang))
    _write(xlsx, lambda: _workbook(rows, lang))
    _write(pdf, lambda: _paper(rows, now, lang))
    if json_:
        typer.echo(json.dumps([row_json(row, lang) for row in rows], ensure_ascii=False, indent=2))
    else:
        for row in rows:
            typer.echo(_line(row, lang))
    raise typer.Exit(0 if all(row.outcome is Outcome.VALID for row in rows) else SOME_NOT_VALID)


async def _rows(  # noqa: PLR0917 - time, keys and the network are parameters
    items: Sequence[Item],
    numbers: dict[str, tuple[str, ...]],
    college: College,
    policy: Policy,
    source: Source,
    now: datetime,
    keys: ReceiptKeys | None,
    lang: str,
) -> tuple[Row, ...]:
    memory = Memory()
    rows: list[Row] = []

    async def check(presented: Presented) -> tuple[Judged, str]:
        held = await gather_presented(presented, policy, source, now, memory=memory)
        return await asyncio.to_thread(verify_presented, held, policy, now), checked_digest(held)

    def receipt(verdict: Verdict, digest: str) -> str:
        draft = draft_receipt(explain(verdict, lang), digest, VERIFIER) if keys else None
        return sign_receipt(draft, keys.signer) if keys and draft else ""

    async def take(number: int, item: Item, judged: Judged, digest: str) -> None:
        sent_under = numbers.get(key_of(item.presented), ())
        rows.extend(
            make_rows(
                number, item, judged, college, now.date(), numbers=sent_under, digest=digest, receipt=receipt
            )
        )

    await check_items(items, check, take, at_once=AT_ONCE)
    return settle(rows)


def _college(crosswalk: Path | None, applicants: Path | None, basis: Basis, lang: str) -> College:
    which = "crosswalk"
    try:
        lines = load_crosswalk(_bytes(crosswalk), basis) if crosswalk else None
        which = "applicants"
        return College(lines, load_applicants(_bytes(applicants)) if applicants else None)
    except SheetRefused as refused:
        told_first = BATCH[lang][f"sheet.{which}"]
        _stop(USAGE, "\n  ".join([told_first, *(say_fault(fault, lang) for fault in refused.faults)]))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_SHEET + 1)
    except OSError as fault:
        _stop(USAGE, f"{path}: {fault.strerror}")


def _files(folders: Sequence[Path], numbers: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file, the numbers at its links' ends taken off and kept."""
    for path in _paths(folders):
        try:
            with path.open("rb") as file:
                data = file.read(MAX_UPLOAD + 1)
        except OSError as fault:
            _stop(USAGE, f"{path}: {fault.strerror}")
        data, found = take_numbers(data)
        for key, several in found.items():
            numbers[key] = tuple(dict.fromkeys((*numbers.get(key, ()), *several)))
        yield str(path), data


def _paths(folders: Sequence[Path]) -> Iterator[Path]:
    """The files of the folders, in the order of their names; hidden ones and links out of them are left."""
    for folder in folders:
        if not folder.is_dir():
            yield folder
            continue
        found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
        inside = [
            path for path in found if not any(p.startswith(".") for p in path.relative_to(folder).parts)
        ]
        yield from inside[: MOST_ITEMS + 1]


def _settings(trust: Path | None) -> tuple[Policy, ReceiptKeys | None]:
    try:
        settings = from_environment()
        if trust is not None:
            settings = settings.model_copy(update={"trust": trust, "trust_lists": ()})
        return settings.policy(), open_receipt_keys(settings.data) if settings.data else None
    except (SettingsError, ReceiptKeysError) as fault:
        _stop(CONFIGURATION, str(fault))


def _source(archive: Path | None, policy: Policy) -> Source:
    from verifier.network import open_network  # noqa: PLC0415 - an archive is checked with no network in reach

    try:
        return open_archive(archive) if archive else Cache(open_network(policy))
    except ArchiveError as fault:
        _stop(CONFIGURATION, str(fault))


def _workbook(rows: Sequence[Row], lang: str) -> bytes:
    from verifier.render.workbook import table_workbook  # noqa: PLC0415 - only where a workbook is asked for

    return table_workbook(BATCH[lang]["column.award"], head(lang), [cells(row, lang) for row in rows])


def _paper(rows: Sequence[Row], now: datetime, lang: str) -> bytes:
    from verifier.batch.paper import paper  # noqa: PLC0415 - only where paper is asked for
    from verifier.render.batch_pdf import batch_pdf  # noqa: PLC0415 - as above

    return batch_pdf(paper(rows, VERIFIER, now, lang))


def _line(row: Row, lang: str) -> str:
    said, award = told(row, lang), row.award
    applicants = ", ".join(" ".join(filter(None, one)) for one in said.applicants)
    whose = f"{said.found_by}: {applicants}" if applicants else ""
    name = " / ".join(award.names) if award else ""
    about = (said.place, said.headline, award.name if award else "", name, whose)
    parts = (*about, *said.suggestions, *said.why_not, said.same_as, *said.look_twice)
    return plain(f"{row.label}. {' | '.join(part for part in parts if part)}".replace("\n", " "))


def _write(path: Path | None, make: Callable[[], bytes]) -> None:
    if path is None:
        return
    try:
        path.write_bytes(make())
    except OSError as fault:
        _stop(USAGE, f"{path}: {fault.strerror}")


def _stop(code: int, message: str) -> NoReturn:
    typer.echo(f"cairn-verify: {plain(message)}", err=True)
    sys.exit(code)

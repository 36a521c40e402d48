"""`cairn-verify`: check a badge from a file, a link, a code or standard input; replay a case; serve the site.

What was asked for goes to standard output, everything else to standard error. The exit code says the verdict.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, NoReturn

import typer

from verifier import batch_cli, intake, trust_cli
from verifier.archive import ArchiveError, open_archive
from verifier.cache import Cache
from verifier.decoding import open_decoder
from verifier.evidence import Code, Evidence, EvidenceError, PresentedKind
from verifier.gather import Memory, Source, gather_presented
from verifier.intake import Item, read_files
from verifier.listing import code_of, lines_of, list_json, told, told_json, worst
from verifier.moment import MomentRefused, parse_moment
from verifier.policy import Policy
from verifier.presentation import verify_presented
from verifier.presentation_report import PresentationReport
from verifier.presented import Judged
from verifier.report import CheckLine, Report
from verifier.settings import SettingsError, from_environment
from verifier.words import LOCALES

UNEXPECTED, USAGE, CONFIGURATION = 1, 2, 3

MOST_SECONDS = 600.0
"""How long the pictures and PDFs of one call may take together."""

EXIT_CODES: Mapping[Code, int] = MappingProxyType(
    {
        Code.VALID: 0,
        Code.EXPIRED: 10,
        Code.NOT_YET_VALID: 11,
        Code.REVOKED: 12,
        Code.SUSPENDED: 13,
        Code.TAMPERED: 14,
        Code.ISSUER_UNKNOWN: 15,
        Code.INCOMPLETE: 16,
        Code.UNREADABLE: 17,
        Code.NOT_FOUND: 17,
        Code.NOT_SHARED: 17,
        Code.SHARE_ENDED: 17,
        Code.REPLACED: 18,
        Code.EVIDENCE_FAILS: 19,
    }
)
"""Verdict to exit code; 1 is a bug of ours, 2 a wrong call, 3 a wrong setting."""

NOTHING_TO_CHECK = frozenset({Code.UNREADABLE, Code.NOT_FOUND, Code.NOT_SHARED, Code.SHARE_ENDED})
"""Verdicts about what is no badge, or none that is here: five questions about it would only confuse."""

_COLOURS = {"accept": "32", "not_current": "33", "refuse": "31", "cannot_tell": "35"}

app = typer.Typer(
    name="cairn-verify",
    help="Check digital badges without trusting anybody's word.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Targets = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Files of any kind, links or codes, or - for standard input; several at once too.",
    ),
]
Trust = Annotated[
    Path | None, typer.Option(help="The trust list. Default: CAIRN_VERIFY_TRUST, else nobody is known.")
]
At = Annotated[
    str | None,
    typer.Option(help="Ask about a day or a time in the past, such as 2026-05-01 or 2026-05-01T09:00:00Z."),
]
Newer = Annotated[
    bool | None,
    typer.Option(
        "--refresh/--no-refresh",
        help="Ask a recognised issuer for a newer edition, where the badge offers one. It learns that "
        "somebody checks this badge. Default: CAIRN_VERIFY_REFRESH, else not.",
    ),
]
Kept = Annotated[Path | None, typer.Option(help="Take every answer from this archive; ask no network.")]
Lang = Annotated[str, typer.Option(help="en or es.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
SaveTo = Annotated[Path | None, typer.Option(help="Keep the whole case in this file, for `replay`.")]


@app.command()
def check(  # noqa: PLR0917 - each option of the command is a parameter
    targets: Targets,
    trust: Trust = None,
    at: At = None,
    refresh: Newer = None,
    archive: Kept = None,
    lang: Lang = "en",
    json_: AsJson = False,  # noqa: FBT002 - a flag of the command line
    save_evidence: SaveTo = None,
) -> None:
    """Check a badge, or several: the file itself, a picture, a PDF, a ZIP file, a list of links.

    Several are told of in one line each, and the exit code is that of the worst, as it is for a presentation.

    Exit codes: 0 valid, 10 expired, 11 not yet valid, 12 withdrawn, 13 paused, 14 changed, 15 issuer unknown,
    16 could not finish, 17 unreadable or not shared, 18 replaced, 19 not borne out by what is inside it.
    """
    now = _now()
    policy = replace(_policy(trust, refresh=refresh), at=_moment(at, now))
    source = _open(archive) if archive else Cache(_network(policy))
    items = _read(targets)
    if save_evidence and len(items) > 1:
        _stop(USAGE, "--save-evidence keeps one case: check one badge at a time with it")
    cases = asyncio.run(_gather_each(items, policy, source, now))
    if save_evidence:
        _save(save_evidence, cases[0])
    verdicts = [verify_presented(held, policy, now) for held in cases]
    if len(items) == 1:
        _tell(verdicts[0], lang, as_json_text=json_)
    _tell_all(list(zip(items, verdicts, strict=True)), lang, as_json_text=json_)


@app.command()
def replay(  # noqa: PLR0917 - each option of the command is a parameter
    case: Annotated[Path, typer.Argument(help="A file that `check --save-evidence` wrote.")],
    trust: Trust = None,
    at: At = None,
    refresh: Newer = None,
    lang: Lang = "en",
    json_: AsJson = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Judge a saved case again, without a network and at its own time.

    A case that was about a moment in the past is about it again. `--at` asks about another.
    """
    try:
        held = Evidence.from_json(case.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, EvidenceError) as fault:
        _stop(USAGE, f"{case}: {fault}")
    now = held.asked_at or _now()
    policy = replace(_policy(trust, refresh=refresh), at=_moment(at, now) if at else held.at)
    print(
        f"Nobody was asked: these are the answers in {_plain(str(case))}, as of {now:%Y-%m-%d %H:%M} UTC. "
        "Whoever sent you the file may have written them. Check the badge itself with `cairn-verify check`.",
        file=sys.stderr,
    )
    _tell(verify_presented(held, policy, now), lang, as_json_text=json_)


app.add_typer(trust_cli.app, name="trust")
app.command("batch")(batch_cli.batch)


@app.command()
def serve() -> None:
    """Serve the site where anybody can check a badge. Its settings are CAIRN_VERIFY_ variables."""
    from verifier.app import serve as serve_site  # noqa: PLC0415 - checking a file needs no web server

    try:
        serve_site(from_environment())
    except SettingsError as fault:
        _stop(CONFIGURATION, str(fault))


def main() -> None:
    """The command's entry point."""
    try:
        app()
    except Exception as fault:  # noqa: BLE001 - the last line of defence: a bug is said, with its own code
        _stop(UNEXPECTED, f"this is a bug in cairn-verify: {type(fault).__name__}: {fault}")


def _policy(trust: Path | None, *, refresh: bool | None) -> Policy:
    try:
        settings = from_environment()
        if refresh is not None:
            settings = settings.model_copy(update={"refresh": refresh})
        if trust is not None:
            settings = settings.model_copy(update={"trust": trust, "trust_lists": ()})
        return settings.policy()
    except SettingsError as fault:
        _stop(CONFIGURATION, str(fault))


def _open(archive: Path) -> Source:
    try:
        return open_archive(archive)
    except ArchiveError as fault:
        _stop(CONFIGURATION, str(fault))


def _network(policy: Policy) -> Source:
    from verifier.network import open_network  # noqa: PLC0415 - an archive is checked with no network in reach

    return open_network(policy)


def _read(targets: Sequence[str]) -> tuple[Item, ...]:
    """What the targets hold, opened with a decoder that has all the time which a person at a terminal has."""
    with open_decoder() as decoder:
        decode = decoder.for_upload(MOST_SECONDS)
        return read_files(map(_sent, targets), decode=decode)


def _sent(target: str) -> tuple[str, bytes]:
    """Name and content: of standard input, a file, else the target itself, if it is a link or a code."""
    if target == "-":
        return "", sys.stdin.buffer.read(intake.MAX_UPLOAD + 1)
    if "://" not in target and Path(target).exists():
        try:
            with Path(target).open("rb") as file:
                return target, file.read(intake.MAX_UPLOAD + 1)
        except OSError as fault:
            _stop(USAGE, f"{target}: {fault.strerror}")
    data = target.encode("utf-8", "replace")
    presented = intake.read(data)
    if presented.kind is PresentedKind.UNREADABLE and presented.code in {"not_a_badge", "code_malformed"}:
        _stop(USAGE, f"{target}: there is no such file, and it is no link and no code")
    return "", data


async def _gather_each(
    items: Sequence[Item], policy: Policy, source: Source, now: datetime
) -> list[Evidence]:
    """What the check of each needs."""
    memory = Memory()
    return [await gather_presented(item.presented, policy, source, now, memory=memory) for item in items]


def _now() -> datetime:
    return datetime.now(UTC)


def _moment(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_moment(text, now)
    except MomentRefused as refused:
        _stop(USAGE, f"--at {refused.message}")


def _save(path: Path, held: Evidence) -> None:
    try:
        path.write_text(held.to_json(), "utf-8")
    except OSError as fault:
        _stop(USAGE, f"{path}: {fault.strerror}")
    print(f"The case is kept in {path}. Whoever has it can see the badge.", file=sys.stderr)


def _tell(verdict: Judged, lang: str, *, as_json_text: bool) -> NoReturn:
    if lang not in LOCALES:
        _stop(USAGE, f"--lang {lang}: choose one of {', '.join(LOCALES)}")
    if as_json_text:
        print(json.dumps(told_json(verdict, lang), ensure_ascii=False, indent=2))
    else:
        print(_in_words(told(verdict, lang), coloured=_coloured()))
    raise typer.Exit(EXIT_CODES[code_of(verdict)])


def _tell_all(checked: Sequence[tuple[Item, Judged]], lang: str, *, as_json_text: bool) -> NoReturn:
    if lang not in LOCALES:
        _stop(USAGE, f"--lang {lang}: choose one of {', '.join(LOCALES)}")
    if as_json_text:
        print(json.dumps(list_json(checked, lang), ensure_ascii=False, indent=2))
    else:
        for line in lines_of(checked, lang):
            if line.is_presentation:
                print(_plain(": ".join(part for part in (line.place, line.report.headline) if part)))
            for shown in line.shown:
                print(_one_line(shown, line.place))
    raise typer.Exit(EXIT_CODES[worst(code_of(verdict) for _, verdict in checked)])


def _one_line(report: Report, place: str = "") -> str:
    badge = report.badge
    parts = (place, report.headline, badge and badge.name, badge and badge.awarded_to)
    return _plain(": ".join(part for part in parts if part))


def _in_words(report: Report | PresentationReport, *, coloured: bool) -> str:
    headline = _plain(report.headline)
    if coloured:
        headline = f"\x1b[1;{_COLOURS[report.family]}m{headline}\x1b[0m"
    lines = [headline, _plain(report.what_to_do), ""]
    if isinstance(report, PresentationReport):
        return "\n".join([*lines, *_of_presentation(report)])
    if report.badge:
        shown = (report.badge.name, report.badge.awarded_to, report.issuer_name, report.issuer_id)
        lines += [f"  {_plain(line)}" for line in shown if line]
        lines.append("")
    if report.code not in NOTHING_TO_CHECK:
        lines += _answers(report.checks)
    lines += [f"  {_plain(line)}" for line in _grounds(report)]
    lines += [line for told in (report.refresh, report.as_of) if told for line in ("", told)]
    return "\n".join(lines)


def _of_presentation(report: PresentationReport) -> Iterator[str]:
    """Who presents it, what was asked, and a line for each badge in it."""
    if report.holder:
        yield f"  {_plain(report.holder)}"
        yield ""
    yield from _answers(report.checks)
    if report.credentials:
        yield ""
    for number, one in enumerate(report.credentials, 1):
        yield f"  {number}. {_one_line(one)}"
        yield f"     {_plain(one.what_to_do)}"
    if report.as_of:
        yield from ("", report.as_of)


def _answers(checks: Sequence[CheckLine]) -> list[str]:
    width = max(len(check.question) for check in checks)
    return [f"  {check.question:<{width}}  {check.answer}. {_plain(check.sentence)}" for check in checks]


def _grounds(report: Report) -> Iterator[str]:
    """What it rests on: the subjects that a determination shows, then each piece of evidence."""
    if report.rule:
        yield ""
        for subject in report.rule.subjects:
            yield f"{subject.name}: {subject.said}. {' '.join(subject.sentences)}"
        yield f"{report.rule.answer}. {report.rule.sentence}"
    if report.evidence:
        yield ""
        for line in report.evidence:
            yield f"{line.title or line.kind}: {line.answer}. {line.sentence}"


def _plain(text: str) -> str:
    """Text for a terminal: no control or format characters, which could repaint what was said before."""
    return "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else " " for c in text)


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _stop(code: int, message: str) -> NoReturn:
    print(f"cairn-verify: {_plain(message)}", file=sys.stderr)
    sys.exit(code)

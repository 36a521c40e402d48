"""`cairn-verify trust`: whom this verifier goes by; check a list, compare two, fetch those on the web.

Exit codes: 0 done, 2 a wrong call, 3 a wrong setting, 20 a list that cannot be used, 21 lists that differ in
a way that a person should look at.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from credential.trust_list import ListedIssuer, TrustListCredential
from credential.trust_list.signing import MAX_TOKEN
from verifier.settings import Settings, SettingsError, from_environment
from verifier.trust import TrustList, TrustListError, accept_list, pinned
from verifier.trust.comparing import Comparison, compare
from verifier.trust.describing import ListTold, describe_lists
from verifier.trust.signed import looks_signed
from verifier.trust_store import read_plain
from verifier.web.plain import plain
from verifier.words import LOCALES

USAGE, CONFIGURATION, REFUSED, LOOK = 2, 3, 20, 21

app = typer.Typer(no_args_is_help=True, help="The lists of issuers that this verifier goes by.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[str, typer.Option(help="en or es.")]
Key = Annotated[
    str, typer.Option(help="The publisher's key: a did:key, a Multikey or a JWK. Needed for a signed list.")
]


@app.command()
def show(
    *,
    lang: Lang = "en",
    json_: AsJson = False,
) -> None:
    """Say of every list in use whose it is, until when it holds, and whom it recognises for what."""
    settings = _settings()
    now = datetime.now(UTC)
    try:
        trust = settings.trusted(now)
    except SettingsError as fault:
        _stop(CONFIGURATION, str(fault))
    told = describe_lists(trust, _locale(lang), now)
    if json_:
        typer.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False, indent=2))
        return
    typer.echo("\n\n".join(_in_words(one) for one in told) or "No list: every issuer is unknown.")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A list, plain or signed.")],
    *,
    key: Key = "",
    lang: Lang = "en",
    json_: AsJson = False,
) -> None:
    """Check one list: its form, its signature, its dates. Nothing is kept, and nothing is put in use."""
    now = datetime.now(UTC)
    listed = _read(file, key, now)
    told = describe_lists(listed, _locale(lang), now)
    if json_:
        typer.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False, indent=2))
    else:
        typer.echo("\n\n".join(_in_words(one) for one in told))
    if listed.expired(now):
        _stop(REFUSED, f"{file}: the list has ended: ask its publisher for the next version")


@app.command(name="compare")
def compare_(
    old: Annotated[Path, typer.Argument(help="The earlier signed list.")],
    new: Annotated[Path, typer.Argument(help="The later one.")],
    *,
    key: Key = "",
    json_: AsJson = False,
) -> None:
    """Say what a later version of a list adds, changes, widens and ends.

    Exit code 21 where the later one does not follow on the earlier one, names fewer issuers without
    withdrawing them, or recognises somebody for more than before.
    """
    now = datetime.now(UTC)
    first, second = _signed(old, key, now), _signed(new, key, now)
    (before, digest), (after, _) = first, second
    found = compare(before, after, digest)
    if json_:
        typer.echo(json.dumps(_comparison_json(found), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_comparison_words(found, before, after)))
    wider = any(one.wider for one in found.changed)
    next_one = after.version != before.version + 1 or found.follows
    if not (found.same_list and found.rises and next_one) or found.gone or wider:
        raise typer.Exit(LOOK)


@app.command()
def fetch(
    *,
    json_: AsJson = False,
) -> None:
    """Ask for every list on the web now. What cannot be taken leaves the copy that was kept."""
    from verifier.fetch import Fetcher  # noqa: PLC0415 - the other commands have no network in reach
    from verifier.trust_refresh import refresh  # noqa: PLC0415 - likewise

    settings = _settings()
    try:
        store, sources = settings.trust_store(), settings.sources()
    except SettingsError as fault:
        _stop(CONFIGURATION, str(fault))
    if store is None or not any(one.on_web for one in sources):
        _stop(CONFIGURATION, "no list on the web is set: see CAIRN_VERIFY_TRUST_LISTS")
    fetcher = Fetcher(allow_origins={f"http://{pair}" for pair in settings.loopback})
    done = asyncio.run(refresh(store, sources, fetcher, datetime.now(UTC)))
    rows = [
        {
            "source": one.source.place,
            "taken": not one.code,
            "code": one.code,
            "why": one.fault,
            "version": one.took.credential.version if one.took and one.took.credential else None,
        }
        for one in done
    ]
    if json_:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            said = f"version {row['version']}" if row["taken"] else f"NOT taken ({row['code']}): {row['why']}"
            typer.echo(plain(f"{row['source']}  {said}"))
    if not all(row["taken"] for row in rows):
        raise typer.Exit(REFUSED)


def _settings() -> Settings:
    try:
        return from_environment()
    except SettingsError as fault:
        _stop(CONFIGURATION, str(fault))


def _locale(lang: str) -> str:
    if lang not in LOCALES:
        _stop(USAGE, f"--lang {lang}: choose one of {', '.join(LOCALES)}")
    return lang


def _read(file: Path, key: str, now: datetime) -> TrustList:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_TOKEN + 1)
        if not looks_signed(data):
            return read_plain(data, str(file))
        if not key:
            _stop(USAGE, f"{file} is signed: give the publisher's key with --key")
        return accept_list(data, pinned(key), now, source=str(file))
    except OSError as fault:
        _stop(USAGE, f"{file}: {fault.strerror}")
    except TrustListError as fault:
        _stop(USAGE if fault.code == "bad_key" else REFUSED, f"{file}: {fault.code}: {fault}")


def _signed(file: Path, key: str, now: datetime) -> tuple[TrustListCredential, str]:
    listed = _read(file, key, now)
    if listed.credential is None:
        _stop(USAGE, f"{file} is a plain list: only signed ones have versions to compare")
    return listed.credential, listed.digest


def _in_words(told: ListTold) -> str:
    version = f", version {told.version}" if told.version else ""
    lines = [f"{told.name}{version}", f"  {told.problem or told.why}"]
    facts = {
        "dated": told.since,
        "good until": told.until,
        "fetched": told.fetched,
        "from": told.source,
        "signed by": told.publisher_id,
    }
    lines += [f"  {name:<11} {value}" for name, value in facts.items() if value]
    for one in told.issuers:
        lines.append(f"  - {one.name}{f' ({one.place})' if one.place else ''}: {one.said}")
        lines += [f"      {issuer_id}" for issuer_id in one.ids]
        lines += [f"      {line}" for line in (*one.recognised, one.withdrawn, one.note) if line]
    return "\n".join(plain(line) for line in lines)


def _comparison_json(found: Comparison) -> dict[str, Any]:
    return {
        "same_list": found.same_list,
        "rises": found.rises,
        "follows": found.follows,
        "added": _ids(found.added),
        "changed": [
            {"ids": list(one.after.ids), "members": list(one.members), "wider": one.wider}
            for one in found.changed
        ],
        "withdrawn": _ids(found.withdrawn),
        "gone": _ids(found.gone),
    }


def _ids(listed: Iterable[ListedIssuer]) -> list[dict[str, Any]]:
    return [{"ids": list(one.ids), "name": one.names["en"]} for one in listed]


def _comparison_words(
    found: Comparison, before: TrustListCredential, after: TrustListCredential
) -> list[str]:
    lines = [f"version {before.version} -> version {after.version}"]
    if not found.same_list:
        lines.append(f"NOT the same list: {before.id}, {after.id}")
    if not found.rises:
        lines.append("the version does NOT rise")
    if after.version == before.version + 1 and not found.follows:
        lines.append("the later one does NOT name the earlier one as the version before")
    lines += [f"added      {_told(one)}" for one in found.added]
    for changed in found.changed:
        wider = " WIDER" if changed.wider else ""
        lines.append(f"changed   {wider} {_told(changed.after)}: {', '.join(changed.members)}")
    for one in found.withdrawn:
        why = f"{one.withdrawn.on.isoformat()}: {one.withdrawn.reason}" if one.withdrawn else ""
        lines.append(f"withdrawn  {_told(one)}, {why}")
    lines += [f"gone       {_told(one)}: not named any more" for one in found.gone]
    if len(lines) == 1:
        lines.append("nothing else differs")
    return [plain(line) for line in lines]


def _told(one: ListedIssuer) -> str:
    return f"{one.names['en']} ({', '.join(one.ids)})"


def _stop(code: int, message: str) -> NoReturn:
    typer.echo(f"cairn-verify: {plain(message)}", err=True)
    sys.exit(code)

"""`cairn trust`: this district's own entry; and for whoever keeps a list: make, add, withdraw, sign,
publish.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from credential.readiness import Subject
from credential.trust_list import ListedIssuer, Publisher, Recognition, TrustListCredential
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.trust_draft import (
    TrustDraft,
    checked_draft,
    draft_of,
    previous_of,
    read_draft,
    read_entry,
    with_texts,
    write_draft,
)
from issuer.trust_list import LIST_PATH, open_own, publish_trust_list, sign_trust_list

LARGEST_FILE = 8 * 1024 * 1024

app = typer.Typer(help="Who is recognised for what: this district's entry, and lists that it signs.")

Draft = Annotated[Path, typer.Argument(help="The draft of the list.")]


@app.callback(invoke_without_command=True)
def entry_or_list(
    ctx: typer.Context,
    *,
    list_name: Annotated[str, typer.Option("--list", help="The name of the list.")] = "",
    until: Annotated[str, typer.Option(help="The last day of recognition, as 2027-06-30.")] = "",
    recognised_for: Annotated[
        list[str] | None, typer.Option(help="An achievement type; without any, all are meant.")
    ] = None,
    entry_only: Annotated[bool, typer.Option("--entry", help="Only this district's entry.")] = False,
) -> None:
    """Without a command: write a plain list with this district's entry, for who decides to recognise it."""
    if ctx.invoked_subcommand is not None:
        return
    desk: Desk = ctx.obj
    district = desk.district()
    today = desk.now().date()
    entry: dict[str, object] = {
        "id": district.did,
        "name": district.name,
        "tag": district.tag,
        "retrieval": district.origin,
        "from": min(today, district.created.date()).isoformat(),
    }
    if recognised_for:
        entry["recognisedFor"] = recognised_for
    if until:
        entry["until"] = _day(until).isoformat()
    whole = {
        "version": 1,
        "name": list_name or f"{district.name} alone",
        "issued": today.isoformat(),
        "entries": [entry],
    }
    typer.echo(json.dumps(entry if entry_only else whole, ensure_ascii=False, indent=2))


@app.command()
def make(
    ctx: typer.Context,
    draft: Draft,
    *,
    name: Annotated[str, typer.Option(help="The list's name.")] = "",
    name_es: Annotated[str, typer.Option(help="The same in Spanish.")] = "",
    list_id: Annotated[
        str, typer.Option("--id", help="Its identifier. Default: where `cairn trust publish` serves it.")
    ] = "",
    from_: Annotated[
        Path | None, typer.Option("--from", help="A signed list of ours, whose next version it becomes.")
    ] = None,
) -> None:
    """Begin the draft of a list: an empty one, or the next version of one that is signed."""
    desk: Desk = ctx.obj
    district = desk.district()
    if draft.exists():
        raise IssuerError("bad_setting", f"{draft} is there already: remove it, or name another file")
    if from_ is not None:
        made = draft_of(_own(desk, from_)[0])
    else:
        if not name:
            raise IssuerError("bad_setting", "a list needs a --name")
        names = {"en": name} | ({"es": name_es} if name_es else {})
        publisher = Publisher(district.did, district.name)
        address = f"{district.origin}/{LIST_PATH}"
        # A trial on this machine has no address that would name the list anywhere else.
        usual = address if address.startswith("https://") else district.did
        made = checked_draft(TrustDraft(list_id or usual, names, publisher))
    draft.write_bytes(write_draft(made))
    desk.data(
        {"draft": str(draft), "id": made.id, "issuers": len(made.issuers)},
        f"{draft} names {len(made.issuers)} issuers. Next: cairn trust add {draft} ...",
    )


@app.command()
def add(
    ctx: typer.Context,
    draft: Draft,
    *,
    entry: Annotated[
        Path | None, typer.Option(help="What `cairn trust --entry` of a district wrote.")
    ] = None,
    issuer_id: Annotated[
        list[str] | None, typer.Option("--id", help="The whole identifier; give it once for each.")
    ] = None,
    name: Annotated[str, typer.Option(help="The name that people are shown.")] = "",
    name_es: Annotated[str, typer.Option(help="The same in Spanish.")] = "",
    city: Annotated[str, typer.Option(help="Where it is.")] = "",
    state: Annotated[str, typer.Option(help="Likewise, as CO.")] = "",
    website: Annotated[str, typer.Option(help="https://...")] = "",
    contact: Annotated[str, typer.Option(help="An e-mail or https address for questions.")] = "",
    logo: Annotated[Path | None, typer.Option(help="A PNG of at most 24 KB and 512 pixels.")] = None,
    tag: Annotated[str, typer.Option(help="What its links and codes begin with.")] = "",
    retrieval: Annotated[str, typer.Option(help="The origin that answers for them.")] = "",
    key: Annotated[
        list[str] | None, typer.Option(help="The RFC 7638 thumbprint of a key that alone may sign.")
    ] = None,
    type_: Annotated[list[str] | None, typer.Option("--type", help="An achievement type.")] = None,
    certification: Annotated[
        list[str] | None, typer.Option(help="The code or identifier of an achievement.")
    ] = None,
    determination: Annotated[
        list[Subject] | None, typer.Option(help="A subject of readiness determinations.")
    ] = None,
    starts: Annotated[str, typer.Option("--from", help="The first day.")] = "",
    last: Annotated[str, typer.Option("--until", help="The last day.")] = "",
    by: Annotated[str, typer.Option(help="Who decided it.")] = "",
    also: Annotated[
        bool, typer.Option("--also", help="The issuer is named: add this recognition to its others.")
    ] = False,
    replace_: Annotated[
        bool, typer.Option("--replace", help="Take the place of what is said of it.")
    ] = False,
) -> None:
    """Add an issuer to a draft, or with --also one recognition more.

    Without --type, --certification or --determination it is recognised for every one.
    """
    desk: Desk = ctx.obj
    held = read_draft(_bytes(draft))
    limits = Recognition(
        types=frozenset(type_) if type_ else None,
        certifications=frozenset(certification) if certification else None,
        determinations=frozenset(determination) if determination else None,
        starts=_day(starts) if starts else None,
        last=_day(last) if last else None,
        by=by,
    )
    if also:
        if not issuer_id:
            raise IssuerError("bad_setting", "--also needs the --id of an issuer that is named")
        made, known = held.recognising(issuer_id[0], limits), held.find(issuer_id[0])
    else:
        known = read_entry(_bytes(entry)) if entry else ListedIssuer(tuple(issuer_id or ()), {"en": name})
        recognised = known.recognised if entry and limits == Recognition() else (limits,)
        said = {
            "city": city,
            "state": state,
            "website": website,
            "contact": contact,
            "tag": tag,
            "retrieval": retrieval,
            "logo": _logo(logo) if logo else "",
        }
        names = dict(known.names) | ({"en": name} if name else {}) | ({"es": name_es} if name_es else {})
        known = replace(known, recognised=recognised, names=names, keys=frozenset(key or known.keys))
        known = with_texts(known, said)
        made = held.replacing(known) if replace_ else held.adding(known)
    draft.write_bytes(write_draft(made))
    desk.data(
        {"draft": str(draft), "ids": list(known.ids), "issuers": len(made.issuers)},
        f"{known.names['en']} is in {draft}, which names {len(made.issuers)} issuers",
    )


@app.command()
def withdraw(
    ctx: typer.Context,
    draft: Draft,
    issuer_id: Annotated[str, typer.Argument(help="The issuer's whole identifier.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, in one sentence that anybody may read.")],
    on: Annotated[str, typer.Option(help="From which day on. Default: today.")] = "",
) -> None:
    """Withdraw the recognition of an issuer. It stays on the list, withdrawn, so that verifiers learn of
    it.
    """
    desk: Desk = ctx.obj
    day = _day(on) if on else desk.now().date()
    made = read_draft(_bytes(draft)).withdrawing(issuer_id, day, reason)
    draft.write_bytes(write_draft(made))
    desk.data(
        {"draft": str(draft), "id": issuer_id, "on": day.isoformat()},
        f"{made.find(issuer_id).names['en']} is withdrawn in {draft} from {day} on. Next: cairn trust sign",
    )


@app.command()
def sign(
    ctx: typer.Context,
    draft: Draft,
    *,
    out: Annotated[Path, typer.Option(help="Where the signed list goes.")],
    previous: Annotated[
        Path | None, typer.Option(help="The signed version before; none for the first.")
    ] = None,
    days: Annotated[int, typer.Option(help="For how many days it holds.", min=1, max=400)] = 90,
) -> None:
    """Sign the next version of a list with this district's key."""
    desk: Desk = ctx.obj
    district = desk.district()
    before = previous_of(*_own(desk, previous)) if previous else None
    listed = read_draft(_bytes(draft)).version(before, now=desk.now(), days=days)
    if listed.publisher.id != district.did:
        raise IssuerError(
            "bad_setting", f"the draft is for {listed.publisher.id} to sign, and we are {district.did}"
        )
    signer = desk.signer(district)
    token = sign_trust_list(desk.store(), district.id, listed, signer, now=desk.now(), actor=desk.actor)
    _put(out, token)
    key = signer.public_key.multikey()
    desk.data(
        {
            "list": str(out),
            "id": listed.id,
            "version": listed.version,
            "until": listed.ends.isoformat(),
            "issuers": len(listed.issuers),
            "key": key,
        },
        f"{out} is version {listed.version}, good until {listed.ends.date()}, "
        f"with {len(listed.issuers)} issuers.\nVerifiers pin this key: {key}",
    )


@app.command()
def show(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A draft, or a signed list of ours.")],
) -> None:
    """Say whom a draft or a signed list of ours names."""
    desk: Desk = ctx.obj
    data = _bytes(file)
    signed: TrustListCredential | None = None
    if data.lstrip()[:2] == b"ey":
        signed = _own(desk, file)[0]
    held = draft_of(signed) if signed else read_draft(data)
    rows = [
        {
            "ids": list(one.ids),
            "name": one.names["en"],
            "recognitions": len(one.recognised),
            "withdrawn": one.withdrawn.on.isoformat() if one.withdrawn else None,
        }
        for one in held.issuers
    ]
    head = f"{held.names['en']}: " + (
        f"version {signed.version}, good until {signed.ends.date()}" if signed else "a draft"
    )
    lines = [f"  {one.names['en']}  {', '.join(one.ids)}{_gone(one)}" for one in held.issuers]
    desk.data(
        {"id": held.id, "version": signed.version if signed else None, "issuers": rows},
        "\n".join([head, *lines]),
    )


@app.command()
def publish(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A signed list of ours.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Also write it below this folder, for a static host.")
    ] = None,
) -> None:
    """Put a signed list where `cairn serve` answers for it, and with --out where a static host does.

    It is taken only if it follows on the version that is published.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    token = _bytes(file).strip()
    done = publish_trust_list(
        desk.store(), district.id, token, desk.records(district), now=desk.now(), actor=desk.actor
    )
    if out is not None:
        target = out / LIST_PATH
        target.parent.mkdir(parents=True, exist_ok=True)
        _put(target, token)
    address = f"{district.origin}/{LIST_PATH}"
    said = "is published at" if done.published else "was published already at"
    desk.data(
        {"url": address, "version": done.version, "published": done.published},
        f"Version {done.version} {said} {address}",
    )


def _gone(one: ListedIssuer) -> str:
    return f"  WITHDRAWN {one.withdrawn.on}" if one.withdrawn else ""


def _own(desk: Desk, file: Path) -> tuple[TrustListCredential, bytes]:
    data = _bytes(file).strip()
    return open_own(data, desk.records(desk.district())), data


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        data = opened.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise IssuerError("bad_request", f"{file} is larger than any trust list")
    return data


def _put(target: Path, data: bytes) -> None:
    """Write a file whole: a static host never serves half of one."""
    beside = target.with_name(f".{target.name}.new")
    beside.write_bytes(data)
    beside.replace(target)


def _logo(file: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(_bytes(file)).decode("ascii")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise IssuerError("bad_time", f"{text!r} is not a day such as 2027-06-30") from fault

"""`cairn catalog`: what the district can award."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from contexts.document import Limits, parse
from issuer.catalog import Catalogue, CatalogueError, Entry
from issuer.catalog.achievement import achievement, slug
from issuer.catalog.ctdl import listing
from issuer.commands import pathways, picturing, rule_sets
from issuer.commands.desk import Desk
from issuer.district import default_files, district_catalogue, take_catalogue
from issuer.errors import IssuerError
from issuer.store import queries

app = typer.Typer(no_args_is_help=True, help="What the district can award, and the rules that it goes by.")
app.command("load")(rule_sets.load)
app.command("rules")(rule_sets.rules)
app.command("menu")(rule_sets.menu)
app.command("next")(pathways.next_)
app.command("picture")(picturing.picture)
app.command("endorsements")(pathways.endorsements)

FILE_LIMITS = Limits(max_bytes=8_388_608, max_nodes=500_000)


def _catalogue(desk: Desk) -> Catalogue:
    with desk.store().reading() as session:
        return district_catalogue(session, desk.district().id)


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "name": entry.name,
        "body": entry.body.name,
        "kind": entry.kind.title,
        "achievement": slug(entry.code),
        "unverified": list(entry.unverified),
    }


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    ctdl: Annotated[bool, typer.Option("--ctdl", help="Print a ceterms:Collection for registries.")] = False,
) -> None:
    """List every credential of the catalogue; a star marks facts that nobody has confirmed."""
    desk: Desk = ctx.obj
    catalogue = _catalogue(desk)
    if ctdl:
        edition = catalogue.edition
        made = listing(catalogue.entries, name=f"{edition.name}, {edition.version}", since=edition.dated)
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))
        return
    lines = [
        f"{entry.code:<20} {'*' if entry.unverified else ' '} {entry.name} ({entry.body.name})"
        for entry in catalogue.entries
    ]
    desk.data([_row(entry) for entry in catalogue.entries], "\n".join(lines))
    edition = catalogue.edition
    desk.say(f"{len(lines)} credentials; {edition.name}, {edition.version} of {edition.dated}")


@app.command()
def show(ctx: typer.Context, code: Annotated[str, typer.Argument(help="A code or a full name.")]) -> None:
    """Show one credential, and the achievement that badges of it carry."""
    desk: Desk = ctx.obj
    entry = _catalogue(desk).find(code=code).entry
    made = achievement(entry, f"{desk.district().origin}/achievements/{slug(entry.code)}")
    words = [
        f"{entry.code}: {entry.name}",
        f"certified by {entry.body.name}; {entry.kind.title}",
        entry.description,
        made["criteria"]["narrative"],
        made["id"],
    ]
    if entry.renewed_by:
        words.append(f"renewed by {' or '.join(entry.renewed_by)}")
    if entry.kind.why:
        words.append(entry.kind.why)
    if entry.unverified:
        words.append(f"not confirmed by anybody: {', '.join(entry.unverified)}")
    desk.data(_row(entry) | {"achievement": made}, "\n".join(words))


@app.command("import")
def import_(
    ctx: typer.Context,
    certifications: Annotated[Path, typer.Argument(help="The edition's certifications.json.")],
    kinds: Annotated[Path | None, typer.Argument(help="Its kinds.json, if it has kinds of its own.")] = None,
) -> None:
    """Take another edition of the catalogue. Badges that were issued keep the achievement they were given."""
    desk: Desk = ctx.obj
    district = desk.district()
    _take(desk, district.id, certifications.read_bytes(), kinds.read_bytes() if kinds else None)


@app.command()
def add(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSON with entries, and the bodies and sources they name.")],
) -> None:
    """Add credentials to the district's catalogue, as a new edition of its own."""
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        row = queries.edition(session, district.id)
    base, kinds = (row.certifications, row.kinds) if row else default_files()
    merged = _merged(parse(base, FILE_LIMITS).value, parse(file.read_bytes(), FILE_LIMITS).value, file.name)
    text = json.dumps(merged, ensure_ascii=False, indent=1).encode()
    _take(desk, district.id, text, kinds)


def _merged(base: dict[str, Any], more: dict[str, Any], name: str) -> dict[str, Any]:
    """One file's members beside another's; nothing that is there is changed."""
    unknown = set(more) - {"entries", "bodies", "sources", "clusters", "occupations"}
    if unknown:
        raise IssuerError(
            "bad_setting", f"{name} has members that cannot be added: {', '.join(sorted(unknown))}"
        )
    merged = dict(base)
    merged["entries"] = [*base["entries"], *_entries(more.get("entries"), name)]
    for member in ("bodies", "sources", "clusters"):
        merged[member] = _beside(base[member], more.get(member, {}), f"{name}, {member}")
    if "occupations" in more:
        names = _beside(base["occupations"]["names"], more["occupations"], f"{name}, occupations")
        merged["occupations"] = base["occupations"] | {"names": names}
    return merged


def _entries(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise IssuerError("bad_setting", f"{name} has no list of entries: see `cairn catalog show`")
    return value


def _beside(base: dict[str, Any], more: Any, where: str) -> dict[str, Any]:
    if not isinstance(more, dict):
        raise IssuerError("bad_setting", f"{where}: an object is needed")
    changed = [key for key, value in more.items() if key in base and base[key] != value]
    if changed:
        raise IssuerError("bad_setting", f"{where}: {', '.join(changed)} is there already and says otherwise")
    return base | more


def _take(desk: Desk, district_id: str, certifications: bytes, kinds: bytes | None) -> None:
    try:
        catalogue = take_catalogue(
            desk.store(),
            district_id,
            certifications,
            kinds if kinds is not None else default_files()[1],
            now=desk.now(),
            actor=desk.actor,
        )
    except CatalogueError as fault:
        raise IssuerError("bad_setting", f"the catalogue was not taken: {fault}") from fault
    desk.data(
        {"entries": len(catalogue.entries), "version": catalogue.edition.version},
        f"{len(catalogue.entries)} credentials; {catalogue.edition.name}, {catalogue.edition.version}",
    )

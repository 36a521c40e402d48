"""`cairn catalog picture`: how the later badges of a certification look."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer.commands.desk import Desk
from issuer.district import district_catalogue
from issuer.errors import IssuerError


def picture(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="The certification's code, as `cairn catalog list` shows it.")],
    *,
    letters: Annotated[str | None, typer.Option(help="Up to 8 capitals or figures.")] = None,
    shape: Annotated[str | None, typer.Option(help="As hexagon, shield, circle.")] = None,
    ground: Annotated[str | None, typer.Option(help="Color of the field, as #1F4E79.")] = None,
    accent: Annotated[str | None, typer.Option(help="Color of the ribbon, as #F2C14E.")] = None,
    ribbon: Annotated[str | None, typer.Option(help="Up to 24 characters on the ribbon.")] = None,
    icon: Annotated[str | None, typer.Option(help="As gear, leaf, star.")] = None,
    level: Annotated[str | None, typer.Option(help="From 0 to 5.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="A square PNG instead; only its pixels are taken.")
    ] = None,
    alt: Annotated[str, typer.Option(help="What it shows, in words; suggested where it is drawn.")] = "",
    use: Annotated[bool, typer.Option("--use", help="Give it to later badges, not only look.")] = False,
    out: Annotated[Path | None, typer.Option(help="A folder for the picture at its sizes.")] = None,
) -> None:
    """Draw the picture of a certification's badges; with --use, later badges get it."""
    from issuer.pictures import choose, first_choices, picture_at  # noqa: PLC0415 - loaded where something is drawn
    from issuer.render.badge_picture import SIZES, Picture, suggested_alt  # noqa: PLC0415 - likewise

    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        entry = district_catalogue(session, district.id).get(code)
        if entry is None:
            raise IssuerError("not_found", f"the catalogue has nothing under {code!r}: `cairn catalog list`")
        now = picture_at(session, district.id, entry, desk.now())
    begun = now.choices if now is not None and now.choices is not None else first_choices(entry)
    given: dict[str, Any] = {
        "letters": letters, "shape": shape, "ground": ground, "accent": accent, "ribbon": ribbon,
        "icon": icon, "level": level,
    }  # fmt: skip
    choices = replace(begun, **{name: said for name, said in given.items() if said is not None})
    words = alt or ("" if file else suggested_alt(choices, entry.name))
    made = Picture(entry.name, words, choices)
    if use:
        made = choose(
            desk.store(),
            district.id,
            entry,
            choices=None if file else choices,
            upload=file.read_bytes() if file else None,
            alt=words,
            now=desk.now(),
            actor=desk.actor,
        )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for size in SIZES if made.choices is not None else SIZES[-1:]:
            (out / f"{entry.code}-{size}.png").write_bytes(made.png(size))
        (out / f"{entry.code}.svg").write_text(made.svg(), "utf-8")
    said = "later badges get it" if use else "nothing is kept: --use gives it to later badges"
    desk.data({"code": entry.code, "alt": words, "used": use} | choices.to_json(), f"{words}\n{said}")

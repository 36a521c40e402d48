"""The badge maker: choose, look at it at three sizes, and give it to the later badges of a certification.

The choices stand in the address, so that the picture is drawn anew without a script.
"""

from __future__ import annotations

import base64
from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission
from issuer.catalog.entry import Entry
from issuer.pictures import choose, first_choices, picture_at
from issuer.render.badge import HIGHEST_LEVEL, LONGEST_LETTERS, LONGEST_RIBBON
from issuer.render.badge_picture import LONGEST_ALT, SIZES, Choices, Picture, suggested_alt
from issuer.render.errors import DesignError
from issuer.render.icons import ICONS
from issuer.render.shapes import Shape
from issuer.text import normal
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff.certifications import entry_at
from issuer.web.staff.dossier import said
from issuer.web.staff.page import WORDS, Page, go, page

router = APIRouter()
Editing = Annotated[Visit, Depends(signed_in(Permission.EDIT_CATALOG))]
_LONGEST = 60
"""Characters of one choice in an address."""
_FIELD = {
    "bad_colour": "ground", "low_contrast": "ground", "bad_level": "level", "unknown_shape": "shape",
    "unknown_icon": "icon", "text_too_long": "letters", "text_not_drawable": "letters", "no_alt": "alt",
}  # fmt: skip


@router.get("/certifications/{code}/picture")
def maker(request: Request, visit: Editing, code: str) -> Response:
    """The choices with their picture; nothing is kept."""
    with visit.store.reading() as session:
        entry = entry_at(session, visit.district.id, code)
        now = picture_at(session, visit.district.id, entry, visit.now)
    begun = now.choices if now is not None and now.choices is not None else first_choices(entry)
    asked = request.query_params
    choices = Choices(
        *(normal(asked.get(one.name, getattr(begun, one.name))[:_LONGEST]) for one in fields(Choices))
    )
    return _maker_page(request, visit, entry, choices, now)


@router.post("/certifications/{code}/picture")
def take(request: Request, visit: Editing, code: str, form: Posted) -> Response:
    """Give the picture to the later badges of the certification."""
    with visit.store.reading() as session:
        entry = entry_at(session, visit.district.id, code)
        now = picture_at(session, visit.district.id, entry, visit.now)
    choices = Choices(*(normal(form.text(one.name)[:_LONGEST]) for one in fields(Choices)))
    try:
        choose(
            visit.store,
            visit.district.id,
            entry,
            choices=choices,
            alt=normal(form.text("alt")),
            now=visit.now,
            actor=visit.person.actor,
        )
    except DesignError as refused:
        return _maker_page(request, visit, entry, choices, now, refused, form)
    return go(f"/certifications/{code}/picture", "picture-chosen")


def _maker_page(  # noqa: PLR0917 - what a page shows
    request: Request,
    visit: Visit,
    entry: Entry,
    choices: Choices,
    now: Picture | None,
    refused: DesignError | None = None,
    form: Form | None = None,
) -> Response:
    pictures: list[tuple[int, str]] = []
    alt = ""
    try:
        alt = suggested_alt(choices, entry.name)
        drawn = Picture(entry.name, alt, choices)
        pictures = [(size, base64.b64encode(drawn.png(size)).decode("ascii")) for size in SIZES[::-1]]
    except DesignError as fault:
        refused = refused or fault
    faults = {}
    if refused is not None:
        faults = {_FIELD.get(refused.code, "letters"): said(refused)}
    values = {
        "entry": entry,
        "choices": choices,
        "pictures": pictures,
        "alt": normal(form.text("alt")) if form is not None else alt,
        "chosen": now,
        "shapes": {one.value: WORDS[f"picture.shape.{one.value}"] for one in Shape},
        "drawings": {one: WORDS[f"picture.icon.{one}"] for one in ICONS},
        "levels": {str(one): str(one) for one in range(HIGHEST_LEVEL + 1)},
        "longest": {"letters": LONGEST_LETTERS, "ribbon": LONGEST_RIBBON, "alt": LONGEST_ALT},
    }
    title = WORDS["picture.title"].format(name=entry.name)
    return page(request, visit, Page(title, "badge_maker.html", values, 422 if faults else 200, faults))

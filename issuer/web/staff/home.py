"""Home: what waits for the person who is signed in."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.access.roles import NAMES, Permission, Role
from issuer.store import dossier
from issuer.web.access import Anybody
from issuer.web.staff import nav, todo
from issuer.web.staff.page import WORDS, Page, page

router = APIRouter()
nav.join(nav.HOME, WORDS["home.nav"], "/")

_FIRST: Final = (
    ("people", "/people", Permission.MANAGE_PEOPLE, Role.ADMINISTRATOR),
    ("sharing", "/settings/sharing", Permission.MANAGE_SETTINGS, Role.ADMINISTRATOR),
    ("policy", "/settings/approval", Permission.MANAGE_SETTINGS, Role.ADMINISTRATOR),
    ("issue", "/issue", Permission.RECORD_AWARDS, Role.REGISTRAR),
    ("menu", "/certifications/menu", Permission.EDIT_CATALOG, Role.COORDINATOR),
)
"""What leads to a district's first badges, in order: its words, where it is done, who may, whose it is."""

_GO: Final = (
    ("issue", "/issue", Permission.ISSUE),
    ("prepare", "/issue", Permission.RECORD_AWARDS, Permission.ISSUE),
    ("students", "/students", Permission.READ_STUDENTS),
    ("badges", "/badges", Permission.READ_STUDENTS),
    ("reach", "/reach", Permission.SHARE),
    ("certifications", "/certifications", Permission.READ_CATALOG),
    ("people", "/people", Permission.MANAGE_PEOPLE),
    ("reports", "/reports", Permission.READ_REPORTS),
)
"""What people come for, the commonest first: its words, where, who may; and who has another way to it."""


@router.get("/")
def home(request: Request, visit: Anybody) -> Response:
    """The things to do; in a new district the first steps; the ways to what people come for."""
    with visit.store.reading() as session:
        is_new = not dossier.has_badges(session, visit.district.id)
    may = visit.person.may
    values = {
        "todo": todo.waiting_for(visit),
        "first": [
            (WORDS[f"home.first.{name}"], path if may(needed) else "", NAMES[role])
            for name, path, needed, role in _FIRST
        ]
        if is_new
        else [],
        "go": [
            (WORDS[f"home.go.{name}"], path, WORDS[f"home.go.{name}-hint"])
            for name, path, needed, *other in _GO
            if may(needed) and not any(may(one) for one in other)
        ],
    }
    return page(request, visit, Page(WORDS["home.title"], "home.html", values))

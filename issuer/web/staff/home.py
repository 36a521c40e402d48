"""Home: what waits for the person who is signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.web.access import Anybody
from issuer.web.staff import nav, todo
from issuer.web.staff.page import WORDS, Page, page

router = APIRouter()
nav.join(nav.HOME, WORDS["home.nav"], "/")


@router.get("/")
def home(request: Request, visit: Anybody) -> Response:
    """The things to do, first."""
    waiting = todo.waiting_for(visit)
    return page(request, visit, Page(WORDS["home.title"], "home.html", {"todo": waiting}))

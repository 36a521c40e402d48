"""The way in for whoever is not signed in, and the way out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.store import people
from issuer.web.student.door import Current, PlaceNow, Posted, leave
from issuer.web.student.page import Page, go, page

router = APIRouter()


@router.get("/")
def first() -> Response:
    """The students' site begins with their badges."""
    return go()


@router.get("/way-in")
def way_in(request: Request, place: PlaceNow, current: Current) -> Response:
    """How to get to one's badges."""
    if current is not None:
        return go()
    with place.store.reading() as session:
        has_sign_on = people.provider(session, place.district.id) is not None
    return page(request, place, Page("way-in.title", "way_in.html", {"has_sign_on": has_sign_on}))


@router.post("/sign-out")
def sign_out(request: Request, place: PlaceNow, _form: Posted) -> Response:
    """End the session, here and not only in the browser."""
    return leave(request, place, go("/way-in", "signed-out"))

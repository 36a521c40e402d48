"""The ways back in: what a student who has come in once can set up for the next time."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.web.student.door import Me
from issuer.web.student.page import Page, page

router = APIRouter()


@router.get("/ways-back")
def ways_back(request: Request, me: Me) -> Response:
    """What is set up, and what can be."""
    return page(request, me.place, Page("ways-back.title", "ways_back.html"))

"""What the interface says about itself: its OpenAPI document, and a page for each problem."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from issuer.api.errors import CODES
from issuer.errors import IssuerError
from issuer.web.api.openapi import document_text
from issuer.web.public import At

described = APIRouter()


@described.get("/openapi.json")
def describe(_district: At) -> Response:
    """The OpenAPI document."""
    headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    return Response(document_text(), media_type="application/openapi+json", headers=headers)


@described.get("/problems/{code}")
def about_problem(_district: At, code: str) -> Response:
    """What a problem means, and what to do."""
    kind = CODES.get(code)
    if kind is None:
        raise IssuerError("not_found", "there is no such problem")
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><title>{escape(kind.title)}</title></head><body><main>'
        f"<h1>{escape(kind.title)}</h1><p>{escape(kind.todo)}</p>"
        f"<p>Code: <code>{escape(code)}</code>, status {int(kind.status)}.</p></main></body></html>"
    )

"""The students' site's own files: its style, its mark, its scripts. Browsers ask nobody else for anything."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.errors import IssuerError

router = APIRouter()

TYPES: Final = MappingProxyType({".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"})
SECONDS: Final = 300


@router.get("/static/{name}")
def static(request: Request, name: str) -> Response:
    """One of the files; 304 where the browser has it."""
    if name not in _names():
        raise IssuerError("not_found", "there is no such file")
    body, etag = _read(name)
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={SECONDS}"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=TYPES[name[name.rindex(".") :]], headers=headers)


@cache
def _names() -> frozenset[str]:
    """What there is; a name from outside is never made into a path."""
    folder = resources.files("issuer.web.student").joinpath("static")
    return frozenset(one.name for one in folder.iterdir() if one.name.endswith(tuple(TYPES)))


@cache
def _read(name: str) -> tuple[bytes, str]:
    body = resources.files("issuer.web.student").joinpath("static", name).read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'

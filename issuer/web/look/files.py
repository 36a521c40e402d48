"""A site's own files: its style, its mark, its scripts. Browsers ask nobody else for anything."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.errors import IssuerError

TYPES: Final = MappingProxyType({".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"})
SECONDS: Final = 300

_SHARED: Final = "issuer.web.look"


def files_of(package: str) -> APIRouter:
    """The route under which a site gives out the files of its folder `static`, and those of both sites.

    Args:
        package: The site's package.
    """
    router = APIRouter()

    @router.get("/static/{name}")
    def static(request: Request, name: str) -> Response:
        """One of the files; 304 where the browser has it."""
        # A name from outside is looked up among those that there are; it is never made into a path.
        found = _files(package).get(name)
        if found is None:
            raise IssuerError("not_found", "there is no such file")
        body, etag = found
        headers = {"ETag": etag, "Cache-Control": f"private, max-age={SECONDS}"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=TYPES[name[name.rindex(".") :]], headers=headers)

    return router


@cache
def _files(package: str) -> MappingProxyType[str, tuple[bytes, str]]:
    """By name, each file and its ETag."""
    found = {}
    for place in (_SHARED, package):
        for one in resources.files(place).joinpath("static").iterdir():
            if one.name.endswith(tuple(TYPES)):
                body = one.read_bytes()
                found[one.name] = (body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    return MappingProxyType(found)

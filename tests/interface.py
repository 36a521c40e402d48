"""The programming interface, asked; every answer is held against its own OpenAPI document."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import httpx
import jsonschema_rs
from fastapi.routing import APIRoute

from tests.site import ask
from verifier.web.guard import Guard
from verifier.web.openapi import document

JSON = {"Content-Type": "application/json"}


def routes_of(site: Guard) -> list[APIRoute]:
    """Every route of a site, read from its own table."""
    app: Any = site._site
    tables = [getattr(one, "original_router", None) for one in app.routes]
    found = [route for table in tables if table for route in table.routes]
    found += [route for route in app.routes if isinstance(route, APIRoute)]
    return [route for route in found if isinstance(route, APIRoute)]


@cache
def validator(name: str) -> Any:
    """What holds a value against a schema of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@cache
def _inline(path: str, method: str, status: str, media_type: str) -> Any:
    told = document()["paths"][path][method]["responses"][status]["content"][media_type]["schema"]
    return jsonschema_rs.Draft202012Validator(told | {"components": document()["components"]})


def hold(answer: httpx.Response, path: str, method: str) -> None:
    """Fail unless the document foresees this answer: its status, its media type, its body."""
    media_type = answer.headers["content-type"].split(";")[0]
    _inline(path, method.lower(), str(answer.status_code), media_type).validate(answer.json())


def post(site: Guard, path: str, value: Any, **more: Any) -> httpx.Response:
    """Send JSON, and hold the answer against the document."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    answer = ask(site, path, "POST", content=content, headers=JSON, **more)
    hold(answer, path, "post")
    return answer


def send(site: Guard, path: str, *files: tuple[str, bytes], **fields: str) -> httpx.Response:
    """Send files of a form, and hold the answer against the document."""
    sent = [("file", one) for one in files]
    answer = ask(site, path, "POST", files=sent, data=fields)
    hold(answer, path, "post")
    return answer

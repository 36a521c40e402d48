"""Requests that the OpenAPI documents allow, and many that they do not.

`python -m tests.fuzz.interfaces verifier 60`. The application runs in this process; what it asks is a
simulated district. A find is an answer of 500 or above, or an exception.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

from issuer.app import create_app
from issuer.store.migrations import migrate
from issuer.store.session import Store
from tests.house import House
from tests.site import ADDRESS, make_site
from tests.world import World
from verifier.web.guard import Guard

MOST_EXAMPLES = 50
"""Requests to one operation, before the next has its turn."""

NOT_READY = (503, "/readyz")
"""An answer that is meant: a district in pieces says that it is not ready."""

Application = Any

_TEXT = {"type": "string", "maxLength": 400}
ANY_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"verifiableCredential": {}, "options": {}, "receipt": _TEXT},
            }
        },
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "properties": dict.fromkeys(("text", "lang", "at", "receipt", "as", "code", "token"), _TEXT),
            }
        },
    },
}
"""What is sent where a route does not say what it reads: whatever the pages' forms and the interface know."""


def verifier(folder: Path) -> tuple[Application, dict[str, Any]]:
    """The verifier's site with its own document."""
    site: Guard = make_site(World(), folder, lookups_per_minute=100_000)
    return site, described(site, site._site)


def issuer(folder: Path) -> tuple[Application, dict[str, Any]]:
    """The issuer's public side and its console, with the document that FastAPI makes of it."""
    store = Store.open(str(folder / "issuer.db"))
    migrate(store)
    house = House.build(store)
    app = create_app(store, clock=house.clock, entropy=house.entropy, signer_of=lambda _: house.signer)
    return app, described(app, app)


def described(site: Application, inner: Any) -> dict[str, Any]:
    """The OpenAPI document that the site serves, else the one that its routes make."""
    for path in ("/openapi.json", "/v1/openapi.json"):
        answer = send(site, "GET", path, {})
        if answer.status_code == 200:
            served: dict[str, Any] = json.loads(answer.content)
            return served
    with warnings.catch_warnings(action="ignore"):  # GET and HEAD share a name, which matters to nobody here
        made: dict[str, Any] = inner.openapi()
    for path in made["paths"].values():
        for method, operation in path.items():
            if method in {"post", "put", "patch"}:
                operation.setdefault("requestBody", ANY_BODY)
    return made


def send(site: Application, method: str, path: str, parts: dict[str, Any]) -> httpx.Response:
    """One request, in this process."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(site, raise_app_exceptions=True, client=("192.0.2.7", 5))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            return await client.request(method, path, **parts)

    return asyncio.run(sent())


def parts_of(case: Any) -> tuple[str, str, dict[str, Any]]:
    """Method, path and what else httpx needs, of a case; ValueError where no request can be made of it."""
    told = case.as_transport_kwargs(base_url=ADDRESS)
    request = requests.Request(
        told["method"],
        told["url"],
        headers=told.get("headers"),
        params=told.get("params"),
        data=told.get("data"),
        json=told.get("json"),
        files=told.get("files"),
        cookies=told.get("cookies"),
    ).prepare()
    body = request.body or b""
    url = httpx.URL(request.url or ADDRESS)
    headers = {name: str(value) for name, value in request.headers.items() if name.lower() != "host"}
    return request.method or "GET", str(url), {"content": body, "headers": headers}


def fuzz(name: str, seconds: float) -> int:
    """Send requests until the time is up; print how many, and what was found."""
    counts: Counter[str] = Counter()
    finds: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        site, document = {"verifier": verifier, "issuer": issuer}[name](Path(folder))
        schema = schemathesis.openapi.from_dict(document)
        operations = [one.ok() for one in schema.get_all_operations()]
        until = time.monotonic() + seconds
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)

        def one_request(operation: Any, case: Any) -> None:
            if time.monotonic() > until:
                return
            try:
                method, url, parts = parts_of(case)
            except (ValueError, UnicodeError):
                counts["no request"] += 1
                return
            counts["requests"] += 1
            try:
                status = send(site, method, url, parts).status_code
            except Exception as fault:  # noqa: BLE001 - whatever comes out is a find
                finds.setdefault(f"{operation.label}: {type(fault).__name__}", f"{fault} {parts}"[:2_000])
                return
            counts[f"{status // 100}xx"] += 1
            if status >= 500 and (status, operation.path) != NOT_READY:
                finds.setdefault(f"{operation.label}: {status}", str(parts)[:2_000])

        while time.monotonic() < until:
            for operation in operations:
                for mode in modes:
                    play(operation, mode, one_request)
    print(f"{name}: {len(operations)} operations, {dict(counts)}, {len(finds)} found")
    for what, how in finds.items():
        print(f"FOUND {what}\n  {how}")
    return 1 if finds else 0


def play(operation: Any, mode: GenerationMode, one_request: Any) -> None:
    """Some requests to one operation."""
    try:
        strategy = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=MOST_EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(case=strategy)
        def run(case: Any) -> None:
            one_request(operation, case)

        run()
    except schemathesis.errors.SchemathesisError:
        return  # there is nothing that could be wrong in a request without parameters
    except hypothesis.errors.Unsatisfiable:
        return  # likewise


if __name__ == "__main__":
    sys.exit(fuzz(sys.argv[1], float(sys.argv[2])))

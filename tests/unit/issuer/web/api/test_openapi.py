"""The OpenAPI document says what there is: every route, and answers that keep to its schemas."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import APIRoute

from issuer.api.keys import Scope
from issuer.web.api.install import ROUTERS
from issuer.web.api.openapi import OPERATIONS, document, document_text
from tests.programs import Program, award

COPY = Path(__file__).parents[5] / "docs" / "openapi" / "issuer.json"


def test_the_copy_is_up_to_date() -> None:
    """Renew it: `.venv/bin/python -m issuer.web.api.openapi > docs/openapi/issuer.json`."""
    assert COPY.read_text("utf-8") == document_text()


def test_every_route_is_described_with_its_scope() -> None:
    found: dict[tuple[str, str], Scope | None] = {}
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            scopes = {one.call.scope for one in route.dependant.dependencies if hasattr(one.call, "scope")}  # type: ignore[union-attr]
            path = re.sub(":path", "", route.path)
            for method in route.methods or ():
                found[method.lower(), path] = next(iter(scopes), None)
    assert {(one.method, one.path): one.scope for one in OPERATIONS} == found


def schema(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}


def test_answers_keep_to_their_schemas(program: Program) -> None:
    def fits(name: str, value: Any) -> None:
        jsonschema_rs.Draft202012Validator(schema(name)).validate(value)

    fits("CredentialAnswer", program.post("/credentials/issue", {"credential": program.draft()}).json())
    fits("Problem", program.post("/credentials/issue", {"credential": program.draft()}).json())
    other = award(2, date_earned="2026-04-19")
    fits("AwardRequest", other)
    fits("Award", program.post("/v1/awards", other).json())
    fits("Awards", program.get("/v1/awards").json())
    asked = {"awards": [award(3, date_earned="2026-04-20"), award(4, number="")]}
    fits("BatchRequest", asked)
    fits("DryRun", program.post("/v1/batches?dry_run=true", asked).json())
    batch = program.post("/v1/batches", asked).json()
    fits("Batch", batch)
    fits("Batch", program.get(f"/v1/jobs/{batch['id']}").json())
    fits("Rows", program.get(batch["links"]["rows"]).json())
    fits("StatusAnswer", program.post("/credentials/status", {"credentialId": "A-2"}).json())
    hook = program.post("/v1/webhooks", {"url": "https://hooks.riverbend.example/"}).json()
    fits("NewWebhook", hook)
    fits("Webhooks", program.get("/v1/webhooks").json())
    fits("Webhook", program.send("DELETE", f"/v1/webhooks/{hook['id']}").json())
    fits("Metadata", program.client.get("/.well-known/oauth-authorization-server/api").json())
    fits("Problem", program.client.get("/v1/awards").json())
    assert program.client.get("/openapi.json").text == document_text()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b'{"a":"\\ud800"}', b'{"a":"\\u0000"}',
     b'{"a":1e999}', b'{"a":9223372036854775808}', b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"],
)  # fmt: skip
def test_no_body_is_a_failure_of_ours(program: Program, body: bytes) -> None:
    for one in OPERATIONS:
        if one.method == "post" and one.scope is not None:
            answer = program.post(one.path, body)
            assert answer.status_code == 400, one.path
            assert answer.json()["code"] in ("bad_json", "bad_request"), one.path

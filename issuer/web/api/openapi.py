"""The issuer's programming interface as an OpenAPI 3.1 document. `docs/openapi/issuer.json` is a copy of it.

One row for each route; tests hold the rows against the routes, and answers against the schemas.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any, Final

from issuer.api.keys import SCOPE_NAMES, Scope
from issuer.web.api.openapi_schemas import ref, schemas

VERSION: Final = "1.0"
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
ONCE: Final = "IdempotencyKey"

_ALWAYS: Final = (400, 401, 403, 404, 429, 500, 503)
_SENTENCES: Final = {
    400: "The request is not what this address takes.",
    401: "The key was not accepted.",
    403: "The key may not do this.",
    404: "There is nothing under that name, or it is another district's.",
    409: "The student has this badge already.",
    410: "It was destroyed.",
    413: "The body is too large.",
    415: "The kind of content is not right.",
    422: "It can be read, and the district does not do it; `errors` says why.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    500: "Something went wrong on our side.",
    503: "The database or the key is not there just now; send the same request again.",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One route.

    Attributes:
        method: As in `get`.
        path: Its address.
        id: What programs may call it.
        summary: What it is for, in one line.
        said: The same in a few sentences.
        scope: What the key needs; None where anybody may ask.
        takes: Name of the schema of a request, "" for none.
        gives: Name of the schema of an answer.
        status: Of a good answer.
        media_type: Of it.
        parameters: Names of parameters beside those of the path.
        more: Other statuses beside the usual ones.
    """

    method: str
    path: str
    id: str
    summary: str
    said: str
    scope: Scope | None
    takes: str = ""
    gives: str = ""
    status: int = 200
    media_type: str = JSON
    parameters: tuple[str, ...] = ()
    more: tuple[int, ...] = ()


_SENT: Final = (413, 415, 422)
OPERATIONS: Final = (
    Operation(
        "post",
        "/credentials/issue",
        "issueCredential",
        "Issue a credential, as VCALM 1.0 has it",
        "The district reads from the posted credential what a row of a sheet could say: which of its "
        "students (identifier of type sisSourcedId, which is never signed), which of its achievements, the "
        "days, the number, a score, an evaluator, one https address of evidence. It drafts and signs its "
        "own credential from that. Whatever else is posted is refused.",
        Scope.ISSUE,
        "IssueRequest",
        "CredentialAnswer",
        201,
        parameters=(ONCE,),
        more=(*_SENT, 409, 410),
    ),
    Operation(
        "post",
        "/credentials/status",
        "updateStatus",
        "Withdraw a credential, as VCALM 1.0 has it",
        "Only the purpose revocation is kept, and nothing takes it back. The published list says so within a "
        "minute. `reason` is our own.",
        Scope.STATUS,
        "StatusRequest",
        "StatusAnswer",
        parameters=(ONCE,),
        more=_SENT,
    ),
    Operation(
        "get",
        "/credentials/{credential_id}",
        "getCredential",
        "Give out a credential",
        "By its id, or by the reference under which it was asked for.",
        Scope.READ,
        gives="CredentialAnswer",
        more=(410, 422),
    ),
    Operation(
        "get",
        "/v1/awards",
        "listAwards",
        "List awards",
        "In the order in which they were made, so that what is new stands at the end.",
        Scope.READ,
        gives="Awards",
        parameters=("Limit", "Cursor", "Status", "Code"),
    ),
    Operation(
        "post",
        "/v1/awards",
        "createAward",
        "Issue one award",
        "An award is what a row of a sheet is, under the same rules. The same reference with the same "
        "content is the same award.",
        Scope.ISSUE,
        "AwardRequest",
        "Award",
        201,
        parameters=(ONCE,),
        more=(*_SENT, 409, 410),
    ),
    Operation(
        "get",
        "/v1/awards/{award_ref}",
        "getAward",
        "One award",
        "By the district's own reference.",
        Scope.READ,
        gives="Award",
        more=(410,),
    ),
    Operation(
        "post",
        "/v1/batches",
        "createBatch",
        "Issue many awards",
        "Up to 200 in one request. What becomes of each stands at the batch, with row and member. With "
        "dry_run=true nothing is issued, and the answer is 200 with the rows.",
        Scope.BATCHES,
        "BatchRequest",
        "Batch",
        202,
        parameters=(ONCE, "DryRun"),
        more=_SENT,
    ),
    Operation(
        "get", "/v1/batches/{batch_id}", "getBatch", "How far a batch has come", "Counts and state.",
        Scope.BATCHES, gives="Batch",
    ),
    Operation(
        "get", "/v1/batches/{batch_id}/rows", "listRows", "What became of each award of a batch",
        "In the order of the request, counted from 1.", Scope.BATCHES, gives="Rows",
        parameters=("Limit", "Cursor"),
    ),
    Operation(
        "get", "/v1/jobs/{job_id}", "getJob", "How far a job has come", "A batch's job has the batch's name.",
        Scope.BATCHES, gives="Batch",
    ),
    Operation(
        "get", "/v1/jobs/{job_id}/events", "followJob", "What happens to a job, as it happens",
        "Server-sent events `accepted`, `progress` and `finished`, numbered from 1. A connection ends after "
        "half a minute; ask again with Last-Event-ID.", Scope.BATCHES, media_type="text/event-stream",
        parameters=("LastEventId",),
    ),
    Operation(
        "get", "/v1/webhooks", "listWebhooks", "List webhooks", "Without their secrets.", Scope.WEBHOOKS,
        gives="Webhooks",
    ),
    Operation(
        "post", "/v1/webhooks", "addWebhook", "Add a webhook",
        "Messages are signed as Standard Webhooks has it, and hold types and ids alone. The secret is told "
        "in this answer and never again.", Scope.WEBHOOKS, "WebhookRequest", "NewWebhook", 201, more=_SENT,
    ),
    Operation(
        "delete", "/v1/webhooks/{webhook_id}", "removeWebhook", "Remove a webhook",
        "Nothing is told it any more.",
        Scope.WEBHOOKS, gives="Webhook",
    ),
    Operation(
        "post", "/oauth/token", "getToken", "Exchange a key for an access token",
        "Client credentials (RFC 6749, 4.4) by HTTP Basic: the client's id is the key's, the secret the "
        "whole key. Errors are those of RFC 6749, 5.2.", None, "TokenRequest", "Token",
    ),
    Operation(
        "get", "/.well-known/oauth-authorization-server/api", "describeTokens", "Where tokens are",
        "RFC 8414, for the issuer that is the origin with /api.", None, gives="Metadata",
    ),
    Operation(
        "get", "/openapi.json", "describe", "This document", "OpenAPI 3.1.", None,
        media_type="application/openapi+json",
    ),
    Operation(
        "get", "/problems/{code}", "explainProblem", "What a problem means",
        "A page in plain words.", None, media_type="text/html",
    ),
)  # fmt: skip
"""Every route, in the order in which people read about them."""


def document() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, Any] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one)
    scopes = {scope.value: said for scope, said in SCOPE_NAMES.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cairn",
            "version": VERSION,
            "description": "Issue badges from the district's own programs. A key is bound to one district "
            "and its scopes. The district signs awards of its own catalog to its own students, and nothing "
            "else.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "parameters": _parameters(),
            "headers": _headers(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key, or an access token."},
                "oauth": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes}},
                },
            },
        },
    }


def document_text() -> str:
    """The document as it is served and kept."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {"operationId": one.id, "summary": one.summary, "description": one.said}
    inside = [part[1:-1] for part in one.path.split("/") if part.startswith("{")]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in inside
    ]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in one.parameters]
    if parameters:
        told["parameters"] = parameters
    if one.scope is not None:
        told["security"] = [{"key": []}, {"oauth": [one.scope.value]}]
    if one.takes:
        kind = "application/x-www-form-urlencoded" if one.takes == "TokenRequest" else JSON
        told["requestBody"] = {"required": True, "content": {kind: {"schema": ref(one.takes)}}}
    schema = ref(one.gives) if one.gives else {"type": "string"}
    good: dict[str, Any] = {"description": "The answer.", "content": {one.media_type: {"schema": schema}}}
    if one.scope is not None:
        names = ("RateLimit", "RateLimit-Policy")
        good["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    told["responses"] = {str(one.status): good}
    if one.id == "createBatch":
        told["responses"]["200"] = {
            "description": "What would become of each award.",
            "content": {JSON: {"schema": ref("DryRun")}},
        }
    usual = _ALWAYS if one.scope is not None else (400, 404, 429)
    for status in sorted({*usual, *one.more}):
        content = {PROBLEM: {"schema": ref("Problem")}}
        told["responses"][str(status)] = {"description": _SENTENCES[status], "content": content}
    return told


def _parameters() -> dict[str, Any]:
    text = {"type": "string"}

    def query(name: str, said: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": "query", "description": said, "schema": schema}

    def header(name: str, said: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": "header", "description": said, "schema": schema}

    return {
        ONCE: header(
            "Idempotency-Key",
            "A name of the request's own: sent again with the same body it is answered as the first time, "
            "for 30 days.",
            {"type": "string", "minLength": 1, "maxLength": 255},
        ),
        "LastEventId": header("Last-Event-ID", "The last event that was seen.", text),
        "Limit": query("limit", "How many entries.", {"type": "integer", "minimum": 1, "maximum": 200}),
        "Cursor": query("cursor", "`next_cursor` of the entries before.", text),
        "Status": query("status", "Only these.", {"enum": ["active", "withdrawn"]}),
        "Code": query("code", "Only awards of this certification.", text),
        "DryRun": query("dry_run", "Only look.", {"enum": ["true", "false"]}),
    }


def _headers() -> dict[str, Any]:
    said = {
        "RateLimit": "How much is left, and in how many seconds it is whole again.",
        "RateLimit-Policy": "How much is allowed in how many seconds.",
    }
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in said.items()}


if __name__ == "__main__":
    sys.stdout.write(document_text())

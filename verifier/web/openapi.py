"""The programming interface as an OpenAPI 3.1 document. `docs/openapi/verifier.json` is a copy of it.

One row for each route. The tests hold the rows against the routes that there are, and what the routes answer
against the schemas.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from verifier.web.openapi_schemas import ref, schemas
from verifier.web.problem import MEDIA_TYPE

VERSION: Final = "1.0"
JSON: Final = "application/json"
FORM: Final = "multipart/form-data"

ALWAYS: Final = (404, 405, 408, 413, 421, 500, 503)
"""What any request may be answered with."""

JUDGED: Final = (400, 415, 429)
"""What any request that is judged may be answered with, besides."""

_SENTENCES: Final = {
    400: "The request is not what this address takes, or what was sent is no badge.",
    404: "There is no such address.",
    405: "The address does not work that way.",
    408: "The request took too long to arrive.",
    413: "It is too large.",
    415: "The kind of content is not right.",
    421: "The site has another name.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    500: "Something went wrong on our side.",
    503: "Many people are asking just now.",
}
_BADGE: Final = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One route.

    Args:
        method: "get" or "post".
        path: Its address.
        id: What programs may call it.
        summary: What it is for, in one line.
        said: The same in a few sentences.
        takes: Media type -> name of the schema of a request.
        gives: Name of the schema of an answer; "" for an open object.
        media_type: Of the answer.
        example: A request.
        statuses: Other statuses than 200 that it answers with, beside `ALWAYS`.
        limited: Whether it is counted; such answers bear RateLimit.
    """

    method: str
    path: str
    id: str
    summary: str
    said: str
    takes: tuple[tuple[str, str], ...] = ()
    gives: str = ""
    media_type: str = JSON
    example: Any = None
    statuses: tuple[int, ...] = ()
    limited: bool = False


OPERATIONS: Final = (
    Operation(
        "post",
        "/v1/verifications",
        "verify",
        "Check one badge",
        "The badge itself, its link, its code, or a file with it (JSON, PNG, SVG, PDF, a photo of its QR "
        "code). Whatever the verdict is, the answer is 200 and `report.code` says it.",
        ((JSON, "VerificationRequest"), (FORM, "VerificationForm")),
        "Verification",
        example={"code": "RIVER-7Q2M-9KXB-4T0C", "lang": "en", "receipt": False},
        statuses=JUDGED,
        limited=True,
    ),
    Operation(
        "post",
        "/v1/verifications:batch",
        "verifyMany",
        "Check many badges",
        "Up to 500 in one request. What is the same is checked once; what could not be checked in time or "
        "came too often bears a problem instead of a report.",
        ((JSON, "BatchRequest"), (FORM, "BatchForm")),
        "Batch",
        example={
            "items": [{"id": "row-2", "code": "RIVER-7Q2M-9KXB-4T0C"}, {"id": "row-3", "badge": _BADGE}]
        },
        statuses=JUDGED,
    ),
    Operation(
        "post",
        "/credentials/verify",
        "verifyCredential",
        "Verify a credential, as VCALM 1.0 has it",
        "A credential that fails its checks is answered with 200 and `verified` false; what is none at all "
        "with 400. `report` is our own.",
        ((JSON, "VerifyCredentialRequest"),),
        "CredentialResult",
        example={"verifiableCredential": _BADGE, "options": {"returnResults": True}},
        statuses=JUDGED,
        limited=True,
    ),
    Operation(
        "post",
        "/presentations/verify",
        "verifyPresentation",
        "Verify a presentation, as VCALM 1.0 has it",
        "Who presents, whether it answers the challenge and the domain, and each credential in it. A "
        "challenge of this verifier is good for one presentation.",
        ((JSON, "VerifyPresentationRequest"),),
        "PresentationResult",
        example={
            "verifiablePresentation": {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiablePresentation"],
                "verifiableCredential": [],
            },
            "options": {
                "challenge": "cairn-challenge-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "domain": "example.edu",
            },
        },
        statuses=JUDGED,
        limited=True,
    ),
    Operation(
        "post",
        "/challenges",
        "makeChallenge",
        "Make a challenge",
        "For one presentation, within ten minutes. The request has no body.",
        gives="Challenge",
        statuses=(400, 429),
        limited=True,
    ),
    Operation("get", "/healthz", "healthy", "Whether the process answers", "Always 200.", gives="Health"),
    Operation(
        "get",
        "/readyz",
        "ready",
        "Whether anybody can be recognised",
        "503 where no trust list is in force: then no badge is ever valid.",
        gives="Health",
    ),
    Operation(
        "get",
        "/openapi.json",
        "describe",
        "This document",
        "OpenAPI 3.1.",
        media_type="application/openapi+json",
    ),
    Operation(
        "get",
        "/.well-known/cairn-receipt-keys.json",
        "receiptKeys",
        "The public keys of receipts",
        "A JWK Set; 404 where this verifier gives no receipts.",
        gives="JwkSet",
        media_type="application/jwk-set+json",
    ),
)


def document() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, Any] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cairn Verify",
            "version": VERSION,
            "description": "Check digital badges without trusting anybody's word. Nothing that was not "
            "checked is ever called valid. Nobody needs a key, and nothing that is sent is kept.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "headers": _headers(),
            "responses": {"Problem": _problem("A problem.")},
        },
    }


def document_text() -> str:
    """The document as it is served and kept."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {"operationId": one.id, "summary": one.summary, "description": one.said}
    if one.takes:
        content = {media: {"schema": ref(name)} for media, name in one.takes}
        content[one.takes[0][0]]["example"] = one.example
        told["requestBody"] = {"required": True, "content": content}
    told["responses"] = {"200": _good(one)} | _problems((*one.statuses, *ALWAYS))
    if one.id == "ready":
        told["responses"]["503"] = _good(one) | {"description": "No trust list is in force."}
    return told


def _good(one: Operation) -> dict[str, Any]:
    names = ["X-Request-Id", *(("RateLimit", "RateLimit-Policy") if one.limited else ())]
    return {
        "description": "The answer.",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {one.media_type: {"schema": ref(one.gives) if one.gives else {"type": "object"}}},
    }


def _problems(statuses: Iterable[int]) -> dict[str, Any]:
    return {str(status): _problem(_SENTENCES[status]) for status in sorted(statuses)}


def _problem(said: str) -> dict[str, Any]:
    return {"description": said, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}


def _headers() -> dict[str, Any]:
    said = {
        "X-Request-Id": "The request's number, which a problem bears as trace_id.",
        "RateLimit": "How much is left, and in how many seconds it is whole again.",
        "RateLimit-Policy": "How much is allowed in how many seconds.",
    }
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in said.items()}


if __name__ == "__main__":
    sys.stdout.write(document_text())

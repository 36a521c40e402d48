"""What is sent and answered, as JSON Schemas (2020-12) of the OpenAPI document.

Answers may gain members; requests take none that is not named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from credential.withdrawal import Reason
from issuer.api.durable import MOST_IN_A_JOB, WAITING
from issuer.api.errors import CODES, MOST_FAULTS
from issuer.api.ordering import LONGEST_CELL
from issuer.roster.columns import COLUMNS
from issuer.webhooks.events import TYPES

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
NUMBER: Final[Schema] = {"type": "integer"}
MAYBE: Final[Schema] = {"type": ["string", "null"]}
OBJECT: Final[Schema] = {"type": "object"}


def ref(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas() -> dict[str, Schema]:
    """Every schema, by name."""
    return _requests() | _answers()


def _answered(**members: Schema) -> Schema:
    return {"type": "object", "required": list(members), "properties": members}


def _asked(always: Mapping[str, Schema], sometimes: Mapping[str, Schema] | None = None) -> Schema:
    named = {**always, **(sometimes or {})}
    return {"type": "object", "required": list(always), "properties": named, "additionalProperties": False}


def _many(schema: Schema, **bounds: int) -> Schema:
    return {"type": "array", "items": schema} | bounds


def _requests() -> dict[str, Schema]:
    cell = {"type": "string", "maxLength": LONGEST_CELL}
    needed = ("external_id", "date_earned")
    options = _asked({}, {"credentialId": {"type": "string", "maxLength": 120}})
    return {
        "IssueRequest": _asked({"credential": OBJECT}, {"options": options}),
        "StatusRequest": _asked(
            {"credentialId": TEXT},
            {
                "credentialStatus": OBJECT,
                "status": FLAG,
                "indexAllocator": TEXT,
                "reason": {"enum": [reason.value for reason in Reason]},
            },
        ),
        "AwardRequest": _asked(
            dict.fromkeys(needed, cell), {name: cell for name in COLUMNS if name not in needed}
        ),
        "BatchRequest": _asked({"awards": _many(ref("AwardRequest"), minItems=1, maxItems=MOST_IN_A_JOB)}),
        "WebhookRequest": _asked({"url": TEXT}, {"events": _many({"enum": list(TYPES)}, minItems=1)}),
        "TokenRequest": _asked({"grant_type": {"const": "client_credentials"}}, {"scope": TEXT}),
    }


def _answers() -> dict[str, Schema]:
    hook = {"id": TEXT, "url": TEXT, "events": _many(TEXT), "created": TEXT, "disabled": MAYBE}
    row = {"row": NUMBER, "award_ref": TEXT, "code": TEXT, "column": TEXT, "message": TEXT}
    fault = _answered(pointer=TEXT, code=TEXT, message=TEXT)
    fault["properties"] |= {"row": NUMBER, "column": TEXT}
    problem = _answered(
        type=TEXT, title=TEXT, status=NUMBER, code={"type": "string", "examples": sorted(CODES)}, detail=TEXT
    )
    problem["properties"]["errors"] = _many(fault, maxItems=MOST_FAULTS)
    award = _answered(
        award_ref=TEXT,
        external_id=TEXT,
        credential_code=TEXT,
        date_earned=MAYBE,
        last_day=MAYBE,
        credential_id=TEXT,
        state={"enum": ["pending", "held", "issued", "withdrawn"]},
        held_until=MAYBE,
        reason=MAYBE,
        revoked_at=MAYBE,
    )
    award["properties"] |= {"code": TEXT, "note": TEXT}
    counts = dict.fromkeys(("total", "issued", "skipped", "failed"), NUMBER)
    return {
        "CredentialAnswer": _answered(verifiableCredential=OBJECT),
        "StatusAnswer": _answered(credentialId=TEXT, status=FLAG),
        "Award": award,
        "Awards": _answered(items=_many(ref("Award")), next_cursor=MAYBE),
        "Batch": _answered(
            id=TEXT,
            job=TEXT,
            state=TEXT,
            **counts,
            created=TEXT,
            finished=MAYBE,
            held_until=MAYBE,
            links=OBJECT,
        ),
        "Row": _answered(
            **row,
            state={"enum": ["issued", "skipped", "failed", WAITING]},
            credential_id=MAYBE,
            pointer=TEXT,
        ),
        "Rows": _answered(items=_many(ref("Row")), next_cursor=MAYBE),
        "DryRun": _answered(
            rows=_many(_answered(**row, outcome={"enum": ["ready", "reject", "skip"]}, notes=_many(OBJECT)))
        ),
        "Webhook": _answered(**hook),
        "NewWebhook": _answered(**hook, secret=TEXT),
        "Webhooks": _answered(items=_many(ref("Webhook"))),
        "Token": _answered(access_token=TEXT, token_type=TEXT, expires_in=NUMBER, scope=TEXT),
        "Metadata": _answered(issuer=TEXT, token_endpoint=TEXT, grant_types_supported=_many(TEXT)),
        "Problem": problem,
    }

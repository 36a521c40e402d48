"""What is sent and answered, as JSON Schemas (2020-12) of the OpenAPI document.

What is closed in our own code is closed here, from the same enumerations, so neither can change without the
other. Answers may gain members; requests take none that is not named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from verifier.evidence import Check, CheckOutcome, Code, IssuerLevel, Outcome, RefreshCode
from verifier.presented import PresentationCheck, PresentationCode
from verifier.web.challenges import PREFIX
from verifier.web.presented import LONGEST_ASKED
from verifier.web.presented import RETURNED as PRESENTATION_RETURNED
from verifier.web.problem import MOST_FAULTS, STATUSES
from verifier.web.vcalm import RETURNED
from verifier.web.verifications import LONGEST_ID, LONGEST_LINE, MOST_IN_BATCH
from verifier.words import LOCALES

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
TIME: Final[Schema] = {"type": "string", "format": "date-time"}


def ref(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {"oneOf": [schema, {"type": "null"}]}


def many(schema: Schema, **bounds: int) -> Schema:
    """A list of it."""
    return {"type": "array", "items": schema} | bounds


def answered(
    said: str, always: Mapping[str, Schema], sometimes: Mapping[str, Schema] | None = None
) -> Schema:
    """An object of an answer."""
    return {
        "type": "object",
        "description": said,
        "required": list(always),
        "properties": {**always, **(sometimes or {})},
    }


def asked(said: str, always: Mapping[str, Schema], sometimes: Mapping[str, Schema] | None = None) -> Schema:
    """An object of a request: nothing else may stand in it."""
    return answered(said, always, sometimes) | {"additionalProperties": False}


def one_of(values: Iterable[StrEnum] | Iterable[str], said: str = "") -> Schema:
    """One of some words."""
    made: Schema = {"type": "string", "enum": [str(value) for value in values]}
    return made | ({"description": said} if said else {})


_CREDENTIAL: Final[Schema] = {
    "description": "A credential as an object, an EnvelopedVerifiableCredential, or a compact JWS.",
    "oneOf": [{"type": "object"}, TEXT],
}
_SETTINGS: Final[dict[str, Schema]] = {
    "at": TEXT | {"description": "A day or a time in the past; without it, now.", "examples": ["2026-05-01"]},
    "lang": one_of(LOCALES, "The language of the sentences; en without it."),
    "receipt": FLAG | {"description": "Whether a signed receipt is wanted."},
}
_WAYS: Final[dict[str, Schema]] = {
    "badge": {"description": "An object or a token.", "oneOf": [{"type": "object"}, TEXT]},
    "link": TEXT | {"maxLength": LONGEST_LINE},
    "code": TEXT | {"maxLength": LONGEST_LINE},
}
_ONE_WAY: Final[Schema] = {"oneOf": [{"required": [way]} for way in _WAYS]}
_STANDARD: Final = answered(
    "What speaks against it, as the standards call it.", {"type": TEXT, "title": TEXT, "detail": TEXT}
)
_CHECK_LINE: Final = answered(
    "A question, answered in words.",
    {"check": TEXT, "question": TEXT, "answer": one_of(CheckOutcome), "sentence": TEXT},
)


def _flags(known: Mapping[str, bool]) -> dict[str, Schema]:
    return {name: FLAG | {"default": usual} for name, usual in known.items()}


def _result(**more: Schema) -> Schema:
    return answered("What was found for one member.", {"verified": FLAG}, more)


def schemas() -> dict[str, Schema]:
    """Every schema, by its name."""
    return {**_requests(), **_reports(), **_answers()}


def _requests() -> dict[str, Schema]:
    return {
        "VerifyCredentialRequest": asked(
            "What to verify (VCALM 1.0).",
            {"verifiableCredential": _CREDENTIAL},
            {"options": asked("What is returned.", {}, _flags(RETURNED))},
        ),
        "VerifyPresentationRequest": asked(
            "What to verify (VCALM 1.0); `presentation` for one without a proof.",
            {},
            {
                "verifiablePresentation": _CREDENTIAL,
                "presentation": _CREDENTIAL,
                "options": asked(
                    "What it must answer, and what is returned.",
                    {},
                    {
                        "challenge": TEXT | {"minLength": 1, "maxLength": LONGEST_ASKED},
                        "domain": TEXT | {"minLength": 1, "maxLength": LONGEST_ASKED},
                        **_flags(PRESENTATION_RETURNED),
                    },
                ),
            },
        )
        | {"oneOf": [{"required": ["verifiablePresentation"]}, {"required": ["presentation"]}]},
        "VerificationRequest": asked("One badge, in one of three ways.", {}, {**_WAYS, **_SETTINGS})
        | _ONE_WAY,
        "VerificationForm": asked(
            "A file that holds one badge.",
            {"file": {"type": "string", "format": "binary"}},
            {"at": _SETTINGS["at"], "lang": _SETTINGS["lang"], "receipt": one_of(["true", "false"])},
        ),
        "BatchRequest": asked(
            "Many badges.",
            {
                "items": many(
                    asked("One of them.", {}, {"id": TEXT | {"maxLength": LONGEST_ID}, **_WAYS}) | _ONE_WAY,
                    minItems=1,
                    maxItems=MOST_IN_BATCH,
                )
            },
            _SETTINGS,
        ),
        "BatchForm": asked(
            "Files that hold many badges; a ZIP file, too.",
            {"file": many({"type": "string", "format": "binary"})},
            {"at": _SETTINGS["at"], "lang": _SETTINGS["lang"], "receipt": one_of(["true", "false"])},
        ),
    }


def _reports() -> dict[str, Schema]:
    finding = answered(
        "The answer to one question.",
        {
            "check": one_of(Check),
            "outcome": one_of(CheckOutcome),
            "code": TEXT,
            "detail": TEXT,
            "facts": {"type": "object", "additionalProperties": TEXT},
            "notes": many(TEXT),
        },
    )
    issuer = answered(
        "Who issued it; `name` by a trust list, `calls_itself` by the badge.",
        {
            "id": or_null(TEXT),
            "name": or_null(TEXT),
            "level": one_of(IssuerLevel),
            "calls_itself": or_null(TEXT),
        },
    )
    said = answered(
        "What the badge says.", {"id": or_null(TEXT), "name": or_null(TEXT), "awarded_to": or_null(TEXT)}
    )
    refresh = answered(
        "What came of the badge's own offer of a newer edition.",
        {"code": one_of(RefreshCode), "sentence": TEXT},
    )
    report = answered(
        "What was found. `issuer` and `credential` are null unless the proof has passed.",
        {
            "outcome": one_of(Outcome),
            "code": one_of(Code),
            "headline": TEXT,
            "what_to_do": TEXT,
            "checks": many(_CHECK_LINE),
            "findings": many(finding),
            "issuer": or_null(issuer),
            "credential": or_null(said),
            "key": or_null(TEXT),
            "suite": or_null(TEXT),
            "as_of": or_null(TIME | {"description": "The moment for which it holds, where not checked_at."}),
            "checked_at": TIME,
            "problems": many(ref("StandardProblem")),
            "evidence": many({"type": "object"}),
            "rule": or_null({"type": "object"}),
            "asked_about": or_null(TIME),
            "refresh": or_null(refresh),
            "kind": one_of(["badge", "endorsement", "record"]),
            "endorses": or_null(TEXT),
            "endorsements": many({"type": "object"}),
            "members": many(ref("Report")),
            "associations": many({"type": "object"}),
        },
    )
    presentation = answered(
        "What was found of several credentials that somebody presents.",
        {
            "outcome": one_of(Outcome),
            "code": one_of(PresentationCode),
            "headline": TEXT,
            "what_to_do": TEXT,
            "holder": or_null(TEXT),
            "checks": many(_CHECK_LINE),
            "findings": many(
                answered(
                    "The answer to one question.",
                    {
                        "check": one_of(PresentationCheck),
                        "outcome": one_of(CheckOutcome),
                        "code": TEXT,
                        "detail": TEXT,
                    },
                )
            ),
            "credentials": many(ref("Report")),
            "key": or_null(TEXT),
            "suite": or_null(TEXT),
            "as_of": or_null(TIME),
            "checked_at": TIME,
        },
    )
    return {"StandardProblem": _STANDARD, "Report": report, "PresentationReport": presentation}


def _answers() -> dict[str, Schema]:
    member = _result(input=TEXT)
    results = answered(
        "What was found for each member.",
        {"proof": many(_result())},
        {
            "validFrom": member,
            "validUntil": member,
            "credentialStatus": many(_result(input={"type": "object"})),
        },
    )
    credential = {
        "problemDetails": many(ref("StandardProblem")),
        "credential": {"type": "object", "description": "What was signed, where its proof has passed."},
        "results": results,
    }
    challenge = _result(input=TEXT, uses={"type": "integer"}, firstVerifiedAt=TIME)
    presentation = answered(
        "What was found of the presentation itself.",
        {},
        {
            "challenge": challenge,
            "domain": member,
            "holder": member,
            "proof": many(_result(problemDetails=many(ref("StandardProblem")))),
        },
    )
    one = answered(
        "What was found of one badge, or of one presentation.",
        {
            "kind": one_of(["badge", "presentation"]),
            "report": {"oneOf": [ref("Report"), ref("PresentationReport")]},
            "digest": TEXT | {"description": "SHA-256 of what was checked, or an empty text."},
            "receipt": or_null(TEXT | {"description": "A compact JWS."}),
        },
    )
    place = {"index": {"type": "integer"}, "id": or_null(TEXT), "same_as": or_null({"type": "integer"})}
    return {
        "CredentialResult": answered(
            "verified is true only where the badge is valid.",
            {"verified": FLAG, "report": ref("Report")},
            credential,
        ),
        "PresentationResult": answered(
            "verified is true only where all of it is valid and its challenge is fresh.",
            {"verified": FLAG, "report": ref("PresentationReport")},
            {
                "problemDetails": many(ref("StandardProblem")),
                "verifiablePresentation": {"type": "object"},
                "results": answered(
                    "What was found, in parts.",
                    {
                        "presentation": presentation,
                        "credentials": many(answered("As for a credential.", {"verified": FLAG}, credential)),
                    },
                ),
            },
        ),
        "Challenge": answered(
            "To be answered by one presentation, once.",
            {"challenge": TEXT | {"pattern": f"^{PREFIX}[A-Za-z0-9_-]{{32}}$"}},
        ),
        "Verification": one,
        "Batch": answered(
            "An answer for each item, in their order.",
            {
                "items": many(
                    {
                        "oneOf": [
                            answered("Checked.", {**place, **one["properties"]}),
                            answered("Not checked.", {**place, "problem": ref("Problem")}),
                        ]
                    }
                ),
                "counts": {
                    "type": "object",
                    "description": "How many of each code.",
                    "additionalProperties": {"type": "integer"},
                },
            },
        ),
        "Health": answered("How it is.", {"status": one_of(["ok", "no_trust_list"])}),
        "JwkSet": answered("Public keys of receipts.", {"keys": many({"type": "object"})}),
        "Problem": answered(
            "A problem (RFC 9457). `type` is a page that says in plain words what to do.",
            {
                "type": TEXT,
                "title": TEXT,
                "status": {"type": "integer"},
                "code": one_of(STATUSES),
                "detail": TEXT,
                "trace_id": TEXT | {"pattern": "^[0-9a-f]{32}$"},
            },
            {
                "errors": many(
                    answered(
                        "One thing that is wrong, and where.",
                        {"pointer": TEXT, "code": TEXT, "message": TEXT},
                    ),
                    maxItems=MOST_FAULTS,
                ),
                "verified": {"const": False},
                "problemDetails": many(ref("StandardProblem")),
            },
        ),
    }

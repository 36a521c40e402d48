"""Drafts that must not be signed: what a standard would drop, change or allow (LD-01, LD-06, LD-10 to LD-12).

An input is a JSON object of changes to a good draft: member by JSON pointer; `{"remove": true}` takes it out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from issuer.prepare import PrepareRefused, prepare
from tests.attacks.framework import Case, Recipe
from tests.awards import draft

AREA = "prepare"
NAME = "/credentialSubject/identifier/0/identityHash"
NUMBER = "/credentialSubject/licenseNumber"
NARRATIVE = "/credentialSubject/achievement/criteria/narrative"
GOOD = b'{"/name":"CompTIA A+, core"}'


def judge(data: bytes, suffix: str) -> str:
    """Whether the changed draft may be signed."""
    del suffix
    made = draft("CO-CNA", evaluator="T. Holloway", evidence_url="https://pinon-mesa.example/e/1", score="88")
    for where, value in json.loads(data).items():
        _put(made, where.split("/")[1:], value)
    try:
        prepare(made, withheld=("200000001", "2008-02-29"))
    except PrepareRefused as refused:
        return refused.code
    return "ok"


def _put(value: Any, steps: list[str], new: Any) -> None:
    *path, last = (int(step) if step.isdecimal() else step.replace("~1", "/") for step in steps)
    for step in path:
        value = value[step]
    if new == {"remove": True}:
        del value[last]
    else:
        value[last] = new


def repeated(where: str, text: str, count: int) -> bytes:
    """A change of one text to many times another."""
    return change(**{where: text * count})


RECIPES = {"repeated": repeated}


def change(**members: Any) -> bytes:
    return json.dumps(members, separators=(",", ":")).encode()


def one(name: str, expect: str, where: str, value: Any, good: Any) -> Case:
    """A change that is refused, and one of the same member that is not."""
    return Case(name, change(**{where: value}), "json", expect, change(**{where: good}))


def cases() -> Iterator[Case]:
    yield from _undefined()
    yield from _identifiers()
    yield from _numbers()
    yield from _characters()
    yield from _records()
    yield from _shape()


def _undefined() -> Iterator[Case]:
    """LD-01: what no context defines would not be covered by the signature."""
    for name, where in {
        "gpa": "/gpa",
        "achievement-skill": "/credentialSubject/achievement/skill",
        "alignment-weight": "/credentialSubject/achievement/alignment/0/weight",
        "issuer-rank": "/issuer/rank",
        "status-note": "/credentialStatus/note",
        "evidence-data": "/evidence/0/data",
        "endorsement-jwt": "/endorsementJwt",
        "jti": "/jti",
    }.items():
        value: Any = ["eyJhbGciOiJFZERTQSJ9.e30.AAAA"] if name == "endorsement-jwt" else "4.0"
        yield Case(f"LD-01-{name}", change(**{where: value}), "json", "undefined_term", GOOD)
    yield one("LD-01-type", "undefined_type", "/evidence/0/type", ["Evidence", "Portfolio"], ["Evidence"])
    yield Case(
        "LD-01-subject-grade", change(**{"/credentialSubject/grade": "A"}), "json", "forbidden_member", GOOD
    )
    yield one("LD-01-null", "null_value", "/credentialSubject/role", None, "student")
    yield one("LD-01-empty-list", "empty_value", "/credentialSubject/achievement/tag", [], ["welding"])
    yield one("LD-01-empty-text", "empty_value", "/credentialSubject/role", "", "student")
    contexts = [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ]
    for name, other in {
        "inline": [*contexts, {"@vocab": "https://evil.example/"}],
        "order": [contexts[1], contexts[0], contexts[2]],
        "more": [*contexts, "https://evil.example/context.json"],
        "fewer": contexts[:2],
        "text": contexts[0],
        "http": ["http://www.w3.org/ns/credentials/v2", *contexts[1:]],
    }.items():
        yield one(f"LD-01-context-{name}", "context_not_allowed", "/@context", other, contexts)


def _identifiers() -> Iterator[Case]:
    """LD-06: a relative or malformed identifier drops what it identifies."""
    good = "https://pinon-mesa.example/e/2"
    for name, value in {
        "relative": "students/42",
        "space": "https://pinon-mesa.example/a b",
        "blank-node": "_:b0",
        "colon": ":",
        "scheme": "javascript:alert(1)",
        "http": "http://pinon-mesa.example/e",
        "file": "file:///etc/passwd",
        "userinfo": "https://a:b@pinon-mesa.example/",
        "brackets": "https://pinon-mesa.example/<x>",
        "quote": 'https://pinon-mesa.example/"',
        "backslash": "https://pinon-mesa.example\\x",
        "upper": "HTTPS://x.example/",
        "no-host": "https:///e",
        "ip-port": "https://pinon-mesa.example:0/",
        "idn": "https://piñon.example/",
        "urn-upper": "urn:uuid:6B1E0F3E-3B52-4A6C-9D8F-0A4C7E5C1A10",
        "urn-short": "urn:uuid:6b1e0f3e",
        "newline": "https://pinon-mesa.example/e\n",
        "loopback": "http://localhost:8001/e",
        "did-path": "did:web:../x",
    }.items():
        yield one(f"LD-06-{name}", "bad_identifier", "/evidence/0/id", value, good)
    yield one("LD-06-empty", "empty_value", "/evidence/0/id", "", good)
    own = "urn:uuid:6b1e0f3e-3b52-4a6c-9d8f-0a4c7e5c1a11"
    yield one("LD-06-credential-id", "bad_identifier", "/id", "badge-7", own)
    yield one(
        "LD-06-issuer-id", "bad_identifier", "/issuer/id", "pinon-mesa.example", "did:web:other.example"
    )
    yield one("LD-06-subject-id", "bad_identifier", "/credentialSubject/id", "mailto:a@b.example", own)
    yield one(
        "LD-06-target", "bad_identifier", "/credentialSubject/achievement/alignment/0/targetUrl", "x", good
    )


def _numbers() -> Iterator[Case]:
    """LD-10: readers disagree on floats, so a badge has none."""
    for name, value in {
        "integer": 7,
        "float": 7.5,
        "minus-zero": -0.0,
        "third": 0.1 + 0.2,
        "exponent": 1e21,
        "zero": 0,
    }.items():
        expect = "bad_number" if name == "exponent" else "number_not_text"
        yield one(f"LD-10-{name}", expect, NUMBER, value, str(value))
    yield one("LD-10-beyond-53-bits", "bad_number", NUMBER, 2**53, str(2**53))
    yield Case("LD-10-nan", b'{"%s":NaN}' % NUMBER.encode(), "json", "bad_number", change(**{NUMBER: "NaN"}))
    yield Case(
        "LD-10-infinity",
        b'{"%s":-Infinity}' % NUMBER.encode(),
        "json",
        "bad_number",
        change(**{NUMBER: "-Infinity"}),
    )
    yield Case(
        "LD-10-overflow", b'{"%s":1e400}' % NUMBER.encode(), "json", "bad_number", change(**{NUMBER: "1e400"})
    )
    yield one("LD-10-index", "number_not_text", "/credentialStatus/statusListIndex", 90210, "90210")


def _characters() -> Iterator[Case]:
    """LD-11 and LD-12: what readers drop, hide or turn around."""
    for name, text, expect in (
        ("surrogate", "Far\ud800row", "bad_encoding"),
        ("nul", "Far\x00row", "bad_encoding"),
        ("nonchar", "Far\ufffe", "bad_encoding"),
        ("escape", "\x1b[31m", "bad_characters"),
        ("delete", "Far\x7f", "bad_characters"),
        ("c1", "Far\x85row", "bad_characters"),
        ("mark", "\ufeffFarrow", "bad_characters"),
    ):
        yield one(f"LD-11-{name}", expect, NAME, text, "Farrow")
    for name, text in {
        "nfd": "Ine\u0301s",
        "override": "Inés\u202eworraF",
        "embedding": "\u202aInés",
        "isolate": "\u2066Inés\u2069",
        "mark-rtl": "Inés\u200f",
        "alm": "Inés\u061c",
        "zero-width": "In\u200bés",
        "joiner-end": "Inés\u200d",
        "joiner-space": "Inés \u200d x",
        "word-joiner": "In\u2060és",
        "soft-hyphen": "In\u00adés",
        "tags": "Inés\U000e0041",
        "line-separator": "Inés\u2028x",
        "paragraph-separator": "Inés\u2029x",
        "line-break": "Inés\nx",
        "private": "Inés\ue000",
        "marks": "I" + "\u0336" * 1_000,
        "leading-space": " Inés",
        "no-break-space": "Inés\u00a0",
        "ogham-space": "\u1680Inés",
        "unassigned": "Inés\u0378",
    }.items():
        yield one(f"LD-12-{name}", "bad_characters", NAME, text, "Inés Farrow")
    yield one("LD-12-narrative-return", "bad_characters", NARRATIVE, "a\r\nb", "a\nb")
    yield one("LD-12-evaluator", "bad_characters", "/credentialSubject/source/name", "T.\u202e", "क्\u200dष")
    for name, where, longest in (
        ("name", NAME, 300),
        ("number", NUMBER, 100),
        ("narrative", NARRATIVE, 8_000),
    ):
        over = Recipe("repeated", {"where": where, "text": "x", "count": longest + 1})
        within = Recipe("repeated", {"where": where, "text": "x", "count": longest})
        yield Case(f"LD-12-length-{name}", over, "recipe", "text_too_long", within)


def _records() -> Iterator[Case]:
    """What stays in the school, wherever in a badge it hides."""
    born = "/credentialSubject/source/dateOfBirth"
    yield Case("LD-01-birth-date", change(**{born: "2008-02-29"}), "json", "forbidden_member", GOOD)
    creator = "/credentialSubject/achievement/creator/dateOfBirth"
    yield Case(
        "LD-01-birth-date-of-body", change(**{creator: "2008-02-29"}), "json", "forbidden_member", GOOD
    )
    for member in (
        "ssn",
        "race",
        "lunchStatus",
        "disability",
        "languageStatus",
        "failedAttempts",
        "studentId",
    ):
        where = f"/credentialSubject/achievement/{member}"
        yield Case(f"LD-01-{member}", change(**{where: "x"}), "json", "forbidden_member", GOOD)
    for name, text in {
        "ssn": "ID 123-45-6789",
        "ssn-spaces": "123 45 6789",
        "race": "Race: x",
        "iep": "IEP: yes",
        "dob": "DOB: in May",
        "lunch": "free lunch = yes",
        "attempts": "Failed attempts: 2",
        "learner": "English learner: yes",
    }.items():
        yield one(f"LD-01-text-{name}", "forbidden_value", NARRATIVE, text, "Won the race for lunch.")
    yield one("LD-01-student-number", "withheld_value", NARRATIVE, "Student 200000001.", "Student 200000002.")
    yield one(
        "LD-01-birthday-in-text", "withheld_value", NARRATIVE, "Born 2008-02-29.", "Born in a leap year."
    )
    for kind in ("sisSourcedId", "nationalIdentityNumber", "oneRosterSourcedId", "userName"):
        yield one(
            f"LD-01-identity-{kind}",
            "bad_identity",
            "/credentialSubject/identifier/0/identityType",
            kind,
            "name",
        )
    for state in ("Failed", "Withdrew", "OnHold"):
        yield one(
            f"LD-01-result-{state}",
            "forbidden_value",
            "/credentialSubject/result/0/status",
            state,
            "Completed",
        )


def _shape() -> Iterator[Case]:
    """What the schema and the data model refuse too: nothing half-said is signed."""
    yield one(
        "LD-01-validfrom-no-zone", "bad_date", "/validFrom", "2026-06-01T00:00:00", "2026-06-01T00:00:00Z"
    )
    yield one("LD-01-validfrom-day", "bad_date", "/validFrom", "2026-06-01", "2026-06-01T00:00:01Z")
    yield one(
        "LD-01-ends-before", "valid_period", "/validUntil", "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"
    )
    yield one(
        "LD-01-result-elsewhere",
        "result_reference",
        "/credentialSubject/result/0/resultDescription",
        "https://other.example/#score",
        "https://pinon-mesa.example/achievements/co-cna#score",
    )
    yield one(
        "LD-01-status-suspension",
        "bad_status_entry",
        "/credentialStatus/statusPurpose",
        "suspension",
        "revocation",
    )
    yield one(
        "LD-01-status-of-list",
        "bad_status_entry",
        "/credentialStatus/id",
        "https://pinon-mesa.example/status/7",
        "https://pinon-mesa.example/status/7#90210",
    )
    yield Case(
        "LD-01-proof", change(**{"/proof": [{"type": "DataIntegrityProof"}]}), "json", "already_signed", GOOD
    )
    yield Case(
        "LD-01-licence-without-number", change(**{NUMBER: {"remove": True}}), "json", "kind_rule", GOOD
    )
    body = "/credentialSubject/achievement/creator"
    yield Case(
        "LD-01-certifies-itself",
        change(**{body + "/id": "did:web:pinon-mesa.example"}),
        "json",
        "kind_rule",
        GOOD,
    )

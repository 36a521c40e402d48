"""Documents whose words mean something else than they say: what the signed form must refuse (LD-01 to LD-07,
LD-10).

Each case is a good credential with one thing changed. Whatever PyLD or a context would leave out of the
signed form must be refused, because a person would be shown it all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from contexts.canonical import canonical_quads
from contexts.document import parse
from contexts.errors import DocumentError
from tests.attacks.framework import Case, Recipe
from tests.documents import ENDORSEMENT, GOOD, OB, V2, changed

AREA = "meaning"
SUBJECT = ("credentialSubject",)
ACHIEVEMENT = ("credentialSubject", "achievement")


def judge(data: bytes, suffix: str) -> str:
    try:
        canonical_quads(parse(data))
    except DocumentError as error:
        return error.code
    return "ok"


def nested(depth: int, width: int) -> bytes:
    """Two equal nests of anonymous profiles, `depth` deep and `width` wide, under one issuer."""
    nest: dict[str, Any] = {"type": "Profile"}
    for _ in range(depth):
        nest = {"type": "Profile", "endorsement": [nest] * width}
    return changed(("issuer",), endorsement=[nest, nest])


def equal_parts(count: int) -> bytes:
    """`count` alignments that are all the same, without identifiers."""
    return changed(ACHIEVEMENT, alignment=[{"type": ["Alignment"], "targetName": "Same"}] * count)


RECIPES: dict[str, Callable[..., bytes]] = {"nested": nested, "equal_parts": equal_parts}


def cases() -> Iterator[Case]:
    for name, data, expect, twin in CASES:
        yield Case(name, data, "json", expect, twin)
    for depth, width in ((3, 3), (5, 2), (2, 8), (5, 3)):
        yield Case(
            f"LD-07-nested-{depth}-{width}",
            Recipe("nested", {"depth": depth, "width": width}),
            "json",
            "canonicalization_budget",
            Recipe("nested", {"depth": 2, "width": 2}),
        )
    yield Case(
        "LD-07-chains-inside-fans",
        Recipe("nested", {"depth": 6, "width": 2}),
        "json",
        "canonicalization_budget",
        Recipe("equal_parts", {"count": 300}),
    )


def _top(**members: Any) -> bytes:
    return changed((), **members)


def _rename(document: dict[str, Any], **members: Any) -> dict[str, Any]:
    return document | members


PLAIN = changed(())
EXTENDED = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
WITH_EXTENSIONS = _top(**{"@context": [V2, OB, EXTENDED]})
WITH_ENDORSEMENT = _top(endorsement=[ENDORSEMENT])


def _context(*contexts: Any) -> bytes:
    return changed((), **{"@context": list(contexts)})


def _endorsement(**members: Any) -> bytes:
    return _top(endorsement=[_rename(ENDORSEMENT, **members)])


def _id(text: str) -> bytes:
    return changed(SUBJECT, id=text)


CASES: tuple[tuple[str, bytes, str, bytes], ...] = (
    ("LD-01-top", _top(gpa="4.0"), "undefined_term", PLAIN),
    ("LD-01-subject", changed(SUBJECT, grade="A"), "undefined_term", PLAIN),
    ("LD-01-deep", changed((*ACHIEVEMENT, "creator"), motto="x"), "undefined_term", PLAIN),
    ("LD-01-in-array", changed(("evidence", 0), data="aGk="), "undefined_term", PLAIN),
    ("LD-01-term-of-another-scope", _top(achievementType="Badge"), "undefined_term", PLAIN),
    (
        "LD-01-scope-gone-without-type",
        changed((*ACHIEVEMENT, "criteria"), targetName="x"),
        "undefined_term",
        PLAIN,
    ),
    ("LD-01-prefix-of-nothing", _top(**{"ext:note": "x"}), "undefined_term", PLAIN),
    ("LD-01-empty-name", _top(**{"": "x"}), "undefined_term", PLAIN),
    (
        "LD-01-undefined-type",
        changed(SUBJECT, type=["AchievementSubject", "Scholar"]),
        "undefined_type",
        PLAIN,
    ),
    (
        "LD-01-type-of-extension",
        _top(type=["VerifiableCredential", "1EdTechRevocationList"]),
        "undefined_type",
        _top(**{"@context": [V2, OB, EXTENDED], "type": ["VerifiableCredential", "1EdTechRevocationList"]}),
    ),
    ("LD-01-empty-type", changed(SUBJECT, type=["AchievementSubject", ""]), "undefined_type", PLAIN),
    ("LD-01-null", changed(SUBJECT, narrative=None), "null_value", PLAIN),
    ("LD-01-null-in-array", changed(ACHIEVEMENT, tag=["welding", None]), "null_value", PLAIN),
    ("LD-01-array-in-array", changed(ACHIEVEMENT, tag=[["welding"], "safety"]), "nested_array", PLAIN),
    ("LD-01-repeated-value", changed(ACHIEVEMENT, tag=["welding", "welding"]), "duplicate_statement", PLAIN),
    (
        "LD-01-repeated-reference",
        _top(evidence=["urn:x:1", "urn:x:1"]),
        "duplicate_statement",
        _top(evidence=["urn:x:1", "urn:x:2"]),
    ),
    (
        "LD-01-repeated-type",
        changed(SUBJECT, type=["AchievementSubject", "AchievementSubject"]),
        "duplicate_statement",
        PLAIN,
    ),
    (
        "LD-01-proof-that-says-nothing",
        _top(proof={"id": "urn:x:1"}),
        "wrong_value",
        _top(proof={"id": "urn:x:1", "type": "DataIntegrityProof"}),
    ),
    (
        "LD-01-proof-by-reference",
        _top(proof="urn:x:1"),
        "wrong_value",
        _top(proof={"type": "DataIntegrityProof"}),
    ),
    ("LD-01-text-for-boolean", changed((*SUBJECT, "identifier", 0), hashed="false"), "wrong_value", PLAIN),
    ("LD-01-number-for-boolean", changed((*SUBJECT, "identifier", 0), hashed=0), "wrong_value", PLAIN),
    ("LD-01-text-for-number", changed(SUBJECT, creditsEarned="2.5"), "wrong_value", PLAIN),
    ("LD-01-boolean-for-number", changed(SUBJECT, creditsEarned=True), "wrong_value", PLAIN),
    ("LD-01-number-for-date", _top(validFrom=2026), "wrong_value", PLAIN),
    (
        "LD-01-only-an-id",
        json.dumps({"@context": [V2], "id": "urn:x:1"}).encode(),
        "wrong_value",
        json.dumps({"@context": [V2], "id": "urn:x:1", "name": "x"}).encode(),
    ),
    (
        "LD-02-unknown",
        _context(V2, OB, "https://evil.example/context.json"),
        "context_not_allowed",
        WITH_EXTENSIONS,
    ),
    ("LD-02-http", _context("http://www.w3.org/ns/credentials/v2", OB), "context_not_allowed", PLAIN),
    ("LD-02-trailing-slash", _context(V2 + "/", OB), "context_not_allowed", PLAIN),
    ("LD-02-fragment", _context(V2 + "#", OB), "context_not_allowed", PLAIN),
    ("LD-02-query", _context(V2 + "?x", OB), "context_not_allowed", PLAIN),
    ("LD-02-case", _context("https://www.w3.org/ns/credentials/V2", OB), "context_not_allowed", PLAIN),
    ("LD-02-host-case", _context("https://WWW.w3.org/ns/credentials/v2", OB), "context_not_allowed", PLAIN),
    ("LD-02-port", _context("https://www.w3.org:443/ns/credentials/v2", OB), "context_not_allowed", PLAIN),
    ("LD-02-space", _context(V2 + " ", OB), "context_not_allowed", PLAIN),
    ("LD-02-relative", _context("v2", OB), "context_not_allowed", PLAIN),
    (
        "LD-02-none",
        json.dumps({k: v for k, v in GOOD.items() if k != "@context"}).encode(),
        "context_missing",
        PLAIN,
    ),
    ("LD-02-empty", _context(), "context_not_allowed", PLAIN),
    ("LD-02-twice", _context(V2, OB, OB), "context_not_allowed", PLAIN),
    (
        "LD-02-in-endorsement",
        _endorsement(**{"@context": [V2, "https://evil.example/c"]}),
        "context_not_allowed",
        WITH_ENDORSEMENT,
    ),
    (
        "LD-03-object",
        _context(V2, OB, {"issuer": "https://evil.example/i"}),
        "inline_context",
        WITH_EXTENSIONS,
    ),
    (
        "LD-03-vocab",
        _context(V2, OB, {"@vocab": "https://evil.example/v#"}),
        "inline_context",
        WITH_EXTENSIONS,
    ),
    ("LD-03-base", _context(V2, OB, {"@base": "https://evil.example/"}), "inline_context", WITH_EXTENSIONS),
    ("LD-03-null-first", _context(None, V2, OB), "inline_context", PLAIN),
    ("LD-03-null-last", _context(V2, OB, None), "inline_context", PLAIN),
    ("LD-03-null-alone", _top(**{"@context": None}), "inline_context", PLAIN),
    ("LD-03-import", _context(V2, OB, {"@import": V2}), "inline_context", WITH_EXTENSIONS),
    ("LD-03-propagate", _context(V2, OB, {"@propagate": False}), "inline_context", WITH_EXTENSIONS),
    ("LD-03-version", _context(V2, OB, {"@version": 1.1}), "inline_context", WITH_EXTENSIONS),
    ("LD-03-array-in-array", _context(V2, [OB]), "inline_context", PLAIN),
    ("LD-03-empty-object", _context(V2, OB, {}), "inline_context", PLAIN),
    (
        "LD-03-nested-in-subject",
        changed(SUBJECT, **{"@context": [V2, OB]}),
        "nested_context",
        WITH_ENDORSEMENT,
    ),
    ("LD-03-nested-null", changed(SUBJECT, **{"@context": None}), "nested_context", WITH_ENDORSEMENT),
    (
        "LD-03-nested-in-proof",
        _top(proof={"@context": V2, "type": "DataIntegrityProof"}),
        "nested_context",
        _top(proof={"type": "DataIntegrityProof"}),
    ),
    (
        "LD-03-nested-object",
        _endorsement(**{"@context": [V2, {"name": "urn:x:n"}]}),
        "inline_context",
        WITH_ENDORSEMENT,
    ),
    (
        "LD-03-nested-null-in-endorsement",
        _endorsement(**{"@context": None}),
        "inline_context",
        WITH_ENDORSEMENT,
    ),
    ("LD-04-redefine", _context(V2, OB, {"name": "https://schema.org/description"}), "inline_context", PLAIN),
    ("LD-04-alias-type", _context(V2, OB, {"kind": "@type"}), "inline_context", PLAIN),
    ("LD-04-alias-id", _context(V2, OB, {"identifier": "@id"}), "inline_context", PLAIN),
    (
        "LD-04-json",
        _context(V2, OB, {"narrative": {"@id": "urn:x:n", "@type": "@json"}}),
        "inline_context",
        PLAIN,
    ),
    (
        "LD-04-language-map",
        _context(V2, OB, {"name": {"@id": "urn:x:n", "@container": "@language"}}),
        "inline_context",
        PLAIN,
    ),
    (
        "LD-04-typed-value",
        _top(name={"@value": "x", "@type": "@json"}),
        "keyword_not_allowed",
        _top(name={"@value": "x", "@language": "en"}),
    ),
    (
        "LD-04-direction",
        _top(name={"@value": "x", "@direction": "rtl"}),
        "keyword_not_allowed",
        _top(name={"@value": "x", "@language": "ar"}),
    ),
    (
        "LD-04-value-and-member",
        _top(name={"@value": "x", "name": "y"}),
        "keyword_not_allowed",
        _top(name={"@value": "x"}),
    ),
    ("LD-04-value-null", _top(name={"@value": None}), "wrong_value", _top(name={"@value": "x"})),
    ("LD-04-value-number", _top(name={"@value": 1}), "wrong_value", _top(name={"@value": "1"})),
    (
        "LD-04-language-empty",
        _top(name={"@value": "x", "@language": ""}),
        "wrong_value",
        _top(name={"@value": "x", "@language": "de-CH"}),
    ),
    (
        "LD-04-language-injection",
        _top(name={"@value": "x", "@language": 'en> <urn:x:p> "y"'}),
        "wrong_value",
        _top(name={"@value": "x", "@language": "es"}),
    ),
    ("LD-05-reverse", _top(**{"@reverse": {"issuer": {"id": "urn:x:9"}}}), "keyword_not_allowed", PLAIN),
    ("LD-05-included", _top(**{"@included": [{"id": "urn:x:9", "name": "x"}]}), "keyword_not_allowed", PLAIN),
    ("LD-05-graph", _top(**{"@graph": [{"id": "urn:x:9", "name": "x"}]}), "keyword_not_allowed", PLAIN),
    ("LD-05-nest", changed(SUBJECT, **{"@nest": {"role": "x"}}), "keyword_not_allowed", PLAIN),
    ("LD-05-foo", changed(SUBJECT, **{"@foo": "x"}), "keyword_not_allowed", PLAIN),
    ("LD-05-at", changed(SUBJECT, **{"@": "x"}), "keyword_not_allowed", PLAIN),
    ("LD-05-id", changed(("evidence", 0), **{"@id": "urn:x:9"}), "keyword_not_allowed", PLAIN),
    ("LD-05-type", changed(("evidence", 0), **{"@type": "Evidence"}), "keyword_not_allowed", PLAIN),
    ("LD-05-index", changed(("evidence", 0), **{"@index": "x"}), "keyword_not_allowed", PLAIN),
    ("LD-05-set", changed(ACHIEVEMENT, tag={"@set": ["welding"]}), "keyword_not_allowed", PLAIN),
    ("LD-05-list", changed(ACHIEVEMENT, tag={"@list": ["welding"]}), "keyword_not_allowed", PLAIN),
    ("LD-05-language", changed(SUBJECT, **{"@language": "en"}), "keyword_not_allowed", PLAIN),
    ("LD-06-relative", _id("students/42"), "bad_iri", PLAIN),
    ("LD-06-space", _id("urn:x:a b"), "bad_iri", _id("urn:x:a%20b")),
    ("LD-06-scheme", _id("javascript:alert(1)"), "bad_iri", _id("https://district.example/x")),
    ("LD-06-file", _id("file:///etc/passwd"), "bad_iri", PLAIN),
    ("LD-06-blank-node", _id("_:b0"), "bad_iri", _id("urn:b0")),
    ("LD-06-empty", _id(""), "bad_iri", PLAIN),
    ("LD-06-only-scheme", _id("urn:"), "bad_iri", _id("urn:x")),
    ("LD-06-no-host", _id("https:///x"), "bad_iri", _id("https://x/")),
    ("LD-06-no-slashes", _id("https:x"), "bad_iri", _id("https://x")),
    ("LD-06-network-path", _id("//evil.example/x"), "bad_iri", PLAIN),
    ("LD-06-fragment-only", _id("#x"), "bad_iri", _id("urn:y#x")),
    ("LD-06-two-fragments", _id("urn:x#a#b"), "bad_iri", _id("urn:x#a")),
    ("LD-06-quote", _id('urn:x:"'), "bad_iri", _id("urn:x:'")),
    ("LD-06-angle", _id("urn:x:1> <urn:p> <urn:o"), "bad_iri", PLAIN),
    ("LD-06-brace", _id("urn:x:{1}"), "bad_iri", _id("urn:x:(1)")),
    ("LD-06-pipe", _id("urn:x:a|b"), "bad_iri", PLAIN),
    ("LD-06-caret", _id("urn:x:a^b"), "bad_iri", PLAIN),
    ("LD-06-backtick", _id("urn:x:`"), "bad_iri", PLAIN),
    ("LD-06-backslash", _id("https://good.example\\@evil.example/"), "bad_iri", PLAIN),
    ("LD-06-newline", _id("urn:x:1\n"), "bad_iri", _id("urn:x:1")),
    ("LD-06-tab", _id("urn:x:\t1"), "bad_iri", PLAIN),
    ("LD-06-c1-control", _id("urn:x:\u0085"), "bad_iri", _id("urn:x:\u00e9")),
    ("LD-06-private-use", _id("urn:x:\ue000"), "bad_iri", _id("urn:x:\u65e5")),
    ("LD-06-line-separator", _id("urn:x:\u2028"), "bad_iri", PLAIN),
    ("LD-06-half-percent", _id("urn:x:%2"), "bad_iri", _id("urn:x:%2F")),
    ("LD-06-percent-letters", _id("urn:x:%zz"), "bad_iri", PLAIN),
    ("LD-06-array", changed(SUBJECT, id=["urn:x:1"]), "wrong_value", PLAIN),
    ("LD-06-number", changed(SUBJECT, id=1), "wrong_value", PLAIN),
    ("LD-06-reference", _top(issuer="district"), "bad_iri", _top(issuer="did:web:district.example")),
    (
        "LD-06-reference-in-array",
        _top(evidence=["urn:x:1", "photo.png"]),
        "bad_iri",
        _top(evidence=["urn:x:1", "urn:x:2"]),
    ),
    (
        "LD-02-class-as-member",
        changed(ACHIEVEMENT, Image={"id": "https://district.example/i.png", "type": "Image"}),
        "undefined_term",
        changed(ACHIEVEMENT, image={"id": "https://district.example/i.png", "type": "Image"}),
    ),
    (
        "LD-06-one-id-two-names",
        changed((*ACHIEVEMENT, "creator"), name="Somebody Else"),
        "conflicting_id",
        PLAIN,
    ),
    (
        "LD-06-one-id-two-addresses",
        changed(
            (*ACHIEVEMENT, "creator"),
            image={"id": "https://district.example/evidence/1", "type": "Image", "name": "Other"},
        ),
        "conflicting_id",
        PLAIN,
    ),
    (
        "LD-10-too-fine",
        changed(SUBJECT, creditsEarned=0.1 + 0.2),
        "bad_number",
        changed(SUBJECT, creditsEarned=0.3),
    ),
    (
        "LD-10-too-small",
        changed(SUBJECT, creditsEarned=1e-7),
        "bad_number",
        changed(SUBJECT, creditsEarned=0.000001),
    ),
    (
        "LD-10-1e30",
        PLAIN.replace(b"2.5", b"1e30"),
        "bad_number",
        changed(SUBJECT, creditsEarned=1000000000000),
    ),
)

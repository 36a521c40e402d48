"""Credentials of a wrong shape, held against the data model by the verifier (LD-20 to LD-26)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from contexts.document import parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.recipient import email_identity
from tests.attacks.framework import Case, Recipe
from tests.good_credential import CREDENTIAL, CREDENTIAL_2019, ENDORSEMENT
from verifier.checks.shape import check_shape

AREA = "shape"
SALT = bytes(range(16))
ABSENT = object()
V1, V2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def judge(data: bytes, suffix: str) -> str:
    try:
        if suffix == "salt":
            email_identity("ana.lark@riverbend.example", data)
        else:
            check_shape(parse(data))
    except (DocumentError, CredentialError) as refusal:
        return refusal.code
    return "ok"


def written(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def nested_endorsements(levels: int) -> bytes:
    """A badge whose achievement is endorsed, whose endorser is endorsed, and so on."""
    inner: dict[str, Any] | None = None
    for level in range(levels, 0, -1):
        endorsement = copy.deepcopy(ENDORSEMENT)
        endorsement["id"] = f"urn:uuid:2c1f0f6e-0000-4000-8000-{level:012}"
        if inner is not None:
            endorsement["issuer"]["endorsement"] = [inner]
        inner = endorsement
    document = copy.deepcopy(CREDENTIAL)
    document["credentialSubject"]["achievement"]["endorsement"] = [inner]
    return written(document)


RECIPES: dict[str, Callable[..., bytes]] = {"nested_endorsements": nested_endorsements}


def changed(path: str, value: Any, document: dict[str, Any] = CREDENTIAL) -> bytes:
    """The good credential with one member set, or left out if the value is `ABSENT`."""
    document = copy.deepcopy(document)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    holder: Any = document
    for step in steps:
        holder = holder[step]
    if value is ABSENT:
        del holder[last]
    else:
        holder[last] = value
    return written(document)


ACHIEVEMENT = "credentialSubject/achievement"
RUBRIC, STANDING = "credentialSubject/result/0", "credentialSubject/result/1"
SUBJECT = CREDENTIAL["credentialSubject"]

# Case, place, value, code.
ROWS: tuple[tuple[str, str, Any, str], ...] = (
    ("LD-20-type-missing", "type", ABSENT, "bad_type"),
    ("LD-20-type-null", "type", None, "bad_type"),
    ("LD-20-type-empty", "type", [], "bad_type"),
    ("LD-20-type-other", "type", ["VerifiableCredential", "BitstringStatusListCredential"], "bad_type"),
    ("LD-20-type-badge-only", "type", ["OpenBadgeCredential"], "schema"),
    ("LD-20-type-text", "type", "OpenBadgeCredential", "schema"),
    ("LD-20-type-number-among", "type", ["VerifiableCredential", "OpenBadgeCredential", 7], "schema"),
    ("LD-20-type-object-among", "type", ["VerifiableCredential", "OpenBadgeCredential", {}], "schema"),
    ("LD-20-type-lower-case", "type", ["verifiablecredential", "OpenBadgeCredential"], "schema"),
    ("LD-20-issuer-missing", "issuer", ABSENT, "schema"),
    ("LD-20-issuer-null", "issuer", None, "schema"),
    ("LD-20-issuer-array", "issuer", [CREDENTIAL["issuer"]], "schema"),
    ("LD-20-issuer-array-of-two", "issuer", [CREDENTIAL["issuer"], "did:web:evil.example"], "schema"),
    ("LD-20-issuer-number", "issuer", 7, "schema"),
    ("LD-20-issuer-relative", "issuer", "riverbend", "schema"),
    ("LD-20-issuer-empty", "issuer", {}, "schema"),
    ("LD-20-issuer-no-id", "issuer/id", ABSENT, "schema"),
    ("LD-20-issuer-id-array", "issuer/id", ["did:web:badges.riverbend.example"], "schema"),
    ("LD-20-issuer-id-with-space", "issuer/id", "did:web:badges.riverbend .example", "schema"),
    ("LD-20-issuer-id-with-newline", "issuer/id", "did:web:badges.riverbend.example\n", "schema"),
    ("LD-20-issuer-type-other", "issuer/type", ["Organization"], "schema"),
    ("LD-20-parent-no-id", "issuer/parentOrg/id", ABSENT, "schema"),
    ("LD-20-subject-missing", "credentialSubject", ABSENT, "schema"),
    ("LD-20-subject-null", "credentialSubject", None, "schema"),
    ("LD-20-subject-text", "credentialSubject", "urn:uuid:2c1f0f6e-0000-4000-8000-0000000000aa", "schema"),
    ("LD-20-subject-empty", "credentialSubject", {}, "schema"),
    ("LD-20-subject-id-only", "credentialSubject", {"id": SUBJECT["id"]}, "schema"),
    ("LD-20-subject-array-of-none", "credentialSubject", [], "schema"),
    ("LD-20-subject-array-of-one", "credentialSubject", [SUBJECT], "schema"),
    ("LD-20-subject-two", "credentialSubject", [SUBJECT, {**SUBJECT, "id": "urn:uuid:other"}], "schema"),
    ("LD-20-subject-unnamed", "credentialSubject", {"type": ["AchievementSubject"],
        "achievement": SUBJECT["achievement"]}, "subject_unnamed"),
    ("LD-20-subject-identifier-empty", "credentialSubject", {"type": ["AchievementSubject"],
        "identifier": [], "achievement": SUBJECT["achievement"]}, "subject_unnamed"),
    ("LD-20-subject-two-achievements", ACHIEVEMENT, [SUBJECT["achievement"]] * 2, "schema"),
    ("LD-20-achievement-by-uri", ACHIEVEMENT, "https://badges.riverbend.example/a/1", "schema"),
    ("LD-20-id-missing", "id", ABSENT, "schema"),
    ("LD-20-id-array", "id", ["urn:uuid:1"], "schema"),
    ("LD-20-id-relative", "id", "badges/1", "schema"),
    ("LD-20-validfrom-missing", "validFrom", ABSENT, "schema"),
    ("LD-20-name-language-map", "name", {"en": "Entry welder"}, "schema"),
    ("LD-20-name-null", "name", None, "schema"),
    ("LD-20-name-array", "name", ["Entry welder", "Master welder"], "schema"),
    *((f"LD-20-achievement-no-{name}", f"{ACHIEVEMENT}/{name}", ABSENT, "schema")
      for name in ("id", "type", "name", "description", "criteria")),
    ("LD-20-achievement-type-other", f"{ACHIEVEMENT}/achievementType", "Certified", "schema"),
    ("LD-20-achievement-type-suffix", f"{ACHIEVEMENT}/achievementType", "xext:Own", "schema"),
    ("LD-20-achievement-type-bare-ext", f"{ACHIEVEMENT}/achievementType", "ext:", "schema"),
    ("LD-20-criteria-empty", f"{ACHIEVEMENT}/criteria", {}, "criteria_empty"),
    ("LD-20-criteria-blank", f"{ACHIEVEMENT}/criteria", {"narrative": ""}, "criteria_empty"),
    ("LD-20-language", f"{ACHIEVEMENT}/inLanguage", "English", "schema"),
    ("LD-20-credits-text", f"{ACHIEVEMENT}/creditsAvailable", "3", "schema"),
    ("LD-20-alignment-no-url", f"{ACHIEVEMENT}/alignment/0/targetUrl", ABSENT, "schema"),
    ("LD-20-related-no-id", f"{ACHIEVEMENT}/related/0/id", ABSENT, "schema"),
    ("LD-20-result-other-description", f"{RUBRIC}/resultDescription", "urn:uuid:other", "result_reference"),
    ("LD-20-result-other-level", f"{RUBRIC}/achievedLevel", "urn:uuid:other", "result_level"),
    ("LD-20-result-no-status", f"{STANDING}/status", ABSENT, "result_status"),
    ("LD-20-result-status-other", f"{STANDING}/status", "completed", "schema"),
    ("LD-20-image-bare", "image", "https://badges.riverbend.example/i.png", "schema"),
    ("LD-20-image-type-array", "issuer/image/type", ["Image"], "schema"),
    ("LD-20-image-further-member", "issuer/image/onload", "x", "schema"),
    ("LD-20-identity-further-member", "credentialSubject/identifier/0/note", "x", "schema"),
    ("LD-20-identity-hashed-text", "credentialSubject/identifier/0/hashed", "false", "schema"),
    ("LD-20-identity-type-email", "credentialSubject/identifier/0/identityType", "email", "schema"),
    ("LD-20-identity-type-two-words", "credentialSubject/identifier/0/identityType", "ext:two words",
     "schema"),
    ("LD-20-identifier-further-member", "issuer/otherIdentifier/0/note", "x", "schema"),
    ("LD-20-geo-text", "issuer/address/geo/latitude", "39.1", "schema"),
    ("LD-20-evidence-text", "evidence", ["https://badges.riverbend.example/e/7"], "schema"),
    ("LD-20-evidence-no-type", "evidence/0/type", ABSENT, "schema"),
    ("LD-20-status-text", "credentialStatus", "https://badges.riverbend.example/status/1#7", "schema"),
    ("LD-20-status-no-type", "credentialStatus/type", ABSENT, "schema"),
    ("LD-20-refresh-array", "refreshService", [{"id": "https://x.example", "type": "R"}], "schema"),
    ("LD-20-terms-no-type", "termsOfUse", [{"id": "https://x.example"}], "schema"),
    ("LD-20-schema-no-id", "credentialSchema/0/id", ABSENT, "schema"),
    ("LD-20-schema-of-another-kind", "credentialSchema/0/id",
     "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_profile_schema.json", "credential_schema"),
    ("LD-20-render-no-type", "renderMethod", [{"id": "https://x.example"}], "bad_member"),
    ("LD-20-related-resource-no-digest", "relatedResource/0/digestMultibase", ABSENT, "related_resource"),
    ("LD-20-related-resource-twice", "relatedResource", CREDENTIAL["relatedResource"] * 2,
     "related_resource"),
    ("LD-20-endorsement-jwt-two-parts", "endorsementJwt", ["aGVhZGVy.cGF5bG9hZA"], "schema"),
    ("LD-20-proof-no-type", "proof", [{"proofValue": "z1"}], "schema"),
    ("LD-20-context-missing", "@context", ABSENT, "schema"),
    ("LD-20-context-text", "@context", V2, "schema"),
    ("LD-20-context-one", "@context", [V2], "schema"),
    ("LD-20-context-order", "@context", [OPEN_BADGES, V2], "schema"),
    ("LD-20-context-other-badges", "@context",
     [V2, "https://purl.imsglobal.org.evil.example/spec/ob/v3p0/context-3.0.3.json"], "schema"),
    ("LD-20-context-version-tail", "@context", [V2, f"{OPEN_BADGES}#x"], "schema"),
    ("LD-22-ends-before-it-begins", "validUntil", "2026-05-01T08:59:59Z", "valid_period"),
    ("LD-22-ends-before-in-other-zone", "validUntil", "2026-05-01T10:59:59+02:00", "valid_period"),
    ("LD-23-old-date-on-new-model", "issuanceDate", "2026-05-01T09:00:00Z", "mixed_data_model"),
    ("LD-23-old-end-on-new-model", "expirationDate", "2030-05-01T09:00:00Z", "mixed_data_model"),
    ("LD-23-old-context-on-new-model", "@context", [V1, OPEN_BADGES], "schema"),
    ("LD-24-endorsement-of-nothing", f"{ACHIEVEMENT}/endorsement/0/credentialSubject/id", ABSENT, "schema"),
    ("LD-24-endorsement-text", f"{ACHIEVEMENT}/endorsement", "urn:uuid:1", "schema"),
    ("LD-24-endorsement-of-another-type", f"{ACHIEVEMENT}/endorsement/0/type",
     ["VerifiableCredential", "OpenBadgeCredential"], "schema"),
    ("LD-24-endorsement-ends-before-it-begins", f"{ACHIEVEMENT}/endorsement/0/validUntil",
     "2026-01-14T00:00:00Z", "valid_period"),
)  # fmt: skip


def cases() -> Iterator[Case]:
    good = written(CREDENTIAL)
    for name, path, value, code in ROWS:
        yield Case(name, changed(path, value), "json", code, good)
    yield from legacy_cases()
    for levels in (3, 4):
        deep = Recipe("nested_endorsements", {"levels": levels})
        two = Recipe("nested_endorsements", {"levels": 2})
        yield Case(f"LD-24-nested-{levels}", deep, "json", "endorsement_malformed", two)
    fifty = Recipe("nested_endorsements", {"levels": 50})
    yield Case("LD-24-nested-50", fifty, "json", "too_deep", Recipe("nested_endorsements", {"levels": 2}))
    yield Case("LD-26-salt-of-120-bits", SALT[:15], "salt", "salt_too_short", SALT)
    yield Case("LD-26-no-salt", b"", "salt", "salt_too_short", SALT)


def legacy_cases() -> Iterator[Case]:
    """On the data model of 2019."""
    good = written(CREDENTIAL_2019)
    rows: tuple[tuple[str, str, Any, str], ...] = (
        ("LD-23-issuer-by-uri", "issuer", "did:web:badges.riverbend.example", "schema"),
        ("LD-23-name-missing", "name", ABSENT, "schema"),
        ("LD-23-issuance-missing", "issuanceDate", ABSENT, "schema"),
        ("LD-23-new-date-on-old-model", "validFrom", "2023-05-01T09:00:00Z", "mixed_data_model"),
        ("LD-23-new-end-on-old-model", "validUntil", "2030-05-01T09:00:00Z", "mixed_data_model"),
        ("LD-23-new-context-on-old-model", "@context", [V2, OPEN_BADGES], "schema"),
        ("LD-23-one-context", "@context", [V1], "schema"),
        ("LD-23-both-contexts", "@context", [V2, V1, OPEN_BADGES], "schema"),
        ("LD-23-ends-before-it-begins", "expirationDate", "2023-04-30T09:00:00Z", "valid_period"),
    )
    for name, path, value, code in rows:
        yield Case(name, changed(path, value, CREDENTIAL_2019), "json", code, good)
    mixed = copy.deepcopy(CREDENTIAL_2019)
    mixed["credentialSubject"]["achievement"]["endorsement"] = [ENDORSEMENT]
    alike = copy.deepcopy(CREDENTIAL_2019)
    alike["credentialSubject"]["achievement"]["endorsement"] = [old_endorsement()]
    yield Case("LD-23-endorsement-on-other-model", written(mixed), "json", "mixed_data_model", written(alike))


def old_endorsement() -> dict[str, Any]:
    endorsement = copy.deepcopy(ENDORSEMENT)
    endorsement["@context"][0] = V1
    endorsement["issuanceDate"] = endorsement.pop("validFrom")
    return endorsement

"""Credentials, their subjects and what surrounds them, on VCDM 2.0 (Open Badges 3.0, B.1 and B.3).

The older data model has no classes here: it is checked and never made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from credential.model.achievement import Achievement, Image, Result
from credential.model.part import CompactJws, Names, Number, Part, Uri
from credential.model.profile import Profile
from credential.types import Extension, IdentifierType

Context = Uri | Mapping[str, Any]
CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
_ORDERED = (
    re.compile(re.escape(CONTEXTS[0])),
    re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.[0-9]\.[0-9])?\.json"),
)
_VERIFIABLE = frozenset({"VerifiableCredential"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityObject(Part):
    """A name, number or address by which the recipient is known, plain or hashed. Closed.

    `credential.recipient` makes and compares them.
    """

    closed: ClassVar[bool] = True

    type: Literal["IdentityObject"] = "IdentityObject"
    hashed: bool
    identity_hash: str
    identity_type: IdentifierType | Extension
    salt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Part):
    """Work that earned the award: a page, or the thing itself as a `data:` URI in `id`."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"Evidence"}),)

    id: Uri | None = None
    type: Names = ("Evidence",)
    narrative: str | None = None
    name: str | None = None
    description: str | None = None
    genre: str | None = None
    audience: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementSubject(Part):
    """Who received the award, and what for. It has an `id` or an `identifier`."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"AchievementSubject"}),)

    id: Uri | None = None
    type: Names = ("AchievementSubject",)
    activity_end_date: datetime | None = None
    activity_start_date: datetime | None = None
    credits_earned: Number | None = None
    identifier: tuple[IdentityObject, ...] = ()
    achievement: Achievement
    image: Image | None = None
    license_number: str | None = None
    narrative: str | None = None
    result: tuple[Result, ...] = ()
    role: str | None = None
    source: Profile | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementSubject(Part):
    """What is endorsed, by its id, and how."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"EndorsementSubject"}),)

    id: Uri
    type: Names = ("EndorsementSubject",)
    endorsement_comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSchema(Part):
    """A schema that the issuer says the credential fits. Never fetched."""

    id: Uri
    type: str = "1EdTechJsonSchemaValidator2019"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialStatus(Part):
    """Where it is said whether the credential still stands; the entry's own members are extensions."""

    id: Uri | None = None
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshService(Part):
    """Where a newer edition may be had."""

    id: Uri
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsOfUse(Part):
    """What the holder or a reader may do."""

    id: Uri | None = None
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof(Part):
    """A proof inside the document, as it is written; `credential.proof` makes and checks them."""

    type: str
    created: datetime | None = None
    cryptosuite: str | None = None
    challenge: str | None = None
    domain: str | None = None
    nonce: str | None = None
    proof_purpose: str | None = None
    proof_value: str | None = None
    verification_method: Uri | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementCredential(Part):
    """What somebody says about an award, an achievement or a profile."""

    names: ClassVar[tuple[frozenset[str], ...]] = (_VERIFIABLE, frozenset({"EndorsementCredential"}))
    ordered_contexts: ClassVar[tuple[re.Pattern[str], ...]] = _ORDERED

    context: tuple[Context, ...] = CONTEXTS
    id: Uri
    type: Names = ("VerifiableCredential", "EndorsementCredential")
    name: str
    description: str | None = None
    credential_subject: EndorsementSubject
    awarded_date: datetime | None = None
    issuer: Uri | Profile
    valid_from: datetime
    valid_until: datetime | None = None
    credential_schema: tuple[CredentialSchema, ...] = ()
    credential_status: CredentialStatus | None = None
    refresh_service: RefreshService | None = None
    terms_of_use: tuple[TermsOfUse, ...] = ()
    proof: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementCredential(Part):
    """An award to one person: an Open Badge."""

    names: ClassVar[tuple[frozenset[str], ...]] = (
        _VERIFIABLE,
        frozenset({"AchievementCredential", "OpenBadgeCredential"}),
    )
    ordered_contexts: ClassVar[tuple[re.Pattern[str], ...]] = _ORDERED

    context: tuple[Context, ...] = CONTEXTS
    id: Uri
    type: Names = ("VerifiableCredential", "OpenBadgeCredential")
    name: str | None = None
    description: str | None = None
    image: Image | None = None
    awarded_date: datetime | None = None
    credential_subject: AchievementSubject
    issuer: Uri | Profile
    valid_from: datetime
    valid_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    endorsement: tuple[EndorsementCredential, ...] = ()
    endorsement_jwt: tuple[CompactJws, ...] = ()
    credential_schema: tuple[CredentialSchema, ...] = ()
    credential_status: CredentialStatus | None = None
    refresh_service: RefreshService | None = None
    terms_of_use: tuple[TermsOfUse, ...] = ()
    proof: tuple[Proof, ...] = ()

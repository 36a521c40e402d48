"""Who issued it: is the key theirs (CID 1.0, 3.3), and are they known?

Open Badges 3.0 says to take the key that the badge names and to verify with it. That alone would accept a
badge by anybody in anybody's name. Here the key comes from the document of the issuer that the badge names,
and from nowhere else; and a known issuer is one that the trust list names, whatever the badge calls itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from contexts.document import Document
from credential.dates import validity_period
from credential.errors import CredentialError
from credential.proof.verified import JwtClaim, ProofClaim, Verified
from credential.readiness import READINESS_TYPE, subject_of
from keys.public import PublicKey
from verifier.checks.issuer_keys import IssuerKeys, find_keys
from verifier.evidence import Check, CheckOutcome, Finding, IssuerLevel
from verifier.trust import Asked, Trust, TrustEntry, stand
from verifier.trust.likeness import imitated
from verifier.trust.selecting import TRUSTED
from verifier.trust.telling import name_facts

__all__ = [
    "ACHIEVEMENT_TYPE",
    "IssuerKeys",
    "achievement_type",
    "check_issuer",
    "check_names",
    "find_keys",
    "issuer_of",
    "signed_at",
]

ACHIEVEMENT_TYPE = ("credentialSubject", "achievement", "achievementType")
"""Where a badge says what kind of achievement it is for."""


def issuer_of(document: Document) -> str:
    """The issuer's identifier (VC Data Model 2.0, 4.7).

    Raises:
        CredentialError: `bad_member`.
    """
    issuer = document.value.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(named, str) or not named:
        raise CredentialError("bad_member", "issuer is a URL, or an object with an id", "/issuer")
    return named


def check_names(issuer_id: str, claims: Sequence[ProofClaim | JwtClaim]) -> None:
    """Before anything is fetched: every proof that must pass names a key under the issuer's own identifier.

    Two need not: an earlier proof, over which the issuer has signed, is under its own maker's; and a token by
    an https issuer names a key of its origin, or of its key set (`credential.proof.vc_jwt` looks at that).

    Raises:
        CredentialError: `issuer_key_mismatch`, or for a token `key_not_bound_to_issuer`.
    """
    for claim in claims:
        if isinstance(claim, ProofClaim):
            if claim.controller != issuer_id and not claim.earlier:
                raise CredentialError(
                    "issuer_key_mismatch",
                    f"{claim.controller[:200]} signed, and the issuer is {issuer_id[:200]}",
                )
        elif issuer_id.startswith("https://"):
            continue
        elif claim.kid is not None and claim.kid.partition("#")[0] != issuer_id:
            raise CredentialError(
                "key_not_bound_to_issuer", f"the token's key is {claim.kid[:200]}, not the issuer's", "/kid"
            )


def check_issuer(
    verified: Verified,
    issuer_id: str,
    trust: Trust,
    now: datetime,
    key_for: Callable[[ProofClaim | JwtClaim], PublicKey] | None = None,
    *,
    today: datetime | None = None,
) -> tuple[Finding, IssuerLevel, TrustEntry | None]:
    """Whether somebody vouches for the issuer: for this kind of achievement, when it was signed and now.

    Both times count. When it was signed is the issuer's own word, so a recognition that has ended no longer
    vouches for what is dated before its end.

    Args:
        verified: The badge, its proof checked.
        issuer_id: Who issued it.
        trust: The lists.
        now: The moment that is asked about, aware.
        key_for: Gives the key of a claim, for lists that pin keys; without it no pinned key is known to fit.
        today: The time of the check itself, where that is another.

    Returns:
        The finding, how well the issuer is known, and the entry of the trust list that says so.
    """
    document = verified.document
    kind = achievement_type(document)
    asked = Asked(
        issuer_id=issuer_id,
        kind=kind,
        made=signed_at(verified),
        now=now,
        today=today,
        codes=frozenset() if kind == READINESS_TYPE else achievement_codes(document),
        subjects=determined_subjects(document) if kind == READINESS_TYPE else frozenset(),
        keys=frozenset(key_for(claim).thumbprint() for claim in verified.claims) if key_for else None,
    )
    standing = stand(trust, asked)
    facts = (
        {"issuer": issuer_id, "list": trust.name} | name_facts(standing.entry, standing.on) | standing.facts
    )
    if standing.code == TRUSTED and standing.entry is not None:
        known = Finding(Check.ISSUER, CheckOutcome.YES, TRUSTED, facts=facts)
        return known, IssuerLevel.TRUSTED, standing.entry
    domain = _domain(issuer_id)
    level = IssuerLevel.DOMAIN if domain else IssuerLevel.UNKNOWN
    facts |= {"domain": domain} if domain else {}
    facts |= {"type": kind or ""}
    notes: tuple[str, ...] = ()
    if like := imitated(_calls_itself(document), issuer_id, trust):
        facts |= {"resembles": like.name}
        notes = ("name_resembles",)
    code = standing.code or ("domain_only" if domain else "issuer_not_listed")
    finding = Finding(Check.ISSUER, CheckOutcome.COULD_NOT_CHECK, code, facts=facts, notes=notes)
    return finding, level, None


def _domain(issuer_id: str) -> str:
    """The web address that an issuer has shown to control, with its whole path, or ""."""
    if issuer_id.startswith("did:web:"):
        return issuer_id.removeprefix("did:web:").replace("%3A", ":")
    return issuer_id.removeprefix("https://") if issuer_id.startswith("https://") else ""


def signed_at(verified: Verified) -> datetime:
    """When the badge says it was signed: the latest time that its proofs name, else its own beginning."""
    named = [c.created if isinstance(c, ProofClaim) else c.issued_at for c in verified.claims]
    times = [time for time in named if time is not None]
    return max(times) if times else validity_period(verified.document.value).begin.instant


def achievement_type(document: Document) -> str | None:
    """What kind of achievement a badge is for (Open Badges 3.0, AchievementType), or None."""
    subject = document.value.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    kind = achievement.get("achievementType") if isinstance(achievement, dict) else None
    return kind if isinstance(kind, str) else None


def achievement_codes(document: Document) -> frozenset[str]:
    """Every code and identifier that a badge gives its achievement (Open Badges 3.0, Achievement).

    They are the issuer's own words: a list that recognises an issuer for some of them takes its word on which
    this one is, and on nothing else.
    """
    achievement = _object(_object(document.value.get("credentialSubject")).get("achievement"))
    others = achievement.get("otherIdentifier")
    identifiers = [
        _object(one).get("identifier") for one in (others if isinstance(others, list) else [others])
    ]
    named = (achievement.get("id"), achievement.get("humanCode"), *identifiers)
    return frozenset(one for one in named if isinstance(one, str) and one)


def determined_subjects(document: Document) -> frozenset[str]:
    """The subjects that a determination speaks of; "?" for each result that is of no known subject."""
    results = _object(document.value.get("credentialSubject")).get("result")
    listed = results if isinstance(results, list) else [] if results is None else [results]
    named = (subject_of(str(_object(one).get("resultDescription"))) for one in listed)
    return frozenset(subject or "?" for subject in named)


def _calls_itself(document: Document) -> str:
    name = _object(document.value.get("issuer")).get("name")
    return name if isinstance(name, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

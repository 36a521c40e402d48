"""Who issued it: is the key theirs (CID 1.0, 3.3), and are they known?

Open Badges 3.0 says to take the key that the badge names and to verify with it. That alone would accept a
badge by anybody in anybody's name. Here the key comes from the document of the issuer that the badge names,
and from nowhere else; and a known issuer is one that the trust list names, whatever the badge calls itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from contexts.document import Document
from credential.dates import validity_period
from credential.errors import CredentialError
from credential.proof.verified import JwtClaim, ProofClaim, Verified
from verifier.checks.issuer_keys import IssuerKeys, find_keys
from verifier.evidence import Check, CheckOutcome, Finding, IssuerLevel
from verifier.trust import TrustEntry, TrustList

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
    verified: Verified, issuer_id: str, trust: TrustList, now: datetime
) -> tuple[Finding, IssuerLevel, TrustEntry | None]:
    """Whether somebody vouches for the issuer: for this kind of achievement, when it was signed and now.

    Both times count. When it was signed is the issuer's own word, so a recognition that has ended no longer
    vouches for what is dated before its end.

    Returns:
        The finding, how well the issuer is known, and the entry of the trust list that says so.
    """
    made = signed_at(verified)
    kind = achievement_type(verified.document)
    entries = trust.of(issuer_id)
    facts = {"issuer": issuer_id, "list": trust.name}
    for entry in entries:
        if entry.covers(now) and entry.covers(made) and entry.recognises(kind):
            known = Finding(Check.ISSUER, CheckOutcome.YES, "trusted", facts=facts | {"name": entry.name})
            return known, IssuerLevel.TRUSTED, entry
    on_web = issuer_id.startswith(("did:web:", "https://"))
    level = IssuerLevel.DOMAIN if on_web else IssuerLevel.UNKNOWN
    if not entries:
        code = "domain_only" if on_web else "issuer_not_listed"
    elif not any(entry.recognises(kind) for entry in entries):
        code = "not_recognised_for"
    elif any(entry.ends is not None and entry.ends <= now for entry in entries):
        code = "recognition_ended"
    else:
        code = "not_recognised_then"
    facts |= {"domain": _domain(issuer_id)} if on_web else {}
    facts |= {"type": kind or ""}
    return Finding(Check.ISSUER, CheckOutcome.COULD_NOT_CHECK, code, facts=facts), level, None


def _domain(issuer_id: str) -> str:
    """What an issuer on the web has proved to control, with its whole path."""
    return issuer_id.removeprefix("https://").removeprefix("did:web:").replace("%3A", ":")


def signed_at(verified: Verified) -> datetime:
    """When the badge says it was signed: the latest time that its proofs name, else its own beginning."""
    named = [c.created if isinstance(c, ProofClaim) else c.issued_at for c in verified.claims]
    return max(
        (time for time in named if time is not None),
        default=validity_period(verified.document.value).begin.instant,
    )


def achievement_type(document: Document) -> str | None:
    """What kind of achievement a badge is for (Open Badges 3.0, AchievementType), or None."""
    subject = document.value.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    kind = achievement.get("achievementType") if isinstance(achievement, dict) else None
    return kind if isinstance(kind, str) else None

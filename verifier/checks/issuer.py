"""Who issued it: is the key theirs (CID 1.0, 3.3), and are they known?

Open Badges 3.0 says to take the key that the badge names and to verify with it. That alone would accept a
badge by anybody in anybody's name. Here the key comes from the document of the issuer that the badge names,
and from nowhere else; and a known issuer is one that the trust list names, whatever the badge calls itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from contexts.document import DID_DOCUMENT_LIMITS, Document, parse
from contexts.errors import DocumentError
from credential.dates import validity_period
from credential.errors import CredentialError
from credential.proof.verified import JwtClaim, ProofClaim, Verified
from credential.readiness import subject_of
from keys.did import (
    AssertionKey,
    assertion_key,
    assertion_keys,
    did_jwk_document,
    did_key_document,
    did_web_location,
    parse_did,
)
from keys.errors import KeyRefused
from keys.public import PublicKey
from verifier.evidence import Asking, Check, CheckOutcome, Failure, Finding, IssuerLevel, Need, NeedKind
from verifier.trust import Asked, Trust, TrustEntry, stand
from verifier.trust.likeness import imitated
from verifier.trust.selecting import TRUSTED
from verifier.trust.telling import name_facts


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """The keys that an issuer publishes for making assertions.

    Args:
        issuer_id: The issuer.
        document: The document of exactly that issuer.
        claimed: When a signature counts as made that does not say it itself: the credential's own beginning.
        found: The keys that were found in this document before, by name.
    """

    issuer_id: str
    document: Mapping[str, Any]
    claimed: datetime
    found: dict[str, AssertionKey] = field(default_factory=dict, repr=False, compare=False)

    def key_for(self, claim: ProofClaim | JwtClaim) -> PublicKey:
        """The key of a proof or a token.

        Raises:
            CredentialError, KeyRefused: As `for_proof` and `for_token`.
        """
        return self.for_proof(claim) if isinstance(claim, ProofClaim) else self.for_token(claim)

    def for_proof(self, claim: ProofClaim) -> PublicKey:
        """The key of a Data Integrity proof.

        Raises:
            KeyRefused: Not the issuer's to assert with, or not at the claimed time, or not theirs alone.
        """
        key = self.named(claim.verification_method)
        key.check_use(claim.created or self.claimed)
        return key.public_key

    def for_token(self, claim: JwtClaim) -> PublicKey:
        """The key of a token: by `kid`, else by the thumbprint of the header's `jwk`.

        Raises:
            CredentialError: `key_not_bound_to_issuer` where the issuer publishes no such key.
            KeyRefused: As for `for_proof`.
        """
        if claim.kid is not None:
            key = self.named(claim.kid)
        else:
            found = (
                k for k in assertion_keys(self.document) if k.public_key.thumbprint() == claim.thumbprint
            )
            one = next(found, None)
            if one is None:
                raise CredentialError(
                    "key_not_bound_to_issuer",
                    "the token's key is none of those that the issuer publishes",
                    "/jwk",
                )
            key = one
        key.check_use(claim.issued_at or self.claimed)
        return key.public_key

    def for_notes(self, method: str) -> PublicKey:
        """The key of a list's withdrawal notes, by its DID URL.

        Raises:
            KeyRefused: As for `for_proof`.
        """
        key = self.named(method)
        key.check_use(self.claimed)
        return key.public_key

    def named(self, method: str) -> AssertionKey:
        """The assertion key of this name, which must be the issuer's.

        Raises:
            KeyRefused: `controller_mismatch` where the name is under somebody else's identifier; the codes of
                `keys.did.assertion_key`.
        """
        if method.partition("#")[0] != self.issuer_id:
            raise KeyRefused("controller_mismatch", "The key that signed is not one of the issuer's.")
        key = self.found.get(method)
        if key is None:
            key = self.found[method] = assertion_key(self.document, method)
        return key


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

    Raises:
        CredentialError: `issuer_key_mismatch`, or for a token `key_not_bound_to_issuer`.
    """
    for claim in claims:
        if isinstance(claim, ProofClaim):
            if claim.controller != issuer_id:
                raise CredentialError(
                    "issuer_key_mismatch",
                    f"{claim.controller[:200]} signed, and the issuer is {issuer_id[:200]}",
                )
        elif claim.kid is not None and claim.kid.partition("#")[0] != issuer_id:
            raise CredentialError(
                "key_not_bound_to_issuer", f"the token's key is {claim.kid[:200]}, not the issuer's", "/kid"
            )


def find_keys(issuer_id: str, claimed: datetime) -> Asking[IssuerKeys | Failure]:
    """Get the document that lists the issuer's keys.

    Args:
        issuer_id: A did:web, which must be fetched, or a did:key or did:jwk, which is its own document.
        claimed: For `IssuerKeys`.

    Returns:
        The keys, or why nobody answered.

    Raises:
        KeyRefused: `unsupported_did_method`, `malformed_did`, `document_mismatch`, `malformed_document`.
    """
    if issuer_id.startswith("https://"):
        raise KeyRefused("unsupported_did_method", "Issuers that are an https address are not looked up.")
    did = parse_did(issuer_id)
    if did.method == "key":
        return IssuerKeys(issuer_id, did_key_document(issuer_id), claimed)
    if did.method == "jwk":
        return IssuerKeys(issuer_id, did_jwk_document(issuer_id), claimed)
    answer = yield Need(NeedKind.DID_DOCUMENT, did_web_location(did), subject=issuer_id)
    if isinstance(answer, Failure):
        return answer
    try:
        document, found = _read_document(answer.data)
    except DocumentError as fault:
        raise KeyRefused("malformed_document", f"The issuer's document is not usable: {fault}") from fault
    if document.get("id") != issuer_id:
        raise KeyRefused("document_mismatch", "The document that was found is somebody else's.")
    return IssuerKeys(issuer_id, document, claimed, found)


@lru_cache(maxsize=64)
def _read_document(data: bytes) -> tuple[Mapping[str, Any], dict[str, AssertionKey]]:
    """A controller's document, and the keys that will be found in it.

    Both follow from the bytes alone, and one issuer's come again with every badge. Whether a key may be used
    is asked each time: that depends on the signature.
    """
    return parse(data, DID_DOCUMENT_LIMITS).value, {}


def check_issuer(
    verified: Verified,
    issuer_id: str,
    trust: Trust,
    now: datetime,
    key_for: Callable[[ProofClaim | JwtClaim], PublicKey] | None = None,
) -> tuple[Finding, IssuerLevel, TrustEntry | None]:
    """Whether somebody vouches for the issuer: for this kind of achievement, when it was signed and now.

    Both times count. When it was signed is the issuer's own word, so a recognition that has ended no longer
    vouches for what is dated before its end.

    Args:
        verified: The badge, its proof checked.
        issuer_id: Who issued it.
        trust: The lists.
        now: The time of the check, aware.
        key_for: Gives the key of a claim, for lists that pin keys; without it no pinned key is known to fit.

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
        codes=achievement_codes(document),
        subjects=determined_subjects(document),
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
    """The web address that an issuer has shown to control, or ""."""
    if issuer_id.startswith("did:web:"):
        return issuer_id.removeprefix("did:web:").replace("%3A", ":")
    return issuer_id.removeprefix("https://") if issuer_id.startswith("https://") else ""


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

"""Is it what the issuer signed? Open Badges 3.0, 9.1, step 2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contexts.document import CREDENTIAL_LIMITS, Document, Limits, parse
from credential.proof.data_integrity import check_proof as check_embedded_proof
from credential.proof.data_integrity import proof_claims, signs_every_byte
from credential.proof.vc_jwt import UnverifiedJwt, check_jwt, split
from credential.proof.verified import JwtClaim, ProofClaim, Verified
from keys.public import PublicKey
from verifier.checks.issuer import issuer_of
from verifier.evidence import CheckOutcome, Finding


@dataclass(frozen=True, slots=True)
class Secured:
    """A credential as it was presented or fetched: read, and not checked at all.

    Args:
        document: The credential, with its proofs where they are embedded.
        jwt: The token around it, or None.
        issuer_id: Who it says has issued it.
        claims: What its proofs say of themselves: the very ones that must pass.
    """

    document: Document
    jwt: UnverifiedJwt | None
    issuer_id: str
    claims: tuple[ProofClaim | JwtClaim, ...]

    @property
    def signs_bytes(self) -> bool:
        """Whether what is written was signed, word for word, and not only what it means."""
        return self.jwt is not None or signs_every_byte(self.claims)


def read_token(token: bytes) -> Secured:
    """Read a credential in a compact JWS.

    Raises:
        CredentialError: Any code of `credential.proof.vc_jwt.split`.
        KeyRefused: The header's key is none.
    """
    jwt = split(token)
    return Secured(jwt.credential, jwt, issuer_of(jwt.credential), (jwt.claim,))


def read_embedded(document: Document) -> Secured:
    """Read the proofs that stand in a credential.

    Raises:
        CredentialError: Any code of `proof_claims` that can be seen without a key.
    """
    return Secured(document, None, issuer_of(document), proof_claims(document))


def read_secured(data: bytes, limits: Limits = CREDENTIAL_LIMITS) -> Secured:
    """Read a credential in either form: a token begins with `ey`, and JSON never does.

    Raises:
        CredentialError: As `read_token` and `read_embedded`.
        DocumentError: It is not strict JSON.
        KeyRefused: As `read_token`.
    """
    return read_token(data.strip()) if data.lstrip().startswith(b"ey") else read_embedded(parse(data, limits))


def check_proof(secured: Secured, key_for: Callable[[ProofClaim | JwtClaim], PublicKey]) -> Verified:
    """Check the signatures under the issuer's own keys.

    Args:
        secured: The credential.
        key_for: `IssuerKeys.key_for`, or what it gave for the very claims of `secured`.

    Raises:
        CredentialError: The signature does not fit, or the proof is not one.
        DocumentError: Something in the document is not covered by such a signature.
        KeyRefused: The key is not the issuer's to sign with.
    """
    if secured.jwt is not None:
        return check_jwt(secured.jwt, key_for)
    return check_embedded_proof(secured.document, key_for)


def unless_hidden(found: Finding, verified: Verified, *path: str) -> Finding:
    """What was found, unless whoever shows the badge may have left out what would have said otherwise.

    Of a selective disclosure everything that is shown was signed, and what is not shown may be there all the
    same: an end, the list in which the badge stands as withdrawn, the kind of achievement, for which nobody
    has recognised the issuer. That nobody can see, so nobody may say that there is none.

    Args:
        found: What was found without the member.
        verified: The badge.
        path: The member that answers the question, with those that it stands in.

    Returns:
        *Could not check* where the member is not shown and nothing else speaks against the badge.
    """
    harmless = found.outcome in (CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE)
    if not (harmless and verified.partial):
        return found
    at: Any = verified.document.value
    for name in path:
        at = at.get(name) if isinstance(at, dict) else None
    if at is not None and not (path == ("credentialStatus",) and verified.status_may_be_hidden):
        return found
    detail = f"{path[-1]} is not shown, or not all of it: ask for it, or for the whole badge"
    return Finding(found.check, CheckOutcome.COULD_NOT_CHECK, "may_be_hidden", detail)

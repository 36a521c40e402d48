"""Is it what the issuer signed? Open Badges 3.0, 9.1, step 2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contexts.document import CREDENTIAL_LIMITS, Document, Limits, parse
from credential.proof.data_integrity import check_proof as check_embedded_proof
from credential.proof.data_integrity import proof_claims
from credential.proof.vc_jwt import UnverifiedJwt, check_jwt, split
from credential.proof.verified import JwtClaim, ProofClaim, Verified
from keys.public import PublicKey
from verifier.checks.issuer import issuer_of


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

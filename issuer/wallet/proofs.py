"""Key proofs: a wallet shows that it holds the key to which the badge shall be bound (OpenID4VCI 1.0, 8.2.1).

Only keys that stand in the proof itself are believed: `did:key`, `did:jwk`, or a JWK in the header. No
address is ever asked for a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from contexts.document import Limits, compose
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.compact_jws import read_compact
from credential.proof.presentation import check_authentication, read_presentation
from issuer.wallet.refusal import WalletRefused
from keys.did import did_jwk, did_jwk_document, did_key_document, parse_did_url
from keys.errors import KeyRefused
from keys.public import KeyType, PublicKey

ALGORITHMS: Final = ("ES256", "EdDSA", "ES384")
"""What a `jwt` proof may be signed with."""
CRYPTOSUITES: Final = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019", "eddsa-jcs-2022", "ecdsa-jcs-2019")
"""What a `di_vp` proof may be made with."""
PROOF_TYPE: Final = "openid4vci-proof+jwt"
OLDEST: Final = timedelta(minutes=5)
"""How long ago a proof may have been made."""
AHEAD: Final = timedelta(seconds=60)
"""How far a wallet's clock may be ahead of ours."""
LONGEST_PROOF: Final = 8_192
"""Characters of a `jwt` proof, and octets of a `di_vp` proof."""
LONGEST_KEY: Final = 1_000
"""Characters of the URL of a key: a P-384 key as did:jwk takes 300."""
BATCH: Final = 1
"""How many proofs a request may hold: no more are declared in the metadata."""
_LIMITS: Final = Limits(max_bytes=LONGEST_PROOF, max_nodes=256)
_KEYS: Final = frozenset({KeyType.ED25519, KeyType.P256, KeyType.P384})


@dataclass(frozen=True, slots=True)
class Proven:
    """Who holds a key, and for which nonce that was shown.

    Attributes:
        holder: The DID of the key: it becomes `credentialSubject.id`.
        nonce: What the proof answers; the caller looks whether it is ours, and takes it.
    """

    holder: str
    nonce: str


def read_proofs(value: Any, *, issuer: str, now: datetime) -> Proven:
    """Check the `proofs` of a credential request: exactly one kind, exactly one proof.

    Args:
        value: The member as it was sent.
        issuer: The Credential Issuer Identifier, for whom the proof must be made.
        now: The time.

    Raises:
        WalletRefused: `invalid_proof`; `invalid_nonce` where the proof answers none;
            `invalid_credential_request` for more than `BATCH`.
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        raise _bad("send proofs: an object with exactly one of jwt and di_vp")
    ((kind, proofs),) = value.items()
    if not isinstance(proofs, list) or not proofs:
        raise _bad("proofs holds an array that is not empty")
    if len(proofs) > BATCH:
        raise WalletRefused("invalid_credential_request", f"one request may hold {BATCH} proof")
    if kind == "jwt":
        return check_jwt_proof(proofs[0], issuer=issuer, now=now)
    if kind == "di_vp":
        return check_di_vp_proof(proofs[0], issuer=issuer, now=now)
    raise _bad("the proof is of a type that the metadata does not name")


def check_jwt_proof(token: Any, *, issuer: str, now: datetime) -> Proven:
    """Check a `jwt` key proof (Appendix F.1).

    `iss` is not read: a token that was got without a client id is bound to nobody.

    Raises:
        WalletRefused: `invalid_proof`, `invalid_nonce`.
    """
    if not isinstance(token, str) or len(token) > LONGEST_PROOF:
        raise _bad(f"a jwt proof is one text of at most {LONGEST_PROOF} characters")
    try:
        jws = read_compact(token)
        if jws.header.get("typ") != PROOF_TYPE:
            raise _bad(f"the header's typ is {PROOF_TYPE}")
        if jws.header["alg"] not in ALGORITHMS:
            raise _bad("the header's alg is one that the metadata names")
        key, holder = _key_of(jws.header)
    except (CredentialError, KeyRefused):
        raise _bad("the proof is no signed token of the form that is asked for") from None
    if key.jws_algorithm != jws.header["alg"] or not key.verify(jws.signature, jws.signing_input):
        raise _bad("the signature is not of the key that the header names")
    claims = jws.payload.value
    if claims.get("aud") not in (issuer, [issuer]):
        raise _bad("aud is the Credential Issuer Identifier")
    _check_made(_numeric(claims, "iat"), now)
    if "exp" in claims and _numeric(claims, "exp") <= now.timestamp():
        raise _bad("the proof is over")
    if "nbf" in claims and _numeric(claims, "nbf") > (now + AHEAD).timestamp():
        raise _bad("the proof has not begun")
    return Proven(holder, _nonce(claims.get("nonce")))


def check_di_vp_proof(value: Any, *, issuer: str, now: datetime) -> Proven:
    """Check a `di_vp` key proof: a presentation, signed by its holder for us (Appendix F.2).

    Raises:
        WalletRefused: `invalid_proof`, `invalid_nonce`.
    """
    if not isinstance(value, Mapping):
        raise _bad("a di_vp proof is a JSON object")
    try:
        read = read_presentation(compose(value, _LIMITS))
        said = read.authentication
        if said is None or said.suite not in CRYPTOSUITES:
            raise _bad("the presentation is signed with a cryptosuite that the metadata names")
        key, holder = _key_in_did(said.method)
        if said.holder is not None and said.holder != holder:
            raise _bad("the holder is not who signed")
        check_authentication(read, key)
    except (CredentialError, DocumentError, KeyRefused):
        raise _bad("the proof is no signed presentation of the form that is asked for") from None
    if said.domains != (issuer,):
        raise _bad("the proof's domain is the Credential Issuer Identifier")
    if said.made is None:
        raise _bad("the proof says when it was made: created")
    _check_made(said.made.timestamp(), now)
    if said.expires is not None and said.expires <= now:
        raise _bad("the proof is over")
    return Proven(holder, _nonce(said.challenge))


def _key_of(header: Mapping[str, Any]) -> tuple[PublicKey, str]:
    """The key that a header names, in exactly one way, and the DID that it is bound to."""
    if ("kid" in header) == ("jwk" in header):
        raise _bad("the header names its key by exactly one of kid and jwk")
    if "kid" in header:
        return _key_in_did(header["kid"])
    key = PublicKey.from_jwk(header["jwk"])
    _check_kind(key)
    return key, did_jwk(key)


def _key_in_did(url: str) -> tuple[PublicKey, str]:
    """The key that stands in a `did:key` or `did:jwk` itself, by the URL of its one method."""
    if len(url) > LONGEST_KEY:
        raise _bad("the key's identifier is too long")
    parse_did_url(url)
    did = url.partition("#")[0]
    if did.startswith("did:key:"):
        method = did_key_document(did)["verificationMethod"][0]
        key = PublicKey.from_multikey(method["publicKeyMultibase"])
    elif did.startswith("did:jwk:"):
        method = did_jwk_document(did)["verificationMethod"][0]
        key = PublicKey.from_jwk(method["publicKeyJwk"])
    else:
        raise _bad("the key is a did:key, a did:jwk or a jwk")
    if url != method["id"]:
        raise _bad("kid is the URL of the key inside its DID, with its fragment")
    _check_kind(key)
    return key, did


def _check_kind(key: PublicKey) -> None:
    if key.key_type not in _KEYS:
        raise _bad("the key is Ed25519, P-256 or P-384")


def _check_made(made: float, now: datetime) -> None:
    if not (now - OLDEST).timestamp() <= made <= (now + AHEAD).timestamp():
        raise _bad("the proof was made too long ago or in the future: look at the clock")


def _numeric(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _bad(f"{name} is a whole number of seconds")
    return value


def _nonce(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise WalletRefused("invalid_nonce", "the proof answers no nonce: get one from the nonce endpoint")
    return value


def _bad(message: str) -> WalletRefused:
    return WalletRefused("invalid_proof", message)

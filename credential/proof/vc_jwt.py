"""Credentials as compact JWS, in the profile of Open Badges 3.0, 8.2, and as VC-JOSE-COSE 1.0 writes them.

The text is read strictly before a library sees it. The profile says to take the key from the header; a
literal reader would then take anybody's badge for any issuer's. Here a header only names a key: the caller
looks it up among the keys that the issuer publishes, and what it finds must fit the header's algorithm and
thumbprint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from contexts.document import STATUS_LIST_LIMITS, Document, compose
from credential.errors import CredentialError
from credential.proof.compact_jws import CompactJws, read_compact
from credential.proof.envelope import check_envelope, credential_in, is_of_2019, seconds, subject_id
from credential.proof.issuer import issuer_id
from credential.proof.verified import JwtClaim, Verified, sealed
from keys.did import parse_did_url
from keys.multibase import base64url_encode
from keys.public import PublicKey
from keys.signer import Signer

MEDIA_TYPES: Final = frozenset({"jwt", "vc+jwt"})
"""What `typ` may say: `JWT` in Open Badges, `vc+jwt` in VC-JOSE-COSE; nothing at all is allowed by both."""

_PROFILE_OF_OPEN_BADGES: Final = "jwt"
_CONTENT_TYPES: Final = frozenset({"vc", "vc+ld+json"})


@dataclass(frozen=True, slots=True)
class UnverifiedJwt:
    """A token that was read and is not checked: whatever it says, anybody can have written.

    Args:
        header: The protected header.
        payload: The whole payload.
        credential: The credential in it, without the token's own claims.
        signing_input: What the signature is over.
        signature: The signature's octets.
        claim: What has to be known to find the key.
    """

    header: Mapping[str, Any]
    payload: Document
    credential: Document
    signing_input: bytes
    signature: bytes
    claim: JwtClaim


def sign_jwt(document: Document, signer: Signer, *, profile: str = _PROFILE_OF_OPEN_BADGES) -> str:
    """Make a token of a credential: header `alg`, `kid`, `typ`; payload the credential with its claims.

    A credential of the data model of 2019 stands under `vc`, as that model has it.

    Args:
        document: The credential with `id`, `validFrom` and a subject with an `id`. Proofs inside it stay in
            it and are signed over: they are added first (Open Badges 3.0, 8.2.3).
        signer: Signs as the document's issuer.
        profile: `jwt`, as Open Badges has it, or `vc+jwt`, the bare credential of VC-JOSE-COSE, which names
            no claim beside it and needs neither an `id` nor a subject's.

    Returns:
        A compact JWS.

    Raises:
        CredentialError: `issuer_key_mismatch`, `envelope_mismatch` where the credential lacks what a token
            must repeat, `bad_date`, `too_large`, `alg_key_mismatch`; `bad_signature` where the signer's
            result does not verify under its own public key.

    Source: Open Badges 3.0, 8.2.1 to 8.2.4.
    """
    value = document.value
    if issuer_id(value) != signer.controller:
        raise CredentialError(
            "issuer_key_mismatch",
            "the document names another issuer than the one who would sign: use the issuer's own key",
            "/issuer",
        )
    header = {"alg": signer.public_key.jws_algorithm, "kid": signer.verification_method, "typ": "JWT"}
    if profile == _PROFILE_OF_OPEN_BADGES:
        payload = _with_claims(value, signer.controller)
    else:
        header |= {"typ": profile, "cty": "vc"}
        payload = dict(value)
    segments = [base64url_encode(compose(part).raw) for part in (header, payload)]
    signing_input = ".".join(segments).encode("ascii")
    token = ".".join([*segments, base64url_encode(signer.sign(signing_input))])
    # What a checker will refuse must not leave the house, and the signer's key type decides what it can make.
    check_jwt(split(token), lambda _claim: signer.public_key)
    return token


def _with_claims(value: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """The payload of Open Badges (8.2.4); of a credential of 2019 the claims stand beside `vc`."""
    old = is_of_2019(value)
    begin, end = ("issuanceDate", "expirationDate") if old else ("validFrom", "validUntil")
    claims: dict[str, Any] = {
        "iss": issuer,
        "jti": _repeated(value.get("id"), "/id"),
        "nbf": seconds(value.get(begin), f"/{begin}"),
        "sub": _repeated(subject_id(value), "/credentialSubject/id"),
    }
    if end in value:
        claims["exp"] = seconds(value[end], f"/{end}")
    return claims | {"vc": dict(value)} if old else {**value, **claims}


def split(token: str | bytes) -> UnverifiedJwt:
    """Read a token, and hold its claims against the credential in it. No key is asked for.

    Args:
        token: A compact JWS of at most 262,144 characters.

    Raises:
        CredentialError: `too_large`, `malformed_jwt`, `duplicate_key`, `alg_not_allowed`,
            `header_not_allowed`, `not_a_credential`, `bad_numeric_date`, `envelope_mismatch`,
            `key_not_bound_to_issuer`.
        keys.errors.KeyRefused: The header's `jwk` is no public key, or its `kid` is no DID URL.

    Source: Open Badges 3.0, 8.2.5; VC-JOSE-COSE 1.0, 3.1 and 4.1.
    """
    jws = read_compact(token)
    kind = _media_type(jws.header)
    credential = credential_in(jws.payload.value)
    check_envelope(jws.payload.value, credential.value, jws.header, required=kind == _PROFILE_OF_OPEN_BADGES)
    return UnverifiedJwt(
        jws.header, jws.payload, credential, jws.signing_input, jws.signature, _claim(jws, credential.value)
    )


def check_jwt(unverified: UnverifiedJwt, key_for: Callable[[JwtClaim], PublicKey]) -> Verified:
    """Check a token's signature under the issuer's key.

    Args:
        unverified: As `split` gives it. It is read again from the signed octets: a value of that type made by
            somebody else cannot say one thing and be signed over another.
        key_for: Gives the public key of a claim, taken from what the claim's issuer publishes and only if it
            is the issuer's to assert with: by `kid`, or where there is none by `thumbprint`. Raises
            `CredentialError` `key_not_bound_to_issuer` otherwise.

    Returns:
        The credential without proof, the claim that passed, and a note where the credential also carried
        proofs.

    Raises:
        CredentialError: As `split`; `alg_key_mismatch` where the key is not of the header's algorithm;
            `key_not_bound_to_issuer` where it is not the header's `jwk`; `bad_signature`.
        keys.errors.KeyRefused: As `key_for` raises it.

    Source: Open Badges 3.0, 8.2.5, with the binding of key to issuer that it leaves open.
    """
    token = unverified.signing_input + b"." + base64url_encode(unverified.signature).encode("ascii")
    read = split(token)
    key = key_for(read.claim)
    if key.jws_algorithm != read.claim.algorithm:
        raise CredentialError(
            "alg_key_mismatch", f"the issuer's key signs with {key.jws_algorithm}, not {read.claim.algorithm}"
        )
    if read.claim.thumbprint is not None and key.thumbprint() != read.claim.thumbprint:
        raise CredentialError("key_not_bound_to_issuer", "the header's jwk is not the issuer's key", "/jwk")
    _check_signature(token, key)
    notes = []
    if "proof" in read.credential.value:
        notes.append("proof_not_checked: the token was checked, and not the proofs inside it (at /proof)")
    value = read.credential.value
    secured = compose({name: part for name, part in value.items() if name != "proof"}, STATUS_LIST_LIMITS)
    return sealed(secured, (read.claim,), tuple(notes))


def _repeated(identifier: Any, pointer: str) -> str:
    """An id that the token has to repeat."""
    if not isinstance(identifier, str):
        raise CredentialError(
            "envelope_mismatch", "a token repeats this id: give one, or sign with a proof", pointer
        )
    return identifier


def _check_signature(token: bytes, key: PublicKey) -> None:
    jws = JWS()
    jws.allowed_algs = [key.jws_algorithm]
    try:
        jws.deserialize(token.decode("ascii"))
        jws.verify(JWK(**key.jwk()), alg=key.jws_algorithm)
    except JWException:
        raise CredentialError(
            "bad_signature", "the signature does not fit: the token or the key is not what was signed"
        ) from None


def _media_type(header: Mapping[str, Any]) -> str:
    """What the token says that it is. Nothing said is read as the profile of Open Badges.

    A media type without a slash has `application/` in front of it, and its case does not matter (RFC 7515,
    4.1.9).
    """
    kind: str = header.get("typ", "JWT").lower().removeprefix("application/")
    content: str = header.get("cty", "vc").lower().removeprefix("application/")
    if kind not in MEDIA_TYPES or content not in _CONTENT_TYPES:
        raise CredentialError(
            "not_a_credential",
            "the header says that this is another kind of token: a badge is of typ JWT or vc+jwt",
            "/cty" if kind in MEDIA_TYPES else "/typ",
        )
    return kind


def _claim(jws: CompactJws, credential: Mapping[str, Any]) -> JwtClaim:
    """What names the key, held against the issuer as far as names go."""
    header, issuer = jws.header, issuer_id(credential)
    kid: str | None = header.get("kid")
    thumbprint = None
    if kid is None and "jwk" not in header:
        raise CredentialError("key_not_bound_to_issuer", "the header names no key: it needs a kid or a jwk")
    if kid is not None:
        _check_kid(kid, issuer)
    if "jwk" in header:
        named = PublicKey.from_jwk(header["jwk"])
        if named.jws_algorithm != header["alg"]:
            raise CredentialError(
                "alg_key_mismatch",
                f"the header's jwk signs with {named.jws_algorithm}, not {header['alg']}",
                "/alg",
            )
        thumbprint = named.thumbprint()
    return JwtClaim(
        algorithm=header["alg"],
        issuer=issuer,
        kid=kid,
        thumbprint=thumbprint,
        not_before=_instant(jws.payload.value.get("nbf")),
        expires=_instant(jws.payload.value.get("exp")),
        issued_at=_instant(jws.payload.value.get("iat")),
    )


def _check_kid(kid: str, issuer: str) -> None:
    """A kid that is a URL leads to the issuer's own DID or the issuer's own origin, or it leads nowhere.

    A bare name leads nowhere by itself: it is looked up in the set that the issuer publishes.
    """
    scheme = kid.partition(":")[0].lower()
    if scheme == "did":
        at_home = parse_did_url(kid).did.text == issuer
    elif scheme == "https":
        at_home = _origin(kid) is not None and _origin(kid) == _origin(issuer)
    else:
        at_home = ":" not in kid
    if not at_home:
        raise CredentialError(
            "key_not_bound_to_issuer", "kid names a key of somebody else than the issuer", "/kid"
        )


def _origin(url: str) -> str | None:
    """The authority of an https URL, whole as it is written; None for any other URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.netloc.lower() or None if parts.scheme == "https" else None


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

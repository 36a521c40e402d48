"""Tokens: made in the profile of Open Badges, read strictly, checked under the issuer's key."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contexts.document import compose
from credential.errors import CredentialError
from credential.proof.vc_jwt import UnverifiedJwt, check_jwt, sign_jwt, split
from credential.proof.verified import JwtClaim
from keys.multibase import base64url_decode
from keys.public import PublicKey
from tests.attacks.badges import (
    DISTRICT,
    DISTRICT_KEYS,
    ED25519,
    MALLORY,
    P256,
    RSA,
    badge,
    claims,
    header,
    signed,
    token,
)
from tests.signers import SeededSigner


def key_for(claim: JwtClaim) -> PublicKey:
    known = {signer.verification_method: signer.public_key for signer in DISTRICT_KEYS}
    return known[claim.kid or ""]


def parts(made: str) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second, _ = made.split(".")
    return json.loads(base64url_decode(first)), json.loads(base64url_decode(second))


@pytest.mark.parametrize("signer", DISTRICT_KEYS, ids=lambda signer: signer.public_key.jws_algorithm)
def test_what_is_signed_verifies_and_comes_back_without_claims(signer: SeededSigner) -> None:
    verified = check_jwt(split(sign_jwt(compose(badge()), signer)), key_for)
    assert verified.document.value == badge()
    assert verified.notes == ()


def test_header_and_claims_are_those_of_the_profile() -> None:
    head, payload = parts(sign_jwt(compose(badge()), RSA))
    assert head == {"alg": "RS256", "kid": RSA.verification_method, "typ": "JWT"}
    value = badge()
    assert payload == value | {
        "iss": DISTRICT,
        "jti": value["id"],
        "nbf": int(datetime(2026, 5, 1, 9, tzinfo=UTC).timestamp()),
        "sub": value["credentialSubject"]["id"],
        "exp": int(datetime(2030, 5, 1, 9, tzinfo=UTC).timestamp()),
    }


@pytest.mark.parametrize("signer", DISTRICT_KEYS, ids=lambda signer: signer.public_key.jws_algorithm)
def test_the_bare_token_of_vc_jose_cose_is_the_credential_alone(signer: SeededSigner) -> None:
    value = {name: part for name, part in badge().items() if name != "id"}
    made = sign_jwt(compose(value), signer, profile="vc+jwt")
    head, payload = parts(made)
    assert head == {
        "alg": signer.public_key.jws_algorithm,
        "kid": signer.verification_method,
        "typ": "vc+jwt",
        "cty": "vc",
    }
    assert payload == value
    assert check_jwt(split(made), key_for).document.value == value


@pytest.mark.parametrize("profile", ["vp+jwt", "JWT ", "at+jwt", ""])
def test_no_token_of_another_kind_is_made(profile: str) -> None:
    with pytest.raises(CredentialError, match=r"^not_a_credential"):
        sign_jwt(compose(badge()), ED25519, profile=profile)


@pytest.mark.parametrize("signer", DISTRICT_KEYS, ids=lambda signer: signer.public_key.jws_algorithm)
def test_a_credential_of_2019_stands_under_vc(signer: SeededSigner) -> None:
    value = {name: part for name, part in badge().items() if name not in ("validFrom", "validUntil")}
    value["@context"] = ["https://www.w3.org/2018/credentials/v1", value["@context"][1]]
    value |= {"issuanceDate": "2026-05-01T09:00:00Z", "expirationDate": "2030-05-01T09:00:00Z"}
    made = sign_jwt(compose(value), signer)
    _, payload = parts(made)
    assert payload == {
        "vc": value,
        "iss": DISTRICT,
        "jti": value["id"],
        "nbf": int(datetime(2026, 5, 1, 9, tzinfo=UTC).timestamp()),
        "sub": value["credentialSubject"]["id"],
        "exp": int(datetime(2030, 5, 1, 9, tzinfo=UTC).timestamp()),
    }
    assert check_jwt(split(made), key_for).document.value == value


def test_a_badge_without_end_has_no_exp() -> None:
    endless = {name: part for name, part in badge().items() if name != "validUntil"}
    _, payload = parts(sign_jwt(compose(endless), ED25519))
    assert "exp" not in payload


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": MALLORY}, "issuer_key_mismatch"),
        ({"issuer": None}, "bad_member"),
        ({"id": None}, "envelope_mismatch"),
        ({"credentialSubject": {"type": ["AchievementSubject"]}}, "envelope_mismatch"),
        ({"validFrom": None}, "bad_date"),
        ({"validFrom": "May"}, "bad_date"),
        ({"type": ["OpenBadgeCredential"]}, "not_a_credential"),
        ({"aud": "x"}, "not_a_credential"),
    ],
)
def test_what_a_checker_would_refuse_is_not_made(changes: dict[str, Any], code: str) -> None:
    value = {name: part for name, part in (badge() | changes).items() if part is not None}
    with pytest.raises(CredentialError, match=rf"^{code}"):
        sign_jwt(compose(value), ED25519)


def test_a_signer_whose_result_is_not_its_own_issues_nothing() -> None:
    class Broken(SeededSigner):
        def sign(self, message: bytes) -> bytes:
            return super().sign(message + b"\x00")

    with pytest.raises(CredentialError, match=r"^bad_signature"):
        sign_jwt(compose(badge()), Broken("district", DISTRICT))


def test_splitting_asks_for_no_key_and_says_what_names_it() -> None:
    unverified = split(token(header(jwk=ED25519.public_key.jwk()), claims(iat=1_777_626_000)))
    assert unverified.claim == JwtClaim(
        algorithm="EdDSA",
        issuer=DISTRICT,
        kid=ED25519.verification_method,
        thumbprint=ED25519.public_key.thumbprint(),
        not_before=datetime(2026, 5, 1, 9, tzinfo=UTC),
        expires=datetime(2030, 5, 1, 9, tzinfo=UTC),
        issued_at=datetime(2026, 5, 1, 9, tzinfo=UTC),
    )
    assert unverified.credential.value == badge()
    assert unverified.header["typ"] == "JWT"


def test_text_and_octets_are_the_same_token() -> None:
    assert split(token()) == split(token().decode("ascii"))


def test_the_key_that_is_found_must_be_the_key_that_is_named() -> None:
    """A caller that goes by kid alone is still held to the header's jwk."""
    made = split(token(header(jwk=SeededSigner("mallory").public_key.jwk())))
    with pytest.raises(CredentialError, match=r"^key_not_bound_to_issuer"):
        check_jwt(made, lambda _: ED25519.public_key)


def test_the_key_decides_the_algorithm() -> None:
    with pytest.raises(CredentialError, match=r"^alg_key_mismatch"):
        check_jwt(split(token()), lambda _: P256.public_key)


def test_nobody_elses_signature_passes() -> None:
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        check_jwt(split(token()), lambda _: SeededSigner("mallory").public_key)


@pytest.mark.parametrize("part", ["credential", "payload", "header", "claim"])
def test_an_unverified_token_cannot_say_one_thing_and_be_signed_over_another(part: str) -> None:
    """Whoever builds the value himself gets what was signed, not what he wrote beside it."""
    honest = split(token())
    other = badge(name="Welding, level nine")
    forged: Any = {
        "credential": compose(other),
        "payload": compose(claims(other)),
        "header": header() | {"alg": "none"},
        "claim": dataclasses.replace(honest.claim, issuer=MALLORY, kid=f"{MALLORY}#1"),
    }[part]
    made = dataclasses.replace(honest, **{part: forged})
    verified = check_jwt(made, key_for)
    assert verified.document.value == badge()
    assert verified.claims == (honest.claim,)


def test_an_unverified_token_made_of_nothing_is_refused() -> None:
    honest = split(token())
    made = UnverifiedJwt(
        honest.header, honest.payload, honest.credential, b"", honest.signature, honest.claim
    )
    with pytest.raises(CredentialError, match=r"^malformed_jwt"):
        check_jwt(made, key_for)


def test_proofs_inside_are_signed_over_and_noted_and_not_shown() -> None:
    """Open Badges 3.0, 8.2: embedded proofs come first, the token is made over the result."""
    made = sign_jwt(compose(signed()), ED25519)
    assert "proof" in parts(made)[1]
    verified = check_jwt(split(made), key_for)
    assert verified.document.value == badge()
    assert verified.notes == (
        "proof_not_checked: the token was checked, and not the proofs inside it (at /proof)",
    )


@pytest.mark.parametrize("kind", ["JWT", "jwt", "vc+jwt", "application/vc+jwt", None])
def test_names_of_the_kind_that_are_badges(kind: str | None) -> None:
    assert check_jwt(split(token(header(typ=kind))), key_for).document.value == badge()


def test_the_generic_kind_may_leave_claims_out() -> None:
    bare = claims(iss=None, jti=None, sub=None, nbf=None, exp=None)
    assert check_jwt(split(token(header(typ="vc+jwt"), bare)), key_for).document.value == badge()
    with pytest.raises(CredentialError, match=r"^envelope_mismatch"):
        split(token(header(), bare))


def test_fractions_of_a_second_decide_nothing() -> None:
    payload = claims(badge(validFrom="2026-05-01T09:00:00.75Z"))
    assert split(token(payload=payload)).claim.not_before == datetime(2026, 5, 1, 9, tzinfo=UTC)


def test_a_subject_in_an_array_of_one_is_the_subject() -> None:
    payload = claims() | {"credentialSubject": [badge()["credentialSubject"]]}
    assert split(token(payload=payload)).claim.issuer == DISTRICT


@pytest.mark.parametrize("kid", ["https://district.example/keys/1", "https://DISTRICT.example/k#1", "key-1"])
def test_an_https_issuer_names_its_keys_under_its_own_origin(kid: str) -> None:
    """Open Badges 3.0 Implementation Guide, Key Provenance: the keys lie at the issuer's own authority."""
    issuer = "https://district.example/issuers/1"
    payload = claims(badge(issuer), iss=issuer)
    assert split(token(header(kid=kid), payload)).claim.kid == kid


@pytest.mark.parametrize(
    "kid",
    [
        "https://district.example.evil.example/k",
        "https://district.example:8443/k",
        "https://district.example@evil.example/k",
        "https://evil.example\\@district.example/k",
        "https:district.example/k",
        "https:///k",
        "https://[district.example/k",
        "http://district.example/k",
    ],
)
def test_an_https_kid_elsewhere_leads_nowhere(kid: str) -> None:
    issuer = "https://district.example/issuers/1"
    with pytest.raises(CredentialError, match=r"^key_not_bound_to_issuer"):
        split(token(header(kid=kid), claims(badge(issuer), iss=issuer)))


@pytest.mark.parametrize(
    "kid", ["https:///k", "https://badges.district.example@evil.example/k", "https://x/k"]
)
def test_an_https_kid_of_an_issuer_with_a_did_leads_nowhere(kid: str) -> None:
    with pytest.raises(CredentialError, match=r"^key_not_bound_to_issuer"):
        split(token(header(kid=kid)))


def test_an_issuer_without_https_has_no_origin_to_trust() -> None:
    issuer = "http://district.example/issuers/1"
    with pytest.raises(CredentialError, match=r"^key_not_bound_to_issuer"):
        split(token(header(kid="https://district.example/k"), claims(badge(issuer), iss=issuer)))


def test_a_token_that_names_no_key_is_refused_before_anybody_looks_for_one() -> None:
    with pytest.raises(CredentialError, match=r"^key_not_bound_to_issuer"):
        split(token(header(kid=None)))


def test_one_bad_token_spoils_no_other() -> None:
    """A thousand good ones and one forged: each is judged alone."""
    good, forged = (
        token(),
        token(signer=SeededSigner("mallory", DISTRICT, method=ED25519.verification_method)),
    )
    outcomes = []
    for one in [good] * 500 + [forged] + [good] * 500:
        try:
            check_jwt(split(one), key_for)
            outcomes.append("ok")
        except CredentialError as error:
            outcomes.append(error.code)
    assert outcomes == ["ok"] * 500 + ["bad_signature"] + ["ok"] * 500

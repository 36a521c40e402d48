"""Single sign-on with the district's own provider: OpenID Connect, authorization code with PKCE.

Pure: documents and times go in, addresses and findings come out; `issuer.outbound` asks the network. The
browser holds 256 random bits for the time of a sign-on, and state, nonce and PKCE verifier are derived from
them: an answer fits only the browser that asked, and only the provider that was asked. The only door to
authlib and to its joserfc.

Sources: OpenID Connect Core 1.0 (3.1), Discovery 1.0 (3 and 4.3), RFC 7636 (PKCE), RFC 9207 (who answers),
RFC 9700 (best current practice).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from issuer.access.errors import AccessError
from issuer.access.openid import Begun, Client, Provider, Vouched
from keys.errors import KeyRefused
from keys.multibase import base64url_decode

SCOPE: Final = "openid email"
SKEW: Final = timedelta(seconds=60)
FRESH: Final = timedelta(minutes=10)
"""How long ago an ID token may have been made: it is fetched in the moment in which it is checked."""
ALGORITHMS: Final = MappingProxyType({"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "ES384": "EC"})
"""The signatures that are taken, and the type of key that each needs. None of them has a shared secret."""
CURVES: Final = MappingProxyType({"ES256": "P-256", "ES384": "P-384"})
LEAST_MODULUS: Final = 256
"""Octets of an RSA modulus: 2,048 bits."""
METADATA_LIMITS: Final = Limits(max_bytes=65_536, max_depth=8, max_nodes=2_000)
KEYS_LIMITS: Final = Limits(max_bytes=131_072, max_depth=6, max_nodes=2_000)
TOKENS_LIMITS: Final = Limits(max_bytes=65_536, max_depth=6, max_nodes=500)
CLAIMS_LIMITS: Final = Limits(max_bytes=16_384, max_depth=8, max_nodes=500)
HEADER_LIMITS: Final = Limits(max_bytes=2_048, max_depth=2, max_nodes=32)
LONGEST_TOKEN: Final = 24_576
MOST_KEYS: Final = 64
LONGEST_SUBJECT: Final = 255
LONGEST_CODE: Final = 4_096
_SEGMENTS: Final = 3
_HEADER_MEMBERS: Final = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
"""What a header may hold. Thumbprints only name a key and are not used; a key, or its place, is refused."""


def metadata_url(issuer: str) -> str:
    """Where a provider says where it does what (Discovery 1.0, 4)."""
    return f"{issuer.removesuffix('/')}/.well-known/openid-configuration"


def read_metadata(document: bytes, issuer: str) -> Provider:
    """Read what a provider says of itself.

    Raises:
        AccessError: `sign_on_refused`: it is another provider's, or it cannot do what is needed here.
    """
    said = _document(document, METADATA_LIMITS, "what the provider says of itself")
    if said.get("issuer") != issuer:
        raise _refused("the provider calls itself by another name than the one that was set")
    places = {name: said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    for name, place in places.items():
        if not isinstance(place, str) or not _is_web(place, issuer):
            raise _refused(f"the provider names no usable {name}")
    if "S256" not in _texts(said, "code_challenge_methods_supported", ["S256"]):
        raise _refused("the provider does not know PKCE with S256")
    if "code" not in _texts(said, "response_types_supported", ["code"]):
        raise _refused("the provider does not give codes")
    if not set(_texts(said, "id_token_signing_alg_values_supported", ["RS256"])) & set(ALGORITHMS):
        raise _refused("the provider signs with nothing that is taken here")
    return Provider(
        issuer,
        str(places["authorization_endpoint"]),
        str(places["token_endpoint"]),
        str(places["jwks_uri"]),
        said.get("authorization_response_iss_parameter_supported") is True,
    )


def begin(held: str, client: Client) -> Begun:
    """What a sign-on is bound to.

    Args:
        held: The 256 random bits that the browser holds while it lasts.
        client: Whom it is begun with: an answer for one provider does not fit another.
    """

    def derived(what: str) -> str:
        text = f"{what}\n{client.issuer}\n{client.client_id}".encode()
        return base64.urlsafe_b64encode(hmac.digest(held.encode(), text, "sha256")).rstrip(b"=").decode()

    return Begun(derived("state"), derived("nonce"), derived("verifier"))


def authorization_url(provider: Provider, client: Client, begun: Begun) -> str:
    """Where to send the person."""
    extra = {"hd": client.hosted_domain} if client.hosted_domain else {}
    url: str = prepare_grant_uri(
        provider.authorize,
        client.client_id,
        "code",
        redirect_uri=client.redirect_uri,
        scope=SCOPE,
        state=begun.state,
        nonce=begun.nonce,
        code_challenge=create_s256_code_challenge(begun.verifier),
        code_challenge_method="S256",
        response_mode="query",
        **extra,
    )
    return url


def read_answer(query: Sequence[tuple[str, str]], provider: Provider, begun: Begun) -> str:
    """The code that an answer carries, if it is the answer to this question.

    Args:
        query: Names and values of the address that the person came back to, in order.
        provider: Who was asked.
        begun: What was asked.

    Raises:
        AccessError: `sign_on_refused`.
    """
    names = [name for name, _ in query]
    if len(set(names)) != len(names):
        raise _refused("the answer says something twice")
    said = dict(query)
    if not hmac.compare_digest(said.get("state", "").encode(), begun.state.encode()):
        raise _refused("this answer is to another question: begin again at the sign-in page")
    if ("iss" in said or provider.says_who_answers) and said.get("iss") != provider.issuer:
        raise _refused("the answer is another provider's")
    if "error" in said:
        raise _refused("your school's sign-on did not let you in")
    code = said.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise _refused("the answer carries no code")
    return code


def token_request(code: str, client: Client, begun: Begun) -> tuple[bytes, str]:
    """What redeems a code: the body of the request, and its Authorization header ("" for a public client)."""
    identity = {} if client.secret else {"client_id": client.client_id}
    body: str = prepare_token_request(
        "authorization_code",
        code=code,
        redirect_uri=client.redirect_uri,
        code_verifier=begun.verifier,
        **identity,
    )
    if not client.secret:
        return body.encode(), ""
    # RFC 6749, 2.3.1: each half is form-encoded first.
    pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
    return body.encode(), f"Basic {base64.b64encode(pair.encode()).decode()}"


def read_tokens(document: bytes) -> tuple[str, str]:
    """The ID token and the access token of an answer to `token_request`.

    Raises:
        AccessError: `sign_on_refused`.
    """
    said = _document(document, TOKENS_LIMITS, "what the provider gave for the code")
    tokens = said.get("id_token"), said.get("access_token", "")
    if not all(isinstance(one, str) for one in tokens) or str(said.get("token_type", "")).lower() != "bearer":
        raise _refused("the provider gave no ID token")
    return str(tokens[0]), str(tokens[1])


def read_keys(document: bytes) -> tuple[Mapping[str, Any], ...]:
    """The public keys of a provider that could have signed; shared and private ones are no such keys.

    Raises:
        AccessError: `sign_on_refused`.
    """
    said = _document(document, KEYS_LIMITS, "the provider's keys")
    listed = said.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise _refused("the provider's keys are no list of keys")
    return tuple(
        one
        for one in listed
        if isinstance(one, dict)
        and one.get("kty") in set(ALGORITHMS.values())
        and one.get("use", "sig") == "sig"
        and not one.keys() & {"d", "p", "q", "k", "oth"}
    )


def names_unknown_key(token: str, listed: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a token names a key that is not listed: the list may be older than the key."""
    header = _read_part(token.split(".", 1)[0], HEADER_LIMITS, "header")
    return "kid" in header and all(one.get("kid") != header["kid"] for one in listed)


def check_id_token(
    token: str,
    listed: Sequence[Mapping[str, Any]],
    client: Client,
    begun: Begun,
    *,
    access_token: str,
    now: datetime,
) -> Vouched:
    """Whom an ID token vouches for, if it is this provider's, for this console and this question, now.

    Args:
        token: As it came, a compact JWS.
        listed: As `read_keys` gives them.
        client: Who must have made it, and for whom.
        begun: What was asked.
        access_token: What came beside it, for `at_hash`.
        now: The time.

    Raises:
        AccessError: `sign_on_refused`.
    """
    if len(token) > LONGEST_TOKEN or not token.isascii() or token.count(".") != _SEGMENTS - 1:
        raise _refused("the ID token is no signed token")
    header_part, claims_part, _ = token.split(".")
    header = _read_part(header_part, HEADER_LIMITS, "header")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _refused("the ID token is signed in a way that is not taken here")
    if header.keys() - _HEADER_MEMBERS or header.get("typ", "JWT") != "JWT":
        raise _refused("the ID token's header holds what it may not")
    key = _key_for(header, algorithm, listed)
    try:
        jws.deserialize_compact(token, import_key(dict(key)), algorithms=[algorithm])
    except (JoseError, ValueError, TypeError) as fault:
        raise _refused("the ID token's signature is not the provider's") from fault
    claims = _read_part(claims_part, CLAIMS_LIMITS, "claims")
    _check_claims(claims, header, client, begun, access_token=access_token, now=now)
    email = claims.get("email")
    verified = claims.get("email_verified") is True and isinstance(email, str)
    return Vouched(client.issuer, claims["sub"], email if verified else None)


def _key_for(
    header: Mapping[str, Any], algorithm: str, listed: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """The one key that can have made the signature; the header chooses among the listed ones alone."""
    fitting = [
        one
        for one in listed
        if one.get("kty") == ALGORITHMS[algorithm]
        and one.get("alg", algorithm) == algorithm
        and one.get("crv") == CURVES.get(algorithm)
        and ("kid" not in header or one.get("kid") == header["kid"])
    ]
    if len(fitting) != 1:
        raise _refused("the ID token names no key of the provider's, or more than one")
    if ALGORITHMS[algorithm] == "RSA":
        try:
            modulus = base64url_decode(str(fitting[0].get("n", "")))
        except KeyRefused as fault:
            raise _refused("the provider's key cannot be read") from fault
        if len(modulus.lstrip(b"\x00")) < LEAST_MODULUS:
            raise _refused("the provider's key is too short to be trusted")
    return fitting[0]


def _check_claims(
    claims: Mapping[str, Any],
    header: Mapping[str, Any],
    client: Client,
    begun: Begun,
    *,
    access_token: str,
    now: datetime,
) -> None:
    """OpenID Connect Core 1.0, 3.1.3.7. What authlib would let pass is refused first."""
    _check_parties(claims, client)
    _check_times(claims, now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), begun.nonce.encode()):
        raise _refused("the ID token answers another question")
    if "at_hash" in claims and not (
        access_token and claims["at_hash"] and isinstance(claims["at_hash"], str)
    ):
        raise _refused("the ID token is not the access token's")
    expected = {"nonce": begun.nonce, "client_id": client.client_id, "access_token": access_token}
    try:
        CodeIDToken(
            dict(claims), dict(header), options={"iss": {"value": client.issuer}}, params=expected
        ).validate(now=int(now.timestamp()), leeway=int(SKEW.total_seconds()))
    except (JoseError, ValueError, TypeError) as fault:
        raise _refused("the ID token does not hold") from fault


def _check_parties(claims: Mapping[str, Any], client: Client) -> None:
    """Who made it, for whom, and about whom."""
    if claims.get("iss") != client.issuer:
        raise _refused("the ID token is another provider's")
    if claims.get("aud") not in (client.client_id, [client.client_id]):
        raise _refused("the ID token was made for somebody else")
    if claims.get("azp", client.client_id) != client.client_id:
        raise _refused("the ID token was given to somebody else")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise _refused("the ID token names nobody")
    if client.hosted_domain is not None and claims.get("hd") != client.hosted_domain:
        raise _refused("your account is not one of the district's")


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    """Whole seconds, and now: made within the last minutes, not ended."""
    times = [claims.get(name) for name in ("exp", "iat")] + ([claims["nbf"]] if "nbf" in claims else [])
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in times):
        raise _refused("the ID token says no time")
    moment, skew = int(now.timestamp()), int(SKEW.total_seconds())
    if claims["exp"] <= moment - skew or claims.get("nbf", 0) > moment + skew:
        raise _refused("the ID token is not valid now")
    if not moment - int(FRESH.total_seconds()) <= claims["iat"] <= moment + skew:
        raise _refused("the ID token was not made just now")


def _read_part(segment: str, limits: Limits, name: str) -> dict[str, Any]:
    """A segment as JSON, read strictly: one spelling, no member twice."""
    if len(segment) > limits.max_bytes * 2:
        raise _refused(f"the ID token's {name} is too large")
    try:
        return parse(base64url_decode(segment), limits).value
    except (KeyRefused, DocumentError) as fault:
        raise _refused(f"the ID token's {name} cannot be read") from fault


def _document(data: bytes, limits: Limits, name: str) -> dict[str, Any]:
    try:
        return parse(data, limits).value
    except DocumentError as fault:
        raise _refused(f"{name} cannot be read") from fault


def _texts(said: Mapping[str, Any], name: str, otherwise: list[str]) -> list[str]:
    value = said.get(name, otherwise)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _is_web(place: str, issuer: str) -> bool:
    """Whether an address is https; http only where the provider itself is this machine's."""
    parts, own = urlsplit(place), urlsplit(issuer)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    )


def _refused(message: str) -> AccessError:
    return AccessError("sign_on_refused", message)

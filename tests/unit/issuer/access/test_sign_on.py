"""What an ID token and everything around it must be, without a network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from issuer.access import sign_on
from issuer.access.errors import AccessError
from issuer.access.openid import Begun, Client, Vouched
from issuer.access.sign_on import FRESH, SKEW
from tests.house import NOW

ISSUER = "https://login.riverbend.example"
CLIENT = Client(ISSUER, "cairn", None, "https://badges.riverbend.example/staff/sign-on/back")
BEGUN: Begun = sign_on.begin("A" * 43, CLIENT)
MOMENT = int(NOW.timestamp())
ACCESS = "an access token"
METADATA: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "response_types_supported": ["code", "id_token"],
    "code_challenge_methods_supported": ["plain", "S256"],
    "id_token_signing_alg_values_supported": ["RS256", "none"],
}


@cache
def key(name: str = "own", bits: int = 2_048) -> RSAKey:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return RSAKey.generate_key(bits, {"kid": name, "use": "sig"})


@cache
def curve_key(curve: str = "P-256") -> ECKey:
    return ECKey.generate_key(curve, {"kid": curve})


def public(*keys: RSAKey | ECKey) -> tuple[dict[str, Any], ...]:
    return tuple(dict(one.as_dict(private=False)) for one in keys)


def claims(**changes: Any) -> dict[str, Any]:
    said = {
        "iss": ISSUER,
        "sub": "248289761001",
        "aud": "cairn",
        "exp": MOMENT + 300,
        "iat": MOMENT,
        "nonce": BEGUN.nonce,
        "email": "rosa@riverbend.example",
        "email_verified": True,
    } | changes
    return {name: value for name, value in said.items() if value is not ...}


def b64(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(
    said: dict[str, Any] | bytes | None = None,
    header: dict[str, Any] | None = None,
    with_key: RSAKey | ECKey | None = None,
) -> str:
    body = said if isinstance(said, bytes) else json.dumps(said or claims()).encode()
    head = {"alg": "RS256", "kid": "own"} if header is None else header
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jws.serialize_compact(head, body, with_key or key(), algorithms=[head["alg"]])


def check(token: str, keys: Any = None, client: Client = CLIENT, access_token: str = ACCESS) -> Vouched:
    listed = public(key()) if keys is None else keys
    return sign_on.check_id_token(token, listed, client, BEGUN, access_token=access_token, now=NOW)


def test_a_good_token_says_who_it_is() -> None:
    assert check(signed()) == Vouched(ISSUER, "248289761001", "rosa@riverbend.example")
    half = b64(hashlib.sha256(ACCESS.encode()).digest()[:16])
    for twin in (
        claims(aud=["cairn"]),
        claims(azp="cairn"),
        claims(at_hash=half),
        claims(nbf=MOMENT),
        claims(hd="other.example"),
        claims(exp=MOMENT - int(SKEW.total_seconds()) + 1),
        claims(iat=MOMENT - int(FRESH.total_seconds())),
        claims(iat=MOMENT + int(SKEW.total_seconds())),
    ):
        assert check(signed(twin)).subject == "248289761001"


@pytest.mark.parametrize(("algorithm", "curve"), [("ES256", "P-256"), ("ES384", "P-384")])
def test_a_token_on_a_curve_is_taken(algorithm: str, curve: str) -> None:
    own = curve_key(curve)
    token = signed(header={"alg": algorithm, "kid": curve}, with_key=own)
    assert check(token, public(key(), own)).subject
    with pytest.raises(AccessError):
        check(token, public(key()))


@pytest.mark.parametrize("verified", [False, "true", 1, None, ...])
def test_an_email_counts_only_where_the_provider_verified_it(verified: object) -> None:
    assert check(signed(claims(email_verified=verified))).email is None


BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "other issuer": {"iss": "https://evil.example"},
    "issuer with a slash": {"iss": ISSUER + "/"},
    "part of the issuer": {"iss": "https://login"},
    "issuers": {"iss": [ISSUER]},
    "no issuer": {"iss": ...},
    "other audience": {"aud": "other"},
    "one audience more": {"aud": ["cairn", "other"]},
    "part of the audience": {"aud": "cair"},
    "no audience": {"aud": ...},
    "empty audience": {"aud": []},
    "other party": {"azp": "other"},
    "other nonce": {"nonce": sign_on.begin("B" * 43, CLIENT).nonce},
    "no nonce": {"nonce": ...},
    "empty nonce": {"nonce": ""},
    "nonce as a list": {"nonce": [BEGUN.nonce]},
    "ended": {"exp": MOMENT - int(SKEW.total_seconds())},
    "no end": {"exp": ...},
    "end as text": {"exp": str(MOMENT + 300)},
    "end as true": {"exp": True},
    "not yet": {"nbf": MOMENT + int(SKEW.total_seconds()) + 1},
    "made long ago": {"iat": MOMENT - int(FRESH.total_seconds()) - 1},
    "made in the future": {"iat": MOMENT + int(SKEW.total_seconds()) + 1},
    "made at no time": {"iat": ...},
    "nobody": {"sub": ...},
    "empty subject": {"sub": ""},
    "endless subject": {"sub": "x" * 256},
    "subject as a number": {"sub": 248289761001},
    "other access token": {"at_hash": b64(bytes(16))},
    "empty access token's hash": {"at_hash": ""},
    "access token's hash as a list": {"at_hash": ["x"]},
}


@pytest.mark.parametrize("case", BAD_CLAIMS)
def test_a_claim_that_is_not_ours_is_refused(case: str) -> None:
    with pytest.raises(AccessError, match="sign_on_refused"):
        check(signed(claims(**BAD_CLAIMS[case])))


def test_a_hash_of_an_access_token_that_did_not_come_is_refused() -> None:
    half = b64(hashlib.sha256(b"").digest()[:16])
    with pytest.raises(AccessError):
        check(signed(claims(at_hash=half)), access_token="")


def test_a_pinned_domain_is_the_only_one() -> None:
    pinned = Client(ISSUER, "cairn", "riverbend.example", CLIENT.redirect_uri)

    def checked(**changes: Any) -> Vouched:
        begun = sign_on.begin("A" * 43, pinned)
        return sign_on.check_id_token(
            signed(claims(nonce=begun.nonce, **changes)),
            public(key()),
            pinned,
            begun,
            access_token=ACCESS,
            now=NOW,
        )

    assert checked(hd="riverbend.example").subject
    for domain in ("evil.example", "Riverbend.example", ["riverbend.example"], ...):
        with pytest.raises(AccessError):
            checked(hd=domain)


def none_token(alg: str = "none") -> str:
    return f"{b64({'alg': alg, 'kid': 'own'})}.{b64(claims())}."


def confused(secret: bytes) -> str:
    """Signed by hand: no library would take a public key for a shared secret."""
    text = f"{b64({'alg': 'HS256', 'kid': 'own'})}.{b64(claims())}"
    return f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}"


BAD_TOKENS: dict[str, Callable[[], str]] = {
    "alg none": none_token,
    "alg None": lambda: none_token("None"),
    "alg empty": lambda: none_token(""),
    "alg none with a signature": lambda: none_token() + "eA",
    "HS256 with the public key as PEM": lambda: confused(key().as_pem(private=False)),
    "HS256 with the public key as JSON": lambda: confused(json.dumps(public(key())[0]).encode()),
    "HS256 with the modulus": lambda: confused(str(public(key())[0]["n"]).encode()),
    "another key under our name": lambda: signed(with_key=key("stranger")),
    "a key of its own": lambda: signed(
        header={"alg": "RS256", "jwk": public(key("stranger"))[0]}, with_key=key("stranger")
    ),
    "a place of a key": lambda: signed(header={"alg": "RS256", "kid": "own", "jku": "https://evil.example"}),
    "a certificate": lambda: signed(header={"alg": "RS256", "kid": "own", "x5u": "https://evil.example"}),
    "crit": lambda: signed(header={"alg": "RS256", "kid": "own", "crit": ["kid"]}),
    "another type": lambda: signed(header={"alg": "RS256", "kid": "own", "typ": "at+jwt"}),
    "an unknown key": lambda: signed(header={"alg": "RS256", "kid": "other"}),
    "RS512": lambda: signed(header={"alg": "RS512", "kid": "own"}),
    "ES256 over RSA": lambda: f"{b64({'alg': 'ES256', 'kid': 'own'})}.{signed().split('.', 1)[1]}",
    "changed": lambda: f"{signed().split('.')[0]}.{b64(claims(sub='1'))}.{signed().split('.')[2]}",
    "the signature of another": lambda: (
        f"{signed().rpartition('.')[0]}.{signed(claims(sub='1')).split('.')[2]}"
    ),
    "padded": lambda: signed() + "=",
    "with a line break": lambda: signed() + "\n",
    "four parts": lambda: signed() + ".x",
    "two parts": lambda: signed().rpartition(".")[0],
    "five parts": lambda: "a.b.c.d.e",
    "JSON": lambda: json.dumps({"payload": b64(claims()), "signatures": []}),
    "empty": lambda: "",
    "endless": lambda: signed(claims(x="a" * 24_000)),
    "a claim twice": lambda: signed(json.dumps(claims()).encode()[:-1] + b', "sub": "1"}'),
    "no claims": lambda: signed(b"[]"),
    "NaN": lambda: signed(json.dumps(claims()).replace(str(MOMENT + 300), "NaN").encode()),
    "no end of time": lambda: signed(json.dumps(claims()).replace(str(MOMENT + 300), "1e400").encode()),
    "letters of another script": lambda: "ü.ü.ü",
}


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_token_that_the_provider_did_not_sign_is_refused(case: str) -> None:
    with pytest.raises(AccessError, match="sign_on_refused"):
        check(BAD_TOKENS[case]())


def test_a_short_key_is_not_believed() -> None:
    short = key("short", 1_024)
    with pytest.raises(AccessError, match="too short"):
        check(signed(header={"alg": "RS256", "kid": "short"}, with_key=short), public(short))


def test_the_key_is_one_of_the_provider_s_and_only_one() -> None:
    unnamed = signed(header={"alg": "RS256"})
    assert check(unnamed).subject
    for keys in ((), public(key(), key("stranger")), [public(key())[0] | {"alg": "PS256"}]):
        with pytest.raises(AccessError, match="no key of the provider"):
            check(unnamed, keys)
    with pytest.raises(AccessError, match="more than one"):
        check(signed(), [*public(key()), public(key("stranger"))[0] | {"kid": "own"}])


def test_shared_and_private_keys_are_no_keys() -> None:
    listed: list[dict[str, Any]] = [
        {"kty": "oct", "k": "AAAA", "kid": "shared"},
        dict(key().as_dict(private=True)),
        dict(public(key("stranger"))[0]) | {"use": "enc"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        *public(key("good")),
    ]
    found = sign_on.read_keys(json.dumps({"keys": listed}).encode())
    assert [one["kid"] for one in found] == ["good"]
    for bad in (b"{}", b"[]", b'{"keys": {}}', json.dumps({"keys": [{}] * 65}).encode(), b"\xff"):
        with pytest.raises(AccessError):
            sign_on.read_keys(bad)
    assert sign_on.read_keys(json.dumps({"keys": [{}] * 64}).encode()) == ()


def test_a_new_key_is_looked_for() -> None:
    assert sign_on.names_unknown_key(signed(), public(key("stranger")))
    assert not sign_on.names_unknown_key(signed(), public(key()))
    assert not sign_on.names_unknown_key(signed(header={"alg": "RS256"}), ())
    with pytest.raises(AccessError):
        sign_on.names_unknown_key("x" * 100_000, ())


BAD_METADATA: dict[str, dict[str, Any]] = {
    "another provider": {"issuer": "https://evil.example"},
    "a slash more": {"issuer": ISSUER + "/"},
    "no issuer": {"issuer": ...},
    "no keys": {"jwks_uri": ...},
    "keys over http": {"jwks_uri": "http://login.riverbend.example/keys"},
    "a token place that is no address": {"token_endpoint": "javascript:alert(1)"},
    "people sent over http": {"authorization_endpoint": "http://login.riverbend.example"},
    "no PKCE": {"code_challenge_methods_supported": ["plain"]},
    "no codes": {"response_types_supported": ["token"]},
    "only shared secrets": {"id_token_signing_alg_values_supported": ["HS256", "none"]},
}


@pytest.mark.parametrize("case", BAD_METADATA)
def test_a_provider_that_is_another_or_cannot_do_it_is_refused(case: str) -> None:
    said = {name: value for name, value in (METADATA | BAD_METADATA[case]).items() if value is not ...}
    with pytest.raises(AccessError, match="sign_on_refused"):
        sign_on.read_metadata(json.dumps(said).encode(), ISSUER)


def test_a_provider_says_where_it_does_what() -> None:
    found = sign_on.read_metadata(json.dumps(METADATA).encode(), ISSUER)
    assert (found.token, found.keys, found.says_who_answers) == (f"{ISSUER}/token", f"{ISSUER}/keys", False)
    assert sign_on.metadata_url(ISSUER) == f"{ISSUER}/.well-known/openid-configuration"
    assert sign_on.metadata_url(f"{ISSUER}/tenant/v2.0").endswith(
        "/tenant/v2.0/.well-known/openid-configuration"
    )


def test_an_answer_is_to_this_question_and_this_provider() -> None:
    silent = sign_on.read_metadata(json.dumps(METADATA).encode(), ISSUER)
    says = METADATA | {"authorization_response_iss_parameter_supported": True}
    named = sign_on.read_metadata(json.dumps(says).encode(), ISSUER)
    good = [("code", "c"), ("state", BEGUN.state)]
    assert sign_on.read_answer(good, silent, BEGUN) == "c"
    assert sign_on.read_answer([*good, ("iss", ISSUER)], named, BEGUN) == "c"
    other = Client("https://evil.example", "cairn", None, CLIENT.redirect_uri)
    for query, asked in (
        (good, named),
        ([*good, ("iss", "https://evil.example")], named),
        ([*good, ("iss", "https://evil.example")], silent),
        ([*good, ("state", BEGUN.state)], silent),
        ([*good, ("code", "d")], silent),
        ([("code", "c")], silent),
        ([("code", "c"), ("state", "")], silent),
        ([("code", "c"), ("state", "ü")], silent),
        ([("code", "c"), ("state", sign_on.begin("A" * 43, other).state)], silent),
        ([("code", "c"), ("state", BEGUN.nonce)], silent),
        ([("state", BEGUN.state)], silent),
        ([("state", BEGUN.state), ("code", "c" * 4_097)], silent),
        ([("state", BEGUN.state), ("error", "access_denied"), ("code", "c")], silent),
    ):
        with pytest.raises(AccessError, match="sign_on_refused"):
            sign_on.read_answer(query, asked, BEGUN)


def test_a_secret_is_sent_in_a_header_and_a_public_client_names_itself() -> None:
    body, header = sign_on.token_request("c", CLIENT, BEGUN)
    assert header == ""
    assert b"client_id=cairn" in body
    assert f"code_verifier={BEGUN.verifier}".encode() in body
    secret = Client(ISSUER, "ca:irn", None, CLIENT.redirect_uri, "s/e+c:r")
    body, header = sign_on.token_request("c", secret, BEGUN)
    assert base64.b64decode(header.removeprefix("Basic ")) == b"ca%3Airn:s%2Fe%2Bc%3Ar"
    assert b"s%2Fe" not in body


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"token_type": "Bearer"},
        {"id_token": 1, "token_type": "Bearer"},
        {"id_token": "x", "token_type": "mac"},
        {"id_token": "x"},
    ],
)
def test_an_answer_without_an_id_token_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(AccessError):
        sign_on.read_tokens(json.dumps(answer).encode())


def test_what_passes_between_two_sides_is_theirs_alone() -> None:
    assert len({BEGUN.state, BEGUN.nonce, BEGUN.verifier}) == 3
    for other in (
        sign_on.begin("B" * 43, CLIENT),
        sign_on.begin("A" * 43, Client("https://evil.example", "cairn", None, "")),
        sign_on.begin("A" * 43, Client(ISSUER, "other", None, "")),
    ):
        assert not {other.state, other.nonce, other.verifier} & {BEGUN.state, BEGUN.nonce, BEGUN.verifier}
    assert 43 <= len(BEGUN.verifier) <= 128  # RFC 7636, 4.1
    assert timedelta(0) < SKEW < FRESH

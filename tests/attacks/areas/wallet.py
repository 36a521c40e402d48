"""What pretends to be a wallet's proof of a key: tokens and presentations, each bent in one way.

The judge puts the `proofs` of a credential request before the issuer's own reader, and then asks whether the
nonce is one that the issuer made and that is not over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from contexts.document import compose
from credential.proof.presentation import add_presentation_proof
from issuer.wallet.nonces import ends_at, new_nonce
from issuer.wallet.proofs import LONGEST_PROOF, read_proofs
from issuer.wallet.refusal import WalletRefused
from keys.did import did_jwk
from keys.multibase import base64url_encode
from keys.public import KeyType
from tests.attacks.framework import Case, Recipe
from tests.signers import SeededSigner, did_key_signer

AREA = "wallet"
ISSUER = "https://badges.riverbend.example"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
IAT = int(NOW.timestamp())
SECRET = b"a secret of the district"
NONCE = new_nonce(SECRET, bytes(16), NOW)
WALLET = did_key_signer("a student's wallet")
OTHER = did_key_signer("a thief's wallet")


def token(header: dict[str, Any] | None = None, signer: SeededSigner = WALLET, **claims: Any) -> str:
    """A `jwt` proof; a member that is None is left out."""
    head = {
        "alg": signer.public_key.jws_algorithm,
        "typ": "openid4vci-proof+jwt",
        "kid": signer.verification_method,
    } | (header or {})
    body = {"aud": ISSUER, "iat": IAT, "nonce": NONCE} | claims
    message = ".".join(
        base64url_encode(json.dumps({n: v for n, v in one.items() if v is not None}).encode())
        for one in (head, body)
    )
    return f"{message}.{base64url_encode(signer.sign(message.encode()))}"


def shown(signer: SeededSigner = WALLET, created: datetime = NOW, **options: Any) -> dict[str, Any]:
    """A `di_vp` proof."""
    said = {"challenge": NONCE, "domain": ISSUER} | options
    value = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": signer.controller,
    }
    made = add_presentation_proof(compose(value), signer, created=created, **said)
    found: dict[str, Any] = json.loads(made.raw)
    return found


def _bent_tokens() -> Iterator[tuple[str, Any, str]]:
    yield "another-audience", token(aud="https://evil.example"), "invalid_proof"
    yield "audience-with-a-slash", token(aud=ISSUER + "/"), "invalid_proof"
    yield "two-audiences", token(aud=[ISSUER, "https://evil.example"]), "invalid_proof"
    yield "no-audience", token(aud=None), "invalid_proof"
    yield "no-nonce", token(nonce=None), "invalid_nonce"
    yield "empty-nonce", token(nonce=""), "invalid_nonce"
    yield "nonce-of-nobody", token(nonce="A" * 51), "invalid_nonce"
    yield "nonce-under-another-secret", token(nonce=new_nonce(b"x", bytes(16), NOW)), "invalid_nonce"
    old = new_nonce(SECRET, bytes(16), NOW - timedelta(minutes=5))
    yield "nonce-that-is-over", token(nonce=old), "invalid_nonce"
    ahead = new_nonce(SECRET, bytes(16), NOW + timedelta(seconds=1))
    yield "nonce-of-tomorrow", token(nonce=ahead), "invalid_nonce"
    yield "too-old", token(iat=IAT - 301), "invalid_proof"
    yield "too-new", token(iat=IAT + 61), "invalid_proof"
    yield "time-as-text", token(iat=str(IAT)), "invalid_proof"
    yield "time-as-truth", token(iat=True), "invalid_proof"
    yield "over", token(exp=IAT), "invalid_proof"
    yield "not-begun", token(nbf=IAT + 61), "invalid_proof"
    yield "type-of-a-login", token({"typ": "JWT"}), "invalid_proof"
    yield "no-type", token({"typ": None}), "invalid_proof"
    yield "none", token({"alg": "none"}), "invalid_proof"
    yield "hmac", token({"alg": "HS256"}), "invalid_proof"
    yield "rsa-name", token({"alg": "RS256"}), "invalid_proof"
    yield "algorithm-of-another-key", token({"alg": "ES256"}), "invalid_proof"
    yield from _bent_keys()


def _bent_keys() -> Iterator[tuple[str, Any, str]]:
    p256 = SeededSigner("a phone", "did:example:none", KeyType.P256)
    jwk = dict(WALLET.public_key.jwk())
    good = token()
    yield "key-of-another", token({"kid": OTHER.verification_method}), "invalid_proof"
    yield "no-key", token({"kid": None}), "invalid_proof"
    yield "two-keys", token({"jwk": jwk}), "invalid_proof"
    yield "private-key", token({"kid": None, "jwk": jwk | {"d": "AAAA"}}), "invalid_proof"
    yield "symmetric-key", token({"kid": None, "jwk": {"kty": "oct", "k": "AAAA"}}), "invalid_proof"
    yield "did-without-fragment", token({"kid": WALLET.controller}), "invalid_proof"
    yield "fragment-of-another", token({"kid": f"{WALLET.controller}#key-1"}), "invalid_proof"
    yield "did-web", token({"kid": "did:web:evil.example#key-1"}), "invalid_proof"
    yield "did-web-here", token({"kid": "did:web:localhost%3A8000#key-1"}), "invalid_proof"
    yield "did-web-metadata", token({"kid": "did:web:169.254.169.254#key-1"}), "invalid_proof"
    yield "https-key", token({"kid": "https://evil.example/key#1"}), "invalid_proof"
    yield "jku", token({"jku": "https://evil.example/keys"}), "invalid_proof"
    yield "x5u", token({"kid": None, "x5u": "https://evil.example/chain"}), "invalid_proof"
    yield "x5c", token({"kid": None, "x5c": ["MIIB"]}), "invalid_proof"
    yield "crit", token({"crit": ["b64"], "b64": False}), "invalid_proof"
    head, body, mark = good.split(".")
    yield "no-signature", f"{head}.{body}.", "invalid_proof"
    yield "signature-cut", f"{head}.{body}.{mark[:-4]}", "invalid_proof"
    yield "padded", f"{head}.{body}.{mark}==", "invalid_proof"
    yield "claims-of-another-token", f"{head}.{token(iat=IAT - 1).split('.')[1]}.{mark}", "invalid_proof"
    long = did_jwk(p256.public_key) + "A" * 1_000
    yield "endless-did", token({"kid": f"{long}#0", "alg": "ES256"}, p256), "invalid_proof"
    rsa = SeededSigner("rsa", "did:example:none", KeyType.RSA)
    named = did_jwk(rsa.public_key)
    yield "rsa-key", token({"kid": f"{named}#0", "alg": "RS256"}, rsa), "invalid_proof"


def _bent_presentations() -> Iterator[tuple[str, Any, str]]:
    good = shown()
    proof = good["proof"][0] if isinstance(good["proof"], list) else good["proof"]

    def with_proof(**changes: Any) -> dict[str, Any]:
        said = {name: one for name, one in (proof | changes).items() if one is not None}
        return good | {"proof": said}

    yield "for-another", shown(domain="https://evil.example"), "invalid_proof"
    yield "for-nobody", shown(domain=None), "invalid_proof"
    yield "no-challenge", shown(challenge=None), "invalid_nonce"
    yield "challenge-of-nobody", shown(challenge="A" * 51), "invalid_nonce"
    yield "old", shown(created=NOW - timedelta(seconds=301)), "invalid_proof"
    yield "of-tomorrow", shown(created=NOW + timedelta(seconds=61)), "invalid_proof"
    yield "holder-changed", good | {"holder": OTHER.controller}, "invalid_proof"
    yield "id-added", good | {"id": "urn:uuid:00000000-0000-4000-8000-000000000000"}, "invalid_proof"
    yield "unsigned", {name: one for name, one in good.items() if name != "proof"}, "invalid_proof"
    yield "proofs-of-nobody", good | {"proof": []}, "invalid_proof"
    yield "two-proofs", good | {"proof": [proof, proof]}, "invalid_proof"
    yield "challenge-changed", with_proof(challenge=new_nonce(SECRET, b"1" * 16, NOW)), "invalid_proof"
    yield "domain-added", with_proof(domain=[ISSUER, "https://evil.example"]), "invalid_proof"
    yield "asserts", with_proof(proofPurpose="assertionMethod"), "invalid_proof"
    yield "key-of-another", with_proof(verificationMethod=OTHER.verification_method), "invalid_proof"
    yield "key-at-an-address", with_proof(verificationMethod="did:web:evil.example#key-1"), "invalid_proof"
    yield "unknown-suite", with_proof(cryptosuite="eddsa-rdfc-1999"), "invalid_proof"
    yield "old-suite", with_proof(type="Ed25519Signature2020", cryptosuite=None), "invalid_proof"
    yield "context-of-nobody", good | {"@context": ["https://evil.example/v1"]}, "invalid_proof"


def cases() -> Iterator[Case]:
    """Each bent proof beside the straight one."""
    for kind, found, straight in (
        ("jwt", _bent_tokens(), token()),
        ("di_vp", _bent_presentations(), shown()),
    ):
        twin = _octets({kind: [straight]})
        for words, bent, code in found:
            yield Case(
                f"WEB-14-{kind.replace('_', '-')}-{words}", _octets({kind: [bent]}), "json", code, twin
            )
    twin = _octets({"jwt": [token()]})
    for words, value, code in (
        ("nothing", {}, "invalid_proof"),
        ("none-in-it", {"jwt": []}, "invalid_proof"),
        ("both-kinds", {"jwt": [token()], "di_vp": [shown()]}, "invalid_proof"),
        ("attestation", {"attestation": ["x"]}, "invalid_proof"),
        ("two", {"jwt": [token(), token(iat=IAT - 1)]}, "invalid_credential_request"),
        ("a-list", [token()], "invalid_proof"),
        ("a-text", token(), "invalid_proof"),
        ("a-number", {"jwt": [7]}, "invalid_proof"),
        ("a-text-as-presentation", {"di_vp": [token()]}, "invalid_proof"),
    ):
        yield Case(f"WEB-14-proofs-{words}", _octets(value), "json", code, twin)
    just = Recipe("long_token", {"length": LONGEST_PROOF})
    past = Recipe("long_token", {"length": LONGEST_PROOF + 4})
    yield Case("WEB-14-jwt-too-long", past, "recipe", "invalid_proof", just)


def judge(data: bytes, suffix: str) -> str:
    """What the issuer says of the proofs of a request."""
    try:
        proven = read_proofs(json.loads(data), issuer=ISSUER, now=NOW)
    except WalletRefused as refused:
        return refused.code
    return "ok" if ends_at(SECRET, proven.nonce, NOW) is not None else "invalid_nonce"


def long_token(length: int) -> bytes:
    """A token of so many characters that is good in everything else."""
    size = 0
    while len(token(pad="x" * size)) < length:
        size += max(1, (length - len(token(pad="x" * size))) * 3 // 4 - 2)
    return _octets({"jwt": [token(pad="x" * size)]})


RECIPES = {"long_token": long_token}


def _octets(value: Any) -> bytes:
    return json.dumps(value).encode()

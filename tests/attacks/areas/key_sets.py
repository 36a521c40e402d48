"""Attacks on issuers that are an https address: whose key is it, and who says so?

An input holds a badge and what stands at each address: also at those that an attacker may write to on the
issuer's own origin. Whatever is asked for anywhere else answers for the attacker.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from contexts.document import compose
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof
from credential.proof.vc_jwt import sign_jwt
from keys.errors import KeyRefused
from keys.multibase import base64url_encode
from keys.public import KeyType
from tests.attacks.badges import CREATED, badge, text
from tests.attacks.framework import Case
from tests.signers import SeededSigner
from verifier.checks.issuer import check_names, find_keys
from verifier.checks.proof import check_proof, read_secured
from verifier.evidence import Failure, Fetched, Need

AREA = "key_sets"
HOST = "https://badges.district.example"
ISSUER = f"{HOST}/issuers/1"
SET = f"{HOST}/.well-known/jwks.json"
UPLOAD = f"{HOST}/uploads/mallory.json"
BELOW = f"{ISSUER}/uploads/mallory.json"
AT = datetime(2026, 6, 1, tzinfo=UTC)

GOOD = SeededSigner("district", ISSUER, method="key-1")
MALLORY = SeededSigner("mallory", ISSUER, method="key-1")
MOST_NEEDS = 8


def judge(data: bytes, suffix: str) -> str:
    """Ask for the keys as the verifier does, and check the badge under them."""
    case = json.loads(data)
    try:
        secured = read_secured(case["badge"].encode())
        check_names(secured.issuer_id, secured.claims)
        walk = find_keys(secured.issuer_id, AT, secured.claims)
        try:
            need = next(walk)
            for _ in range(MOST_NEEDS):
                need = walk.send(_answer(need, case["published"]))
        except StopIteration as end:
            if isinstance(end.value, Failure):
                return end.value.code
            check_proof(secured, end.value.key_for)
            return "ok"
    except (CredentialError, KeyRefused, DocumentError) as error:
        return error.code
    return "too_many_needs"


def _answer(need: Need, published: dict[str, Any]) -> Fetched | Failure:
    if need.url not in published:
        return Failure(need, "not_found", "", AT)
    return Fetched(need, json.dumps(published[need.url]).encode(), AT)


def jwk(signer: SeededSigner = GOOD, **changes: Any) -> dict[str, Any]:
    """A key of a set; a change to None takes the member away."""
    made = {**signer.public_key.jwk(), "kid": "key-1", "alg": signer.public_key.jws_algorithm} | changes
    return {name: part for name, part in made.items() if part is not None}


def method(signer: SeededSigner = GOOD, **changes: Any) -> dict[str, Any]:
    """A verification method of the controller document."""
    made = {
        "id": f"{ISSUER}#key-1",
        "type": "Multikey",
        "controller": ISSUER,
        "publicKeyMultibase": signer.public_key.multikey(),
    }
    return made | changes


def controller(*methods: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The issuer's controller document."""
    listed = list(methods or [method()])
    made = {"id": ISSUER, "verificationMethod": listed, "assertionMethod": [listed[0]["id"]]}
    return made | changes


def token(signer: SeededSigner = GOOD, issuer: str = ISSUER, **header: Any) -> str:
    """A token; further members of the header are signed too, and one that is None is left out."""
    made = sign_jwt(compose(badge(issuer)), SeededSigner(signer.word, issuer, signer.key_type, "key-1"))
    if not header:
        return made
    head = {"alg": signer.public_key.jws_algorithm, "kid": "key-1", "typ": "JWT"} | header
    first = base64url_encode(text({name: part for name, part in head.items() if part is not None}))
    signing_input = f"{first}.{made.split('.')[1]}"
    return f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode()))}"


def embedded(signer: SeededSigner = GOOD, issuer: str = ISSUER, fragment: str = "key-1") -> str:
    """A badge with a proof inside."""
    by = SeededSigner(signer.word, issuer, signer.key_type, f"{issuer}#{fragment}")
    return add_proof(compose(badge(issuer)), by, created=CREATED).raw.decode()


def _case(name: str, made: str, published: dict[str, Any], expect: str, twin: bytes) -> Case:
    return Case(name, text({"badge": made, "published": published}), "json", expect, twin)


def _good(made: str, published: dict[str, Any]) -> bytes:
    return text({"badge": made, "published": published})


def cases() -> Iterator[Case]:
    for group in (_names, _shown, _sets, _documents, _addresses):
        yield from group()


def _names() -> Iterator[Case]:
    """A kid may say where it likes that the key is: only the origin's own set counts."""
    everywhere = {url: {"keys": [jwk(MALLORY, kid=None)]} for url in (UPLOAD, BELOW)}
    for place, url in (("on-the-origin", UPLOAD), ("below-the-issuer", BELOW)):
        for form, answer in (
            ("set", {"keys": [jwk(MALLORY, kid=f"{url}#key-1")]}),
            ("set-by-fragment", {"keys": [jwk(MALLORY)]}),
            ("set-with-iss", {"keys": [jwk(MALLORY, iss=ISSUER)]}),
            ("jwk", jwk(MALLORY)),
            ("controller", controller(method(MALLORY))),
        ):
            kid = f"{url}#key-1" if form.startswith("set") or form == "controller" else url
            listed = _good(token(kid=kid), {SET: {"keys": [jwk(kid=kid)]}})
            yield _case(
                f"JWT-05-uploaded-{place}-{form}",
                token(MALLORY, kid=kid),
                {SET: {"keys": [jwk(kid="another")]}} | everywhere | {url: answer},
                "key_not_bound_to_issuer",
                listed,
            )
    good = _good(token(), {SET: {"keys": [jwk()]}})
    for name, kid in (
        ("other-origin", "https://mallory.example/.well-known/jwks.json#key-1"),
        ("other-port", "https://badges.district.example:8443/.well-known/jwks.json#key-1"),
        ("origin-as-user", "https://badges.district.example@mallory.example/k#key-1"),
        ("origin-as-start", "https://badges.district.example.mallory.example/k#key-1"),
        ("plain-http", "http://badges.district.example/.well-known/jwks.json#key-1"),
        ("file", "file:///etc/passwd"),
        ("did-key", f"did:key:{MALLORY.public_key.multikey()}#{MALLORY.public_key.multikey()}"),
        ("did-web", "did:web:badges.district.example#key-1"),
    ):
        yield _case(
            f"JWT-05-kid-{name}",
            token(MALLORY, kid=kid),
            {SET: {"keys": [jwk()]}},
            "key_not_bound_to_issuer",
            good,
        )


def _shown() -> Iterator[Case]:
    """A key that a token shows proves nothing by itself."""
    for key_type in KeyType:
        mallory = SeededSigner("mallory", ISSUER, key_type, "key-1")
        real = SeededSigner("district", ISSUER, key_type, "key-1")
        shown = token(real, kid=None, jwk=dict(real.public_key.jwk()))
        twin = _good(shown, {SET: {"keys": [jwk(real, kid="some-name")]}})
        yield _case(
            f"JWT-04-jwk-{key_type.value.lower()}",
            token(mallory, kid=None, jwk=dict(mallory.public_key.jwk())),
            {SET: {"keys": [jwk(real)]}},
            "key_not_bound_to_issuer",
            twin,
        )
        yield _case(
            f"JWT-04-jwk-beside-a-good-kid-{key_type.value.lower()}",
            token(mallory, jwk=dict(mallory.public_key.jwk())),
            {SET: {"keys": [jwk(real)]}},
            "key_not_bound_to_issuer",
            _good(token(real, jwk=dict(real.public_key.jwk())), {SET: {"keys": [jwk(real)]}}),
        )


def _sets() -> Iterator[Case]:
    made = token()
    good = _good(made, {SET: {"keys": [jwk()]}})
    for name, keys, expect in (
        ("empty", [], "key_not_bound_to_issuer"),
        ("another-key", [jwk(MALLORY)], "bad_signature"),
        ("another-name", [jwk(kid="key-2")], "key_not_bound_to_issuer"),
        ("name-in-capitals", [jwk(kid="KEY-1")], "key_not_bound_to_issuer"),
        ("name-a-number", [jwk(kid=1)], "key_not_bound_to_issuer"),
        ("two-of-one-name", [jwk(), jwk(MALLORY)], "ambiguous_key"),
        ("two-of-one-name-reversed", [jwk(MALLORY), jwk()], "ambiguous_key"),
        ("anothers-key", [jwk(iss=f"{HOST}/issuers/2")], "key_not_bound_to_issuer"),
        ("longer-issuer", [jwk(iss=f"{ISSUER}/u/mallory")], "key_not_bound_to_issuer"),
        ("issuer-as-a-list", [jwk(iss=[ISSUER])], "key_not_bound_to_issuer"),
        ("private", [jwk(d="AAAA")], "private_material"),
        ("for-encryption", [jwk(use="enc")], "unsupported_key"),
        ("for-signing-only", [jwk(key_ops=["sign"])], "unsupported_key"),
        ("other-algorithm", [jwk(alg="ES256")], "unsupported_key"),
        ("symmetric", [{"kty": "oct", "kid": "key-1", "k": "AAAA"}], "private_material"),
        (
            "secp256k1",
            [{"kty": "EC", "crv": "secp256k1", "kid": "key-1", "x": "AA", "y": "AA"}],
            "unsupported_key",
        ),
        ("expired", [jwk(exp=1)], "key_expired"),
        ("revoked", [jwk(revoked={"revoked_at": 4_000_000_000})], "key_revoked"),
        ("revoked-without-a-time", [jwk(revoked={})], "malformed_document"),
        ("revoked-true", [jwk(revoked=True)], "malformed_document"),
        ("end-as-text", [jwk(exp="never")], "malformed_document"),
        ("end-negative", [jwk(exp=-1)], "malformed_document"),
        ("not-a-key", ["x"], "malformed_document"),
        ("65-keys", [jwk(kid=f"k{n}") for n in range(64)] + [jwk()], "malformed_document"),
    ):
        twin = good
        if name == "65-keys":
            twin = _good(made, {SET: {"keys": keys[1:]}})
        yield _case(f"JWT-19-set-{name}", made, {SET: {"keys": keys}}, expect, twin)
    for name, answer in (
        ("no-keys", {}),
        ("keys-an-object", {"keys": {"key-1": jwk()}}),
        ("a-single-key", jwk()),
        ("a-list", [jwk()]),
        ("a-controller-document", controller()),
    ):
        yield _case(f"JWT-19-answer-{name}", made, {SET: answer}, "malformed_document", good)
    yield _case("JWT-19-no-answer", made, {}, "not_found", good)


def _documents() -> Iterator[Case]:
    made = embedded()
    good = _good(made, {ISSUER: controller()})
    multibase = MALLORY.public_key.multikey()
    for name, answer, expect in (
        ("of-another", controller(id=f"{HOST}/issuers/2"), "document_mismatch"),
        ("with-a-slash", controller(id=f"{ISSUER}/"), "document_mismatch"),
        ("in-capitals", controller(id=ISSUER.replace("badges", "Badges")), "document_mismatch"),
        ("a-did", controller(id="did:web:badges.district.example"), "document_mismatch"),
        (
            "authentication-only",
            controller(assertionMethod=[], authentication=[f"{ISSUER}#key-1"]),
            "wrong_relationship",
        ),
        (
            "controlled-by-another",
            controller(method(controller="https://mallory.example/")),
            "controller_mismatch",
        ),
        ("revoked", controller(method(revoked="2026-05-02T00:00:00Z")), "key_revoked"),
        ("retired-before", controller(method(expires="2026-04-30T00:00:00Z")), "key_expired"),
        ("two-keys-one-name", controller(method(), method(MALLORY)), "ambiguous_key"),
        ("a-key-set", {"keys": [jwk()]}, "document_mismatch"),
        ("a-profile", {"id": ISSUER, "type": ["Profile"], "name": "District"}, "key_not_in_document"),
    ):
        yield _case(f"KEY-02-https-{name}", made, {ISSUER: answer}, expect, good)
    # A key written into its own name vouches for itself only (Open Badges' own validator took such a key).
    yield _case(
        "KEY-01-https-key-in-the-fragment",
        embedded(MALLORY, fragment=multibase),
        {ISSUER: controller()},
        "key_not_in_document",
        good,
    )
    other = json.loads(embedded(MALLORY, issuer="https://mallory.example/issuers/1"))
    other["issuer"]["id"] = ISSUER
    yield _case(
        "KEY-01-https-issuer-swapped",
        json.dumps(other),
        {ISSUER: controller()},
        "issuer_key_mismatch",
        good,
    )


def _addresses() -> Iterator[Case]:
    good = _good(embedded(), {ISSUER: controller()})
    for name, address in (
        ("query", f"{ISSUER}?id=2"),
        ("dots", f"{HOST}/issuers/../issuers/1"),
        ("dot", f"{HOST}/./issuers/1"),
        ("escape", f"{HOST}/issuers%2F1"),
        ("user", "https://district@badges.district.example/issuers/1"),
        ("capitals", "https://Badges.district.example/issuers/1"),
        ("port-zero", "https://badges.district.example:0/issuers/1"),
    ):
        made = embedded(issuer=address)
        yield _case(
            f"NET-07-https-{name}", made, {address: controller(id=address)}, "unsupported_did_method", good
        )
    for name, host in (
        ("address", "127.0.0.1"),
        ("short-address", "127.1"),
        ("number", "2130706433"),
        ("metadata", "169.254.169.254"),
        ("one-label", "localhost"),
        ("trailing-dot", "badges.district.example."),
        ("hyphen", "-badges.district.example"),
    ):
        made = embedded(issuer=f"https://{host}/issuers/1")
        yield _case(f"NET-01-https-{name}", made, {}, "malformed_did", good)

"""Hostile Data Integrity proofs: LD-14 to LD-19, and KEY-01 as far as a proof goes.

Wherever that is possible the wrong proof is honestly signed over with a good key, so that the check in
question alone can refuse it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from contexts.document import compose, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.verified import ProofClaim
from keys.did import PublishedKey, assertion_key, did_key, did_key_document, did_web_document, parse_did_url
from keys.errors import KeyRefused
from keys.public import PublicKey
from tests.attacks import proof_value
from tests.attacks.badges import (
    CREATED,
    DISTRICT,
    DISTRICT_KEYS,
    ED25519,
    MALLORY,
    P256,
    badge,
    one_proof,
    options,
    proof_case,
    signed,
    signed_as,
    text,
    with_proof,
)
from tests.attacks.framework import Case, Recipe
from tests.signers import SeededSigner, public_key

AREA = "proof"
COLLEGE = "did:web:college.example"
THREE = {"district": DISTRICT, "mallory": MALLORY, "college": COLLEGE}
"""Three parties for the matrix of issuer, whose key, and who controls it."""


def _documents() -> dict[str, dict[str, Any]]:
    """What the three publish. Each also lists, under its own DID, keys that another controls."""
    made: dict[str, dict[str, Any]] = {}
    for word, did in THREE.items():
        keys = DISTRICT_KEYS if did == DISTRICT else (SeededSigner(word, did),)
        document = did_web_document(did, [PublishedKey(signer.public_key) for signer in keys])
        for other, controller in THREE.items():
            method = {
                "id": f"{did}#of-{other}",
                "type": "Multikey",
                "controller": controller,
                "publicKeyMultibase": public_key(word).multikey(),
            }
            document["verificationMethod"].append(method)
            document["assertionMethod"].append(method["id"])
        made[did] = document
    return made


DOCUMENTS = _documents()


def key_for(claim: ProofClaim) -> PublicKey:
    """As a verifier looks it up: the issuer's own, out of the issuer's own document."""
    if claim.controller != claim.issuer:
        raise CredentialError("issuer_key_mismatch", "the key is not the issuer's")
    if claim.controller.startswith("did:key:"):
        parse_did_url(claim.verification_method)
        return assertion_key(did_key_document(claim.controller), claim.verification_method).public_key
    return assertion_key(DOCUMENTS[claim.controller], claim.verification_method).public_key


def judge(data: bytes, suffix: str) -> str:
    try:
        check_proof(parse(data), key_for)
    except (CredentialError, KeyRefused, DocumentError) as error:
        return error.code
    return "ok"


def long_value(length: int) -> bytes:
    """A proofValue of that many base58 characters."""
    return text(with_proof({"proofValue": "z" + "2" * (length - 1)}))


def many_proofs(count: int) -> bytes:
    """The same good proof that many times."""
    made = signed()
    return text(made | {"proof": made["proof"] * count})


RECIPES: dict[str, Callable[..., bytes]] = {"long_value": long_value, "many_proofs": many_proofs}


def cases() -> Iterator[Case]:
    for group in (_sets, _chains, _purposes, _audiences, _lifted, proof_value.cases, _methods, _matrix):
        yield from group()


def _sets() -> Iterator[Case]:
    good = signed()
    proof = one_proof(good)
    single = good | {"proof": proof}
    for name, value, expect in (
        ("null", None, "proof_malformed"),
        ("text", proof["proofValue"], "proof_malformed"),
        ("number", 1, "proof_malformed"),
        ("true", True, "proof_malformed"),
        ("empty-array", [], "proof_missing"),
        ("empty-object", {}, "proof_malformed"),
        ("array-of-null", [None], "proof_malformed"),
        ("array-of-text", ["x"], "proof_malformed"),
        ("array-in-array", [[proof]], "proof_malformed"),
        ("good-and-null", [proof, None], "proof_malformed"),
    ):
        yield proof_case(f"LD-14-proof-{name}", good | {"proof": value}, expect, single)
    bare = {name: part for name, part in good.items() if name != "proof"}
    yield proof_case("LD-14-proof-missing", bare, "proof_missing", single)
    by_p256 = one_proof(signed_as(options(P256), badge(), P256))
    foreign = {"type": "SomeSignature2031", "verificationMethod": "urn:x:1", "jws": "x"}
    later_suite = foreign | {"type": "DataIntegrityProof", "cryptosuite": "some-suite-2031"}
    stranger = SeededSigner("mallory", DISTRICT, method=f"{MALLORY}#key-1")
    by_stranger = one_proof(signed_as(options(stranger), badge(), stranger))
    two = good | {"proof": [proof, by_p256]}
    broken = by_p256 | {"proofValue": proof["proofValue"]}
    yield proof_case(
        "LD-14-second-issuer-proof-broken", good | {"proof": [proof, broken]}, "bad_signature", two
    )
    yield proof_case(
        "LD-14-first-issuer-proof-broken", good | {"proof": [broken, proof]}, "bad_signature", two
    )
    unread = by_p256 | {"proofValue": "u" + proof["proofValue"][1:]}
    yield proof_case(
        "LD-14-second-issuer-proof-unread", good | {"proof": [proof, unread]}, "proof_malformed", two
    )
    with_foreign = good | {"proof": [foreign, proof]}
    yield proof_case(
        "LD-14-only-unknown-type", good | {"proof": [foreign]}, "unsupported_cryptosuite", with_foreign
    )
    with_later = good | {"proof": [proof, later_suite]}
    yield proof_case(
        "LD-14-only-unknown-suite", good | {"proof": later_suite}, "unsupported_cryptosuite", with_later
    )
    with_stranger = good | {"proof": [by_stranger, proof]}
    yield proof_case(
        "LD-14-only-a-stranger", good | {"proof": [by_stranger]}, "issuer_key_mismatch", with_stranger
    )
    yield proof_case(
        "LD-14-stranger-and-unknown",
        good | {"proof": [by_stranger, foreign]},
        "issuer_key_mismatch",
        with_stranger,
    )
    four = good | {"proof": [proof, by_p256, foreign, later_suite]}
    five = good | {"proof": [proof, by_p256, foreign, later_suite, by_stranger]}
    yield proof_case("LD-14-five-proofs", five, "too_many_proofs", four)
    yield proof_case("LD-14-hundred-proofs", Recipe("many_proofs", {"count": 100}), "too_many_proofs", four)


def _chains() -> Iterator[Case]:
    identified = signed_as(options(id="urn:uuid:11111111-2222-4333-8444-555555555555"), badge())
    first = one_proof(identified)
    for name, value in (
        ("unknown", "urn:uuid:99999999-2222-4333-8444-555555555555"),
        ("self", first["id"]),
        ("list", [first["id"]]),
        ("empty-list", []),
    ):
        made = signed_as(options(id=first["id"], previousProof=value), badge())
        yield proof_case(f"LD-15-previous-{name}", made, "proof_chain", identified)
    yield proof_case("LD-15-previous-empty", with_proof({"previousProof": ""}), "proof_chain", identified)
    second = first | {"id": "urn:uuid:66666666-2222-4333-8444-555555555555"}
    chained = identified | {"proof": [first, second | {"previousProof": first["id"]}]}
    good = add_proof(compose(identified), ED25519, created=CREATED, previous=[first["id"]]).value
    yield proof_case("LD-15-previous-signature-of-another", chained, "bad_signature", good)
    second = good["proof"][1]
    yield proof_case("LD-15-first-link-missing", good | {"proof": [second]}, "proof_chain", good)
    changed = good | {"proof": [first | {"created": "2026-05-01T09:00:01Z"}, second]}
    yield proof_case("LD-15-first-link-changed", changed, "bad_signature", good)
    twice = good | {"proof": [first, first, second]}
    yield proof_case("LD-15-first-link-twice", twice, "proof_chain", good)
    unread = good | {"proof": [first | {"cryptosuite": "some-suite-2031"}, second]}
    yield proof_case("LD-15-first-link-of-an-unknown-suite", unread, "unsupported_cryptosuite", good)
    named = first | {"id": "urn:uuid:66666666-2222-4333-8444-555555555555"}
    ring = [first | {"previousProof": named["id"]}, named | {"previousProof": first["id"]}]
    yield proof_case("LD-15-cycle", identified | {"proof": ring}, "proof_chain", identified)


def _purposes() -> Iterator[Case]:
    good = signed_as(options(), badge())
    others = ("authentication", "keyAgreement", "capabilityInvocation", "capabilityDelegation")
    for purpose in (*others, "https://w3id.org/security#assertionMethod"):
        made = signed_as(options(proofPurpose=purpose), badge())
        name = purpose if purpose in others else "assertionMethod-as-iri"
        yield proof_case(f"LD-16-{name}", made, "proof_purpose", good)
    yield proof_case(
        "LD-16-relabelled", with_proof({"proofPurpose": "authentication"}), "proof_purpose", good
    )
    yield proof_case("LD-16-missing", signed_as(options(proofPurpose=None), badge()), "proof_malformed", good)
    for name, value in (("list", ["assertionMethod"]), ("empty", ""), ("object", {"id": "x"}), ("number", 1)):
        yield proof_case(
            f"LD-16-purpose-{name}", with_proof({"proofPurpose": value}), "proof_malformed", good
        )
    for name, extra in (
        ("comment", {"comment": "x"}),
        ("jws", {"jws": "e..x"}),
        ("signature", {"signatureValue": "x"}),
        ("graph", {"@graph": []}),
    ):
        yield proof_case(f"LD-16-unknown-{name}", with_proof(extra), "proof_malformed", good)
    odd_values: tuple[tuple[str, Any], ...] = (
        ("empty-array", []),
        ("empty", ""),
        ("number", 1),
        ("array", ["urn:x:1"]),
        ("null", None),
    )
    for member in ("id", "nonce"):
        for name, odd in odd_values:
            yield proof_case(f"LD-16-{member}-{name}", with_proof({member: odd}), "proof_malformed", good)
    context = badge()["@context"]
    repeated = signed_as(options(**{"@context": context}), badge())
    contexts: tuple[tuple[str, Any], ...] = (
        ("shorter", context[:1]),
        ("longer", [*context, "https://w3id.org/security/data-integrity/v2"]),
        ("swapped", context[::-1]),
        ("text", context[0]),
        ("inline", {"assertionMethod": "https://evil.example/#x"}),
        ("null", None),
    )
    for name, other in contexts:
        made = with_proof({"@context": other}, repeated)
        yield proof_case(f"LD-16-context-{name}", made, "proof_malformed", repeated)


def _audiences() -> Iterator[Case]:
    good = signed_as(options(nonce="8a1b"), badge())
    for name, extra in (
        ("domain", {"domain": "https://employer.example"}),
        ("domains", {"domain": ["a.example", "b.example"]}),
        ("challenge", {"challenge": "1f44d55f"}),
        ("both", {"domain": "https://employer.example", "challenge": "1f44d55f"}),
    ):
        yield proof_case(f"LD-17-{name}", signed_as(options(**extra), badge()), "proof_domain", good)
    dated = signed_as(options(expires="2031-05-01T09:00:00Z"), badge())
    for member, value in (
        ("created", "yesterday"),
        ("created", "2026-02-30T00:00:00Z"),
        ("created", 1_777_626_000),
        ("created", ["2026-05-01T09:00:00Z"]),
        ("expires", ""),
        ("expires", "2031-05-01"),
        ("expires", "2031-W18-5T09:00:00Z"),
    ):
        label = str(value).strip("[]'").replace(":", "") or "empty"
        kind = "list" if isinstance(value, list) else type(value).__name__
        name = f"LD-17-{member}-{kind}-{label}"
        yield proof_case(name, with_proof({member: value}, dated), "proof_malformed", dated)


def _lifted() -> Iterator[Case]:
    one, two = signed(), signed(value=badge(number=2))
    yield proof_case("LD-18-lifted", two | {"proof": one["proof"]}, "bad_signature", two)
    yield proof_case("LD-18-swapped", one | {"proof": two["proof"]}, "bad_signature", one)
    identified = signed_as(options(id="urn:uuid:11111111-2222-4333-8444-555555555555"), badge())
    for name, change in (
        ("id-changed", {"id": "urn:uuid:22222222-2222-4333-8444-555555555555"}),
        ("created-changed", {"created": "2020-05-01T09:00:00Z"}),
        ("nonce-added", {"nonce": "1"}),
        ("expires-added", {"expires": "2099-05-01T09:00:00Z"}),
        ("other-method", {"verificationMethod": f"{DISTRICT}#of-district"}),
    ):
        yield proof_case(f"LD-18-{name}", with_proof(change, identified), "bad_signature", identified)
    without = {name: part for name, part in one_proof(identified).items() if name != "id"}
    yield proof_case("LD-18-id-removed", identified | {"proof": without}, "bad_signature", identified)
    for name, change in (
        ("name", {"name": "Welding, level nine"}),
        ("validUntil", {"validUntil": "2099-05-01T09:00:00Z"}),
        ("id", {"id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33"}),
        ("name-added-blank", {"description": "Added later."}),
        ("issuer-name", {"issuer": badge()["issuer"] | {"name": "Another District"}}),
    ):
        yield proof_case(f"LD-18-changed-{name}", one | change, "bad_signature", one)
    shorter = {name: part for name, part in one.items() if name != "validUntil"}
    yield proof_case("LD-18-removed-validUntil", shorter, "bad_signature", one)


def _methods() -> Iterator[Case]:
    method = ED25519.verification_method
    for name, wrong in (
        ("null", None),
        ("object", {"id": method}),
        ("list", [method]),
        ("empty", ""),
        ("no-fragment", DISTRICT),
        ("empty-fragment", DISTRICT + "#"),
        ("only-fragment", "#key-1"),
        ("two-fragments", method + "#x"),
        ("2049-characters", DISTRICT + "#" + "k" * 2_017),
    ):
        yield proof_case(
            f"KEY-01-method-{name}", with_proof({"verificationMethod": wrong}), "proof_malformed"
        )
    unknown = SeededSigner("district", DISTRICT, method=f"{DISTRICT}#nowhere")
    yield proof_case(
        "KEY-01-method-not-listed", signed_as(options(unknown), badge(), unknown), "key_not_in_document"
    )
    mine, other = (did_key(public_key(word)) for word in ("mallory", "district"))
    crossed = SeededSigner("mallory", other, method=f"{other}#{mine.removeprefix('did:key:')}")
    honest = SeededSigner("mallory", mine)
    yield proof_case(
        "KEY-01-did-key-crossed",
        signed_as(options(crossed), badge(other), crossed),
        "malformed_did_url",
        signed_as(options(honest), badge(mine), honest),
    )
    for name, issuer in (("number", 1), ("missing-id", {"name": "X"}), ("list", [DISTRICT]), ("empty", "")):
        yield proof_case(f"KEY-01-issuer-{name}", signed() | {"issuer": issuer}, "bad_member")


def _matrix() -> Iterator[Case]:
    """Who the badge names, whose DID the key's URL begins with, and who controls that key."""
    for (issuer, named), (owner, did), (holder, _) in product(THREE.items(), repeat=3):
        signer = SeededSigner(owner, did, method=f"{did}#of-{holder}")
        made = signed_as(options(signer), badge(named), signer)
        own = SeededSigner(issuer, named, method=f"{named}#of-{issuer}")
        twin = signed_as(options(own), badge(named), own)
        if issuer != owner:
            yield proof_case(f"KEY-01-{issuer}-{owner}-{holder}", made, "issuer_key_mismatch", twin)
        elif owner != holder:
            yield proof_case(f"KEY-01-{issuer}-{owner}-{holder}", made, "controller_mismatch", twin)

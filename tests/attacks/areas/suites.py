"""Attacks on the suites that sign what is written, that show a part, and on the one of 2020.

A part of a badge is the richest of them: whoever holds the badge makes the proof that is shown. The cases SD
say what a holder, or a stranger, might try.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cbor2

from contexts.document import compose, parse
from contexts.errors import DocumentError
from contexts.pinned import CHECKING, ED25519_2020_V1
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.sd_value import BASE, DERIVED, multikey_octets
from credential.proof.selective import add_base_proof, derive_proof
from credential.proof.verified import ProofClaim
from keys.did import PublishedKey, assertion_key, did_web_document
from keys.errors import KeyRefused
from keys.multibase import base64url_decode, base64url_encode
from keys.one_time import OneTimeKey
from keys.public import PublicKey
from tests.attacks.badges import (
    BADGES,
    CREATED,
    DISTRICT,
    DISTRICT_KEYS,
    ED25519,
    P256,
    P384,
    V2,
    badge,
    one_proof,
    proof_case,
    text,
    with_proof,
)
from tests.attacks.framework import Case, Recipe
from tests.signers import SeededSigner

AREA = "suites"
DOCUMENT = did_web_document(DISTRICT, [PublishedKey(signer.public_key) for signer in DISTRICT_KEYS])
POINTERS = ["/id", "/name", "/credentialSubject"]
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"


def key_for(claim: ProofClaim) -> PublicKey:
    """As a verifier looks it up: the issuer's own, out of the issuer's own document."""
    if claim.controller != claim.issuer:
        raise CredentialError("issuer_key_mismatch", "the key is not the issuer's")
    return assertion_key(DOCUMENT, claim.verification_method).public_key


def judge(data: bytes, suffix: str) -> str:
    try:
        check_proof(parse(data), key_for)
    except (CredentialError, KeyRefused, DocumentError) as error:
        return error.code
    return "ok"


def once(word: str = "once") -> OneTimeKey:
    """A one-time key that follows from a word."""
    return OneTimeKey(lambda count: (word.encode() * count)[:count])


def named_badge() -> dict[str, Any]:
    """A badge with two things in it that have no name of their own: the criteria and whose it is."""
    made = badge()
    made["credentialSubject"]["identifier"] = [
        {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": "Ana Example"}
    ]
    return made


def base(mandatory: tuple[str, ...] = ("/issuer", "/validFrom", "/validUntil")) -> dict[str, Any]:
    """The holder's own document."""
    made = add_base_proof(
        compose(named_badge()), P256, once(), hmac_key=b"h" * 32, mandatory=mandatory, created=CREATED
    )
    return copy.deepcopy(made.value)


def part(pointers: list[str] | None = None) -> dict[str, Any]:
    """A good part of it."""
    return copy.deepcopy(derive_proof(compose(base()), POINTERS if pointers is None else pointers).value)


def opened(made: dict[str, Any]) -> list[Any]:
    """The components of a proof's value."""
    found: list[Any] = cbor2.loads(base64url_decode(one_proof(made)["proofValue"][1:])[len(DERIVED) :])
    return found


def closed(made: dict[str, Any], components: Any, header: bytes = DERIVED) -> dict[str, Any]:
    """A document whose proof has these components, or these octets."""
    octets = components if isinstance(components, bytes) else cbor2.dumps(components)
    return with_proof({"proofValue": "u" + base64url_encode(header + octets)}, made)


def long_disclosure(length: int) -> bytes:
    """A proofValue of so many characters."""
    return text(with_proof({"proofValue": "u" + "A" * (length - 1)}, part()))


def many_signatures(count: int) -> bytes:
    """A proof with so many signatures."""
    made = part()
    signature, key, signatures, labels, mandatory = opened(made)
    return text(closed(made, [signature, key, signatures[:1] * count, labels, mandatory]))


RECIPES: dict[str, Callable[..., bytes]] = {
    "long_disclosure": long_disclosure,
    "many_signatures": many_signatures,
}


def cases() -> Iterator[Case]:
    for group in (_shown, _components, _octets, _keys, _written, _of_2020):
        yield from group()


def _shown() -> Iterator[Case]:
    good = part()
    for name, change in (
        ("name", {"name": "Welding, level nine"}),
        ("issuer", {"issuer": good["issuer"] | {"name": "Another District"}}),
        ("end", {"validUntil": "2099-05-01T09:00:00Z"}),
        ("end-taken-away", {"validUntil": None}),
        ("name-taken-away", {"name": None}),
        ("something-added", {"description": "With distinction"}),
    ):
        changed = {key: value for key, value in (good | change).items() if value is not None}
        yield proof_case(f"SD-01-{name}", changed, "bad_signature", good)
    yield proof_case("SD-02-base-proof-shown", base(), "base_proof", good)
    everything = closed(base(), opened(base()))
    yield proof_case("SD-02-base-proof-as-derived", everything, "proof_malformed", good)
    as_base = closed(good, opened(good), BASE)
    yield proof_case("SD-02-derived-proof-as-base", as_base, "base_proof", good)
    chained = with_proof({"id": "urn:uuid:11111111-2222-4333-8444-555555555555"}, good)
    chained = with_proof({"previousProof": "urn:uuid:11111111-2222-4333-8444-555555555556"}, chained)
    yield proof_case("SD-02-chained", chained, "proof_chain", good)


def _components() -> Iterator[Case]:
    good = part()
    signature, key, signatures, labels, mandatory = opened(good)

    def with_parts(**changes: Any) -> dict[str, Any]:
        parts = {"signature": signature, "key": key, "signatures": signatures, "labels": labels}
        parts = parts | {"mandatory": mandatory} | changes
        return closed(good, list(parts.values()))

    swapped = {0: labels[1], 1: labels[0]} | {n: v for n, v in labels.items() if n > 1}
    one_name = labels | {1: labels[0]}
    short = labels | {0: labels[0][:31]}
    last = max(mandatory)
    for name, changes, expect in (
        (
            "signatures-swapped",
            {"signatures": [signatures[1], signatures[0], *signatures[2:]]},
            "bad_signature",
        ),
        ("signature-missing", {"signatures": signatures[:-1]}, "bad_signature"),
        ("signature-twice", {"signatures": [*signatures, signatures[0]]}, "bad_signature"),
        ("no-signatures", {"signatures": []}, "bad_signature"),
        ("signature-der", {"signatures": [b"\x30" + signatures[0], *signatures[1:]]}, "proof_malformed"),
        ("signature-text", {"signatures": ["x" * 64, *signatures[1:]]}, "proof_malformed"),
        ("issuers-signature-zero", {"signature": bytes(64)}, "bad_signature"),
        ("issuers-signature-short", {"signature": signature[:63]}, "proof_malformed"),
        ("labels-swapped", {"labels": swapped}, "bad_signature"),
        ("labels-one-name-for-two", {"labels": one_name}, "proof_malformed"),
        ("labels-short", {"labels": short}, "proof_malformed"),
        ("labels-missing", {"labels": {n: v for n, v in labels.items() if n}}, "proof_malformed"),
        ("labels-one-more", {"labels": labels | {len(labels): b"x" * 32}}, "proof_malformed"),
        ("labels-none", {"labels": {}}, "proof_malformed"),
        ("labels-by-text", {"labels": {f"c14n{n}": v for n, v in labels.items()}}, "proof_malformed"),
        (
            "labels-by-truth",
            {"labels": {bool(n) if n < 2 else n: v for n, v in labels.items()}},
            "proof_malformed",
        ),
        ("labels-a-list", {"labels": list(labels.values())}, "proof_malformed"),
        ("mandatory-none", {"mandatory": []}, "bad_signature"),
        ("mandatory-one-less", {"mandatory": mandatory[:-1]}, "bad_signature"),
        ("mandatory-one-more", {"mandatory": sorted({*mandatory, last + 1})}, "bad_signature"),
        ("mandatory-twice", {"mandatory": [*mandatory, last]}, "proof_malformed"),
        ("mandatory-descending", {"mandatory": mandatory[::-1]}, "proof_malformed"),
        ("mandatory-negative", {"mandatory": [-1, *mandatory]}, "proof_malformed"),
        ("mandatory-beyond", {"mandatory": [*mandatory, 999]}, "proof_malformed"),
        ("mandatory-fraction", {"mandatory": [*mandatory[:-1], float(last)]}, "proof_malformed"),
        ("mandatory-truth", {"mandatory": [False, *mandatory[1:]]}, "proof_malformed"),
    ):
        yield proof_case(f"SD-03-{name}", with_parts(**changes), expect, good)
    for name, components in (
        ("four", opened(good)[:4]),
        ("six", [*opened(good), 1]),
        ("a-map", {1: 2}),
        ("a-number", 7),
    ):
        yield proof_case(f"SD-04-parts-{name}", closed(good, components), "proof_malformed", good)


def _octets() -> Iterator[Case]:
    good = part()
    components = opened(good)
    plain = cbor2.dumps(components)
    for name, octets in (
        ("trailing", plain + b"\x00"),
        ("cut", plain[:-1]),
        ("nothing", b""),
        ("indefinite", b"\x9f" + plain[1:] + b"\xff"),
        ("longer-than-needed", b"\x98\x05" + plain[1:]),
        ("tag", cbor2.dumps(cbor2.CBORTag(24, components))),
        ("pattern-tag", cbor2.dumps([*components[:4], [cbor2.CBORTag(35, "(a+)+$")]])),
        ("bignum", cbor2.dumps([*components[:4], [2**80]])),
        (
            "twice-in-a-map",
            plain[: plain.index(b"\xa2")] + b"\xa2\x00\x41\x01\x00\x41\x02\x80"
            if b"\xa2" in plain
            else b"\xa2",
        ),
        ("deep", b"\x81" * 400),
        ("huge-length", b"\x9b\x00\x00\x00\xff\xff\xff\xff\xff"),
        ("huge-text", b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff"),
        ("json", b'{"a":1}'),
    ):
        yield proof_case(f"SD-05-{name}", closed(good, octets), "proof_malformed", good)
    value = one_proof(good)["proofValue"]
    for name, wrong in (
        ("base58", "z" + value[1:]),
        ("padded", value + "="),
        ("no-prefix", value[1:]),
        ("other-alphabet", value.replace("-", "+").replace("_", "/") + "+"),
        ("list", [value]),
        ("empty", ""),
        ("prefix-only", "u"),
    ):
        yield proof_case(f"SD-06-{name}", with_proof({"proofValue": wrong}, good), "proof_malformed", good)
    yield proof_case("SD-07-65536", Recipe("long_disclosure", {"length": 65_536}), "proof_malformed", good)
    yield proof_case("SD-07-65537", Recipe("long_disclosure", {"length": 65_537}), "string_too_long", good)
    yield proof_case("SD-07-600", Recipe("many_signatures", {"count": 600}), "bad_signature", good)
    yield proof_case("SD-07-601", Recipe("many_signatures", {"count": 601}), "proof_malformed", good)


@dataclass(frozen=True)
class _OneKeyForAll:
    """Signs in the district's name with what should be a one-time key."""

    key: OneTimeKey
    controller: str = DISTRICT
    verification_method: str = P256.verification_method

    @property
    def public_key(self) -> PublicKey:
        return self.key.public_key

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message)


def _keys() -> Iterator[Case]:
    good = part()
    signature, key, signatures, labels, mandatory = opened(good)
    for name, octets in (
        ("36-octets", b"\x80\x24" + b"\x04" + key[2:]),
        ("34-octets", key[:-1]),
        ("p384", b"\x81\x24" + key[2:]),
        ("ed25519", b"\xed\x01" + key[2:]),
        ("secret", b"\x86\x26" + key[2:]),
        ("off-the-curve", b"\x80\x24\x02" + b"\xff" * 32),
        ("text", "x" * 35),
    ):
        made = closed(good, [signature, octets, signatures, labels, mandatory])
        yield proof_case(f"SD-08-one-time-{name}", made, "proof_malformed", good)
    # A stranger signs every statement anew under a one-time key of their own.
    strangers = once("mallory")
    for name, one_time in (("strangers", strangers.public_key), ("issuers", P256.public_key)):
        made = closed(good, [signature, multikey_octets(one_time), signatures, labels, mandatory])
        yield proof_case(f"SD-09-one-time-key-{name}", made, "bad_signature", good)
    mallory = SeededSigner("mallory p256", DISTRICT, P256.key_type, P256.verification_method)
    forged = add_base_proof(
        compose(badge(name="Forged")), mallory, strangers, hmac_key=b"h" * 32, created=CREATED
    )
    yield proof_case("SD-09-all-by-a-stranger", derive_proof(forged, [""]).value, "bad_signature", good)
    # A literal reader of the text asks the one-time key, and would take this for the district's.
    by_once = add_base_proof(
        compose(badge(name="Forged")),
        _OneKeyForAll(strangers),
        strangers,
        hmac_key=b"h" * 32,
        created=CREATED,
    )
    made = derive_proof(by_once, [""]).value
    yield proof_case("SD-09-issuers-signature-by-the-one-time-key", made, "bad_signature", good)
    under_p384 = with_proof({"verificationMethod": P384.verification_method}, good)
    yield proof_case("SD-09-under-p384", under_p384, "alg_key_mismatch", good)
    under_ed = with_proof({"verificationMethod": ED25519.verification_method}, good)
    yield proof_case("SD-09-under-ed25519", under_ed, "alg_key_mismatch", good)


def jcs(signer: SeededSigner = ED25519, value: dict[str, Any] | None = None) -> dict[str, Any]:
    """A badge of which every byte is signed."""
    suite = "eddsa-jcs-2022" if signer is ED25519 else "ecdsa-jcs-2019"
    made = add_proof(compose(value or badge()), signer, cryptosuite=suite, created=CREATED)
    return copy.deepcopy(made.value)


def _written() -> Iterator[Case]:
    for signer in (ED25519, P256, P384):
        good = jcs(signer)
        kind = signer.key_type.value.lower()
        backwards = dict(reversed(good.items()))
        for name, changed in (
            ("name", good | {"name": "Welding, level nine"}),
            ("undefined-word-added", good | {"gpa": "4.0"}),
            ("one-as-a-list", good | {"name": [good["name"]]}),
            ("type-order", good | {"type": good["type"][::-1]}),
            ("empty-list-added", good | {"evidence": []}),
            ("created", with_proof({"created": "2026-05-01T09:00:01Z"}, good)),
            ("expires-added", with_proof({"expires": "2099-05-01T09:00:00Z"}, good)),
        ):
            yield proof_case(f"JCS-01-{kind}-{name}", changed, "bad_signature", backwards)
    good = jcs()
    longer = good | {"@context": [V2, BADGES, EXTENSIONS]}
    for name, context in (
        ("other", [V2, EXTENSIONS]),
        ("turned-round", [BADGES, V2]),
        ("longer-than-the-documents", [V2, BADGES, EXTENSIONS]),
        ("empty", []),
        ("null", None),
        ("object", {"@vocab": "https://mallory.example/"}),
        ("text", BADGES),
    ):
        made = with_proof({"@context": context}, good)
        yield proof_case(f"JCS-02-context-{name}", made, "proof_malformed", longer)
    shorter = with_proof({"@context": [V2]}, good)
    yield proof_case("JCS-02-context-shorter-than-signed", shorter, "bad_signature", longer)
    without = one_proof(good)
    bare = good | {"proof": {name: value for name, value in without.items() if name != "@context"}}
    yield proof_case("JCS-02-context-taken-away", bare, "bad_signature", good)
    by_meaning = with_proof({"cryptosuite": "eddsa-rdfc-2022"}, good)
    yield proof_case("JCS-03-relabelled-rdfc", by_meaning, "bad_signature", good)


def _of_2020() -> Iterator[Case]:
    made = add_proof(
        compose(badge()),
        ED25519,
        cryptosuite="Ed25519Signature2020",
        created=CREATED,
        contexts=CHECKING,
    )
    good = copy.deepcopy(made.value)
    value = one_proof(good)["proofValue"]
    for name, changed, expect in (
        ("name", good | {"name": "Welding, level nine"}, "bad_signature"),
        ("undefined-word-added", good | {"gpa": "4.0"}, "undefined_term"),
        ("cryptosuite-added", with_proof({"cryptosuite": "eddsa-rdfc-2022"}, good), "undefined_term"),
        ("type-2018", with_proof({"type": "Ed25519Signature2018"}, good), "unsupported_cryptosuite"),
        (
            "as-data-integrity",
            with_proof({"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}, good),
            "bad_signature",
        ),
        (
            "under-p256",
            with_proof({"verificationMethod": P256.verification_method}, good),
            "alg_key_mismatch",
        ),
        ("jws-instead", with_proof({"proofValue": "ey.." + value[1:]}, good), "proof_malformed"),
        ("purpose", with_proof({"proofPurpose": "authentication"}, good), "proof_purpose"),
        (
            "context-moved",
            good | {"@context": [V2, ED25519_2020_V1]},
            "undefined_type",
        ),
    ):
        yield proof_case(f"ED20-{name}", changed, expect, good)

"""Hostile suites and values of proofs: a wrong label, a wrong algorithm, another spelling (LD-19)."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from keys.multibase import base58btc_decode, base58btc_encode
from tests.attacks.badges import (
    P256,
    P384,
    badge,
    one_proof,
    options,
    proof_case,
    signed,
    signed_as,
    with_proof,
)
from tests.attacks.framework import Case, Recipe


def cases() -> Iterator[Case]:
    yield from _suites()
    yield from _values()


def _suites() -> Iterator[Case]:
    good, former = signed(), signed_as(options(cryptosuite="eddsa-2022"), badge())
    for label in (
        "bbs-2023",
        "eddsa-rdf-2022",
        "EDDSA-RDFC-2022",
    ):
        yield proof_case(
            f"LD-19-labelled-{label}", with_proof({"cryptosuite": label}), "unsupported_cryptosuite"
        )
    for label, expect in (
        ("eddsa-jcs-2022", "bad_signature"),
        ("ecdsa-jcs-2019", "alg_key_mismatch"),
        ("ecdsa-sd-2023", "proof_malformed"),
        ("Ed25519Signature2020", "unsupported_cryptosuite"),
    ):
        yield proof_case(f"LD-19-labelled-{label}", with_proof({"cryptosuite": label}), expect)
    yield proof_case(
        "LD-19-relabelled-former", with_proof({"cryptosuite": "eddsa-2022"}), "bad_signature", former
    )
    yield proof_case(
        "LD-19-former-relabelled", with_proof({"cryptosuite": "eddsa-rdfc-2022"}, former), "bad_signature"
    )
    yield proof_case(
        "LD-19-other-algorithm", with_proof({"cryptosuite": "ecdsa-rdfc-2019"}), "alg_key_mismatch"
    )
    by_p256 = signed(P256)
    yield proof_case(
        "LD-19-other-algorithm-back",
        with_proof({"cryptosuite": "eddsa-rdfc-2022"}, by_p256),
        "alg_key_mismatch",
        by_p256,
    )
    other_key = with_proof({"verificationMethod": P384.verification_method}, by_p256)
    yield proof_case("LD-19-p256-signature-under-p384", other_key, "bad_signature", by_p256)
    yield proof_case(
        "LD-19-p384-signature-under-p256",
        with_proof({"verificationMethod": P256.verification_method}, signed(P384)),
        "bad_signature",
        signed(P384),
    )
    for name, change in (
        ("missing", None),
        ("list", ["eddsa-rdfc-2022"]),
        ("empty", ""),
        ("number", 1),
    ):
        proof = {key: part for key, part in one_proof(good).items() if key != "cryptosuite"}
        made = good | {"proof": proof if change is None else proof | {"cryptosuite": change}}
        yield proof_case(f"LD-19-cryptosuite-{name}", made, "proof_malformed")
    for name, kind, expect in (
        ("list", ["DataIntegrityProof"], "proof_malformed"),
        ("missing", None, "proof_malformed"),
        ("lower", "dataIntegrityProof", "unsupported_cryptosuite"),
        ("2020", "Ed25519Signature2020", "undefined_term"),
        ("iri", "https://w3id.org/security#DataIntegrityProof", "unsupported_cryptosuite"),
    ):
        yield proof_case(f"LD-19-type-{name}", with_proof({"type": kind}), expect)


def _values() -> Iterator[Case]:
    good = signed()
    value = one_proof(good)["proofValue"]
    octets = base58btc_decode(value[1:])
    for name, wrong in (
        ("null", None),
        ("number", 1),
        ("list", [value]),
        ("empty", ""),
        ("prefix-only", "z"),
        ("no-prefix", value[1:]),
        ("base64url-prefix", "u" + value[1:]),
        ("base64-prefix", "m" + value[1:]),
        ("base58flickr-prefix", "Z" + value[1:]),
        ("base16-prefix", "f" + octets.hex()),
        ("zero-character", value[:-1] + "0"),
        ("letter-o", value[:-1] + "O"),
        ("letter-l", value[:-1] + "l"),
        ("space-front", " " + value),
        ("space-behind", value + " "),
        ("newline", value + "\n"),
        ("63", "z" + base58btc_encode(octets[:-1])),
        ("65", "z" + base58btc_encode(octets + b"\x00")),
        ("leading-zero", "z1" + value[1:]),
        ("two-signatures", "z" + base58btc_encode(octets * 2)),
        ("200-characters", "z" + "2" * 199),
        ("201-characters", "z" + "2" * 200),
    ):
        yield proof_case(f"LD-19-value-{name}", with_proof({"proofValue": wrong}), "proof_malformed")
    yield proof_case(
        "LD-19-value-zero", with_proof({"proofValue": "z" + base58btc_encode(bytes(64))}), "bad_signature"
    )
    yield proof_case(
        "LD-19-value-96",
        with_proof({"proofValue": "z" + base58btc_encode(octets + bytes(32))}),
        "bad_signature",
    )
    yield proof_case("LD-19-value-10MB", Recipe("long_value", {"length": 60_000}), "proof_malformed")
    by_p256 = signed(P256)
    octets = base58btc_decode(one_proof(by_p256)["proofValue"][1:])
    r, s = (int.from_bytes(half, "big") for half in (octets[:32], octets[32:]))
    der = with_proof({"proofValue": "z" + base58btc_encode(encode_dss_signature(r, s))}, by_p256)
    yield proof_case("LD-19-value-der", der, "proof_malformed", by_p256)
    for name, signature in (
        ("r-zero", bytes(32) + octets[32:]),
        ("s-zero", octets[:32] + bytes(32)),
        ("swapped", octets[32:] + octets[:32]),
    ):
        made = with_proof({"proofValue": "z" + base58btc_encode(signature)}, by_p256)
        yield proof_case(f"LD-19-p256-{name}", made, "bad_signature", by_p256)

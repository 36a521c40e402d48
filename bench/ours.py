"""The product's own path: what is timed is what `cairn` and `cairn-verify` run, with every check that they
make.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ed25519

from bench.credentials import MIDDLE
from bench.district import SIGNED_AT, WITHDRAWN, District
from bench.measuring import Operation
from contexts.canonical import canonical_quads
from contexts.document import compose, parse
from contexts.pinned import ISSUING
from contexts.schema import Schema, faults
from credential.issuable import check_issuable
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.vc_jwt import check_jwt, sign_jwt, split
from credential.proof.verified import JwtClaim, ProofClaim
from credential.status import Bitstring
from issuer.house_rules import HouseRules, house_faults
from issuer.prepare import prepare
from keys.public import PublicKey
from verifier.evidence import Code
from verifier.intake import read
from verifier.verify import verify

Draft = dict[str, Any]

BATCH: Final = "issuer.batch"
"""The module that issues many at once: `issue_batch(drafts, signer, *, created)`."""


class Wrong(Exception):  # noqa: N818 - it says what happened
    """An operation did not do what it should: its time would mean nothing."""


def issuing(district: District, draft: Draft) -> Operation:
    """A drafted credential in, signed bytes out: strictness, house rules, schema, model, proof."""
    return Operation(lambda: add_proof(prepare(draft).release(), district.signer, created=SIGNED_AT).raw)


def has_batch_path() -> bool:
    """Whether the product issues many credentials of one achievement in another way than one by one."""
    return importlib.util.find_spec(BATCH) is not None


def issuing_many(district: District, drafts: Sequence[Draft]) -> Operation:
    """The same for many credentials of one achievement: together, where the product can, else one by one."""
    signer = district.signer

    def one_by_one() -> list[bytes]:
        return [add_proof(prepare(draft).release(), signer, created=SIGNED_AT).raw for draft in drafts]

    if not has_batch_path():
        return Operation(one_by_one, len(drafts))
    issue_batch = importlib.import_module(BATCH).issue_batch

    def together() -> list[bytes]:
        return [document.raw for document in issue_batch(drafts, signer, created=SIGNED_AT)]

    if together() != one_by_one():
        raise Wrong("issuing together gives other credentials than issuing one by one")
    return Operation(together, len(drafts))


def checking(district: District, signed: bytes) -> Operation:
    """Bytes in, proof checked, the key at hand."""
    key_for = _key_for(district)
    return Operation(lambda: check_proof(parse(signed), key_for))


def judging(district: District, size: str, list_form: str) -> Operation:
    """Bytes in, verdict out: every check, with the issuer's keys and lists at hand as bytes."""
    held, signed = district.evidence(size, list_form=list_form), district.signed[size]
    policy, now = district.world.policy, district.now

    def judge() -> None:
        verdict = verify(replace(held, presented=read(signed)), policy, now)
        if verdict.code is not Code.VALID:
            raise Wrong(f"the {size} credential is {verdict.code}")

    return Operation(judge)


def signing_a_token(district: District) -> Operation:
    """A document in, a compact JWS out."""
    document = compose(district.drafts[MIDDLE])
    return Operation(lambda: sign_jwt(document, district.signer))


def checking_a_token(district: District) -> Operation:
    """A compact JWS in, its signature checked, the key at hand."""
    key_for, token = _key_for(district), district.token
    return Operation(lambda: check_jwt(split(token), key_for))


def withdrawing() -> Operation:
    """A list of 131,072 badges, one more of which is withdrawn: its `encodedList` anew."""
    return Operation(lambda: Bitstring.of((*WITHDRAWN, 7)).encode())


def reading_the_list() -> Operation:
    """`encodedList` in, one badge's bit out."""
    text = Bitstring.of(WITHDRAWN).encode()

    def look() -> None:
        if Bitstring.decode(text).get(WITHDRAWN[0]) != 1:
            raise Wrong("the bit is not set")

    return Operation(look)


def schema_check(draft: Draft) -> Operation:
    """The JSON Schema alone."""
    document = compose(draft)

    def look() -> None:
        if faults(document, Schema.ACHIEVEMENT_CREDENTIAL):
            raise Wrong("the schema refuses the credential")

    return Operation(look)


def raw_signing() -> Operation:
    """One Ed25519 signature by the library below us, and nothing around it."""
    sign, message = _bare_key().sign, bytes(64)
    return Operation(lambda: sign(message))


def raw_verifying() -> Operation:
    """One Ed25519 verification by the library below us, and nothing around it."""
    message = bytes(64)
    verify_bare, signature = _bare_key().public_key().verify, _bare_key().sign(message)
    return Operation(lambda: verify_bare(signature, message))


def _bare_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def steps_of_issuing(district: District, draft: Draft) -> dict[str, Operation]:
    """What issuing consists of, step by step, each by itself; a step may be taken more than once."""
    document, signer, rules = compose(draft), district.signer, HouseRules()
    key, message = signer.public_key, bytes(64)
    signature = signer.sign(message)
    prepared = document.raw
    return {
        "prepare, all of it": Operation(lambda: prepare(draft)),
        "write and read strictly": Operation(lambda: compose(draft)),
        "read strictly": Operation(lambda: parse(prepared)),
        "house rules": Operation(lambda: list(house_faults(document.value, rules))),
        "JSON Schema": Operation(lambda: faults(document, Schema.ACHIEVEMENT_CREDENTIAL)),
        "rules of the model": Operation(lambda: check_issuable(document)),
        "canonical form": Operation(lambda: canonical_quads(document, contexts=ISSUING)),
        "add_proof, all of it": Operation(lambda: add_proof(document, signer, created=SIGNED_AT)),
        "sign": Operation(lambda: signer.sign(message)),
        "verify what was signed": Operation(lambda: key.verify(signature, message)),
    }


def _key_for(district: District) -> Any:
    method, key = district.signer.verification_method, district.signer.public_key

    def key_for(claim: ProofClaim | JwtClaim) -> PublicKey:
        named = claim.verification_method if isinstance(claim, ProofClaim) else claim.kid
        if named != method:
            raise Wrong("the proof names another key")
        return key

    return key_for

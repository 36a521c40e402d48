"""The product's own path: what is timed is what `cairn` and `cairn-verify` run, with every check that they
make.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ed25519

from bench.credentials import MIDDLE
from bench.district import SIGNED_AT, WITHDRAWN, District, sign
from bench.measuring import Operation
from contexts.canonical import filled_quads
from contexts.document import compose, parse
from contexts.pinned import ISSUING
from contexts.schema import Schema, faults
from credential.issuable import check_issuable
from credential.ordinary import remaining_faults
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.vc_jwt import check_jwt, sign_jwt, split
from credential.proof.verified import JwtClaim, ProofClaim
from credential.status import Bitstring
from issuer.glance import is_plain
from issuer.house_rules import HouseRules, house_faults
from issuer.prepare import prepare
from issuer.securing import secure
from keys.public import PublicKey
from verifier.evidence import Code
from verifier.gathered import Evidence
from verifier.intake import read
from verifier.verify import verify

Draft = dict[str, Any]

WITHHELD: Final = ("200000001", "2008-01-31")
"""What no badge may hold, as a student's number and birth date."""


class Wrong(Exception):  # noqa: N818 - it says what happened
    """An operation did not do what it should: its time would mean nothing."""


def issuing(district: District, drafts: Sequence[Draft]) -> Operation:
    """A drafted credential in, signed bytes out: strictness, house rules, schema, model, meaning, proof."""
    following = cycle(drafts)
    return Operation(lambda: sign(next(following), district.signer))


def issuing_checked(district: District, drafts: Sequence[Draft]) -> Operation:
    """The same, and the check of the product's own result, under all that is withheld of a student."""
    following = cycle(drafts)

    def issue() -> None:
        prepared = prepare(next(following), withheld=WITHHELD)
        secure(prepared, district.signer, also_jwt=False, now=SIGNED_AT)

    return Operation(issue)


def checking(district: District, signed: Sequence[bytes]) -> Operation:
    """Bytes in, proof checked, the key at hand."""
    following, key_for = cycle(signed), _key_for(district)
    return Operation(lambda: check_proof(parse(next(following)), key_for))


def judging(district: District, size: str, list_form: str) -> Operation:
    """Bytes in, verdict out: every check, with the issuer's keys and lists at hand as bytes."""
    held, following = district.evidence(size, list_form=list_form), cycle(district.signed[size])
    policy, now, gathered = district.world.policy, district.now, held.gathered

    def judge() -> None:
        verdict = verify(Evidence(read(next(following)), gathered), policy, now)
        if verdict.code is not Code.VALID:
            raise Wrong(f"the {size} credential is {verdict.code}")

    return Operation(judge)


def signing_a_token(district: District) -> Operation:
    """A document in, a compact JWS out."""
    following = cycle([compose(draft) for draft in district.drafts[MIDDLE]])
    return Operation(lambda: sign_jwt(next(following), district.signer))


def checking_a_token(district: District) -> Operation:
    """A compact JWS in, its signature checked, the key at hand."""
    key_for, following = _key_for(district), cycle(district.tokens)
    return Operation(lambda: check_jwt(split(next(following)), key_for))


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
    forms = document.forms

    def form() -> None:
        forms.clear()
        filled_quads(document, contexts=ISSUING)

    key, message = signer.public_key, bytes(64)
    signature = signer.sign(message)
    prepared = document.raw
    return {
        "prepare, all of it": Operation(lambda: prepare(draft)),
        "write and read strictly": Operation(lambda: compose(draft)),
        "read strictly": Operation(lambda: parse(prepared)),
        "a glance at all rules": Operation(lambda: is_plain(document, rules)),
        "rules that remain": Operation(lambda: list(remaining_faults(document.value))),
        "canonical form": Operation(form),
        "house rules, closely": Operation(lambda: list(house_faults(document.value, rules))),
        "rules of the model, closely": Operation(lambda: check_issuable(document)),
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

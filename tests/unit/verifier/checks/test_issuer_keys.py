"""Where an issuer's keys are looked for; the attacks are in `tests.attacks.areas.key_sets`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from contexts.document import compose
from contexts.pinned import CHECKING
from credential.proof.data_integrity import add_proof, hashed_options, proof_options
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from credential.proof.enveloped import enveloped
from credential.proof.vc_jwt import sign_jwt
from keys.did import did_jwk, did_key, did_key_document, verification_method_id
from keys.errors import KeyRefused
from keys.multibase import base58btc_encode
from keys.public import KeyType
from tests.signers import SeededSigner as AnySigner
from tests.world import AWARDED, NOW, SeededSigner, World, did_key_signer
from verifier.checks.issuer_keys import find_keys
from verifier.evidence import Check, Code, Failure, IssuerLevel, Need, NeedKind, Outcome

EARLIER = "urn:uuid:11111111-2222-4333-8444-555555555555"


@dataclass
class HttpsWorld(World):
    """A district that is named by an https address."""

    at: str = "/issuers/1"
    kid: str = ""
    set_changes: dict[str, Any] = field(default_factory=dict)

    @property
    def did(self) -> str:
        return f"https://{self.host}{self.at}"

    @property
    def did_url(self) -> str:
        return self.did

    @property
    def set_url(self) -> str:
        return f"https://{self.host}/.well-known/jwks.json"

    @property
    def signer(self) -> SeededSigner:
        return SeededSigner(self.signing, self.did, self.key_type, self.kid)

    @property
    def list_signer(self) -> SeededSigner:
        return self.signer

    def did_document(self) -> bytes:
        method = {
            "id": verification_method_id(self.did, self.signer.public_key),
            "type": "JsonWebKey",
            "controller": self.did,
            "publicKeyJwk": dict(self.signer.public_key.jwk()),
        }
        made = {"id": self.did, "verificationMethod": [method], "assertionMethod": [method["id"]]}
        change = self.edit.get("did")
        if change:
            change(made)
        return json.dumps(made).encode()

    def key_set(self) -> bytes:
        key = {**self.signer.public_key.jwk(), "kid": self.kid, **self.set_changes}
        return json.dumps({"keys": [key]}).encode()

    def _usual(self, need: Need) -> bytes | None:
        return self.key_set() if need.url == self.set_url else super()._usual(need)


def test_an_https_issuers_proof_is_checked_under_its_controller_document() -> None:
    world = HttpsWorld()
    verdict = world.check(world.badge())
    assert verdict.code is Code.VALID, verdict.findings
    assert [need.kind for need in world.asked] == [NeedKind.CONTROLLER_DOCUMENT, NeedKind.STATUS_LIST]
    assert world.asked[0].url == world.did


def test_an_https_issuer_on_no_list_proves_control_of_its_address() -> None:
    world = HttpsWorld(trusted=False)
    verdict = world.check(world.badge())
    assert verdict.issuer_level is IssuerLevel.DOMAIN
    assert verdict.finding(Check.ISSUER).facts["domain"] == f"{world.host}/issuers/1"


@pytest.mark.parametrize("kid", ["key-1", "https://badges.riverbend.example/.well-known/jwks.json#key-1"])
@pytest.mark.parametrize("key_type", [KeyType.ED25519, KeyType.P256, KeyType.P384])
def test_a_token_by_an_https_issuer_is_checked_under_its_origins_key_set(kid: str, key_type: KeyType) -> None:
    world = HttpsWorld(form="jwt", list_form="jwt", kid=kid, key_type=key_type)
    world.set_changes["kid"] = "key-1"
    verdict = world.check(world.badge())
    assert verdict.code is Code.VALID, verdict.findings
    assert [need.kind for need in world.asked] == [NeedKind.KEY_SET, NeedKind.STATUS_LIST]
    assert world.asked[0].url == world.set_url


def test_a_token_may_name_a_key_of_the_issuers_controller_document() -> None:
    world = HttpsWorld(form="jwt", list_form="jwt")
    assert world.check(world.badge()).code is Code.VALID
    assert world.asked[0].kind is NeedKind.CONTROLLER_DOCUMENT


def test_a_badge_as_a_token_may_have_its_list_as_json_and_the_other_way_round() -> None:
    world = HttpsWorld(form="jwt", kid="key-1")
    token = world.badge()
    world.kid = ""
    world.set_changes = {"kid": "key-1"}
    assert world.check(token).code is Code.VALID
    kinds = [need.kind for need in world.asked]
    assert kinds == [NeedKind.KEY_SET, NeedKind.STATUS_LIST, NeedKind.CONTROLLER_DOCUMENT]


@pytest.mark.parametrize(
    "kid",
    [
        "https://badges.riverbend.example/uploads/mallory.json#key-1",
        "https://badges.riverbend.example/issuers/1/uploads/mallory.json#key-1",
        "https://badges.riverbend.example/issuers/1",
        "https://badges.riverbend.example/issuers/2#key-1",
    ],
)
def test_a_key_elsewhere_on_the_origin_counts_only_if_the_key_set_names_it(kid: str) -> None:
    world = HttpsWorld(form="jwt", list_form="jwt", kid=kid)
    assert world.check(world.badge()).code is Code.VALID
    world.asked.clear()
    world.set_changes["kid"] = "another"
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.TAMPERED)
    assert verdict.finding(Check.ISSUER).code == "key_not_bound_to_issuer"
    assert {need.url for need in world.asked} == {world.set_url}


def test_a_key_set_that_does_not_answer_leaves_the_question_open() -> None:
    world = HttpsWorld(form="jwt", kid="key-1")
    world.fail[world.set_url] = "timeout"
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.finding(Check.ISSUER).code) == (Outcome.UNKNOWN, "issuer_unreachable")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": int(AWARDED.timestamp()) - 1}, "key_expired"),
        ({"revoked": {"revoked_at": int(NOW.timestamp()) + 99}}, "key_revoked"),
        ({"iss": "https://badges.riverbend.example/issuers/2"}, "key_not_bound_to_issuer"),
        ({"use": "enc"}, "unsupported_key"),
        ({"d": "AAAA"}, "private_material"),
    ],
)
def test_what_a_key_set_says_of_its_key_counts(changes: dict[str, Any], code: str) -> None:
    world = HttpsWorld(form="jwt", kid="key-1", set_changes=changes)
    verdict = world.check(world.badge())
    assert verdict.outcome is not Outcome.VALID
    assert verdict.finding(Check.ISSUER).code == code


def test_a_key_that_was_retired_after_the_badge_was_made_still_speaks_for_it() -> None:
    world = HttpsWorld(form="jwt", list_form="jwt", kid="key-1")
    world.edit["list"] = lambda made: made.update(validFrom="2026-05-01T09:00:00Z")
    world.set_changes = {"exp": int((AWARDED + timedelta(seconds=1)).timestamp())}
    assert world.check(world.badge()).code is Code.VALID
    world.set_changes = {"exp": int((AWARDED - timedelta(seconds=1)).timestamp())}
    assert world.check(world.badge()).finding(Check.ISSUER).code == "key_expired"


@pytest.mark.parametrize("at", ["/issuers/1?id=2", "/issuers/../1", "/a%2Fb", "/issuers/1#key", "/.", "/a b"])
def test_an_address_that_could_be_anothers_is_not_looked_up(at: str) -> None:
    with pytest.raises(KeyRefused, match=r"^unsupported_did_method"):
        next(find_keys(f"https://badges.riverbend.example{at}", AWARDED))


def test_a_document_of_another_address_is_not_the_issuers() -> None:
    world = HttpsWorld()
    world.edit["did"] = lambda made: made.update(id=f"{world.did}/")
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.finding(Check.ISSUER).code) == (Outcome.UNKNOWN, "document_mismatch")


# chains


def chained(world: World, first: SeededSigner, *, break_it: bool = False) -> bytes:
    """A badge that somebody signed before its issuer did, and the issuer over that."""
    value = world.badge_value()
    proof = _proof_of(value, first)
    document = compose(value | {"proof": [proof]})
    made = add_proof(document, world.signer, created=AWARDED, previous=[EARLIER])
    if break_it:
        made.value["proof"][0]["created"] = "2026-05-01T09:00:01Z"
        return compose(made.value).raw
    return made.raw


def _proof_of(value: dict[str, Any], signer: SeededSigner) -> dict[str, Any]:
    document = compose(value)
    options = proof_options(EDDSA_RDFC_2022, signer, AWARDED, document) | {"id": EARLIER}
    message = hashed_options(options, value["@context"], EDDSA_RDFC_2022, signer.key_type, CHECKING)
    message += EDDSA_RDFC_2022.hashed(document, signer.key_type, CHECKING)
    return options | {"proofValue": "z" + base58btc_encode(signer.sign(message))}


def test_a_chain_that_begins_with_anothers_proof_is_checked_under_that_others_key() -> None:
    world = World()
    assert world.check(chained(world, did_key_signer("witness"))).code is Code.VALID
    other = World(host="badges.witness.example", signing="witness")
    world.serve[other.did_url] = other.did_document()
    world.asked.clear()
    assert world.check(chained(world, other.signer)).code is Code.VALID
    assert [need.url for need in world.asked[:2]] == [other.did_url, world.did_url]


def test_a_chain_whose_first_signer_does_not_answer_is_not_valid() -> None:
    world = World()
    other = World(host="badges.witness.example", signing="witness")
    verdict = world.check(chained(world, other.signer))
    assert (verdict.outcome, verdict.finding(Check.ISSUER).code) == (Outcome.UNKNOWN, "issuer_unreachable")


def test_a_chain_whose_first_proof_does_not_fit_is_not_valid() -> None:
    world = World()
    verdict = world.check(chained(world, did_key_signer("witness"), break_it=True))
    assert (verdict.outcome, verdict.finding(Check.PROOF).code) == (Outcome.INVALID, "bad_signature")


def test_anothers_proof_over_the_issuers_is_left_aside_with_a_note() -> None:
    world = World()
    value = json.loads(world.badge())
    value["proof"][0]["id"] = EARLIER
    later = _proof_of({n: p for n, p in value.items() if n != "proof"}, did_key_signer("witness"))
    value = json.loads(world.badge())
    value["proof"].append(later)
    verdict = world.check(compose(value).raw)
    assert verdict.code is Code.VALID
    assert "proof_not_checked" in verdict.finding(Check.PROOF).detail


# the forms that carry a token


def test_an_enveloped_credential_is_the_token_in_it() -> None:
    world = World(form="jwt")
    envelope = compose(enveloped(world.badge().decode())).raw
    verdict = world.check(envelope)
    assert verdict.code is Code.VALID
    assert verdict.suite == "EdDSA"


@pytest.mark.parametrize(
    ("change", "outcome", "code"),
    [
        ({"id": "data:application/vc+sd-jwt,ey"}, Outcome.UNKNOWN, "unsupported_envelope"),
        ({"id": "data:application/vc+cose,ey"}, Outcome.UNKNOWN, "unsupported_envelope"),
        ({"name": "Harvard"}, Outcome.INVALID, "envelope_malformed"),
        ({"id": "https://mallory.example/t"}, Outcome.INVALID, "envelope_malformed"),
        ({"id": 7}, Outcome.INVALID, "envelope_malformed"),
    ],
)
def test_another_envelope_is_refused_by_name(change: dict[str, Any], outcome: Outcome, code: str) -> None:
    world = World(form="jwt")
    verdict = world.check(compose(enveloped(world.badge().decode()) | change).raw)
    assert verdict.outcome is outcome
    assert code in {finding.code for finding in verdict.findings}
    assert world.asked == []


def test_a_bare_token_of_vc_jose_cose_needs_no_claims() -> None:
    world = World(list_form="jwt")
    token = sign_jwt(compose(world.badge_value()), world.signer, profile="vc+jwt")
    assert world.check(token.encode()).code is Code.VALID


# keys that are their own document


@pytest.mark.parametrize("key_type", [KeyType.ED25519, KeyType.P256, KeyType.P384])
def test_a_did_key_is_its_own_document(key_type: KeyType) -> None:
    did = did_key(SeededSigner("own", "", key_type).public_key)
    walk = find_keys(did, AWARDED)
    with pytest.raises(StopIteration) as end:
        next(walk)
    assert not isinstance(end.value.value, Failure)
    assert end.value.value.document == did_key_document(did)


def test_a_did_jwk_may_hold_an_rsa_key() -> None:
    did = did_jwk(AnySigner("own", "", KeyType.RSA).public_key)
    world = World(trusted=False)
    signer = AnySigner("own", did, KeyType.RSA, f"{did}#0")
    value = world.badge_value() | {"issuer": {"id": did, "type": ["Profile"], "name": "Own"}}
    verdict = world.check(sign_jwt(compose(value), signer).encode())
    assert verdict.finding(Check.PROOF).code == "signature_good"
    assert verdict.issuer_level is IssuerLevel.UNKNOWN

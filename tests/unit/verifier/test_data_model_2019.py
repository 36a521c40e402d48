"""Badges on Data Model 1.1, as the field still carries them: under every Open Badges 3.0 context, both ways
signed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contexts.document import compose
from contexts.errors import DocumentError
from credential.proof.vc_jwt import sign_jwt
from credential.types import CredentialKind
from keys.multibase import base64url_encode
from tests.endorsements import endorsement_value, signed
from tests.world import NOW, World
from verifier.badge import badge_of
from verifier.evidence import Check, CheckOutcome, Code, Outcome

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
VERSIONS = ("context.json", "context-3.0.1.json", "context-3.0.2.json", "context-3.0.3.json")


def old(world: World, version: str = VERSIONS[-1], **members: Any) -> dict[str, Any]:
    """The world's badge as Data Model 1.1 writes it."""
    value = world.badge_value()
    value["@context"] = [V1, OB + version, DATA_INTEGRITY]
    value["issuanceDate"], value["expirationDate"] = value.pop("validFrom"), value.pop("validUntil")
    del value["credentialStatus"]  # of Data Model 2.0
    return value | members


def token(world: World, value: dict[str, Any], **claims: Any) -> bytes:
    """A badge under `vc`, as Open Badges writes tokens of Data Model 1.1."""
    payload = {
        "iss": value["issuer"]["id"],
        "jti": value["id"],
        "sub": value["credentialSubject"]["id"],
        "nbf": 1_777_626_000,
        "exp": 1_872_320_400,
        "vc": value,
    } | claims
    header = {"alg": "EdDSA", "kid": world.signer.verification_method, "typ": "JWT"}
    signing_input = ".".join(base64url_encode(compose(part).raw) for part in (header, payload))
    return f"{signing_input}.{base64url_encode(world.signer.sign(signing_input.encode()))}".encode()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_badge_is_valid_under_every_version_of_open_badges(version: str) -> None:
    world = World()
    verdict = world.check(signed(old(world, version), world.signer).raw)
    assert verdict.code is Code.VALID, verdict.findings
    assert verdict.kind is CredentialKind.BADGE


@pytest.mark.parametrize("version", VERSIONS)
def test_on_data_model_2_0_every_version_serves_whose_context_fits_to_it(version: str) -> None:
    """The first two redefine what Data Model 2.0 protects, so no proof over such a document could be made."""
    world = World()
    value = world.badge_value() | {"@context": [V2, OB + version]}
    if version in VERSIONS[:2]:
        with pytest.raises(DocumentError) as caught:
            signed(value, world.signer)
        assert caught.value.code == "unsupported_meaning"
    else:
        assert world.check(signed(value, world.signer).raw).code is Code.VALID
    held = sign_jwt(compose(value), world.signer).encode()
    assert world.check(held).code is Code.VALID


@pytest.mark.parametrize("version", VERSIONS)
def test_so_it_is_as_a_token(version: str) -> None:
    world = World()
    verdict = world.check(token(world, old(world, version)))
    assert verdict.code is Code.VALID, verdict.findings
    badge = badge_of(verdict)
    assert badge is not None
    assert (badge.valid_from, badge.valid_until) == ("2026-05-01T09:00:00Z", "2029-05-01T09:00:00Z")


def test_its_own_names_of_the_dates_decide() -> None:
    world = World()
    ended = old(world, expirationDate="2026-05-20T09:00:00Z")
    assert world.check(signed(ended, world.signer).raw).code is Code.EXPIRED
    ahead = old(world, issuanceDate="2026-06-20T09:00:00Z")
    assert world.check(signed(ahead, world.signer).raw).code is Code.NOT_YET_VALID
    assert (
        world.check(signed(old(world), world.signer).raw, now=NOW + timedelta(days=2_000)).code
        is Code.EXPIRED
    )


@pytest.mark.parametrize("member", ["validFrom", "validUntil"])
def test_the_names_of_the_other_data_model_are_never_half_read(member: str) -> None:
    world = World(form="jwt")
    verdict = world.check(token(world, old(world, **{member: "2026-05-01T09:00:00Z"})))
    assert (verdict.outcome, verdict.finding(Check.SHAPE).code) == (Outcome.INVALID, "mixed_data_model")


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.pop("name"),
        lambda made: made.update(issuer=made["issuer"]["id"]),
        lambda made: made.pop("issuanceDate"),
        lambda made: made.update({"@context": made["@context"][::-1]}),
    ],
)
def test_what_data_model_1_1_demands_of_a_badge(change: Any) -> None:
    world = World()
    value = old(world)
    change(value)
    found = world.check(compose(value | {"proof": {"type": "DataIntegrityProof"}}).raw).finding(Check.SHAPE)
    assert found.outcome is CheckOutcome.NO


def test_an_endorsement_may_stand_on_it_too() -> None:
    world = World()
    value = endorsement_value(f"{world.origin}/achievements/safety-10", world.did)
    value["@context"] = [V1, OB + VERSIONS[-1], DATA_INTEGRITY]
    value["issuanceDate"] = value.pop("validFrom")
    verdict = world.check(signed(value, world.signer).raw)
    assert (verdict.code, verdict.kind) == (Code.VALID, CredentialKind.ENDORSEMENT), verdict.findings


@pytest.mark.parametrize(
    "url", ["https://w3id.org/security/suites/jws-2020/v1", "https://w3id.org/security/bbs/v1"]
)
def test_a_context_that_is_known_and_not_carried_makes_nobody_a_forger(url: str) -> None:
    world = World()
    made = signed(old(world), world.signer).value
    verdict = world.check(compose(made | {"@context": [*made["@context"], url]}).raw)
    found = verdict.finding(Check.MEANING)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert (found.outcome, found.code) == (CheckOutcome.COULD_NOT_CHECK, "unsupported_context")
    assert url in found.detail
    other = world.check(compose(made | {"@context": [*made["@context"], "https://mallory.example/c"]}).raw)
    assert other.finding(Check.MEANING).outcome is CheckOutcome.NO

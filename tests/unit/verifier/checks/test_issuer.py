"""Whose key it is, and who vouches for the issuer; the attacks are in `tests.attacks.areas.issuer`."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from credential.proof.verified import JwtClaim
from keys.did import PublishedKey
from keys.errors import KeyRefused
from keys.multibase import base64url_encode
from tests.world import AWARDED, NOW, SeededSigner, World
from verifier.checks.issuer import IssuerKeys
from verifier.evidence import Check, CheckOutcome, Code, IssuerLevel, Outcome

SECOND = timedelta(seconds=1)


def test_a_badge_made_before_its_key_retired_stays_valid() -> None:
    world = World(retired_at=AWARDED)
    assert world.check(world.badge()).code is Code.VALID
    world.retired_at = AWARDED - SECOND
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.finding(Check.ISSUER).code) == (Outcome.INVALID, "key_expired")


@pytest.mark.parametrize("stolen_at", [AWARDED - timedelta(days=1), AWARDED + timedelta(days=1), NOW])
def test_nothing_that_a_stolen_key_signed_is_believed_whatever_its_date(stolen_at: object) -> None:
    world = World(revoked_at=stolen_at)  # type: ignore[arg-type] # parametrize gives objects
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.TAMPERED)
    assert verdict.finding(Check.ISSUER).code == "key_revoked"


def test_another_key_of_the_issuer_being_stolen_spoils_nothing() -> None:
    world = World(published=[PublishedKey(SeededSigner("other").public_key, revoked=NOW)])
    assert world.check(world.badge()).code is Code.VALID


def test_who_is_on_no_list_is_known_by_its_domain_only() -> None:
    world = World(trusted=False)
    verdict = world.check(world.badge())
    assert verdict.issuer_level is IssuerLevel.DOMAIN
    assert verdict.finding(Check.ISSUER).facts["domain"] == world.host
    shared = World(trusted=False, path=("u", "mallory"))
    assert shared.check(shared.badge()).finding(Check.ISSUER).facts["domain"] == f"{world.host}:u:mallory"


def test_the_shown_name_is_the_lists_and_not_the_badges() -> None:
    world = World(name="Ridgeway School District")
    world.edit["badge"] = lambda made: made["issuer"].update(name="Harvard")
    verdict = world.check(world.badge())
    assert verdict.issuer_name == "Ridgeway School District"
    assert verdict.finding(Check.ISSUER).outcome is CheckOutcome.YES


@pytest.mark.parametrize(
    "method", ["did:web:mallory.example#key", "", "#key-1", "did:web:badges.riverbend#key"]
)
def test_a_key_under_another_identifier_is_not_looked_up(method: str) -> None:
    world = World()
    keys = IssuerKeys(world.did, {"id": world.did}, AWARDED)
    with pytest.raises(KeyRefused, match="controller_mismatch"):
        keys.for_notes(method)
    with pytest.raises(KeyRefused, match="controller_mismatch"):
        keys.for_token(JwtClaim("EdDSA", world.did, method, None, None, None, None))


def token_with_jwk(world: World, signer: SeededSigner) -> bytes:
    """A token that shows its key instead of naming it, as Open Badges allows."""
    payload = world.badge().split(b".")[1]
    header = {"alg": "EdDSA", "typ": "JWT", "jwk": dict(signer.public_key.jwk())}
    signing_input = base64url_encode(json.dumps(header).encode()).encode() + b"." + payload
    return signing_input + b"." + base64url_encode(signer.sign(signing_input)).encode()


def test_a_token_that_shows_its_key_is_good_if_the_issuer_lists_that_key_wherever_it_stands() -> None:
    second = SeededSigner("second", World().did)
    world = World(form="jwt", published=[PublishedKey(second.public_key)])
    assert world.check(token_with_jwk(world, second)).code is Code.VALID
    stranger = SeededSigner("mallory", world.did)
    verdict = world.check(token_with_jwk(world, stranger))
    assert verdict.finding(Check.ISSUER).code == "key_not_bound_to_issuer"


def test_the_document_of_somebody_else_vouches_for_no_shown_key() -> None:
    world = World(form="jwt")
    elsewhere = World(host="badges.third.example")
    world.serve[world.did_url] = elsewhere.did_document()
    verdict = world.check(token_with_jwk(world, elsewhere.signer))
    assert verdict.finding(Check.ISSUER).code == "document_mismatch"
    assert verdict.outcome is Outcome.UNKNOWN


def test_a_shown_key_that_is_retired_or_stolen_is_not_believed() -> None:
    for times, code in (
        ({"retired_at": AWARDED - SECOND}, "key_expired"),
        ({"revoked_at": AWARDED}, "key_not_bound_to_issuer"),  # a stolen key is on no list of assertion keys
    ):
        world = World(form="jwt", **times)  # type: ignore[arg-type] # one of two members, both times
        assert world.check(token_with_jwk(world, world.signer)).finding(Check.ISSUER).code == code

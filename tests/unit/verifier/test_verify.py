"""The whole check: what is asked when, what each fault leads to, and what may be shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from contexts.document import compose
from credential.proof.data_integrity import add_proof
from keys.did import did_jwk, did_key
from keys.public import KeyType
from tests.world import AWARDED, NOW, SeededSigner, World, archived
from verifier.evidence import (
    Check,
    CheckOutcome,
    Code,
    Evidence,
    IssuerLevel,
    NeedKind,
    Outcome,
    Presented,
    PresentedKind,
)
from verifier.verify import next_need, verify


@pytest.mark.parametrize(
    "world",
    [
        World(),
        World(form="jwt"),
        World(list_form="jwt"),
        World(key_type=KeyType.P256, suite="ecdsa-rdfc-2019"),
        World(key_type=KeyType.P384, suite="ecdsa-rdfc-2019"),
        World(form="jwt", key_type=KeyType.P256, suite="ecdsa-rdfc-2019"),
        World(path=("schools", "east")),
    ],
    ids=str,
)
def test_a_good_badge_is_valid_in_every_form(world: World) -> None:
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.VALID, Code.VALID)
    assert verdict.credential is not None
    assert "proof" not in verdict.credential.value
    assert verdict.issuer_id == world.did
    assert verdict.issuer_name == world.name
    assert verdict.issuer_level is IssuerLevel.TRUSTED
    assert verdict.key_id == world.signer.verification_method
    assert [f.check for f in verdict.findings] == list(Check)


def test_the_status_list_is_asked_for_only_once_the_proof_has_passed() -> None:
    world = World()
    world.check(world.badge())
    assert [need.kind for need in world.asked] == [NeedKind.DID_DOCUMENT, NeedKind.STATUS_LIST]
    changed = World()
    changed.tamper["badge"] = lambda made: made.update(name="Another")
    assert changed.check(changed.badge()).code is Code.TAMPERED
    assert [need.kind for need in changed.asked] == [NeedKind.DID_DOCUMENT]


def test_the_notes_are_asked_for_only_if_the_bit_is_set() -> None:
    world = World()
    world.revoke(6)
    assert world.check(world.badge(5)).code is Code.VALID
    assert NeedKind.WITHDRAWAL_NOTES not in {need.kind for need in world.asked}
    assert world.check(world.badge(6)).code is Code.REVOKED
    assert world.asked[-1].kind is NeedKind.WITHDRAWAL_NOTES


def test_nothing_is_fetched_that_a_badge_merely_mentions() -> None:
    world = World()

    def mention(made: dict[str, Any]) -> None:
        url = "https://mallory.example"
        made["credentialSchema"] = [{"id": f"{url}/schema", "type": "1EdTechJsonSchemaValidator2019"}]
        made["refreshService"] = {"id": f"{url}/refresh", "type": "1EdTechCredentialRefresh"}
        made["termsOfUse"] = [{"id": f"{url}/terms", "type": "Policy"}]
        made["evidence"] = [{"id": f"{url}/evidence", "type": ["Evidence"]}]
        made["image"] = {"id": f"{url}/image.png", "type": "Image"}

    world.form = "jwt"
    world.edit["badge"] = mention
    verdict = world.check(world.badge())
    assert {need.url for need in world.asked} == {world.did_url, world.list_url}
    assert verdict.code is Code.VALID, verdict.findings


@pytest.mark.parametrize(
    "break_it",
    [
        lambda made: made.update({"@context": [*made["@context"], "https://mallory.example/context"]}),
        lambda made: made.update(gpa="4.0"),
        lambda made: made["credentialSubject"].update(id="students/42"),
        lambda made: made.pop("proof"),
        lambda made: made["proof"][0].update(verificationMethod="did:web:mallory.example#key"),
        lambda made: made["proof"][0].update(cryptosuite="mystery-2030"),
    ],
)
def test_nothing_is_fetched_for_a_document_that_cannot_pass(
    break_it: Callable[[dict[str, Any]], Any],
) -> None:
    world = World()
    world.tamper["badge"] = break_it
    verdict = world.check(world.badge())
    assert verdict.outcome is not Outcome.VALID
    assert world.asked == []


def test_unsigned_claims_are_never_in_a_verdict() -> None:
    world = World()
    world.tamper["badge"] = lambda made: made.update(name="Another")
    verdict = world.check(world.badge())
    assert verdict.credential is None
    assert verdict.issuer_id is None
    assert verdict.issuer_name is None
    silent = World()
    silent.fail[silent.did_url] = "timeout"
    assert silent.check(silent.badge()).credential is None


def test_what_the_badge_says_is_not_judged_before_it_is_known_to_be_signed() -> None:
    world = World()
    world.fail[world.did_url] = "timeout"
    verdict = world.check(world.badge(), now=NOW + timedelta(days=10_000))
    assert verdict.code is Code.INCOMPLETE
    assert verdict.finding(Check.PERIOD).code == "not_reached"


def test_a_signed_document_that_is_no_badge_is_not_shown() -> None:
    world = World()
    world.edit["badge"] = lambda made: made["credentialSubject"]["achievement"].pop("criteria")
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.UNREADABLE)
    assert verdict.finding(Check.PROOF).outcome is CheckOutcome.YES
    assert verdict.credential is None


def test_a_list_presented_as_a_badge_is_unreadable() -> None:
    world = World()
    assert world.check(world.status_list(world.list_url, [], "revocation")).code is Code.UNREADABLE


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(-61, Code.NOT_YET_VALID), (-60, Code.VALID), (0, Code.VALID)],
)
def test_the_beginning_has_a_minute_of_tolerance(seconds: int, code: Code) -> None:
    world = World(listed_at=AWARDED - timedelta(hours=2))
    assert world.check(world.badge(), now=AWARDED + timedelta(seconds=seconds)).code is code


@pytest.mark.parametrize(("seconds", "code"), [(61, Code.EXPIRED), (60, Code.VALID), (-1, Code.VALID)])
def test_the_end_has_a_minute_of_tolerance(seconds: int, code: Code) -> None:
    end = AWARDED.replace(year=2029)
    world = World(listed_at=end - timedelta(hours=2))
    assert world.check(world.badge(), now=end + timedelta(seconds=seconds)).code is code


def test_a_withdrawn_badge_of_an_unknown_issuer_is_withdrawn() -> None:
    world = World(trusted=False)
    world.revoke()
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.REVOKED)


@pytest.mark.parametrize("kind", ["key", "jwk"])
def test_an_issuer_that_is_its_own_key_needs_no_network(kind: str) -> None:
    public = SeededSigner("school").public_key
    did = did_key(public) if kind == "key" else did_jwk(public)
    method = f"{did}#{did.removeprefix('did:key:')}" if kind == "key" else f"{did}#0"
    world = World()
    value = world.badge_value()
    value.pop("credentialStatus")
    value["issuer"]["id"] = did
    signed = add_proof(compose(value), SeededSigner("school", did, method=method), created=AWARDED).raw
    verdict = world.check(signed)
    assert world.asked == []
    assert verdict.code is Code.ISSUER_UNKNOWN
    assert verdict.issuer_level is IssuerLevel.UNKNOWN
    entry = {"id": did, "name": "School"}
    trusting = dataclasses.replace(World(trust_entry=entry).policy)
    assert world.check(signed, policy=trusting).code is Code.VALID


def test_an_unknown_suite_could_not_be_checked() -> None:
    world = World()
    world.tamper["badge"] = lambda made: made["proof"][0].update(cryptosuite="mystery-2030")
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert verdict.finding(Check.PROOF).code == "unsupported_cryptosuite"


@pytest.mark.parametrize(
    "members",
    [
        {"recognisedFor": ["License"]},
        {"from": "2026-05-02"},
        {"until": "2026-05-31"},
        {"until": "2026-04-30"},
    ],
)
def test_recognition_for_something_else_or_another_time_is_no_recognition(members: dict[str, Any]) -> None:
    world = World(trust_entry=members)
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.ISSUER_UNKNOWN)
    assert verdict.issuer_name is None
    assert verdict.credential is not None


def test_recognition_for_this_at_this_time_is_recognition() -> None:
    members = {"recognisedFor": ["Certification"], "from": "2026-05-01", "until": "2026-06-01"}
    world = World(trust_entry=members)
    assert world.check(world.badge()).code is Code.VALID


def test_an_archived_list_is_judged_at_its_own_time_and_the_verdict_says_so() -> None:
    world = World()
    held = world.evidence(world.badge())
    later = NOW + timedelta(days=365)
    verdict = verify(archived(held), world.policy, later)
    assert verdict.code is Code.VALID
    assert verdict.as_of == NOW
    assert verify(held, world.policy, later).code is Code.INCOMPLETE
    assert verify(held, world.policy, NOW).as_of is None


def test_what_was_not_gathered_is_not_answered() -> None:
    world = World()
    bare = Evidence(Presented(PresentedKind.DOCUMENT, data=world.badge()))
    verdict = verify(bare, world.policy, NOW)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    need = next_need(bare, world.policy, NOW)
    assert need is not None
    assert need.kind is NeedKind.DID_DOCUMENT


def test_accepted_lists_are_told_so_that_older_ones_are_noticed() -> None:
    world = World()
    verdict = world.check(world.badge())
    assert [(seen.url, seen.valid_from) for seen in verdict.seen] == [(world.list_url, world.listed_at)]
    forged = World()
    forged.tamper["list"] = lambda made: made.update(validFrom="2026-06-01T12:00:00Z")
    assert forged.check(forged.badge()).seen == ()


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b'{"a":1,"a":2}', b"\xff", b"{" * 99, b"ey.a.b"]
)
def test_any_bytes_end_in_a_verdict(data: bytes) -> None:
    for kind in (PresentedKind.DOCUMENT, PresentedKind.JWT):
        verdict = World().check(Presented(kind, data=data))
        assert verdict.outcome is not Outcome.VALID
        assert verdict.credential is None

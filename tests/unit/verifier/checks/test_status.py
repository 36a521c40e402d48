"""Withdrawn, paused, replaced; and every reason to say that it could not be checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contexts.document import compose
from credential.errors import CredentialError
from credential.proof.vc_jwt import sign_jwt
from credential.status import StatusEntry
from credential.withdrawal import Note, Reason, WithdrawalNotes, sign_notes
from tests.world import NOW, SeededSigner, World, archived
from verifier.checks.status import _signed
from verifier.evidence import Check, CheckOutcome, Code, Finding, Outcome, Seen
from verifier.verify import verify

PAUSE = StatusEntry("suspension", 5, World().suspension_url).to_json()


def status(world: World) -> Finding:
    return world.check(world.badge()).finding(Check.STATUS)


def naming(*entries: Any) -> World:
    """A world whose badges, as tokens, name these status entries."""
    world = World(form="jwt")
    value = list(entries) if len(entries) != 1 else entries[0]
    world.edit["badge"] = lambda made: made.update(credentialStatus=value)
    return world


def own(world: World) -> dict[str, Any]:
    return StatusEntry("revocation", 5, world.list_url).to_json()


def test_a_badge_without_a_list_says_so_and_can_be_valid() -> None:
    world = World()
    world.edit["badge"] = lambda made: made.pop("credentialStatus")
    verdict = world.check(world.badge())
    assert verdict.code is Code.VALID
    assert verdict.finding(Check.STATUS).outcome is CheckOutcome.NOT_APPLICABLE


@pytest.mark.parametrize("index", [0, 1, 7, 8, 131_071])
def test_exactly_the_badge_whose_bit_is_set_is_withdrawn(index: int) -> None:
    world = World()
    world.revoke(index)
    assert world.check(world.badge(index)).code is Code.REVOKED
    assert world.check(world.badge(index ^ 1)).code is Code.VALID


def test_a_note_gives_the_day_and_the_reason() -> None:
    world = World()
    world.revoke(reason=Reason.ISSUED_IN_ERROR, on=date(2026, 5, 20))
    finding = status(world)
    assert (finding.code, dict(finding.facts)) == (
        "revoked",
        {"date": "2026-05-20", "reason": "issued-in-error"},
    )


def test_corrected_means_replaced() -> None:
    world = World()
    world.revoke(reason=Reason.CORRECTED)
    assert world.check(world.badge()).code is Code.REPLACED


def forged(world: World) -> bytes:
    notes = WithdrawalNotes(world.did, world.list_url, 7, {5: Note(date(2026, 5, 20), Reason.CORRECTED)})
    return sign_notes(notes, SeededSigner("mallory", world.did)).encode()


def of_another_list(world: World) -> bytes:
    notes = WithdrawalNotes(
        world.did, world.suspension_url, 7, {5: Note(date(2026, 5, 20), Reason.CORRECTED)}
    )
    return sign_notes(notes, world.signer).encode()


@pytest.mark.parametrize(
    "answer", [None, lambda _: b"", lambda _: b"<html>", lambda _: b"a.b.c", forged, of_another_list]
)
def test_without_usable_notes_it_is_plainly_withdrawn(answer: Callable[[World], bytes] | None) -> None:
    world = World()
    world.revoke(reason=Reason.CORRECTED)
    url = f"{world.list_url}/notes"
    if answer is None:
        world.fail[url] = "timeout"
    else:
        world.serve[url] = answer(world) or b" "
    verdict = world.check(world.badge())
    assert verdict.code is Code.REVOKED
    assert "date" not in verdict.finding(Check.STATUS).facts


def test_notes_of_a_stolen_key_are_not_read_even_if_it_is_still_listed() -> None:
    world = World()
    world.revoke(reason=Reason.CORRECTED)
    stolen = World(signing="stolen", revoked_at=NOW)
    method = json.loads(stolen.did_document())["verificationMethod"][0]

    def still_listed(made: dict[str, Any]) -> None:
        made["verificationMethod"].append(method)
        made["assertionMethod"].append(method["id"])

    world.edit["did"] = still_listed
    notes = WithdrawalNotes(world.did, world.list_url, 7, {5: Note(date(2026, 5, 20), Reason.CORRECTED)})
    world.serve[f"{world.list_url}/notes"] = sign_notes(notes, stolen.signer).encode()
    assert world.check(world.badge()).code is Code.REVOKED
    method.pop("revoked")
    assert world.check(world.badge()).code is Code.REPLACED


def test_paused_is_paused_and_withdrawn_outweighs_it() -> None:
    world = naming(PAUSE)
    world.paused = {5}
    assert world.check(world.badge()).code is Code.SUSPENDED
    both = naming(own(World()), PAUSE)
    both.paused = {5}
    assert both.check(both.badge()).code is Code.SUSPENDED
    both.revoke()
    assert both.check(both.badge()).code is Code.REVOKED
    assert naming(own(World()), PAUSE).check(naming(own(World()), PAUSE).badge()).code is Code.VALID


def test_one_entry_that_cannot_be_read_leaves_the_question_open_unless_another_says_withdrawn() -> None:
    unknown = {"id": "https://badges.riverbend.example/x", "type": "StatusList2040Entry"}
    world = naming(own(World()), unknown)
    assert status(world).code == "status_type_unknown"
    assert world.check(world.badge()).outcome is Outcome.UNKNOWN
    world.revoke()
    assert world.check(world.badge()).code is Code.REVOKED


def test_what_only_asks_to_refresh_is_not_a_withdrawal() -> None:
    world = naming(own(World()) | {"statusPurpose": "refresh"})
    verdict = world.check(world.badge())
    assert verdict.code is Code.VALID
    assert [need.url for need in world.asked] == [world.did_url]


def test_eight_entries_are_read_and_nine_are_not() -> None:
    eight = naming(*[own(World())] * 8)
    assert status(eight).outcome is CheckOutcome.YES
    nine = naming(*[own(World())] * 9)
    assert status(nine).code == "status_malformed"


def test_a_list_of_several_purposes_answers_for_each() -> None:
    world = World()
    world.edit["list"] = lambda made: made["credentialSubject"].update(
        statusPurpose=["message", "revocation"]
    )
    assert status(world).outcome is CheckOutcome.YES


def test_a_list_signed_by_a_retired_key_after_its_end_is_no_answer() -> None:
    world = World(retired_at=NOW - timedelta(days=10))
    assert status(world).outcome is CheckOutcome.YES
    stale = World(retired_at=NOW - timedelta(days=10))
    value = json.loads(stale.status_list(stale.list_url, [], "revocation"))
    value.pop("proof")
    stale.created = stale.listed_at
    stale.serve[stale.list_url] = stale.sign(compose(value)).raw
    stale.created = World().created
    assert status(stale).code == "status_proof_failed"


def test_a_token_of_a_retired_key_counts_as_made_when_its_list_begins() -> None:
    world = World(retired_at=NOW - timedelta(days=10), list_form="jwt")
    assert status(world).outcome is CheckOutcome.YES
    value = json.loads(World().status_list(world.list_url, [], "revocation"))
    value.pop("proof")
    world.serve[world.list_url] = sign_jwt(compose(value), world.signer).encode()
    assert status(world).code == "status_proof_failed"


def test_a_list_that_is_kept_as_checked_is_still_held_against_time_key_and_bytes() -> None:
    world = World()
    answer = world.status_list(world.list_url, [], "revocation")
    world.serve[world.list_url] = answer
    evidence = world.evidence(world.badge())
    for _ in range(2):
        assert verify(evidence, world.policy, NOW).code is Code.VALID
        late = verify(evidence, world.policy, NOW + timedelta(days=3))
        assert late.finding(Check.STATUS).code == "status_stale"
    other = SeededSigner("another key of the district", world.did)
    with pytest.raises(CredentialError, match="bad_signature"):
        _signed(answer, (other.public_key,))
    assert _signed(answer, (world.signer.public_key,)).value["id"] == world.list_url
    world.serve[world.list_url] = answer.replace(b'"ttl":300000', b'"ttl":300001')
    assert status(world).code == "status_proof_failed"


def test_a_key_that_is_kept_as_found_is_still_asked_whether_it_may_be_used() -> None:
    world, badge = World(), World().badge()
    assert world.check(badge).code is Code.VALID
    gone = World(revoked_at=NOW)
    assert gone.check(badge).finding(Check.ISSUER).code == "key_revoked"
    assert world.check(badge).code is Code.VALID


def test_an_older_copy_than_the_known_one_is_noticed_and_a_newer_is_taken() -> None:
    world = World()
    world.seen = (Seen(world.list_url, world.listed_at + timedelta(seconds=1)),)
    assert status(world).code == "status_rolled_back"
    world.seen = (Seen(world.list_url, world.listed_at - timedelta(seconds=1)),)
    assert status(world).outcome is CheckOutcome.YES
    world.seen = (Seen(world.suspension_url, world.listed_at + timedelta(seconds=1)),)
    assert status(world).outcome is CheckOutcome.YES


def test_an_archived_copy_is_older_than_what_is_known_and_still_counts_for_its_time() -> None:
    world = World()
    held = world.evidence(world.badge())
    known = replace(archived(held), seen=(Seen(world.list_url, world.listed_at + timedelta(days=9)),))
    assert verify(known, world.policy, NOW).code is Code.VALID


def test_a_list_of_names_is_read() -> None:
    url = "https://badges.riverbend.example/revoked"
    world = naming({"id": url, "type": "1EdTechRevocationList"})
    name = world.badge_value()["id"]
    for rows, code in (
        ([], Code.VALID),
        ([{"id": "urn:uuid:another"}], Code.VALID),
        ([{"id": name}], Code.REVOKED),
        ([{"id": name, "revoked": False}], Code.VALID),
    ):
        world.serve[url] = json.dumps({"id": url, "issuer": world.did, "revokedCredential": rows}).encode()
        assert world.check(world.badge()).code is code
    world.fail[url] = "timeout"
    assert status(world).code == "status_unreachable"


def test_the_time_of_the_check_is_that_of_the_copy_that_answered() -> None:
    """A copy from the cache is as old as it is, and the page must not say otherwise."""
    world = World()
    evidence = world.evidence(world.badge())
    earlier = NOW - timedelta(minutes=40)
    older = tuple(replace(one, at=earlier) for one in evidence.gathered)
    verdict = verify(replace(evidence, gathered=older), world.policy, NOW)
    assert verdict.finding(Check.STATUS).facts["at"] == earlier.isoformat(timespec="seconds")

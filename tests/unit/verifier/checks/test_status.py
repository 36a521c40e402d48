"""Withdrawn, paused, replaced; and every reason to say that it could not be checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contexts.document import STATUS_LIST_LIMITS, Document, compose
from contexts.pinned import CHECKING
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof
from credential.proof.vc_jwt import sign_jwt
from credential.status import Bitstring, StatusEntry, list_credential
from credential.withdrawal import Note, Reason, WithdrawalNotes, sign_notes
from tests.world import AWARDED, NOW, SeededSigner, World, archived
from verifier.checks.status_list import _signed
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


def serving(world: World, purpose: str, *indices: int, url: str | None = None) -> World:
    """The world's first list, or the one at `url`, for another purpose."""
    url = url or world.list_url
    world.serve[url] = world.status_list(url, indices, purpose)
    return world


def test_a_list_that_offers_a_newer_edition_is_no_withdrawal_whatever_it_says() -> None:
    world = serving(naming(own(World()) | {"statusPurpose": "refresh"}), "refresh", 5)
    assert status(world).notes == ("newer_offered",)
    assert world.check(world.badge()).code is Code.VALID
    assert status(world).code == "no_status"
    assert status(serving(world, "refresh", 6)).notes == ()
    assert status(serving(world, "revocation", 5)).notes == ()
    world.fail[world.list_url] = "timeout"
    assert world.check(world.badge()).code is Code.VALID


def test_a_newer_edition_is_told_beside_what_another_list_says() -> None:
    newer = StatusEntry("refresh", 5, World().suspension_url).to_json()
    world = serving(naming(own(World()), newer), "refresh", 5, url=World().suspension_url)
    assert (status(world).code, status(world).notes) == ("not_withdrawn", ("newer_offered",))
    world.revoke()
    assert world.check(world.badge()).code is Code.REVOKED


MEANT = ("in order", "asked for", "late", "lost")


@pytest.mark.parametrize(("value", "said"), list(enumerate(MEANT)))
def test_a_message_is_for_a_person_to_judge_unless_it_is_the_first(value: int, said: str) -> None:
    world = naming(StatusEntry("message", 5, World().list_url, 2, messages=MEANT).to_json())
    made = list_credential(
        Bitstring(bytes([0, value << 4]) + bytes(32_766)),  # entry 5 is bits 10 and 11, the highest first
        url=world.list_url,
        issuer=world.did,
        valid_from=world.listed_at,
        valid_until=world.listed_at + timedelta(days=1),
        time_to_live=timedelta(minutes=5),
        purposes=("message",),
    )
    world.serve[world.list_url] = world.sign(compose(made, STATUS_LIST_LIMITS)).raw
    finding = status(world)
    if value == 0:
        assert (finding.outcome, finding.code) == (CheckOutcome.NOT_APPLICABLE, "no_status")
        return
    assert (finding.outcome, finding.code) == (CheckOutcome.COULD_NOT_CHECK, "status_message")
    assert finding.facts["message"] == said
    assert world.check(world.badge()).code is Code.INCOMPLETE


@pytest.mark.parametrize("set_", [True, False])
def test_a_purpose_that_nobody_knows_is_named_and_never_passes(set_: bool) -> None:  # noqa: FBT001 - a parameter
    world = naming(own(World()) | {"statusPurpose": "probation"})
    serving(world, "probation", *([5] if set_ else []))
    finding = status(world)
    assert (finding.outcome, finding.code) == (CheckOutcome.COULD_NOT_CHECK, "status_purpose_unknown")
    assert "probation" in finding.detail
    assert [need.url for need in world.asked] == [world.did_url]


def test_a_list_of_pauses_alone_is_not_called_a_list_of_withdrawals() -> None:
    world = naming(PAUSE)
    assert status(world).code == "not_paused"
    assert world.check(world.badge()).code is Code.VALID
    assert status(naming(PAUSE, own(World()))).code == "not_withdrawn"


def test_an_old_list_of_2021_is_read_with_its_own_words_for_dates() -> None:
    def old(world: World, *indices: int, until: str = "2026-06-02T00:00:00Z") -> World:
        packed = Bitstring.of(indices).encode()[1:]
        made = {
            "@context": [
                "https://www.w3.org/2018/credentials/v1",
                "https://w3id.org/vc/status-list/2021/v1",
                "https://w3id.org/security/data-integrity/v2",
            ],
            "id": world.list_url,
            "type": ["VerifiableCredential", "StatusList2021Credential"],
            "issuer": world.did,
            "issuanceDate": "2026-06-01T00:00:00Z",
            "expirationDate": until,
            "credentialSubject": {
                "id": f"{world.list_url}#list",
                "type": "StatusList2021",
                "statusPurpose": "revocation",
                "encodedList": packed,
            },
        }
        world.serve[world.list_url] = signed(compose(made, STATUS_LIST_LIMITS))
        return world

    def signed(document: Document) -> bytes:
        return add_proof(document, world.signer, created=AWARDED, contexts=CHECKING).raw

    world = World()
    value = world.badge_value()
    value["@context"].append("https://w3id.org/vc/status-list/2021/v1")
    value["credentialStatus"]["type"] = "StatusList2021Entry"
    badge = signed(compose(value))
    assert old(world).check(badge).code is Code.VALID
    assert old(world, 5).check(badge).code is Code.REVOKED
    stale = old(world, until="2026-06-01T11:00:00Z").check(badge)
    assert stale.finding(Check.STATUS).code == "status_stale"
    world.serve.clear()
    assert world.check(badge).finding(Check.STATUS).code == "STATUS_VERIFICATION_ERROR"


def test_a_list_without_an_end_holds_only_as_long_as_it_may_be_kept() -> None:
    world = World()
    world.edit["list"] = lambda made: made.pop("validUntil")
    evidence = world.evidence(world.badge())
    assert verify(evidence, world.policy, NOW + timedelta(minutes=6)).code is Code.VALID
    late = verify(evidence, world.policy, NOW + timedelta(minutes=6, seconds=1))
    assert late.finding(Check.STATUS).code == "status_stale"


def test_a_list_by_somebody_else_counts_only_where_the_policy_says_that_he_keeps_it() -> None:
    keeper = World(host="lists.keeper.example")
    world = World()
    made = keeper.status_list(world.list_url, [], "revocation")
    world.serve = {world.list_url: made, keeper.did_url: keeper.did_document()}
    assert status(world).code == "status_issuer_mismatch"
    assert keeper.did_url not in {need.url for need in world.asked}
    world.policy_changes = {"status_by": {world.did: frozenset({keeper.did})}}
    assert world.check(world.badge()).code is Code.VALID
    world.policy_changes = {"status_by": {keeper.did: frozenset({keeper.did})}}
    assert status(world).code == "status_issuer_mismatch"
    world.policy_changes = {"status_by": {world.did: frozenset({keeper.did})}}
    world.fail[keeper.did_url] = "timeout"
    assert status(world).code == "status_unreachable"


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


NAMES = "https://badges.riverbend.example/revoked"


def by_names(*rows: Any, **members: Any) -> World:
    """A world whose badges name a list of names, with these rows."""
    world = naming({"id": NAMES, "type": "1EdTechRevocationList"})
    listed = {"id": NAMES, "issuer": world.did, "revokedCredential": list(rows)} | members
    world.serve[NAMES] = json.dumps(listed).encode()
    return world


def test_a_list_of_names_is_read_and_its_lesser_strength_is_told() -> None:
    name = World().badge_value()["id"]
    for rows, code in (
        ([], Code.VALID),
        ([{"id": "urn:uuid:another"}], Code.VALID),
        ([{"id": name}], Code.REVOKED),
        ([{"id": name.upper().replace("URN:UUID", "urn:uuid")}], Code.REVOKED),
        ([{"id": name, "revoked": False}], Code.VALID),
    ):
        world = by_names(*rows)
        assert world.check(world.badge()).code is code
    finding = status(by_names())
    assert finding.code == "not_withdrawn_unsigned"
    assert finding.facts["host"] == "badges.riverbend.example"
    silent = by_names()
    silent.fail[NAMES] = "timeout"
    assert status(silent).code == "status_unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "https://lists.example/revoked",
        "http://badges.riverbend.example/revoked",
        "https://badges.riverbend.example@lists.example/revoked",
        "https://badges.riverbend.example.lists.example/revoked",
        "https://badges.riverbend.example:444/revoked",
        "https://badges.riverbend.example",
    ],
)
def test_a_list_of_names_at_another_address_is_not_even_asked_for(url: str) -> None:
    world = naming({"id": url, "type": "1EdTechRevocationList"})
    world.serve[url] = json.dumps({"revokedCredential": []}).encode()
    assert status(world).code == "status_origin_differs"
    assert [need.url for need in world.asked] == [world.did_url]


def test_a_list_of_names_by_somebody_else_says_nothing() -> None:
    for issuer in ("did:web:lists.example", {"id": "did:web:lists.example"}, 5):
        assert status(by_names(issuer=issuer)).code == "status_issuer_mismatch"
    assert status(by_names(issuer={"id": World().did})).outcome is CheckOutcome.YES
    assert status(by_names(id="https://badges.riverbend.example/other")).code == "STATUS_VERIFICATION_ERROR"


def test_a_list_of_names_that_shows_a_proof_is_believed_only_if_it_passes() -> None:
    bad = json.loads(World().badge())["proof"]
    assert status(by_names(proof=bad)).outcome is CheckOutcome.COULD_NOT_CHECK
    assert status(by_names(proof=[])).outcome is CheckOutcome.COULD_NOT_CHECK
    world = by_names()
    world.serve[NAMES] = b"eyJhbGciOiJub25lIn0.e30."
    assert status(world).outcome is CheckOutcome.COULD_NOT_CHECK


def test_a_list_of_names_that_is_signed_needs_no_such_word() -> None:
    world = by_names()
    signed = json.loads(World().status_list(NAMES, [], "revocation")) | {"revokedCredential": []}
    signed.pop("proof")
    world.serve[NAMES] = sign_jwt(compose(signed), world.signer).encode()
    assert status(world).code == "not_withdrawn"
    signed["revokedCredential"] = [{"id": world.badge_value()["id"]}]
    world.serve[NAMES] = sign_jwt(compose(signed), world.signer).encode()
    assert world.check(world.badge()).code is Code.REVOKED
    world.serve[NAMES] = sign_jwt(compose(signed), SeededSigner("mallory", world.did)).encode()
    assert status(world).outcome is CheckOutcome.COULD_NOT_CHECK


def test_the_time_of_the_check_is_that_of_the_copy_that_answered() -> None:
    """A copy from the cache is as old as it is, and the page must not say otherwise."""
    world = World()
    evidence = world.evidence(world.badge())
    earlier = NOW - timedelta(minutes=40)
    older = tuple(replace(one, at=earlier) for one in evidence.gathered)
    verdict = verify(replace(evidence, gathered=older), world.policy, NOW)
    assert verdict.finding(Check.STATUS).facts["at"] == earlier.isoformat(timespec="seconds")

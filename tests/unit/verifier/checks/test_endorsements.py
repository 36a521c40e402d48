"""Who endorses what: each endorsement with its outcome, and what it does to the verdict."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from contexts.document import compose
from contexts.pinned import CHECKING
from credential.proof.data_integrity import add_proof
from credential.proof.vc_jwt import sign_jwt
from credential.status import StatusEntry
from credential.types import CredentialKind
from tests.endorsements import BOARD, endorsement, endorsement_token, endorsement_value, member, record
from tests.seeded import SeededSigner, did_key_signer
from tests.world import AWARDED, NOW, World
from verifier.checks.endorsements import MOST_ENDORSEMENTS
from verifier.evidence import Check, CheckOutcome, Code, Outcome, Verdict

ACHIEVEMENT = f"{World().origin}/achievements/safety-10"


def badge(
    world: World, *endorsements: dict[str, Any], tokens: tuple[str, ...] = (), at: str = "achievement"
) -> bytes:
    """A badge of the world that carries these, signed under the contexts that are checked."""
    value = world.badge_value()
    holders = {
        "credential": value,
        "achievement": value["credentialSubject"]["achievement"],
        "issuer": value["issuer"],
        "creator": value["credentialSubject"]["achievement"]["creator"],
    }
    if endorsements:
        holders[at]["endorsement"] = list(endorsements)
    if tokens:
        holders[at]["endorsementJwt"] = list(tokens)
    if world.form == "jwt":
        return sign_jwt(compose(value), world.signer).encode()
    return add_proof(compose(value), world.signer, created=AWARDED, contexts=CHECKING).raw


def told(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(str(item.outcome), item.code, item.of) for item in verdict.endorsements]


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_an_endorsement_is_told_with_who_and_what(form: str) -> None:
    world = World(form=form)
    verdict = world.check(badge(world, endorsement(ACHIEVEMENT), tokens=(endorsement_token(ACHIEVEMENT),)))
    assert verdict.code is Code.VALID, verdict.findings
    assert told(verdict) == [("intact", "intact", "achievement")] * 2
    for item in verdict.endorsements:
        assert item.facts["endorser"] == BOARD.controller
        assert item.facts["calls_itself"] == "Example Trades Board"
        assert item.facts["comment"] == "Meets our standard for new hires."
        assert item.facts["date"] == "2026-04-01"
        assert item.notes == ("issuer_not_known",)


@pytest.mark.parametrize(
    ("at", "target"),
    [
        ("credential", ACHIEVEMENT),
        ("credential", World().badge_value()["id"]),
        ("credential", World().did),
        ("issuer", World().did),
        ("creator", "https://safety.example.org/"),
    ],
)
def test_it_stands_where_what_it_speaks_of_stands(at: str, target: str) -> None:
    world = World()
    verdict = world.check(badge(world, endorsement(target), at=at))
    assert (verdict.code, told(verdict)) == (Code.VALID, [("intact", "intact", at)])


@pytest.mark.parametrize("at", ["credential", "achievement", "issuer"])
def test_one_of_something_else_endorses_nothing_here(at: str) -> None:
    world = World()
    verdict = world.check(badge(world, endorsement("https://elsewhere.example/achievements/9"), at=at))
    assert (verdict.code, told(verdict)) == (Code.VALID, [("not_checkable", "other_target", at)])


def test_two_endorsers_may_say_different_things_of_one_achievement() -> None:
    world = World()
    other = did_key_signer("another board")
    about = endorsement_value(ACHIEVEMENT)["credentialSubject"] | {"endorsementComment": "We hire them."}
    second = endorsement(
        ACHIEVEMENT, other, id="urn:uuid:5d7f4a40-0000-4000-8000-0000000000e2", credentialSubject=about
    )
    made = badge(world, endorsement(ACHIEVEMENT), second)
    verdict = world.check(made)
    assert (verdict.code, len(verdict.endorsements)) == (Code.VALID, 2), verdict.findings
    said = {item.facts["endorser"]: item.facts["comment"] for item in verdict.endorsements}
    assert said == {BOARD.controller: "Meets our standard for new hires.", other.controller: "We hire them."}
    value = json.loads(made)
    one, two = value["credentialSubject"]["achievement"]["endorsement"]
    one["credentialSubject"], two["credentialSubject"] = two["credentialSubject"], one["credentialSubject"]
    swapped = world.check(compose(value).raw)
    assert (swapped.code, swapped.finding(Check.PROOF).outcome) == (Code.EVIDENCE_FAILS, CheckOutcome.YES)


def test_the_issuers_own_praise_is_called_so() -> None:
    world = World()
    issuer = world.badge_value()["issuer"]
    verdict = world.check(badge(world, endorsement(ACHIEVEMENT, world.signer, issuer=issuer)))
    assert verdict.endorsements[0].notes == ("own_issuer",)
    assert verdict.endorsements[0].facts["endorser"] == world.name


# Whoever signs a badge with a changed or forged endorsement in it is not to be believed.


def changed(target: str) -> dict[str, Any]:
    made = endorsement(target)
    made["credentialSubject"]["endorsementComment"] = "The best there is."
    return made


def forged(target: str) -> dict[str, Any]:
    """In the board's name, under somebody else's key."""
    other = did_key_signer("somebody else")
    own = endorsement(target, other)
    return endorsement_value(target) | {"proof": own["proof"]}


def resigned(target: str) -> dict[str, Any]:
    """Under a method of the board, by a key that is not the board's."""
    stranger = SeededSigner("somebody else", BOARD.controller)
    return copy.deepcopy(add_proof(compose(endorsement_value(target)), stranger, created=AWARDED).value)


@pytest.mark.parametrize("make", [changed, forged, resigned])
def test_a_changed_or_forged_endorsement_speaks_against_the_badge(make: Any) -> None:
    world = World()
    verdict = world.check(badge(world, make(ACHIEVEMENT)))
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.EVIDENCE_FAILS)
    assert verdict.finding(Check.EVIDENCE).code == "endorsement_altered"
    (item,) = verdict.endorsements
    assert (str(item.outcome), dict(item.facts)) == ("altered", {})


def test_a_changed_token_speaks_against_the_badge_too() -> None:
    head, payload, _ = endorsement_token(ACHIEVEMENT).split(".")
    other = endorsement_token(ACHIEVEMENT, name="Another").rsplit(".", 1)[1]
    world = World()
    verdict = world.check(badge(world, tokens=(f"{head}.{payload}.{other}",)))
    assert (verdict.code, told(verdict)) == (Code.EVIDENCE_FAILS, [("altered", "altered", "achievement")])


# What happens to an endorsement later, and what cannot be checked of it, leaves the badge as it is.


def endorsing_world() -> World:
    """A second organisation with a document, a list and keys of its own."""
    return World(host="board.example", signing="board", name="Example Trades Board", trusted=False)


def listed(board: World, index: int = 3) -> dict[str, Any]:
    entry = StatusEntry("revocation", index, board.list_url).to_json()
    return endorsement(ACHIEVEMENT, board.signer, credentialStatus=entry)


def together(world: World, board: World) -> World:
    """The first world, which also answers for the second."""
    for url in (board.did_url, board.list_url):
        if url in board.fail:
            world.fail[url] = board.fail[url]
    world.serve[board.did_url] = board.did_document()
    world.serve[board.list_url] = board.status_list(board.list_url, board.withdrawn, "revocation")
    return world


def test_an_endorser_with_an_address_is_asked_for_its_keys_and_its_list() -> None:
    board = endorsing_world()
    world = together(World(), board)
    verdict = world.check(badge(world, listed(board)))
    assert (verdict.code, told(verdict)) == (Code.VALID, [("intact", "intact", "achievement")])
    assert [need.url for need in world.asked][-2:] == [board.did_url, board.list_url]


def test_a_withdrawn_endorsement_is_told_and_no_more() -> None:
    board = endorsing_world()
    board.revoke(3)
    world = together(World(), board)
    verdict = world.check(badge(world, listed(board)))
    assert (verdict.code, told(verdict)) == (Code.VALID, [("withdrawn", "withdrawn", "achievement")])


def test_an_endorser_who_does_not_answer_spoils_nothing() -> None:
    board = endorsing_world()
    board.fail[board.did_url] = "timeout"
    world = together(World(), board)
    verdict = world.check(badge(world, listed(board)))
    assert (verdict.code, told(verdict)) == (Code.VALID, [("not_checkable", "not_checked", "achievement")])


def test_an_endorser_cannot_spoil_a_badge_by_taking_its_key_away() -> None:
    board = endorsing_world()
    made = listed(board)
    board.edit["did"] = lambda document: document.update(verificationMethod=[], assertionMethod=[])
    world = together(World(), board)
    verdict = world.check(badge(world, made))
    assert (verdict.code, told(verdict)) == (Code.VALID, [("not_checkable", "not_checked", "achievement")])


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"validUntil": "2026-05-01T00:00:00Z"}, ("intact", "lapsed", "achievement")),
        ({"validFrom": "2026-12-01T00:00:00Z"}, ("not_checkable", "not_yet_valid", "achievement")),
        ({"credentialStatus": {"id": "urn:x:1", "type": "Guess"}}, None),
    ],
)
def test_its_dates_are_its_own(members: dict[str, Any], expected: tuple[str, str, str] | None) -> None:
    world = World(form="jwt")  # a status type of no context cannot stand in a signed form
    token = endorsement_token(ACHIEVEMENT, **members)
    verdict = world.check(badge(world, tokens=(token,)))
    assert verdict.code is Code.VALID, verdict.findings
    assert told(verdict) == [expected or ("not_checkable", "not_checked", "achievement")]


def test_one_that_nobody_signed_endorses_nothing() -> None:
    world = World()
    verdict = world.check(badge(world, endorsement_value(ACHIEVEMENT)))
    assert (verdict.code, told(verdict)) == (Code.VALID, [("not_checkable", "unsigned", "achievement")])
    assert dict(verdict.endorsements[0].facts) == {}


def test_a_badge_in_the_place_of_an_endorsement_is_none() -> None:
    world = World()
    token = sign_jwt(compose(world.badge_value(6)), world.signer)
    verdict = world.check(badge(world, tokens=(token, "ey.ey.ey")))
    assert verdict.code is Code.VALID
    assert [item.code for item in verdict.endorsements] == ["not_an_endorsement", "not_checked"]


def test_there_is_an_end_to_endorsements() -> None:
    world = World()
    made = [endorsement(ACHIEVEMENT, id=f"urn:uuid:5d7f4a40-0000-4000-8000-{n:012d}") for n in range(9)]
    full = world.check(badge(world, *made[:MOST_ENDORSEMENTS]))
    assert told(full) == [("intact", "intact", "achievement")] * MOST_ENDORSEMENTS
    over = world.check(badge(world, *made))
    assert over.code is Code.VALID
    assert {item.code for item in over.endorsements} == {"too_many_endorsements"}


def test_nothing_is_opened_before_the_proof_has_passed() -> None:
    world = World()
    signed = json.loads(badge(world, endorsement(ACHIEVEMENT))) | {"name": "Another"}
    verdict = world.check(compose(signed).raw)
    assert (verdict.code, verdict.endorsements) == (Code.TAMPERED, ())


def test_an_endorsement_of_the_endorser_is_not_opened() -> None:
    world = World()
    inner = endorsement(
        BOARD.controller, did_key_signer("a third"), id="urn:uuid:5d7f4a40-0000-4000-8000-0000000000e2"
    )
    issuer = {
        "id": BOARD.controller,
        "type": ["Profile"],
        "name": "Example Trades Board",
        "endorsement": [inner],
    }
    verdict = world.check(badge(world, endorsement(ACHIEVEMENT, issuer=issuer)))
    assert (verdict.code, told(verdict)) == (Code.VALID, [("intact", "intact", "achievement")])


# An endorsement that stands alone.


def test_alone_it_is_a_credential_of_its_own_kind() -> None:
    world = World()
    verdict = world.check(compose(endorsement(ACHIEVEMENT, world.signer)).raw)
    assert (verdict.code, verdict.kind) == (Code.VALID, CredentialKind.ENDORSEMENT)
    token = endorsement_token(ACHIEVEMENT, world.signer).encode()
    assert world.check(token).kind is CredentialKind.ENDORSEMENT
    unknown = world.check(compose(endorsement(ACHIEVEMENT)).raw)
    assert (unknown.outcome, unknown.code) == (Outcome.UNKNOWN, Code.ISSUER_UNKNOWN)


def test_alone_it_needs_everything_that_a_badge_needs() -> None:
    world = World()
    assert world.check(compose(changed(ACHIEVEMENT)).raw).code is Code.TAMPERED
    late = endorsement(ACHIEVEMENT, world.signer, validUntil="2026-05-01T00:00:00Z")
    assert world.check(compose(late).raw, now=NOW).code is Code.EXPIRED
    nameless = endorsement_value(ACHIEVEMENT, world.did)
    del nameless["name"]
    assert world.check(compose(nameless).raw).finding(Check.SHAPE).outcome is CheckOutcome.NO


def test_what_says_that_it_is_two_things_is_neither() -> None:
    world = World()
    both = world.badge_value()
    both["type"] = ["VerifiableCredential", "OpenBadgeCredential", "EndorsementCredential"]
    found = world.check(world.sign(compose(both)).raw).finding(Check.SHAPE)
    assert (found.outcome, found.code) == (CheckOutcome.NO, "bad_type")


def test_the_endorsements_of_a_badge_in_a_record_are_the_badges_own() -> None:
    world = World()
    inside = member(
        world,
        5,
        lambda made: made["credentialSubject"]["achievement"].update(endorsement=[endorsement(ACHIEVEMENT)]),
    )
    verdict = world.check(record(world, inside))
    assert verdict.code is Code.VALID, verdict.findings
    assert verdict.endorsements == ()
    assert told(verdict.members[0]) == [("intact", "intact", "achievement")]

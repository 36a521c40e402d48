"""A newer edition: asked for once, only of who is recognised, and only the same credential counts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from contexts.document import compose
from contexts.pinned import OPEN_BADGES_EXTENSIONS
from credential.digest import digest_of
from credential.proof.vc_jwt import sign_jwt
from credential.status import StatusEntry
from tests.world import NOW, SeededSigner, World
from verifier.checked_digest import checked_digest
from verifier.evidence import Check, Code, NeedKind, Outcome, RefreshCode, Verdict
from verifier.report import as_json, explain

URL = f"{World().origin}/renewed/5"
NEWER = "2026-05-15T09:00:00Z"


def offering(made: dict[str, Any]) -> None:
    made["@context"].append(OPEN_BADGES_EXTENSIONS)
    made["refreshService"] = {"id": URL, "type": "1EdTechCredentialRefresh"}


def world_with(change: Callable[[dict[str, Any]], Any] | None = None, **members: Any) -> World:
    """A world whose badge offers a newer edition, which begins later and in which `change` was made."""
    world = World(policy_changes={"refresh": True}, **members)
    world.edit["badge"] = offering
    world.serve[URL] = edition(world, change)
    return world


def edition(
    world: World, change: Callable[[dict[str, Any]], Any] | None = None, signer: SeededSigner | None = None
) -> bytes:
    """A newer edition of the world's badge."""
    value = copy.deepcopy(world.badge_value())
    offering(value)
    value["validFrom"] = NEWER
    value["name"] = "Workplace Safety, newer edition"
    if change:
        change(value)
    return world.sign(compose(value), signer).raw


def code(verdict: Verdict) -> RefreshCode | None:
    return verdict.refresh.code if verdict.refresh else None


def asked(world: World) -> list[str]:
    return [need.url for need in world.asked if need.kind is NeedKind.REFRESHED]


def test_a_newer_edition_that_is_good_is_what_the_verdict_is_about() -> None:
    world = world_with()
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.VALID, RefreshCode.NEWER)
    assert verdict.credential is not None
    assert verdict.credential.value["validFrom"] == NEWER
    assert asked(world) == [URL]
    told = as_json(verdict)
    assert told["credential"]["name"] == "Workplace Safety, 10 hours"  # the achievement's, as always
    assert told["refresh"]["code"] == "newer"
    assert told["refresh"]["presented_from"] == "2026-05-01T09:00:00Z"
    assert "older edition, of May 1, 2026" in explain(verdict).refresh


def test_what_was_sent_does_not_pass_for_the_newer_edition_that_the_verdict_is_about() -> None:
    world = world_with()
    assert checked_digest(world.evidence(world.badge())) == ""
    world.policy_changes["refresh"] = False
    assert checked_digest(world.evidence(world.badge())) == digest_of(world.badge())


def test_nobody_is_asked_unless_the_policy_says_so_and_the_report_does() -> None:
    world = world_with()
    world.policy_changes = {}
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.VALID, RefreshCode.NOT_ASKED)
    assert asked(world) == []
    assert "We did not ask for it" in explain(verdict).refresh


def test_a_badge_that_offers_nothing_says_nothing_of_it() -> None:
    world = World(policy_changes={"refresh": True})
    verdict = world.check(world.badge())
    assert verdict.refresh is None
    assert (explain(verdict).refresh, as_json(verdict)["refresh"]) == ("", None)


def test_a_newer_edition_that_was_withdrawn_speaks_against_the_badge() -> None:
    other = StatusEntry("revocation", 77, World().list_url).to_json()
    world = world_with(lambda made: made.update(credentialStatus=other))
    world.revoke(77)
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.REVOKED, RefreshCode.NEWER)


def test_a_newer_edition_replaces_one_that_has_run_out() -> None:
    def renewed(made: dict[str, Any]) -> None:
        made.update(validUntil="2029-01-01T00:00:00Z")

    def ended(made: dict[str, Any]) -> None:
        offering(made)
        made.update(validUntil="2026-05-20T00:00:00Z")

    world = world_with(renewed)
    world.edit["badge"] = ended
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.VALID, RefreshCode.NEWER)


def test_an_older_edition_of_the_presented_badge_is_not_taken_for_a_newer_one() -> None:
    for begins in ("2026-05-01T09:00:00Z", "2026-04-01T09:00:00Z"):
        world = world_with(lambda made, begins=begins: made.update(validFrom=begins))  # type: ignore[misc] # mypy infers no type for a default in a lambda
        verdict = world.check(world.badge())
        assert (verdict.code, code(verdict)) == (Code.VALID, RefreshCode.NOTHING_NEWER)
        assert verdict.credential is not None
        assert verdict.credential.value["name"] == "Workplace Safety, 10 hours"


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.update(id="urn:uuid:6b2f1c52-5a7e-4f0e-9d53-000000000006"),
        lambda made: made["credentialSubject"].update(id="urn:uuid:0e3a7a86-93d1-4c1e-8f5b-000000000006"),
        lambda made: made["credentialSubject"].pop("id"),
        lambda made: made["credentialSubject"]["achievement"].update(
            id="https://badges.riverbend.example/other"
        ),
    ],
)
def test_another_credential_is_no_newer_edition_of_this_one(change: Callable[[dict[str, Any]], Any]) -> None:
    world = world_with(change)
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.VALID, RefreshCode.ANOTHER)
    assert verdict.credential is not None
    assert verdict.credential.value["validFrom"] == "2026-05-01T09:00:00Z"


def test_a_person_without_a_number_is_the_same_only_by_everything_that_names_them() -> None:
    def nameless(made: dict[str, Any]) -> None:
        made["credentialSubject"].pop("id")

    def nameless_offering(made: dict[str, Any]) -> None:
        offering(made)
        nameless(made)

    def other(made: dict[str, Any]) -> None:
        nameless(made)
        made["credentialSubject"]["identifier"][0]["identityHash"] = "Robin Vale"

    for change, expected in ((nameless, RefreshCode.NEWER), (other, RefreshCode.ANOTHER)):
        world = world_with(change)
        world.edit["badge"] = nameless_offering
        assert code(world.check(world.badge())) is expected


def test_another_recognised_issuer_cannot_renew_this_ones_badge() -> None:
    world = world_with()
    neighbour = World(host="badges.lakeside.example")
    value = copy.deepcopy(world.badge_value())
    offering(value)
    value["validFrom"] = NEWER
    value["issuer"]["id"] = neighbour.did
    value.pop("credentialStatus")
    world.serve[URL] = neighbour.sign(compose(value)).raw
    world.serve[neighbour.did_url] = neighbour.did_document()
    entries = (*world.trust.entries, *neighbour.trust.entries)
    world.policy_changes["trust"] = type(world.trust)("Both", None, entries)
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.VALID, RefreshCode.ANOTHER)


@pytest.mark.parametrize(
    "answer",
    [
        lambda w: edition(w, signer=SeededSigner("mallory", w.did)),
        lambda w: edition(w).replace(b"newer edition", b"other edition"),
        lambda w: edition(w, lambda made: made["credentialSubject"]["achievement"].pop("criteria")),
        lambda w: edition(w, lambda made: made.update(validFrom="2026-06-02T00:00:00Z")),
        lambda w: edition(
            w, lambda made: made["credentialStatus"].update(statusListCredential=f"{w.origin}/status/none")
        ),
        lambda w: w.status_list(w.list_url, [], "revocation"),
        lambda _: b"<html>",
        lambda _: b"{}",
        lambda _: b"https://badges.riverbend.example/renewed/6",
        lambda _: b"RIVER-7Q2M-9KXB-4T0C",
    ],
)
def test_what_is_not_good_leaves_the_first_verdict_and_is_told(answer: Callable[[World], bytes]) -> None:
    world = world_with()
    world.serve[URL] = answer(world)
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.VALID, RefreshCode.FAILED)
    assert verdict.credential is not None
    assert verdict.credential.value["validFrom"] == "2026-05-01T09:00:00Z"
    assert len(asked(world)) == 1


def test_a_service_that_does_not_answer_leaves_the_first_verdict() -> None:
    world = world_with()
    world.fail[URL] = "timeout"
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.VALID, RefreshCode.FAILED)


def test_a_newer_edition_that_offers_a_still_newer_one_is_asked_nothing() -> None:
    world = world_with(lambda made: made["refreshService"].update(id=f"{URL}/again"))
    verdict = world.check(world.badge())
    assert code(verdict) is RefreshCode.NEWER
    assert asked(world) == [URL]


def test_an_edition_that_offers_itself_ends() -> None:
    world = world_with()
    world.serve[URL] = world.badge()
    verdict = world.check(world.badge())
    assert code(verdict) is RefreshCode.NOTHING_NEWER
    assert asked(world) == [URL]


def test_an_unknown_issuer_is_not_asked_even_for_what_has_run_out() -> None:
    def ended(made: dict[str, Any]) -> None:
        offering(made)
        made.update(validUntil="2026-05-20T00:00:00Z")

    world = world_with(trusted=False)
    world.edit["badge"] = ended
    verdict = world.check(world.badge())
    assert (verdict.code, code(verdict)) == (Code.EXPIRED, RefreshCode.NOT_ASKED)
    assert asked(world) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda w: w.tamper.update(badge=lambda made: made.update(name="Another")),
        lambda w: w.revoke(),
        lambda w: setattr(w, "trusted", False),
        lambda w: w.fail.update({w.list_url: "timeout"}),
        lambda w: w.fail.update({w.did_url: "timeout"}),
        lambda w: w.policy_changes.update(at=NOW - timedelta(minutes=5)),
    ],
)
def test_nobody_is_asked_for_what_did_not_pass_or_is_not_known(spoil: Callable[[World], Any]) -> None:
    world = world_with()
    spoil(world)
    world.check(world.badge())
    assert asked(world) == []


@pytest.mark.parametrize(
    "service",
    [
        {"id": URL, "type": "VerifiableCredentialRefreshService2021"},
        {"id": URL, "type": ["RefreshOfTheFuture"]},
        [{"id": URL, "type": "1EdTechCredentialRefresh"}] * 2,
    ],
)
def test_an_offer_of_another_kind_is_named_and_not_taken_up(service: Any) -> None:
    world = World(form="jwt", policy_changes={"refresh": True})
    world.edit["badge"] = lambda made: made.update(refreshService=service)
    verdict = world.check(world.badge())
    assert asked(world) == []
    if verdict.credential is not None:
        assert code(verdict) is RefreshCode.UNKNOWN_KIND
        assert "in a way that we do not know" in explain(verdict).refresh
    else:
        assert verdict.finding(Check.SHAPE).code == "schema"
        assert verdict.outcome is not Outcome.VALID


def test_a_token_can_be_the_newer_edition_of_a_token() -> None:
    world = World(form="jwt", policy_changes={"refresh": True})
    world.edit["badge"] = offering
    value = copy.deepcopy(world.badge_value())
    offering(value)
    value["validFrom"] = NEWER
    world.serve[URL] = sign_jwt(compose(value), world.signer).encode()
    assert code(world.check(world.badge())) is RefreshCode.NEWER

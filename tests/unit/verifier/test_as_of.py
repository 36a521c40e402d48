"""A moment in the past: what dates, keys, lists and the trust list say of it, and what nobody can know."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from credential.status import StatusEntry
from credential.withdrawal import Note, Reason
from tests.world import AWARDED, NOW, World, archived, as_presented
from verifier.evidence import Check, CheckOutcome, Code, Evidence, Finding, Outcome, Seen, Verdict
from verifier.report import as_json, explain
from verifier.verify import verify

THEN = datetime(2026, 5, 10, 15, 0, tzinfo=UTC)
DATED = f"{World().list_url}?timestamp=2026-05-10T15:00:00Z"


def at(world: World, moment: datetime = THEN, badge: bytes | None = None) -> Verdict:
    world.policy_changes["at"] = moment
    return world.check(badge or world.badge())


def status(world: World, moment: datetime = THEN) -> Finding:
    return at(world, moment).finding(Check.STATUS)


def keeping(
    world: World, *withdrawn: int, since: datetime = THEN - timedelta(hours=3), **changes: Any
) -> World:
    """A world that has kept the list of that moment."""
    old = World(listed_at=since)
    if changes:
        old.edit["list"] = lambda made: [
            made.update(changes),
            [made.pop(n) for n in changes if changes[n] is None],
        ]
    world.serve[DATED] = old.status_list(world.list_url, withdrawn, "revocation")
    return world


def test_the_list_that_held_then_answers_whatever_todays_list_says() -> None:
    world = keeping(World())
    verdict = at(world)
    assert (verdict.outcome, verdict.code) == (Outcome.VALID, Code.VALID)
    assert verdict.finding(Check.STATUS).code == "not_withdrawn_then"
    assert (verdict.as_of, verdict.asked_about, verdict.checked_at) == (THEN, THEN, NOW)
    world.revoke(on=date(2026, 5, 20))
    assert at(world).code is Code.VALID
    assert world.check(world.badge(), policy=World().policy).code is Code.REVOKED
    gone = keeping(World(), 5)
    assert at(gone).code is Code.REVOKED


def test_todays_list_is_asked_first_and_answers_where_it_reaches_back() -> None:
    world = World()
    recent = NOW - timedelta(minutes=30)
    assert status(world, recent).code == "not_withdrawn_then"
    assert [need.url for need in world.asked] == [world.did_url, world.list_url]
    world.revoke()
    assert at(world, recent).code is Code.REVOKED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda w: keeping(w, since=THEN + timedelta(seconds=1)),
        lambda w: keeping(w, since=THEN - timedelta(days=1, seconds=1)),
        lambda w: keeping(w, validFrom=None),
        lambda w: keeping(w, validUntil=None),
        lambda w: keeping(w, issuer="did:web:mallory.example"),
        lambda w: keeping(w, id="https://badges.riverbend.example/status/9"),
        lambda w: w.serve.update({DATED: b"<html>"}),
        lambda w: w.serve.update({DATED: w.status_list(w.list_url, [], "revocation")}),
        lambda w: w.fail.update({DATED: "timeout"}),
        lambda _: None,
    ],
)
def test_a_list_that_does_not_prove_that_it_held_then_is_no_answer(spoil: Callable[[World], Any]) -> None:
    world = World()
    spoil(world)
    verdict = at(world)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert verdict.finding(Check.STATUS).outcome is CheckOutcome.COULD_NOT_CHECK


@pytest.mark.parametrize("since", [THEN, THEN - timedelta(days=1)])
def test_a_list_covers_its_first_and_its_last_moment(since: datetime) -> None:
    assert at(keeping(World(), since=since)).code is Code.VALID


def test_a_changed_list_of_that_moment_is_no_answer() -> None:
    world = keeping(World())
    world.serve[DATED] = world.serve[DATED].replace(b'"ttl":300000', b'"ttl":300001')
    assert status(world).code == "then_unknown_good_now"


def test_what_holds_today_is_told_beside_what_could_not_be_known() -> None:
    world = World()
    assert status(world).code == "then_unknown_good_now"
    assert "Today's list says nothing against it." in explain(at(world)).what_to_do
    silent = World()
    silent.fail[silent.list_url] = "timeout"
    assert status(silent).code == "then_unknown"
    stale = World(listed_at=NOW - timedelta(days=9))
    assert status(stale).code == "then_unknown"
    gone = World()
    gone.revoke()
    assert status(gone).code == "then_unknown_withdrawn_now"
    assert at(gone).code is Code.INCOMPLETE
    paused = World(form="jwt", paused={5})
    entry = StatusEntry("suspension", 5, paused.suspension_url).to_json()
    paused.edit["badge"] = lambda made: made.update(credentialStatus=entry)
    assert status(paused).code == "then_unknown_paused_now"


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2026, 5, 9), "revoked"),
        (date(2026, 5, 10), "then_unknown_withdrawn_since"),
        (date(2026, 5, 11), "then_unknown_withdrawn_since"),
    ],
)
def test_a_signed_day_of_withdrawal_before_the_moment_answers_too_and_only_against_it(
    on: date, code: str
) -> None:
    world = World()
    world.revoke(reason=Reason.REQUESTED, on=on)
    assert status(world).code == code
    assert at(world).outcome is not Outcome.VALID


def test_the_whole_of_a_day_counts_where_the_day_is_asked_about() -> None:
    world = World()
    world.revoke(reason=Reason.REQUESTED, on=date(2026, 5, 10))
    assert status(world, datetime(2026, 5, 10, 23, 59, 59, tzinfo=UTC)).code == "revoked"


def test_an_address_that_has_a_question_already_is_asked_with_one_more() -> None:
    world = World()
    url = f"{world.list_url}?of=1"
    world.edit["badge"] = lambda made: made["credentialStatus"].update(statusListCredential=url)
    at(world)
    assert f"{url}&timestamp=2026-05-10T15:00:00Z" in {need.url for need in world.asked}


def test_a_list_without_dates_says_nothing_of_another_moment() -> None:
    url = "https://badges.riverbend.example/revoked"
    world = World(form="jwt")
    world.edit["badge"] = lambda made: made.update(
        credentialStatus={"id": url, "type": "1EdTechRevocationList"}
    )
    world.serve[url] = json.dumps({"revokedCredential": []}).encode()
    assert status(world).code == "then_unknown"
    world.serve[url] = json.dumps({"revokedCredential": [{"id": world.badge_value()["id"]}]}).encode()
    assert status(world).code == "then_unknown_withdrawn_now"


def test_dates_are_held_against_the_moment() -> None:
    world = keeping(World())
    before = AWARDED - timedelta(days=1)
    verdict = at(world, before)
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.NOT_YET_VALID)
    ended = keeping(World())
    ended.edit["badge"] = lambda made: made.update(validUntil="2026-05-20T00:00:00Z")
    assert at(ended).code is Code.VALID
    assert ended.check(ended.badge(), policy=World().policy).code is Code.EXPIRED


def test_recognition_is_held_against_the_moment_and_its_end_since_is_told() -> None:
    past = keeping(World(trust_entry={"from": "2026-01-01", "until": "2026-05-15"}))
    verdict = at(past)
    assert verdict.code is Code.VALID
    assert verdict.finding(Check.ISSUER).notes == ("recognition_since_ended",)
    assert "is not any more" in explain(verdict).what_to_do
    later = keeping(World(trust_entry={"from": "2026-05-20"}))
    assert at(later).code is Code.ISSUER_UNKNOWN
    still = keeping(World(trust_entry={"from": "2026-01-01"}))
    assert at(still).finding(Check.ISSUER).notes == ()


def test_a_key_that_was_retired_since_is_still_in_the_document_and_good() -> None:
    assert at(keeping(World(retired_at=NOW - timedelta(days=2)))).code is Code.VALID


def test_a_key_that_was_stolen_since_saves_nothing_because_nobody_saw_the_badge_then() -> None:
    verdict = at(keeping(World(revoked_at=NOW - timedelta(days=2))))
    assert (verdict.outcome, verdict.finding(Check.ISSUER).code) == (Outcome.INVALID, "key_revoked")


def test_a_key_that_the_document_has_forgotten_could_not_be_checked() -> None:
    badge = World(signing="forgotten").badge()
    world = keeping(World())
    verdict = at(world, badge=badge)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert verdict.finding(Check.ISSUER).code == "key_not_kept"
    assert verdict.credential is None
    assert world.check(badge, policy=World().policy).code is Code.TAMPERED


def kept(world: World, moment: datetime) -> Evidence:
    """A case whose answers come from an archive of `NOW`."""
    world.policy_changes["at"] = moment
    return archived(world.evidence(world.badge()))


def test_an_archive_answers_for_the_moments_that_its_list_covers_and_no_others() -> None:
    later = NOW + timedelta(days=900)
    for moment, code in (
        (NOW, Code.VALID),
        (NOW - timedelta(hours=1), Code.VALID),
        (NOW - timedelta(hours=1, seconds=1), Code.INCOMPLETE),
        (NOW + timedelta(days=2), Code.INCOMPLETE),
    ):
        world = World()
        held = replace(kept(world, min(moment, NOW)), at=moment)
        policy = replace(world.policy, at=moment)
        verdict = verify(held, policy, later)
        assert (verdict.code, verdict.as_of) == (code, moment), moment


def test_keys_that_were_kept_before_the_moment_do_not_answer_for_it() -> None:
    world = World()
    held = archived(world.evidence(world.badge()))
    policy = replace(world.policy, at=NOW + timedelta(hours=2))
    verdict = verify(held, policy, NOW + timedelta(days=9))
    assert verdict.finding(Check.STATUS).code == "not_withdrawn_then"
    assert verdict.finding(Check.ISSUER).code == "keys_kept_before"
    assert verdict.code is Code.INCOMPLETE
    within = replace(policy, at=NOW + timedelta(seconds=60))
    assert verify(held, within, NOW + timedelta(days=9)).code is Code.VALID


def test_what_has_not_come_yet_is_no_question_that_anybody_answers() -> None:
    world = World()
    verdict = at(world, NOW + timedelta(seconds=1))
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert verdict.finding(Check.SHAPE).code == "moment_not_come"
    assert world.asked == []
    assert at(World(), NOW).code is Code.VALID


def test_a_list_that_a_newer_one_had_replaced_by_then_is_no_answer() -> None:
    world = World()
    newer = Seen(world.list_url, NOW - timedelta(minutes=10))
    world.seen = (newer,)
    assert at(world, NOW).finding(Check.STATUS).code == "status_rolled_back"
    assert at(world, NOW - timedelta(minutes=5)).finding(Check.STATUS).code == "status_rolled_back"
    assert at(world, NOW - timedelta(minutes=15)).code is Code.VALID


def test_a_list_that_was_signed_since_knows_of_withdrawals_then_and_not_of_pauses() -> None:
    def paused_once(made: dict[str, Any]) -> None:
        made["credentialStatus"] = StatusEntry("suspension", 5, World().suspension_url).to_json()

    world = World(listed_at=NOW - timedelta(hours=6))
    world.edit["badge"] = paused_once
    later = World(listed_at=NOW - timedelta(minutes=1))
    later.edit["list"] = lambda made: made.update(validFrom="2026-06-01T06:00:00Z")
    assert status(world, NOW - timedelta(hours=2)).code == "not_paused_then"
    resigned = later.status_list(world.suspension_url, [], "suspension")
    world.serve[world.suspension_url] = resigned
    assert status(world, NOW - timedelta(hours=2)).code == "then_unknown_good_now"
    withdrawing = World(listed_at=NOW - timedelta(hours=6))
    withdrawing.serve[withdrawing.list_url] = later.status_list(withdrawing.list_url, [], "revocation")
    assert status(withdrawing, NOW - timedelta(hours=2)).code == "not_withdrawn_then"


def test_an_older_list_of_then_is_no_rollback_and_is_not_remembered() -> None:
    world = keeping(World())
    world.seen = ()
    verdict = at(world)
    assert verdict.seen == ()


def test_a_saved_case_about_a_moment_is_about_it_again() -> None:
    held = Evidence(as_presented(b"{}"), asked_at=NOW, at=THEN)
    assert Evidence.from_json(held.to_json()) == held
    now = replace(held, at=None)
    assert "at" not in json.loads(now.to_json())
    assert Evidence.from_json(now.to_json()) == now


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_words_are_about_the_day_and_send_nobody_away_with_yesterdays_answer(locale: str) -> None:
    told = as_json(at(keeping(World())), locale)
    assert "10" in told["headline"]
    assert (told["as_of"], told["asked_about"]) == ("2026-05-10T15:00:00Z", "2026-05-10T15:00:00Z")
    assert ("without a date" if locale == "en" else "sin fecha") in told["what_to_do"]
    report = explain(at(keeping(World())), locale)
    assert ("not for today" if locale == "en" else "no para hoy") in report.as_of


def test_notes_of_a_withdrawal_are_told_for_the_moment_too() -> None:
    world = keeping(World(), 5)
    world.withdrawn[5] = Note(date(2026, 5, 8), Reason.ISSUED_IN_ERROR)
    assert status(world).facts["date"] == "2026-05-08"

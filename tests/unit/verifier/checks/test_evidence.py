"""What is inside a badge: each piece with its outcome, and what it does to the verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contexts.document import compose
from credential.digest import digest_of
from credential.embedded import ONE
from credential.proof.vc_jwt import sign_jwt
from credential.withdrawal import Reason
from tests.determinations import CERTIFICATION, Story, evidence_of
from tests.world import NOW, World, archived
from verifier.checks.evidence import MOST_CREDENTIALS, MOST_EMBEDDED
from verifier.evidence import Check, CheckOutcome, Code, NeedKind, Outcome, Verdict
from verifier.grounds import EvidenceKind, EvidenceOutcome, RuleOutcome
from verifier.verify import verify


def check(story: Story, **options: Any) -> Verdict:
    return story.world.check(story.signed(), **options)


def told(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(str(item.kind), str(item.outcome), item.code) for item in verdict.evidence]


def finding(verdict: Verdict) -> tuple[CheckOutcome, str]:
    found = verdict.finding(Check.EVIDENCE)
    return found.outcome, found.code


INTACT = ("credential", "intact", "intact")
RULE = ("rule", "intact", "in_the_badge")


def test_a_determination_with_its_grounds_is_valid() -> None:
    verdict = check(Story())
    assert verdict.code is Code.VALID, verdict.findings
    assert sorted(told(verdict)) == [INTACT, RULE]
    assert verdict.rule is not None
    assert verdict.rule.outcome is RuleOutcome.HOLDS
    assert finding(verdict) == (CheckOutcome.YES, "rule_holds")
    (item,) = [one for one in verdict.evidence if one.kind is EvidenceKind.CREDENTIAL]
    assert item.facts["title"] == "Workplace Safety, 10 hours"
    assert item.facts["earned"] == "2026-04-18"
    assert item.facts["number"] == "NA-000123"
    assert item.facts["awarding_body"] == "Example Safety Board"
    assert item.facts["issuer"] == "Riverbend School District"


def test_keys_and_lists_of_the_same_issuer_are_asked_for_once() -> None:
    story = Story()
    check(story)
    assert [need.kind for need in story.world.asked] == [NeedKind.DID_DOCUMENT, NeedKind.STATUS_LIST]


def test_nothing_inside_is_opened_before_the_proof_has_passed() -> None:
    story = Story()
    changed = json.loads(story.signed())
    changed["name"] = "Another"
    verdict = story.world.check(compose(changed).raw)
    assert verdict.code is Code.TAMPERED
    assert (verdict.evidence, verdict.rule) == ((), None)
    assert finding(verdict) == (CheckOutcome.COULD_NOT_CHECK, "not_reached")


def test_an_ordinary_badge_has_no_evidence_to_check() -> None:
    verdict = World().check(World().badge())
    assert finding(verdict) == (CheckOutcome.NOT_APPLICABLE, "no_evidence")
    assert (verdict.evidence, verdict.rule) == ((), None)


def change_name(data: bytes) -> bytes:
    return data.replace(b"Workplace Safety", b"Workplace Wizardry")


def test_a_changed_credential_inside_is_never_passed_over() -> None:
    verdict = check(Story(inside=change_name))
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.EVIDENCE_FAILS)
    assert ("credential", "altered", "altered") in told(verdict)
    assert finding(verdict) == (CheckOutcome.NO, "evidence_altered")
    assert "Wizardry" not in str([item.facts for item in verdict.evidence])


def test_a_changed_credential_that_no_rule_rests_on_is_not_passed_over_either() -> None:
    world = World()
    held = change_name(Story(world).signed_certification())
    world.edit["badge"] = lambda made: made.update(evidence=[evidence_of("application/vc", held)])
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.EVIDENCE_FAILS)


def test_a_certification_that_was_withdrawn_since_leaves_the_determination_standing() -> None:
    story = Story()
    story.world.revoke(CERTIFICATION, Reason.NO_LONGER_VALID, date(2026, 5, 20))
    verdict = check(story)
    assert verdict.code is Code.VALID
    assert ("credential", "withdrawn", "withdrawn") in told(verdict)
    (item,) = [one for one in verdict.evidence if one.outcome is EvidenceOutcome.WITHDRAWN]
    assert item.facts["date"] == "2026-05-20"
    assert item.facts["reason"] == "no-longer-valid"
    assert verdict.finding(Check.EVIDENCE).notes == ("withdrawn",)


def test_a_certification_that_had_been_withdrawn_before_shows_nothing() -> None:
    story = Story()
    story.world.revoke(CERTIFICATION, Reason.ISSUED_IN_ERROR, date(2026, 4, 30))
    verdict = check(story)
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.EVIDENCE_FAILS)
    assert finding(verdict)[1] == "rule_does_not_hold"


def test_a_withdrawal_without_a_note_has_no_date_so_it_may_have_been_before() -> None:
    story = Story()
    story.world.revoke(CERTIFICATION)
    verdict = check(story)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert ("credential", "withdrawn", "withdrawn") in told(verdict)


def test_notes_that_do_not_come_make_no_determination_stand() -> None:
    story = Story()
    story.world.revoke(CERTIFICATION, Reason.ISSUED_IN_ERROR, date(2026, 4, 30))
    story.world.fail[f"{story.world.list_url}/notes"] = "timeout"
    verdict = check(story)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert finding(verdict)[1] == "rule_not_checkable"


def test_a_corrected_certification_is_told_as_replaced() -> None:
    story = Story()
    story.world.revoke(CERTIFICATION, Reason.CORRECTED)
    assert ("credential", "withdrawn", "replaced") in told(check(story))


def test_a_pause_that_nobody_dates_makes_no_determination_stand() -> None:
    paused = Story(World(paused={CERTIFICATION}))
    paused.certification = lambda made: made["credentialStatus"].update(
        statusPurpose="suspension", statusListCredential=paused.world.suspension_url
    )
    verdict = check(paused)
    assert ("credential", "withdrawn", "paused") in told(verdict)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert finding(verdict)[1] == "rule_not_checkable"


def test_a_certification_that_lapsed_since_leaves_the_determination_standing() -> None:
    story = Story()
    story.certification = lambda made: made.update(validUntil="2026-05-15T23:59:59Z")
    verdict = check(story)
    assert verdict.code is Code.VALID
    assert ("credential", "intact", "lapsed") in told(verdict)
    assert verdict.finding(Check.EVIDENCE).notes == ("lapsed",)
    (item,) = [one for one in verdict.evidence if one.code == "lapsed"]
    assert item.facts["date"] == "2026-05-15"


@pytest.mark.parametrize(("end", "holds"), [("2026-05-01", True), ("2026-04-30", False)])
def test_a_certification_was_in_force_on_the_day_that_was_judged(end: str, *, holds: bool) -> None:
    story = Story(
        certification=lambda made: made.update(
            validFrom="2026-04-20T09:00:00Z", validUntil=f"{end}T23:59:59Z"
        )
    )
    verdict = check(story)
    assert (verdict.code is Code.VALID) is holds


def test_where_the_status_of_a_certification_cannot_be_known_nothing_is_valid() -> None:
    story = Story()
    other = f"{story.world.origin}/status/9"
    story.certification = lambda made: made["credentialStatus"].update(statusListCredential=other)
    verdict = check(story)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert ("credential", "not_checkable", "not_checked") in told(verdict)
    assert verdict.rule is not None
    assert verdict.rule.outcome is RuleOutcome.NOT_CHECKABLE


def test_a_certification_signed_with_a_stolen_key_is_altered() -> None:
    story = Story(World(signing="stolen", revoked_at=NOW - timedelta(days=90)))
    held = story.signed_certification()
    story.world.signing = "district"
    story.world.revoked_at = None
    rule = json.dumps(story.rule_value(held)).encode()
    badge = story.signed_with(("application/vc", held), ("application/json", rule))
    verdict = story.world.check(badge)
    assert ("credential", "altered", "altered") in told(verdict)
    assert verdict.outcome is Outcome.INVALID


def test_a_credential_as_a_token_is_opened_too() -> None:
    story = Story()
    value = json.loads(story.signed_certification())
    value.pop("proof")
    held = sign_jwt(compose(value), story.world.signer).encode("ascii")
    rule = json.dumps(story.rule_value(held)).encode()
    verdict = story.world.check(story.signed_with(("application/vc+jwt", held), ("application/json", rule)))
    assert verdict.code is Code.VALID, (verdict.evidence, verdict.rule)


def test_a_badge_inside_a_badge_inside_a_badge_is_not_opened() -> None:
    story = Story()
    inner = story.signed_certification(7)
    story.certification = lambda made: made.update(evidence=[evidence_of("application/vc", inner)])
    verdict = check(story)
    assert ("credential", "not_checkable", "nested") in told(verdict)
    assert INTACT in told(verdict)
    assert verdict.code is Code.VALID


def test_a_determination_inside_a_badge_says_nothing() -> None:
    world = World()
    held = Story(world).signed()
    world.edit["badge"] = lambda made: made.update(evidence=[evidence_of("application/vc", held)])
    verdict = world.check(world.badge())
    assert ("credential", "not_checkable", "not_checked") in told(verdict)
    assert finding(verdict) == (CheckOutcome.NOT_APPLICABLE, "evidence_not_checked")


def with_evidence(*entries: dict[str, Any], world: World | None = None) -> Verdict:
    place = world or World()
    place.edit["badge"] = lambda made: made.update(evidence=list(entries))
    return place.check(place.badge())


PDF = b"%PDF-1.7 a page"


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("application/pdf", PDF, ("file", "intact", "in_the_badge")),
        ("application/pdf", b"<html>", ("file", "not_checkable", "media_type_lies")),
        ("image/png", PDF, ("file", "not_checkable", "media_type_lies")),
        ("image/jpeg", b"\xff\xd8\xff\xe0", ("file", "intact", "in_the_badge")),
        ("application/json", b'{"a":1}', ("file", "intact", "in_the_badge")),
        ("application/json", b"[", ("file", "not_checkable", "media_type_lies")),
        ("text/html", b"<p>", ("file", "not_checkable", "media_type_unknown")),
        ("application/vc", PDF, ("credential", "not_checkable", "not_a_badge")),
        ("application/vc", b'{"a":1}', ("credential", "not_checkable", "not_a_badge")),
    ],
)
def test_a_file_is_told_by_its_content(kind: str, data: bytes, expected: tuple[str, str, str]) -> None:
    verdict = with_evidence(evidence_of(kind, data))
    assert told(verdict) == [expected]
    # An ordinary badge does not rest on its evidence.
    assert verdict.code is Code.VALID
    assert finding(verdict)[0] is CheckOutcome.NOT_APPLICABLE


def test_a_credential_under_a_false_media_type_is_no_evidence() -> None:
    story = Story()
    held = story.signed_certification()
    assert told(with_evidence(evidence_of("application/json", held))) == [
        ("file", "not_checkable", "media_type_lies")
    ]
    rule = json.dumps(story.rule_value(held)).encode()
    verdict = story.world.check(story.signed_with(("application/json", held), ("application/json", rule)))
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.EVIDENCE_FAILS)


def test_a_badge_of_an_issuer_that_is_not_known_is_intact_and_says_so() -> None:
    other = World(host="board.example", name="Example Board", signing="board")
    held = other.badge()
    world = World()
    world.serve[other.did_url] = other.did_document()
    world.serve[other.list_url] = other.status_list(other.list_url, [], "revocation")
    verdict = with_evidence(evidence_of("application/vc", held), world=world)
    (item,) = verdict.evidence
    assert (item.outcome, item.notes) == (EvidenceOutcome.INTACT, ("issuer_not_known",))
    assert item.facts["issuer"] == other.did
    assert finding(verdict) == (CheckOutcome.YES, "evidence_intact")


def test_evidence_that_stands_twice_is_told_once() -> None:
    # A signature over the meaning refuses it; one over the bytes does not look.
    entry = evidence_of("application/pdf", PDF)
    assert len(with_evidence(entry, entry, world=World(form="jwt")).evidence) == 1


def many(count: int, kind: str = "application/vc") -> Verdict:
    story = Story()
    held = [story.signed_certification(20 + number) for number in range(count)]
    return with_evidence(*[evidence_of(kind, one) for one in held], world=story.world)


def test_the_most_credentials_that_are_opened() -> None:
    assert told(many(MOST_CREDENTIALS)) == [INTACT] * MOST_CREDENTIALS
    assert {code for _, _, code in told(many(MOST_CREDENTIALS + 1))} == {"too_many_embedded"}


def test_the_most_things_that_are_opened() -> None:
    def files(count: int) -> set[str]:
        entries = [evidence_of("application/pdf", PDF + bytes([65 + n])) for n in range(count)]
        return {code for _, _, code in told(with_evidence(*entries))}

    assert files(MOST_EMBEDDED) == {"in_the_badge"}
    assert files(MOST_EMBEDDED + 1) == {"too_many_embedded"}


def test_the_largest_things_that_are_opened() -> None:
    def files(*sizes: int) -> set[str]:
        entries = [
            evidence_of("application/pdf", PDF + bytes([65 + n]) * (size - len(PDF)))
            for n, size in enumerate(sizes)
        ]
        return {code for _, _, code in told(with_evidence(*entries))}

    assert files(ONE.max_bytes) == {"in_the_badge"}
    assert files(ONE.max_bytes + 1) == {"embedded_too_large"}
    assert files(*[ONE.max_bytes] * 4) == {"in_the_badge"}
    assert files(*[ONE.max_bytes] * 4, 30) == {"embedded_too_much"}


LINK = "https://badges.riverbend.example/e/7"


def linked(world: World, digest: str | None, *, fetch: bool) -> Verdict:
    def edit(made: dict[str, Any]) -> None:
        made["evidence"] = [{"id": LINK, "type": ["Evidence"], "name": "Shop log"}]
        if digest:
            made["relatedResource"] = [{"id": LINK, "digestSRI": digest}]

    world.edit["badge"] = edit
    return world.check(world.badge(), policy=replace(world.policy, linked_evidence=fetch))


@pytest.mark.parametrize(
    ("digest", "fetch", "expected"),
    [
        (digest_of(b"log"), True, ("link", "intact", "digest_fits")),
        (digest_of(b"other"), True, ("link", "altered", "digest_differs")),
        (digest_of(b"log"), False, ("link", "not_checkable", "not_fetched")),
        (None, True, ("link", "not_checkable", "no_digest")),
        ("sha384-" + "A" * 64, True, ("link", "not_checkable", "no_digest")),
    ],
)
def test_linked_evidence_goes_by_its_digest(
    digest: str | None, expected: tuple[str, str, str], *, fetch: bool
) -> None:
    world = World(serve={LINK: b"log"})
    verdict = linked(world, digest, fetch=fetch)
    assert told(verdict) == [expected]
    assert (LINK in {need.url for need in world.asked}) is (expected[2] in {"digest_fits", "digest_differs"})
    assert (verdict.code is Code.VALID) is (expected[1] != "altered")


def test_linked_evidence_that_does_not_come_is_unavailable() -> None:
    verdict = linked(World(fail={LINK: "timeout"}), digest_of(b"log"), fetch=True)
    assert told(verdict) == [("link", "unavailable", "unavailable")]
    assert verdict.code is Code.VALID


def test_it_is_checked_from_an_archive_too() -> None:
    story = Story()
    held = archived(story.world.evidence(story.signed()))
    verdict = verify(held, story.world.policy, NOW + timedelta(days=400))
    assert verdict.code is Code.VALID
    assert verdict.as_of == NOW
    assert INTACT in told(verdict)


@pytest.mark.parametrize("url", ["data:application/vc,x", "data:,", "data:application/vc;base64,e31="])
def test_another_spelling_of_a_data_address_is_not_opened(url: str) -> None:
    verdict = with_evidence({"id": url, "type": ["Evidence"]})
    assert [item.outcome for item in verdict.evidence] == [EvidenceOutcome.NOT_CHECKABLE]


def test_a_badge_whose_every_byte_is_signed_is_opened_too() -> None:
    story = Story(World(form="jwt"))
    embedded = Story(story.world).signed_certification()
    rule = json.dumps(story.rule_value(embedded)).encode()
    value = story.badge_value([("application/vc", embedded), ("application/json", rule)])
    token = sign_jwt(compose(value), story.world.signer).encode("ascii")
    verdict = story.world.check(token)
    assert verdict.code is Code.VALID, verdict.findings


def test_a_determination_that_embeds_what_cannot_be_checked_is_not_vouched_for() -> None:
    story = Story()
    held = story.signed_certification()
    rule = json.dumps(story.rule_value(held)).encode()
    badge = story.signed_with(
        ("application/vc", held), ("application/vc", b'{"a":1}'), ("application/json", rule)
    )
    verdict = story.world.check(badge)
    assert verdict.rule is not None
    assert verdict.rule.outcome is RuleOutcome.HOLDS
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert finding(verdict) == (CheckOutcome.COULD_NOT_CHECK, "evidence_not_checkable")


def test_lists_that_were_accepted_inside_are_remembered() -> None:
    story = Story()
    other = f"{story.world.origin}/status/9"
    story.certification = lambda made: made["credentialStatus"].update(
        statusListCredential=other, id=f"{other}#6"
    )
    story.world.serve[other] = story.world.status_list(other, [], "revocation")
    verdict = check(story)
    assert verdict.code is Code.VALID
    assert {seen.url for seen in verdict.seen} == {story.world.list_url, other}

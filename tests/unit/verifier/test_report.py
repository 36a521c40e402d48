"""Words for every verdict, in both languages; and JSON whose members stay."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import product
from string import Formatter

import pytest

from contexts.document import compose
from credential.withdrawal import Reason
from tests.determinations import Story
from tests.world import NOW, World
from verifier.evidence import (
    Check,
    CheckOutcome,
    Code,
    Finding,
    Outcome,
    Presented,
    PresentedKind,
    RefreshCode,
    Verdict,
)
from verifier.report import FAMILIES, as_json, explain
from verifier.words import LOCALES

EN, ES = LOCALES["en"], LOCALES["es"]


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_say_the_same_with_the_same_blanks() -> None:
    assert EN.keys() == ES.keys()
    for key in EN:
        assert blanks(EN[key]) == blanks(ES[key]), key
        assert ES[key].strip(), key


def test_every_verdict_has_words_of_its_own() -> None:
    for code, words in product(Code, LOCALES.values()):
        assert words[f"headline.{code}"]
        assert words[f"do.{code}"]
    assert len({EN[f"headline.{code}"] for code in Code}) == len(Code)


def test_nobody_but_programmers_reads_programmers_words() -> None:
    for words in LOCALES.values():
        for key, sentence in words.items():
            assert not re.search(r"\b(DID|VC|JWT|JSON|assertion|proof)\b", sentence.replace(".json", "")), key


def verdicts() -> list[Verdict]:
    """One verdict of every code, from the world."""
    world = World()
    made = [world.check(world.badge())]
    revoked, replaced = World(), World()
    revoked.revoke(reason=Reason.REQUESTED)
    replaced.revoke(reason=Reason.CORRECTED)
    paused = World(paused={5})
    paused.edit["badge"] = lambda b: b["credentialStatus"].update(
        statusPurpose="suspension", statusListCredential=paused.suspension_url
    )
    changed, silent = World(), World()
    changed.tamper["badge"] = lambda b: b.update(name="Another")
    silent.fail[silent.list_url] = "timeout"
    altered = Story(inside=lambda data: data.replace(b"Workplace", b"Workshop"))
    made.append(altered.world.check(altered.signed()))
    others = (revoked, replaced, paused, changed, silent, World(trusted=False))
    made += [each.check(each.badge()) for each in others]
    made.append(world.check(world.badge(), now=NOW + timedelta(days=2_000)))
    made.append(world.check(world.badge(), now=NOW - timedelta(days=2_000)))
    share = Presented(PresentedKind.SHARE, tag="RIVER", token="A" * 32)
    for code in ("not_found", "not_shared", "share_ended"):
        gone = World()
        gone.fail[f"{gone.origin}/retrieve"] = code
        made.append(gone.check(share))
    made.append(world.check(b"{"))
    return made


def test_every_code_can_be_explained_without_a_blank_left_open() -> None:
    seen = set()
    for verdict, locale in product(verdicts(), LOCALES):
        report = explain(verdict, locale)
        seen.add(verdict.code)
        told = [report.headline, report.what_to_do, *(line.sentence for line in report.checks)]
        assert all(told)
        assert not any("{" in sentence or "  " in sentence for sentence in told), told
        asked = ["evidence"] if verdict.code is Code.EVIDENCE_FAILS else []
        assert [line.name for line in report.checks] == [
            *("unchanged", "issuer", "status", "period"),
            *asked,
            "recipient",
        ]
        assert json.loads(json.dumps(as_json(verdict, locale)))["code"] == verdict.code
    assert seen == set(Code)


def test_a_changed_badge_shows_nothing_of_the_file() -> None:
    world = World()
    world.tamper["badge"] = lambda made: made["credentialSubject"]["achievement"].update(name="Brain surgery")
    verdict = world.check(world.badge())
    told = json.dumps(as_json(verdict), ensure_ascii=False)
    for word in ("Brain surgery", "Jordan", "Riverbend"):
        assert word not in told
    assert as_json(verdict)["issuer"] is None
    assert as_json(verdict)["credential"] is None


def test_the_issuers_own_name_is_only_what_it_calls_itself() -> None:
    world = World(name="Ridgeway School District")
    world.edit["badge"] = lambda made: made["issuer"].update(name="Harvard")
    told = as_json(world.check(world.badge()))
    assert told["issuer"]["name"] == "Ridgeway School District"
    assert told["issuer"]["calls_itself"] == "Harvard"
    assert "Harvard" not in told["headline"] + told["what_to_do"]
    stranger = World(trusted=False)
    assert as_json(stranger.check(stranger.badge()))["issuer"]["name"] is None


def test_the_json_has_exactly_its_documented_members() -> None:
    told = as_json(World().check(World().badge()))
    assert list(told) == [
        "outcome",
        "code",
        "headline",
        "what_to_do",
        "checks",
        "findings",
        "issuer",
        "credential",
        "key",
        "suite",
        "as_of",
        "checked_at",
        "problems",
        "evidence",
        "rule",
        "asked_about",
        "refresh",
        "kind",
        "endorses",
        "endorsements",
        "members",
        "associations",
    ]
    assert (told["evidence"], told["rule"]) == ([], None)
    assert (told["asked_about"], told["refresh"]) == (None, None)
    assert list(told["issuer"]) == ["id", "name", "level", "calls_itself", "place", "website", "contact"]
    assert set(told["credential"]) == {
        "id",
        "name",
        "description",
        "achievement_type",
        "awarded_to",
        "awarding_body",
        "criteria",
        "valid_from",
        "valid_until",
        "awarded_on",
        "number",
        "results",
    }
    assert told["credential"]["awarded_to"] == "Jordan Rivera"
    assert told["checked_at"] == "2026-06-01T12:00:00Z"
    assert told["problems"] == []
    assert [check["answer"] for check in told["checks"]] == ["yes", "yes", "yes", "yes", "could_not_check"]


def test_several_names_are_told_alike_in_whatever_order_they_stand() -> None:
    names = [
        {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": name}
        for name in ("Robin Vale", "Jordan Rivera")
    ]
    told = []
    for order in (names, names[::-1]):
        world = World()
        value = world.badge_value()
        value["credentialSubject"]["identifier"] = order
        told.append(as_json(world.check(world.sign(compose(value)).raw))["credential"]["awarded_to"])
    assert told == ["Jordan Rivera / Robin Vale"] * 2


def test_results_are_told_under_their_names_in_whatever_order_they_stand() -> None:
    described = [
        {"id": "urn:uuid:1", "type": ["ResultDescription"], "name": "Standing", "resultType": "Status"},
        {"id": "urn:uuid:2", "type": ["ResultDescription"], "name": "Score", "resultType": "RawScore"},
    ]
    reached = [
        {"type": ["Result"], "resultDescription": "urn:uuid:1", "status": "Provisional"},
        {"type": ["Result"], "resultDescription": "urn:uuid:2", "value": "820"},
    ]
    for order in (reached, reached[::-1]):
        world = World()
        value = world.badge_value()
        value["credentialSubject"]["achievement"]["resultDescription"] = described
        value["credentialSubject"]["result"] = order
        told = as_json(world.check(world.sign(compose(value)).raw))["credential"]["results"]
        assert told == [{"name": "Score", "value": "820"}, {"name": "Standing", "value": "Provisional"}]


def test_a_hashed_name_is_not_shown_as_a_name() -> None:
    world = World()
    world.edit["badge"] = lambda made: made["credentialSubject"]["identifier"][0].update(hashed=True)
    report = explain(world.check(world.badge()))
    assert report.badge is not None
    assert report.badge.awarded_to == ""
    assert "Issued by Riverbend School District." in report.what_to_do


def test_a_badge_without_a_list_says_that_withdrawal_cannot_be_seen() -> None:
    world = World()
    world.edit["badge"] = lambda made: made.pop("credentialStatus")
    assert "no list" in explain(world.check(world.badge())).what_to_do


@pytest.mark.parametrize(
    ("check", "outcome", "code", "type_"),
    [
        (Check.SHAPE, "no", "duplicate_key", "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"),
        (Check.SHAPE, "no", "schema", "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"),
        (
            Check.PROOF,
            "no",
            "bad_signature",
            "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR",
        ),
        (Check.PROOF, "no", "proof_purpose", "https://w3id.org/security#PROOF_VERIFICATION_ERROR"),
        (Check.MEANING, "no", "undefined_term", "https://w3id.org/security#PROOF_TRANSFORMATION_ERROR"),
        (
            Check.ISSUER,
            "no",
            "wrong_relationship",
            "https://w3id.org/security#INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
        ),
        (Check.ISSUER, "no", "key_revoked", "https://w3id.org/security#INVALID_VERIFICATION_METHOD"),
        (Check.PERIOD, "no", "expired", "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"),
        (
            Check.STATUS,
            "could_not_check",
            "status_unreachable",
            "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR",
        ),
        (
            Check.STATUS,
            "could_not_check",
            "status_stale",
            "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR",
        ),
        (Check.STATUS, "no", "revoked", "urn:cairn:problem:revoked"),
        (Check.ISSUER, "could_not_check", "domain_only", "urn:cairn:problem:domain_only"),
    ],
)
def test_problems_have_the_types_of_the_standards(check: Check, outcome: str, code: str, type_: str) -> None:
    findings = tuple(
        Finding(c, CheckOutcome(outcome), code, "so") if c is check else Finding(c, CheckOutcome.YES, "fine")
        for c in Check
    )
    told = as_json(Verdict(Outcome.UNKNOWN, Code.INCOMPLETE, findings, NOW))
    assert told["problems"] == [{"type": type_, "title": code, "detail": "so"}]


def test_families_follow_the_outcome() -> None:
    for verdict in verdicts():
        family = explain(verdict).family
        assert (family == "accept") == (verdict.outcome is Outcome.VALID)
        if verdict.outcome is Outcome.UNKNOWN:
            assert family == "cannot_tell"
    assert set(FAMILIES.values()) == {"accept", "not_current", "refuse"}


def test_an_unknown_language_is_english() -> None:
    assert explain(World().check(World().badge()), "fr").headline == "This badge is valid"


ANSWERED = (
    *("not_withdrawn", "not_withdrawn_unsigned", "not_paused", "not_withdrawn_then", "not_paused_then"),
    *("then_unknown", "then_unknown_good_now", "then_unknown_paused_now", "then_unknown_withdrawn_now"),
    *("then_unknown_withdrawn_since", "status_purpose_unknown", "status_type_unknown", "status_message"),
    *("status_origin_differs", "key_not_kept", "keys_kept_before"),
)


@pytest.mark.parametrize("locale", ["en", "es"])
def test_what_is_known_of_a_status_and_of_keys_has_a_sentence_of_its_own(locale: str) -> None:
    words = LOCALES[locale]
    assert len({words[f"answer.{code}"] for code in ANSWERED}) == len(ANSWERED)
    assert all(words[f"refresh.{code}"] for code in RefreshCode)


def test_a_list_that_nobody_signed_is_not_called_more_than_it_is() -> None:
    url = "https://badges.riverbend.example/revoked"
    world = World(form="jwt")
    entry = {"id": url, "type": "1EdTechRevocationList"}
    world.edit["badge"] = lambda made: made.update(credentialStatus=entry)
    world.serve[url] = b'{"revokedCredential": []}'
    report = explain(world.check(world.badge()))
    assert report.code is Code.VALID
    assert "nobody has signed that list" in report.what_to_do
    line = next(line for line in report.checks if line.name == "status")
    assert "only that address vouches for it" in line.sentence
    assert "badges.riverbend.example" in line.sentence
    assert "lista" in explain(world.check(world.badge()), "es").what_to_do

"""The rule is applied to what the embedded credentials say themselves; the district's list is its word."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from contexts.document import compose
from credential.digest import digest_of
from credential.readiness import Subject
from credential.rule import CertificationInput, Judgement, ScoreInput
from tests.determinations import CODE, Story, both_subjects, evidence_of
from tests.rules import DECISION, digest
from tests.world import World
from verifier.evidence import Code, Outcome, Verdict
from verifier.grounds import RuleFinding, RuleOutcome

HOLDS, FAILS, OPEN = RuleOutcome.HOLDS, RuleOutcome.DOES_NOT_HOLD, RuleOutcome.NOT_CHECKABLE
VALID = {HOLDS: Outcome.VALID, FAILS: Outcome.INVALID, OPEN: Outcome.UNKNOWN}


def rule_of(verdict: Verdict) -> RuleFinding:
    assert verdict.rule is not None
    assert verdict.outcome is VALID[verdict.rule.outcome], verdict.findings
    return verdict.rule


def applied(story: Story) -> RuleFinding:
    return rule_of(story.world.check(story.signed()))


def why(rule: RuleFinding) -> str:
    """The reason at the certification's leaf."""
    judgement: Judgement = rule.judgements[Subject.ENGLISH]
    return judgement.parts[1].reason.code


def set_in(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def edit(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return edit


def test_it_holds_and_says_by_what() -> None:
    rule = applied(Story())
    assert (rule.outcome, rule.code) == (HOLDS, "met")
    assert rule.version == "state-menu-2021+/RIVER-2026-08-01"
    assert [decision.id for decision in rule.decisions] == [DECISION]
    assert rule.on_word == ()
    (only,) = rule.judgements[Subject.ENGLISH].rests_on
    assert isinstance(only, CertificationInput)
    assert only.code == CODE


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (set_in("credentialSubject", "achievement", "humanCode", to="CO-EMT"), "code_differs"),
        (lambda made: made["credentialSubject"]["achievement"].pop("humanCode"), "code_differs"),
        (set_in("awardedDate", to="2026-04-19T12:00:00Z"), "date_differs"),
        (lambda made: made.pop("awardedDate"), "date_differs"),
        (
            set_in("credentialSubject", "achievement", "achievementType", to="Certificate"),
            "college_certificate",
        ),
        (set_in("credentialSubject", "achievement", "achievementType", to="Course"), "kind_does_not_count"),
        (lambda made: made["credentialSubject"]["achievement"].pop("achievementType"), "kind_does_not_count"),
        (set_in("credentialSubject", "identifier", 0, "identityHash", to="Robin Vale"), "holder_differs"),
    ],
)
def test_what_the_credential_says_itself_decides(edit: Any, code: str) -> None:
    rule = applied(Story(certification=edit))
    assert (rule.outcome, rule.code, why(rule)) == (FAILS, "not_met", code)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("Completed", ""),
        ("Provisional", "provisional"),
        ("Failed", "not_completed"),
        ("InProgress", "not_completed"),
        ("Enrolled", "not_completed"),
        ("OnHold", "not_completed"),
        ("Withdrew", "not_completed"),
    ],
)
def test_a_certification_that_says_something_else_than_completed_does_not_count(
    status: str, code: str
) -> None:
    def standing_of(made: dict[str, Any]) -> None:
        standing = {"id": "urn:uuid:0e3a7a86-93d1-4c1e-8f5b-000000000077", "type": ["ResultDescription"]}
        subject = made["credentialSubject"]
        subject["achievement"]["resultDescription"] = [
            standing | {"name": "Standing", "resultType": "Status"}
        ]
        subject["result"] = [{"type": ["Result"], "resultDescription": standing["id"], "status": status}]

    rule = applied(Story(certification=standing_of))
    assert (rule.outcome, why(rule)) == ((HOLDS, "held") if status == "Completed" else (FAILS, code))


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (set_in("decisions", to=[]), "no_decision"),
        (set_in("decisions", 0, "code", to="CO-EMT"), "no_decision"),
        (set_in("decisions", 0, "subjects", to=["MTH"]), "decided_for_another_subject"),
        (set_in("decisions", 0, "from", to="2026-05-02"), "decision_not_active"),
        (set_in("decisions", 0, "until", to="2026-04-30"), "decision_not_active"),
        (set_in("decisions", 0, "decidedOn", to="2026-05-02"), "decision_not_active"),
        (set_in("inputs", 0, "evidence", to=digest("another")), "not_embedded"),
        (set_in("inputs", 0, "code", to="CO-EMT"), "not_held"),
        (set_in("inputs", 0, "earned", to="2026-04-17"), "date_differs"),
        (set_in("inputs", 0, "issuer", to="did:web:body.example"), "issuer_differs"),
        (set_in("inputs", to=[]), "not_held"),
    ],
)
def test_what_the_rule_says_must_fit(edit: Any, code: str) -> None:
    rule = applied(Story(rule=edit))
    assert (rule.outcome, rule.code, why(rule)) == (FAILS, "not_met", code)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (set_in("judgedOn", to="2026-04-30"), "judged_on_another_day"),
        (set_in("subjects", to={"MTH": {"certification": {"code": CODE}}}), "no_rule_for_subject"),
    ],
)
def test_a_rule_of_something_else_does_not_hold(edit: Any, code: str) -> None:
    rule = applied(Story(rule=edit))
    assert (rule.outcome, rule.code) == (FAILS, code)


def test_a_determination_of_a_day_to_come_does_not_hold() -> None:
    story = Story(rule=set_in("judgedOn", to="2026-05-02"))
    story.badge = set_in("awardedDate", to="2026-05-02T12:00:00Z")
    assert applied(story).code == "judged_ahead"


def test_every_subject_that_is_claimed_must_be_shown() -> None:
    def both(rule: dict[str, Any]) -> None:
        rule["subjects"]["MTH"] = rule["subjects"]["ENG"]

    rule = applied(Story(rule=both, badge=both_subjects))
    assert (rule.outcome, rule.code) == (FAILS, "not_met")
    assert [one.met for one in rule.judgements.values()] == [True, False]

    def decided(rule: dict[str, Any]) -> None:
        both(rule)
        rule["decisions"][0].update(subjects=["ENG", "MTH"])

    assert applied(Story(rule=decided, badge=both_subjects)).outcome is HOLDS


def test_a_subject_that_is_not_claimed_is_not_told() -> None:
    rule = applied(Story(rule=lambda value: value["subjects"].update(MTH=value["subjects"]["ENG"])))
    assert set(rule.judgements) == {Subject.ENGLISH}


@pytest.mark.parametrize(
    "edit",
    [
        lambda made: made["credentialSubject"].pop("result"),
        lambda made: made["credentialSubject"]["result"][0].update(status="InProgress"),
        lambda made: (
            made["credentialSubject"]["achievement"].update(
                resultDescription=[
                    one | {"id": one["id"].replace("#", "-")}
                    for one in made["credentialSubject"]["achievement"]["resultDescription"]
                ]
            )
            or made["credentialSubject"]["result"][0].update(
                resultDescription=made["credentialSubject"]["result"][0]["resultDescription"].replace(
                    "#", "-"
                )
            )
        ),
    ],
)
def test_what_is_not_a_claim_cannot_be_checked(edit: Any) -> None:
    assert applied(Story(badge=edit)).outcome is OPEN


def bare(story: Story, *evidence: tuple[str, bytes]) -> RuleFinding:
    return rule_of(story.world.check(story.signed_with(*evidence)))


def test_a_determination_without_a_rule_cannot_be_checked() -> None:
    story = Story()
    held = story.signed_certification()
    assert bare(story, ("application/vc", held)).code == "no_rule"
    rule = json.dumps(story.rule_value(held)).encode()
    other = json.dumps(story.rule_value(held) | {"version": "other"}).encode()
    several = bare(story, ("application/vc", held), ("application/json", rule), ("application/json", other))
    assert (several.outcome, several.code) == (OPEN, "several_rules")


@pytest.mark.parametrize("data", [b'{"language":"cairn-rule/1"}', b'{"language":"cairn-rule/2"}'])
def test_a_rule_that_cannot_be_read_cannot_be_checked(data: bytes) -> None:
    rule = bare(Story(), ("application/json", data))
    assert (rule.outcome, rule.code) == (OPEN, "bad_rule")


def test_scores_and_attestations_are_the_districts_word() -> None:
    def by_score(rule: dict[str, Any]) -> None:
        rule["inputs"] = [
            {
                "kind": "score",
                "assessment": "SAT",
                "part": "English",
                "value": "520",
                "on": "2026-03-01",
                "word": "district",
            }
        ]
        rule["decisions"] = []

    story = Story(rule=by_score)
    rule = bare(story, ("application/json", json.dumps(story.rule_value(b"")).encode()))
    assert rule.outcome is HOLDS
    (only,) = rule.on_word
    assert isinstance(only, ScoreInput)

    def low_score(rule: dict[str, Any]) -> None:
        by_score(rule)
        rule["inputs"][0]["value"] = "469"

    low = Story(rule=low_score)
    assert bare(low, ("application/json", json.dumps(low.rule_value(b"")).encode())).outcome is FAILS


def test_a_linked_certification_counts_on_the_districts_word() -> None:
    story = Story()
    held = story.signed_certification()
    address = json.loads(held)["id"]

    def link(made: dict[str, Any]) -> None:
        made["evidence"].append({"id": address, "type": ["Evidence"], "name": "Certification"})
        made["relatedResource"] = [{"id": address, "digestSRI": digest_of(held)}]

    story.badge = link
    rule = bare(story, ("application/json", json.dumps(story.rule_value(held)).encode()))
    assert rule.outcome is HOLDS
    assert len(rule.on_word) == 1


def test_a_digest_of_what_is_no_evidence_links_nothing() -> None:
    story = Story()
    held = story.signed_certification()
    story.badge = lambda made: made.update(
        relatedResource=[
            {"id": "urn:uuid:0e3a7a86-93d1-4c1e-8f5b-000000000078", "digestSRI": digest_of(held)}
        ]
    )
    rule = bare(story, ("application/json", json.dumps(story.rule_value(held)).encode()))
    assert (rule.outcome, why(rule)) == (FAILS, "not_embedded")


def test_where_nobody_is_named_whose_it_is_is_the_districts_word() -> None:
    story = Story(certification=lambda made: made["credentialSubject"].pop("identifier"))
    rule = applied(story)
    assert rule.outcome is HOLDS
    assert len(rule.on_word) == 1


def test_a_name_is_the_same_name_however_its_accents_are_written() -> None:
    names = ("credentialSubject", "identifier", 0, "identityHash")
    story = Story(
        certification=set_in(*names, to="Ine\u0301s Farrow"), badge=set_in(*names, to="Inés Farrow")
    )
    assert applied(story).outcome is HOLDS


def numbered(number: str, kind: str = "sourcedId") -> Callable[[dict[str, Any]], None]:
    given = {"type": "IdentityObject", "identityType": kind, "hashed": False, "identityHash": number}
    return lambda value: value["credentialSubject"]["identifier"].append(given)


@pytest.mark.parametrize(
    ("number", "kind", "outcome"),
    [("17", "sourcedId", HOLDS), ("18", "sourcedId", FAILS), ("18", "userName", HOLDS)],
)
def test_a_lasting_number_tells_two_of_one_name_apart(number: str, kind: str, outcome: RuleOutcome) -> None:
    story = Story(certification=numbered("17", kind), badge=numbered(number, kind))
    assert applied(story).outcome is outcome


def test_another_issuer_numbers_its_people_in_its_own_way() -> None:
    story = Story(badge=numbered("18"))
    assert foreign(trusted=True, named=True, change=numbered("17"), story=story).outcome is HOLDS


def foreign(
    *,
    trusted: bool,
    named: bool,
    change: Callable[[dict[str, Any]], None] = lambda _: None,
    story: Story | None = None,
) -> RuleFinding:
    """A determination that rests on a badge of the certifying body itself."""
    body = World(host="body.example", name="Example Body", signing="body")
    held = Story(body, certification=change).signed_certification()
    story = story or Story()
    story.world.serve[body.did_url] = body.did_document()
    story.world.serve[body.list_url] = body.status_list(body.list_url, [], "revocation")
    if named:
        story.rule = set_in("inputs", 0, "issuer", to=body.did)
    rule = json.dumps(story.rule_value(held)).encode()
    badge = story.signed_with(("application/vc", held), ("application/json", rule))
    own = story.world.policy
    if trusted:
        both = (*own.trust.entries, *body.trust.entries)
        own = type(own)(trust=type(own.trust)(**{**_members(own.trust), "entries": both}))
    return rule_of(story.world.check(badge, policy=own))


def _members(frozen: Any) -> dict[str, Any]:
    return {name: getattr(frozen, name) for name in frozen.__dataclass_fields__}


def test_a_credential_of_another_issuer_counts_only_if_the_rule_names_them_and_they_are_known() -> None:
    assert foreign(trusted=True, named=True).outcome is HOLDS
    for trusted, named in ((True, False), (False, True), (False, False)):
        rule = foreign(trusted=trusted, named=named)
        assert (rule.outcome, why(rule)) == (FAILS, "issuer_differs")


def test_a_diploma_endorsement_runs_on_the_same_engine() -> None:
    def edit(made: dict[str, Any]) -> None:
        made["credentialSubject"]["achievement"]["achievementType"] = "ext:DiplomaEndorsement"

    assert applied(Story(badge=edit)).outcome is HOLDS
    assert applied(Story(badge=edit, rule=set_in("decisions", to=[]))).outcome is FAILS


def test_a_rule_beside_an_ordinary_badge_is_judged_too() -> None:
    world = World()
    rule = json.dumps(Story(world).rule_value(b"")).encode()
    world.edit["badge"] = lambda made: made.update(evidence=[evidence_of("application/json", rule)])
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)


def test_a_changed_rule_breaks_the_signature_of_the_badge() -> None:
    story = Story()
    value = json.loads(story.signed())
    rule = json.dumps(story.rule_value(b"") | {"version": "weaker"}).encode()
    value["evidence"][1] = evidence_of("application/json", rule)
    assert story.world.check(compose(value).raw).code is Code.TAMPERED

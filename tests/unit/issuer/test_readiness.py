"""Who has shown readiness, by which option, and why not; and what a determination says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from credential.readiness import Subject
from credential.rule import ScoreInput, judge, parse_node, parse_rule
from issuer.decisions.decision import Decision
from issuer.determination import (
    MOST_CREDENTIALS,
    Person,
    determination_award,
    determination_ref,
    grounds,
)
from issuer.errors import IssuerError
from issuer.readiness import (
    Readiness,
    RecordedCertification,
    RuleSet,
    StudentRecord,
    disclosed,
    embedded_in,
    judge_readiness,
    judge_rule,
)
from tests.rules import DECISION, EARNED, JUDGED, digest

ENG, MTH = Subject.ENGLISH, Subject.MATH
RULES = RuleSet(
    "state-menu-2021+/RIV-2026-08-01",
    {
        ENG: parse_node(
            {
                "any_of": [
                    {"score": {"assessment": "SAT", "part": "English", "at_least": "470"}, "label": "SAT"},
                    {"certification": {"code": "CO-CNA"}, "label": "Industry certification"},
                    {"certification": {"code": "COMPTIA-A+"}, "label": "Industry certification"},
                    {"certification": {"code": "AIMS-CERT"}, "label": "Industry certification"},
                ]
            }
        ),
        MTH: parse_node(
            {
                "any_of": [
                    {"score": {"assessment": "SAT", "part": "Math", "at_least": "500"}, "label": "SAT"},
                    {"certification": {"code": "CO-CNA"}, "label": "Industry certification"},
                    {"certification": {"code": "COMPTIA-A+"}, "label": "Industry certification"},
                ]
            }
        ),
    },
)


def decision(code: str = "CO-CNA", *subjects: Subject, **changes: Any) -> Decision:
    made = Decision(
        id=DECISION,
        credential_code=code,
        subjects=frozenset(subjects or (ENG,)),
        decided_on=date(2025, 6, 2),
        effective_from=date(2025, 8, 1),
        effective_until=None,
        menu_version="state-menu-2021+",
        minutes=None,
        next_review=date(2027, 6, 1),
    )
    return replace(made, **changes)


def recorded(code: str = "CO-CNA", **changes: Any) -> RecordedCertification:
    given: dict[str, Any] = {
        "credential_id": f"urn:uuid:00000000-0000-4000-8000-{len(code):012d}",
        "code": code,
        "achievement_type": "Certification",
        "earned": EARNED,
        "digest": digest(code),
        "recipient_name": "Maya Okafor",
    }
    return RecordedCertification(**(given | changes))


def found(
    *certifications: RecordedCertification,
    decisions: tuple[Decision, ...] = (decision(),),
    scores: tuple[ScoreInput, ...] = (),
    day: date = JUDGED,
) -> Readiness:
    return judge_readiness(StudentRecord(certifications, scores), decisions, RULES, day)


def why(readiness: Readiness, subject: Subject = ENG, code: str = "CO-CNA") -> str:
    parts = readiness.judgements[subject].parts
    return next(part.reason.code for part in parts if getattr(part.node, "code", "") == code)


def test_a_decision_for_english_alone_shows_english_alone() -> None:
    readiness = found(recorded())
    assert readiness.met == (ENG,)
    assert why(readiness, MTH) == "decided_for_another_subject"
    assert found(recorded(), decisions=(decision("CO-CNA", ENG, MTH),)).met == (ENG, MTH)


def test_two_decisions_about_one_certification_both_count() -> None:
    second = decision("CO-CNA", MTH, id=DECISION[:-1] + "2")
    assert found(recorded(), decisions=(decision(), second)).met == (ENG, MTH)


@pytest.mark.parametrize(
    ("decisions", "code"),
    [
        ((), "no_decision"),
        ((decision("OTHER"),), "no_decision"),
        ((decision(effective_from=JUDGED + timedelta(1)),), "decision_not_active"),
        ((decision(effective_until=JUDGED - timedelta(1)),), "decision_not_active"),
    ],
)
def test_without_an_active_decision_nothing_is_shown(decisions: tuple[Decision, ...], code: str) -> None:
    readiness = found(recorded(), decisions=decisions)
    assert readiness.met == ()
    assert why(readiness) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"achievement_type": "Certificate"}, "college_certificate"),
        ({"achievement_type": "Course"}, "kind_does_not_count"),
        ({"achievement_type": "None"}, "kind_does_not_count"),
        ({"withdrawn": True}, "withdrawn"),
        ({"provisional": True}, "provisional"),
        ({"last_day": JUDGED - timedelta(1)}, "lapsed"),
        ({"earned": JUDGED + timedelta(1)}, "earned_later"),
    ],
)
def test_what_can_show_nothing_says_why(changes: dict[str, Any], code: str) -> None:
    readiness = found(recorded(**changes))
    assert readiness.met == ()
    assert why(readiness) == code


@pytest.mark.parametrize("kind", ["Certification", "License", "CertificateOfCompletion"])
def test_what_a_district_may_count(kind: str) -> None:
    assert found(recorded(achievement_type=kind, last_day=JUDGED)).met == (ENG,)


def test_a_recording_that_was_withdrawn_does_not_stand_in_the_way_of_another() -> None:
    other = recorded(digest=digest("again"), credential_id="urn:uuid:00000000-0000-4000-8000-000000000099")
    readiness = found(recorded(withdrawn=True), other)
    assert readiness.met == (ENG,)
    assert embedded_in(readiness, disclosed(readiness, [ENG])) == (other,)


def test_the_way_that_can_be_checked_goes_before_a_score() -> None:
    score = ScoreInput("SAT", "600", EARNED, "English")
    readiness = found(recorded(), scores=(score,))
    judged = readiness.judgements[ENG]
    assert judged.counted == (1,)
    assert [part.met for part in judged.parts] == [True, True, False, False]


def test_a_determination_says_nothing_that_it_does_not_rest_on() -> None:
    scores = (
        ScoreInput("SAT", "410", EARNED, "Math"),
        ScoreInput("SAT", "460", EARNED, "English"),
        ScoreInput("SAT", "640", EARNED, "English"),
    )
    readiness = found(recorded(), recorded("COMPTIA-A+"), recorded("AIMS-CERT"), scores=scores)
    document = disclosed(readiness, [ENG])
    assert set(document.subjects) == {ENG}
    assert [type(one).__name__ for one in document.inputs] == ["CertificationInput"]
    assert [one.code for one in document.decisions] == ["CO-CNA"]
    assert embedded_in(readiness, document) == (recorded(),)
    assert judge(document)[ENG].met


def test_only_what_was_shown_can_be_disclosed() -> None:
    readiness = found(recorded())
    for subjects in ((MTH,), (ENG, MTH), ()):
        with pytest.raises(ValueError, match="only readiness that is shown"):
            disclosed(readiness, subjects)


MAYA = Person("100000001", "Maya Okafor", ("2008-01-31",), date(2026, 1, 31))


def test_the_order_carries_what_was_judged_and_the_student_stays_behind() -> None:
    award = determination_award(found(recorded()), [ENG], MAYA)
    assert award.determined is not None
    assert award.determined.subjects == ("ENG",)
    assert award.determined.credentials == ((recorded().credential_id, recorded().digest),)
    assert parse_rule(award.determined.rule.encode()).judged_on == JUDGED == award.date_earned
    assert award.last_day is None
    assert "100000001" not in award.determined.rule + award.award_ref
    assert type(award).from_json(award.to_json()) == award


def test_the_reference_follows_from_the_student_and_the_subjects() -> None:
    assert determination_ref("1", [ENG], 1) == determination_ref("1", [ENG], 1)
    others = [("2", [ENG], 1), ("1", [MTH], 1), ("1", [ENG, MTH], 1), ("1", [ENG], 2)]
    assert len({determination_ref(*one) for one in [("1", [ENG], 1), *others]}) == 5
    first = determination_award(found(recorded()), [ENG], MAYA)
    later = determination_award(found(recorded(), day=JUDGED + timedelta(9)), [ENG], MAYA)
    assert first.award_ref == later.award_ref


def test_a_badge_under_another_name_is_not_embedded() -> None:
    with pytest.raises(IssuerError, match="names_differ"):
        determination_award(found(recorded(recipient_name="M. Okafor")), [ENG], MAYA)


def test_what_more_badges_than_are_opened_would_show_is_refused() -> None:
    def award(count: int) -> None:
        codes = [f"C{number}" for number in range(count)]
        rules = RuleSet("v", {ENG: parse_node({"all_of": [{"certification": {"code": c}} for c in codes]})})
        record = StudentRecord(tuple(recorded(code) for code in codes))
        by = tuple(decision(c, id=f"{DECISION[:-3]}{number:03d}") for number, c in enumerate(codes))
        determination_award(judge_readiness(record, by, rules, JUDGED), [ENG], MAYA)

    award(MOST_CREDENTIALS)
    with pytest.raises(IssuerError, match="too_much_evidence"):
        award(MOST_CREDENTIALS + 1)


def test_other_bytes_than_were_judged_are_not_embedded() -> None:
    determined = determination_award(found(recorded()), [ENG], MAYA).determined
    assert determined is not None
    for signed in ({}, {recorded().digest: b"other"}):
        with pytest.raises(IssuerError, match="state_conflict"):
            grounds(determined, signed)


def test_a_certification_that_no_rule_asks_for_says_why_it_does_not_count() -> None:
    rules = RuleSet("v", {ENG: parse_node({"score": {"assessment": "SAT", "at_least": "470"}})})
    record = StudentRecord((recorded(), recorded("COMPTIA-A+", achievement_type="Certificate")))
    readiness = judge_readiness(record, (), rules, JUDGED)
    for subject in (ENG, MTH):
        assert [one.code for one in readiness.uncounted[subject]] == ["no_decision", "college_certificate"]
    by = judge_readiness(record, (decision(),), rules, JUDGED)
    assert [one.code for one in by.uncounted[ENG]] == ["college_certificate"]
    assert [one.code for one in by.uncounted[MTH]] == ["decided_for_another_subject", "college_certificate"]


def test_a_rule_without_a_decision_counts_what_is_in_force() -> None:
    two_of = parse_node(
        {
            "at_least": 2,
            "of": [
                {"certification": {"code": "CO-CNA"}},
                {"certification": {"code": "AHA-BLS"}},
                {"score": {"assessment": "SAT", "part": "Math", "at_least": "500"}},
            ],
        }
    )
    held = RecordedCertification("urn:uuid:1", "CO-CNA", "License", EARNED, digest("a"))
    score = ScoreInput("SAT", "520", EARNED, "Math")
    assert not judge_rule(StudentRecord((held,)), two_of, JUDGED).met
    assert judge_rule(StudentRecord((held,), (score,)), two_of, JUDGED).met
    for gone in (
        replace(held, withdrawn=True),
        replace(held, provisional=True),
        replace(held, achievement_type="Certificate"),
        replace(held, last_day=JUDGED - timedelta(days=1)),
    ):
        judged = judge_rule(StudentRecord((gone,), (score,)), two_of, JUDGED)
        assert not judged.met
        assert judged.parts[0].reason.code != "not_held"

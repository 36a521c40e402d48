from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.catalog import DistrictMenu, RuleSet, compiled, default_menu, load_district_menu
from issuer.catalog.criteria import MOST_NODES, criterion_at, nodes
from issuer.catalog.load import place_of
from issuer.decisions.decision import Decision
from issuer.errors import IssuerError
from tests.rule_sets import DAY, choice, everything

ENGLISH, MATH = Subject.ENGLISH, Subject.MATH


def chosen(*offers: dict[str, Any], **members: Any) -> DistrictMenu:
    return load_district_menu(json.dumps(choice(*offers, **members)).encode(), default_menu())


def decision(code: str, *subjects: Subject, **changes: Any) -> Decision:
    facts: dict[str, Any] = {
        "id": f"urn:uuid:00000000-0000-4000-8000-{abs(hash(code)) % 10**12:012}",
        "credential_code": code,
        "subjects": frozenset(subjects),
        "decided_on": date(2026, 5, 12),
        "effective_from": date(2026, 8, 1),
        "effective_until": None,
        "menu_version": "state-menu-2021+",
        "minutes": None,
        "next_review": date(2027, 5, 1),
    }
    return Decision(**(facts | changes))


def rule(made: DistrictMenu, *decisions: Decision, day: date = DAY, **more: Any) -> RuleSet:
    return compiled(default_menu(), made, decisions, day, **more)


def codes(found: RuleSet, subject: Subject) -> set[str]:
    if subject not in found.subjects:
        return set()
    return {
        node["certification"]["code"] for node in nodes(found.subjects[subject]) if "certification" in node
    }


def test_the_version_names_the_state_s_menu_and_the_district_s_choice() -> None:
    assert rule(chosen({"option": "SAT"})).version == "state-menu-2021+/EXVL-2026-08-01"


def test_each_subject_is_any_of_the_offered_options_in_the_menu_s_order() -> None:
    found = rule(chosen({"option": "SAT"}, {"option": "ACT"}))
    assert set(found.subjects) == {ENGLISH, MATH}
    options = found.subjects[MATH]["any_of"]
    assert [option["label"] for option in options] == ["ACT", "SAT (redesign of 2016)"]
    assert [option["score"]["at_least"] for option in options] == ["19", "500"]


def test_every_compiled_node_has_the_shape_of_the_language() -> None:
    found = rule(chosen(*everything()), decision("CO-CNA", ENGLISH, MATH))
    for node in found.subjects.values():
        assert criterion_at(place_of(json.dumps(node).encode(), "rule.json")) == node


def test_a_decision_counts_for_its_own_subject_only() -> None:
    found = rule(
        chosen({"option": "INDUSTRY_CERT"}),
        decision("CO-CNA", ENGLISH),
        decision("NCCER-CORE", MATH),
        decision("COMPTIA-A+", ENGLISH, MATH),
        decision("CDA"),
    )
    assert codes(found, ENGLISH) == {"CO-CNA", "COMPTIA-A+"}
    assert codes(found, MATH) == {"NCCER-CORE", "COMPTIA-A+"}


def test_a_decision_counts_on_its_days_only() -> None:
    made = chosen({"option": "INDUSTRY_CERT"})
    short = decision("CO-CNA", ENGLISH, effective_from=DAY, effective_until=DAY)
    for days, counts in ((-1, False), (0, True), (1, False)):
        found = rule(made, short, day=DAY + timedelta(days=days))
        assert (codes(found, ENGLISH) == {"CO-CNA"}) is counts


def test_without_an_active_decision_a_subject_that_nothing_else_shows_has_no_rule() -> None:
    assert rule(chosen({"option": "INDUSTRY_CERT"})).subjects == {}
    found = rule(chosen({"option": "INDUSTRY_CERT"}, {"option": "SAT"}))
    assert [option["label"] for option in found.subjects[MATH]["any_of"]] == ["SAT (redesign of 2016)"]


def test_certifications_count_only_where_the_district_offers_that_option() -> None:
    assert codes(rule(chosen({"option": "SAT"}), decision("CO-CNA", ENGLISH)), ENGLISH) == set()
    only_math = chosen({"option": "INDUSTRY_CERT", "subjects": ["MTH"]}, {"option": "SAT"})
    assert codes(rule(only_math, decision("CO-CNA", ENGLISH, MATH)), ENGLISH) == set()


def test_two_decisions_on_one_certification_are_one_node() -> None:
    found = rule(
        chosen({"option": "INDUSTRY_CERT"}),
        decision("CO-CNA", ENGLISH),
        decision("CO-CNA", ENGLISH, MATH, effective_from=date(2026, 8, 15)),
    )
    [option] = found.subjects[ENGLISH]["any_of"]
    assert option == {"any_of": [{"certification": {"code": "CO-CNA"}}], "label": "Industry certificate"}


def test_the_order_of_the_decisions_does_not_matter() -> None:
    some = [decision(code, ENGLISH) for code in ("NCCER-CORE", "CDA", "CO-CNA")]
    made = chosen({"option": "INDUSTRY_CERT"})
    assert rule(made, *some) == rule(made, *reversed(some))


def test_what_the_district_asks_besides_is_asked_of_every_certification() -> None:
    grade = {"score": {"assessment": "COURSE", "part": "English 4", "at_least": "70"}}
    found = rule(
        chosen({"option": "INDUSTRY_CERT", "also": {"ENG": grade}}), decision("CO-CNA", ENGLISH, MATH)
    )
    [option] = found.subjects[ENGLISH]["any_of"]
    assert option["all_of"] == [{"any_of": [{"certification": {"code": "CO-CNA"}}]}, grade]
    assert "all_of" not in found.subjects[MATH]["any_of"][0]


def test_a_rule_may_be_put_together_for_the_certifications_that_one_student_holds() -> None:
    made = chosen({"option": "INDUSTRY_CERT"})
    decisions = [decision("CO-CNA", ENGLISH), decision("CDA", ENGLISH)]
    assert codes(rule(made, *decisions, codes={"CDA", "OSHA10-CON"}), ENGLISH) == {"CDA"}
    assert rule(made, *decisions, codes=()).subjects == {}


def test_a_rule_holds_so_many_criteria_and_no_more() -> None:
    made = chosen({"option": "INDUSTRY_CERT"})
    many = [decision(f"C-{number}", ENGLISH) for number in range(MOST_NODES - 2)]
    assert len(codes(rule(made, *many), ENGLISH)) == MOST_NODES - 2
    one_more = decision("C-LAST", ENGLISH)
    with pytest.raises(IssuerError, match="rule_too_large"):
        rule(made, *many, one_more)
    assert codes(rule(made, *many, one_more, codes={"C-LAST"}), ENGLISH) == {"C-LAST"}


def test_a_choice_does_not_apply_before_its_first_day() -> None:
    made = chosen({"option": "SAT"})
    assert rule(made, day=date(2026, 8, 1)).subjects
    with pytest.raises(IssuerError, match="no_rule_set") as caught:
        rule(made, day=date(2026, 7, 31))
    assert "applies from 2026-08-01" in caught.value.message


def test_a_choice_from_another_menu_does_not_apply() -> None:
    made = chosen({"option": "SAT"})
    other = DistrictMenu(made.heading, "state-menu-2030", made.decided_on, made.offers)
    with pytest.raises(IssuerError, match="no_rule_set") as caught:
        rule(other)
    assert "choose again" in caught.value.message

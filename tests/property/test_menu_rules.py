"""Whatever a district chooses: more is accepted, less never is, and one more offer takes nothing away."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.readiness import Subject
from issuer.catalog import CatalogueError, DistrictMenu, compiled, default_menu, load_district_menu
from issuer.decisions.decision import Decision
from tests.rule_sets import DAY, Facts, choice, everything, meets

SCORED = [
    (option.code, subject, node["score"].get("part"), Decimal(node["score"]["at_least"]), option.highest)
    for option in default_menu().options.values()
    if option.decided_by.value == "state"
    for subject, criterion in option.criteria.items()
    for node in criterion.get("any_of", [criterion])
    if "score" in node
]
"""Every score that a district can raise: option, subject, part, the state's, the end of the scale."""

CODES = ("CO-CNA", "NCCER-CORE", "COMPTIA-A+")
LEVELS = ("F", "D", "C", "B", "A", "Bronze", "Silver", "Gold", "Platinum")
PARTS = sorted(
    {(code, part) for code, _, part, _, _ in SCORED}
    | {(code, part) for code in ("AP", "IB") for part in ("English Language and Composition", "Calculus AB")},
    key=str,
)
GRADED = [("WORKKEYS", None), ("CONCURRENT", "ENG 1021"), ("CONCURRENT", "MAT 1340")]
WORDS = ("capstone-eng", "capstone-mth", "performance-assessment-eng", "performance-assessment-mth")

decimals = st.decimals(min_value=-10, max_value=1000, places=2)


def load(*offers: dict[str, Any]) -> DistrictMenu:
    return load_district_menu(json.dumps(choice(*offers)).encode(), default_menu())


def raised(code: str, subject: Subject, part: str | None, to: Decimal) -> dict[str, Any]:
    several = "any_of" in default_menu().options[code].criteria[subject]
    text = format(to, "f")
    return {"option": code, "raise": {subject.value: {part: text} if several else text}}


@given(st.sampled_from(SCORED), decimals)
def test_raising_is_accepted_and_lowering_is_refused(
    scored: tuple[str, Subject, str | None, Decimal, Decimal | None], to: Decimal
) -> None:
    code, subject, part, least, highest = scored
    offer = raised(code, subject, part, to)
    if least <= to and (highest is None or to <= highest):
        criterion = load(offer).offers[code].criteria[subject]
        cuts = {
            node["score"].get("part"): Decimal(node["score"]["at_least"])
            for node in criterion.get("any_of", [criterion])
        }
        assert cuts[part] == to
        others = {other: cut for c, s, other, cut, _ in SCORED if (c, s) == (code, subject) and other != part}
        assert {other: cut for other, cut in cuts.items() if other != part} == others
        return
    with pytest.raises(CatalogueError) as caught:
        load(offer)
    assert caught.value.code == ("cut_lowered" if to < least else "bad_value")


facts = st.builds(
    Facts,
    scores=st.dictionaries(st.sampled_from(PARTS), st.decimals(0, 800, places=0)),
    levels=st.dictionaries(st.sampled_from(GRADED), st.sampled_from(LEVELS)),
    certifications=st.sets(st.sampled_from(CODES)),
    attested=st.sets(st.sampled_from(WORDS)),
)


def decided(code: str, subjects: frozenset[Subject]) -> Decision:
    day = date(2026, 8, 1)
    return Decision(f"urn:{code}", code, subjects, day, day, None, "state-menu-2021+", None, date(2027, 8, 1))


decisions = st.lists(
    st.builds(decided, st.sampled_from(CODES), st.frozensets(st.sampled_from(list(Subject)))), max_size=4
)
offers = st.sets(st.sampled_from(range(len(everything()))), min_size=1)


def judged(chosen: set[int], some: list[Decision], had: Facts) -> set[Subject]:
    made = load(*(everything()[index] for index in chosen))
    rules = compiled(default_menu(), made, some, DAY)
    return {subject for subject, node in rules.subjects.items() if meets(node, had)}


@given(offers, offers, decisions, facts)
def test_an_offer_more_never_makes_a_met_subject_unmet(
    fewer: set[int], more: set[int], some: list[Decision], had: Facts
) -> None:
    assert judged(fewer, some, had) <= judged(fewer | more, some, had)


@given(offers, decisions, decisions, facts)
def test_a_decision_more_never_makes_a_met_subject_unmet(
    chosen: set[int], some: list[Decision], more: list[Decision], had: Facts
) -> None:
    assert judged(chosen, some, had) <= judged(chosen, [*some, *more], had)


@given(st.sampled_from(SCORED), st.decimals(0, 300, places=0), facts)
def test_a_raised_score_is_never_met_by_who_does_not_meet_the_state_s(
    scored: tuple[str, Subject, str | None, Decimal, Decimal | None], above: Decimal, had: Facts
) -> None:
    code, subject, part, least, highest = scored
    to = least + above if highest is None else min(least + above, highest)
    state = load({"option": code}).offers[code].criteria[subject]
    own = load(raised(code, subject, part, to)).offers[code].criteria[subject]
    assert meets(state, had) or not meets(own, had)

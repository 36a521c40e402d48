"""The menu in the console: options are offered and raised, never lowered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.access.roles import Role
from issuer.rule_sets import district_menu_on
from tests.house import House
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.committee import choose_menu
from tests.unit.issuer.web.staff.test_certifications import faults

At = Callable[..., Browser]
PLACE = "/staff/certifications/menu"
MINUTES = "https://riverbend.example/minutes/2026-06"


def chosen(**changes: Any) -> dict[str, Any]:
    """A choice of the SAT and of advanced placement."""
    return {
        "effective_from": "2026-06-01",
        "decided_on": "2026-05-20",
        "minutes": MINUTES,
        "SAT.offered": "yes",
        "SAT.subjects": ["ENG", "MTH"],
        "SAT.raise.MTH.0": "520",
        "AP.offered": "yes",
        "AP.subjects": ["ENG"],
        "AP.parts.ENG": "English Language and Composition\r\n\r\n English Literature ",
    } | changes


def test_the_state_s_scores_and_the_district_s_choice_are_shown(at: At, house: House) -> None:
    browser = at(Role.CLERK)
    before = browser.get(PLACE).text
    assert "Your district has not chosen yet" in before
    assert "Math 500 or more" in before
    assert "The local measure was for the class of 2021 only." in before
    choose_menu(house, {"option": "SAT", "raise": {"MTH": "520"}})
    assert "Math: Math 520 or more." in browser.get(PLACE).text
    assert "<form" not in browser.get(PLACE).text.partition("<main")[2]


def test_a_choice_is_taken_with_its_minutes_and_its_first_day(at: At, house: House) -> None:
    browser = at(Role.COORDINATOR)
    assert browser.post(PLACE, chosen()).status_code == 303
    with house.store.reading() as session:
        made = district_menu_on(session, "riverbend", house.time.date())
    assert list(made.offers) == ["AP", "SAT"]
    assert made.offers["SAT"].criteria[Subject.MATH]["score"]["at_least"] == "520"
    assert made.offers["SAT"].criteria[Subject.ENGLISH]["score"]["at_least"] == "470"
    assert [one["score"]["part"] for one in made.offers["AP"].criteria[Subject.ENGLISH]["any_of"]] == [
        "English Language and Composition",
        "English Literature",
    ]
    text = browser.get(PLACE).text
    assert MINUTES in text
    assert 'value="520"' in text
    assert browser.post(PLACE, chosen(**{"SAT.raise.MTH.0": "530"})).status_code == 303
    assert "RIVERBEND-2026-06-01.2" in browser.get(PLACE).text


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"SAT.raise.MTH.0": "499"}, "SAT.raise.MTH.0", "the state's 500. A district may raise it"),
        ({"SAT.raise.MTH.0": "801"}, "SAT.raise.MTH.0", "nobody could reach"),
        ({"SAT.raise.MTH.0": "x" * 5_000}, "SAT.raise.MTH.0", "form"),
        ({"AP.parts.ENG": ""}, "AP.parts.ENG", "list which"),
        ({"AP.parts.ENG": "\n".join(f"No. {n}" for n in range(61))}, "AP.parts.ENG", "at most 60"),
        ({"AP.subjects": ["moon"]}, "AP.subjects", "no subject"),
        ({"CONCURRENT.offered": "yes", "CONCURRENT.subjects": "ENG", "CONCURRENT.parts.ENG": "ENG 1021",
          "CONCURRENT.floor": "F"}, "CONCURRENT.floor", "lower than the state's D"),
        ({"ACCUPLACER_NG.offered": "yes", "ACCUPLACER_NG.subjects": "ENG",
          "ACCUPLACER_NG.raise.ENG.1": "200"}, "ACCUPLACER_NG.raise.ENG.1", "in Writing is lower"),
        ({"effective_from": "2026-05-01"}, "effective_from", "before the district decided"),
        ({"effective_from": ""}, "effective_from", "Fill in this day."),
        ({"effective_from": "1950-01-01"}, "effective_from", "no state menu"),
        ({"decided_on": "today"}, "decided_on", "not a day"),
        ({"minutes": ""}, "minutes", "minutes"),
        ({"minutes": "javascript:alert(1)"}, "minutes", ""),
        ({"about": "a\u202eb"}, "about", "turns the reading"),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused_at_its_field(
    at: At, house: House, changes: dict[str, Any], field: str, said: str
) -> None:
    browser = at(Role.COORDINATOR)
    answer = browser.post(PLACE, chosen(**changes))
    assert answer.status_code == 422
    found = faults(answer.text)
    assert list(found) == [field]
    assert said.casefold() in found[field].casefold()
    assert f'id="{field}"' in answer.text
    assert "Your district has not chosen yet" in browser.get(PLACE).text


def test_the_closed_option_cannot_be_offered(at: At) -> None:
    answer = at(Role.COORDINATOR).post(
        PLACE,
        {"effective_from": "2026-06-01", "decided_on": "2026-06-01", "minutes": MINUTES}
        | {"LOCAL.offered": "yes"},
    )
    assert answer.status_code == 422
    assert "at least one option" in answer.text


def test_further_conditions_of_the_choice_before_stay(at: At, house: House) -> None:
    also = {"MTH": {"attested": {"what": "algebra", "says": "Algebra 2 was passed."}}}
    choose_menu(house, {"option": "SAT", "also": also})
    assert at(Role.COORDINATOR).post(PLACE, chosen()).status_code == 303
    with house.store.reading() as session:
        made = district_menu_on(session, "riverbend", house.time.date())
    assert dict(made.offers["SAT"].conditions) == also


@pytest.mark.parametrize("role", [Role.APPROVER, Role.REGISTRAR, Role.CLERK, Role.ADMINISTRATOR])
def test_only_who_may_edit_the_catalog_chooses(at: At, role: Role) -> None:
    assert at(role).post(PLACE, chosen()).status_code == 403

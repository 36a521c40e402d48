"""The needs assessment in the console: its nine questions are asked, answered with evidence, and shown."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from issuer.access.roles import Role
from issuer.decisions.proposal import QUESTIONS
from issuer.store import decisions
from tests.committee import Committee
from tests.house import House
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.committee import states
from tests.unit.issuer.web.staff.test_certifications import CNA, PLACE, faults, filled

At = Callable[..., Browser]
URL = "https://data.example/openings-2026"


@pytest.fixture
def committee(house: House) -> Committee:
    return Committee.build(house)


def answered(**changes: Any) -> dict[str, Any]:
    """The form of a proposal with all nine questions answered."""
    form: dict[str, Any] = {"needs_assessment.outcome": "go"}
    for key in QUESTIONS:
        form |= {f"needs_assessment.answers.{key}.{name}": "" for name in ("note", "url", "date")}
        form[f"needs_assessment.answers.{key}.answer"] = "yes"
    form |= {
        "needs_assessment.answers.workforce.note": "640 openings",
        "needs_assessment.answers.workforce.url": URL,
        "needs_assessment.answers.workforce.date": "2026-03-31",
    }
    return filled(**(form | {f"needs_assessment.{name}": text for name, text in changes.items()}))


def test_all_nine_questions_are_asked(at: At, committee: Committee) -> None:
    text = unescape(at(Role.COORDINATOR).get(f"{CNA}/propose").text)
    assert len(QUESTIONS) == 9
    for key, words in QUESTIONS.items():
        assert words in text
        for name in ("answer", "note", "url", "date"):
            assert f'name="needs_assessment.answers.{key}.{name}"' in text
    assert 'value="unsure" selected' not in text  # nobody has answered anything yet


def test_answers_stand_on_the_proposal_with_their_dated_evidence(
    at: At, house: House, committee: Committee
) -> None:
    assert at(Role.COORDINATOR).post(f"{CNA}/propose", answered()).status_code == 303
    with house.store.reading() as session:
        kept = decisions.as_proposal(session, decisions.proposal_row(session, "riverbend", "CO-CNA.1"))
    assert kept.assessment is not None
    assert kept.assessment.go
    assert kept.assessment.answers["workforce"].url == URL
    text = unescape(at(Role.AUDITOR).get(f"{PLACE}/proposals/CO-CNA.1").text)
    assert "Yes: 640 openings" in text
    assert f'<a href="{URL}" rel="noreferrer">Evidence of March 31, 2026' in text


def test_the_answers_stand_in_the_form_when_it_is_proposed_again(at: At, committee: Committee) -> None:
    browser = at(Role.COORDINATOR)
    browser.post(f"{CNA}/propose", answered())
    text = browser.get(f"{CNA}/propose?from=CO-CNA.1").text
    assert f'value="{URL}"' in text
    assert 'value="640 openings"' in text


def test_a_proposal_is_made_without_an_assessment(at: At, house: House, committee: Committee) -> None:
    browser = at(Role.COORDINATOR)
    empty = {name: "" for name in answered() if name.startswith("needs_assessment.")}
    assert browser.post(f"{CNA}/propose", filled(**empty)).status_code == 303
    assert "No needs assessment was made." in browser.get(f"{PLACE}/proposals/CO-CNA.1").text


def test_with_a_no_go_no_vote_can_be_held(at: At, committee: Committee) -> None:
    browser = at(Role.COORDINATOR)
    browser.post(f"{CNA}/propose", answered(outcome="no-go"))
    assert "this one says no go" in browser.get(f"{PLACE}/proposals/CO-CNA.1").text


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"answers.wanted.answer": ""}, ("answers.wanted.answer", "Fill this in.")),
        ({"answers.wanted.answer": "maybe"}, ("answers.wanted.answer", "none of")),
        ({"outcome": ""}, ("outcome", "Fill this in.")),
        ({"outcome": "perhaps"}, ("outcome", "go or no-go")),
        ({"answers.workforce.url": "http://x.example"}, ("answers.workforce.url", "https address")),
        ({"answers.workforce.url": ""}, ("answers.workforce.url", "https address")),
        ({"answers.workforce.date": ""}, ("answers.workforce.date", "of which day this evidence is")),
        ({"answers.workforce.date": "2026-06-02"}, ("answers.workforce.date", "before the proposal")),
        ({"answers.workforce.date": "March"}, ("answers.workforce.date", "")),
        ({"answers.staff.note": "a" * 501}, ("answers.staff.note", "at most 500")),
        ({"answers.staff.note": "a\u202eb"}, ("answers.staff.note", "turns the reading")),
    ],
)
def test_what_is_wrong_with_an_answer_stands_at_its_field(
    at: At, house: House, committee: Committee, changes: dict[str, str], fault: tuple[str, str]
) -> None:
    field, said = fault
    answer = at(Role.COORDINATOR).post(f"{CNA}/propose", answered(**changes))
    assert answer.status_code == 422
    found = faults(answer.text)
    assert list(found) == [f"needs_assessment.{field}"]
    assert said in found[f"needs_assessment.{field}"]
    assert 'value="640 openings"' in answer.text
    assert states(house) == {}

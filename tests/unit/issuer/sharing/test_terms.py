"""From a form to the terms of a share: each field at its limit and one past it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from issuer.errors import IssuerError
from issuer.sharing.policy import Audience
from issuer.sharing.terms import DAYS, LONGEST_LABEL, Asked, NameShown, Terms, read_terms

TODAY = date(2026, 6, 1)
GOOD = Asked("employer", "Home Depot interview", "", "short", "", "90")


def faults(**changes: str) -> dict[str, str]:
    terms, found = read_terms(replace(GOOD, **changes), TODAY)
    assert (terms is None) is bool(found)
    return found


def test_a_good_form_says_what_was_chosen() -> None:
    terms, found = read_terms(GOOD, TODAY)
    assert found == {}
    assert terms == Terms(
        Audience.EMPLOYER, "Home Depot interview", "", NameShown.SHORT, False, TODAY + timedelta(days=90)
    )


@pytest.mark.parametrize("audience", DAYS)
def test_each_audience_has_its_own_ends_and_no_others(audience: Audience) -> None:
    every = {day for days in DAYS.values() for day in days} | {1, 366, 3650}
    for day in every:
        found = faults(audience=audience.value, days=str(day))
        assert found == ({} if day in DAYS[audience] else {"days": "days"}), day
    terms, _ = read_terms(replace(GOOD, audience=audience.value, days=str(DAYS[audience][0])), TODAY)
    assert terms is not None
    assert (terms.last_day is None) is (DAYS[audience][0] == 0)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"audience": "paper"}, {"audience": "audience"}),
        ({"audience": ""}, {"audience": "audience"}),
        ({"label": "   "}, {"label": "label"}),
        ({"label": "a\x00b"}, {"label": "label"}),
        ({"label": "a\u202eb"}, {"label": "label"}),
        ({"label": "é" * LONGEST_LABEL}, {}),
        ({"label": "é" * (LONGEST_LABEL + 1)}, {"label": "label-long"}),
        ({"name": "hidden"}, {"name": "name"}),
        ({"name": ""}, {"name": "name"}),
        ({"evidence": "yes"}, {"evidence": "evidence-named"}),
        ({"evidence": "yes", "name": "full"}, {}),
        ({"applicant": "A-1"}, {"applicant": "applicant"}),
        ({"days": "-90"}, {"days": "days"}),
        ({"days": "090"}, {"days": "days"}),
        ({"days": "९०"}, {"days": "days"}),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, str], wrong: dict[str, str]) -> None:
    assert faults(**changes) == wrong


@pytest.mark.parametrize(
    ("applicant", "said"),
    [
        ("A-000917", ""),
        ("9" * 40, ""),
        ("9" * 41, "applicant"),
        ("-1", "applicant"),
        ("A 1", "applicant"),
        ("A&x=1", "applicant"),
        ("Ａ1", "applicant"),
        ("A1\n", ""),  # a line's end at the edge is no part of it
    ],
)
def test_an_applicants_number_is_letters_digits_and_hyphens(applicant: str, said: str) -> None:
    found = faults(audience="college", days="365", applicant=applicant)
    assert found.get("applicant", "") == said


def test_no_terms_show_evidence_beside_a_short_name() -> None:
    with pytest.raises(IssuerError, match="full name"):
        Terms(Audience.EMPLOYER, "x", evidence=True)
    assert Terms(Audience.EMPLOYER, "x", name=NameShown.FULL, evidence=True).evidence

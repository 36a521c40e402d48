from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.catalog.incentive_file import default_incentives, load_incentives
from issuer.catalog.incentives import Completion, RowOutcome, Worksheet, worksheet
from issuer.catalog.school_year import SchoolYear
from issuer.errors import IssuerError
from tests.rule_sets import fault, packaged

INCENTIVES = packaged("incentives") | {"unverified": []}
CDIP = default_incentives().in_year("CDIP", SchoolYear.parse("2025-26"))
SUSTAIN = default_incentives().in_year("PWR_SUSTAIN", SchoolYear.parse("2026-27"))


def completion(student: str = "s1", code: str = "CO-CNA", **changes: Any) -> Completion:
    facts: dict[str, Any] = {
        "category": "credential",
        "completed": date(2026, 4, 18),
        "grade": 12,
        "provider": "EX01",
    }
    return Completion(student, code, **(facts | changes))


def outcomes(sheet: Worksheet) -> list[str]:
    return [row.outcome.value for row in sheet.rows]


def test_the_programme_that_was_repealed_ends_and_says_what_there_is_instead() -> None:
    incentives = default_incentives()
    with pytest.raises(IssuerError, match="no_rule_set") as caught:
        incentives.in_year("CDIP", SchoolYear.parse("2026-27"))
    assert caught.value.message.endswith("not in 2026-27. In 2026-27 there is PWR_SUSTAIN.")
    with pytest.raises(IssuerError, match="In 2025-26 there is CDIP"):
        incentives.in_year("PWR_SUSTAIN", SchoolYear.parse("2025-26"))
    with pytest.raises(IssuerError, match="not_found"):
        incentives.in_year("CDSP", SchoolYear.parse("2025-26"))


def test_a_grant_that_is_applied_for_has_no_worksheet() -> None:
    with pytest.raises(IssuerError, match="applied for"):
        default_incentives().in_year("PWR_STARTUP", SchoolYear.parse("2026-27"))


def test_sustain_funding_is_divided_as_the_law_says_in_its_first_year_only() -> None:
    assert SUSTAIN.split == {
        "postsecondary-credit": 20,
        "credential": 40,
        "work-based-learning": 35,
        "administration": 5,
    }
    later = default_incentives().in_year("PWR_SUSTAIN", SchoolYear.parse("2027-28"))
    assert later.split == {}
    sheet = worksheet(later, [completion(completed=date(2026, 9, 1))])
    assert [total.percent for total in sheet.totals] == [None, None, None]
    assert any("How the money is divided in 2027-28" in caution for caution in sheet.cautions)


def test_a_worksheet_worked_out_by_hand() -> None:
    sheet = worksheet(
        CDIP,
        [
            completion("s3", "AP-CSA", category="computer-science-ap", completed=date(2026, 5, 10)),
            completion("s1", "CO-CNA", completed=date(2026, 4, 18)),
            completion("s2", "NCCER-CORE", completed=date(2026, 2, 1), uplift=True),
            completion("s1", "CO-CNA", completed=date(2026, 5, 1)),  # reported twice
            completion("s4", "CDA", completed=date(2025, 6, 30)),  # the year before
            completion("s5", "CDA", grade=8),
            completion("s6", "INTERNSHIP", category="workplace-training"),
        ],
    )
    assert [(row.completion.student, row.outcome.value) for row in sheet.rows] == [
        ("s4", "not_eligible"),
        ("s2", "claimed"),
        ("s1", "claimed"),
        ("s5", "not_eligible"),
        ("s1", "duplicate"),
        ("s6", "claimed"),
        ("s3", "claimed"),
    ]
    first, second, third = sheet.totals
    assert (first.category.code, first.claimed, first.weight, first.at_most) == (
        "credential",
        2,
        Decimal("2.2"),
        Decimal(2200),
    )
    assert (second.category.code, second.at_most) == ("workplace-training", Decimal(1000))
    assert (third.category.code, third.at_most) == ("computer-science-ap", Decimal(1000))
    assert [row.why for row in sheet.rows if row.outcome is RowOutcome.NOT_ELIGIBLE] == [
        "It was completed on 2025-06-30, outside the school year 2025-26.",
        "It was completed in grade 8; grades 9 to 12 count.",
    ]
    assert sheet.programme.version == default_incentives().heading.version


def test_what_does_not_count_leaves_room_for_the_same_credential() -> None:
    sheet = worksheet(CDIP, [completion(completed=date(2025, 6, 1)), completion()])
    assert outcomes(sheet) == ["not_eligible", "claimed"]


def test_one_student_may_count_for_several_credentials() -> None:
    assert outcomes(worksheet(CDIP, [completion(code="CDA"), completion(code="CO-CNA")])) == ["claimed"] * 2


def test_one_provider_is_paid_for_a_tenth_of_what_the_state_reports() -> None:
    some = [completion(f"s{number:02}") for number in range(12)]
    other = completion("other", provider="EX02")
    training = completion("s99", "INTERNSHIP", category="workplace-training")
    sheet = worksheet(CDIP, [*some, other, training], statewide=109)
    assert Counter(outcomes(sheet)) == {"claimed": 12, "over_cap": 2}
    assert sheet.totals[0].claimed == 11  # ten of EX01 and one of EX02
    assert sheet.totals[1].claimed == 1  # the limit is for credentials
    last = [row for row in sheet.rows if row.outcome is RowOutcome.OVER_CAP]
    assert [row.completion.student for row in last] == ["s10", "s11"]
    assert last[0].why == "One provider is paid for at most 10, 10 % of 109."
    assert (last[0].weight, last[0].at_most) == (Decimal(0), Decimal(0))


def test_without_the_state_s_number_the_limit_is_said_not_guessed() -> None:
    sheet = worksheet(CDIP, [completion(f"s{number}") for number in range(30)])
    assert outcomes(sheet) == ["claimed"] * 30
    assert any("was not given" in caution for caution in sheet.cautions)
    assert not any("was not given" in one for one in worksheet(CDIP, [], statewide=10).cautions)


def test_what_another_provider_is_not_paid_for_can_still_be_claimed() -> None:
    sheet = worksheet(CDIP, [completion(provider="EX01"), completion(provider="EX02")], statewide=9)
    assert outcomes(sheet) == ["over_cap", "over_cap"]
    ten = [completion("s0"), completion("s1"), completion("s1", provider="EX02")]
    assert outcomes(worksheet(CDIP, ten, statewide=10)) == ["claimed", "over_cap", "claimed"]


def test_what_is_not_on_the_state_s_list_of_the_year_does_not_count() -> None:
    listed = json.loads(json.dumps(INCENTIVES))
    one = {"year": "2025-26", "category": "credential", "codes": ["CO-CNA"]}
    listed["programmes"][0]["lists"] = [one, one | {"year": "2024-25", "codes": ["CDA"]}]
    cdip = load_incentives(json.dumps(listed).encode()).in_year("CDIP", SchoolYear.parse("2025-26"))
    training = completion(code="CDA", category="workplace-training")
    sheet = worksheet(cdip, [completion(), completion("s2", "CDA"), training])
    assert outcomes(sheet) == ["claimed", "not_eligible", "claimed"]
    assert sheet.rows[1].why == "CDA is not on the state's list for 2025-26."
    assert not any("is not in these rules" in caution for caution in sheet.cautions)


def test_a_year_s_list_that_is_missing_is_said() -> None:
    assert any("Hold them against the list" in caution for caution in worksheet(CDIP, []).cautions)
    assert not any("Hold them against the list" in caution for caution in worksheet(SUSTAIN, []).cautions)


def test_a_programme_without_an_uplift_or_a_sum_has_none() -> None:
    [row] = worksheet(SUSTAIN, [completion(uplift=True)]).rows
    assert (row.outcome, row.weight, row.at_most) == (RowOutcome.CLAIMED, Decimal(1), None)


def test_sustain_funding_pays_for_what_was_completed_the_year_before() -> None:
    days = (date(2026, 6, 30), date(2026, 7, 1))
    sheet = worksheet(SUSTAIN, [completion(completed=day) for day in days])
    assert outcomes(sheet) == ["claimed", "not_eligible"]
    assert sheet.rows[1].why.endswith("outside the school year 2025-26.")


def test_a_category_that_the_programme_does_not_have_is_refused() -> None:
    with pytest.raises(IssuerError, match="has no category 'sport'"):
        worksheet(CDIP, [completion(category="sport")])


completions = st.lists(
    st.builds(
        Completion,
        student=st.sampled_from("abc"),
        code=st.sampled_from(["X", "Y"]),
        category=st.sampled_from(["credential", "workplace-training"]),
        completed=st.dates(date(2025, 5, 1), date(2026, 9, 1)),
        grade=st.integers(8, 13),
        provider=st.sampled_from(["EX01", "EX02"]),
        uplift=st.booleans(),
    ),
    max_size=25,
)


@given(completions, st.integers(0, 60), st.randoms(use_true_random=False))
def test_the_order_of_what_comes_in_changes_nothing(
    some: list[Completion], statewide: int, dice: random.Random
) -> None:
    mixed = list(some)
    dice.shuffle(mixed)
    assert worksheet(CDIP, some, statewide=statewide) == worksheet(CDIP, mixed, statewide=statewide)


@given(completions, st.integers(0, 60))
def test_nothing_is_claimed_twice_or_beyond_the_limit_and_every_row_is_there(
    some: list[Completion], statewide: int
) -> None:
    sheet = worksheet(CDIP, some, statewide=statewide)
    claimed = [row.completion for row in sheet.rows if row.outcome is RowOutcome.CLAIMED]
    assert len({(one.student, one.code) for one in claimed}) == len(claimed)
    by = Counter(one.provider for one in claimed if one.category == "credential")
    assert all(count <= statewide // 10 for count in by.values())
    assert Counter(row.completion for row in sheet.rows) == Counter(some)
    assert sum(total.claimed for total in sheet.totals) == len(claimed)
    assert [row.completion.category for row in sheet.rows] == sorted(
        row.completion.category for row in sheet.rows
    )


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda i: i.pop("programmes"), "missing_member", ""),
        (lambda i: i.update(extra=1), "unknown_member", "/extra"),
        (lambda i: i["programmes"].append(i["programmes"][0]), "duplicate_label", "/programmes/4/code"),
        (lambda i: i["programmes"][0].update(code="cdip"), "bad_value", "/programmes/0/code"),
        (lambda i: i["programmes"][0].update({"from": "2016"}), "bad_value", "/programmes/0/from"),
        (lambda i: i["programmes"][0].update(to="2015-16"), "bad_value", "/programmes/0/to"),
        (lambda i: i["programmes"][0].update(maximum=1000), "wrong_type", "/programmes/0/maximum"),
        (lambda i: i["programmes"][0].update(maximum="0"), "bad_value", "/programmes/0/maximum"),
        (lambda i: i["programmes"][0].update(capPercent="101"), "bad_value", "/programmes/0/capPercent"),
        (lambda i: i["programmes"][0].update(upliftPercent="99"), "bad_value", "/programmes/0/upliftPercent"),
        (lambda i: i["programmes"][1].update(capPercent="10"), "bad_value", "/programmes/1/capPercent"),
        (
            lambda i: i["programmes"][0].update(grades={"lowest": 12, "highest": 9}),
            "bad_value",
            "/programmes/0/grades",
        ),
        (
            lambda i: i["programmes"][0]["categories"][1].update(code="credential"),
            "duplicate_label",
            "/programmes/0/categories/1/code",
        ),
        (
            lambda i: i["programmes"][0]["categories"][0].update(order=0),
            "bad_value",
            "/programmes/0/categories/0/order",
        ),
        (
            lambda i: i["programmes"][0].update(
                lists=[{"year": "2025-26", "category": "computer-science-ap", "codes": []}]
            ),
            "bad_value",
            "/programmes/0/lists/0/category",
        ),
        (
            lambda i: i["programmes"][0].update(
                lists=[{"year": "2025-26", "category": "credential", "codes": []}] * 2
            ),
            "duplicate_label",
            "/programmes/0/lists/1",
        ),
        (
            lambda i: i["programmes"][0].update(
                lists=[{"year": "2025-26", "category": "credential", "codes": [7]}]
            ),
            "wrong_type",
            "/programmes/0/lists/0/codes/0",
        ),
        (
            lambda i: i["programmes"][1]["splits"][0]["percent"].update(administration="6"),
            "bad_value",
            "/programmes/1/splits/0/percent",
        ),
        (
            lambda i: i["programmes"][1]["splits"][0]["percent"].pop("credential"),
            "missing_member",
            "/programmes/1/splits/0/percent",
        ),
        (
            lambda i: i["programmes"][1]["splits"][0]["percent"].update(credential="-40"),
            "bad_value",
            "/programmes/1/splits/0/percent/credential",
        ),
        (
            lambda i: i["programmes"][1]["splits"][0]["percent"].update({"Other use": "0"}),
            "bad_value",
            "/programmes/1/splits/0/percent/Other use",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Any], object], code: str, pointer: str) -> None:
    error = fault(load_incentives, INCENTIVES, change)
    assert (error.code, error.pointer, error.file) == (code, pointer, "incentives.json")

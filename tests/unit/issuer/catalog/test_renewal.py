from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from issuer.catalog import default_catalogue, load_catalogue
from issuer.catalog.renewal import Renewal, renewals
from tests.rule_sets import fault, packaged
from tests.unit.issuer.catalog.test_load import KINDS

A, NET, SEC = "COMPTIA-A+", "COMPTIA-NET+", "COMPTIA-SEC+"


def found(**held: date) -> list[Renewal]:
    codes = {"a": A, "net": NET, "sec": SEC, "other": "CO-CNA", "unknown": "NOBODY"}
    return list(renewals(default_catalogue(), {codes[name]: day for name, day in held.items()}))


def test_a_higher_certification_renews_the_lower_ones() -> None:
    assert found(a=date(2024, 5, 1), net=date(2025, 5, 1), sec=date(2026, 5, 1)) == [
        Renewal(A, NET, date(2025, 5, 1)),
        Renewal(A, SEC, date(2026, 5, 1)),
        Renewal(NET, SEC, date(2026, 5, 1)),
    ]


def test_a_lower_one_renews_nothing_and_neither_does_one_that_was_earned_before() -> None:
    assert found(net=date(2024, 5, 1), a=date(2025, 5, 1)) == []
    assert found(a=date(2024, 5, 1), net=date(2024, 5, 1)) == []
    assert found(a=date(2024, 5, 1), other=date(2025, 5, 1), unknown=date(2025, 5, 1)) == []


def test_what_had_ended_is_not_renewed() -> None:
    assert found(a=date(2020, 5, 1), net=date(2023, 4, 30)) == [Renewal(A, NET, date(2023, 4, 30))]
    assert found(a=date(2020, 5, 1), net=date(2023, 5, 1)) == []


def test_a_chain_of_higher_ones_keeps_it_alive() -> None:
    assert found(a=date(2020, 5, 1), net=date(2023, 1, 1), sec=date(2025, 12, 1))[:2] == [
        Renewal(A, NET, date(2023, 1, 1)),
        Renewal(A, SEC, date(2025, 12, 1)),
    ]
    assert found(a=date(2020, 5, 1), sec=date(2025, 12, 1)) == []


def at(catalogue: dict[str, Any], code: str) -> tuple[int, dict[str, Any]]:
    found: tuple[int, dict[str, Any]] = next(
        (index, entry) for index, entry in enumerate(catalogue["entries"]) if entry["code"] == code
    )
    return found


@pytest.mark.parametrize(
    ("code", "renewed_by", "error"),
    [
        (A, ["COMPTIA-X"], "unknown_reference"),
        (A, ["comptia-net+"], "unknown_reference"),
        (A, [A], "bad_value"),
        (A, ["CO-CNA"], "bad_value"),
        (A, [7], "wrong_type"),
        ("NCCER-CORE", ["NCCER-CARP1"], "bad_value"),
    ],
)
def test_what_renews_must_be_a_higher_one_of_the_same_body(
    code: str, renewed_by: list[Any], error: str
) -> None:
    base = packaged("certifications")
    index, _ = at(base, code)

    def change(catalogue: dict[str, Any]) -> None:
        at(catalogue, code)[1].update(renewedBy=renewed_by)

    caught = fault(lambda data: load_catalogue(data, KINDS), base, change)
    assert (caught.code, caught.pointer) == (error, f"/entries/{index}/renewedBy/0")

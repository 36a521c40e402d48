"""Which names of scores show something, and what is said of the others."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from issuer.known_measures import KnownMeasures, known_measures
from tests.house import House

KNOWN = KnownMeasures(
    MappingProxyType(
        {
            "SAT": frozenset({"Math", "Writing"}),
            "AP": frozenset({""}),
            "GRADE": frozenset({"", "Algebra"}),
        }
    ),
    frozenset({"capstone-eng"}),
)


@pytest.mark.parametrize(
    ("kind", "assessment", "part"),
    [
        ("score", "SAT", "Math"),
        ("score", "AP", ""),
        ("score", "AP", "Calculus"),  # which parts count is the district's to list
        ("score", "GRADE", ""),
        ("score", "GRADE", "Algebra"),
        ("attested", "capstone-eng", ""),
    ],
)
def test_what_is_known_is_not_doubted(kind: str, assessment: str, part: str) -> None:
    assert KNOWN.doubt(kind, assessment, part) == ""


@pytest.mark.parametrize(
    ("kind", "assessment", "part", "said"),
    [
        ("score", "Sat", "Math", "knows no assessment 'Sat'. It knows: AP, GRADE, SAT"),
        ("score", "SAT", "Maths", "knows no part 'Maths' of SAT. It knows: Math, Writing"),
        ("score", "SAT", "", "asks for a part of SAT"),
        ("score", "GRADE", "Geometry", "knows no part 'Geometry' of GRADE. It knows: Algebra"),
        ("score", "capstone-eng", "", "knows no assessment"),
        ("attested", "SAT", "", "no rule of today asks whether 'SAT' is attested"),
    ],
)
def test_what_is_unknown_is_named(kind: str, assessment: str, part: str, said: str) -> None:
    assert said in KNOWN.doubt(kind, assessment, part)


def test_without_a_menu_nothing_is_doubted() -> None:
    assert KnownMeasures().doubt("score", "anything", "at all") == ""


def test_a_long_list_is_cut() -> None:
    many = KnownMeasures(MappingProxyType({f"T{n:02}": frozenset({""}) for n in range(14)}))
    assert many.doubt("score", "X", "").endswith("T10, T11 and 2 more")


def test_the_state_s_menu_is_known_before_the_district_has_chosen(house: House) -> None:
    with house.store.reading() as session:
        known = known_measures(session, house.district.id, house.time.date())
    assert known.doubt("score", "SAT", "Math") == ""
    assert known.doubt("attested", "capstone-eng", "") == ""
    assert known.doubt("score", "SAT", "Maths")

from __future__ import annotations

import json

import pytest

from issuer.catalog import CatalogueError, colorado_districts, example_district, load_schools


def test_the_example_district_is_invented_and_has_its_own_schools() -> None:
    district = example_district()
    assert "Example" in district.name
    assert "0187" in district.schools
    assert district.code not in colorado_districts()


def test_codes_keep_their_zeros_and_totals_are_no_schools() -> None:
    districts = colorado_districts()
    assert len(districts) == 185
    codes = {code for district in districts.values() for code in district.schools}
    assert all(len(code) == 4 for code in codes)
    assert codes.isdisjoint({"9998", "9999"})


def test_a_total_in_a_list_of_schools_is_refused_with_its_place() -> None:
    listed = {
        "version": "1",
        "dated": "2026-01-01",
        "source": {"title": "x"},
        "about": "x",
        "districts": {"D": {"name": "D", "schools": {"9999": "All"}}},
    }
    with pytest.raises(CatalogueError) as caught:
        load_schools(json.dumps(listed).encode())
    assert (caught.value.code, caught.value.pointer) == ("bad_value", "/districts/D/schools/9999")

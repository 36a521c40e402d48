from __future__ import annotations

from datetime import date

import pytest

from issuer.catalog.school_year import SchoolYear


@pytest.mark.parametrize("text", ["2025-26", "1999-00", "2099-00", "0001-02"])
def test_a_year_is_read_and_written_the_same(text: str) -> None:
    assert str(SchoolYear.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "2025", "2025-2026", "2025-27", "25-26", "2025/26", "9999-00", "٢٠٢٥-26"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no school year"):
        SchoolYear.parse(text)


def test_it_begins_in_july() -> None:
    year = SchoolYear.parse("2025-26")
    assert date(2025, 7, 1) in year
    assert date(2026, 6, 30) in year
    assert date(2025, 6, 30) not in year
    assert date(2026, 7, 1) not in year
    assert SchoolYear.parse("2024-25") < year

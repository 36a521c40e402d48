"""People of a district, in each database."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.staff import Staff


@pytest.fixture
def staff(house: House) -> Staff:
    """The people of the house."""
    return Staff(house)

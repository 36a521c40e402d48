"""A program of a district that has a school and a roster."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.programs import Program, enrol


@pytest.fixture
def program(house: House) -> Program:
    """A program that may do everything."""
    enrol(house)
    return Program(house)

"""A district with a student who can be written to."""

from __future__ import annotations

import pytest

from issuer.claiming import contacts
from tests.house import House

SHEET = (
    b"student_id,email,language,teacher\n"
    b"100000001,Maya@riverbend.example,es,Ms. Brook\n"
    b"100000002,sam@riverbend.example,,\n"
    b"100000003,,en,\n"
)


@pytest.fixture
def told(house: House) -> House:
    """The house, with its contacts taken."""
    contacts.take(house.store, house.district.id, SHEET, now=house.time, actor="test")
    return house

"""The issuer's application, asked without a network."""

from __future__ import annotations

import pytest

from issuer.app import create_app
from tests.house import ORIGIN, House
from tests.unit.issuer.web.asking import Client


@pytest.fixture
def client(house: House) -> Client:
    """A client at the district's own address."""
    return Client(create_app(house.store, clock=house.clock), ORIGIN)

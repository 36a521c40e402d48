"""Students at their browsers."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from issuer.app import create_app
from tests.house import House


@pytest.fixture
def app(house: House) -> FastAPI:
    """The issuer's application."""
    return create_app(house.store, clock=house.clock, entropy=house.entropy)

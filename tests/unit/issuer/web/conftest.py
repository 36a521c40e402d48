"""The issuer's application, asked without a network."""

from __future__ import annotations

import argon2
import pytest

from issuer.access import passwords
from issuer.app import create_app
from tests.house import ORIGIN, House
from tests.unit.issuer.web.asking import Client


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a password costs is tested elsewhere."""
    monkeypatch.setattr(passwords, "_HASHER", argon2.PasswordHasher(1, 64, 1))
    monkeypatch.setattr(passwords, "_nobody", lambda: passwords._HASHER.hash("nobody"))


@pytest.fixture
def client(house: House) -> Client:
    """A client at the district's own address."""
    return Client(create_app(house.store, clock=house.clock), ORIGIN)

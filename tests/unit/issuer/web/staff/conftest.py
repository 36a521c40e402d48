"""A district's people at their browsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from issuer.access.roles import Role
from issuer.app import create_app
from issuer.outbound import Outbound
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.web.staff.browser import Browser


@pytest.fixture
def staff(house: House) -> Staff:
    """The people of the house."""
    return Staff(house)


@pytest.fixture
def app(house: House) -> FastAPI:
    """The issuer's application."""
    return create_app(
        house.store, clock=house.clock, entropy=house.entropy, outbound=Outbound(resolver=nowhere)
    )


def nowhere(_host: str) -> list[str]:
    """A resolver that knows nobody."""
    raise OSError


@pytest.fixture
def at(app: FastAPI, staff: Staff) -> Callable[..., Browser]:
    """The browser of somebody with a role, who is signed in."""

    def signed_in(role: Role = Role.ADMINISTRATOR, number: int = 1) -> Browser:
        browser = Browser(app, staff.house.district.origin)
        assert browser.sign_in(staff.person(role, number).email).status_code == 303
        return browser

    return signed_in

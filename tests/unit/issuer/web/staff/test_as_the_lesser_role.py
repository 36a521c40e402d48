"""The application on PostgreSQL, as the role that sees one district at a time: it needs no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from issuer.access.roles import Role
from issuer.app import create_app
from issuer.shares import create_share
from issuer.store.roles import make_role, standing
from issuer.store.session import Store
from tests.databases import DATABASES, Postgres
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.web.asking import Client
from tests.unit.issuer.web.staff.browser import Browser

pytestmark = pytest.mark.skipif(
    "postgresql" not in DATABASES, reason="PostgreSQL comes as a wheel on Linux alone"
)


@pytest.fixture
def lesser(postgres: Postgres) -> Iterator[Store]:
    """The lesser role's connection."""
    owner = Store.open(postgres.url)
    make_role(owner, "cairn_lesser")
    opened = Store.open(postgres.url.replace("postgres:@", "cairn_lesser:@"))
    yield opened
    opened.close()
    owner.close()
    postgres.clean()


def test_everything_is_done_as_the_lesser_role(lesser: Store) -> None:
    found = standing(lesser)
    assert found is not None
    assert found.above == ""
    houses = [
        House.build(lesser.of(name), name, f"https://badges.{name}.example")
        for name in ("riverbend", "eastfield")
    ]
    app = create_app(lesser, clock=houses[0].clock, entropy=houses[0].entropy)
    for house in houses:
        made = house.issue(number=f"N-{house.district.id}")
        house.publish()
        share = create_share(
            house.store,
            house.district.id,
            made.credential_id,
            now=house.time,
            entropy=house.entropy,
            actor="test",
        )
        public = Client(app, house.district.origin)
        assert public.get("/.well-known/did.json").json()["id"] == house.district.did
        for body in ({"token": share.token}, {"code": share.code}):
            assert public.post("/retrieve", json=body).content == made.document
        assert public.get("/achievements/co-cna").status_code == 200
        staff = Staff(house)
        browser = Browser(app, house.district.origin)
        assert browser.sign_in(staff.person(Role.ADMINISTRATOR).email, "not it").status_code == 403
        assert browser.sign_in(staff.person(Role.ADMINISTRATOR).email).status_code == 303
        for path in ("", "people", "settings/approval", "settings/sign-on", "approvals", "audit"):
            assert browser.get(f"/staff/{path}").status_code == 200, path
        form = {"name": "Nia Brook", "email": "nia@example.edu", "role": "auditor"}
        assert browser.post("/staff/people", form).status_code == 200
        assert browser.post("/staff/settings/approval", {"two_people": "withdraw"}).status_code == 303
        assert "The trail holds" in browser.post("/staff/audit/check").text
        assert browser.post("/staff/sign-out").status_code == 303
    ready = Client(app, houses[0].district.origin).get("/readyz")
    assert ready.json()["parts"] == dict.fromkeys(("database", "migrations", "keys", "lists"), "ok")

"""What was derived, as the verifier judges it by what the district publishes: it never outlives the badge."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from credential.withdrawal import Reason
from issuer.correction import Correction, correct
from issuer.derivation import Derivation
from issuer.derived import derive, withdraw_derived
from issuer.revocation import revoke
from issuer.store import published
from issuer.store.derived import SHARE, WALLET
from keys.did import PublishedKey, did_key, did_web_document
from tests.house import House
from tests.signers import SeededSigner
from tests.world import World
from verifier.evidence import Need, Outcome

HOLDER = did_key(SeededSigner("a wallet", "did:example:none").public_key)
COPIES = {
    "wallet": Derivation(WALLET, "one", subject_id=HOLDER),
    "short name": Derivation(SHARE, "two", name="Maya O.", evidence=False),
    "no name": Derivation(SHARE, "three", name=None),
}


class Published(World):
    """A world in which the issuer's addresses serve what a house has published."""

    house: House

    def _usual(self, need: Need) -> bytes | None:
        if need.url == self.did_url:
            key = PublishedKey(self.house.signer.public_key)
            return json.dumps(did_web_document(self.house.district.did, [key])).encode()
        path = need.url.removeprefix(f"{self.house.district.origin}/")
        with self.house.store.reading() as session:
            row = published.current(session, self.house.district.id, path)
        return row.body if row else None


def judged(house: House, document: bytes, at: datetime | None = None) -> Outcome:
    world = Published()
    world.house = house
    assert world.did == house.district.did
    house.publish()
    return world.check(document, now=at or house.time).outcome


@pytest.fixture(params=COPIES)
def copy(request: pytest.FixtureRequest) -> Derivation:
    return COPIES[request.param]


def made(house: House, badge: str, what: Derivation) -> Any:
    return derive(
        house.store, house.district.id, badge, what,
        signer=house.signer, now=house.time, entropy=house.entropy, actor="test",
    )  # fmt: skip


def test_a_copy_is_valid_until_its_badge_is_withdrawn(house: House, copy: Derivation) -> None:
    badge = house.issue()
    derived = made(house, badge.credential_id, copy)
    assert judged(house, derived.document) is Outcome.VALID
    house.later(minutes=5)
    revoke(
        house.store, house.district.id, badge.credential_id,
        reason=Reason.NO_LONGER_VALID, note="", now=house.time, actor="test",
    )  # fmt: skip
    assert judged(house, derived.document) is Outcome.INVALID
    assert judged(house, badge.document) is Outcome.INVALID


def test_a_copy_ends_on_the_day_of_its_badge(house: House, copy: Derivation) -> None:
    badge = house.issue(last_day=date(2026, 7, 1))
    house.later(days=20)
    derived = made(house, badge.credential_id, copy)
    assert judged(house, derived.document) is Outcome.VALID
    house.later(days=20)
    assert judged(house, derived.document) is Outcome.INVALID


def test_a_copy_that_is_withdrawn_alone_leaves_its_badge_valid(house: House, copy: Derivation) -> None:
    badge = house.issue()
    derived = made(house, badge.credential_id, copy)
    house.publish()
    house.later(minutes=5)
    withdraw_derived(
        house.store, house.district.id, derived.derived_id,
        reason=Reason.REQUESTED, now=house.time, actor="test",
    )  # fmt: skip
    assert judged(house, derived.document) is Outcome.INVALID
    assert judged(house, badge.document) is Outcome.VALID


def test_a_copy_of_a_badge_that_was_corrected_is_not_valid(house: House, copy: Derivation) -> None:
    badge = house.issue()
    derived = made(house, badge.credential_id, copy)
    house.publish()
    house.later(minutes=5)
    right = Correction("Maya Okafor", date(2026, 4, 19), date(2028, 1, 31), "NA-000123", None, None)
    correct(
        house.store, house.district.id, "A-1", right,
        signer=house.signer, now=house.time, entropy=house.entropy, actor="test",
    )  # fmt: skip
    assert judged(house, derived.document) is Outcome.INVALID

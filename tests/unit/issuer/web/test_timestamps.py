"""A status list answers for a moment of the past: the list of that moment, or an error, and no other list."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

import pytest

from issuer.publication import list_path, notes_path
from issuer.revocation import revoke
from tests.house import NOW, House
from tests.unit.issuer.web.asking import Client


@pytest.fixture
def three(house: House) -> str:
    """The path of a list with a version at noon, one 13 hours later, and one 13 hours after that."""
    made = house.issue()
    house.publish()
    for _ in range(2):
        house.later(hours=13)
        house.publish()
    revoke(
        house.store,
        house.district.id,
        made.credential_id,
        reason="requested",
        note="",
        now=house.time,
        actor="x",
    )
    return f"/{list_path(house.row(made.credential_id).list_id)}"


def begins(body: bytes) -> str:
    return str(json.loads(body)["validFrom"])


def test_each_moment_has_its_list(three: str, client: Client) -> None:
    """BSL 1.0, 3.2."""
    current = answer = client.get(three)
    for hours, version in ((0, 0), (12.9, 0), (13, 13), (25.9, 13), (26, 26)):
        at = NOW + timedelta(hours=hours)
        answer = client.get(f"{three}?timestamp={at.strftime('%Y-%m-%dT%H:%M:%SZ')}")
        assert answer.status_code == 200
        assert begins(answer.content) == (NOW + timedelta(hours=version)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert answer.content == current.content


def test_the_notes_and_the_keys_answer_too(three: str, client: Client) -> None:
    first, now = (client.get(f"{three}/notes{query}") for query in ("?timestamp=2026-06-01T13:00:00Z", ""))
    assert (first.status_code, now.status_code) == (200, 200)
    assert first.content != now.content
    assert client.get("/.well-known/did.json?timestamp=2026-06-01T13:00:00Z").status_code == 200
    assert notes_path("x") == "status/x/notes"


def test_a_moment_is_the_same_in_every_time_zone(three: str, client: Client) -> None:
    written = [
        "2026-06-02T01:00:00Z",
        "2026-06-01T19:00:00-06:00",
        quote("2026-06-02T03:00:00.5+02:00"),
    ]
    assert len({client.get(f"{three}?timestamp={one}").content for one in written}) == 1


def test_an_old_version_has_its_own_tag(three: str, client: Client) -> None:
    old = f"{three}?timestamp=2026-06-01T13:00:00Z"
    tag = client.get(old).headers["etag"]
    assert tag != client.get(three).headers["etag"]
    assert client.get(old, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(three, headers={"If-None-Match": tag}).status_code == 200


def test_a_moment_before_the_first_list_has_none(three: str, client: Client) -> None:
    for long_ago in ("2026-06-01T11:59:59Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"):
        answer = client.get(f"{three}?timestamp={long_ago}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), long_ago


def test_a_moment_in_which_no_list_was_in_force_has_none(house: House, three: str, client: Client) -> None:
    """The publisher stood still for two days: what it had published had ended."""
    house.later(days=3)
    answer = client.get(
        f"{three}?timestamp={(house.time - timedelta(hours=1)).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_moment_to_come_has_none(house: House, three: str, client: Client) -> None:
    def ask(ahead: int) -> int:
        at = house.time + timedelta(seconds=ahead)
        return client.get(f"{three}?timestamp={at.strftime('%Y-%m-%dT%H:%M:%SZ')}").status_code

    assert [ask(0), ask(60), ask(61), ask(10_000_000)] == [200, 200, 400, 400]


BAD = [
    "",
    "now",
    "2026-06-01",
    "2026-06-01T12:00:00",
    "2026-06-01T12:00:00+00:00",
    "2026-06-01%2012:00:00Z",
    "2026-02-30T12:00:00Z",
    "1780315200",
    "9999-12-31T23:59:59-14:00",
    "2026-06-01T12:00:00.00000000000000000000Z",
    "2026-06-01T12:00:00Z&timestamp=2026-06-01T12:00:00Z",
    "%00",
    "%F0%9F%8E%93",
    "2026-06-01T12:00:00Z'--",
]


@pytest.mark.parametrize("asked", BAD)
def test_what_is_no_moment_is_refused(three: str, client: Client, asked: str) -> None:
    answer = client.get(f"{three}?timestamp={asked}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_the_longest_moment_is_read_and_one_longer_is_not(three: str, client: Client) -> None:
    longest = f"2026-06-01T13:00:00.{'0' * 19}Z"
    assert len(longest) == 40
    assert client.get(f"{three}?timestamp={longest}").status_code == 200
    longer = longest.replace(".", ".0")
    assert client.get(f"{three}?timestamp={longer}").status_code == 400

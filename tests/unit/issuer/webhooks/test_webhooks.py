"""Webhooks: what happened is told, signed, tried again, given up; by ids alone, and to the open network."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from issuer.api.errors import ApiError
from issuer.errors import IssuerError
from issuer.outbound import Outbound
from issuer.store import webhooks as rows
from issuer.store.webhook_tables import DELIVERED, GIVEN_UP, WAITING
from issuer.webhooks import setting
from issuer.webhooks.delivering import GONE, MOST_ATTEMPTS, MOST_SENT, WAITS, Sent, deliver, take
from issuer.webhooks.events import TYPES
from issuer.webhooks.secret import SHORTEST, headers, key_from
from issuer.webhooks.setting import LONGEST_URL, MOST_HOOKS, OVERLAP, NewHook
from issuer.webhooks.teller import Teller
from tests.house import House

KEY = b"k" * SHORTEST
URL = "https://hooks.riverbend.example/cairn"


class Ear(Outbound):
    """Hears what would be sent."""

    def __init__(self, status: int = 200) -> None:
        super().__init__()
        self.status = status
        self.heard: list[tuple[str, bytes, dict[str, str]]] = []

    def tell(self, url: str, body: bytes, headers: Any) -> int:
        self.heard.append((url, body, dict(headers)))
        return self.status


def hooked(house: House, **named: Any) -> NewHook:
    given: dict[str, Any] = {
        "url": URL,
        "key": KEY,
        "now": house.time,
        "entropy": house.entropy,
        "actor": "test",
    }
    return setting.add(house.store, house.district.id, **(given | named))


def round_of(house: House, ear: Outbound) -> list[Sent]:
    take(house.store, house.district.id, now=house.time)
    return deliver(house.store, house.district.id, outbound=ear, key=KEY, clock=house.clock)


def states(house: House, hook: NewHook) -> list[str]:
    with house.store.reading() as session:
        return [one.state for one in rows.messages(session, house.district.id, hook.hook.id, most=99)]


def fits(secret: str, sent: tuple[str, bytes, dict[str, str]]) -> bool:
    """Whether a message is signed under a secret, by hand (Standard Webhooks: Signature scheme)."""
    _, body, said = sent
    signed = f"{said['webhook-id']}.{said['webhook-timestamp']}.".encode() + body
    mark = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, "sha256")
    return f"v1,{base64.b64encode(mark).decode()}" in said["webhook-signature"].split(" ")


def test_the_signature_is_the_published_one() -> None:
    """The vector of the reference libraries."""
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    said = headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        at,
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert said["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_happened_is_told_by_type_and_id_alone(house: House) -> None:
    house.issue("A-0")
    hook = hooked(house)
    made = house.issue("A-1", number="NA-2", date_earned=house.time.date() - timedelta(days=9))
    ear = Ear()
    (sent,) = round_of(house, ear)
    assert sent.delivered
    ((url, body, said),) = ear.heard
    assert url == URL
    assert json.loads(body) == {
        "type": "credential.issued",
        "timestamp": "2026-06-01T12:00:00Z",
        "data": {"district": "riverbend", "credential_id": made.credential_id},
    }
    assert said["webhook-id"] == sent.message_id
    assert fits(hook.secret, ear.heard[0])
    assert round_of(house, ear) == []


def test_the_reference_library_takes_it(house: House) -> None:
    hook = hooked(house)
    house.time = datetime.now(UTC)
    house.issue(achievement_id="osha10-con", number="", last_day=None)
    ear = Ear()
    round_of(house, ear)
    _, body, said = ear.heard[0]
    assert Webhook(hook.secret).verify(body.decode(), said)["type"] == "credential.issued"


def test_a_webhook_hears_what_it_asked_for(house: House) -> None:
    hooked(house, events=["credential.revoked"])
    house.issue()
    assert round_of(house, Ear()) == []


def test_what_is_not_heard_is_tried_again_later_and_later_then_given_up(house: House) -> None:
    hook, ear = hooked(house), Ear(500)
    house.issue()
    ids = set()
    for wait in WAITS:
        (sent,) = round_of(house, ear)
        ids.add(sent.message_id)
        house.later(seconds=wait - 1)
        assert round_of(house, ear) == []
        house.later(seconds=wait / 10 + 1)
    assert states(house, hook) == [WAITING]
    round_of(house, ear)
    assert len(ear.heard) == MOST_ATTEMPTS
    assert states(house, hook) == [GIVEN_UP]
    assert len(ids) == 1
    assert setting.everything(house.store, house.district.id)[0].disabled == house.time
    house.issue("A-2", number="NA-2", student_id="100000002")
    house.later(days=9)
    assert round_of(house, ear) == []


def test_an_address_that_is_gone_is_told_nothing_more_until_somebody_says_so(house: House) -> None:
    hook, ear = hooked(house), Ear(GONE)
    house.issue()
    round_of(house, ear)
    assert setting.everything(house.store, house.district.id)[0].disabled is not None
    house.issue("A-2", number="NA-2", student_id="100000002")
    house.later(hours=1)
    assert round_of(house, ear) == []
    setting.enable(house.store, house.district.id, hook.hook.id, now=house.time, actor="test")
    ear.status = 204
    assert len(round_of(house, ear)) == 2
    assert states(house, hook) == [DELIVERED, DELIVERED]


def test_whoever_does_not_hear_the_first_is_not_asked_for_the_rest_in_that_round(house: House) -> None:
    hooked(house)
    house.issue("A-1")
    house.issue("A-2", number="NA-2", student_id="100000002")
    assert len(round_of(house, Ear(0))) == 1
    assert MOST_SENT == 50


def test_a_message_is_taken_by_one_worker(house: House) -> None:
    hooked(house)
    house.issue()
    take(house.store, house.district.id, now=house.time)
    ear = Ear()

    class Meanwhile(Ear):
        def tell(self, url: str, body: bytes, headers: Any) -> int:
            deliver(house.store, house.district.id, outbound=ear, key=KEY, clock=house.clock)
            return super().tell(url, body, headers)

    first = Meanwhile()
    deliver(house.store, house.district.id, outbound=first, key=KEY, clock=house.clock)
    assert (len(first.heard), len(ear.heard)) == (1, 0)


def test_a_new_secret_signs_beside_the_old_one_for_a_day(house: House) -> None:
    hook, ear = hooked(house), Ear()
    new = setting.rotate(house.store, house.district.id, hook.hook.id, key=KEY, now=house.time, actor="test")
    assert new.secret != hook.secret
    house.time += OVERLAP - timedelta(seconds=1)
    house.issue("A-1")
    round_of(house, ear)
    house.later(seconds=1)
    house.issue("A-2", number="NA-2", student_id="100000002")
    round_of(house, ear)
    assert [fits(new.secret, one) for one in ear.heard] == [True, True]
    assert [fits(hook.secret, one) for one in ear.heard] == [True, False]


def test_no_secret_is_in_the_database(house: House) -> None:
    hook = hooked(house)
    with house.store.reading() as session:
        row = rows.one(session, house.district.id, hook.hook.id)
    assert row is not None
    kept = [str(value) for value in vars(row).values()]
    assert not any(hook.secret.removeprefix("whsec_") in one for one in kept)


def test_a_removed_webhook_is_told_nothing(house: House) -> None:
    hook = hooked(house)
    house.issue()
    setting.remove(house.store, house.district.id, hook.hook.id, now=house.time, actor="test")
    assert round_of(house, Ear()) == []
    with pytest.raises(ApiError, match="webhook_refused"):
        setting.rotate(house.store, house.district.id, hook.hook.id, key=KEY, now=house.time, actor="test")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.riverbend.example/",
        "ftp://hooks.riverbend.example/",
        "https://user:word@hooks.riverbend.example/",
        "https:///path",
        "https://hooks.riverbend.example/#x",
        "https://hooks.riverbend.example/a b",
        "https://[::1/",
        f"https://h.example/{'x' * LONGEST_URL}",
    ],
)
def test_an_address_that_is_not_told(house: House, url: str) -> None:
    with pytest.raises(ApiError, match="webhook_refused"):
        hooked(house, url=url)


def test_the_longest_address(house: House) -> None:
    begins = "https://h.example/"
    hooked(house, url=begins + "x" * (LONGEST_URL - len(begins)))


@pytest.mark.parametrize("events", [[], ["everything"]])
def test_events_that_there_are_not(house: House, events: list[str]) -> None:
    with pytest.raises(ApiError, match="webhook_refused"):
        hooked(house, events=events)
    assert "credential.issued" in TYPES


def test_as_many_webhooks_as_there_may_be(house: House) -> None:
    for _ in range(MOST_HOOKS):
        hooked(house)
    with pytest.raises(ApiError, match="webhook_refused"):
        hooked(house)


def test_without_a_key_of_the_deployment_there_are_no_webhooks(house: House, tmp_path: Path) -> None:
    with pytest.raises(ApiError, match="CAIRN_WEBHOOK_KEY"):
        hooked(house, key=b"")
    assert key_from({}, tmp_path) == b""
    (tmp_path / "cairn_webhook_key").write_bytes(KEY + b"\n")
    assert key_from({}, tmp_path) == KEY
    named = {"CAIRN_WEBHOOK_KEY_FILE": str(tmp_path / "cairn_webhook_key")}
    assert key_from(named, None) == KEY
    with pytest.raises(IssuerError, match="not both"):
        key_from(named | {"CAIRN_WEBHOOK_KEY": "another"}, None)
    with pytest.raises(ApiError, match="webhook_refused"):
        key_from({"CAIRN_WEBHOOK_KEY": "k" * (SHORTEST - 1)}, None)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1"])
def test_a_name_that_leads_into_our_own_network_is_not_asked(address: str) -> None:
    dialled = []

    async def dial(*given: Any) -> Any:
        dialled.append(given)
        raise OSError

    guarded = Outbound(resolver=lambda _host: [address], dialer=dial)
    assert guarded.tell(URL, b"{}", {}) == 0
    assert dialled == []


def test_the_twin_of_the_open_network_is_asked() -> None:
    dialled = []

    async def dial(*given: Any) -> Any:
        dialled.append(given)
        await asyncio.sleep(0)
        raise OSError

    assert Outbound(resolver=lambda _host: ["93.184.216.34"], dialer=dial).tell(URL, b"{}", {}) == 0
    assert len(dialled) == 1


@pytest.fixture
def listening(socket_enabled: None) -> Iterator[tuple[str, list[tuple[bytes, dict[str, str]]]]]:
    """A server on this machine that hears one message after another."""
    del socket_enabled
    heard: list[tuple[bytes, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://localhost:{server.server_port}", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_message_arrives_over_the_wire_with_its_headers(
    house: House, listening: tuple[str, list[tuple[bytes, dict[str, str]]]]
) -> None:
    origin, heard = listening
    hook = hooked(house, url=f"{origin}/hook", loopback=[origin])
    house.issue()
    outbound = Outbound(loopback=frozenset({origin}))
    Teller(house.store, outbound=outbound, key=KEY, clock=house.clock, every=1).round()
    ((body, said),) = heard
    assert fits(hook.secret, ("", body, said))
    assert said["content-type"] == "application/json"
    assert states(house, hook) == [DELIVERED]


def test_one_district_that_cannot_be_told_does_not_hold_up_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = House.build(house.store, "amber", "https://badges.amber.example")
    hooked(other)
    hooked(house)
    other.issue(number="NA-9")
    house.issue()
    ear, whole = Ear(), take

    def fails(store: Any, district_id: str, **named: Any) -> int:
        if district_id == "amber":
            raise OSError
        return whole(store, district_id, **named)

    monkeypatch.setattr("issuer.webhooks.teller.take", fails)
    told: Callable[[], None] = Teller(house.store, outbound=ear, key=KEY, clock=house.clock, every=1).round
    told()
    assert len(ear.heard) == 1

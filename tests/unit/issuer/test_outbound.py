"""What leaves the issuer, and what does not."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from issuer import outbound as outbound_module
from issuer.access.errors import AccessError
from issuer.outbound import AGAIN_SECONDS, FAILED_SECONDS, KEPT_SECONDS, MOST_KEPT, Outbound
from verifier.fetch import FetchRefused

URL = "https://login.riverbend.example/keys"


class Clock:
    """Seconds."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Counting(Outbound):
    """Answers by itself, and counts."""

    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__(clock=self.clock)
        self.asked: list[tuple[str, str]] = []
        self.refuses: FetchRefused | None = None

    async def _fetch(self, url: str, method: Any, *_: object, **_more: object) -> bytes:
        self.asked.append((method, url))
        if self.refuses is not None:
            raise self.refuses
        return f"answer {len(self.asked)}".encode()


def test_what_seldom_changes_is_kept_for_a_while() -> None:
    asks = Counting()
    assert asks.get(URL) == asks.get(URL) == b"answer 1"
    asks.clock.now += KEPT_SECONDS - 1
    assert asks.get(URL) == b"answer 1"
    asks.clock.now += 1
    assert asks.get(URL) == b"answer 2"
    assert asks.get(URL, anew=True) == b"answer 2"  # just asked: it cannot be made to ask for every token
    asks.clock.now += AGAIN_SECONDS
    assert asks.get(URL, anew=True) == b"answer 3"


def test_what_is_kept_is_bounded() -> None:
    asks = Counting()
    for number in range(MOST_KEPT + 1):
        asks.get(f"{URL}/{number}")
    assert len(asks._kept) == MOST_KEPT
    asks.get(f"{URL}/0")
    assert len(asks.asked) == MOST_KEPT + 2


def test_what_could_not_be_had_is_not_asked_for_again_at_once() -> None:
    asks = Counting()
    asks.refuses = FetchRefused("http_status", "no", 503)
    for _ in range(3):
        with pytest.raises(AccessError, match="sign_on_unreachable"):
            asks.get(URL)
    assert len(asks.asked) == 1
    asks.refuses = None
    asks.clock.now += FAILED_SECONDS - 0.1
    with pytest.raises(AccessError, match="sign_on_unreachable"):
        asks.get(URL)
    asks.get(f"{URL}/of-somebody-else")
    asks.clock.now += 0.1
    assert asks.get(URL) == asks.get(URL)
    assert len(asks.asked) == 3


def test_what_is_kept_is_given_while_asking_anew_fails() -> None:
    asks = Counting()
    asks.get(URL)
    asks.clock.now += AGAIN_SECONDS
    asks.refuses = FetchRefused("http_status", "no", 503)
    with pytest.raises(AccessError, match="sign_on_unreachable"):
        asks.get(URL, anew=True)
    assert asks.get(URL) == b"answer 1"


def test_what_is_kept_of_failures_is_bounded() -> None:
    asks = Counting()
    asks.refuses = FetchRefused("http_status", "no", 404)
    for number in range(MOST_KEPT + 1):
        with pytest.raises(AccessError):
            asks.get(f"{URL}/{number}")
    assert len(asks._failed) == MOST_KEPT


def test_a_form_is_sent_each_time_and_never_kept() -> None:
    asks = Counting()
    assert asks.post_form(URL, b"code=1", "") != asks.post_form(URL, b"code=1", "")
    assert asks._kept == {}


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_no_is_told_from_silence(status: int) -> None:
    asks = Counting()
    asks.refuses = FetchRefused("http_status", "no", status)
    with pytest.raises(AccessError, match="sign_on_refused"):
        asks.post_form(URL, b"", "")
    for silent in (FetchRefused("http_status", "no", 500), FetchRefused("blocked_address", "10.0.0.1")):
        asks.refuses = silent
        with pytest.raises(AccessError, match="sign_on_unreachable") as refused:
            asks.post_form(URL, b"", "")
        assert "10.0.0.1" not in refused.value.message


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (URL, "127.0.0.1"),
        (URL, "10.0.0.1"),
        (URL, "169.254.169.254"),
        (URL, "::1"),
        ("http://login.riverbend.example/keys", "93.184.216.34"),
        ("http://localhost:8000/keys", "127.0.0.1"),
        ("https://localhost/keys", "127.0.0.1"),
        ("file:///etc/passwd", "93.184.216.34"),
    ],
)
def test_only_public_addresses_are_dialled(url: str, address: str) -> None:
    async def dial(*_: object) -> Any:
        raise AssertionError("it was dialled")

    asks = Outbound(resolver=lambda _host: [address], dialer=dial)
    with pytest.raises(AccessError, match="sign_on_unreachable"):
        asks.get(url)


def test_questions_at_once_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound_module, "LONGEST_WAIT", 0.01)
    asks = Counting()
    for _ in range(outbound_module.AT_ONCE):
        asks._turns.acquire()
    with pytest.raises(AccessError, match="sign_in_busy"):
        asks.get(URL)
    asks._turns.release()
    assert asks.get(URL)  # that we were busy is not kept as a failure of the other side


def test_certificates_are_checked() -> None:
    assert Outbound()._tls.verify_mode is ssl.CERT_REQUIRED

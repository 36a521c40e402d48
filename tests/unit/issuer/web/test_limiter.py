"""How often codes may be tried."""

from __future__ import annotations

from issuer.web import limiter as limiter_module
from issuer.web.limiter import Limiter, Rate


def test_a_client_may_fail_its_burst_and_then_waits() -> None:
    limiter = Limiter(Rate(3, 2.0), Rate(1_000, 0.001))
    for _ in range(3):
        assert limiter.wait("192.0.2.1", 100.0) == 0
        limiter.failed("192.0.2.1", 100.0)
    assert limiter.wait("192.0.2.1", 100.0) == 2.0
    assert limiter.wait("192.0.2.1", 102.0) == 0
    assert limiter.wait("192.0.2.2", 100.0) == 0


def test_all_together_have_a_bound() -> None:
    limiter = Limiter(Rate(1_000, 1.0), Rate(2, 10.0))
    limiter.failed("192.0.2.1", 0.0)
    limiter.failed("192.0.2.2", 0.0)
    assert limiter.wait("192.0.2.3", 0.0) == 10.0


def test_who_has_a_network_has_all_its_addresses() -> None:
    limiter = Limiter(Rate(1, 5.0), Rate(1_000, 0.001))
    limiter.failed("2001:db8:0:1::1", 0.0)
    assert limiter.wait("2001:db8:0:1:ffff::9", 0.0) == 5.0
    assert limiter.wait("2001:db8:0:2::1", 0.0) == 0


def test_addresses_that_are_none_count_as_one() -> None:
    limiter = Limiter(Rate(1, 5.0), Rate(1_000, 0.001))
    limiter.failed("testclient", 0.0)
    assert limiter.wait("", 0.0) == 5.0


def test_memory_is_bounded(monkeypatch: object) -> None:
    limiter = Limiter(Rate(1, 5.0), Rate(1_000_000, 0.000001))
    for number in range(limiter_module.MOST_CLIENTS + 50):
        limiter.failed(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 0.0)
    assert len(limiter._free_at) == limiter_module.MOST_CLIENTS

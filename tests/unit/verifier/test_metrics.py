from __future__ import annotations

import asyncio
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.interface import post
from tests.site import Answers, ask, make_site, upload
from tests.world import NOW, World
from verifier.app import create_app, metrics_served
from verifier.cache import Cache
from verifier.evidence import Check, CheckOutcome, Code, Failure, Fetched, Need, NeedKind
from verifier.metrics import METHODS, RESULTS, Counted, Metrics
from verifier.presented import PresentationCode
from verifier.settings import Settings, SettingsError
from verifier.web.problem import STATUSES


def counted(metrics: Metrics, name: str) -> float:
    """The value of one line."""
    found = re.search(rf"^cairn_verify_{re.escape(name)} ([0-9.e+-]+)$", metrics.text(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def labels(metrics: Metrics) -> dict[str, set[str]]:
    """Every label with every value that it has."""
    told: dict[str, set[str]] = {}
    for line in metrics.text().splitlines():
        if not line.startswith("#"):
            for name, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', line):
                told.setdefault(name, set()).add(value)
    return told


def test_verdicts_checks_answers_and_fetches_are_counted(tmp_path: Path) -> None:
    world, metrics = World(), Metrics()
    make_site(world, tmp_path)
    site = create_app(
        Settings(trust=tmp_path / "trust.json", hosts=frozenset({"check.example.org"}), codes_per_minute=1),
        source=Answers(world),
        clock=lambda: NOW,
        metrics=metrics,
    )
    assert upload(site, world.badge()).status_code == 200
    assert counted(metrics, 'verdicts_total{code="valid"}') == 1
    assert counted(metrics, 'checks_total{check="proof",outcome="yes"}') == 1
    assert counted(metrics, 'fetches_total{kind="did_document",result="ok"}') == 1
    assert counted(metrics, 'request_seconds_count{method="POST",route="/check",status="200"}') == 1
    world.fail[world.list_url] = "timeout"
    upload(site, world.badge(6))
    assert counted(metrics, 'fetches_total{kind="status_list",result="timeout"}') == 1
    for _ in range(2):
        ask(site, "/c/RIVER-7Q2M9KXB4T0C")
    ask(site, "/v1/nothing")
    assert counted(metrics, 'problems_total{code="not_found"}') == 1
    post(site, "/challenges", b"")
    assert counted(metrics, 'kept{what="challenges"}') == 1
    assert counted(metrics, 'kept{what="status_lists"}') == 1


def test_refusals_are_counted_by_what_was_too_much(tmp_path: Path) -> None:
    world, metrics = World(), Metrics()
    settings = Settings(hosts=frozenset({"check.example.org"}), lookups_per_minute=1)
    site = create_app(settings, source=Answers(world), clock=lambda: NOW, metrics=metrics)
    for _ in range(3):
        post(site, "/v1/verifications", {"link": "https://a.example/badges/1"})
    assert counted(metrics, 'rate_limited_total{limit="lookups"}') == 2
    assert counted(metrics, 'problems_total{code="too_many_requests"}') == 2


def test_every_value_of_every_label_is_known_beforehand(tmp_path: Path) -> None:
    world, metrics = World(), Metrics()
    site = create_app(
        Settings(hosts=frozenset({"check.example.org"})),
        source=Answers(world),
        clock=lambda: NOW,
        metrics=metrics,
    )
    upload(site, world.badge())
    for path in ("/c/SECRET", "/s/SECRET", "/secret", "/problems/secret", "/v1/secret", "/r/SECRET"):
        ask(site, path)
        ask(site, path, "SECRET")
    ask(site, "/", headers={"Host": "secret.example"})
    told = labels(metrics)
    known = {
        "code": {*map(str, Code), *map(str, PresentationCode), *STATUSES},
        "check": set(map(str, Check)),
        "outcome": set(map(str, CheckOutcome)),
        "kind": set(map(str, NeedKind)),
        "result": set(RESULTS),
        "limit": {"lookups", "codes", "checks"},
        "what": {
            *("status_lists", "challenges", "pictures"),
            *("addresses_lookups", "addresses_codes", "addresses_checks"),
        },
        "method": METHODS | {"other"},
    }
    assert set(told) - {"route", "status", "le"} <= set(known)
    for name, values in told.items():
        assert values <= known.get(name, values), name
    assert {"/c/{text}", "/check", "none"} <= told["route"]
    assert all(re.fullmatch(r"[1-5]\d\d", status) for status in told["status"])
    assert not {route for route in told["route"] if "SECRET" in route.upper()}


def test_a_failure_of_an_unknown_kind_is_counted_as_other() -> None:
    class Odd:
        async def answer(self, need: Need) -> Fetched | Failure:
            return Failure(need, "did:web:somebody", "", NOW)

    metrics = Metrics()
    asyncio.run(Counted(Odd(), metrics).answer(Need(NeedKind.KEY_SET, "https://a.example")))
    assert counted(metrics, 'fetches_total{kind="key_set",result="other"}') == 1


def test_the_cache_says_how_much_it_keeps() -> None:
    world, metrics = World(), Metrics()
    cache = Cache(Answers(world), clock=lambda: NOW)
    metrics.watch("answers", lambda: cache.size, lambda: cache.kept_bytes)
    asyncio.run(cache.answer(Need(NeedKind.DID_DOCUMENT, world.did_url)))
    assert counted(metrics, 'kept{what="answers"}') == 1
    assert counted(metrics, 'kept_bytes{what="answers"}') > 500


def test_nobody_can_read_them_at_the_sites_own_address(tmp_path: Path) -> None:
    site = make_site(World(), tmp_path)
    assert ask(site, "/metrics").status_code == 404


@pytest.mark.network
def test_they_are_answered_at_a_port_of_their_own_and_no_longer_than_the_site_runs() -> None:
    metrics = Metrics()
    with metrics_served(Settings(), metrics) as port:
        assert port is None
    settings = Settings(metrics_port=0)
    with metrics_served(settings, metrics) as port:
        assert port
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
            assert b"cairn_verify_kept" in answer.read()
        taken = Settings(metrics_port=port)
        with (
            pytest.raises(SettingsError, match="CAIRN_VERIFY_METRICS_PORT"),
            metrics_served(taken, Metrics()),
        ):
            pass
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60)

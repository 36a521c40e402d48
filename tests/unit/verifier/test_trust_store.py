"""What was accepted is remembered: on the disk, through bad answers, crashes and restarts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from credential.trust_list.signing import MAX_TOKEN
from tests.site import Answers, ask
from tests.trust_lists import KEY, MALLORY, PINS, ended, issuer, later, other, signed
from tests.world import NOW, World
from verifier.app import create_app
from verifier.evidence import Code
from verifier.fetch import FetchedBytes, FetchRefused
from verifier.settings import Settings, SettingsError
from verifier.trust import NOBODY, Trust, TrustList, TrustListError, TrustLists
from verifier.trust.sources import MOST_LISTS, TrustSource, check_sources
from verifier.trust_refresh import ACCEPT, keep_fresh, refresh, refresh_once
from verifier.trust_store import TrustStore
from verifier.verify import verify

URL = "https://lists.state.example/trust/list.jwt"
WEB = TrustSource(URL, PINS)


class Web:
    """A network that answers with what a test puts there."""

    def __init__(self, **pages: bytes) -> None:
        self.body: bytes | FetchRefused = pages.get("body", b"")
        self.asked: list[tuple[str, int, str]] = []

    async def fetch(self, url: str, *, max_bytes: int, accept: str) -> FetchedBytes:
        self.asked.append((url, max_bytes, accept))
        if isinstance(self.body, FetchRefused):
            raise self.body
        return FetchedBytes(url, 200, "application/vc+jwt", self.body)


def one(trust: Trust) -> TrustList:
    (listed,) = trust.lists
    return listed


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    return TrustStore(tmp_path / "trust")


def taken(store: TrustStore, body: bytes, now: Any = NOW) -> str:
    (done,) = asyncio.run(refresh(store, [WEB], Web(body=body), now))
    return done.code


def test_a_list_on_the_web_is_fetched_kept_and_known_after_a_restart(
    store: TrustStore, tmp_path: Path
) -> None:
    assert one(store.load([WEB], NOW)).problem == "trust_list_missing"
    web = Web(body=signed())
    (done,) = asyncio.run(refresh(store, [WEB], web, NOW))
    assert web.asked == [(URL, MAX_TOKEN, ACCEPT)]
    assert done.took
    again = one(TrustStore(tmp_path / "trust").load([WEB], NOW + timedelta(days=1)))
    assert (again.name, again.fetched, again.source) == ("State list", NOW, URL)
    assert again.entries == done.took.entries


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "trust_list_malformed"),
        (b"<html>Welcome to the hotel</html>", "trust_list_malformed"),
        (signed(signer=MALLORY), "foreign_key"),
        (signed(), "trust_list_older"),
        (later(signed(), other()), "trust_list_forked"),
        (later(signed(), version=3, id="https://lists.state.example/other"), "trust_list_other"),
    ],
)
def test_a_bad_answer_changes_nothing(store: TrustStore, body: bytes, code: str) -> None:
    second = later(signed())
    assert taken(store, second) == ""
    assert taken(store, body) == code
    kept = one(store.load([WEB], NOW))
    assert kept.credential
    assert (kept.credential.version, kept.problem) == (2, "")


def test_no_answer_changes_nothing(store: TrustStore) -> None:
    taken(store, signed())
    web = Web()
    web.body = FetchRefused("timeout", "no whole answer within 8 s")
    (done,) = asyncio.run(refresh(store, [WEB], web, NOW))
    assert (done.code, done.took) == ("timeout", None)
    assert one(store.load([WEB], NOW)).entries


def test_a_kept_copy_ends_like_any(store: TrustStore) -> None:
    taken(store, signed())
    long_after = NOW + timedelta(days=90)
    assert one(store.load([WEB], long_after)).expired(long_after)


def test_a_copy_that_was_exchanged_on_the_disk_is_not_used(store: TrustStore, tmp_path: Path) -> None:
    first = signed()
    taken(store, first)
    taken(store, later(first))
    (copy,) = (tmp_path / "trust").glob("*.jwt")
    for body, problem in ((first, "trust_list_older"), (b"x", "trust_list_malformed")):
        copy.write_bytes(body)
        assert one(store.load([WEB], NOW)).problem == problem
    copy.unlink()
    assert one(store.load([WEB], NOW)).problem == "trust_list_missing"


def test_a_memory_that_cannot_be_read_is_no_empty_memory(store: TrustStore, tmp_path: Path) -> None:
    taken(store, signed())
    state = tmp_path / "trust" / "accepted.json"
    for text in ("", "[]", "{}", '{"version": 2, "accepted": {}}', '{"version": 1, "accepted": []}'):
        state.write_text(text, "utf-8")
        assert one(store.load([WEB], NOW)).problem == "state_unreadable"
        assert taken(store, signed()) == "state_unreadable"
    state.write_text(json.dumps({"version": 1, "accepted": {URL: {"list": "x"}}}), "utf-8")
    assert taken(store, signed()) == "state_unreadable"


def test_a_crash_between_copy_and_memory_loses_nothing(
    store: TrustStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = signed()
    taken(store, first)
    real: Callable[[Path, bytes], None] = __import__("verifier.trust_store", fromlist=["_"])._written

    def stops(path: Path, data: bytes) -> None:
        if path.name == "accepted.json":
            raise OSError(28, "No space left on device", str(path))
        real(path, data)

    monkeypatch.setattr("verifier.trust_store._written", stops)
    assert taken(store, later(first)) == "not_kept"
    monkeypatch.undo()
    assert one(TrustStore(tmp_path / "trust").load([WEB], NOW)).entries
    assert taken(store, later(first)) == ""


def test_a_signed_file_never_goes_back_either(store: TrustStore, tmp_path: Path) -> None:
    file = tmp_path / "list.jwt"
    source = TrustSource(str(file), PINS)
    first = signed()
    file.write_bytes(later(first) + b"\n")
    assert one(store.load([source], NOW)).entries
    file.write_bytes(first)
    with pytest.raises(TrustListError) as refused:
        store.load([source], NOW)
    assert refused.value.code == "trust_list_older"


def test_a_signed_file_without_a_key_says_nothing(store: TrustStore, tmp_path: Path) -> None:
    file = tmp_path / "list.jwt"
    file.write_bytes(signed())
    with pytest.raises(TrustListError) as refused:
        store.load([TrustSource(str(file))], NOW)
    assert refused.value.code == "not_pinned"


def test_lists_keep_the_operators_order_and_a_missing_one_its_place(
    store: TrustStore, tmp_path: Path
) -> None:
    plain = tmp_path / "own.json"
    plain.write_text(json.dumps({"version": 1, "name": "Our own", "entries": []}), "utf-8")
    both = store.load([WEB, TrustSource(str(plain))], NOW)
    assert isinstance(both, TrustLists)
    assert [(found.name, found.problem) for found in both.lists] == [
        (URL, "trust_list_missing"),
        ("Our own", ""),
    ]
    assert store.load([], NOW) == NOBODY


def test_sources_are_checked_together() -> None:
    many = [TrustSource(str(number)) for number in range(MOST_LISTS)]
    assert check_sources(many) == tuple(many)
    for wrong in ([*many, TrustSource("one more")], [many[0], many[0]], [TrustSource(URL)]):
        with pytest.raises(TrustListError) as refused:
            check_sources(wrong)
        assert refused.value.code == "bad_source"


# what an operator sets


def settings(tmp_path: Path, **changes: Any) -> Settings:
    usual: dict[str, Any] = {
        "data": tmp_path / "data",
        "trust_lists": [{"place": URL, "key": KEY}],
        "hosts": "check.example.org",
        "processes": 0,
    }
    return Settings(**(usual | changes))


def test_lists_are_set_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "list.jwt"
    file.write_bytes(signed())
    monkeypatch.setenv("CAIRN_VERIFY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CAIRN_VERIFY_TRUST", str(file))
    monkeypatch.setenv("CAIRN_VERIFY_TRUST_KEY", KEY)
    monkeypatch.setenv(
        "CAIRN_VERIFY_TRUST_LISTS", json.dumps([{"place": URL, "key": KEY, "id": "https://x.example"}])
    )
    found = Settings()
    assert found.sources() == (TrustSource(str(file), PINS), TrustSource(URL, PINS, "https://x.example"))
    trust = found.trusted(NOW)
    assert [listed.problem for listed in trust.lists] == ["", "trust_list_missing"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data": None}, "CAIRN_VERIFY_DATA"),
        ({"trust_lists": [{"place": URL}]}, "publisher's key"),
        ({"trust_lists": [{"place": URL, "key": "no key"}]}, "CAIRN_VERIFY_TRUST_KEY"),
        ({"trust_lists": [{"place": "/nowhere/list.jwt", "key": KEY}]}, "/nowhere/list.jwt"),
    ],
)
def test_what_cannot_be_used_stops_the_start(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings(tmp_path, **changes).trusted(NOW)


# while the site runs


def test_a_running_site_takes_a_new_list_and_keeps_what_it_had_when_none_comes(tmp_path: Path) -> None:
    world = World()
    web = Web(body=signed())
    app = create_app(settings(tmp_path), source=Answers(world), clock=lambda: NOW, fetcher=web)
    inner = app._site
    badge = world.badge()

    def code() -> str:
        return ask(app, "/credentials/verify", "POST", json={"verifiableCredential": json.loads(badge)}).text

    async def run() -> None:
        async with inner.router.lifespan_context(inner):  # type: ignore[attr-defined] # the application inside
            for _ in range(6_000):
                if inner.state.site.policy.trust.entries:  # type: ignore[attr-defined] # likewise
                    break
                await asyncio.sleep(0.01)

    assert "issuer_unknown" in code() or "incomplete" in code()
    asyncio.run(run())
    assert "Riverbend School District" in code()
    assert ask(app, "/readyz").json()["recognised"] == 1


def test_a_refresh_that_fails_is_logged_and_leaves_the_lists(
    store: TrustStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    used: list[Trust] = []
    asyncio.run(refresh_once(store, [WEB], Web(body=b"x"), clock=lambda: NOW, use=used.append))
    assert "was not taken" in caplog.text
    assert one(used[0]).problem == "trust_list_missing"
    gone = TrustSource(str(tmp_path / "gone.json"))
    asyncio.run(refresh_once(store, [gone], Web(), clock=lambda: NOW, use=used.append))
    assert len(used) == 1
    assert "stay as they were" in caplog.text


def test_it_asks_again_and_again(store: TrustStore) -> None:
    web = Web(body=signed())

    async def run() -> None:
        third = asyncio.Event()
        asking = asyncio.create_task(
            keep_fresh(
                store,
                [WEB],
                web,
                every=0.001,
                clock=lambda: NOW,
                use=lambda _trust: third.set() if len(web.asked) >= 3 else None,
            )
        )
        await third.wait()
        asking.cancel()

    asyncio.run(asyncio.wait_for(run(), 60))
    assert len(web.asked) >= 3


def test_a_badge_is_judged_by_what_was_kept(store: TrustStore) -> None:
    world = World()
    evidence = world.evidence(world.badge())
    for body, code in ((signed(), Code.VALID), (later(signed(), other()), Code.ISSUER_UNKNOWN)):
        taken(store, body)
        assert verify(evidence, replace(world.policy, trust=store.load([WEB], NOW)), NOW).code is code
    taken(store, later(later(signed(), other()), issuer(), version=3, **ended()))
    assert verify(evidence, replace(world.policy, trust=store.load([WEB], NOW)), NOW).code is Code.INCOMPLETE

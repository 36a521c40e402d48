"""Courses of events around the verifier's network: keys that go away, servers that stall, floods (KEY-10,
NET-09 to NET-11). Each function plays one with the product's own code and says what came of it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta

import httpcore

from keys.did import PublishedKey
from tests.attacks.certificates import offered, trusting
from tests.attacks.replay import code_of
from tests.attacks.wire import PUBLIC, Wire
from tests.site import typed
from tests.world import NOW, SeededSigner, World, as_presented
from verifier.addresses import Address
from verifier.app import create_app
from verifier.cache import Cache
from verifier.evidence import Failure, Fetched, Need, NeedKind, Seen
from verifier.fetch import Fetcher, FetchLimits, FetchRefused
from verifier.gather import Memory, gather
from verifier.network import Network
from verifier.settings import Settings
from verifier.verify import verify

PATIENCE = 30.0
"""Seconds after which a refusal came too late: far beyond the limits here, and short of every stall."""

URL = "https://badges.district.example/status/1"


class Clocked:
    """A `Source` in front of a world, whose time is the test's, and which can be down."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = NOW
        self.down = False
        self.asked: list[str] = []

    async def answer(self, need: Need) -> Fetched | Failure:
        self.asked.append(need.url)
        await asyncio.sleep(0)
        if self.down and need.kind is NeedKind.DID_DOCUMENT:
            return Failure(need, "timeout", "down", self.now)
        return replace(self.world.fetch(need), at=self.now)

    def clock(self) -> datetime:
        return self.now

    def check(self, keeping: Cache, badge: bytes) -> str:
        """Check a badge at the time that it is now."""
        policy = self.world.policy
        held = asyncio.run(gather(as_presented(badge), policy, keeping, self.now))
        return code_of(verify(held, policy, self.now))


def key_removed_while_cached(minutes: int, *, then_down: bool = False) -> str:
    """A badge is checked, its key disappears from the issuer's document, and it is checked again.

    Args:
        minutes: The time between the two checks.
        then_down: Whether the issuer's document cannot be got any more, as its thief would like it.
    """
    world = World()
    stolen = SeededSigner("stolen", world.did)
    world.published = [PublishedKey(stolen.public_key)]
    badge, source = world.badge(signer=stolen), Clocked(world)
    keeping = Cache(source, clock=source.clock)
    if source.check(keeping, badge) != "ok":
        return "not good before"
    world.published = []
    source.now += timedelta(minutes=minutes)
    source.down = then_down
    return source.check(keeping, badge)


def issuer_comes_back(seconds: int) -> str:
    """The issuer is down when a badge is first checked, and is up again when it is checked again."""
    world = World()
    source = Clocked(world)
    keeping = Cache(source, clock=source.clock)
    source.down = True
    if source.check(keeping, world.badge()) != "issuer_unreachable":
        return "not down before"
    source.down = False
    source.now += timedelta(seconds=seconds)
    return source.check(keeping, world.badge())


def stalled(at: str, stalled_ms: int, limit_ms: int) -> str:
    """A server, or the way to it, that stalls: the fetch ends within its limit, whatever comes how slowly."""
    wire = Wire(lambda _url, _body: b"{}" * 400, stalls=at, stalled=stalled_ms / 1000)
    fetcher = wire.fetcher(FetchLimits(connect=limit_ms / 1000, exchange=limit_ms / 1000))
    started = time.monotonic()
    try:
        asyncio.run(fetcher.fetch(URL, max_bytes=10_000, accept="*/*"))
    except FetchRefused as refused:
        late = time.monotonic() - started > PATIENCE
        return f"{refused.code}, but too late" if late else refused.code
    finally:
        wire.over.set()
    return "ok"


def certificate(kind: str) -> str:
    """A server with a certificate of its own making, asked with the product's own rules for certificates."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if kind != "none":  # who speaks no TLS answers what it does not understand
                await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client does not trust us, as it should
        finally:
            writer.close()

    async def asked(folder: str) -> str:
        path = f"{folder}/s"
        server = await asyncio.start_unix_server(reply, path, ssl=offered(kind, "badges.district.example"))

        async def dial(_address: Address, _port: int, seconds: float) -> httpcore.AsyncNetworkStream:
            return await httpcore.AnyIOBackend().connect_unix_socket(path, timeout=seconds)

        fetcher = Fetcher(resolver=lambda _host: [PUBLIC], dialer=dial, tls=trusting())
        try:
            await fetcher.fetch(URL, max_bytes=100, accept="*/*")
        except FetchRefused as refused:
            return refused.code
        finally:
            server.close()
        return "ok"

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(asked(folder))


def cache_flooded(issuers: int, *, answer_bytes: int = 1_000, down: bool = False) -> str:
    """One host with as many issuers as it likes fills the cache; then it is counted what is still kept."""
    most = 64 * 1024

    class Flood:
        """Answers anything, with so many bytes, or with none at all."""

        asked = 0

        async def answer(self, need: Need) -> Fetched | Failure:
            self.asked += 1
            return Failure(need, "timeout", "", NOW) if down else Fetched(need, bytes(answer_bytes), NOW)

    async def played() -> int:
        flood = Flood()
        keeping = Cache(flood, most_bytes=most, clock=lambda: NOW)
        needs = [Need(NeedKind.DID_DOCUMENT, f"https://a.example/u/{n}/did.json") for n in range(issuers)]
        for need in needs:
            await keeping.answer(need)
        kept = 0
        for need in reversed(needs):  # from the last one back, so that counting pushes nothing out
            before = flood.asked
            await keeping.answer(need)
            if flood.asked > before:
                break
            kept += 1
        return kept

    kept = asyncio.run(played())
    if kept == issuers and kept * answer_bytes <= most:
        return "ok"
    return "bounded" if kept > 0 and kept * (500 if down else answer_bytes) <= most else "unbounded"


def memory_flooded(lists: int) -> str:
    """One host with as many status lists as it likes fills what the verifier remembers of them."""
    memory = Memory(most=100)
    memory.remember(Seen(f"https://a.example/status/{number}", NOW) for number in range(lists))
    kept = len(memory.known())
    if kept == lists:
        return "ok" if kept <= 100 else "unbounded"
    return "bounded" if kept == 100 else "unbounded"


def asked_at_once(askers: int, *, same: bool) -> str:
    """Many badges at the same moment: of one issuer, who is asked once; of many, who wait for their turn."""
    most = 4
    wire = Wire(lambda _url, _body: b"{}", stalls="body", stalled=0.005)

    async def played() -> None:
        keeping = Cache(Network(wire.fetcher(FetchLimits(concurrent=most)), lambda: NOW), clock=lambda: NOW)
        names = [
            "https://a.example/did.json" if same else f"https://a{n}.example/did.json" for n in range(askers)
        ]
        answers = await asyncio.gather(*(keeping.answer(Need(NeedKind.DID_DOCUMENT, one)) for one in names))
        if not all(isinstance(one, Fetched) for one in answers):
            raise AssertionError("an honest answer was refused")

    asyncio.run(played())
    if askers == 1:
        return "ok"
    if same:
        return "asked_once" if len(wire.asked) == 1 else "asked_often"
    return "bounded" if len(wire.asked) == askers and wire.most_open <= most else "unbounded"


def down_and_asked_again(checks: int) -> str:
    """Everybody checks badges of an issuer who is down: the issuer is not asked once more for each."""
    world = World()
    source = Clocked(world)
    source.down = checks > 1
    keeping = Cache(source, clock=source.clock)
    codes = set()
    for _ in range(checks):
        codes.add(source.check(keeping, world.badge()))
        source.now += timedelta(milliseconds=100)
    if checks == 1:
        return "".join(codes)
    return "asked_once" if source.asked.count(world.did_url) == 1 else "asked_often"


def looked_up(times: int) -> str:
    """One address looks up link after link."""
    site = create_app(
        Settings(hosts=frozenset({"check.example.org"}), lookups_per_minute=3),
        source=Clocked(World()),
        clock=lambda: NOW,
    )
    codes = {typed(site, f"https://a.example/badges/{number}").status_code for number in range(times)}
    return "ok" if codes == {200} else str(max(codes))

"""Where too much waits already, the site says so at once, and when to come again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.site import ADDRESS, Answers, make_site
from tests.world import NOW, World
from verifier.app import AGAIN_AFTER, create_app
from verifier.evidence import Failure, Fetched, Need
from verifier.settings import Settings
from verifier.web.guard import Guard


class Held(Answers):
    """A world that answers when it is let."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.go = asyncio.Event()

    async def answer(self, need: Need) -> Fetched | Failure:
        await self.go.wait()
        return await super().answer(need)


def site_with(world: World, folder: Path, source: Answers, **settings: Any) -> Guard:
    make_site(world, folder)  # it writes the trust list
    usual: dict[str, Any] = {
        "trust": folder / "trust.json",
        "hosts": "check.example.org",
        "data": folder / "verifier",
    }
    return create_app(Settings(**(usual | settings)), source=source, clock=lambda: NOW)


async def send(site: Guard, path: str, badge: bytes, asker: str) -> httpx.Response:
    transport = httpx.ASGITransport(site, raise_app_exceptions=False, client=(asker, 5))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        if path == "/check":
            return await client.post(path, files={"file": ("badge.json", badge)}, data={"lang": "es"})
        return await client.post(path, json={"verifiableCredential": json.loads(badge)})


@pytest.mark.parametrize("path", ["/check", "/credentials/verify"])
def test_one_more_than_may_wait_is_told_to_come_again(tmp_path: Path, path: str) -> None:
    world = World()

    async def play() -> list[httpx.Response]:
        source = Held(world)
        site = site_with(world, tmp_path, source, checks_at_once=1, checks_waiting=1, processes=0)
        badge = world.badge()
        first = [asyncio.create_task(send(site, path, badge, f"192.0.2.{n}")) for n in (1, 2)]
        lines = site._site.state.site.turns._lines  # type: ignore[attr-defined] # the application inside
        while not lines:  # noqa: ASYNC110 - nobody is told; then one is being checked, and one waits for it
            await asyncio.sleep(0.01)
        third = await send(site, path, badge, "192.0.2.3")
        source.go.set()
        return [*(await asyncio.gather(*first)), third, await send(site, path, badge, "192.0.2.3")]

    answers = asyncio.run(play())
    assert [one.status_code for one in answers] == [200, 200, 503, 200]
    busy = answers[2]
    assert busy.headers["retry-after"] == str(AGAIN_AFTER)
    if path == "/check":
        assert "Espere unos segundos" in busy.text or "Wait a few seconds" in busy.text
    else:
        assert busy.headers["content-type"] == "application/problem+json"
        assert busy.json()["code"] == "busy"


def test_the_site_checks_in_processes_of_their_own_unless_it_is_told_not_to(tmp_path: Path) -> None:
    world = World()
    badge = world.badge()
    site = site_with(world, tmp_path, Answers(world))

    async def play() -> list[bool]:
        inner: Any = site._site
        assert inner.state.site.desk is not None
        async with inner.router.lifespan_context(inner):
            answers = [await send(site, "/credentials/verify", badge, "192.0.2.1") for _ in range(2)]
        return [answer.json()["verified"] for answer in answers]

    assert asyncio.run(play()) == [True, True]

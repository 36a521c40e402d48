"""The verifier's site in front of a simulated district, asked without a socket."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from tests.world import NOW, World
from verifier.app import create_app
from verifier.evidence import Failure, Fetched, Need
from verifier.settings import Settings
from verifier.web.guard import Guard

ADDRESS = "https://check.example.org"


class Answers:
    """A `Source` that asks a world.

    Args:
        world: Who answers.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    async def answer(self, need: Need) -> Fetched | Failure:
        return self.world.fetch(need)


def make_site(world: World, folder: Path, **settings: Any) -> Guard:
    """The site, trusting what the world says of its trust list.

    Args:
        world: The district, which is also the network.
        folder: Where its trust list is written.
        settings: Other than the usual.
    """
    listed = folder / "trust.json"
    entries = [
        {"id": e.id, "name": e.name, "tag": e.tag, "retrieval": e.retrieval} for e in world.trust.entries
    ]
    listed.write_text(json.dumps({"version": 1, "name": world.trust.name, "entries": entries}), "utf-8")
    usual: dict[str, Any] = {
        "trust": listed,
        "hosts": "check.example.org,localhost",
        "seconds": 30,
        "data": folder / "verifier",
        "processes": 0,
    }
    return create_app(Settings(**(usual | settings)), source=Answers(world), clock=lambda: NOW)


def ask(
    site: Guard,
    path: str,
    method: str = "GET",
    *,
    headers: Any = None,
    address: str = ADDRESS,
    asker: str = "192.0.2.7",
    **sent: Any,
) -> httpx.Response:
    """One request. What breaks inside is answered as it would be in service, with status 500."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(site, raise_app_exceptions=False, client=(asker, 5))
        async with httpx.AsyncClient(transport=transport, base_url=address) as client:
            return await client.request(method, path, headers=headers, **sent)

    return asyncio.run(asked())


def upload(site: Guard, data: bytes, *, name: str = "badge", lang: str = "en") -> httpx.Response:
    """Send a file to the page."""
    return ask(site, "/check", "POST", files={"file": (name, data)}, data={"lang": lang})


def typed(site: Guard, text: str, *, lang: str = "en") -> httpx.Response:
    """Type or paste a text into the page."""
    return ask(site, "/check", "POST", data={"text": text, "lang": lang})

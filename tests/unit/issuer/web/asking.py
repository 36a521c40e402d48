"""Ask an application in this process, without a socket."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI


class Client:
    """Sends one request at a time.

    Args:
        app: The application.
        origin: The address at which it believes to be asked.
    """

    def __init__(self, app: FastAPI, origin: str) -> None:
        self._app = app
        self._origin = origin

    def request(self, method: str, path: str, **named: Any) -> httpx.Response:
        """The answer, whatever it is."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self._origin) as client:
                return await client.request(method, path, **named)

        return asyncio.run(ask())

    def get(self, path: str, **named: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **named)

    def head(self, path: str, **named: Any) -> httpx.Response:
        """HEAD."""
        return self.request("HEAD", path, **named)

    def post(self, path: str, **named: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **named)

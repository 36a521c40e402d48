"""A browser without scripts: it keeps cookies, reads forms off pages and sends them back."""

from __future__ import annotations

import re
from html import unescape
from http.cookies import SimpleCookie
from typing import Any

import httpx
from fastapi import FastAPI

from tests.staff import PASSWORD
from tests.unit.issuer.web.asking import Client

_FIELD = re.compile(r'name="form_token" value="([^"]+)"')


class Browser:
    """Somebody's browser at one district's console.

    Args:
        app: The issuer's application.
        origin: The district's origin.
    """

    def __init__(self, app: FastAPI, origin: str) -> None:
        self.origin = origin
        self.cookies: dict[str, str] = {}
        self._client = Client(app, origin)

    def ask(self, method: str, path: str, **named: Any) -> httpx.Response:
        """One request with its cookies; what the answer sets is kept."""
        headers = dict(named.pop("headers", {}))
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self._client.request(method, path, headers=headers, **named)
        for text in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(text).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def get(self, path: str, **named: Any) -> httpx.Response:
        """Open a page."""
        return self.ask("GET", path, **named)

    def form_token(self, path: str = "/staff/sign-in") -> str:
        """What the forms of a page carry."""
        answer = self.get(path)
        found = _FIELD.search(answer.text)
        if found is None and answer.status_code == 303:  # signed in: every page has the form to sign out
            found = _FIELD.search(self.get("/staff/").text)
        assert found is not None, answer.text
        return unescape(found.group(1))

    def post(self, path: str, data: dict[str, Any] | None = None, **named: Any) -> httpx.Response:
        """Send a form, as a browser does that got it from the console's own page."""
        sent = {"form_token": self.form_token()} | (data or {})
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} | named.pop("headers", {})
        return self.ask("POST", path, data=sent, headers=headers, **named)

    def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        """Sign in at the page."""
        return self.post("/staff/sign-in", {"email": email, "password": password} | more)

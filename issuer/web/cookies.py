"""Cookies of our own pages: bound to this host, out of reach of scripts, gone when the browser closes."""

from __future__ import annotations

from typing import Protocol

from fastapi import Request
from fastapi.responses import Response

from issuer.access.tokens import is_token


class Served(Protocol):
    """Where a request came in."""

    @property
    def is_secure(self) -> bool:
        """Whether it is served by https; a try on this machine is not."""


def cookie_name(place: Served, name: str) -> str:
    """A cookie's whole name. `__Host-` binds it to this host (RFC 6265bis, 4.1.3), where that can be."""
    return f"__Host-{name}" if place.is_secure else name


def set_cookie(answer: Response, place: Served, name: str, value: str) -> None:
    """Give the browser a cookie, under its whole name."""
    answer.set_cookie(name, value, path="/", secure=place.is_secure, httponly=True, samesite="lax")


def drop_cookie(answer: Response, place: Served, name: str) -> None:
    """Take a cookie back."""
    answer.delete_cookie(name, path="/", secure=place.is_secure, httponly=True, samesite="lax")


def held_token(request: Request, name: str) -> str:
    """The token that a cookie of the browser holds; "" where there is none, or no token of ours."""
    held = request.cookies.get(name, "")
    return held if is_token(held) else ""

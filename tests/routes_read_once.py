"""What FastAPI reads off a function of a route is kept: it reads it anew for every application that has it.

A test makes an application for itself, and thousands of tests do. What a function of a module asks for is the
same each time; what is made inside another function may not be, and is read as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from typing import Any, Final

from fastapi import routing
from fastapi.dependencies import utils
from fastapi.dependencies.models import Dependant

MOST: Final = 8_192
_read = utils.get_dependant


@lru_cache(maxsize=MOST)
def _kept_of(call: Callable[..., Any], path: str, rest: tuple[tuple[str, Any], ...]) -> Dependant:
    return _read(path=path, call=call, **dict(rest))


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _get_dependant(*, path: str, call: Callable[..., Any], **rest: Any) -> Dependant:
    asked = {name: value for name, value in rest.items() if value not in ([], None)}
    if "<locals>" in getattr(call, "__qualname__", "<locals>") or any(map(_is_list, asked.values())):
        return _read(path=path, call=call, **rest)
    made = copy(_kept_of(call, path, tuple(asked.items())))
    made.dependencies = [*made.dependencies]  # what an application asks besides is put in here
    return made


def pytest_configure() -> None:
    """Read everything once from now on."""
    utils.get_dependant = _get_dependant
    routing.get_dependant = _get_dependant  # type: ignore[attr-defined]  # it has the name from there

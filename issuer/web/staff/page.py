"""Draw a page of the console: one frame, one set of words, the navigation that the person may see."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment

from issuer.access.errors import AccessError
from issuer.access.roles import NAMES, Permission
from issuer.reports.written import is_numbers, picture, written
from issuer.web.access import Here, Visit, form_key, form_value, new_form_key, visit_cookie
from issuer.web.cookies import set_cookie
from issuer.web.forms import FORM_FIELD
from issuer.web.look.environment import environment_of
from issuer.web.staff import nav

HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        # With `no-referrer`, browsers hide the origin of our own forms from us too.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
)

FIRST: Final = "/staff/"
"""The console's first page."""
_LEADS_BACK: Final = re.compile(r"/staff(?:/[A-Za-z0-9_-]{1,64}){0,6}/?")


def _words() -> Mapping[str, str]:
    text = resources.files("issuer.web.staff").joinpath("words.toml").read_text("utf-8")
    return MappingProxyType({key: str(said) for key, said in tomllib.loads(text).items()})


WORDS: Final = _words()
"""Every text of the console's frame and pages, by key."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows.

    Attributes:
        title: Its heading, and the title of the window.
        template: The file under `templates/`.
        values: What the template needs.
        status: The HTTP status.
        faults: What is wrong with the form: field to sentence. They stand in a summary at the top, and each
            at its field.
    """

    title: str
    template: str
    values: Mapping[str, Any]
    status: int = 200
    faults: Mapping[str, str] = field(default_factory=dict)


def page(request: Request, visit: Visit, shown: Page) -> HTMLResponse:
    """A page for somebody who is signed in."""
    return _answer(request, visit.here, shown, visit)


def open_page(request: Request, here: Here, shown: Page) -> HTMLResponse:
    """A page for anybody: to sign in, to set a password. Its forms are bound to the browser's visit."""
    return _answer(request, here, shown, None)


def go(path: str, notice: str = "") -> RedirectResponse:
    """Lead on to another page after something was done (303), with a word about it from `notice.*`."""
    return RedirectResponse(f"/staff{path}" + (f"?notice={notice}" if notice else ""), 303, dict(HEADERS))


def leads_back(path: str) -> str:
    """Where to go after signing in: a page of the console, or its first one for any other text."""
    return path if _LEADS_BACK.fullmatch(path) else FIRST


def faults_of(refused: AccessError) -> dict[str, str]:
    """What a refusal says, at the field that it is about; "" where it is about none."""
    return {refused.field: refused.message[:1].upper() + refused.message[1:] + "."}


def _answer(request: Request, here: Here, shown: Page, visit: Visit | None) -> HTMLResponse:
    held = form_key(request, here)
    key = held or new_form_key(here)
    notice = WORDS.get(f"notice.{request.query_params.get('notice', '')}", "")
    text = (
        environment()
        .get_template(shown.template)
        .render(
            **{
                "t": WORDS,
                "title": shown.title,
                "faults": shown.faults,
                "notice": notice if request.method == "GET" else "",
                "district": here.district.name,
                "person": visit.person if visit else None,
                "role_names": NAMES,
                "P": Permission,
                "nav": nav.main(visit.person) if visit else [],
                "nav_here": _nav_here(request, visit),
                "form_field": FORM_FIELD,
                "form_value": form_value(key),
            }
            | dict(shown.values)
        )
    )
    answer = HTMLResponse(text, shown.status, dict(HEADERS))
    if not held:
        set_cookie(answer, here, visit_cookie(here), key)
    return answer


def _nav_here(request: Request, visit: Visit | None) -> str:
    """The place of the navigation under which this page lies."""
    if visit is None:
        return ""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    if any(_is_under(path, one.path) for one in nav.settings(visit.person)):
        return "/settings"
    fitting = [one.path for one in nav.main(visit.person) if _is_under(path, one.path)]
    return max(fitting, key=len, default="")


def _is_under(path: str, place: str) -> bool:
    """Whether a page is a place, or lies under it; nothing lies under Home."""
    return path == place or (place != "/" and path.startswith(f"{place}/"))


@cache
def environment() -> Environment:
    """The console's templates, and what they write values with."""
    filters: dict[str, Callable[..., Any]] = {
        "moment": moment,
        "day": day,
        "written": written,
        "picture": picture,
    }
    made = environment_of("issuer.web.staff", filters)
    made.tests["numbers"] = is_numbers
    return made


def moment(at: datetime) -> str:
    """A time as people write it; the zone is said once, in the table's heading."""
    return f"{day(at)}, {at:%H:%M}"


def day(at: date) -> str:
    """A day as people write it."""
    return f"{at:%B} {at.day}, {at.year}"

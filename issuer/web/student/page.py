"""Draw a page of the students' site: one frame, big and plain, in English or Spanish."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment

from issuer.access.tokens import form_token, new_token
from issuer.mail.wording import day
from issuer.web.cookies import set_cookie
from issuer.web.forms import FORM_FIELD
from issuer.web.look.environment import environment_of
from issuer.web.student.door import (
    FIRST,
    LANGUAGES,
    Place,
    current,
    form_key,
    remember_language,
    visit_cookie,
)

HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        # Nothing for anybody else. With `no-referrer`, browsers hide the origin of our own forms from us too.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }
)

PLACES: Final = (
    ("/my/badges", "nav.badges"),
    ("/my/ways-back", "nav.ways-back"),
    ("/my/about-me", "nav.about-me"),
)
"""What the navigation shows to who is signed in: address, and the key of its name."""


def _words() -> Mapping[str, Mapping[str, str]]:
    """Every text by language and key, from all files of `words/`.

    Raises:
        ValueError: A file says a key twice, or not in every language.
    """
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    folder = resources.files("issuer.web.student").joinpath("words")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        said = tomllib.loads(file.read_text("utf-8"))
        keys = {language: set(said[language]) for language in LANGUAGES}
        if len({frozenset(one) for one in keys.values()}) != 1 or keys["en"] & found["en"].keys():
            raise ValueError(f"words/{file.name}: a key is said twice, or not in every language")
        for language in LANGUAGES:
            found[language] |= {key: str(text) for key, text in said[language].items()}
    return MappingProxyType({language: MappingProxyType(texts) for language, texts in found.items()})


WORDS: Final = _words()
"""Every text of the students' pages: by language, then by key."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows.

    Attributes:
        title: The key of its heading, which is the title of the window too.
        template: The file under `templates/`.
        values: What the template needs beside the words `t`.
        status: The HTTP status.
        faults: What is wrong with the form: field to the key of a sentence; "" for the form as a whole.
    """

    title: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    faults: Mapping[str, str] = field(default_factory=dict)


def page(request: Request, place: Place, shown: Page) -> Response:
    """A page, for whoever is there. Its forms are bound to the browser's session, or to its visit."""
    held = form_key(request, place)
    key = held or new_token(place.entropy)
    words = WORDS[place.language]
    me = current(request)
    notice = request.query_params.get("notice", "") if request.method == "GET" else ""
    path = request.scope["path"]
    text = (
        environment()
        .get_template(shown.template)
        .render(
            {
                "t": words,
                "language": place.language,
                "other": next(one for one in LANGUAGES if one != place.language),
                "path": path,
                "title": words[shown.title],
                "faults": {name: words[said] for name, said in shown.faults.items()},
                "notice": words.get(f"notice.{notice}", ""),
                "district": place.district.name,
                "signed_in": me is not None,
                "places": PLACES if me is not None else (),
                "form_field": FORM_FIELD,
                "form_value": form_token(key),
                "today": place.now.date(),
            }
            | dict(shown.values)
        )
    )
    answer = HTMLResponse(text, shown.status, {**HEADERS, "Content-Language": place.language})
    if not held:
        set_cookie(answer, place, visit_cookie(place), key)
    remember_language(request, answer, place)
    return answer


def go(path: str = "", notice: str = "") -> RedirectResponse:
    """Lead on to another page of ours after something was done (303), with a word about it from `notice.*`.

    Args:
        path: Below `/my`; "" for the student's badges.
        notice: The key after `notice.`, or "".
    """
    to = f"/my{path}" if path else FIRST
    return RedirectResponse(to + (f"?notice={notice}" if notice else ""), 303, dict(HEADERS))


def error_page(language: str, status: int, key: str, headers: Mapping[str, str] | None = None) -> Response:
    """One sentence; nothing of what was sent is repeated, and nobody's name is on it."""
    words = WORDS[language]
    text = (
        environment()
        .get_template("error.html")
        .render(
            t=words,
            language=language,
            other=next(one for one in LANGUAGES if one != language),
            sentence=words[key if key in words else "error.500"],
        )
    )
    return HTMLResponse(text, status, {**HEADERS, "Content-Language": language, **(headers or {})})


@cache
def environment() -> Environment:
    """The students' templates. `{{ when | day(language) }}` writes a day."""
    return environment_of("issuer.web.student", {"day": day})

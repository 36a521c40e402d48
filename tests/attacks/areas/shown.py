"""Badges whose picture says another thing than what is signed, or points elsewhere (IMG-07, NET-13).

The file is sent to the site as a person would send it, under a name that claims the same. The answer is
taken from the page, in both languages: "not_part_of_proof" where the signed words are shown, the picture's
words are nowhere on the page, and the page says that a picture proves nothing; "named_only" where an address
of a picture stands in the signed text and nowhere that a browser would fetch or follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

from credential.baking.png import bake_png
from credential.baking.svg import bake_svg
from tests.attacks.framework import Case
from tests.pictures import chunk, png, svg
from tests.site import Answers, upload
from tests.world import NOW, World
from verifier.app import create_app
from verifier.settings import Settings
from verifier.web.guard import Guard
from verifier.web.words import PAGES

AREA = "shown"
CLAIM = "Doctor of Medicine"
SIGNED = "Workplace Safety, 10 hours"
TRACKER = "tracker.example"
FETCHED = frozenset({"src", "srcset", "href", "poster", "data", "action", "style", "background", "content"})
"""Attributes that make a browser fetch or follow."""


class _Addresses(HTMLParser):
    """What the attributes of a page point at."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in FETCHED or name.startswith("on")]
        self.found += [tag] if tag in {"iframe", "object", "embed", "script"} else []


@cache
def _site() -> Guard:
    world = World()
    return create_app(
        Settings(hosts=frozenset({"check.example.org"})), source=Answers(world), clock=lambda: NOW
    )


def judge(data: bytes, suffix: str) -> str:
    """Send the file and read the pages."""
    return "; ".join(sorted({_page(data, suffix, lang) for lang in PAGES}))


def _page(data: bytes, suffix: str, lang: str) -> str:
    page = upload(
        _site(), data, name=f"{CLAIM}.{suffix}" if CLAIM.encode() in data else "badge", lang=lang
    ).text
    addresses = _Addresses()
    addresses.feed(page)
    if any(
        TRACKER in one or one.startswith(("data:", "iframe", "script", "object")) for one in addresses.found
    ):
        return "fetched"
    if CLAIM in page:
        return "shown"
    if f"<bdi>{SIGNED}</bdi>" not in page:
        return "no badge"
    if PAGES[lang]["picture"] not in page:
        return "not said"
    if CLAIM.encode() in data:
        return "not_part_of_proof"
    return "named_only" if TRACKER.encode() in data else "ok"


def cases() -> Iterator[Case]:
    badge = World().badge()
    text = badge.decode()
    plain = bake_png(png(), text)
    for name, keyword, content in (
        ("title", b"tEXt", b"Title\0" + CLAIM.encode()),
        ("description", b"iTXt", b"Description\0\0\0\0\0" + CLAIM.encode()),
        ("comment", b"tEXt", b"Comment\0Awarded: " + CLAIM.encode()),
        ("private-chunk", b"prVt", CLAIM.encode()),
    ):
        made = bake_png(png(chunk(keyword, content)), text)
        yield Case(f"IMG-07-{name}-of-another-badge", made, "png", "not_part_of_proof", plain)
    drawn = bake_svg(svg(), text)
    for name, inside in (
        ("drawn-words", f'<text y="5">{CLAIM}</text>'),
        ("title", f"<title>{CLAIM}</title>"),
        ("description", f"<desc>{CLAIM}</desc>"),
        ("metadata", f"<metadata>{CLAIM}</metadata>"),
    ):
        yield Case(f"IMG-07-svg-{name}", bake_svg(svg(inside), text), "svg", "not_part_of_proof", drawn)
    linked = bake_svg(svg(f'<image href="https://{TRACKER}/a.png"/>'), text)
    yield Case("IMG-07-svg-linked-picture", linked, "svg", "named_only", drawn)
    for name, edit in _pictures():
        yield Case(f"NET-13-{name}", World(edit={"badge": edit}).badge(), "json", "named_only", badge)


def _pictures() -> Iterator[tuple[str, Any]]:
    picture = {"id": f"https://{TRACKER}/a.png", "type": "Image"}
    link = f"https://{TRACKER}/criteria"
    yield "badge-image-on-the-page", lambda made: made.update(image=picture)
    yield (
        "achievement-image-on-the-page",
        lambda made: made["credentialSubject"]["achievement"].update(image=picture),
    )
    yield "issuer-image-on-the-page", lambda made: made["issuer"].update(image=picture)
    for name, criteria in (
        ("markdown-image", f"![a](https://{TRACKER}/a.png)"),
        ("markdown-link", f"[a]({link})"),
        ("bare-address", f"See {link} for it."),
        ("html-image", f'<img src="https://{TRACKER}/a.png">'),
        ("html-link", f'"><a href="{link}">a</a>'),
    ):
        yield (
            f"{name}-on-the-page",
            lambda made, said=criteria: made["credentialSubject"]["achievement"].update(
                criteria={"narrative": said}
            ),
        )

"""The picture that a badge embeds: drawn anew, from our own address, and of nobody whom no list knows."""

from __future__ import annotations

import asyncio
import base64
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from credential.withdrawal import Reason
from tests.site import ask, make_site, upload
from tests.world import NOW, World
from verifier.decoding.pictures import LARGEST_REDRAWN, MOST_REDRAWN
from verifier.decoding.redrawing import answer
from verifier.evidence import Code
from verifier.picture import LARGEST_EMBEDDED, Embedded, picture_of
from verifier.web.guard import POLICY, Guard
from verifier.web.pictures import AT_ONCE, KEPT_FOR, LARGEST, MOST_KEPT, Pictures
from verifier.workers import WorkerFailed

SECRET = "written beside the pixels"


def drawn(kind: str = "PNG", size: tuple[int, int] = (300, 200), *, noise: bool = False) -> bytes:
    """A picture with a text beside its pixels."""
    made = Image.effect_noise(size, 90).convert("RGB") if noise else Image.new("RGB", size, "#0b5f34")
    out, beside = io.BytesIO(), PngInfo()
    beside.add_text("Comment", SECRET)
    made.save(out, kind, **({"pnginfo": beside} if kind == "PNG" else {"comment": SECRET.encode()}))
    return out.getvalue()


def uri(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def showing(address: str, caption: str | None = "A green shield", *, whole: bool = False) -> World:
    """A district whose badge has this picture: its achievement's, or its own."""
    world = World()
    image = {"id": address, "type": "Image"} | ({"caption": caption} if caption else {})

    def edit(made: dict[str, Any]) -> None:
        (made if whole else made["credentialSubject"]["achievement"])["image"] = image

    world.edit["badge"] = edit
    return world


def shown(site: Guard, data: bytes) -> tuple[str, str]:
    """The address of the picture on the page, and its words; "" where there is none."""
    text = upload(site, data).text
    found = re.search(r'<img class="badge-picture" src="([^"]+)" alt="([^"]*)">', text)
    assert text.count("<img") == (1 if found else 0)
    return (found[1], found[2]) if found else ("", "")


@pytest.mark.parametrize(("kind", "whole"), [("PNG", False), ("JPEG", True)])
def test_the_page_shows_our_own_drawing_from_our_own_address(tmp_path: Path, kind: str, whole: bool) -> None:  # noqa: FBT001 - a case
    world = showing(uri(drawn(kind), kind.lower()), whole=whole)
    site = make_site(world, tmp_path)
    place, says = shown(site, world.badge())
    assert says == "A green shield"
    answer = ask(site, place)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert SECRET.encode() not in answer.content
    assert len(answer.content) <= LARGEST_REDRAWN
    with Image.open(io.BytesIO(answer.content)) as seen:
        assert max(seen.size) == 160
    assert "img-src 'self';" in POLICY
    assert all(need.url.startswith(world.origin) for need in world.asked)


def test_a_caption_is_text_and_one_that_is_missing_has_words_of_ours(tmp_path: Path) -> None:
    evil = showing(uri(drawn()), '"><script>alert(1)</script>')
    _, says = shown(make_site(evil, tmp_path), evil.badge())
    assert says == "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    mute = showing(uri(drawn()), None)
    assert shown(make_site(mute, tmp_path), mute.badge())[1] == "The picture of this badge"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/seen.png",
        "data:image/svg+xml;base64,"
        + base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>').decode(),
        uri(b"no picture"),
        uri(drawn()[:80]),
        "data:text/html;base64," + base64.b64encode(b"<script>alert(1)</script>").decode(),
    ],
)
def test_what_is_linked_or_is_no_picture_is_not_shown_and_not_asked_for(tmp_path: Path, address: str) -> None:
    world = showing(address)
    badge = world.badge()
    world.asked.clear()
    assert shown(make_site(world, tmp_path), badge) == ("", "")
    assert all(need.url.startswith(world.origin) for need in world.asked)


@pytest.mark.parametrize("how", ["unknown", "withdrawn", "changed", "silent"])
def test_no_picture_speaks_for_what_is_not_accepted_or_not_checked(tmp_path: Path, how: str) -> None:
    world = showing(uri(drawn()))
    badge = world.badge()
    if how == "unknown":
        world.trusted = False
    elif how == "withdrawn":
        world.revoke(reason=Reason.ISSUED_IN_ERROR)
    elif how == "changed":
        badge = badge.replace(b"Rivera", b"Rivers")
    else:
        world.fail[world.list_url] = "timeout"
    assert shown(make_site(world, tmp_path), badge) == ("", "")


def test_a_strangers_badge_that_is_over_shows_no_picture_either() -> None:
    world = showing(uri(drawn()))
    picture = world.edit["badge"]

    def over(made: dict[str, Any]) -> None:
        picture(made)
        made["validUntil"] = "2026-05-20T00:00:00Z"

    world.edit["badge"] = over
    assert picture_of(world.check(world.badge())) is not None
    world.trusted = False
    verdict = world.check(world.badge())
    assert verdict.code is Code.EXPIRED
    assert picture_of(verdict) is None


def test_a_picture_is_embedded_up_to_a_bound() -> None:
    most = LARGEST_EMBEDDED.max_bytes
    for size, fits in ((most, True), (most + 1, False)):
        world = showing(uri(b"\x89" * size))
        assert (picture_of(world.check(world.badge())) is not None) == fits


def test_pixels_beyond_a_bound_are_not_drawn_and_a_busy_picture_is_made_small() -> None:
    side = 4_000
    assert side * side == MOST_REDRAWN
    assert answer(drawn(size=(side, side)))
    assert answer(drawn(size=(side, side + 1))) == b""
    assert 0 < len(answer(drawn(size=(600, 600), noise=True))) <= LARGEST_REDRAWN <= LARGEST


class Drawing:
    """Workers that answer at once, and the same to all."""

    def __init__(self, said: bytes | None) -> None:
        self.said = said

    def ask(self, _data: bytes) -> bytes:
        if self.said is None:
            raise WorkerFailed("late")
        return self.said

    def close(self) -> None:
        """Nothing to end."""


PNG = b"\x89PNG\r\n\x1a\n"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> Any:
        return self.now


def kept(said: bytes | None, clock: Any = None) -> Pictures:
    numbers = iter(range(10_000))
    drawing: Any = Drawing(said)
    return Pictures(lambda count: next(numbers).to_bytes(count, "big"), clock or Clock(), drawing)


@pytest.mark.parametrize("said", [None, b"", b"<svg/>", PNG + bytes(LARGEST)])
def test_a_worker_that_breaks_or_answers_something_else_leaves_the_page_without(said: bytes | None) -> None:
    assert asyncio.run(kept(said).draw(Embedded(b"", ""))) == ""


def test_so_many_are_kept_and_no_longer_than_so_long() -> None:
    clock = Clock()
    pictures = kept(PNG, clock)
    tokens = [asyncio.run(pictures.draw(Embedded(b"", ""))) for _ in range(MOST_KEPT + 1)]
    assert pictures.size == MOST_KEPT
    assert pictures.find(tokens[0]) is None
    assert pictures.find(tokens[1]) == pictures.find(tokens[-1]) == PNG
    clock.now += KEPT_FOR - timedelta(seconds=1)
    assert pictures.find(tokens[-1]) == PNG
    clock.now += timedelta(seconds=1)
    assert pictures.find(tokens[-1]) is None
    assert pictures.size == 0


def test_a_crowd_waits_for_no_picture() -> None:
    pictures = kept(PNG)

    async def crowd() -> list[str]:
        return await asyncio.gather(*(pictures.draw(Embedded(b"", "")) for _ in range(AT_ONCE + 2)))

    assert sum(token == "" for token in asyncio.run(crowd())) == 2


def test_a_picture_that_nobody_has_is_not_found(tmp_path: Path) -> None:
    assert ask(make_site(World(), tmp_path), "/picture/" + "0" * 32).status_code == 404

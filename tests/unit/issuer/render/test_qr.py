from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from issuer.render.errors import DesignError
from issuer.render.qr import QUIET, qr_modules, qr_png, qr_svg, qr_terminal

LINK = "HTTPS://CHECK.PINON-MESA.EXAMPLE/C/DEMO-0123456789AB"
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")


def test_three_finder_patterns_stand_in_a_quiet_zone_of_four() -> None:
    rows = qr_modules(LINK)
    side = len(rows)
    assert not any(any(row) for row in rows[:QUIET] + rows[-QUIET:])
    assert not any(any(row[:QUIET] + row[-QUIET:]) for row in rows)
    for top, left in ((QUIET, QUIET), (QUIET, side - QUIET - 7), (side - QUIET - 7, QUIET)):
        found = ["".join("01"[dark] for dark in rows[top + y][left : left + 7]) for y in range(7)]
        assert tuple(found) == FINDER


def test_the_correction_is_high() -> None:
    """ISO/IEC 18004, 7.9: the two bits beside the finder, unmasked, are 10 for level H."""
    rows = qr_modules(LINK)
    bits = [rows[QUIET + 8][QUIET + x] for x in (0, 1)]
    assert (bits[0] ^ True, bits[1] ^ False) == (True, False)


def test_capitals_take_fewer_modules_than_small_letters() -> None:
    assert len(qr_modules(LINK)) < len(qr_modules(LINK.lower()))


def test_the_picture_shows_the_modules() -> None:
    rows = qr_modules(LINK)
    picture = Image.open(io.BytesIO(qr_png(LINK, module=3))).convert("1")
    assert picture.size == (len(rows) * 3, len(rows) * 3)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            assert (picture.getpixel((x * 3 + 1, y * 3 + 1)) == 0) == dark


def test_the_svg_shows_the_modules() -> None:
    rows = qr_modules(LINK)
    shown = {
        (int(x) + step, int(y))
        for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", qr_svg(LINK))
        for step in range(int(run))
    }
    assert shown == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}


def test_the_terminal_shows_the_modules() -> None:
    rows = qr_modules(LINK)
    lines = qr_terminal(LINK).splitlines()
    assert len(lines) == (len(rows) + 1) // 2
    for y, line in enumerate(lines):
        for x, character in enumerate(line):
            upper, lower = character in " \u2584", character in " \u2580"
            assert upper == rows[2 * y][x]
            assert lower == (2 * y + 1 < len(rows) and rows[2 * y + 1][x])


def test_the_title_of_the_svg_is_escaped() -> None:
    assert "<title>a&lt;b</title>" in qr_svg(LINK, title="a<b")


@pytest.mark.parametrize("text", ["x" * 300, "x" * 5_000])
def test_a_text_too_long_for_a_phone_is_refused(text: str) -> None:
    with pytest.raises(DesignError, match="qr_too_long"):
        qr_modules(text)

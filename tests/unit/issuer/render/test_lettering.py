from __future__ import annotations

import string

import pytest

from issuer.render.errors import DesignError
from issuer.render.lettering import drawable, lettering


def test_every_letter_and_figure_can_be_drawn_and_differs() -> None:
    drawn = {lettering(letter).lines for letter in string.ascii_uppercase + string.digits + "+-./'&"}
    assert len(drawn) == 26 + 10 + 6


def test_spanish_letters_differ_from_plain_ones() -> None:
    for accented, plain in zip("ÁÉÍÑÓÚÜ", "AEINOUU", strict=True):
        assert len(lettering(accented).lines) > len(lettering(plain).lines)


def test_small_letters_are_drawn_as_capitals() -> None:
    assert lettering("ñandú") == lettering("ÑANDÚ")


def test_a_text_is_as_wide_as_its_letters_and_gaps() -> None:
    assert lettering("HH").width == 2 * lettering("H").width + 26
    assert lettering("").width == 0
    assert lettering("H H").width > lettering("HH").width


@pytest.mark.parametrize("text", ["ж", "中", "\u0301", "A\u0336", "\n"])
def test_other_characters_are_refused(text: str) -> None:
    assert not drawable(text)
    with pytest.raises(DesignError, match="text_not_drawable"):
        lettering(text)


def test_all_lines_stay_near_their_box() -> None:
    for letter in string.ascii_uppercase + string.digits:
        drawn = lettering(letter)
        for line in drawn.lines:
            assert all(-1 <= x <= drawn.width + 5 and -1 <= y <= 109 for x, y in line), letter

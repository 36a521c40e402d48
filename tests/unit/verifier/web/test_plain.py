from __future__ import annotations

import pytest

from verifier.web.plain import MAX_SHOWN, day, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("José Núñez-O'Brien", "José Núñez-O'Brien"),
        ("علی‌رضا", "علی‌رضا"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("Ana \u202egnp.exe", "Ana gnp.exe"),
        ("\u2067Ana\u2069 \u200fx", "Ana x"),
        ("bell\x07 escape\x1b[31m nul\x00", "bell escape[31m nul"),
        ("tags \U000e0041\U000e0042", "tags "),
        ("soft\u00adhyphen \ufeff", "softhyphen "),
        ("<b>stays for the template</b>", "<b>stays for the template</b>"),
    ],
)
def test_only_what_can_be_read_is_shown(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_long_text_ends_with_dots() -> None:
    assert plain("x" * MAX_SHOWN) == "x" * MAX_SHOWN
    assert plain("x" * (MAX_SHOWN + 1)) == "x" * MAX_SHOWN + "…"
    assert plain("abcdef", 3) == "abc…"


def test_a_day_is_said_in_the_language() -> None:
    assert day("2026-05-22T23:30:00Z", "en") == "May 22, 2026"
    assert day("2026-05-22T23:30:00Z", "es") == "22 de mayo de 2026"
    assert day("soon \u202e", "en") == "soon "

from __future__ import annotations

import pytest

from issuer.text import fault_in, length, normal


@pytest.mark.parametrize(
    "text",
    [
        "Zoë O’Brien",
        "Nguyễn",
        "山田 太郎",
        "ابن سينا",
        "क्\u200dष",
        "می\u200cخواهم",
        "A+",
        "x\u0323\u0307",
        "👩‍🔬 no".replace("\u200d", ""),
    ],
)
def test_names_of_the_world_are_fine(text: str) -> None:
    assert fault_in(normal(text)) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\u202eb", "turns the reading direction (U+202E)"),
        ("a\u2066b", "turns the reading direction"),
        ("a\u200fb", "turns the reading direction"),
        ("a\u200bb", "invisible"),
        ("a\ufeffb", "invisible"),
        ("a\u00adb", "invisible"),
        ("a\U000e0041b", "invisible"),
        ("a\u200db".replace("b", " b"), "invisible"),
        ("\u200dab", "invisible"),
        ("a\x00b", "control"),
        ("a\nb", "control"),
        ("a\u2028b", "line separator"),
        ("a\u2029b", "paragraph separator"),
        ("a\ue000b", "private use"),
        ("a\ufffeb", "does not define"),
        ("a\ud800b", "half of a character"),
        ("a" + "\u0336" * 5, "accents"),
        ("e\u0301", "NFC"),
        (" a", "white space"),
        ("a\u00a0", "white space"),
    ],
)
def test_hidden_characters_are_named(text: str, said: str) -> None:
    assert said in (fault_in(text) or "")


def test_line_breaks_are_fine_where_lines_are() -> None:
    assert fault_in("a\nb", lines=True) is None
    assert fault_in("a\rb", lines=True) is not None


def test_as_many_accents_as_languages_write_are_fine() -> None:
    assert fault_in("a" + "\u0336" * 4) is None


def test_a_reader_counts_letters_not_accents() -> None:
    assert length("x\u0323\u0307y") == 2

"""The code on the printed certificate is read back from a poor scan, whoever's name stands beside it.

Two hundred names. Most are looked for in the corner that has the code, where anybody holds a phone; some in
the whole page, so that the corner is no guess.
"""

from __future__ import annotations

import random

import zxingcpp
from PIL import Image, ImageFilter

from credential.qr import Code, code_url, new_code, parse_qr
from tests.papers import HOST, Paper, certificate, facts
from tests.photos import noisy

ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "àâäáãåæçèéêëìíîïñòóôöõøœùúûüýÿß",
    "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "ąćęłńóśźżčďěňřšťůžőűğışțșāēīōū",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ",
    "αβγδεζηθικλμνξοπρστυφχψω",
)

NAMES, WHOLE, INCHES = 200, 40, 3.2
"""How many names, of how many one is looked for in the whole page, and how large the corner is."""


def test_every_code_is_read_from_a_blurred_turned_scan_at_150_dots_to_the_inch() -> None:
    dice = random.Random(2026)
    failed = []
    for number in range(NAMES):
        name = _name(dice)
        code = new_code(dice.randbytes(7))
        link = code_url(HOST, "RIVER", code)
        language = dice.choice(("en", "es"))
        page = Paper(certificate(facts(recipient=name), language, link=link)).raster(
            150, None if number % WHOLE == 0 else INCHES
        )
        read = zxingcpp.read_barcodes(_scan(page, dice))
        if [one.text for one in read] != [link] or parse_qr(read[0].text) != Code("RIVER", code):
            failed.append(name)
    assert failed == []


def _scan(page: Image.Image, dice: random.Random) -> Image.Image:
    """As somebody copies a page in a hurry: crooked, out of focus, on a grey glass that is not clean."""
    turned = page.rotate(dice.uniform(-15, 15), Image.Resampling.BICUBIC, expand=True, fillcolor=180)
    blurred = turned.filter(ImageFilter.GaussianBlur(dice.uniform(0.8, 1.6)))
    return noisy(blurred, 0.1, dice.randrange(1_000))


def _name(dice: random.Random) -> str:
    """A name of one to five words in one script, from two to forty letters a word."""
    letters = dice.choice(ALPHABETS)
    words = ["".join(dice.choices(letters, k=dice.randint(2, 14))) for _ in range(dice.randint(1, 5))]
    return dice.choice((" ", "-", " ")).join(word.capitalize() for word in words)

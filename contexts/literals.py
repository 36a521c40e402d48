"""Literals as canonical N-Quads write them, and which JSON values may stand for them."""

from __future__ import annotations

import re
from typing import Any, Final

from contexts.refusal import Refusal

escape: Final = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    ord("\b"): "\\b",
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}
"""For `str.translate`: the characters that a literal escapes (RDFC-1.0, section 5.1)."""

escape_needed: Final = re.compile(r'["\\\x00-\x1f\x7f]').search
"""Whether a text has any of them; most have none."""

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*").fullmatch
_SMALLEST_FRACTION: Final = 1e-6
"""Below, ECMAScript writes exponents, and JSON-LD processors in that language take such a number for an
integer."""


def double_text(number: float) -> str:
    """XML Schema's canonical form of a double: `2.5E0`."""
    mantissa, exponent = f"{number:.15E}".split("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{int(exponent)}"


def fraction_text(number: float) -> str:
    """A fraction in its canonical form, which has 16 digits.

    Raises:
        Refusal: `bad_number` where the form would not tell the number from its neighbours, or where other
            readers take the number for another.
    """
    text = double_text(number)
    if abs(number) < _SMALLEST_FRACTION or float(text) != number:
        raise Refusal("bad_number", f"{number!r} is too fine to be signed; write fewer digits")
    return text


def tagged(value: dict[str, Any]) -> str:
    """A text with its language (VCDM 2.0, section 11.1): a literal.

    A base direction is refused: RDF has no place for it, so no signature would cover it.

    Raises:
        Refusal: `keyword_not_allowed`, `wrong_value`.
    """
    if unknown := set(value) - {"@value", "@language"}:
        name = min(unknown)
        raise Refusal("keyword_not_allowed", f"{name[:80]!r} beside @value", name)
    text = value["@value"]
    if not isinstance(text, str):
        raise Refusal("wrong_value", "only a text may have a language", "@value")
    literal = f'"{text.translate(escape)}"'
    if "@language" not in value:
        return literal
    tag = value["@language"]
    if not isinstance(tag, str) or not _LANGUAGE(tag):
        raise Refusal("wrong_value", "not a language tag (BCP 47)", "@language")
    return f"{literal}@{tag.lower()}"

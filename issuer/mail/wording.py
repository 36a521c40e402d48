"""The words of every mail, in English and Spanish, and the two forms that they take: text and a plain page.

Words are in `words/LANGUAGE.toml`, by the mail's purpose. What is put into them is escaped for each form.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from html import escape
from importlib import resources
from types import MappingProxyType
from typing import Final

from issuer.mail.message import Written

LANGUAGES: Final = ("en", "es")
LONGEST_VALUE: Final = 200
"""Characters of a name that is put into a mail."""


@cache
def words(language: str) -> Mapping[str, Mapping[str, str]]:
    """All words of a language: by purpose, then by part."""
    text = resources.files("issuer.mail").joinpath("words", f"{language}.toml").read_text("utf-8")
    return MappingProxyType({name: MappingProxyType(said) for name, said in tomllib.loads(text).items()})


def write(purpose: str, language: str, values: Mapping[str, str], link: str = "") -> Written:
    """What a mail says.

    Args:
        purpose: A table of the words.
        language: `en` or `es`; any other is `en`.
        values: What stands in braces in the words; each is made one line.
        link: Where its button leads, or "".
    """
    language = language if language in LANGUAGES else LANGUAGES[0]
    said, frame = words(language)[purpose], words(language)["frame"]
    filled = {name: _line(value) for name, value in values.items()}
    hello = frame["hello"].format_map(filled) if filled.get("given") else frame["hello-nobody"]
    body = [said[name].format_map(filled) for name in sorted(said) if name.startswith("line")]
    last = [frame["why"].format_map(filled), filled["district"]]
    code = filled.get("code", "")
    text = "\n\n".join(
        [hello, *body[:1], *([code] if code else []), *([link] if link else []), *body[1:], *last]
    )
    shown = escape(said.get("button", ""))
    button = f'<p style="{_CENTRE}"><a style="{_BUTTON}" href="{escape(link)}">{shown}</a></p>'
    html = "".join(
        [
            f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(said['subject'].format_map(filled))}</title></head>",
            f'<body style="{_BODY}">',
            *(_paragraph(one) for one in (hello, *body[:1])),
            f'<p style="{_CODE}">{escape(code)}</p>' if code else "",
            button if link else "",
            *(_paragraph(one) for one in body[1:]),
            f'<hr style="{_RULE}">',
            *(_paragraph(one) for one in last),
            f'<p style="{_SMALL}">{escape(frame["link"])}<br>{escape(link)}</p>' if link else "",
            "</body></html>",
        ]
    )
    return Written(said["subject"].format_map(filled), f"{text}\n", f"{html}\n", language)


_BODY: Final = (
    "font:16px/1.5 Arial,Helvetica,sans-serif;color:#1b2733;background:#fff;max-width:36em;margin:0 auto;"
    "padding:16px"
)
_CENTRE: Final = "margin:24px 0"
_BUTTON: Final = (
    "display:inline-block;padding:14px 24px;background:#0b4f8a;color:#fff;text-decoration:none;"
    "font-weight:bold;border-radius:8px"
)
_CODE: Final = "font:bold 28px/1.5 Consolas,monospace;letter-spacing:4px;margin:24px 0"
_RULE: Final = "border:0;border-top:1px solid #c6ced6;margin:24px 0"
_SMALL: Final = "font-size:14px;color:#4a5763;overflow-wrap:anywhere"


def day(at: date, language: str) -> str:
    """A day as people write it."""
    if language == "es":
        return f"{at.day} de {_MONTHS[at.month - 1]} de {at.year}"
    return f"{at:%B} {at.day}, {at.year}"


_MONTHS: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _line(value: str) -> str:
    """A value as one line of some length, whatever it held."""
    return " ".join("".join(one if one.isprintable() else " " for one in value).split())[:LONGEST_VALUE]

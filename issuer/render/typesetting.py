"""Pages as PDF, set in type: the only door to typst.

A page is a template of ours and texts. The texts reach it as values (`sys.inputs`), never as source, so
nothing in them is a command. The templates' own folder is all that a template can read, there are no
packages, and the fonts are those inside typst and, where a deployment names one, a folder of its own: the
same texts make the same octets on every machine.

Every PDF is PDF/A-3a (ISO 19005-3, level A) and PDF/UA-1 (ISO 14289-1): it is for keeping, and for who
listens to it. typst refuses to write one that is not, so a letter that no font has is an error and never an
empty box.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final

import typst

from issuer.render.errors import DesignError

MOST_INPUT: Final = 2 * 1024 * 1024
"""Characters of all texts of a page together: a badge with all its evidence has some 250,000."""

LONGEST_TEXT: Final = 400
"""Characters of one text that is printed."""

MOST_MISSING: Final = 5
"""So many letters that cannot be printed are named in one message."""

STANDARDS: Final = ("a-3a", "ua-1")

_TOO_LONG: Final = "does not fit: "
"""What our templates say when a text is too long for its place."""

_NOWHERE: Final = "/nonexistent"
_MISSING = re.compile(r'the text `"(.{1,24}?)"` could not be displayed', re.DOTALL)


def typeset(template: str, inputs: Mapping[str, str], *, made: datetime, fonts: Path | None = None) -> bytes:
    """A PDF from a template of the folder `typst` and its texts. The same input always gives the same octets.

    Args:
        template: The file's name.
        inputs: Every text by the name that the template uses.
        made: What the PDF says of when it was made.
        fonts: A folder of further fonts.

    Raises:
        DesignError: `text_too_long`; `text_not_drawable` names the letters that no font has; `page_broken`.
    """
    size = sum(len(text) for text in inputs.values())
    if size > MOST_INPUT:
        raise DesignError("text_too_long", f"{size} characters are more than one PDF takes ({MOST_INPUT})")
    with resources.as_file(resources.files("issuer.render") / "typst") as folder:
        try:
            return typst.compile(
                str(folder / template),
                root=str(folder),
                font_paths=[str(fonts)] if fonts else [],
                ignore_system_fonts=True,
                package_path=_NOWHERE,
                package_cache_path=_NOWHERE,
                sys_inputs=dict(inputs),
                pdf_standards=list(STANDARDS),
                timestamp=int(made.timestamp()),
            )
        except typst.TypstError as fault:
            raise _refusal(fault) from fault


def printable(name: str, text: str) -> str:
    """A text that is to be printed, if it is short enough to be read.

    Raises:
        DesignError: `text_too_long`.
    """
    if len(text) > LONGEST_TEXT:
        raise DesignError("text_too_long", f"the {name} has {len(text)} characters; {LONGEST_TEXT} fit")
    return text


def _refusal(fault: typst.TypstError) -> DesignError:
    """What typst says, as a sentence that a registrar can act on."""
    said = f"{fault.message}\n{fault.diagnostic}"
    if _TOO_LONG in fault.message:
        text = fault.message.partition(_TOO_LONG)[2]
        return DesignError(
            "text_too_long", f"{text[:60]!r} is too long for this paper, even in small letters"
        )
    missing = list(dict.fromkeys(found for text in _MISSING.findall(said) for found in text))
    if not missing:
        return DesignError("page_broken", "the page could not be made as PDF: tell whoever runs this server")
    named = ", ".join(_named(letter) for letter in missing[:MOST_MISSING])
    more = f" and {len(missing) - MOST_MISSING} more" if len(missing) > MOST_MISSING else ""
    return DesignError(
        "text_not_drawable",
        f"no font here can print {named}{more}: put a font that has it into the folder that CAIRN_FONTS "
        "names, then print again (the badge itself is not affected)",
    )


def _named(letter: str) -> str:
    """A letter with its number and its name, as in Unicode's tables."""
    name = unicodedata.name(letter, "")
    return f"{letter} (U+{ord(letter):04X}{f', {name}' if name else ''})"

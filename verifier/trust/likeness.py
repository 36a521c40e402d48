"""Whether a name could be taken for another: same to a hurried eye, though not the same letters.

The comparison follows the idea of Unicode Technical Standard 39, 4 (a skeleton of each name, compared
whole), with a table of our own for the scripts that people mix up with Latin letters. It decides nothing: it
makes a warning.
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from verifier.trust.model import Trust, TrustEntry

LONGEST: Final = 300
"""Characters of a name that are looked at: a longer one is cut, on both sides alike."""

_ALIKE: Final = MappingProxyType(
    str.maketrans(
        # Cyrillic, after folding its case.
        dict(zip("авеёзіїјкмнопрстухѕѡһԁԍԛԝгьѵ", "abee3iijkmhonpctyxswhdgqwrbv", strict=True))
        # Greek, likewise.
        | dict(zip("αβγδεζηικλμνορστυφχω", "abyoezniklmvopotuoxw", strict=True))
        # Armenian, Cherokee and others that stand in for single letters.
        | dict(zip("օսոհցզғՏᴀᴇɑɡɩɪʟɴᴏᴘᴛᴜᴠᴡᴢı", "ounhgqfsaeagiilnoptuvwzi", strict=True))
        # Digits and signs for letters.
        | dict(zip("01|!5$@38", "olllssaeb", strict=True))
    )
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_BAR: Final = str.maketrans({"i": "l", "j": "l"})
"""i, j, l and 1 are one stroke in many typefaces."""


def skeleton(name: str) -> str:
    """What a hurried eye sees of a name: no case, no accents, no spaces or signs, look-alikes as one
    letter.
    """
    folded = unicodedata.normalize("NFKD", name[:LONGEST].casefold())
    letters = "".join(c for c in folded if unicodedata.category(c)[0] in {"L", "N"} or c in "|!$@")
    plain = letters.translate(_ALIKE).translate(_BAR)
    for pair, one in _PAIRS:
        plain = plain.replace(pair, one)
    return plain


def imitated(name: str, issuer_id: str, trust: Trust) -> TrustEntry | None:
    """The listed issuer whose name this is, or looks like, where somebody else uses it; else None.

    Args:
        name: What a badge calls its issuer.
        issuer_id: Who that issuer is.
        trust: The lists.
    """
    seen = skeleton(name)
    if not seen or trust.of(issuer_id):
        return None
    return next((found for one in trust.lists if (found := one.looks.get(seen))), None)

"""A name as a share shows it: in full, or `Jordan R.`. Pure."""

from __future__ import annotations

import unicodedata

_JOINERS = frozenset({"\u200c", "\u200d"})


def short_name(full: str, given: str = "", family: str = "") -> str:
    """The given name and the first letter of the family name.

    Args:
        full: The name as the badge has it.
        given: The given name as the roster has it.
        family: The family name likewise. The roster is believed only where both together are the badge's
            name; else the last word of the name is taken for the family's.

    >>> short_name("Jordan Rivera"), short_name("Ana María de la Cruz", "Ana María", "de la Cruz")
    ('Jordan R.', 'Ana María d.')
    >>> short_name("Suharto")
    'Suharto'
    """
    first, last = given.strip(), family.strip()
    if not (first and last and " ".join(f"{first} {last}".split()) == " ".join(full.split())):
        words = full.split()
        first, last = (" ".join(words[:-1]), words[-1]) if words[1:] else (full.strip(), "")
    return f"{first} {first_letter(last)}." if last else first


def first_letter(text: str) -> str:
    """The first letter with what is written on it: no accent is lost, and none stands alone."""
    end = 1
    while end < len(text) and (unicodedata.combining(text[end]) or text[end] in _JOINERS):
        end += 1
    return text[:end]

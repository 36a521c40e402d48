"""What a badge may embed: how much, and that it says no more of a student than the badge itself may."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Final

from contexts.schema import Fault
from credential.embedded import MOST_TOGETHER, ONE, read_data_uri
from credential.errors import CredentialError
from issuer.private_words import faults_in, holds_withheld

_WORDLESS: Final = ("image/", "application/pdf")
_OUR_OWN: Final = frozenset({"text/plain", "application/json"})
_PARTS_OF_A_JWS: Final = 3


def embedded_faults(values: Iterable[tuple[str, str]], withheld: Collection[str]) -> Iterator[Fault]:
    """Everything in which what is embedded breaks the house rules.

    Args:
        values: Each text of a credential after the JSON pointer to it.
        withheld: Texts that must not appear.
    """
    total = 0
    for at, text in values:
        if not text.startswith("data:"):
            continue
        size = _size(text)
        total += size
        if size > ONE.max_bytes:
            message = f"What is embedded here has {size} bytes; at most {ONE.max_bytes} fit. Link it instead."
            yield Fault("embedded_too_large", at, message)
        else:
            yield from _words(at, text, withheld)
    if total > MOST_TOGETHER:
        message = (
            f"What is embedded has {total} bytes together; at most {MOST_TOGETHER} fit. Link some of it."
        )
        yield Fault("embedded_too_large", "", message)


def _size(text: str) -> int:
    """Octets of the thing itself, where it is written in base64; else of its text."""
    head, comma, octets = text.partition(",")
    if not comma or not head.endswith(";base64"):
        return len(text)
    return len(octets) // 4 * 3 - octets[-2:].count("=")


def _words(at: str, text: str, withheld: Collection[str]) -> Iterator[Fault]:
    try:
        found = read_data_uri(text)
    except CredentialError:
        return  # another spelling: the rule of addresses has looked at it
    if found.media_type.startswith(_WORDLESS):
        return
    words = _in_words(found.data)
    if holds_withheld(words, withheld):
        message = "What is embedded holds what must stay in the school's records. Take it out."
        yield Fault("withheld_value", at, message)
    # A badge of somebody else is carried as it is; what we write ourselves says nothing of this.
    for fault in faults_in(words) if found.media_type in _OUR_OWN else ():
        yield Fault("forbidden_value", at, f"What is embedded {fault}. Take it out.")


def _in_words(data: bytes) -> str:
    """The words of a text; of a compact JWS those of its payload."""
    parts = data.split(b".")
    if data.startswith(b"ey") and len(parts) == _PARTS_OF_A_JWS:
        with suppress(ValueError):
            data = base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4))
    return data.decode("utf-8", "replace")

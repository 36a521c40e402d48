"""The house rules for what is embedded in a badge: how much, and what may stand inside.

Base64 hides nothing from whoever opens it, so what is embedded as JSON is read like the badge around it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from contexts.document import Limits, parse
from contexts.errors import DocumentError, pointer
from contexts.schema import Fault
from credential.embedded import MOST_BYTES, MOST_BYTES_TOGETHER, read_data_url
from credential.errors import CredentialError
from issuer.forbidden import URN, forbidden_text, is_forbidden, withheld_faults

Path = tuple[str | int, ...]

_READ: Final = ("data:application/json", "data:application/vc;")
_INSIDE: Final = Limits(max_depth=64)
_NOT_SAID_OF_ANYBODY: Final = frozenset({"credentialStatus", "proof"})


def embedded_faults(leaves: list[tuple[Path, str, Any]], withheld: Collection[str]) -> Iterator[Fault]:
    """Everything in which what is embedded breaks the house rules.

    Args:
        leaves: Path, member name and value of what a credential says.
        withheld: Texts that must not appear.

    Yields:
        `embedded_too_large`, `bad_embedded`, `forbidden_member`, `forbidden_value`, `withheld_value`.
    """
    yield from _sizes(leaves)
    for path, _, value in leaves:
        if isinstance(value, str) and value.startswith(_READ):
            yield from _inside(pointer(*path), value, withheld)


def _sizes(leaves: list[tuple[Path, str, Any]]) -> Iterator[Fault]:
    total = 0
    for path, _, value in leaves:
        if isinstance(value, str) and value.startswith("data:"):
            head, _, held = value.partition(",")
            size = len(held) * 3 // 4 - held[-2:].count("=") if head.endswith(";base64") else len(held)
            total += size
            if size > MOST_BYTES:
                message = (
                    f"What is embedded here has {size} bytes; at most {MOST_BYTES} fit. Link it instead."
                )
                yield Fault("embedded_too_large", pointer(*path), message)
    if total > MOST_BYTES_TOGETHER:
        message = f"What is embedded has {total} bytes; at most {MOST_BYTES_TOGETHER} fit. Link some of it."
        yield Fault("embedded_too_large", "", message)


def _inside(at: str, url: str, withheld: Collection[str]) -> Iterator[Fault]:
    try:
        told = parse(read_data_url(url).data, _INSIDE).value
    except (CredentialError, DocumentError) as fault:
        yield Fault("bad_embedded", at, f"What is embedded here cannot be opened: {fault.message}.")
        return
    for name, value in _members(told):
        if is_forbidden(name):
            yield Fault("forbidden_member", at, f"What is embedded here says {name}, which no badge does.")
        if isinstance(value, str) and not value.startswith("data:") and not URN.fullmatch(value):
            yield from forbidden_text(at, name, value)
            yield from withheld_faults(at, name, value, withheld)


def _members(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every member and value below; `parse` has bounded how deep and how many."""
    if isinstance(value, Mapping):
        for member, child in value.items():
            if member not in _NOT_SAID_OF_ANYBODY:
                yield member, child
                yield from _members(child, member)
    elif isinstance(value, list):
        for child in value:
            yield name, child
            yield from _members(child, name)

"""What was sent, carried by the page that answers it, so that the same can be had in another language.

The site keeps nothing between two requests. What a page carries is what its reader sent, packed; it comes
back as anything else that strangers send, and is read and checked from the beginning.

    base64url(zlib({"items": [[text, name, where, number, same_as], ...]}))
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import Any, Final

from contexts.document import Limits, compose, parse
from contexts.errors import DocumentError
from credential.qr import code_url, share_url
from keys.multibase import base64url_decode, base64url_encode
from verifier.evidence import Presented, PresentedKind
from verifier.intake import Item, Where, read
from verifier.web.uploads import MOST_ITEMS

MOST_CARRIED: Final = 12_288
"""Characters that a page carries at most; what was larger is asked for again."""

UNPACKED: Final = Limits(max_bytes=393_216, max_depth=4, max_nodes=8 * MOST_ITEMS, max_string=393_216)
LONGEST_NAME: Final = 200

_HOST: Final = "again.invalid"
"""Stands for the host of a link, which is never asked for anything."""

_PARTS: Final = 5
_REASON: Final = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)
_NOTHING: Final = "unreadable:"


def pack(items: Sequence[Item]) -> str:
    """What was sent as one text for a form; "" where it is more than a page may carry."""
    if sum(len(one.presented.data) for one in items) > UNPACKED.max_bytes:
        return ""
    told = [[_text(one.presented), one.name, str(one.where), one.number, one.same_as] for one in items]
    if not told or any(text is None for text, *_ in told):
        return ""
    try:
        raw = compose({"items": told}, UNPACKED).raw
    except DocumentError:
        return ""
    packed = base64url_encode(zlib.compress(raw)) if len(raw) <= UNPACKED.max_bytes else ""
    return packed if len(packed) <= MOST_CARRIED else ""


def unpack(text: str) -> tuple[Item, ...]:
    """What `pack` packed, read anew; none of it where it is anything else."""
    if len(text) > MOST_CARRIED:
        return ()
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64url_decode(text), UNPACKED.max_bytes + 1)
        told = parse(raw, UNPACKED).value.get("items")
    except (ValueError, zlib.error, DocumentError):
        return ()
    if not isinstance(told, list) or not 0 < len(told) <= MOST_ITEMS:
        return ()
    items: list[Item] = []
    for one in told:
        item = _item(one)
        # What is told to be the same badge shares its verdict, so it has to be the same.
        if item is None or not _is_same(item, items):
            return ()
        items.append(item)
    return tuple(items)


def _text(presented: Presented) -> str | None:
    """What is read as the same thing again; None where nothing is."""
    kind = presented.kind
    if kind is PresentedKind.UNREADABLE:
        return f"{_NOTHING}{presented.code}"
    if kind is PresentedKind.LINK:
        return presented.url
    if kind is PresentedKind.SHARE:
        return share_url(_HOST, presented.tag, presented.token)
    if kind is PresentedKind.CODE:
        tag = presented.tag
        return code_url(_HOST, tag, presented.token) if tag else presented.token
    try:
        return presented.data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_same(item: Item, before: Sequence[Item]) -> bool:
    if item.same_as is None:
        return True
    return item.same_as < len(before) and before[item.same_as].presented == item.presented


def _item(told: Any) -> Item | None:
    if not isinstance(told, list) or len(told) != _PARTS:
        return None
    text, name, where, number, same_as = told
    if not (isinstance(text, str) and isinstance(name, str) and len(name) <= LONGEST_NAME):
        return None
    if type(number) is not int or not 0 <= number <= UNPACKED.max_bytes or where not in tuple(Where):
        return None
    if same_as is not None and (type(same_as) is not int or same_as < 0):
        return None
    return Item(_presented(text), name, Where(where), number, same_as=same_as)


def _presented(text: str) -> Presented:
    reason = text.removeprefix(_NOTHING)
    if reason != text and _REASON.fullmatch(reason):
        return Presented(PresentedKind.UNREADABLE, code=reason)
    return read(text.encode("utf-8", "replace"))

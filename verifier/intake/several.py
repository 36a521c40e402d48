"""Understand whatever was sent: one badge or many, in files of any kind that the field uses.

A file is opened one level deep and no further: what is packed inside something that was packed is named, and
stays closed. Nothing is left out unsaid: what cannot be read is an item too, with why, and where a bound is
met, the last item says so.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from contexts.document import Limits, compose, parse
from contexts.errors import DocumentError
from verifier.evidence import Presented, PresentedKind
from verifier.intake.attached import BADGES, NAMED, attached_badge
from verifier.intake.bounds import MAX_BYTES, MAX_TEXT, MAX_UPLOAD, MOST_ITEMS
from verifier.intake.decoded import Decode, Decoded, undecoded
from verifier.intake.kinds import PICTURES, FileKind, kind_of
from verifier.intake.links import read_list
from verifier.intake.packed import PackageRefused, files
from verifier.intake.single import read, unreadable

ARRAY_LIMITS: Final = Limits(max_bytes=MAX_BYTES, max_depth=40, max_nodes=200_000, max_string=MAX_TEXT)
"""A JSON array of credentials, each of which is then held against its own limits."""

LONGEST_NAME: Final = 120

_CODES: Final = BADGES | {PresentedKind.SHARE, PresentedKind.CODE}
"""What a QR code may say."""

_LINES: Final = (b"\n", b"\r")


class Where(StrEnum):
    """What the number of an item counts."""

    WHOLE = ""
    """The file is the item."""
    PAGE = "page"
    QR = "qr"
    ATTACHMENT = "attachment"
    ROW = "row"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things that were sent.

    Args:
        presented: What it is.
        name: What its sender calls the file, without folders, as plain text; "" where it has no name. It is
            shown and never used.
        where: Which part of the file it is.
        number: The part's number, from 1; 0 for a whole file.
        digest: SHA-256 of what is presented, in hex: equal ones are the same badge or the same link.
        same_as: The place in the list of the first item that is the same, or None.
    """

    presented: Presented
    name: str = ""
    where: Where = Where.WHOLE
    number: int = 0
    digest: str = ""
    same_as: int | None = None


def read_all(
    data: bytes, name: str = "", *, decode: Decode = undecoded, most: int = MOST_ITEMS
) -> tuple[Item, ...]:
    """All that one file or text holds.

    Args:
        data: The file, or a pasted text in UTF-8.
        name: What its sender calls it, for showing.
        decode: Looks at pictures and PDFs; by default nobody does, and they are called unsupported.
        most: How many items are read.

    Returns:
        At least one item. Where there are more than `most`, one more, UNREADABLE with `too_many_items`.
    """
    return read_files([(name, data)], decode=decode, most=most)


def read_files(
    sent: Iterable[tuple[str, bytes]], *, decode: Decode = undecoded, most: int = MOST_ITEMS
) -> tuple[Item, ...]:
    """All that several files hold, in their order.

    Args:
        sent: Name and content of each.
        decode: As for `read_all`.
        most: As for `read_all`, over all files together.
    """
    found = (item for name, data in sent for item in _items(data, shown(name), decode))
    items = list(islice(found, most + 1))
    if len(items) > most:
        items[most:] = [_too_many(items[most].name, most)]
    return tuple(_noted(items or [Item(read(b""))]))


def may_need_decoding(data: bytes) -> bool:
    """Whether pictures or pages may have to be looked at, which takes time and a process of its own."""
    kind = kind_of(data)
    if kind is FileKind.PNG and len(data) <= MAX_BYTES:
        return read(data).code == "no_badge_in_picture"
    return kind in PICTURES or kind in (FileKind.PDF, FileKind.ZIP)


def shown(name: str) -> str:
    """What a sender calls a file, as one line of plain text: no folders, nothing that turns a line around."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(c for c in last[: 4 * LONGEST_NAME] if unicodedata.category(c)[0] not in "CZ" or c == " ")
    return kept.strip()[:LONGEST_NAME]


def _items(data: bytes, name: str, decode: Decode, *, packed: bool = False) -> Iterator[Item]:
    """The items of one file."""
    if len(data) > MAX_UPLOAD:
        yield Item(unreadable("too_large", f"The file is larger than {MAX_UPLOAD >> 20} MB."), name)
        return
    kind = kind_of(data)
    if kind is FileKind.ZIP:
        yield from _packed(data, name, decode, nested=packed)
    elif kind is FileKind.PDF:
        yield from _of_pdf(data, name, decode)
    elif kind in PICTURES:
        yield from _of_picture(data, name, kind, decode)
    else:
        yield from _of_text(data, name)


def _packed(data: bytes, name: str, decode: Decode, *, nested: bool) -> Iterator[Item]:
    if nested:
        why = "A packed file inside a packed file stays closed. Send what is in it."
        yield Item(unreadable("zip_nested", why), name)
        return
    count = 0
    try:
        for inside, content in files(data):
            count += 1
            if isinstance(content, PackageRefused):
                yield Item(unreadable(content.code, content.detail), shown(inside))
            else:
                yield from _items(content, shown(inside), decode, packed=True)
    except PackageRefused as refused:
        yield Item(unreadable(refused.code, refused.detail), name)
        return
    if not count:
        yield Item(unreadable("zip_empty", "There is no file in this ZIP file."), name)


def _of_picture(data: bytes, name: str, kind: FileKind, decode: Decode) -> Iterator[Item]:
    """The badge that is baked in, else the QR codes that can be seen."""
    if kind is FileKind.PNG and len(data) <= MAX_BYTES:
        baked = read(data)
        if baked.code != "no_badge_in_picture":
            yield Item(baked, name)
            return
    seen = decode(data)
    if seen.fault == "not_decoded":
        yield Item(read(data), name)
    elif seen.fault:
        yield Item(_at_fault(seen.fault), name)
    elif not seen.codes:
        why = (
            "We see no badge and no QR code in this picture. Fill the frame with the square, "
            "avoid glare, or type the code printed under it."
        )
        yield Item(unreadable("no_qr_in_picture", why), name)
    else:
        several = len(seen.codes) > 1
        for number, code in enumerate(seen.codes, 1):
            yield Item(
                _of_qr(code.text), name, Where.QR if several else Where.WHOLE, number if several else 0
            )
        yield from _cut_short(seen, name)


def _of_pdf(data: bytes, name: str, decode: Decode) -> Iterator[Item]:
    """The badges that are attached; only where there is none, the QR codes on its pages.

    A certificate carries both, and both are the same badge: the attached one needs nobody to be asked.
    """
    seen = decode(data)
    if seen.fault:
        fault = read(data[:16]) if seen.fault == "not_decoded" else _at_fault(seen.fault)
        yield Item(fault, name)
        return
    attached = [
        (number, found) for number, file in enumerate(seen.files, 1) if (found := attached_badge(file.data))
    ]
    for number, found in attached:
        yield Item(found, name, Where.ATTACHMENT, number)
    if not attached:
        for code in seen.codes:
            yield Item(_of_qr(code.text), name, Where.PAGE, code.page)
    if not attached and not seen.codes and seen.whole:
        why = (
            "This PDF carries no badge, and we see no QR code on its pages. A PDF that was printed or saved "
            "anew loses the badge: ask for the original file, or type the code."
        )
        yield Item(unreadable("no_badge_in_pdf", why), name)
    else:
        yield from _cut_short(seen, name)


def _of_qr(text: str) -> Presented:
    """What a QR code says. Only a badge, or a link or code of the form that badges have, is taken.

    Any other address is not followed: whoever printed the square must not send us where they like.
    """
    found = read(text.encode("utf-8", "replace"))
    if found.kind in _CODES:
        return replace(found, source="qr")
    if found.code in NAMED or found.code == "code_typo":
        return found
    return unreadable(
        "qr_not_a_badge", "We see a QR code, but it is not one for a badge. We did not open what it says."
    )


def _cut_short(seen: Decoded, name: str) -> Iterator[Item]:
    if not seen.whole:
        why = "There is more in this file than we look at. Send the rest by itself."
        yield Item(unreadable("too_many_items", why), name)


def _of_text(data: bytes, name: str) -> Iterator[Item]:
    trimmed = data.strip(b" \t\r\n")
    if trimmed.startswith(b"[") and (members := _array(trimmed)) is not None:
        for number, member in enumerate(members, 1):
            yield Item(_member(member), name, Where.MEMBER, number)
        if not members:
            yield Item(unreadable("empty", "The list is empty: there is nothing to check."), name)
        return
    if kind_of(data) is FileKind.TEXT and not trimmed.startswith(b"{") and any(e in trimmed for e in _LINES):
        listed = read_list(trimmed)
        if listed is not None:
            for cell in listed.cells:
                yield Item(_cell(cell.text), name, Where.ROW, cell.row)
            yield from _cut_short(Decoded(whole=listed.whole), name)
            return
    yield Item(read(data), name)


def _cell(text: str) -> Presented:
    if not text:
        return unreadable("no_link_in_row", "This row has no link and no code.")
    return read(text.encode("utf-8", "replace"))


def _array(data: bytes) -> list[Any] | None:
    """The members of a JSON array, or None where it is not strict JSON."""
    try:
        members = parse(b'{"sent":' + data + b"}", ARRAY_LIMITS).value["sent"]
    except DocumentError:
        return None
    return members if isinstance(members, list) else None


def _member(member: Any) -> Presented:
    """One member: a credential, or a text as somebody would paste it."""
    if isinstance(member, str):
        return read(member.encode("utf-8", "replace"))
    if not isinstance(member, dict):
        return unreadable("not_a_badge", f"{json.dumps(member)[:40]} is no badge.")
    try:
        return read(compose(member, ARRAY_LIMITS).raw)
    except DocumentError as fault:
        return unreadable(fault.code, f"{str(fault)[:1].upper()}{str(fault)[1:]}.")


def _at_fault(fault: str) -> Presented:
    return unreadable(fault, _FAULTS.get(fault, _FAULTS["decoding_stopped"]))


_FAULTS: Final = {
    "picture_broken": "The picture is damaged. Take it again, or send the badge's own file.",
    "picture_too_large": "The picture has more pixels than we look at. Send a smaller one.",
    "pdf_broken": "The PDF is damaged, or it is none. Ask for the original file.",
    "pdf_encrypted": "The PDF has a password. Open it, save it without one, and send that.",
    "pdf_too_large": "The PDF has pages larger than we look at. Send the badge's own file.",
    "decoding_stopped": "This file takes more work than we give to one. Send the badge's own file, "
    "or type the code.",
    "decoding_busy": "Many people are sending pictures just now. Wait a minute, and send yours again.",
}


def _too_many(name: str, most: int) -> Item:
    return Item(
        unreadable("too_many_items", f"At most {most} badges are checked at once. Send the rest by itself."),
        name,
    )


def _noted(items: Iterable[Item]) -> Iterator[Item]:
    """The items with their digests, and with which one came before."""
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        digest = digest_of_item(item.presented)
        before = first.setdefault(digest, place) if digest else place
        yield replace(item, digest=digest, same_as=None if before == place else before)


def digest_of_item(presented: Presented) -> str:
    """SHA-256 of what is presented, in hex; "" for what cannot be read."""
    if presented.kind is PresentedKind.UNREADABLE:
        return ""
    if presented.data:
        return hashlib.sha256(presented.data).hexdigest()
    named = [str(presented.kind), presented.tag, presented.token, presented.url]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()

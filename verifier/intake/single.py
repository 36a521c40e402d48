"""Understand one thing that somebody put before the verifier: a file, a pasted text, a link, a code.

What it is, its content says: never its name, nor the type that the sender claims. Sizes are looked at first.
Nothing is decoded that need not be, nothing is fetched, and nothing in it is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

from credential.baking.older import is_older_png, is_older_svg
from credential.baking.png import extract_png
from credential.baking.svg import extract_svg
from credential.errors import CredentialError
from credential.qr import Share, parse_qr, read_code, read_token
from verifier.evidence import Presented, PresentedKind
from verifier.intake.bounds import MAX_BYTES, MAX_LINK, MAX_TEXT
from verifier.intake.json_forms import JWS, OLDER, of_json, of_token
from verifier.intake.kinds import NAMES, FileKind, kind_of

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LINK = re.compile(r"https?://[!-~]+\Z", re.ASCII | re.IGNORECASE)
_SD_JWT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:~[A-Za-z0-9_.-]*)+\Z")

NEITHER: Final = "This is neither a badge nor a link or code for one."


def read(data: bytes) -> Presented:
    """What these bytes are. No pixel and no page is looked at: `verifier.intake.read_all` can.

    Args:
        data: A whole file, or a pasted text in UTF-8.

    Returns:
        A DOCUMENT, JWT, PRESENTATION, SHARE, CODE or LINK; or UNREADABLE, with a stable code and one plain
        sentence.
    """
    if len(data) > MAX_BYTES:
        return unreadable("too_large", f"The file is larger than {MAX_BYTES >> 20} MB: no badge is.")
    kind = kind_of(data)
    if kind is FileKind.PNG:
        return _from_picture(data, extract_png, is_older_png, "png")
    if kind is FileKind.SVG:
        return _from_picture(data, extract_svg, is_older_svg, "svg")
    if kind is FileKind.HEIC:
        return unreadable(
            "unsupported_heic",
            f"This is {NAMES[kind]}: we cannot read it. Take a screenshot of it and send that.",
        )
    if kind in NAMES:
        return unreadable(
            "unsupported_file",
            f"This is {NAMES[kind]}: we can read no badge in it. Use the .json, .png or .svg file.",
        )
    return _from_text(data, "text")


def read_path(kind: Literal["C", "S"], text: str) -> Presented:
    """What a page's address names: `C` and a code, or `S` and a token, each after the issuer's tag."""
    try:
        if kind == "C":
            code = read_code(text)
            return Presented(PresentedKind.CODE, tag=code.tag, token=code.code, source="qr")
        share = read_token(text)
    except CredentialError as error:
        return _refused(error)
    return Presented(PresentedKind.SHARE, tag=share.tag, token=share.token, source="qr")


def _from_picture(
    data: bytes, extract: Callable[[bytes], str | None], is_older: Callable[[bytes], bool], source: str
) -> Presented:
    try:
        text = extract(data)
        if text is None and is_older(data):
            return unreadable("older_open_badges", OLDER)
    except CredentialError as error:
        return _refused(error)
    if text is None:
        return unreadable(
            "no_badge_in_picture",
            "This picture carries no badge. Phones and chat programs remove it: ask for the original file.",
        )
    found = _credential(text.encode("utf-8"), source)
    return found or unreadable("not_a_badge", "What the picture carries is not a badge.")


def _credential(data: bytes, source: str) -> Presented | None:
    """A credential as JSON or as a token; None where it is neither."""
    if len(data) > MAX_TEXT:
        return unreadable("too_large", f"The text is longer than {MAX_TEXT >> 10} KB: no badge is.")
    if data.startswith(b"{"):
        return of_json(data, "json" if source == "text" else source)
    if JWS.match(data):
        return of_token(data, "jwt" if source == "text" else source)
    if _SD_JWT.match(data):
        return unreadable(
            "unsupported_sd_jwt",
            "This is an SD-JWT, a kind of signed text that we do not read. Ask for an Open Badges 3.0 file.",
        )
    return None


def _from_text(data: bytes, source: str) -> Presented:
    trimmed = data.strip(b" \t\r\n")
    if not trimmed:
        return unreadable("empty", "There is nothing here to check.")
    found = _credential(trimmed, source)
    if found:
        return found
    try:
        text = trimmed.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return unreadable("not_a_badge", "This file is not a badge.")
    if "://" in text:
        # A sheet or a letter may hold a link somewhere; only what begins like one is meant as one.
        return _from_link(text) if _SCHEME.match(text) else unreadable("not_a_badge", NEITHER)
    return _from_code(text)


def _from_link(text: str) -> Presented:
    if len(text) > MAX_LINK or not _LINK.match(text):
        return unreadable("link_malformed", "This is not a complete link.")
    try:
        return _named(text, "link")
    except CredentialError as error:
        if error.code != "link_malformed":
            return _refused(error)
    return Presented(PresentedKind.LINK, url=text, source="link")


def _from_code(text: str) -> Presented:
    try:
        return _named(text, "text")
    except CredentialError as error:
        if len(text) > 40 or error.code == "link_malformed":  # noqa: PLR2004 - a tag, a code, and what stands between
            return unreadable("not_a_badge", NEITHER)
        return _refused(error)


def _named(text: str, source: str) -> Presented:
    said = parse_qr(text)
    if isinstance(said, Share):
        return Presented(PresentedKind.SHARE, tag=said.tag, token=said.token, source=source)
    return Presented(PresentedKind.CODE, tag=said.tag, token=said.code, source=source)


def unreadable(code: str, detail: str) -> Presented:
    """What is no badge, and why, in one plain sentence."""
    return Presented(PresentedKind.UNREADABLE, code=code, detail=detail)


def _refused(error: CredentialError) -> Presented:
    return unreadable(error.code, f"{error.message[:1].upper()}{error.message[1:]}.")

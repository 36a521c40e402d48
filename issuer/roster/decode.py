"""Bytes of a plain text file as text. What is not certain is asked, with a name out of the file itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from issuer.roster.errors import SheetError

GUESSES = ("cp1252", "mac_roman")
"""What spreadsheet programs on Windows and on the Mac write where they do not write Unicode."""

ENCODINGS = ("utf-8", "utf-16", *GUESSES)

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_PROBE = 65_536
_SHARE = 0.3
_COMMON = frozenset("áéíóúñüÁÉÍÓÚÑÜàèìòùâêîôûäëïöçãõåøæœßÀÈÂÊÎÔÛÄËÏÖÇÃÕÅØ")
_PUNCTUATION = frozenset("’‘“”–—…¿¡ºª°·")
_WORD = re.compile(r"[^\s,;|\t\"]*[^\x00-\x7f][^\s,;|\t\"]*")
_DOUBLED = re.compile(r"[ÂÃ][\u0080-\u00bf\u0152-\u0178\u2013-\u2122\u20ac\u02c6\u02dc]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text.

    Args:
        text: It.
        encoding: `utf-8`, `utf-16`, `cp1252` or `mac_roman`.
        certain: False where another encoding would have given a text too.
        decided: False where the letters make names in either encoding, so that only a person can say.
        sample: A word with letters beyond ASCII, by which a person can tell; "" where there is none.
        others: The same word in the other encodings that are possible.
    """

    text: str
    encoding: str
    certain: bool = True
    decided: bool = True
    sample: str = ""
    others: tuple[tuple[str, str], ...] = ()


def decoded(data: bytes, encoding: str = "") -> Decoded:
    """The text of a file.

    Args:
        data: The file.
        encoding: One of `ENCODINGS` where a person has said, else "".

    Raises:
        SheetError: BAD_ENCODING, EMPTY_FILE.
    """
    if not data.strip():
        raise SheetError("EMPTY_FILE", "The file is empty. Export the sheet again.")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(_strict(data, name), name.removesuffix("-sig"))
    if b"\x00" in data:
        wide = _wide(data)
        if wide is None:
            raise SheetError(
                "BAD_ENCODING", "The file holds zero bytes, so it is no text. Save it as CSV UTF-8."
            )
        return wide
    if encoding in GUESSES:
        return Decoded(_strict(data, encoding), encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _guessed(data)


def mended(text: str) -> str:
    """A text that was written as UTF-8 and read as cp1252, set right; any other text as it is.

    `JosÃ©` becomes `José`. It is changed only where the whole text can be turned back.
    """
    if not _DOUBLED.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise SheetError(
            "BAD_ENCODING", "The file's letters cannot be read. Save it as CSV UTF-8."
        ) from fault
    if "\x00" in text:
        raise SheetError("BAD_ENCODING", "The file holds zero bytes. Save it as CSV UTF-8.")
    return text


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 without a mark, where every second byte of its beginning is mostly zero."""
    head = data[:_PROBE]
    half = max(len(head) // 2, 1)
    little, big = head[1::2].count(0) / half, head[0::2].count(0) / half
    if len(data) % 2 or max(little, big) < _SHARE or min(little, big) > 0:
        return None
    return Decoded(_strict(data, "utf-16-le" if little > big else "utf-16-be"), "utf-16")


def _guessed(data: bytes) -> Decoded:
    """What is not Unicode: Windows, unless only the Mac's letters make names everywhere."""
    readings: dict[str, str] = {}
    for encoding in GUESSES:
        try:
            readings[encoding] = data.decode(encoding)
        except UnicodeDecodeError:
            continue
    worth = {encoding: _likelihood(text) for encoding, text in readings.items()}
    mac, windows = worth["mac_roman"], worth.get("cp1252")
    if mac[1] == 0 and mac[0] > 0 and (windows is None or mac > (windows[0] - windows[1], 0)):
        encoding = "mac_roman"
    elif windows is not None:
        encoding = "cp1252"
    else:
        raise SheetError("BAD_ENCODING", "The file's letters cannot be read. Save it as CSV UTF-8.")
    text = readings[encoding]
    word = next((match.group()[:40] for match in _WORD.finditer(text)), "")
    others = tuple((other, _other_word(word, encoding, other)) for other in readings if other != encoding)
    open_ = windows is not None and mac[1] == windows[1] == 0 and min(mac[0], windows[0]) > 0
    return Decoded(text, encoding, certain=False, decided=not open_, sample=word, others=others)


def _other_word(word: str, encoding: str, other: str) -> str:
    return word.encode(encoding).decode(other, "replace")


def _likelihood(text: str) -> tuple[int, int]:
    """How many letters beyond ASCII look like those of names, and how many do not."""
    good = bad = 0
    for match in _WORD.finditer(text):
        word = match.group()
        for index, character in enumerate(word):
            if character.isascii():
                continue
            before, after = word[index - 1 : index], word[index + 1 : index + 2]
            # Within a name no capital stands behind such a letter, nor such a capital behind a small one.
            odd = (character.isupper() and before.islower()) or (character.islower() and after.isupper())
            if (character in _COMMON and not odd) or (
                character == "’" and before.isalpha() and after.isalpha()
            ):
                good += 2
            elif character not in _PUNCTUATION:
                bad += 1
    return good, bad

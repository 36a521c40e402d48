"""The text that a QR code carries: a link under which a badge is checked, and the code that is printed
beneath it.

    HTTPS://HOST/S/TAG-TOKEN    a share: 160 random bits in Crockford's base32
    HTTPS://HOST/C/TAG-CODE     a printed code: 55 random bits and a check character

Everything is upper-case, so that a QR code stays in its alphanumeric mode, which is a third smaller (ISO/IEC
18004, 7.4.4). `TAG` says which issuer to ask; the verifier looks it up in its own lists, so the host in a
link is never asked for anything.

The check character is a weighted sum over the field of 32 elements: any one wrong character, and any two that
changed places, are noticed. Randomness is a parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from credential.errors import CredentialError

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U."""

CODE_LENGTH: Final = 12
TOKEN_LENGTH: Final = 32
GROUP: Final = 4
MAX_TEXT: Final = 400

_TAG = re.compile(r"[A-Z0-9]{1,16}\Z", re.ASCII)
_HOST = re.compile(r"[A-Z0-9](?:[A-Z0-9.-]{0,251}[A-Z0-9])?(?::[0-9]{1,5})?\Z", re.ASCII)
_LINK = re.compile(r"(HTTPS?)://([^/?#]+)/([SC])/([^/?#\s]+)/?\Z", re.ASCII)
_DASHES = re.compile(r"[\s\-_.\u2010-\u2015\u2212]+")
_FORGIVEN = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Share:
    """A student's link: the issuer's tag, and a token of 32 characters."""

    tag: str
    token: str


@dataclass(frozen=True, slots=True)
class Code:
    """A printed code: the issuer's tag ("" where the reader left it out), and twelve characters."""

    tag: str
    code: str


def _times_two(element: int) -> int:
    """Multiply by x in GF(32), modulo x^5 + x^2 + 1."""
    return element << 1 ^ (0b100101 if element & 0b10000 else 0)


def check_character(body: str) -> str:
    """The character that follows eleven others in a code, and makes their weighted sum over GF(32) zero."""
    total = 0
    # Horner: the first character weighs x^11, the last x^1, and the check character 1.
    for character in body:
        total = _times_two(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def _base32(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def new_code(random: bytes) -> str:
    """A code from seven random bytes, of which 55 bits are used."""
    if len(random) != 7:  # noqa: PLR2004 - said in the docstring
        raise ValueError("a code is made from seven random bytes")
    body = _base32(int.from_bytes(random, "big") >> 1, CODE_LENGTH - 1)
    return body + check_character(body)


def new_token(random: bytes) -> str:
    """A share token from twenty random bytes."""
    if len(random) != 20:  # noqa: PLR2004 - said in the docstring
        raise ValueError("a token is made from twenty random bytes")
    return _base32(int.from_bytes(random, "big"), TOKEN_LENGTH)


def format_code(code: str) -> str:
    """A code in groups of four, as it is printed: `7Q2M-9KXB-4T0C`."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def share_url(host: str, tag: str, token: str, *, scheme: str = "https") -> str:
    """The link of a share, in capitals.

    Raises:
        CredentialError: `link_malformed`.
    """
    return _link(scheme, host, "S", tag, token)


def code_url(host: str, tag: str, code: str, *, scheme: str = "https") -> str:
    """The link of a printed code, in capitals.

    Raises:
        CredentialError: `link_malformed`.
    """
    return _link(scheme, host, "C", tag, code)


def _link(scheme: str, host: str, kind: str, tag: str, secret: str) -> str:
    url = f"{scheme}://{host}/{kind}/{tag}-{secret}".upper()
    if not _TAG.match(tag) or parse_qr(url).tag != tag:
        raise CredentialError("link_malformed", "a tag is 1 to 16 capital letters and digits")
    return url


def parse_qr(text: str) -> Share | Code:
    """What a QR code, or a person at a keyboard, says: a link, or the code that stands under it.

    Raises:
        CredentialError: `link_malformed`, `code_malformed`, `code_typo`.
    """
    if len(text) > MAX_TEXT:
        raise CredentialError("link_malformed", "this is longer than any link to a badge")
    link = text.strip().upper()
    if "/" not in link and ":" not in link:
        return read_code(link)
    found = _LINK.match(link)
    if not found or not _HOST.match(found[2]):
        raise CredentialError(
            "link_malformed", "this is not a link to a badge: it must end in /C/... or /S/..."
        )
    return read_code(found[4]) if found[3] == "C" else read_token(found[4])


def read_token(text: str) -> Share:
    """`TAG-TOKEN`, in any case.

    Raises:
        CredentialError: `link_malformed`.
    """
    tag, _, token = text.strip().upper().partition("-")
    token = token.translate(_FORGIVEN)
    if not _TAG.match(tag) or len(token) != TOKEN_LENGTH or not set(token) <= set(ALPHABET):
        raise CredentialError(
            "link_malformed", "the link is not complete: open it again from where it was sent"
        )
    return Share(tag, token)


def read_code(text: str) -> Code:
    """A code as a person types it: in any case, with or without dashes, O for 0, I or L for 1, with or
    without the tag.

    Raises:
        CredentialError: `code_malformed` or `code_typo`; the message names the group with the fault where it
            can.
    """
    groups = [g for g in _DASHES.split(text[:MAX_TEXT].upper()) if g]
    if len(groups) > CODE_LENGTH // GROUP + 1:
        raise CredentialError(
            "code_malformed", "a code has three groups of four, after the school district's letters"
        )
    tag, groups = _split_tag(groups)
    groups = [group.translate(_FORGIVEN) for group in groups]
    for place, group in enumerate(groups, 1):
        where = f"in group {place}" if len(groups) > 1 else "in the code"
        wrong = sorted(set(group) - set(ALPHABET))
        if wrong:
            raise CredentialError(
                "code_malformed", f"{wrong[0]} does not occur in a code: please check it {where}"
            )
        if len(groups) > 1 and len(group) != GROUP:
            raise CredentialError("code_malformed", f"a group has four characters: please check it {where}")
    code = "".join(groups)
    if len(code) != CODE_LENGTH or (tag and not _TAG.match(tag)):
        raise CredentialError(
            "code_malformed", "a code has twelve letters and digits, after the school district's letters"
        )
    if check_character(code[:-1]) != code[-1]:
        raise CredentialError("code_typo", "that code has a typo: please compare each group with the paper")
    return Code(tag, code)


def _split_tag(groups: list[str]) -> tuple[str, list[str]]:
    """Take the issuer's tag off the front, however the rest is grouped."""
    joined = "".join(groups)
    match len(groups):
        case 4:
            return groups[0], groups[1:]
        case 2 | 3 if len(joined) - len(groups[0]) == CODE_LENGTH:
            return groups[0], ["".join(groups[1:])]
        case 2 if len(joined) != CODE_LENGTH:
            return groups[0], groups[1:]
        case 1 | 2 if len(joined) >= CODE_LENGTH:
            return joined[:-CODE_LENGTH], [joined[-CODE_LENGTH:]]
        case _:
            return "", groups

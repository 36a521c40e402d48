"""Passwords: argon2id (RFC 9106), and which ones are refused. The only door to argon2."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from issuer.access.errors import AccessError

SHORTEST: Final = 12
"""Characters. Long passwords need no rules about capitals and digits (NIST SP 800-63B, 3.1.1)."""
LONGEST: Final = 128
"""Characters. Beyond that a password only costs the one who hashes it."""
AT_ONCE: Final = 4
"""Hashes at a time: each takes 19 MiB and a core for some hundredths of a second."""
LONGEST_WAIT: Final = 5.0
"""Seconds to wait for one's turn."""

# OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes and 1 lane at least.
_HASHER: Final = argon2.PasswordHasher(
    time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
_TURNS: Final = threading.BoundedSemaphore(AT_ONCE)

_COMMON: Final = frozenset(
    resources.files("issuer.access").joinpath("common_words.txt").read_text("utf-8").split()
)
"""Words that people take. With digits and signs around them, or written several times, they stay common."""
_RUNS: Final = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")
_ONLY_LETTERS: Final = re.compile(r"[\W\d_]+")


def normal(password: str) -> str:
    """The one spelling that is hashed: the same keys give the same password on every keyboard (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_new(password: str, *, own_words: tuple[str, ...]) -> None:
    """Refuse a password that others would try first.

    Args:
        password: As typed.
        own_words: The person's name and e-mail, and the district's name.

    Raises:
        AccessError: `password_refused`.
    """
    text = normal(password)
    if len(text) < SHORTEST:
        raise _refused(f"a password has at least {SHORTEST} characters: three or four words do well")
    if len(text) > LONGEST:
        raise _refused(f"a password has at most {LONGEST} characters")
    if "\x00" in text or any(unicodedata.category(one) in {"Cc", "Cs"} for one in text):
        raise _refused("a password has no control characters")
    plain = text.casefold()
    letters = _ONLY_LETTERS.sub("", plain)
    if len(set(plain)) < 4 or any(plain[:SHORTEST] in run for run in _RUNS):  # noqa: PLR2004 - three at most
        raise _refused("this password repeats or counts: choose three or four words that nobody connects")
    if not letters and len(plain) < 20:  # noqa: PLR2004 - twenty digits are 66 bits
        raise _refused("digits alone are guessed soon: choose three or four words")
    if _made_of(letters, _COMMON):
        raise _refused("this is one of the passwords that everybody tries first: choose another")
    own = {part for word in own_words for part in _parts(word)}
    if own and _made_of(letters, frozenset(own)):
        raise _refused("a password is not your name, your e-mail or your district's name: choose another")


def hash_password(password: str) -> str:
    """What is kept of a password: argon2id with its parameters and salt.

    Raises:
        AccessError: `sign_in_busy`.
    """
    with _Turn():
        return _HASHER.hash(normal(password))


def check_password(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept. Takes as long where nothing was kept.

    Args:
        kept: What `hash_password` gave, or None where there is no such person or no password.
        password: As typed. One that is too long to be anybody's costs no more than one that is not.

    Raises:
        AccessError: `sign_in_busy`.
    """
    with _Turn():
        try:
            _HASHER.verify(kept or _nobody(), normal(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None and len(password) <= LONGEST


@cache
def _nobody() -> str:
    """What is checked where there is no person, so that an unknown e-mail takes as long as a known one."""
    return _HASHER.hash("nobody has this password, and nobody is asked for it")


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's, and is to be made anew."""
    return _HASHER.check_needs_rehash(kept)


class _Turn:
    """One's turn to hash: many at once would take the machine's memory."""

    def __enter__(self) -> None:
        if not _TURNS.acquire(timeout=LONGEST_WAIT):
            raise AccessError("sign_in_busy", "many people sign in at this moment: try again in a minute")

    def __exit__(self, *_: object) -> None:
        _TURNS.release()


def _parts(word: str) -> set[str]:
    """A name and its parts, without what is between them; parts of one or two letters say nothing."""
    plain = normal(word).casefold()
    parts = {_ONLY_LETTERS.sub("", one) for one in [plain, plain.partition("@")[0], *re.split(r"\W+", plain)]}
    return {one for one in parts if len(one) > 2}  # noqa: PLR2004 - as the line above says


def _made_of(letters: str, words: frozenset[str]) -> bool:
    """Whether a text is these words and nothing else, in any order and number."""
    if not letters:
        return False
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[start:end] in words for start in reached):
            reached.add(end)
    return len(letters) in reached


def _refused(message: str) -> AccessError:
    return AccessError("password_refused", message, "password")

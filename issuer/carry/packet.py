"""Every file of somebody's badges in one ZIP, which needs nobody to be read.

It has a folder for each badge, and a README in English and Spanish. The same files always make the same
octets.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from issuer.carry.words import LANGUAGES, WORDS
from issuer.catalog.achievement import slug
from issuer.errors import IssuerError

MOST_BADGES: Final = 500
MOST_BYTES: Final = 256 * 1024 * 1024
LONGEST_NAME: Final = 60
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can say: when it was packed is nobody's concern."""
_MODE: Final = 0o100644 << 16
_README: Final = ("json", "jwt", "png", "svg", "certificate", "card")


@dataclass(frozen=True, slots=True)
class Folder:
    """One badge.

    Args:
        title: What was earned; the folder is named after it.
        files: Name to content.
    """

    title: str
    files: Mapping[str, bytes]


def packet(folders: Sequence[Folder], *, district: str, host: str) -> bytes:
    """The ZIP.

    Args:
        folders: The badges, in the order in which they are numbered.
        district: Who issued.
        host: Where they are checked; "" where nobody has said.

    Raises:
        IssuerError: `too_much_to_pack`.
    """
    check_count(len(folders))
    if sum(len(content) for one in folders for content in one.files.values()) > MOST_BYTES:
        raise _too_much()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        _put(packed, "README.txt", readme(folders, district=district, host=host).encode("utf-8-sig"))
        for number, one in enumerate(folders, 1):
            name = f"{number:02}-{_named(one.title)}".rstrip("-")
            for file, content in sorted(one.files.items()):
                _put(packed, f"{name}/{file}", content)
    return out.getvalue()


def check_count(number: int) -> None:
    """Refuse more badges than one packet takes, before anything is made for them.

    Raises:
        IssuerError: `too_much_to_pack`.
    """
    if number > MOST_BADGES:
        raise _too_much()


def readme(folders: Sequence[Folder], *, district: str, host: str) -> str:
    """What is in the packet and what it is good for, in both languages. Only what is there is described."""
    there = {file for one in folders for file in one.files}
    return "\r\n".join(
        line for language in LANGUAGES for line in _lines(WORDS[language], there, district, host)
    )


def _lines(words: Mapping[str, str], there: set[str], district: str, host: str) -> Iterator[str]:
    yield words["readme.title"]
    yield ""
    yield words["readme.lead"].format(district=district)
    yield words["readme.keeps"]
    yield ""
    yield words["readme.files"]
    for kind in _README:
        said = words[f"readme.{kind}"]
        if said.partition(":")[0] in there:
            yield f"  {said}"
    yield ""
    yield words["readme.check"].format(host=host) if host else words["readme.check-anywhere"]
    yield words["readme.private"]
    yield words["readme.wrong"]
    yield ""
    yield ""


def _too_much() -> IssuerError:
    size = MOST_BYTES // 1024 // 1024
    return IssuerError(
        "too_much_to_pack", f"one packet takes {MOST_BADGES} badges and {size} MB: make several"
    )


def _put(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix, wherever it is packed
    info.external_attr = _MODE
    packed.writestr(info, content)


def _named(title: str) -> str:
    """A title as a file system anywhere takes it."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii")
    return slug(plain)[:LONGEST_NAME].strip("-")

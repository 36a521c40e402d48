"""One piece of evidence, as the record of an award names it: everything but its octets. Pure."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final, Self

from credential.embedded import MOST_TOGETHER, ONE
from issuer.evidence.errors import EvidenceRefused
from issuer.text import fault_in, length, normal

MOST_ITEMS: Final = 8
"""Pieces of evidence on one award; a verifier opens as many."""

MOST_BYTES: Final = 10 * 1024 * 1024
"""Octets of one upload."""

_LONGEST: Final = {"name": 300, "description": 4_000, "narrative": 8_000, "genre": 200, "audience": 200}
_LINES: Final = ("description", "narrative")

KEPT: Final = "Kept by the school district, which gives it out on request. Its digest is in this badge."
"""What a badge says of evidence that is larger than it can carry."""


class EvidenceKind(StrEnum):
    """What it is."""

    FILE = "file"
    LINK = "link"
    BADGE = "badge"


class Place(StrEnum):
    """Where its octets are."""

    EMBEDDED = "embedded"
    """In the badge itself."""
    KEPT = "kept"
    """With the district; the badge has an address and the digest. That address serves nothing to anybody."""
    ELSEWHERE = "elsewhere"
    """Where the link leads; nothing was fetched."""


@dataclass(frozen=True, slots=True)
class Words:
    """What people say of a piece of evidence (Open Badges 3.0, Evidence).

    Args:
        name: Its name; "" for the usual one of its kind. Never the name of an uploaded file.
        description: What it is.
        narrative: How it came to be.
        genre: Such as "Photograph".
        audience: Who it is for.
    """

    name: str = ""
    description: str = ""
    narrative: str = ""
    genre: str = ""
    audience: str = ""

    def checked(self) -> Self:
        """The same in Normalization Form C.

        Raises:
            EvidenceRefused: `evidence_text`.
        """
        made = {one.name: normal(getattr(self, one.name)) for one in fields(self)}
        for name, text in made.items():
            if text and (fault := fault_in(text, lines=name in _LINES)):
                raise EvidenceRefused("evidence_text", f"the evidence's {name} has {fault}: type it again")
            if length(text) > _LONGEST[name] or len(text) > 4 * _LONGEST[name]:
                raise EvidenceRefused(
                    "evidence_text",
                    f"the evidence's {name} is longer than {_LONGEST[name]} characters: shorten it",
                )
        return type(self)(**made)

    def unnamed(self) -> Self:
        """The same without its name, which the item has."""
        return replace(self, name="")


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence as an award's record names it.

    Args:
        kind: What it is.
        place: Where its octets are.
        name: As the badge calls it.
        media_type: By its content; "" for a link whose file nobody has seen.
        sha256: Of its octets, in hexadecimal; "" where only another digest is known.
        sri: Its digest as `digestSRI` (Subresource Integrity, 3.5): `sha384-…`.
        size: Octets; 0 where nobody knows.
        url: Its address; "" for what is embedded.
        words: What people say of it besides its name.
        found: For a badge, what the check found: verdict, issuer, level, time, holder, and why it was taken
            all the same.
    """

    kind: EvidenceKind
    place: Place
    name: str
    media_type: str
    sha256: str
    sri: str
    size: int = 0
    url: str = ""
    words: Words = field(default_factory=Words)
    found: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a JSON value; the award's digest covers it, and through its own digests the octets."""
        words = {one.name: getattr(self.words, one.name) for one in fields(self.words)}
        return {
            "kind": self.kind.value,
            "place": self.place.value,
            "name": self.name,
            "media_type": self.media_type,
            "sha256": self.sha256,
            "sri": self.sri,
            "size": self.size,
            "url": self.url,
            "words": {name: text for name, text in words.items() if text},
            "found": dict(self.found),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote."""
        return cls(
            **{
                **value,
                "kind": EvidenceKind(value["kind"]),
                "place": Place(value["place"]),
                "words": Words(**value["words"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Attached:
    """A piece of evidence with its octets, which are empty where the badge does not carry them."""

    item: EvidenceItem
    body: bytes = b""


def sri(data: bytes) -> str:
    """The digest of octets as `digestSRI`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode("ascii")


def multibase(sha256: str) -> str:
    """A SHA-256 digest as `digestMultibase`: a multihash in base64url (Data Model 2.0, 5.3).

    Args:
        sha256: In hexadecimal.
    """
    octets = b"\x12\x20" + bytes.fromhex(sha256)
    return "u" + base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def check_fits(items: Iterable[EvidenceItem]) -> None:
    """Whether one badge can carry all of this.

    Raises:
        EvidenceRefused: `evidence_full`, naming the piece that is too much.
    """
    total = 0
    for count, item in enumerate(items, start=1):
        if count > MOST_ITEMS:
            raise EvidenceRefused(
                "evidence_full", f"a badge carries {MOST_ITEMS} pieces of evidence: leave {item.name!r} out"
            )
        if item.place is not Place.EMBEDDED:
            continue
        total += item.size
        if item.size > ONE.max_bytes or total > MOST_TOGETHER:
            raise EvidenceRefused(
                "evidence_full",
                f"with {item.name!r} the badge would carry {total} bytes of evidence; {MOST_TOGETHER} fit, "
                f"and {ONE.max_bytes} as one piece: let the district keep it (--keep), or leave it out",
            )


def same_person(one: str, other: str) -> bool:
    """Whether two names may well be one person's: all words of the shorter are in the longer, two at least.

    Case, accents, order and commas do not count. It is a reason to look twice, never a proof.
    """
    words, others = _words_of(one), _words_of(other)
    if words == others:
        return True
    return min(len(words), len(others)) > 1 and (words <= others or others <= words)


def check_holder(item: EvidenceItem, recipient_name: str | None) -> None:
    """Whether a badge among the evidence is this person's, as far as names can say.

    Args:
        item: The evidence.
        recipient_name: The name that the award's badge shows, or None where it shows none.

    Raises:
        EvidenceRefused: `holder_differs`.
    """
    holder = item.found.get("holder", "")
    if not holder or item.found.get("same_person"):
        return
    if recipient_name is None:
        if item.place is Place.EMBEDDED:
            raise EvidenceRefused(
                "holder_differs",
                f"{item.name!r} names its holder, and this badge shows no name: add it with --keep",
            )
        return
    if not same_person(holder, recipient_name):
        raise EvidenceRefused(
            "holder_differs",
            f"look twice: {item.name!r} is made out to {holder}, the award to {recipient_name}; if they are "
            "one person, add it with --same-person and a reason",
        )


def _words_of(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = (c if c.isalpha() else " " for c in plain if not unicodedata.combining(c))
    return frozenset("".join(letters).split())

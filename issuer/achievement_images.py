"""The picture that an achievement names: drawn once, kept for ever, served under the digest of its bytes.

The address stands in what is signed, and the digest stands in the address. So whoever looks at a badge's
picture can see that it is the one that was signed, and no later choice, and no later version of what draws,
changes what an earlier badge shows. Nothing of a student is in a picture or its address.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from issuer.catalog import Entry
from issuer.pictures import READINESS, first_choices
from issuer.render.badge import alt_text
from issuer.render.badge_picture import Choices, Picture, suggested_alt
from issuer.render.errors import DesignError
from issuer.store import achievement_images, audit, chosen_pictures
from issuer.store.columns import canonical_json
from issuer.store.session import Session, Store

SIDE: Final = 512
"""Pixels on each side: what wallets and backpacks ask for."""
LARGEST: Final = 524_288
"""Bytes of a picture that is served."""
MEDIA_TYPE: Final = "image/png"
_NAME: Final = re.compile(r"(?P<digest>[0-9a-f]{64})\.png", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The picture that an achievement is to have.

    Attributes:
        made_from: What it is made from, as the store keeps it.
        caption: What it shows, in words.
        choices: What is drawn; None for pixels that the district gave.
        given: Code and number of those pixels.
    """

    made_from: str
    caption: str
    choices: Choices | None
    given: tuple[str, int] = ("", 0)


def image_path(digest: str) -> str:
    """Where a picture is served, below the origin."""
    return f"images/{digest}.png"


def digest_in(address: str) -> str:
    """The digest in the address of a picture, or in its last step; "" where there is none."""
    found = _NAME.fullmatch(address.rpartition("/")[2])
    return found["digest"] if found else ""


def wanted_for(
    session: Session, district_id: str, entries: Iterable[Entry], now: datetime
) -> dict[str, Wanted]:
    """The pictures of certifications by what the district chose until now, else Cairn's own; by code."""
    chosen = chosen_pictures.newest(session, district_id, now)
    found = {}
    for entry in entries:
        one = chosen.get(entry.code)
        if one is None:
            found[entry.code] = _own(first_choices(entry), entry.name)
        elif one.design is None:
            given = (entry.code, one.number)
            found[entry.code] = Wanted(f"pixels {entry.code} {one.number}", one.alt, None, given)
        else:
            choices = Choices.from_json(json.loads(one.design))
            found[entry.code] = Wanted(_text(choices), one.alt, choices)
    return found


def wanted_for_readiness() -> Wanted:
    """The picture of the district's determinations."""
    return Wanted(_text(Choices.of(READINESS)), alt_text(READINESS), Choices.of(READINESS))


def draw_missing(store: Store, district_id: str, wanted: Iterable[Wanted]) -> dict[str, bytes]:
    """Draw what is not kept yet, outside of any transaction; by what it was made from.

    Raises:
        DesignError: It cannot be drawn, or is too large.
    """
    with store.reading() as session:
        kept = achievement_images.digests(session, district_id)
        missing = {one.made_from: one for one in wanted if one.made_from not in kept}
        given = {name: _given(session, district_id, one) for name, one in missing.items()}
    return {name: _made(one, given[name]) for name, one in missing.items()}


def keep(
    session: Session,
    district_id: str,
    wanted: Iterable[Wanted],
    drawn: Mapping[str, bytes],
    *,
    now: datetime,
) -> None:
    """Keep the pictures that are not kept yet.

    Args:
        session: A writing transaction.
        district_id: Whose.
        wanted: Which.
        drawn: What `draw_missing` gave; what was chosen since is drawn here.
        now: The time.

    Raises:
        DesignError: As `draw_missing`.
    """
    asked = {one.made_from: one for one in wanted}
    if asked.keys() <= achievement_images.digests(session, district_id).keys():
        return
    audit.hold(session, district_id)  # two writers at once: the second one sees what the first one kept
    for name in sorted(asked.keys() - achievement_images.digests(session, district_id).keys()):
        body = drawn.get(name) or _made(asked[name], _given(session, district_id, asked[name]))
        digest = hashlib.sha256(body).hexdigest()
        achievement_images.keep(session, district_id, name, sha256=digest, body=body, now=now)


def image_of(origin: str, wanted: Wanted, digests: Mapping[str, str]) -> dict[str, str]:
    """The Image of an achievement (Open Badges 3.0, B.1.9); one that is not kept yet has an empty digest.

    Args:
        origin: Where the district publishes.
        wanted: Which picture.
        digests: As the store has them, by what they were made from.
    """
    digest = digests.get(wanted.made_from, "")
    return {"id": f"{origin}/{image_path(digest)}", "type": "Image", "caption": wanted.caption}


def kept_picture(
    session: Session, district_id: str, address: str, *, name: str, caption: str
) -> Picture | None:
    """The picture under an address that a badge names; None where the district keeps none there.

    What was drawn is given as what it was drawn from, so that it can be printed at any size.
    """
    digest = digest_in(address)
    row = achievement_images.with_digest(session, district_id, digest) if digest else None
    if row is None:
        return None
    if row.made_from.startswith("{"):
        return Picture(name, caption, Choices.from_json(json.loads(row.made_from)))
    return Picture(name, caption, None, row.body)


def _own(choices: Choices, name: str) -> Wanted:
    return Wanted(_text(choices), suggested_alt(choices, name), choices)


def _text(choices: Choices) -> str:
    return canonical_json(choices.to_json())


def _given(session: Session, district_id: str, wanted: Wanted) -> bytes:
    """The pixels that the district gave; none for what is drawn."""
    if wanted.choices is not None:
        return b""
    return chosen_pictures.pixels(session, district_id, *wanted.given)


def _made(wanted: Wanted, given: bytes) -> bytes:
    if wanted.choices is not None:
        body = _drawn(wanted.choices)
    else:
        from issuer.render.png import smaller  # noqa: PLC0415 - what draws is loaded where something is drawn

        body = smaller(given, SIDE)
    if not 0 < len(body) <= LARGEST:
        raise DesignError("bad_picture", f"a picture has at most {LARGEST} bytes as PNG: make it simpler")
    return body


@lru_cache(maxsize=64)
def _drawn(choices: Choices) -> bytes:
    """The same choices give the same picture: a program that sets up several districts draws it once."""
    return Picture("", "", choices).png(SIDE)

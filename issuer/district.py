"""Set up a district: who it is, where it publishes, which schools it has, and what it can award."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from contexts.document import compose
from issuer import achievement_images
from issuer.catalog import Catalogue, Entry, default_catalogue, load_catalogue
from issuer.catalog.achievement import achievement, slug
from issuer.decisions.badge import Addition, with_addition
from issuer.determination import ACHIEVEMENT_ID, CODE, readiness_achievement
from issuer.errors import IssuerError
from issuer.publication import is_loopback
from issuer.store import audit, decisions, queries
from issuer.store.achievement_images import digests as image_digests
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import Achievement, District, Edition, School
from issuer.text import fault_in
from keys.did import did_for_web
from keys.errors import KeyRefused

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TAG = re.compile(r"[A-Z0-9]{1,16}")
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Founding:
    """What it takes to be an issuer.

    Attributes:
        district_id: A short name for this store: lower-case letters, digits, hyphens.
        name: The district's name, as badges give it.
        tag: Up to 16 capitals and digits: what codes and links begin with.
        origin: `https://HOST` where everything is published; `http://localhost:PORT` for a demonstration.
        url: The district's own pages.
        schools: Name by code.
    """

    district_id: str
    name: str
    tag: str
    origin: str
    url: str
    schools: Mapping[str, str]


def found(store: Store, founding: Founding, *, now: datetime, entropy: Entropy, actor: str) -> District:
    """Write the district down; its DID follows from its origin. An existing one must be the same.

    Raises:
        IssuerError: `bad_setting`, saying which part cannot be used or differs from what was set up before.
    """
    did = _checked_did(founding)
    with store.of(founding.district_id).transaction() as session:
        row = queries.district_or_none(session, founding.district_id)
        if row is None:
            row = District(
                id=founding.district_id,
                name=founding.name,
                tag=founding.tag,
                origin=founding.origin,
                did=did,
                profile={"url": founding.url},
                code_salt=entropy(16),
                created=now,
            )
            session.add(row)
            session.flush()
            audit.begin_chain(session, row.id)
            audit.record(
                session,
                row.id,
                at=now,
                actor=actor,
                action="district.founded",
                subject=did,
                facts={"tag": row.tag, "origin": row.origin},
            )
        elif (row.did, row.tag, row.name) != (did, founding.tag, founding.name):
            raise IssuerError(
                "bad_setting",
                f"{row.id} was set up as {row.name} ({row.tag}, {row.did}): its badges say so",
            )
        for code, name in founding.schools.items():
            session.merge(School(district_id=row.id, code=code, name=name))
    return row


def _checked_did(founding: Founding) -> str:
    """The DID of a founding whose every part can be used."""
    parts = urlsplit(founding.origin)
    if founding.origin != f"{parts.scheme}://{parts.netloc}" or not (
        parts.scheme == "https" or is_loopback(founding.origin)
    ):
        raise IssuerError(
            "bad_setting",
            "the origin is https://HOST and nothing after it, or http://localhost:PORT for a try",
        )
    if not _ID.fullmatch(founding.district_id):
        raise IssuerError("bad_setting", "the district's id is lower-case letters, digits and hyphens")
    if not _TAG.fullmatch(founding.tag):
        raise IssuerError("bad_setting", "the tag is 1 to 16 capital letters and digits, such as DEMO")
    fault = fault_in(founding.name)
    if fault or not 0 < len(founding.name) <= LONGEST_NAME:
        raise IssuerError("bad_setting", f"the district's name has {fault or 'no or too many characters'}")
    if not founding.url.startswith(("https://", "http://localhost:")):
        raise IssuerError("bad_setting", "the district's pages are an https address")
    try:
        return did_for_web(parts.netloc)
    except KeyRefused as fault_of_host:
        raise IssuerError(
            "bad_setting", f"the origin's host cannot be a DID: {fault_of_host}"
        ) from fault_of_host


def district_catalogue(session: Session, district_id: str) -> Catalogue:
    """The catalogue that the district uses: its newest edition, or the one that comes with Cairn."""
    row = queries.edition(session, district_id)
    return _read(row.certifications, row.kinds) if row else default_catalogue()


@lru_cache(maxsize=8)
def _read(certifications: bytes, kinds: bytes) -> Catalogue:
    """An edition's catalogue, which never changes: a class asks for it at every part."""
    return load_catalogue(certifications, kinds)


def default_files() -> tuple[bytes, bytes]:
    """The two files of the catalogue that comes with Cairn: certifications and kinds."""
    folder = resources.files("issuer.catalog") / "data"
    return (folder / "certifications.json").read_bytes(), (folder / "kinds.json").read_bytes()


def take_catalogue(
    store: Store,
    district_id: str,
    certifications: bytes,
    kinds: bytes,
    *,
    now: datetime,
    actor: str,
) -> Catalogue:
    """Make another edition of the catalogue the district's, and offer everything in it.

    Raises:
        issuer.catalog.CatalogueError: The files have a fault; nothing has changed.
    """
    catalogue = load_catalogue(certifications, kinds)
    with store.transaction() as session:
        before = queries.edition(session, district_id)
        if before is None or (before.certifications, before.kinds) != (certifications, kinds):
            number = (before.number if before else 0) + 1
            session.add(
                Edition(
                    district_id=district_id,
                    number=number,
                    certifications=certifications,
                    kinds=kinds,
                    created=now,
                )
            )
            audit.record(
                session,
                district_id,
                at=now,
                actor=actor,
                action="catalogue.taken",
                subject=catalogue.edition.name,
                facts={
                    "edition": number,
                    "version": catalogue.edition.version,
                    "sha256": hashlib.sha256(certifications).hexdigest(),
                },
            )
    offer(store, district_id, catalogue.entries, now=now, actor=actor)
    return catalogue


def offer(
    store: Store, district_id: str, entries: tuple[Entry, ...], *, now: datetime, actor: str
) -> tuple[str, ...]:
    """Publish achievements for entries of a catalogue, with what was decided, in versions.

    Returns:
        The ids of those that are new or have changed.
    """
    with store.reading() as session:
        wanted = achievement_images.wanted_for(session, district_id, entries, now)
    drawn = achievement_images.draw_missing(store, district_id, wanted.values())
    with store.transaction() as session:
        wanted = achievement_images.wanted_for(session, district_id, entries, now)
        achievement_images.keep(session, district_id, wanted.values(), drawn, now=now)
        return _publish(session, district_id, _editions(session, district_id, entries, now), now, actor)


def offer_decided(store: Store, district_id: str, *, now: datetime, actor: str) -> tuple[str, ...]:
    """Publish achievements anew whose decisions have begun or ended, or whose endorsements have changed.

    It is safe to ask at any time, and writes only where something has changed.

    Returns:
        The ids of those that have changed.
    """
    with store.reading() as session:
        offered = {row.id for row in queries.achievements(session, district_id)}
        decided = decisions.additions(session, district_id, now)
        entries = tuple(
            entry
            for entry in district_catalogue(session, district_id).entries
            if slug(entry.code) in offered or entry.code in decided
        )
        if not _editions(session, district_id, entries, now):
            return ()
    return offer(store, district_id, entries, now=now, actor=actor)


def offer_readiness(store: Store, district_id: str, *, now: datetime, actor: str) -> tuple[str, ...]:
    """Publish the achievement that determinations carry, if it is not there as it is today.

    Returns:
        As `offer`.
    """
    wanted = achievement_images.wanted_for_readiness()
    drawn = achievement_images.draw_missing(store, district_id, [wanted])
    with store.transaction() as session:
        row = queries.district(session, district_id)
        address = f"{row.origin}/achievements/{ACHIEVEMENT_ID}"
        achievement_images.keep(session, district_id, [wanted], drawn, now=now)
        image = achievement_images.image_of(row.origin, wanted, image_digests(session, district_id))
        made = readiness_achievement(address, row.did, row.name, image)
        before = queries.achievement(session, district_id, slug(CODE))
        return _publish(session, district_id, _newer(before, district_id, CODE, made, now), now, actor)


def _publish(
    session: Session, district_id: str, rows: list[Achievement], now: datetime, actor: str
) -> tuple[str, ...]:
    """Add new versions; one audit row for all of them."""
    session.add_all(rows)
    changed = [row.id for row in rows]
    if changed:
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="achievements.offered",
            subject=district_id,
            facts={"achievements": changed},
        )
    return tuple(changed)


def _editions(
    session: Session, district_id: str, entries: tuple[Entry, ...], now: datetime
) -> list[Achievement]:
    """A new version of each achievement that differs from the one that stands."""
    origin = queries.district(session, district_id).origin
    decided = decisions.additions(session, district_id, now)
    standing = {row.id: row for row in queries.achievements(session, district_id)}
    wanted = achievement_images.wanted_for(session, district_id, entries, now)
    digests = image_digests(session, district_id)
    rows = []
    for entry in entries:
        image = achievement_images.image_of(origin, wanted[entry.code], digests)
        made = achievement(entry, f"{origin}/achievements/{slug(entry.code)}", image=image)
        whole = with_addition(made, decided.get(entry.code, Addition()))
        rows += _newer(standing.get(slug(entry.code)), district_id, entry.code, whole, now)
    return rows


def _newer(
    before: Achievement | None, district_id: str, code: str, made: Mapping[str, Any], now: datetime
) -> list[Achievement]:
    """The next version of an achievement, or nothing where it stands as it is."""
    name = slug(code)
    body = compose(made).raw
    digest = hashlib.sha256(body).hexdigest()
    if before is not None and before.content_sha256 == digest:
        return []
    return [
        Achievement(
            district_id=district_id,
            id=name,
            version=(before.version if before else 0) + 1,
            code=code,
            document=body,
            content_sha256=digest,
            created=now,
        )
    ]

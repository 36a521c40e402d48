"""What lists said that a restore forgot, and that were taken back in: every bit of theirs stays set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from contexts.document import STATUS_LIST_LIMITS, parse
from credential.status import StatusEntry, read_list
from credential.withdrawal import Note, check_notes
from issuer.errors import IssuerError
from issuer.store import published, queries, restorations
from issuer.store.session import Session
from issuer.store.tables import District
from keys.public import PublicKey


@dataclass(frozen=True, slots=True)
class Kept:
    """What lists that were taken back in say.

    Attributes:
        withdrawn: The positions that are set.
        notes: Day and reason of those of them for which they were published.
    """

    withdrawn: frozenset[int]
    notes: Mapping[int, Note]


NOTHING: Final = Kept(frozenset(), MappingProxyType({}))


def kept_answers(session: Session, district: District, *, path: str, beside: str, url: str) -> Kept:
    """What one list must go on saying, whatever the rows know.

    Args:
        session: The database.
        district: Whose list.
        path: Where it is served below the origin.
        beside: Where its notes are.
        url: Its address, as credentials name it.
    """
    if restorations.version_floor(session, district.id) == 1:
        return NOTHING
    key_for = key_of(session, district.id)
    withdrawn: set[int] = set()
    notes: dict[int, Note] = {}
    for one in published.taken_back(session, district.id, path):
        withdrawn |= positions(one.body, url)
    for one in published.taken_back(session, district.id, beside):
        notes |= check_notes(one.body, key_for, issuer=district.did, list_url=url).notes
    return Kept(frozenset(withdrawn | notes.keys()), MappingProxyType(notes))


def positions(body: bytes, url: str) -> frozenset[int]:
    """The positions that a list has set. Its signature is the caller's question.

    Raises:
        ValueError: It is not the list of this address.
    """
    listed = read_list(parse(body, STATUS_LIST_LIMITS), StatusEntry("revocation", 0, url))
    return frozenset(listed.bits.set_indices())


def key_of(session: Session, district_id: str) -> Callable[[str], PublicKey]:
    """Gives the district's public key of a name, as the rows know it."""
    known = {
        row.id: PublicKey.from_multikey(row.multikey) for row in queries.signing_keys(session, district_id)
    }

    def key_for(name: str) -> PublicKey:
        if name not in known:
            raise IssuerError(
                "published_refused",
                f"it is signed with {name[:200]}, and the backup knows no such key of the district",
            )
        return known[name]

    return key_for

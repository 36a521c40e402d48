"""Keep what a district has published, so that its badges can be checked when its servers are gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from credential.archive import INDEX, Kept, compose_index, file_name
from issuer.public_documents import public_documents
from issuer.store import queries
from issuer.store.session import Store


def published_answers(store: Store, district_id: str) -> list[tuple[str, bytes]]:
    """Every public document of a district with its address: keys, lists, notes, profile, achievements."""
    with store.reading() as session:
        origin = queries.district(session, district_id).origin
    return [(f"{origin}/{one.path}", one.body) for one in public_documents(store, district_id)]


def write_archive(folder: Path, answers: Iterable[tuple[str, bytes]], now: datetime) -> int:
    """Write an archive, the index last, so that it never names a file that is not there yet.

    Args:
        folder: Where; made if it is not there. An archive that is there is replaced address by address.
        answers: Address and body.
        now: The time as of which all of it is known.

    Returns:
        How many documents it holds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for url, body in answers:
        name = file_name(url)
        (folder / name).write_bytes(body)
        kept.append(Kept(url, name, now))
    beside = folder / f"{INDEX}.new"
    beside.write_bytes(compose_index(kept))
    beside.replace(folder / INDEX)
    return len(kept)

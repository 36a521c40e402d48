"""All files of badges as one packet: the badge in each form, pictures that carry it, papers where wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from credential.baking.png import bake_png
from credential.baking.svg import bake_svg
from issuer.badge_files import badge_files
from issuer.carry.facts import Facts, facts_of
from issuer.carry.packet import Folder, check_count, packet
from issuer.carry.paper import Kind, Printing, print_papers
from issuer.carry.picture import design_of, picture_of
from issuer.carry.wording import subjects
from issuer.catalog import Entry
from issuer.district import district_catalogue
from issuer.issuance import Issued, stored
from issuer.render.badge import badge_scene
from issuer.render.badge_picture import Picture
from issuer.render.png import to_png
from issuer.render.svg import to_svg
from issuer.securing import release
from issuer.store import queries
from issuer.store.dossier import Badge
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import District


@dataclass(frozen=True, slots=True)
class Papers:
    """Papers beside the files.

    Args:
        language: `en` or `es`.
        agreed: Whether the guardian of a student under 18 has agreed.
    """

    language: str
    agreed: bool = False


def pack_badges(
    store: Store,
    district: District,
    badges: Sequence[Badge],
    printing: Printing,
    *,
    papers: Papers | None,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> bytes:
    """Every file of some badges as one ZIP. That they leave the house is recorded.

    A badge that nobody has signed yet is left out; one that was withdrawn is in it, without papers.

    Args:
        store: The database.
        district: Who issued.
        badges: Which.
        printing: What a deployment prints with.
        papers: Whether with certificates and cards, each under a new code.
        now: The time.
        entropy: Random bytes.
        actor: Who packs.

    Raises:
        IssuerError: `too_much_to_pack`; with papers as `print_papers`.
        DesignError: A picture or a paper cannot be made.
    """
    signed = [one for one in badges if one.signed_at is not None]
    check_count(len(signed))
    with store.reading() as session:
        catalogue = district_catalogue(session, district.id)
    folders = []
    for one in signed:
        issued = stored(store, district.id, one.credential_id)
        facts = facts_of(issued.document)
        entry = catalogue.get(one.code)
        with store.reading() as session:
            picture = picture_of(session, district.id, facts, entry, issued.signed_at)
        files = badge_folder(issued, facts, entry, picture)
        if papers is not None and one.withdrawn_at is None:
            made = print_papers(
                store,
                district,
                one.credential_id,
                set(Kind),
                printing,
                language=papers.language,
                now=now,
                entropy=entropy,
                actor=actor,
                agreed=papers.agreed,
            )
            files |= {f"{kind}.pdf": data for kind, data in made.files.items()}
        with store.transaction() as session:
            row = queries.credential(session, district.id, one.credential_id, lock=True)
            release(session, row, now=now, actor=actor)
        title = f"{facts.title} {subjects(facts, 'en')}" if facts.is_readiness else facts.title
        folders.append(Folder(title, files))
    return packet(folders, district=district.name, host=urlsplit(printing.verifier_origin).netloc)


def badge_folder(
    issued: Issued, facts: Facts, entry: Entry | None, picture: Picture | None = None
) -> dict[str, bytes]:
    """A badge in every form in which it is given out: JSON, JWT where it was signed so, PNG and SVG.

    Args:
        issued: The badge.
        facts: What it says.
        entry: What it was given for, or None where the catalogue has no such thing.
        picture: Its picture; None for one that is drawn anew.

    Raises:
        DesignError: The picture cannot be drawn.
        CredentialError: The picture cannot carry it.
    """
    files = badge_files(issued.document, issued.jwt, entry, picture)
    if entry is None and picture is None:
        scene = badge_scene(design_of(facts, None))
        text = issued.document.decode("utf-8")
        files[".png"] = bake_png(to_png(scene), text)
        files[".svg"] = bake_svg(to_svg(scene).encode("utf-8"), text)
    return {f"badge{suffix}": content for suffix, content in files.items()}

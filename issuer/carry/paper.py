"""Print a badge: a certificate, a wallet card, or both, with one code that opens it at the verifier.

A code is told once and kept nowhere, so each printing makes a new one, or takes one that the holder has.
The page is set once beforehand with a code that opens nothing: what cannot be printed makes no share.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from credential.qr import CODE_LENGTH, code_url, format_code, read_code
from issuer.carry.facts import facts_of
from issuer.carry.look import look_of
from issuer.carry.picture import picture_of
from issuer.carry.wording import check, printed
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.render.certificate import Check, card_pdf, certificate_pdf
from issuer.securing import VC
from issuer.shares import create_share, open_code
from issuer.store import audit, dossier
from issuer.store.session import Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import District

_OPENS_NOTHING = "0" * CODE_LENGTH


class Kind(StrEnum):
    """A kind of paper."""

    CERTIFICATE = "certificate"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Printing:
    """What a deployment prints with.

    Args:
        verifier_origin: Where codes are checked, `https://HOST`.
        fonts: A folder of further fonts, or None.
    """

    verifier_origin: str
    fonts: Path | None = None


NO_PRINTING: Final = Printing("")
"""Where nobody has said at which verifier papers are checked."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What was printed.

    Attributes:
        files: Each paper as PDF.
        code: What is typed, as it is printed.
        share_id: For stopping it; "" where the holder's own code was taken.
    """

    files: Mapping[Kind, bytes]
    code: str
    share_id: str


def print_papers(
    store: Store,
    district: District,
    credential_id: str,
    kinds: Collection[Kind],
    printing: Printing,
    *,
    language: str,
    now: datetime,
    entropy: Entropy,
    actor: str,
    agreed: bool = False,
    code: str = "",
) -> Papers:
    """Make papers of one badge, and the code that stands on them.

    Args:
        store: The database.
        district: Who issued.
        credential_id: Which badge.
        kinds: Which papers.
        printing: What a deployment prints with.
        language: `en` or `es`.
        now: The time.
        entropy: Random bytes.
        actor: Who prints.
        agreed: Whether the guardian of a student under 18 has agreed.
        code: A code that opens this badge already, with its tag or without; "" for a new one.

    Raises:
        IssuerError: `bad_setting` without a verifier; `not_found`, `not_signed`; `state_conflict` for a badge
            that was withdrawn; `not_shared`, `share_ended` for a code that does not open it; as
            `create_share`.
        CredentialError: `code` is no code.
        DesignError: The paper cannot be printed.
    """
    if not printing.verifier_origin:
        raise IssuerError(
            "bad_setting",
            "a paper needs the address of the verifier at which it is checked: set "
            "CAIRN_VERIFIER_ORIGIN=https://HOST",
        )
    draw = _drawing(store, district, credential_id, kinds=kinds, printing=printing, language=language)
    draw(_OPENS_NOTHING)
    share_id = ""
    if code:
        code = _check_opens(store, district, credential_id, code, now)
    else:
        share = create_share(
            store, district.id, credential_id, now=now, entropy=entropy, actor=actor, agreed=agreed
        )
        share_id, code = share.share_id, share.code or ""
    files = draw(code)
    with store.transaction() as session:
        facts = {"papers": sorted(kinds), "language": language, "share": share_id}
        audit.record(
            session,
            district.id,
            at=now,
            actor=actor,
            action="paper.printed",
            subject=credential_id,
            facts=facts,
        )
    return Papers(files, f"{district.tag}-{format_code(code)}", share_id)


def _drawing(
    store: Store,
    district: District,
    credential_id: str,
    *,
    kinds: Collection[Kind],
    printing: Printing,
    language: str,
) -> Callable[[str], dict[Kind, bytes]]:
    """What draws the papers of one badge, once the code is known."""
    with store.reading() as session:
        badge = dossier.badge(session, district.id, credential_id)
        if badge is None:
            raise IssuerError("not_found", "there is no such badge")
        entry = district_catalogue(session, district.id).get(badge.code)
    if badge.withdrawn_at is not None:
        raise IssuerError(
            "state_conflict",
            f"this badge was withdrawn on {badge.withdrawn_at.date()}: print the one that took its place",
        )
    issued = stored(store, district.id, credential_id)
    facts = facts_of(issued.document)
    with store.reading() as session:
        drawn = picture_of(session, district.id, facts, entry, issued.signed_at)
    document, picture, look = issued.document, drawn.svg(), look_of(district)

    def draw(code: str) -> dict[Kind, bytes]:
        shown = _check(printing.verifier_origin, district.tag, code, language)
        made: dict[Kind, bytes] = {}
        if Kind.CERTIFICATE in kinds:
            made[Kind.CERTIFICATE] = certificate_pdf(
                printed(facts, language),
                shown,
                credential=document,
                picture=picture,
                picture_alt=drawn.alt,
                made=facts.issued,
                look=look,
                fonts=printing.fonts,
            )
        if Kind.CARD in kinds:
            made[Kind.CARD] = card_pdf(
                printed(facts, language, card=True),
                shown,
                made=facts.issued,
                look=look,
                fonts=printing.fonts,
            )
        return made

    return draw


def _check(origin: str, tag: str, code: str, language: str) -> Check:
    """How a code of this district is scanned and typed."""
    parts = urlsplit(origin)
    link = code_url(parts.netloc, tag, code, scheme=parts.scheme)
    return check(link, parts.netloc, f"{tag}-{format_code(code)}", language)


def _check_opens(store: Store, district: District, credential_id: str, code: str, now: datetime) -> str:
    """A code that somebody has still, if it opens this very badge.

    Raises:
        IssuerError: `not_shared`, `share_ended`.
        CredentialError: `code_malformed`, `code_typo`.
    """
    found = read_code(code)
    if found.tag not in ("", district.tag):
        raise IssuerError("not_shared", f"this code is of another district: ours begin with {district.tag}")
    opened = open_code(store, district, found.code, form=VC, now=now, counted=False)
    if opened.body != stored(store, district.id, credential_id).document:
        raise IssuerError("not_shared", "this code opens another badge: leave it out, and a new one is made")
    return found.code

"""`cairn badges`: what people carry away: certificates, wallet cards, packets, a link for LinkedIn."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from issuer.commands.desk import Desk
from issuer.commands.sharing import check_links, find, links
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.shares import create_share
from issuer.store import dossier, students
from issuer.store.dossier import Badge
from issuer.store.tables import District

if TYPE_CHECKING:
    from issuer.carry.paper import Kind, Printing

app = typer.Typer(
    no_args_is_help=True, help="What people carry away: certificates, wallet cards, packets, LinkedIn."
)


class Language(StrEnum):
    """The language of a paper."""

    ENGLISH = "en"
    SPANISH = "es"


Named = Annotated[str, typer.Argument(help="The badge's urn:uuid, or its award reference.")]
Out = Annotated[Path, typer.Option(help="The file to write.")]
Lang = Annotated[Language, typer.Option("--lang", help="The language of the paper.")]
Agreed = Annotated[bool, typer.Option("--agreed", help="The guardian of a student under 18 has agreed.")]
Code = Annotated[
    str, typer.Option(help="A code that opens the badge already; without it, a new one is made.")
]


@app.command("certificate")
def certificate(
    ctx: typer.Context,
    badge: Named,
    *,
    out: Out,
    language: Lang = Language.ENGLISH,
    agreed: Agreed = False,
    code: Code = "",
) -> None:
    """Print a badge as a certificate: a PDF on letter paper, with the signed badge attached and a QR code."""
    from issuer.carry.paper import Kind  # noqa: PLC0415 - what sets type is loaded where something is set

    _print_one(ctx.obj, badge, Kind.CERTIFICATE, out, language, agreed=agreed, code=code)


@app.command("card")
def card(
    ctx: typer.Context,
    badge: Named,
    *,
    out: Out,
    language: Lang = Language.ENGLISH,
    agreed: Agreed = False,
    code: Code = "",
) -> None:
    """Print a badge as a wallet card: a PDF of 3.375 by 2.125 inches with a QR code."""
    from issuer.carry.paper import Kind  # noqa: PLC0415 - what sets type is loaded where something is set

    _print_one(ctx.obj, badge, Kind.CARD, out, language, agreed=agreed, code=code)


@app.command("zip")
def packed(
    ctx: typer.Context,
    badges: Annotated[list[str] | None, typer.Argument(help="Which badges: urn:uuid or reference.")] = None,
    *,
    out: Out,
    student: Annotated[str, typer.Option(help="All badges of the student with this number.")] = "",
    papers: Annotated[
        bool, typer.Option("--papers", help="With a certificate and a card for each badge that stands.")
    ] = False,
    language: Lang = Language.ENGLISH,
    agreed: Agreed = False,
) -> None:
    """Pack every file of badges into one ZIP, with a README in English and Spanish."""
    from issuer.carry.everything import Papers, pack_badges  # noqa: PLC0415 - loaded where something is drawn

    desk: Desk = ctx.obj
    district = desk.district()
    if papers:
        check_links(desk)
    wanted = _wanted(desk, district, badges or [], student)
    out.write_bytes(
        pack_badges(
            desk.store(),
            district,
            wanted,
            _printing(desk),
            papers=Papers(language.value, agreed) if papers else None,
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
        )
    )
    desk.data({"file": str(out), "badges": len(wanted)}, f"{len(wanted)} badges are in {out}")


@app.command("linkedin")
def linkedin(
    ctx: typer.Context,
    badge: Named,
    *,
    organization: Annotated[
        str, typer.Option(help="The digits of the district's page at LinkedIn; without them, no logo.")
    ] = "",
    agreed: Agreed = False,
) -> None:
    """Make the link that adds a badge to the student's own profile at LinkedIn. From the age of 16."""
    from issuer.carry.facts import facts_of  # noqa: PLC0415 - the other commands start sooner without it
    from issuer.carry.words import WORDS  # noqa: PLC0415 - likewise
    from issuer.linkedin import Organization, add_to_profile, hidden  # noqa: PLC0415 - likewise

    desk: Desk = ctx.obj
    check_links(desk)
    district = desk.district()
    at = Organization(district.name, organization)
    found = _badge(desk, district, badge)
    if why := hidden(_born(desk, district, found.student_id), desk.now()):
        raise IssuerError("not_agreed", WORDS["en"][f"linkedin.{why}"])
    facts = facts_of(stored(desk.store(), district.id, found.credential_id).document)
    made = links(
        desk,
        create_share(
            desk.store(),
            district.id,
            found.credential_id,
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
            with_code=False,
            agreed=agreed,
        ),
    )
    link = add_to_profile(
        facts.title,
        at,
        issued=facts.earned,
        last_day=facts.last_day,
        url=made["link"],
        credential_id=facts.credential_id,
    )
    desk.data(made | {"linkedin": link}, link)


@app.command("colours")
def colours(
    ctx: typer.Context,
    ground: Annotated[str, typer.Argument(help="Of frames and names, such as #0B5C6B.")],
    accent: Annotated[str, typer.Argument(help="Of thin lines, such as #F2C14E.")],
) -> None:
    """Choose the district's colours for certificates and cards."""
    from issuer.carry.look import choose_look  # noqa: PLC0415 - what draws is loaded where something is drawn
    from issuer.render.certificate import Look  # noqa: PLC0415 - likewise
    from issuer.render.colour import Colour  # noqa: PLC0415 - likewise

    desk: Desk = ctx.obj
    look = Look(Colour.read(ground), Colour.read(accent))
    choose_look(desk.store(), desk.district().id, look, now=desk.now(), actor=desk.actor)
    shown = {"ground": str(look.ground), "accent": str(look.accent)}
    desk.data(shown, f"papers are printed in {look.ground} and {look.accent} from now on")


def _print_one(
    desk: Desk, named: str, kind: Kind, out: Path, language: Language, *, agreed: bool, code: str
) -> None:
    """One paper of one badge, as a file."""
    from issuer.carry.paper import print_papers  # noqa: PLC0415 - what sets type is loaded where it is set

    district = desk.district()
    made = print_papers(
        desk.store(),
        district,
        find(desk, district, named),
        {kind},
        _printing(desk),
        language=language.value,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
        agreed=agreed,
        code=code,
    )
    out.write_bytes(made.files[kind])
    desk.data(
        {"file": str(out), "code": made.code, "share": made.share_id},
        f"{out} is ready to print; its code is {made.code}",
    )


def _wanted(desk: Desk, district: District, named: list[str], student: str) -> list[Badge]:
    """The badges that were named, or all signed ones of a student."""
    if bool(named) == bool(student):
        raise IssuerError("bad_setting", "name badges, or a student with --student NUMBER")
    if named:
        return [_badge(desk, district, one) for one in named]
    with desk.store().reading() as session:
        found = dossier.badges_of(session, district.id, student)
    signed = [one for one in found if one.signed_at is not None]
    if not signed:
        raise IssuerError("not_found", f"no badge is signed for the student {student!r}")
    return signed


def _badge(desk: Desk, district: District, named: str) -> Badge:
    with desk.store().reading() as session:
        found = dossier.badge(session, district.id, find(desk, district, named))
    if found is None or found.signed_at is None:
        raise IssuerError("not_signed" if found else "not_found", f"there is no signed badge {named!r}")
    return found


def _born(desk: Desk, district: District, student_id: str) -> date | None:
    """A student's birth date, where the roster has it."""
    with desk.store().reading() as session:
        known = students.roster(session, district.id) or {}
    return known[student_id].birth_date if student_id in known else None


def _printing(desk: Desk) -> Printing:
    from issuer.carry.paper import Printing  # noqa: PLC0415 - as above

    return Printing(desk.settings.verifier_origin, desk.settings.fonts)


@app.command("offer")
def offer(
    ctx: typer.Context,
    badge: Named,
    *,
    minutes: Annotated[int, typer.Option(help="How long the offer stands.", min=1, max=1_440)] = 15,
    no_digits: Annotated[
        bool, typer.Option("--no-digits", help="Ask for no digits: whoever has the link has the badge.")
    ] = False,
) -> None:
    """Offer a badge to the student's wallet: a link, a QR code, and six digits to be typed. Shown once."""
    from issuer.render.qr import qr_terminal  # noqa: PLC0415 - likewise
    from issuer.wallet_offering import make_offer  # noqa: PLC0415 - the other commands need none of it

    desk: Desk = ctx.obj
    district = desk.district()
    made = make_offer(
        desk.store(),
        district.id,
        find(desk, district, badge),
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
        with_tx_code=not no_digits,
        lifetime=timedelta(minutes=minutes),
        jwt=desk.settings.wallet_jwt,
    )
    shown = {"link": made.link, "by_value": made.by_value, "ends": made.ends.isoformat()}
    shown |= {"digits": made.tx_code} if made.tx_code else {}
    lines = [qr_terminal(made.link), f"link    {made.link}", f"until   {shown['ends']}"]
    lines += [f"digits  {made.tx_code} (say them to the student alone)"] if made.tx_code else []
    lines.append(f"Or without a wallet: cairn badges zip {badge} --out FILE packs files that always work.")
    desk.data(shown | {"id": made.offer_id}, "\n".join(lines))

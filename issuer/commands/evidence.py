"""`cairn evidence`: attach a file, a link or the certifying body's badge to an award not yet issued."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.evidence.attach import attach, carry_over, detach
from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import MOST_BYTES, Attached, EvidenceItem, Place, Words
from issuer.store import evidence
from issuer.store.tables import District

app = typer.Typer(
    no_args_is_help=True, help="Evidence of awards: add it by the award's reference, then run `cairn issue`."
)

_MOST_FILES = 50_000
"""Files of a folder that are looked at; a sheet has 20,000 rows."""

Ref = Annotated[str, typer.Argument(help="The award's reference, as in the sheet; the award may come later.")]
Number = Annotated[int, typer.Argument(help="Which piece, as `cairn evidence list` numbers them.")]


@dataclass(frozen=True, slots=True)
class _Badge:
    """How the certifying body's badge is checked."""

    trust: Path | None
    trust_key: str
    archive: Path | None
    accept_unchecked: str
    same_person: str


@app.command()
def add(
    ctx: typer.Context,
    award_ref: Ref,
    file: Annotated[Path | None, typer.Argument(help="A PNG, JPEG, PDF or plain text.")] = None,
    *,
    link: Annotated[str, typer.Option(help="An https address instead; nothing is fetched from it.")] = "",
    digest: Annotated[str, typer.Option(help="With --link: the SHA-256 of what stands there.")] = "",
    copy: Annotated[Path | None, typer.Option(help="With --link: what stands there, as a file.")] = None,
    badge: Annotated[Path | None, typer.Option(help="The certifying body's own badge instead.")] = None,
    name: Annotated[str, typer.Option(help="What the badge calls it.")] = "",
    description: Annotated[str, typer.Option(help="What it is.")] = "",
    narrative: Annotated[str, typer.Option(help="How it came to be.")] = "",
    genre: Annotated[str, typer.Option(help="Such as Photograph.")] = "",
    audience: Annotated[str, typer.Option(help="Who it is for.")] = "",
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it here whole; the badge has its digest alone.")
    ] = False,
    student: Annotated[str, typer.Option(help="Whose award it is, where the award is not there yet.")] = "",
    trust: Annotated[Path | None, typer.Option(help="With --badge: a trust list.")] = None,
    trust_key: Annotated[
        str, typer.Option(help="With --trust: the key of whoever publishes the list, where it is signed.")
    ] = "",
    archive: Annotated[
        Path | None, typer.Option(help="With --badge: take every answer from this archive.")
    ] = None,
    accept_unchecked: Annotated[
        str, typer.Option(help="With --badge: why it is taken though its check could not be finished.")
    ] = "",
    same_person: Annotated[
        str, typer.Option(help="With --badge: why it is theirs though it names them otherwise.")
    ] = "",
) -> None:
    """Attach one piece of evidence to an award, before its badge is issued.

    A picture is made anew from its pixels and shrunk until it fits into the badge. A text or PDF of more than
    32 KB is kept here, and the badge has its digest; `cairn evidence export` gives it out.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    if sum((file is not None, bool(link), badge is not None)) != 1:
        raise IssuerError(
            "bad_setting", "name one thing: a FILE, --link with --digest, or --badge with a file"
        )
    words = Words(name, description, narrative, genre, audience)
    if link:
        one = _link(link, words, digest, copy)
    elif badge is not None:
        one = _badge(
            desk,
            district,
            badge,
            words,
            _Badge(trust, trust_key, archive, accept_unchecked, same_person),
            keep=keep,
        )
    else:
        one = _file(desk, district, file or Path(), words, keep=keep)
    number = attach(
        desk.store(),
        district.id,
        award_ref,
        one,
        now=desk.now(),
        actor=desk.actor,
        recipient_name=student or None,
    )
    row = _shown(number, one.item)
    desk.data({"award_ref": award_ref, **row}, f"{award_ref} has new evidence: {_line(row)}")
    if one.item.found.get("unchecked"):
        desk.say("The check of this badge could not be finished; your reason is recorded.")
    if one.item.found and not one.item.found.get("holder"):
        desk.say("Look twice: this badge does not say in clear whose it is.")


@app.command("list")
def list_(ctx: typer.Context, award_ref: Ref) -> None:
    """Show the evidence of an award, and what was found of each badge among it."""
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        rows = [_shown(row.number, row.item()) for row in evidence.rows(session, district.id, award_ref)]
    words = "\n".join(_line(row) for row in rows) or f"{award_ref} has no evidence"
    desk.data({"award_ref": award_ref, "evidence": rows}, words)


@app.command()
def remove(ctx: typer.Context, award_ref: Ref, number: Number) -> None:
    """Take a piece away again; after the badge is issued, nothing can be taken away."""
    desk: Desk = ctx.obj
    detach(desk.store(), desk.district().id, award_ref, number, now=desk.now(), actor=desk.actor)
    desk.data({"award_ref": award_ref, "removed": number}, f"number {number} of {award_ref} is gone")


@app.command()
def copy(
    ctx: typer.Context,
    award_ref: Ref,
    to_ref: Annotated[str, typer.Argument(help="The reference of the award that takes its place.")],
) -> None:
    """Attach the evidence of one award to the one that corrects or renews it."""
    desk: Desk = ctx.obj
    count = carry_over(desk.store(), desk.district().id, award_ref, to_ref, now=desk.now(), actor=desk.actor)
    desk.data({"award_ref": to_ref, "copied": count}, f"{to_ref} has the {count} pieces of {award_ref}")


@app.command()
def export(
    ctx: typer.Context,
    award_ref: Ref,
    number: Number,
    to: Annotated[Path, typer.Argument(help="A new file.")],
) -> None:
    """Write a piece of evidence as a file, to hand it to somebody who may have it."""
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        rows = evidence.rows(session, district.id, award_ref)
        found = next((row.attached() for row in rows if row.number == number), None)
    if found is None or not found.body:
        raise IssuerError("not_found", f"{award_ref} has no file under number {number}")
    with to.open("xb") as out:
        out.write(found.body)
    digest = found.item.sha256
    desk.data({"file": str(to), "sha256": digest}, f"{to} has the digest {digest}")


def attach_folder(desk: Desk, district: District, folder: Path, award_ref: str) -> int:
    """Attach the files of a folder that are named by an award's reference: `A-1.jpg`, `A-1 2.pdf`.

    A file that the award has already is passed over, so that a second run changes nothing.

    Returns:
        How many were added.

    Raises:
        EvidenceRefused: With the name of the file that is not taken.
    """
    added = 0
    for path in sorted(folder.iterdir())[:_MOST_FILES]:
        named = path.stem == award_ref or path.stem.startswith(f"{award_ref} ")
        if not named or not path.is_file() or path.is_symlink():
            continue
        try:
            one = _file(desk, district, path, Words(), keep=False)
            attach(desk.store(), district.id, award_ref, one, now=desk.now(), actor=desk.actor)
        except EvidenceRefused as fault:
            if fault.code == "evidence_twice":
                continue
            raise EvidenceRefused(fault.code, f"{path.name}: {fault.message}") from fault
        added += 1
    return added


def _read(path: Path) -> bytes:
    """A file, one byte past the bound at most."""
    with path.open("rb") as source:
        return source.read(MOST_BYTES + 1)


def _address(desk: Desk, district: District) -> str:
    """Where a kept file is said to be. It is random, and nothing is served there."""
    return f"{district.origin}/evidence/{uuid.UUID(bytes=desk.entropy(16), version=4)}"


def _file(desk: Desk, district: District, path: Path, words: Words, *, keep: bool) -> Attached:
    from issuer.evidence.files import file_item  # noqa: PLC0415 - the other kinds have no use for it

    return file_item(_read(path), words, keep=keep, address=_address(desk, district))


def _link(url: str, words: Words, digest: str, copy_of: Path | None) -> Attached:
    from issuer.evidence.links import link_item  # noqa: PLC0415 - likewise

    return link_item(url, words, digest=digest, copy=_read(copy_of) if copy_of else b"")


def _badge(desk: Desk, district: District, path: Path, words: Words, how: _Badge, *, keep: bool) -> Attached:
    from issuer.evidence import badges  # noqa: PLC0415 - the verifier is loaded where a badge is checked

    now = desk.now()
    policy = badges.trusting(_read(how.trust) if how.trust else None, how.trust_key, now=now)
    if how.archive:
        gathering = badges.from_archive(how.archive, policy, now)
    else:
        gathering = badges.over_network(policy, now)
    return badges.badge_item(
        _read(path),
        words,
        gathering=gathering,
        policy=policy,
        now=now,
        accept_unchecked=how.accept_unchecked,
        same_person=how.same_person,
        keep=keep,
        address=_address(desk, district),
    )


_PLACES = {
    Place.EMBEDDED: "inside the badge",
    Place.KEPT: "kept here, its digest is in the badge",
    Place.ELSEWHERE: "linked with its digest",
}


def _shown(number: int, item: EvidenceItem) -> dict[str, Any]:
    return {"number": number, **item.to_json()}


def _line(row: dict[str, Any]) -> str:
    found = row["found"]
    said = f"{row['number']:>2}  {row['name']}: {_PLACES[Place(row['place'])]}"
    said += f", {row['size']} bytes" if row["size"] else ""
    if found:
        said += f"; checked as {found['verdict']}, issued by {found.get('issuer') or 'nobody that was found'}"
        said += f", made out to {found['holder']}" if found.get("holder") else ""
    return said

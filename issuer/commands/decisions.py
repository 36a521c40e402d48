"""`cairn decisions`: from a proposal to a decision that a certification counts for English, math or both."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from credential.readiness import Subject
from issuer import rule_sets
from issuer.access.policy import Apart, Kind
from issuer.catalog.heading import RuleSetName
from issuer.commands import decided, endorsing, members
from issuer.commands.days import day_in, day_or, day_or_none, today
from issuer.commands.desk import Desk
from issuer.commands.endorsing import ByMember, On, Why, offer_now, read_file
from issuer.committee import approving, deciding, proposing
from issuer.decisions.decision import Decision
from issuer.decisions.exchange import anonymous, template
from issuer.decisions.reading import LARGEST_FILE, text_of
from issuer.errors import IssuerError
from issuer.store import audit, decisions

app = typer.Typer(
    no_args_is_help=True,
    help="Decide which certifications count: propose, approve, decide, look again. The order is: template, "
    "propose, approve (several members), decide.",
)
app.add_typer(members.app, name="member")
app.command("policy")(members.policy)
app.command("list")(decided.list_)
app.command("show")(decided.show)
app.command("due")(decided.due)
app.command("ask")(endorsing.ask)
app.command("endorse")(endorsing.endorse)
app.command("unendorse")(endorsing.unendorse)

Ref = Annotated[str, typer.Argument(help="The proposal, such as CO-CNA.1.")]


@app.command("template")
def template_(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="The certification's code: see `cairn catalog list`.")],
    *,
    author: Annotated[str, typer.Option(help="The member who will propose, such as cte-1.")] = "cte-1",
) -> None:
    """Print an empty proposal to fill in, as a JSON file with help beside each part."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        entry = proposing.entry_of(session, desk.district().id, code)
    typer.echo(text_of(template(entry, author=author, day=today(desk))))


@app.command()
def propose(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The proposal: see `cairn decisions template CODE`.")],
    *,
    author: Annotated[str, typer.Option(help="The member who proposes, if the file does not say it.")] = "",
) -> None:
    """Put a proposal before the committee. It may still have gaps: this says what a vote will need."""
    desk: Desk = ctx.obj
    _told(desk, _proposed(desk, file, author))


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A proposal that another district exported.")],
    *,
    author: Annotated[str, typer.Option(help="The member who proposes it here.")],
) -> None:
    """Propose what another district has worked out. Your committee approves it like any other."""
    desk: Desk = ctx.obj
    _told(desk, _proposed(desk, file, author))


@app.command()
def export(ctx: typer.Context, ref: Ref) -> None:
    """Print a proposal for another district: no names, no needs assessment. Read its texts first."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        row = decisions.proposal_row(session, desk.district().id, ref)
        proposal = decisions.as_proposal(session, row)
    typer.echo(text_of(anonymous(proposal)))


@app.command()
def renew(
    ctx: typer.Context,
    decision: Annotated[str, typer.Argument(help="The decision that is to go on.")],
    *,
    author: Annotated[str, typer.Option(help="The member who proposes it.")],
    next_review: Annotated[str, typer.Option(help="When the whole is to be looked at again after that.")],
) -> None:
    """Propose again what a decision rests on. The members approve anew; then decide with --supersedes."""
    desk: Desk = ctx.obj
    ref = proposing.propose_again(
        desk.store(),
        desk.district().id,
        decision,
        author=author,
        next_review=day_in(next_review, "--next-review"),
        today=today(desk),
        now=desk.now(),
        actor=desk.actor,
    )
    _told(desk, ref)


@app.command("sign-off")
def sign_off(ctx: typer.Context, ref: Ref, *, member: ByMember, on: On = "") -> None:
    """Record that a counselor stands behind what a student asked for."""
    desk: Desk = ctx.obj
    proposing.sign_off(
        desk.store(),
        desk.district().id,
        ref,
        member_id=member,
        on=day_or(on, "--on", today(desk)),
        now=desk.now(),
        actor=desk.actor,
    )
    _told(desk, ref)


@app.command()
def approve(
    ctx: typer.Context,
    ref: Ref,
    *,
    member: ByMember,
    document: Annotated[
        str, typer.Option(help="What shows it: the https address of minutes or a letter, or a file of it.")
    ] = "",
    endorsement: Annotated[
        Path | None, typer.Option(help="In place of a document: an endorsement that the member signed.")
    ] = None,
    conflict: Annotated[
        str, typer.Option(help="What the member has to gain. It is recorded, and does not count.")
    ] = "",
    on: On = "",
) -> None:
    """Record a member's approval. Who proposed it cannot approve it, and each member approves once."""
    desk: Desk = ctx.obj
    shown: str | None = document or None
    if document and not document.startswith("https://"):
        shown = approving.paper_digest(read_file(Path(document), approving.LARGEST_PAPER))
    approving.approve(
        desk.store(),
        desk.district().id,
        ref,
        member_id=member,
        on=day_or(on, "--on", today(desk)),
        today=today(desk),
        document=shown,
        endorsement=None if endorsement is None else read_file(endorsement, LARGEST_FILE),
        conflict=conflict or None,
        now=desk.now(),
        actor=desk.actor,
    )
    offer_now(desk)
    _told(desk, ref)


@app.command("take-back")
def take_back(ctx: typer.Context, ref: Ref, *, member: ByMember, why: Why, on: On = "") -> None:
    """Record that a member takes an approval back, before the vote."""
    desk: Desk = ctx.obj
    approving.take_back(
        desk.store(),
        desk.district().id,
        ref,
        member_id=member,
        on=day_or(on, "--on", today(desk)),
        today=today(desk),
        why=why,
        now=desk.now(),
        actor=desk.actor,
    )
    _told(desk, ref)


@app.command()
def withdraw(ctx: typer.Context, ref: Ref, *, why: Why) -> None:
    """Take a proposal from the table. A changed proposal is a new one."""
    desk: Desk = ctx.obj
    proposing.withdraw(desk.store(), desk.district().id, ref, why=why, now=desk.now(), actor=desk.actor)
    desk.data({"proposal": ref, "state": "withdrawn"}, f"{ref} is withdrawn")


@app.command()
def decide(
    ctx: typer.Context,
    ref: Ref,
    *,
    go: Annotated[bool, typer.Option("--go/--no-go", help="Whether the committee decided for it.")],
    english: Annotated[bool, typer.Option("--english", help="It counts for English.")] = False,
    math: Annotated[bool, typer.Option("--math", help="It counts for math.")] = False,
    first: Annotated[str, typer.Option("--from", help="The first day on which it counts.")] = "",
    until: Annotated[str, typer.Option("--until", help="The last day, if there is one.")] = "",
    minutes: Annotated[str, typer.Option(help="The https address of the minutes; needed with --go.")] = "",
    why: Annotated[str, typer.Option(help="With --no-go: the reason.")] = "",
    on: Annotated[str, typer.Option("--on", help="The day of the vote; today if left out.")] = "",
    menu: Annotated[
        str, typer.Option(help="The version of the state menu that it was decided under; else that day's.")
    ] = "",
    next_review: Annotated[str, typer.Option(help="When to look again; else as proposed.")] = "",
    supersedes: Annotated[str, typer.Option(help="The decision that this one replaces.")] = "",
    training_counts: Annotated[
        bool, typer.Option("--training-counts", help="The committee lets a completed training count.")
    ] = False,
) -> None:
    """Record the vote: for English only, for math only, for both, or against it."""
    desk: Desk = ctx.obj
    day = today(desk)
    voted = day_or(on, "--on", day)
    if not go and (english or math or first or until or supersedes):
        raise IssuerError(
            "bad_setting",
            "a no is for no subject and no days: leave --english, --math, --from and --until out",
        )
    _two_people(desk, ref)
    if go:
        asked = {Subject.ENGLISH: english, Subject.MATH: math}
        made = deciding.decide_go(
            desk.store(),
            desk.district().id,
            ref,
            subjects=[subject for subject, wanted in asked.items() if wanted],
            on=voted,
            effective_from=day_or(first, "--from", voted),
            effective_until=day_or_none(until, "--until"),
            minutes=minutes or None,
            menu_version=_menu_version(desk, menu, voted),
            next_review=day_or_none(next_review, "--next-review"),
            supersedes=supersedes or None,
            training_counts=training_counts,
            today=day,
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
        )
    else:
        made = deciding.decide_no(
            desk.store(),
            desk.district().id,
            ref,
            on=voted,
            why=why,
            minutes=minutes or None,
            menu_version=_menu_version(desk, menu, voted),
            today=day,
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
        )
    offer_now(desk)
    _decided(desk, made, ref)


@app.command()
def end(
    ctx: typer.Context,
    decision: Annotated[str, typer.Argument(help="The decision's urn:uuid: see `cairn decisions list`.")],
    *,
    on: Annotated[str, typer.Option("--on", help="The last day on which it counts: today or later.")],
    why: Why,
) -> None:
    """End a decision. Badges and determinations that were given under it stand."""
    desk: Desk = ctx.obj
    desk.two_people(Kind.DECIDE, decision)
    made = deciding.end_decision(
        desk.store(),
        desk.district().id,
        decision,
        last_day=day_in(on, "--on"),
        why=why,
        today=today(desk),
        now=desk.now(),
        actor=desk.actor,
    )
    with desk.store().reading() as session:
        ref = decisions.decision_row(session, desk.district().id, decision).proposal_id
    offer_now(desk)
    _decided(desk, made, ref)


@app.command("review")
def review_(
    ctx: typer.Context,
    ref: Ref,
    *,
    row: Annotated[int, typer.Option(help="The number of the alignment, as `show` prints it.")],
    member: ByMember,
    following: Annotated[str, typer.Option("--next", help="When it is to be looked at next.")],
    item_ended: Annotated[
        str, typer.Option(help="The day on which the standard ended, if its framework has ended it.")
    ] = "",
    on: On = "",
) -> None:
    """Record that an alignment was looked at again and still holds."""
    desk: Desk = ctx.obj
    proposing.review(
        desk.store(),
        desk.district().id,
        ref,
        row=row,
        member_id=member,
        on=day_or(on, "--on", today(desk)),
        next_review=day_in(following, "--next"),
        item_ended=day_or_none(item_ended, "--item-ended"),
        today=today(desk),
        now=desk.now(),
        actor=desk.actor,
    )
    _told(desk, ref)


def _proposed(desk: Desk, file: Path, author: str) -> str:
    return proposing.propose(
        desk.store(),
        desk.district().id,
        read_file(file, LARGEST_FILE),
        file=file.name,
        author=author,
        today=today(desk),
        now=desk.now(),
        actor=desk.actor,
    )


def _two_people(desk: Desk, ref: str) -> None:
    """Hold a vote to what the district asks two people for, and to who proposed."""
    with desk.store().reading() as session:
        wanted = audit.Wanted(action="proposal.made", subject=ref, most=1)
        found = audit.read(session, desk.district().id, wanted)
    desk.two_people(Kind.DECIDE, ref, pair=Apart.PROPOSE_AND_DECIDE, before=found[0].actor if found else "")


def _menu_version(desk: Desk, asked: str, voted: date) -> str:
    """The version of the state menu that a vote rests on; one that is nowhere would say nothing later."""
    with desk.store().reading() as session:
        district_id = desk.district().id
        if asked:
            return rule_sets.version(session, district_id, RuleSetName.MENU, asked).heading.version
        return rule_sets.menu_on(session, district_id, voted).heading.version


def _told(desk: Desk, ref: str) -> None:
    """Say where a proposal stands and what is still missing."""
    with desk.store().reading() as session:
        standing = decided.standing(session, desk.district().id, ref, today(desk))
    words = [f"{ref}", *(f"  still missing: {one}" for one in standing["lacking"])]
    if not standing["lacking"]:
        words = [f"{ref} can be voted on"]
    desk.data(standing, "\n".join(words))


def _decided(desk: Desk, made: Decision, ref: str) -> None:
    until = f" until {made.effective_until.isoformat()}" if made.effective_until else ""
    words = (
        f"{made.credential_code} counts for {decided.subjects_in_words(made)} from "
        f"{made.effective_from.isoformat()}{until}: {made.id}"
        if made.subjects
        else f"{made.credential_code} was decided against: {made.id}"
    )
    desk.data(decided.decision_row(made, ref, today(desk)), words)

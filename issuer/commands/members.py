"""`cairn decisions member`, `cairn decisions policy`: the committee, and how many of it have to approve."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from issuer.access.apart import other_administrators
from issuer.access.policy import Kind
from issuer.commands.days import day_in, day_or, today
from issuer.commands.desk import Desk
from issuer.committee import people
from issuer.decisions.member import MemberKind, Policy
from issuer.store import decisions
from issuer.store.decision_tables import Member

app = typer.Typer(no_args_is_help=True, help="The people of the committee.")


def _row(row: Member) -> dict[str, Any]:
    return {
        "member": row.id,
        "kind": row.kind,
        "name": row.name,
        "organization": row.organization,
        "since": row.since.isoformat(),
        "until": row.until and row.until.isoformat(),
        "did": row.endorser,
        "key": row.endorser_key,
    }


@app.command()
def add(
    ctx: typer.Context,
    *,
    kind: Annotated[MemberKind, typer.Option(help="What they stand for on the committee.")],
    name: Annotated[str, typer.Option(help="Their name, as the minutes have it. It stays in the district.")],
    organization: Annotated[str, typer.Option(help="Whom they speak for, such as an employer.")] = "",
    did: Annotated[
        str, typer.Option(help="The DID under which they sign endorsements, if they sign any.")
    ] = "",
    key: Annotated[
        str, typer.Option(help="Only for a did:web: their public key (Multikey), as they gave it to you.")
    ] = "",
    since: Annotated[str, typer.Option(help="Their first day; today if left out.")] = "",
) -> None:
    """Write somebody down. Other commands then name them by the word that this prints, such as industry-1."""
    desk: Desk = ctx.obj
    district = desk.district()
    made = people.add_member(
        desk.store(),
        district.id,
        kind=kind.value,
        name=name,
        organization=organization,
        endorser=did,
        endorser_key=key,
        since=day_or(since, "--since", today(desk)),
        now=desk.now(),
        actor=desk.actor,
    )
    desk.data({"member": made.id, "kind": made.kind.value}, f"{made.id}: {name}")


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List everybody who is or was on the committee."""
    desk: Desk = ctx.obj
    with desk.store().reading() as session:
        found = decisions.members(session, desk.district().id)
    lines = [
        f"{row.id:<18} {row.name}"
        + (f", {row.organization}" if row.organization else "")
        + (f" (until {row.until.isoformat()})" if row.until else "")
        + (f" signs as {row.endorser}" if row.endorser else "")
        for row in found
    ]
    desk.data([_row(row) for row in found], "\n".join(lines) or "nobody yet: `cairn decisions member add`")


@app.command()
def end(
    ctx: typer.Context,
    member: Annotated[str, typer.Argument(help="The member, such as industry-1.")],
    *,
    on: Annotated[str, typer.Option("--on", help="Their last day.")],
) -> None:
    """Say when somebody leaves. What they approved before that stands."""
    desk: Desk = ctx.obj
    last_day = day_in(on, "--on")
    people.end_member(
        desk.store(), desk.district().id, member, last_day=last_day, now=desk.now(), actor=desk.actor
    )
    desk.data({"member": member, "until": on}, f"{member} is on the committee until {on}")


@app.command()
def key(
    ctx: typer.Context,
    member: Annotated[str, typer.Argument(help="The member, such as industry-1.")],
    *,
    did: Annotated[str, typer.Option(help="The DID under which they sign endorsements.")],
    key: Annotated[
        str, typer.Option(help="Only for a did:web: their public key (Multikey), as they gave it to you.")
    ] = "",
) -> None:
    """Write down the DID that a member signs endorsements with. Get it from the member, not from the file."""
    desk: Desk = ctx.obj
    people.give_key(
        desk.store(),
        desk.district().id,
        member,
        endorser=did,
        endorser_key=key,
        now=desk.now(),
        actor=desk.actor,
    )
    desk.data({"member": member, "did": did}, f"{member} signs as {did}")


def policy(
    ctx: typer.Context,
    *,
    approvals: Annotated[int | None, typer.Option(help="How many members have to approve.")] = None,
    kinds: Annotated[int | None, typer.Option(help="Of how many different kinds they must be.")] = None,
    must: Annotated[
        list[MemberKind] | None, typer.Option(help="A kind that must be among them; give it once for each.")
    ] = None,
) -> None:
    """Show the quorum, or ask for another from now on. Past decisions keep theirs.

    Asking for less takes two administrators, where there are two.
    """
    desk: Desk = ctx.obj
    district = desk.district()
    with desk.store().reading() as session:
        number, found = decisions.policy(session, district.id)
    if approvals is not None or kinds is not None or must:
        before = found
        found = Policy(
            found.approvals if approvals is None else approvals,
            found.kinds if kinds is None else kinds,
            frozenset(must) if must else found.must,
        )
        with desk.store().reading() as session:
            two = len(other_administrators(session, district.id, "", now=desk.now())) > 1
        if two and found.asks_less_than(before):
            desk.two_people(Kind.POLICY, district.id, always=True)
        number = people.set_policy(desk.store(), district.id, found, now=desk.now(), actor=desk.actor)
    words = f"{found.approvals} approvals from {found.kinds} different kinds of member"
    if found.must:
        words += f", with {' and '.join(sorted(found.must))} among them"
    desk.data(found.to_json() | {"number": number}, words)

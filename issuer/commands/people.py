"""`cairn people`: the first administrator, and whoever must be let in or kept out when nobody can sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from issuer.access import people
from issuer.access.admission import bind
from issuer.access.people import Link, Person, normal_email
from issuer.access.provider import client_of
from issuer.access.roles import Role
from issuer.commands.desk import Desk
from issuer.errors import IssuerError
from issuer.store import people as rows

app = typer.Typer(no_args_is_help=True, help="The people who work at the console.")

Email = Annotated[str, typer.Argument(help="The person's e-mail.")]
School = Annotated[str, typer.Option(help="The code of a clerk's school.")]


@app.command("add")
def add(
    ctx: typer.Context,
    *,
    email: Annotated[str, typer.Option(help="What the person signs in with.")],
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
    school: School = "",
) -> None:
    """Add somebody, and print a link with which they set their password. It works once."""
    desk: Desk = ctx.obj
    link = people.add(
        desk.store(),
        desk.district().id,
        email=email,
        name=name,
        role=role,
        school=school or None,
        now=desk.now(),
        entropy=desk.entropy,
        actor=desk.actor,
    )
    _tell(desk, link)


@app.command("list")
def show(ctx: typer.Context) -> None:
    """Who works at the console, and as what."""
    desk: Desk = ctx.obj
    everybody = people.everybody(desk.store(), desk.district().id)
    desk.data(
        [
            {
                "id": one.id,
                "email": one.email,
                "name": one.name,
                "role": one.role.value,
                "school": one.school,
                "disabled": one.disabled,
                "password": one.has_password,
                "sign_on": one.has_sign_on,
            }
            for one in everybody
        ],
        "\n".join(_line(one) for one in everybody) or "Nobody yet: cairn people add",
    )


@app.command("disable")
def disable(ctx: typer.Context, email: Email) -> None:
    """Let somebody sign in no longer, from this moment on."""
    desk: Desk = ctx.obj
    found = _find(desk, email)
    done = people.disable(desk.store(), found.district_id, found.id, now=desk.now(), actor=desk.actor)
    desk.data({"id": done.id, "disabled": True}, f"{done.name} can no longer sign in")


@app.command("role")
def change_role(
    ctx: typer.Context,
    email: Email,
    role: Annotated[Role, typer.Argument(help="What they may do from now on.")],
    *,
    school: School = "",
) -> None:
    """Give somebody another role. They sign in again to use it."""
    desk: Desk = ctx.obj
    found = _find(desk, email)
    done = people.change_role(
        desk.store(),
        found.district_id,
        found.id,
        role=role,
        school=school or None,
        now=desk.now(),
        actor=desk.actor,
    )
    desk.data({"id": done.id, "role": done.role.value}, _line(done))


@app.command("reset")
def reset(ctx: typer.Context, email: Email) -> None:
    """Forget how somebody signed in, sign them out, and print a new link. Lets a disabled person in again."""
    desk: Desk = ctx.obj
    found = _find(desk, email)
    _tell(
        desk,
        people.reset(
            desk.store(),
            found.district_id,
            found.id,
            now=desk.now(),
            entropy=desk.entropy,
            actor=desk.actor,
        ),
    )


@app.command("bind")
def bind_subject(
    ctx: typer.Context,
    email: Email,
    *,
    subject: Annotated[str, typer.Option(help="The provider's own name for them (`sub`).")],
) -> None:
    """Bind somebody to single sign-on beforehand, where its provider vouches for no e-mails."""
    desk: Desk = ctx.obj
    found = _find(desk, email)
    client = client_of(desk.store(), desk.district())
    if client is None:
        raise IssuerError("bad_setting", "choose the provider first: cairn sign-on set")
    bind(
        desk.store(),
        found.district_id,
        found.id,
        client.issuer,
        subject,
        now=desk.now(),
        actor=desk.actor,
    )
    desk.data({"id": found.id, "issuer": client.issuer}, f"{found.name} signs in at {client.issuer}")


def _find(desk: Desk, email: str) -> Person:
    district = desk.district()
    with desk.store().reading() as session:
        row = rows.person_by_email(session, district.id, normal_email(email))
    if row is None:
        raise IssuerError("not_found", f"nobody here has the e-mail {email}: see cairn people list")
    return Person.of(row)


def _tell(desk: Desk, link: Link) -> None:
    ends = f"{link.ends:%Y-%m-%d %H:%M} UTC"
    desk.data(
        {"id": link.person.id, "link": link.url, "ends": link.ends.isoformat()},
        f"{link.url}\nGive it to {link.person.name} yourself. It works once, until {ends}.",
    )


def _line(one: Person) -> str:
    state = "disabled" if one.disabled else "" if one.has_password or one.has_sign_on else "not set up yet"
    role = one.role.value + (f" of school {one.school}" if one.school else "")
    return f"{one.email:<36} {role:<28} {one.name}" + (f" ({state})" if state else "")

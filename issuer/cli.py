"""The command `cairn`: an issuer's desk in a terminal.

Exit codes: 0 done, 1 something failed, 2 the command was not right, 3 the set-up is not, 4 some rows failed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from issuer.commands import (
    api_keys,
    archive,
    audit,
    badges,
    catalog,
    correcting,
    database,
    decisions,
    determining,
    doctoring,
    evidence,
    forgetting,
    issuing,
    jobs,
    judging,
    keeping,
    keys,
    mailing,
    outcomes,
    people,
    renewing,
    reports,
    scores,
    serving,
    setup,
    sharing,
    sign_on,
    starting,
    students,
    trust,
    webhooks,
)
from issuer.commands.desk import Desk, exit_code
from issuer.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    help="Issue verifiable badges: set up a district, issue a sheet, revoke, publish, serve.",
)


@app.callback()
def desk(
    ctx: typer.Context,
    *,
    data: Annotated[Path | None, typer.Option(help="The issuer's folder; or CAIRN_DATA.")] = None,
    district: Annotated[str, typer.Option(help="Which district, where there are several.")] = "",
    verifier: Annotated[str, typer.Option(help="Where printed links lead; or CAIRN_VERIFIER_ORIGIN.")] = "",
    asked_by: Annotated[
        str, typer.Option(help="Where the district asks two people: the e-mail of who asks.")
    ] = "",
    confirmed_by: Annotated[
        str, typer.Option(help="Where the district asks two people: the e-mail of who confirms.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Data as JSON.")] = False,
) -> None:
    """Read the settings; an option goes before the environment."""
    given: dict[str, Any] = {"data": data, "district": district, "verifier_origin": verifier}
    try:
        settings = Settings(**{name: value for name, value in given.items() if value})
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            name = "CAIRN_" + "_".join(str(part) for part in error["loc"]).upper()
            typer.echo(f"{name} cannot be used: {error['msg'].removeprefix('Value error, ')}", err=True)
        raise typer.Exit(3) from fault
    ctx.obj = Desk(settings, as_json, asked_by=asked_by, confirmed_by=confirmed_by)
    ctx.call_on_close(ctx.obj.close)


app.command("init")(setup.init)
app.add_typer(catalog.app, name="catalog")
app.add_typer(decisions.app, name="decisions")
app.add_typer(evidence.app, name="evidence")
app.add_typer(students.app, name="students")
app.command("inventory")(forgetting.inventory_)
app.command("issue")(issuing.issue_sheet)
app.command("export")(issuing.export)
app.add_typer(badges.app, name="badges")
app.command("share")(sharing.share)
app.command("unshare")(sharing.unshare)
app.command("revoke")(issuing.revoke)
app.command("renew")(renewing.renew)
app.command("correct")(correcting.correct)
app.command("publish")(issuing.publish)
app.command("archive")(archive.archive)
app.command("restored")(keeping.restored)
app.command("doctor")(doctoring.doctor)
app.command("backup")(keeping.backup)
app.command("restore")(keeping.restore)
app.add_typer(keys.app, name="keys")
app.add_typer(api_keys.app, name="api-keys")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(scores.app, name="scores")
app.command("determine")(determining.command(judging.judging))
app.add_typer(trust.app, name="trust")
app.command("audit")(audit.audit)
app.add_typer(outcomes.app, name="outcomes")
app.add_typer(reports.app, name="report")
app.add_typer(people.app, name="people")
app.add_typer(sign_on.app, name="sign-on")
app.add_typer(mailing.app, name="mail")
app.add_typer(database.app, name="database")
app.add_typer(starting.app, name="jobs")
app.command("worker")(jobs.worker)
app.command("serve")(serving.serve)


def main() -> None:
    """Run one command; say a refusal in one sentence instead of a traceback."""
    try:
        app()
    except (ValueError, OSError) as fault:
        # Every refusal of ours is a ValueError with a code; a file that cannot be read is an OSError.
        said = f"{fault.filename}: {fault.strerror}" if isinstance(fault, OSError) else str(fault)
        print(f"cairn: {said}", file=sys.stderr)
        raise SystemExit(exit_code(fault) if isinstance(fault, ValueError) else 2) from fault


if __name__ == "__main__":
    main()

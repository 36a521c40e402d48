"""Two people for one thing on the command line: the operator names who asks and who confirms.

The operator has the district's key and could do all of it alone, so this stops nobody who means harm. It
makes the operator say whose two words a step rests on, and the audit trail keeps them: each can be asked.
"""

from __future__ import annotations

from datetime import datetime

from issuer.access.errors import AccessError
from issuer.access.people import Person
from issuer.access.policy import APART_NAMES, ASKS, CONFIRMS, KIND_NAMES, Apart, Kind, read
from issuer.access.roles import Permission, check_may
from issuer.store import audit, people
from issuer.store.session import Session, Store


def take_names(
    store: Store,
    district_id: str,
    kind: Kind,
    *,
    subject: str,
    asked_by: str,
    confirmed_by: str,
    pair: Apart | None = None,
    before: str = "",
    always: bool = False,
    now: datetime,
    actor: str,
) -> None:
    """Where the district asks two people for something, take their names and record them; else nothing.

    Args:
        store: The database.
        district_id: Whose.
        kind: What is to be done.
        subject: The id of what it is done to.
        asked_by: The e-mail of who asks, or "".
        confirmed_by: The e-mail of who confirms, or "".
        pair: Two steps that the district may want two people for, of which this is the second.
        always: Whether two people are needed whatever the district asks for.
        before: The audit's actor who did the first of them, where it was done before.
        now: The time.
        actor: Who runs the command.

    Raises:
        AccessError: `two_people` where they were not named, or are nobody here; `same_person`; `not_allowed`.
    """
    with store.of(district_id).transaction() as session:
        policy = read(session, district_id)
        apart = pair is not None and pair in policy.apart
        if kind not in policy.two_people and not apart and not always:
            return
        if not asked_by or not confirmed_by:
            words = KIND_NAMES[kind] if pair is None or not apart else APART_NAMES[pair]
            raise AccessError(
                "two_people",
                f"this district asks two people for this ({words}): name them by e-mail, as in `cairn "
                "--asked-by ana@example.edu --confirmed-by bo@example.edu ...`, or do it in the console",
            )
        first = _person(session, district_id, asked_by, "--asked-by")
        second = _person(session, district_id, confirmed_by, "--confirmed-by")
        if first.id == second.id:
            raise AccessError("same_person", "who asks and who confirms are two people: name a colleague")
        check_may(first.role, ASKS[kind])
        check_may(second.role, Permission.APPROVE)
        if (besides := CONFIRMS.get(kind)) is not None:
            check_may(second.role, besides)
        if pair is not None and before:
            for doing in (first.actor, actor):
                policy.check_apart(pair, before, doing)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="two-people.named",
            subject=subject,
            facts={"kind": kind.value, "asked_by": first.id, "confirmed_by": second.id},
        )


def _person(session: Session, district_id: str, email: str, option: str) -> Person:
    wanted = email.strip().casefold()
    for row in people.everybody(session, district_id):
        if row.email.casefold() == wanted and row.disabled is None:
            return Person.of(row)
    raise AccessError(
        "two_people", f"{option}: nobody who can sign in here has that e-mail: see `cairn people list`"
    )

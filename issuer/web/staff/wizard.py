"""What the steps of issuing share: the sheet that is meant, its look today, the strip of steps, the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import Response

from issuer.access import people
from issuer.access.errors import AccessError
from issuer.access.roles import Permission
from issuer.errors import IssuerError
from issuer.roster.columns import AWARDS
from issuer.sheets import draft as drafts
from issuer.sheets.draft import Draft
from issuer.sheets.look import Look, look_at
from issuer.web.access import Visit, signed_in
from issuer.web.staff.page import WORDS, Page, page
from keys.errors import KeyRefused
from keys.signer import Signer

Recording = Annotated[Visit, Depends(signed_in(Permission.RECORD_AWARDS))]
"""Whoever may record what students attained."""
Issuing = Annotated[Visit, Depends(signed_in(Permission.ISSUE))]
"""Whoever may sign badges."""

STEPS: Final = ("what", "who", "columns", "check", "review")
COLUMN_NAMES: Final = {name: WORDS[f"issue.column.{name}"] for name in AWARDS.columns}
"""What people call our columns."""
_TECHNICAL: Final = re.compile(r"\b(" + "|".join(one for one in COLUMN_NAMES if "_" in one) + r")\b")


def find(visit: Visit, draft_id: str) -> Draft:
    """The sheet, if this person may see it.

    Raises:
        IssuerError: `not_found`.
    """
    with visit.store.reading() as session:
        return drafts.find(session, visit.person, draft_id)


def look(visit: Visit, draft: Draft, **instead: Any) -> Look:
    """The sheet as it is read and checked today, for a page; see `look_at` for what may stand instead."""
    run_date = visit.now.astimezone().date()
    with visit.store.reading() as session:
        return visit.here.looks.at(session, visit.district.id, draft, run_date=run_date, **instead)


def look_anew(visit: Visit, draft: Draft) -> Look:
    """The same, read and checked from its bytes: what is issued rests on nothing that was kept."""
    run_date = visit.now.astimezone().date()
    with visit.store.reading() as session:
        return look_at(session, visit.district.id, draft, run_date=run_date)


def step(
    request: Request,
    visit: Visit,
    draft: Draft,
    name: str,
    values: Mapping[str, Any],
    *,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page of one step, with the strip of all of them."""
    shown = {
        "draft": draft,
        "at": f"/staff/issue/{draft.id}",
        "steps": STEPS,
        "step": name,
        "columns": COLUMN_NAMES,
        "plain": plain,
        "may_issue": visit.person.may(Permission.ISSUE),
    } | dict(values)
    said = {field: plain(sentence) for field, sentence in (faults or {}).items()}
    made = Page(WORDS[f"issue.{name}.title"], f"issue_{name}.html", shown, status, said)
    return page(request, visit, made)


def plain(text: str) -> str:
    """A sentence of the check with columns as people call them: `Date earned`, not `date_earned`."""
    return _TECHNICAL.sub(lambda found: COLUMN_NAMES[found[0]], text)


def names(visit: Visit) -> dict[str, str]:
    """What people are called, by the audit's actor."""
    return {one.actor: one.name for one in people.everybody(visit.store, visit.district.id)}


def signer(visit: Visit) -> Signer:
    """Signs as the district.

    Raises:
        AccessError: `cannot_sign_here`.
    """
    if visit.here.signer_of is None:
        raise AccessError("cannot_sign_here", WORDS["issue.cannot-sign"])
    try:
        return visit.here.signer_of(visit.district.id)
    except KeyRefused as fault:
        raise AccessError("cannot_sign_here", WORDS["issue.cannot-sign"]) from fault
    except IssuerError as fault:
        if fault.code != "key_not_usable":
            raise
        raise AccessError("cannot_sign_here", WORDS["issue.no-key"]) from fault
